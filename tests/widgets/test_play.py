"""A bot plays the case from both chairs; what it played is kept, resumed and shown whole."""

import json
import xml.etree.ElementTree as ET

import pytest

from crmsim import load, predict, replay, simulate
from crmsim.common.words import words
from crmsim.course import progress
from crmsim.course.sessions.visit import PROFIT, SALE, TALK, VisitSession
from crmsim.widgets.visit import bets, firm_runs, pages
from crmsim.widgets.visit.play import play

BETS = {"bet-sale": SALE, "bet-talk": TALK, "bet-profit": PROFIT, "bet-rewind": PROFIT}


pytestmark = pytest.mark.usefixtures("compiled_engine", "work")


def next_act(session: VisitSession, turn: int) -> tuple[str, str]:
    """Choose the bot's next act: options in turn, bets in turn, and onward."""
    if session.phase == "opening":
        return "seat", "buyer"
    if session.phase == "felt":
        return "seat", "seller"
    if session.phase == "visit":
        offers = session.view().on_offer
        return "choose", offers[turn % len(offers)].id
    if session.phase in BETS:
        options = BETS[session.phase]
        return "bet", options[turn % len(options)]
    return "continue", ""


def played(seed: int = 1, first: int = 0, until: str = "loop") -> VisitSession:
    session = VisitSession("buick", seed)
    for turn in range(first, first + 60):
        if session.phase == until:
            return session
        assert session.do(*next_act(session, turn))
    raise AssertionError(f"never came to {until}")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("first", range(2))
def test_a_bot_plays_both_chairs_to_the_loop_and_every_screen_is_well_formed(seed, first):
    session, turn, seen = VisitSession("buick", seed), first, []
    while session.phase != "loop":
        session.do("language", ("en", "zh-Hans")[turn % 2])
        for html in pages.screen(session).regions.values():
            ET.fromstring(f"<div>{html}</div>")
        seen.append(session.phase)
        assert session.do(*next_act(session, turn))
        turn += 1
    assert {"opening", "felt", "bet-sale", "bet-talk", "verdict", "bet-profit"} <= set(seen)
    assert all(session.actions.values())


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_who_serves_as_always_is_told_so_at_once_and_which_answer_to_change(lang):
    """Against the usual way the usual way changes nothing, so there is nothing to film."""
    t, left, middle = words(lang), {}, {}
    for served, choice in (("usual", None), ("otherwise", 2)):
        session = VisitSession("showroom", 20, lang)
        session.do("seat", "seller")
        while session.phase != "loop":
            if session.phase == "visit" and choice is None:
                act = "choose", session.world().baseline()
            else:
                act = next_act(session, choice or 0)
            assert session.do(*act)
        regions = pages.screen(session).regions
        left[served], middle[served] = regions["left"], regions["middle"]
    title = load("showroom", lang=lang).touchpoints[0].title[lang]
    for said in (t("play.loop.finding.yours.usual"), t("play.loop.lesson.usual", title=title)):
        assert [said in left[served] for served in left] == [True, False]
    assert ["card go" in left[served] for served in left] == [True, False]
    assert ["data-film=" in middle[served] for served in middle] == [False, True]


def test_in_the_first_game_the_first_answers_alone_change_something():
    session = VisitSession("showroom", 20)
    session.do("seat", "seller")
    while session.phase != "loop":
        assert session.do(*next_act(session, 0))
    run, base = firm_runs.runs(session)
    assert not firm_runs.unchanged(run, base)


def test_the_played_visit_is_the_simulated_one():
    session = played()
    again = simulate(load("buick"), replay(session.actions["seller"]), seed=1)
    assert session.run == session.visit == again


def test_the_outcome_is_hidden_until_the_bet_is_made():
    session = played(until="bet-sale")
    assert "buys" not in session.view().decision
    assert not session.do("choose", session.pending)
    session.do("bet", "leaves")
    assert session.outcomes["sale"] in SALE
    session = played(until="bet-profit")
    assert not session.do("continue", "")


def test_going_back_within_the_visit_asks_the_bet_again_only_if_the_sale_is_open_again():
    session = played(until="bet-talk")
    gate = next(
        i for i, s in enumerate(session.view().journey) if session.touchpoint(s.touchpoint).gate
    )
    session.do("rewind", str(gate + 1))
    assert "sale" in session.bets
    session.do("rewind", str(gate))
    assert "sale" not in session.bets
    assert session.phase == "visit"


def test_a_second_try_needs_a_hypothesis_and_differs_by_one_answer():
    session = played()
    session.do("rewind", "0")
    first = session.visit
    place = session.touchpoint("enquiry")
    other = next(c.id for c in place.choices if c.id != first.actions[0])
    assert not session.do("choose", first.actions[0])
    assert session.do("choose", other)
    assert session.phase == "bet-rewind"
    assert not session.do("scope", "one")
    session.do("bet", "same")
    assert session.phase == "compare"
    assert session.second.actions[0] == other
    assert session.visit == first
    for scope in ("one", "floor"):
        session.do("scope", scope)
        for html in pages.screen(session).regions.values():
            ET.fromstring(f"<div>{html}</div>")


def test_a_lever_changes_the_firm_and_at_no_adoption_nothing_is_left_of_your_way():
    session = played()
    run, base = firm_runs.runs(session)
    assert run.series["profit"].sum() != base.series["profit"].sum()
    session.do("lever", "adoption=0")
    run, base = firm_runs.runs(session)
    usual = base.series["profit"]
    assert run.series["profit"] == pytest.approx(usual, abs=1e-3 * usual.mean())


def test_dragging_a_lever_is_kept_as_one_act():
    session = played()
    for share in (0.9, 0.8, 0.7):
        session.do("lever", f"adoption={share}")
    assert [act for act in session.acts if act[0] == "lever"] == [("lever", "adoption=0.7")]


def test_positions_further_on_are_made_before_those_behind_when_a_lever_is_moved(monkeypatch):
    session = played()
    asked = []
    monkeypatch.setattr(firm_runs._AHEAD, "expect", lambda wanted, then: asked.append(wanted))
    first, second, *_ = firm_runs.levers_of(firm_runs.runs(session)[0])
    session.do("lever", f"{first.id}={first.high}")

    def order_after(place: float) -> list[float]:
        before = dict(session.levers)
        session.do("lever", f"{first.id}={place}")
        firm_runs.look_ahead(session, lambda: None, before)
        moved = [dict(levers) for _, _, levers in asked[-1] if levers]
        assert {second.id} < {name for levers in moved for name in levers}
        return [levers[first.id] for levers in moved if second.id not in levers][:2]

    assert order_after(0.5) == pytest.approx([0.45, 0.4])
    assert order_after(0.7) == pytest.approx([0.75, 0.8])


def test_a_screen_is_shown_before_its_file_is_written(monkeypatch):
    game = play("buick", 1)
    seen = []
    monkeypatch.setattr(progress, "save", lambda *_: seen.append(game.screen))
    game.on_act("seat", "seller")
    assert seen == ["visit"]


@pytest.mark.parametrize("act", [("lever", "x"), ("rewind", "99"), ("bet", "buys"), ("run", "")])
def test_an_act_that_does_not_fit_changes_nothing(act):
    session = played()
    before = (list(session.acts), session.phase)
    assert not session.do(*act)
    assert (session.acts, session.phase) == before


@pytest.mark.parametrize(
    ("guess", "came", "named"),
    [
        ("lower", 30.0, "gloomy"),
        ("higher", -5.0, "hopeful"),
        ("higher", 30.0, "size"),
        ("higher", 1.9, "size"),
        ("lower", 1.9, "gloomy"),
        ("same", 1.9, "right"),
    ],
)
def test_the_verdict_names_the_difference(guess, came, named):
    outcome = bets.Gain(came, bets.SAME, bets.MUCH).outcome
    assert bets.profit_verdict(guess, outcome, came) == named


def test_a_session_is_saved_as_it_is_played_and_resumed():
    first = play("buick", seed=1)
    for turn in range(6):
        first.on_act(*next_act(first.session, turn))
    second = play("buick", seed=1)
    assert second.session.acts == first.session.acts
    assert second.regions == first.regions


def test_a_damaged_session_is_kept_told_and_begun_anew():
    first = play("buick", seed=1)
    for turn in range(6):
        first.on_act(*next_act(first.session, turn))
    path = progress.folder() / "buick-1.json"
    wreck = path.read_bytes()[:-20]
    path.write_bytes(wreck)
    again = play("buick", seed=1)
    assert again.session.acts == []
    assert "buick-1.damaged-1.json" in again.regions["note"]
    assert (progress.folder() / "buick-1.damaged-1.json").read_bytes() == wreck


def test_a_session_of_which_nothing_can_be_read_is_reported_and_kept():
    play("buick", seed=1).on_act("seat", "buyer")
    (progress.folder() / "buick-1.json").write_text("{")
    again = play("buick", seed=1)
    assert again.session.phase == "opening"
    assert "buick-1.damaged-1.json" in again.regions["note"]


def test_a_session_of_another_edition_of_the_case_goes_on_as_far_as_it_fits():
    first = play("buick", seed=1)
    for turn in range(6):
        first.on_act(*next_act(first.session, turn))
    path = progress.folder() / "buick-1.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"sha256": "0"}))
    same = play("buick", seed=1)
    assert same.session.acts == first.session.acts
    assert same.regions["note"]

    changed = [*record["acts"][:4], ["choose", "gone"], *record["acts"][4:]]
    path.write_text(json.dumps(record | {"sha256": "0", "acts": changed}))
    again = play("buick", seed=1)
    assert again.session.acts == first.session.acts[:4]
    assert "buick-1.outdated-1.json" in again.regions["note"]
    kept = json.loads((progress.folder() / "buick-1.outdated-1.json").read_text())
    assert kept["acts"] == changed


@pytest.mark.parametrize(
    "record",
    [{}, {"acts": "seat"}, {"acts": [3]}, {"acts": [["rewind", "9"]]}, {"acts": [["seat"]]},
     {"acts": [["lever", "x=1"]]}, {"acts": [["rewind", "\u00b2"]]}, {"acts": [[None, {}]]}],
)  # fmt: skip
def test_a_session_of_the_first_release_or_with_nonsense_in_it_breaks_nothing(record):
    progress.save("buick-1", {"schema": 1, "scenario": "buick", "seed": 1} | record)
    again = play("buick", seed=1)
    assert again.session.phase == "opening"
    again.on_act("seat", "buyer")
    assert progress.load_record("buick-1")["acts"] == [["seat", "buyer"]]


def test_a_session_says_when_it_was_played_to_its_end_and_goes_on_saying_so():
    stage = play("buick", seed=1)
    stage.on_act("seat", "seller")
    assert progress.load_record("buick-1")["done"] is False
    for turn in range(40):
        if progress.load_record("buick-1")["done"]:
            break
        stage.on_act(*next_act(stage.session, turn))
    assert stage.session.world("seller").done
    assert play("buick", seed=1).finished


def test_a_play_waits_for_the_prediction_that_was_asked_for():
    stage = play("buick", seed=1, after="10-bet-floor", lang="zh")
    assert stage.screen == "lock"
    predict("10-bet-floor").on_act("answer", "answer=5")
    assert (stage.screen, stage.lang) == ("opening", "zh-Hans")
    assert stage.run.scenario.id == "buick"


def test_starting_again_asks_first_and_keeps_the_old_session():
    stage = play("buick", seed=1)
    stage.on_act("seat", "buyer")
    stage.on_act("restart", "ask")
    assert stage.session.phase == "visit"
    stage.on_act("restart", "yes")
    assert stage.session.phase == "opening"
    assert (progress.folder() / "buick-1.old-1.json").exists()


def test_a_session_shown_in_two_places_is_one_session():
    first, second = play("buick", seed=1), play("buick", seed=1)
    for turn in range(6):
        first.on_act(*next_act(first.session, turn))
    second.on_act("seat", "seller")
    assert second.session.acts == first.session.acts, "it catches up, and nothing is written over"
    second.on_act(*next_act(second.session, 6))
    first.on_act("language", "zh-Hans")
    assert len(first.session.acts) == 7
    assert [tuple(act) for act in progress.load_record("buick-1")["acts"]] == first.session.acts


def test_a_session_that_comes_into_sight_is_where_it_was_left_in_another_cell():
    first, second = play("buick", seed=1), play("buick", seed=1)
    for turn in range(3):
        first.on_act(*next_act(first.session, turn))
    assert second.screen == "opening"
    second._hear(None, {"need": "look"}, None)
    assert (second.screen, second.regions["middle"]) == (first.screen, first.regions["middle"])


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_a_visit_played_to_its_end_is_played_again_with_a_hypothesis_only(lang):
    def through(stage):
        for turn in range(40):
            if stage.session.phase == "verdict":
                return stage.session.view("seller").satisfaction
            act = ("seat", "seller") if stage.session.phase == "opening" else None
            stage.on_act(*(act or next_act(stage.session, turn)))
        raise AssertionError(stage.session.phase)

    stage = play("showroom", seed=1, lang=lang)
    before = through(stage)
    stage.on_act("restart", "ask")
    t = words(lang)
    assert t("play.head.hope") in stage.regions["head"]
    stage.on_act("restart", "yes")
    assert stage.session.phase == "verdict", "not without saying what for"
    stage.on_act("restart", "ask")
    stage.on_act("restart", "same")
    assert (stage.session.phase, stage.session.hope) == ("opening", ("same", round(before, 2)))
    assert progress.load_record("showroom-1")["done"] is False
    again = play("showroom", seed=1, lang=lang)
    assert through(again) == before
    told = {"before": f"{before:.1f}", "now": f"{before:.1f}"}
    assert t("play.hope.right", **told) in again.regions["why"]
    assert (progress.folder() / "showroom-1.old-1.json").exists()


def test_the_saved_picture_is_one_well_formed_svg():
    stage = play("buick", seed=1)
    stage.session = played()
    stage.on_act("scope", "floor")
    ET.parse(progress.folder() / "buick-1.svg")


@pytest.mark.parametrize(
    ("case", "act"), [("buick", ("seat", "buyer")), ("southwest", ("begin", ""))]
)
def test_what_a_notebook_stores_is_small_and_the_same_every_time(monkeypatch, case, act):
    stored = []
    monkeypatch.setattr(
        "crmsim.widgets.saved.publish_display_data", lambda data: stored.append(data)
    )
    for _ in range(2):
        play(case, seed=1)._repr_mimebundle_()
    play(case, seed=1).on_act(*act)
    play(case, seed=1)._repr_mimebundle_()
    assert stored[0] == stored[1] == stored[2]
    assert len(stored[0]["text/html"]) < 20_000
