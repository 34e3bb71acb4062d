"""A case in which nothing is sold, played through both chairs: the bus."""

import xml.etree.ElementTree as ET

import pytest

from crmsim.course.sessions.visit import VisitSession
from crmsim.widgets.visit import pages

PASSENGERS = ("runner", "planner")


def shown(session):
    """Return the words on the screen."""
    parts = [ET.fromstring(f"<div>{html}</div>") for html in pages.screen(session).regions.values()]
    return " ".join(text for part in parts for text in part.itertext())


def act(session, turn=0):
    if session.phase in ("opening", "felt"):
        return "seat", "buyer" if session.phase == "opening" else "seller"
    if session.phase == "visit":
        offers = session.view().on_offer
        return "choose", offers[turn % len(offers)].id
    return "bet", "recommends"


def ridden(persona, lang="en", turn=0):
    """A session played to the end of the driver's ride, every screen read on the way."""
    session, seen = VisitSession("bus", 3, lang, persona), []
    while session.phase != "verdict":
        seen.append(shown(session))
        assert session.do(*act(session, turn))
    return session, " ".join(seen)


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
@pytest.mark.parametrize("persona", PASSENGERS)
def test_nobody_is_asked_whether_somebody_buys(persona, lang, turn):
    session, seen = ridden(persona, lang, turn)
    assert "sale" not in session.bets
    sold = ("salesperson", "the car", "buys", "bought", "销售", "成交", "买下", "4S店", "展厅")
    assert [word for word in sold if word in seen + shown(session)] == []
    assert not session.do("continue", "")


def test_the_last_screen_tells_how_the_other_passenger_took_the_same_ride():
    told = {persona: ridden(persona)[0] for persona in PASSENGERS}
    levels = {name: f"{session.view().satisfaction:.1f}" for name, session in told.items()}
    assert float(levels["runner"]) > 4 > 3 > float(levels["planner"])
    assert f"The same, for Tang Wei satisfaction {levels['planner']}" in " ".join(
        shown(told["runner"]).split()
    )
    assert f"satisfaction {levels['runner']} of 5" in shown(told["planner"])


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_a_second_try_is_bet_on_and_held_against_the_first_without_a_firm(lang):
    session, _ = ridden("planner", lang)
    assert session.do("rewind", "0")
    shown(session)
    assert session.do("choose", "say-how-it-is")
    assert session.phase == "bet-felt"
    assert not session.do("bet", "recommends")
    shown(session)
    assert session.do("bet", "same")
    assert session.phase == "tries"
    assert ("too gloomy" if lang == "en" else "太悲观") in shown(session)
    assert session.do("rewind", "1")
    assert session.phase == "rewind"
    assert session.do("continue", "")
    assert session.phase == "verdict"


def test_money_is_spoken_of_only_where_some_was_spent():
    free, _ = ridden("runner")
    assert "¥" not in shown(free)
    session = VisitSession("bus", 3, persona="runner")
    for done in ("seller", "reopen", "paper-fan", "mirror"):
        assert session.do("seat" if done == "seller" else "choose", done)
    session.do("bet", "recommends")
    assert "¥4 out of the driver’s own pocket" in shown(session)
