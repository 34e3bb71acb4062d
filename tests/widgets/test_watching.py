"""Two runs that are watched: the town shows who is won and lost, and the film begins at a click."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from crmsim import ActionError, load, simulate, watch
from crmsim.common.words import data_path, words
from crmsim.course.sessions.market import MEASURES, MarketSession
from crmsim.course.sessions.predictions import GUESSED
from crmsim.course.sessions.visit import VisitSession
from crmsim.runs.townspeople import customers_by_week, flight_of
from crmsim.widgets.drawings.town_film import town_film
from crmsim.widgets.market.play import MarketPlay
from crmsim.widgets.visit.play import Play

TOWN = load("buick-market").change(people=400, years=1)
SKY = load("southwest").change(people=400)


pytestmark = pytest.mark.usefixtures("compiled_engine", "work")


def film_in(html: str) -> dict:
    return json.loads(re.search(r"data-film='([^']*)'", html)[1])


def dots(drawing: str, colour: str) -> int:
    """Count the people that are drawn in a colour on top of the town."""
    found = re.findall(rf'<path data-at="[^"]*" d="([^"]*)" stroke="{colour}"', drawing)
    return sum(path.count("M") for path in found)


@pytest.mark.parametrize("firm", [TOWN, SKY], ids=["town", "airline"])
def test_the_town_shows_everybody_who_is_won_or_lost_and_counts_to_the_sum(firm):
    from crmsim.common import palette

    run = simulate(firm, lambda seen: {"capacity": 0.8}, seed=3)
    base = simulate(firm, seed=3)
    gained = run.series["profit"] - base.series["profit"]
    shown = town_film(run, base, gained, "x", words("en"))
    mine, other = (customers_by_week(each)[-1] for each in (run, base))
    won, lost = int((mine & ~other).sum()), int((other & ~mine).sum())
    assert won + lost > 0
    assert dots(shown.drawing, palette.GOOD) == won
    assert dots(shown.drawing, palette.BAD) == lost
    assert f"has {won} customers" in shown.told
    data = shown.film
    assert 8 <= data["seconds"] <= 12
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(data["keys"]))
    assert data["money"][-1].lstrip("+") in shown.drawing
    times = [float(at) for at in re.findall(r'<path data-at="([\d.]+)"', shown.drawing)]
    assert times
    assert max(times) < data["seconds"]


def test_an_airline_flies_over_its_town_with_the_aircraft_and_delays_of_each_week():
    run, base = (simulate(SKY, policy, seed=3) for policy in (lambda _: {"fleet": 1.5}, None))
    gained = np.zeros(len(run.series["week"]))
    data = town_film(run, base, gained, "x", words("en")).film
    weekly = data["flights"]
    assert len(weekly) == len(run.series["week"]) + 1
    assert weekly[-1]["fleet"] > weekly[0]["fleet"] > 0
    assert all(0 <= each["late"] <= each["fleet"] for each in weekly)
    late = run.series["delay"][-1] / run.series["visits"][-1]
    assert f"{100 * late:.0f} % late" in weekly[-1]["said"]


def test_an_airline_shows_the_passengers_of_one_flight_and_what_became_of_them():
    run, base = (simulate(SKY, policy, seed=3) for policy in (lambda _: {"fleet": 0.7}, None))
    gained = np.zeros(len(run.series["week"]))
    shown = town_film(run, base, gained, "x", words("en"))
    late_of_week = run.series["delay"] / run.series["visits"]
    flight = flight_of(run, int(late_of_week.argmax()), 40)
    (drawn,) = re.findall(r'<path class="flight" data-at="[\d.]+" d="([^"]+)"', shown.drawing)
    assert 0 < drawn.count("M") == len(flight.passengers) <= 40
    stay, otherwise = (
        int(customers_by_week(each)[-1][flight.passengers].sum()) for each in (run, base)
    )
    numbers = [int(number) for number in re.findall(r"\d+", shown.flight)]
    aboard = len(flight.passengers)
    others = [] if stay == otherwise else [otherwise]
    assert numbers == [flight.week + 1, flight.late.sum(), aboard, stay, *others]
    assert (
        town_film(simulate(TOWN, seed=3), simulate(TOWN, seed=3), gained, "x", words("en")).flight
        == ""
    )


def test_two_runs_are_watched_as_town_and_as_loop_with_one_sum():
    run, base = (simulate(TOWN, policy, seed=1) for policy in (lambda _: {"pay": 1.2}, None))
    stage = watch(run, base)
    total = round(float(run.series["profit"].sum() - base.series["profit"].sum()))
    sums = []
    for view in ("town", "loop"):
        stage.on_act("view", view)
        assert f'id="view-{view}"' in stage.regions["middle"]
        sums.append(film_in(stage.regions["middle"])["money"][-1])
    assert sums[0] == sums[1]
    digits = int(re.sub(r"\D", "", sums[0]))
    assert digits == abs(total) or "million" in sums[0]
    with pytest.raises(ActionError, match="one market with one seed"):
        watch(run, simulate(TOWN, seed=2))
    with pytest.raises(ActionError, match="is not a market"):
        watch(simulate("buick", seed=1), simulate("buick", seed=1))


# --- the film that is sent ahead of a click ----------------------------------------------------


ANSWERS = {"bet-sale": "buys", "bet-talk": "quiet", "bet-profit": "higher"}


def played(play: Play, turn: int, until: str) -> Play:
    """Play a visit up to a screen, taking the same of the answers on offer each time."""
    play.on_act("seat", "seller")
    while play.screen != until:
        if play.screen == "visit":
            offers = play.session.view().on_offer
            play.on_act("choose", offers[turn % len(offers)].id)
        elif play.screen in ANSWERS:
            play.on_act("bet", ANSWERS[play.screen])
        else:
            play.on_act("continue", "")
    return play


def test_the_film_after_a_bet_is_sent_ahead_without_what_became_of_the_bet():
    play = played(Play(VisitSession("buick", 1)), 0, "bet-profit")
    assert play.ahead == {}
    play._look_ahead()
    ahead = dict(play.ahead)
    assert (ahead["act"], ahead["screen"]) == ("bet", "loop")
    assert "You bet" not in ahead["regions"]["left"]
    play.on_act("bet", "higher")
    assert play.ahead == {}
    assert play.screen == "loop"
    assert play.regions["middle"] == ahead["regions"]["middle"]
    assert play.regions["right"] == ahead["regions"]["right"]
    assert "You bet" in play.regions["left"]


def test_on_the_loop_the_film_of_the_next_tab_is_sent_ahead():
    play = played(Play(VisitSession("buick", 1)), 0, "loop")
    tabs = re.findall(r'id="tab-(\w+)"', play.regions["middle"])
    for _ in tabs:
        play._look_ahead()
        ahead = dict(play.ahead)
        assert ahead["act"] == "scope"
        assert ahead["value"] != play.session.scope
        play.on_act("scope", ahead["value"])
        assert ahead["regions"] == play.regions
    assert play.session.scope == "floor"


def test_where_no_film_follows_nothing_is_sent_ahead():
    play = played(Play(VisitSession("buick", 1)), 0, "loop")
    play.on_act("rewind", "0")
    play._look_ahead()
    assert play.ahead == {}
    assert play.screen == "rewind"


def test_each_film_of_a_firm_is_sent_ahead_as_it_will_be_and_changes_nothing(tmp_path):
    text = data_path("scenarios", "southwest.toml").read_text("utf-8")
    path = tmp_path / "southwest.toml"
    path.write_text(text.replace("people = 5000", "people = 300"), "utf-8")
    play = MarketPlay(MarketSession(str(path), 1))
    seen = set()
    for act in acts_of(play.session):
        before = list(play.session.acts)
        for _ in play._ahead_of_next():
            if play.ahead:
                break
        ahead = dict(play.ahead)
        assert play.session.acts == before
        play.on_act(*act)
        if ahead and (ahead["act"], ahead["value"] or act[1]) == act:
            seen.add(act[0])
            assert ahead["screen"] == play.screen
            assert ahead["regions"] == play.regions
    assert seen == {"next", "run", "span", "continue", "tab"}


def acts_of(session: MarketSession) -> Iterator[tuple[str, str]]:
    """Lead a firm to its town, looking at each year that is over."""
    while session.phase != "end":
        shapes = [measure for measure in MEASURES if measure not in session.shapes]
        guesses = [measure for measure in GUESSED if measure not in session.guess]
        if session.phase == "opening":
            yield "begin", ""
        elif session.phase == "foresee":
            yield ("shape", f"{shapes[0]}=rises") if shapes else ("lock", "")
        elif session.phase == "watch" and session.watched < len(session.history):
            yield "next", ""
        elif session.phase == "came" and session.year_is_over and session.span == "quarter":
            yield "span", "year"
        elif session.phase != "decide":
            yield "continue", ""
        elif session.unanswered:
            yield "card", f"{session.unanswered[0]}={session.cards[0].options[0].id}"
        else:
            yield ("guess", f"{guesses[0]}=same") if guesses else ("run", "")
    yield "tab", "town"


@pytest.mark.parametrize("turn", [0, 2])
def test_the_same_answer_to_somebody_else_is_found_and_shows_nothing_as_a_film(turn):
    """The visit that lesson 00 begins with; its own one answer arrives."""
    play = played(Play(VisitSession("showroom", 20)), turn, "loop")
    assert re.findall(r'id="tab-(\w+)"', play.regions["middle"]) == ["one", "another", "floor"]
    sums = {}
    for scope in ("one", "another"):
        play.on_act("scope", scope)
        sums[scope] = film_in(play.regions["middle"])["money"][-1]
    assert sums["another"] == "¥0" != sums["one"]
    assert "changes profit by nothing" in play.regions["left"]
