"""A visit reads as a talk: who says what in which order, and what it changed in the customer."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.words import LANGUAGES, words
from crmsim.course.sessions.visit import VisitSession
from crmsim.scenario import DIMENSIONS
from crmsim.widgets.visit import pages
from crmsim.widgets.visit.customer import beside


def session(seat: str, *answers: int, case: str = "buick", lang: str = "en") -> VisitSession:
    """A visit from one chair in which these answers were given, by their place."""
    played = VisitSession(case, 1, lang)
    assert played.do("seat", seat)
    for place in answers:
        assert played.do("choose", played.view().on_offer[place].id)
    return played


def shown(played: VisitSession, region: str) -> ET.Element:
    return ET.fromstring(f"<div>{pages.screen(played).regions[region]}</div>")


def order(played: VisitSession) -> list[str]:
    """List the lines of the talk from top to bottom, by what they are."""
    kinds = ("hers", "yours", "changed", "scene", "moment", "cards")
    found = (each.get("class", "").split() for each in shown(played, "middle").iter())
    return [next(name for name in kinds if name in each) for each in found if set(kinds) & {*each}]


def text(element: ET.Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def test_the_salesperson_reads_reaction_change_moment_and_question_before_answering():
    played = session("seller", 0)
    assert order(played) == ["hers", "changed", "moment", "scene", "hers", "cards"]


def test_the_customer_reads_what_she_said_and_what_was_done_then_what_it_changed():
    assert order(session("buyer", 0)) == [
        "hers",
        "moment",
        "scene",
        "yours",
        "hers",
        "changed",
        "cards",
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("seat", ["buyer", "seller"])
def test_what_just_changed_and_why_is_read_aloud(seat, lang):
    played = session(seat, 0, lang=lang)
    say = pages.screen(played).say
    assert words(lang)("play.visit.changed") in say
    why = played.view().why if seat == "buyer" else played.view().journey[-1].why
    assert why in say
    assert "▲" not in say
    assert "▼" not in say
    line = next(each for each in shown(played, "middle").iter() if each.get("class") == "changed")
    assert why in text(line)


@given(st.lists(st.integers(0, 1), min_size=1, max_size=4), st.sampled_from(["buyer", "seller"]))
def test_the_changes_named_are_those_of_the_bars(answers, seat):
    played = session(seat, *answers)
    before, now = played.before.perceived, played.view().perceived
    moved = {d for d in DIMENSIONS if abs(now[d] - before[d]) >= 0.005}
    line = next(each for each in shown(played, "middle").iter() if each.get("class") == "changed")
    t = words("en")
    assert {d for d in DIMENSIONS if t(f"model.dimension.{d}") in _named(line)} == moved


def _named(line: ET.Element) -> str:
    return " ".join(text(span) for span in line.iter("span"))


def widths(played: VisitSession, name: str) -> list[float]:
    styles = (
        each.get("style", "")
        for each in shown(played, "left").iter("i")
        if each.get("class") == name
    )
    return [float(found[1]) for style in styles if (found := re.search(r"width: ([\d.]+)%", style))]


def test_patience_is_named_and_empties():
    played, seen = session("seller"), []
    for _ in range(3):
        seen += widths(played, "left")
        assert "Patience" in text(shown(played, "left"))
        played.do("choose", played.view().on_offer[0].id)
    assert seen[0] == 100
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 3


def test_used_up_patience_says_since_when():
    played = session("seller")
    view = replace(played.view(), minutes=played.view().patience_min + 14)
    patience = beside(played, view, words("en"))["patience"]
    assert patience == {"share": 0, "text": "used up 14 min ago", "state": "over"}


def test_satisfaction_moves_on_its_scale_and_says_by_how_much():
    played = session("seller")
    places = []
    for _ in range(4):
        left = shown(played, "left")
        dot = next(each for each in left.iter("i") if each.get("class") == "now")
        places.append(float(re.search(r"left: ([\d.]+)%", dot.get("style"))[1]))
        level = played.view().satisfaction
        assert places[-1] == pytest.approx(25 * (level - 1), abs=0.06)
        played.do("choose", played.view().on_offer[0].id)
    assert len(set(places)) >= 3


@given(expected=st.floats(0, 1), perceived=st.floats(0, 1))
def test_the_red_piece_is_as_long_as_the_deficit_and_gone_without_one(expected, perceived):
    played = session("seller")
    quality = dict.fromkeys(DIMENSIONS, expected), dict.fromkeys(DIMENSIONS, perceived)
    view = replace(played.view(), expected=quality[0], perceived=quality[1])
    rows = beside(played, view, words("en"))["gaps"]
    assert [row["missing"] for row in rows] == pytest.approx(
        [100 * max(0, expected - perceived)] * 5
    )
