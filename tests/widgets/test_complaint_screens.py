"""The end of a complaint on the screen: how fair it felt, who would stay, the methods used."""

import xml.etree.ElementTree as ET

import pytest

from crmsim.common.words import words
from crmsim.course.sessions.visit import VisitSession
from crmsim.widgets.visit import pages

BOOK = ("hear-out", "own-apology", "ask-and-note", "two-ways", "ring-up")
PHRASES = ("form-first", "set-phrase", "not-us", "ask-upstairs", "let-it-rest")


def shown(session):
    """Return the words on the screen."""
    parts = [ET.fromstring(f"<div>{html}</div>") for html in pages.screen(session).regions.values()]
    return " ".join(" ".join(text for part in parts for text in part.itertext()).split())


def talked(acts, lang="en"):
    """A session of the advisor, played to its verdict."""
    session = VisitSession("buick-complaint", 3, lang, "lin-yue")
    assert session.do("seat", "seller")
    for act in acts:
        assert session.do("choose", act)
    assert session.do("bet", "quiet")
    assert session.phase == "verdict"
    return session


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_the_end_tells_how_fair_it_felt_who_would_stay_and_which_methods_were_used(lang):
    session, t = talked(BOOK, lang), words(lang)
    seen, told = shown(session), session.run.view.recovery
    for name in ("fairness", "staying", "methods"):
        assert t(f"play.verdict.{name}") in seen
    assert f"{100 * told['result']:.0f}" in seen
    assert f"{100 * told['stays']:.0f}" in seen
    assert t("table.method_vent") in seen
    assert seen.index(t("table.method_vent")) < seen.index(t("table.method_close"))


def test_two_ways_of_complaining_tell_different_ends():
    good, bad = shown(talked(BOOK)), shown(talked(PHRASES))
    assert "8 of 8" in good
    assert "1 of 8" in bad
    assert good != bad


def test_a_second_try_compares_how_many_would_stay():
    session = talked(BOOK)
    assert session.do("rewind", "1")
    assert session.do("choose", "set-phrase")
    assert session.do("bet", "lower")
    assert session.phase == "tries"
    stays = [round(100 * run.view.recovery["stays"]) for run in (session.visit, session.second)]
    assert stays[0] > stays[1]
    assert f"Stay, of 100 {stays[0]} {stays[1]}" in shown(session)


def test_a_visit_without_a_complaint_tells_nothing_of_it():
    session = VisitSession("bus", 3, "en", "runner")
    assert session.do("seat", "seller")
    while session.phase == "visit":
        assert session.do("choose", session.view().on_offer[0].id)
    assert session.do("bet", "quiet")
    assert words("en")("play.verdict.fairness") not in shown(session)
