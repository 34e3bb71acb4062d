"""Bots lead firms by every act there is; what they did is kept, resumed and shown whole."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest

from crmsim import ScenarioError, load, replay, simulate
from crmsim.common.words import data_path, words
from crmsim.course import progress
from crmsim.course.sessions import predictions
from crmsim.course.sessions.market import MarketSession
from crmsim.course.sessions.market_runs import RunCache
from crmsim.course.sessions.predictions import DIRECTIONS, GUESSED, MEASURES, SHAPES
from crmsim.model.market.trouble import drawn_shocks
from crmsim.runs.tables import closed_in
from crmsim.scenario.worlds import WORLDS
from crmsim.widgets.drawings import loop
from crmsim.widgets.market import closing, deciding, news, pages
from crmsim.widgets.market.play import MarketPlay
from crmsim.widgets.visit.play import play

FIRMS = ("southwest", "buick-market")
WALKS, STEPS = 60, 25


pytestmark = pytest.mark.usefixtures("compiled_engine", "work")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Sessions of the firms with few people; all of one firm share what was computed."""
    folder, runs = tmp_path_factory.mktemp("firms"), {}
    for firm in FIRMS:
        text = data_path("scenarios", f"{firm}.toml").read_text("utf-8")
        (folder / f"{firm}.toml").write_text(text.replace("people = 5000", "people = 200"), "utf-8")

    def session(firm: str, seed: int = 1, lang: str = "en") -> MarketSession:
        made = MarketSession(str(folder / f"{firm}.toml"), seed, lang)
        made.runs = runs.setdefault((firm, seed), made.runs)
        return made

    return session


def next_act(session: MarketSession, turn: int) -> tuple[str, str]:
    """Choose the bot's next act: something in turn wherever there is a choice, and onward."""
    if session.phase == "opening":
        return "begin", ""
    if session.phase == "foresee":
        open_rows = [measure for measure in MEASURES if measure not in session.shapes]
        shape = list(SHAPES)[turn % len(SHAPES)]
        return ("shape", f"{open_rows[0]}={shape}") if open_rows else ("lock", "")
    if session.phase == "watch" and session.watched < len(session.history):
        return "next", ""
    if session.phase == "decide":
        return decision(session, turn)
    return "continue", ""


def decision(session: MarketSession, turn: int) -> tuple[str, str]:
    """Cards and bets as they are asked for; a lever every quarter."""
    if session.unanswered:
        options = session.cards[0].options
        return "card", f"{session.unanswered[0]}={options[turn % len(options)].id}"
    open_bets = [measure for measure in GUESSED if measure not in session.guess]
    if session.earlier is None and open_bets:
        return "guess", f"{open_bets[0]}={DIRECTIONS[turn % 3]}"
    lever = session.levers[turn % len(session.levers)]
    if lever.id not in session.draft and turn % 3 == 0:
        return "lever", f"{lever.id}={(lever.low, lever.high)[turn % 2]:g}"
    return "run", ""


def led(session: MarketSession, until: str = "end", first: int = 0) -> MarketSession:
    for turn in range(first, first + 400):
        if session.phase == until:
            return session
        act = next_act(session, turn)
        assert session.do(*act), (session.phase, act)
    raise AssertionError(f"never came to {until}")


HYPOTHESIS = [
    ("again", "8"),
    ("change", "change=training"),
    *(("expect", f"{measure}=higher") for measure in MEASURES),
    ("attempt", ""),
]


def state(session: MarketSession) -> str:
    return repr(session)


# --- the whole way -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("firm", "lang", "quarters"),
    [
        ("southwest", "en", 4),
        ("buick-market", "zh-Hans", 16),
        *(
            pytest.param(firm, lang, 16, marks=pytest.mark.long)
            for firm, lang in (
                ("southwest", "en"),
                ("southwest", "zh-Hans"),
                ("buick-market", "en"),
            )
        ),
    ],
)
def test_a_bot_leads_the_firm_to_the_end_and_every_screen_is_well_formed(
    small, firm, lang, quarters
):
    """It decides in so many quarters; in those that follow it leaves the firm alone, unseen."""
    session, seen, turn = small(firm, 2, lang), set(), 0
    while session.phase != "end":
        busy = session.quarter < quarters
        for tab in (session.tabs or ("",)) if busy else ():
            session.do("tab", tab)
            for html in pages.screen(session).regions.values():
                ET.fromstring(f"<div>{html}</div>")
        seen.add(session.phase)
        assert session.do(*next_act(session, turn if busy else 1))
        turn += 1
    for tab in session.tabs:
        session.do("tab", tab)
        for html in pages.screen(session).regions.values():
            ET.fromstring(f"<div>{html}</div>")
    history = {"foresee", "watch", "reckoning"} if session.history else set()
    assert seen == {"opening", "decide", "came"} | history


@pytest.mark.parametrize("firm", FIRMS)
def test_the_run_is_the_simulated_one_at_every_moment(firm):
    session = MarketSession(firm, seed=3)
    while session.quarter < 6:
        session.do(*next_act(session, session.quarter + len(session.acts)))
    actions = session.attempt.actions
    rest = [{}] * (session.runs.quarters - len(actions))
    again = simulate(load(firm), replay([*actions, *rest]), seed=3)
    assert session.run == again
    for column, values in session.run_so_far.series.items():
        assert (values == again.series[column][: len(values)]).all(), column


def test_what_each_decision_did_is_what_is_missing_without_it(small):
    session = led(small("buick-market"))
    taken, pieces = session.attempt.actions, closing.pieces(session)
    steps = {(quarter, name): others for quarter, name, others in closing.without(taken)}
    assert set(steps) == {(q, n) for q, a in enumerate(taken) for n in a}
    assert len(list(pieces)) == len(steps) * (len(taken) + 1)
    for (quarter, name), actions in steps.items():
        rest = {key: value for key, value in taken[quarter].items() if key != name}
        assert actions == [*taken[:quarter], rest, *taken[quarter + 1 :]]
    session.do("tab", "decisions")
    assert pages.screen(session).regions["wide"].count("<tr>") == min(len(steps), closing.ROWS) + 1


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_the_decisions_and_what_they_do_to_one_another_add_up_to_the_whole(small, lang):
    session = led(small("buick-market", lang=lang))
    session.do("tab", "decisions")
    rows, sums = [], []
    for page in range(closing.end(session, words(lang))["pages"]):
        session.do("page", f"page={page}")
        shown = closing.end(session, words(lang))
        rows += [[_amount(gain["text"]) for gain in row["gains"]] for row in shown["rows"]]
        sums = [[_amount(gain["text"]) for gain in each["gains"]] for each in shown["sums"]]
    assert len(rows) > 3
    together = [sum(column) for column in zip(*rows, sums[0], strict=True)]
    assert together == pytest.approx(sums[1], abs=1e-9)
    usual = session.runs.usual(session.runs.quarters)
    assert sums[1][0] == round(session.run.value.total - usual.value.total)


def _amount(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


# --- thousands of random acts ------------------------------------------------------------------


def anything(session: MarketSession, chance: np.random.Generator) -> tuple[str, str]:
    """Some act with some value; about half of them make no sense here."""
    names = [lever.id for lever in session.scenario().levers]
    cards = [f"{c.id}={o.id}" for c in session.scenario().cards for o in c.options]
    ways = [f"{m}={w}" for m in (*MEASURES, "luck") for w in (*DIRECTIONS, "sideways")]
    values = {
        "begin": ["", "x"],
        "language": ["en", "zh-Hans", "la", ""],
        "shape": [f"{m}={s}" for m in (*MEASURES, "luck") for s in (*SHAPES, "spiral")],
        "lock": ["", "x"],
        "next": ["", "x"],
        "continue": ["", "x"],
        "tab": [
            "card",
            "levers",
            "policies",
            "film",
            "town",
            "runs",
            "decisions",
            "foresight",
            "x",
        ],
        "page": ["0", "1", "-1", "99999", "²", "x"],
        "extra": ["extra=sales", "extra=week", "extra=nonsense", ""],
        "lever": [f"{n}={v}" for n in (*names, "wish") for v in ("1", "0", "nan", "1e9", "x", "")],
        "policy": [f"{p}={v}" for p in ("sunset-rule", "wish") for v in ("on", "off", "")],
        "card": [*cards, "wish=granted", "", "="],
        "guess": ways,
        "run": ["", "x"],
        "run_rest": ["", "x"],
        "again": ["0", "quarter=3", "99", "-1", "x", "²"],
        "change": [f"change={n}" for n in (*names, "sunset-rule", "wish", "")],
        "expect": ways,
        "attempt": ["", "x"],
        "cancel": ["", "x"],
        "jump": [""],
    }
    act = str(chance.choice(list(values)))
    return act, str(chance.choice(values[act]))


def test_in_thousands_of_random_acts_nonsense_changes_nothing_and_resuming_is_equal(small):
    chance, tried, done = np.random.default_rng(1), set(), set()
    whole = {firm: [*led(small(firm)).acts, *HYPOTHESIS] for firm in FIRMS}
    for walk in range(WALKS):
        firm = FIRMS[walk % 2]
        session = small(firm)
        last = len(whole[firm])
        first = last - len(HYPOTHESIS) if walk % 3 == 0 else 0
        for act in whole[firm][: chance.integers(first, last + 1)]:
            assert session.do(*act)
        for _ in range(STEPS):
            before, acts = state(session), list(session.acts)
            sensible = chance.random() < 0.4 and session.phase not in ("end", "again")
            act = next_act(session, walk) if sensible else anything(session, chance)
            tried.add(act[0])
            if session.do(*act):
                assert session.acts[-1] == act
            else:
                assert (state(session), session.acts) == (before, acts), act
        done |= {act for act, _ in session.acts}
        again = small(firm)
        assert all(again.do(*act) for act in session.acts)
        assert again == session
    assert tried - done == {"jump"}


# --- what has to come first --------------------------------------------------------------------


def test_the_history_is_not_shown_before_its_course_is_foreseen_and_locked(small):
    session = small("southwest")
    session.do("begin", "")
    assert not session.do("lock", "")
    assert not session.do("next", "")
    for measure in MEASURES:
        session.do("shape", f"{measure}=rises")
    assert session.do("lock", "")
    assert not session.do("shape", "profit=falls")


def test_no_quarter_is_run_before_it_is_judged_and_foreseen(small):
    session = led(small("southwest"), "decide")
    while not session.cards:
        assert session.do("guess", "profit=same")
        assert not session.do("run", "")
        assert session.do("guess", "reputation=same")
        assert session.do("run", "")
        session.do("continue", "")
    for measure in GUESSED:
        session.do("guess", f"{measure}=higher")
    assert not session.do("run", "")
    session.do("card", f"{session.cards[0].id}={session.cards[0].options[0].id}")
    assert session.do("run", "")


def test_no_second_run_without_a_hypothesis_and_it_begins_as_the_first_one_did(small):
    session = small("buick-market")
    while session.quarter < 4 or session.phase == "came":
        session.do(*next_act(session, len(session.acts)))
    told = deciding.verdicts(session, words("en"))
    first = led(session).attempt.actions
    assert session.do("again", "4")
    assert not session.do("attempt", "")
    session.do("change", "change=training")
    session.do("expect", "profit=lower")
    assert not session.do("attempt", "")
    session.do("expect", "reputation=higher")
    session.do("expect", "customers=higher")
    assert session.do("attempt", "")
    assert session.attempt.actions == first[:4]
    assert deciding.verdicts(session, words("en")) == told
    assert session.draft == {n: v for n, v in first[4].items() if v != session.view.decision[n]}
    session.do("lever", "training=100")
    assert session.do("run_rest", "")
    assert session.phase == "came"
    session.do("continue", "")
    assert session.attempts[0].actions == first
    assert session.attempt.actions[4]["training"] == 100
    assert "Your hypothesis" in pages.screen(session).regions["left"]


def test_a_hypothesis_that_was_not_tried_is_told_so(small):
    session = led(small("buick-market"))
    session.do("again", "0")
    session.do("change", "change=facilities")
    for measure in MEASURES:
        session.do("expect", f"{measure}=same")
    session.do("attempt", "")
    assert words("en")("market.news.take_over_line") not in pages.screen(session).regions["left"]
    session.do("run_rest", "")
    session.do("continue", "")
    assert (
        words("en")("market.end.not_changed", change="Upkeep of the facilities, against today")
        in (pages.screen(session).regions["left"])
    )
    assert pages.screen(session).regions["left"].count("named-line") == 1


# --- what is on offer --------------------------------------------------------------------------


def test_few_levers_at_first_and_more_as_the_quarters_pass(small):
    assert FIRMS
    for firm in FIRMS:
        session, offered = small(firm), []
        while session.phase != "end":
            led(session, "decide") if session.phase != "came" else None
            offered.append({lever.id for lever in session.levers})
            led(session, "came")
            session.do("continue", "")
        assert len(offered[0]) in (3, 4)
        assert all(before <= after for before, after in pairwise(offered))
        assert len(offered[-1]) > len(offered[0])
        assert "adoption" not in offered[-1]


def test_policy_cards_come_a_few_at_a_time_and_all_at_once_in_a_second_run(small):
    session, offered = small("buick-market"), []
    while session.phase != "end":
        led(session, "decide") if session.phase != "came" else None
        offered.append(len(session.policies))
        led(session, "came")
        session.do("continue", "")
    assert offered[:4] == [0, 0, 4, 8]
    assert offered[-1] == len(session.changeable(0)) - len(session.levers)
    for act in HYPOTHESIS:
        session.do(*act)
    assert len(session.policies) == offered[-1]


def test_a_decision_that_changes_nothing_is_none(small):
    session = led(small("buick-market"), "decide")
    now = session.view.decision["capacity"]
    session.do("lever", "capacity=1.2")
    assert session.draft == {"capacity": 1.2}
    session.do("lever", f"capacity={now}")
    assert session.draft == {}


def test_dragging_a_lever_is_kept_as_one_act(small):
    session = led(small("buick-market"), "decide")
    for share in (1.1, 1.2, 1.3):
        session.do("lever", f"capacity={share}")
    assert [act for act in session.acts if act[0] == "lever"] == [("lever", "capacity=1.3")]


# --- foreseen and come -------------------------------------------------------------------------


def test_an_untouched_firm_is_about_the_same_as_the_untouched_firm(small):
    run = small("buick-market").runs.usual(3)
    assert len(MEASURES) > 1
    for measure in MEASURES:
        outcomes = [predictions.in_quarter(run, run, quarter, measure) for quarter in range(3)]
        outcomes.append(predictions.at_end(run, run, measure, (5.0, 5.0)))
        assert [outcome.direction for outcome in outcomes] == ["same"] * 4


@pytest.mark.parametrize(
    ("guess", "change", "named", "points"),
    [
        ("lower", 9.0, "gloomy", 0),
        ("higher", -1.0, "hopeful", 0),
        ("same", 9.0, "gloomy", 0),
        ("lower", -1.0, "side", 0.5),
        ("higher", 1.0, "side", 0.5),
        ("higher", 0.0, "hopeful", 0),
        ("same", -1.0, "right", 1),
        ("lower", -9.0, "right", 1),
    ],
)
def test_the_verdict_names_the_difference_and_the_direction_is_worth_half(
    guess, change, named, points
):
    outcome = predictions.Outcome(change, leeway=3.0)
    assert (outcome.verdict(guess), outcome.points(guess)) == (named, points)


@pytest.mark.parametrize("course", SHAPES)
def test_a_drawn_course_is_recognised_as_itself(course):
    from crmsim.widgets.market.history import COURSES

    assert predictions.shape_of(COURSES[course], tolerance=0.2) == course
    assert predictions.shape_verdict(course, course) == "right"


def test_the_history_of_southwest_turns_with_the_customers_before_the_accounts():
    from crmsim.widgets.market.history import turning_points

    session = MarketSession("southwest", seed=0)
    points = turning_points(session.runs.run(session.history))
    assert points["evaluation"] <= points["profit"] < points["customers"]


def test_the_news_tell_what_went_wrong_and_what_came_from_outside():
    scenario, t = load("southwest"), words("en")
    runs = RunCache(scenario, 0)
    shock = scenario.shocks[0]
    run = runs.usual(shock.quarter)
    told = [
        line["text"] for line in news.news(run, run, shock.quarter - 1, t, scenario, "unchanged")
    ]
    assert any(scenario.failures[0].title["en"] in text for text in told)
    assert [title for title, _ in news.shocks(scenario, shock.quarter - 1)] == [shock.title["en"]]


def test_what_a_choice_brings_in_every_week_is_not_told_as_a_cost():
    scenario, t = load("southwest"), words("en")
    keep = next(card for card in scenario.cards if card.id == "rude-star").option("keep")
    assert keep.cost_week == -120
    assert news.card_effect_price(keep, "USD", t) == "$60 once · brings in $120 a week"


@pytest.mark.parametrize("fare", [0.95, 0.7])
def test_a_change_of_profit_is_told_in_money_and_neither_good_nor_bad_if_it_is_the_same(fare):
    runs = RunCache(load("southwest"), 0)
    run, base = runs.run([{"fare": fare}]), runs.usual(1)
    change = abs(loop.gained(run, base, 13))
    for same, direction in ((0.0, {"good", "bad"}), (change + 1, set())):
        drawn = loop.loop(run, base, words("en"), ("", "", ""), weeks=13, same=same).drawing
        profit = re.search(r"Profit ([^;]*);", drawn)[1]
        assert "$" in profit
        assert "%" not in profit
        looks = re.search(r'class="node ([^"]*)" data-node="4"', drawn)[1].split()
        assert bool(set(looks) & {"good", "bad"}) == bool(direction)


# --- kept --------------------------------------------------------------------------------------


def test_a_session_is_saved_as_it_is_played_and_resumed():
    first = play("buick-market", seed=1)
    assert isinstance(first, MarketPlay)
    for turn in range(9):
        first.on_act(*next_act(first.session, turn))
    second = play("buick-market", seed=1, lang="en")
    assert second.session == first.session
    assert second.regions == first.regions
    ET.parse(progress.folder() / "buick-market-1.svg")


def test_a_damaged_session_is_reported_and_kept():
    first = play("buick-market", seed=1)
    first.on_act("begin", "")
    path = progress.folder() / "buick-market-1.json"
    path.write_text("{" + path.read_text()[1:20])
    again = play("buick-market", seed=1)
    assert again.session.phase == "opening"
    assert "buick-market-1.damaged-1.json" in again.regions["note"]


def test_a_case_of_a_world_without_a_session_is_simulated_and_not_played(monkeypatch):
    monkeypatch.setitem(WORLDS, "desk", WORLDS["desk"]._replace(session=""))
    with pytest.raises(ScenarioError, match="sunset: a case of the world 'desk'"):
        play("sunset")


@pytest.mark.parametrize("said", SHAPES)
def test_a_course_foreseen_is_drawn_from_where_the_firm_began(small, said):
    from crmsim.widgets.market.history import reckoning

    session = small("southwest")
    session.do("begin", "")
    for measure in MEASURES:
        session.do("shape", f"{measure}={said}")
    session.do("lock", "")
    boxes = reckoning(session, words("en"))["boxes"]
    assert len(boxes) == len(MEASURES)
    for box in boxes:
        foreseen, came = re.findall(r'<path d="M\S+ (\S+?)L[^"]*" fill="none"', box["picture"])
        assert float(foreseen) == pytest.approx(float(came), abs=0.11)


def test_the_cash_is_in_sight_and_the_news_tell_when_the_bank_closes_the_firm():
    session, t = MarketSession("turnaround", seed=41), words("en")
    session.do("begin", "")
    assert [each["text"] for each in pages._meters(session, t)] == ["Cash ¥50,000 (limit −¥60,000)"]
    runs = session.runs
    left, closed = runs.usual(8), closed_in(runs.usual(8))
    told = [
        [
            line["text"]
            for line in news.news(left, left, quarter, t, session.scenario(), "unchanged")
        ]
        for quarter in range(8)
    ]
    said = [any("The bank closes the firm" in text for text in lines) for lines in told]
    assert said.index(True) == closed - 1
    assert sum(said) == 1
    first = runs.run([{"promise": 0, "capacity": 0.8}, *[{}] * 7])
    lines = news.news(first, left, closed - 1, t, session.scenario(), "unchanged")
    assert any("would be closed by now" in line["text"] for line in lines)


def test_the_shock_of_the_seed_is_told_in_its_quarter_and_in_no_other():
    scenario = load("turnaround")
    for seed in (41, 42):
        ((shock, comes),) = drawn_shocks(scenario.shocks, seed)
        told = {quarter: list(news.shocks(scenario, quarter, seed)) for quarter in range(8)}
        assert [quarter for quarter, lines in told.items() if lines] == [comes]
        assert told[comes][0][0] == shock.title["en"]
