"""The mystery shopper of lesson 11: what the lesson says of her visit is so in every visit."""

from itertools import product

import pytest

from crmsim import load, replay, simulate
from crmsim.course.sessions.visit import VisitSession
from crmsim.runs.tables import score_sheet
from crmsim.scenario import DIMENSIONS
from crmsim.widgets.visit import pages

CASE = load("shopper").change(seat="buyer", persona="daughter")
DIALS = ('class="gaps"', 'class="dial')
TALKS = list(product(*([r.id for r in t.replies] for t in CASE.touchpoints)))


@pytest.mark.parametrize("answers", TALKS)
def test_she_leaves_pleased_and_the_promise_was_not_kept(answers):
    visit = simulate(CASE, replay(answers), seed=7)
    sheet = score_sheet(visit)
    assert 3.5 < visit.view.satisfaction < 4.5
    assert sheet["reliability"] == "1"
    assert sheet["empathy"] == "5"
    assert min(sheet, key=sheet.get) == "reliability"


def test_a_score_sheet_has_a_mark_for_every_dimension():
    for seed in range(20):
        sheet = score_sheet(simulate(CASE, seed=seed))
        assert set(sheet) == set(DIMENSIONS)
        assert set(sheet.values()) <= set("12345")


def shown(session):
    return "".join(pages.screen(session).regions.values()) + pages.announcement(session)


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_nothing_tells_a_mystery_shopper_what_the_customer_feels(lang):
    session = VisitSession("shopper", seed=7, lang=lang, persona="daughter")
    assert not session.do("seat", "seller")
    assert session.do("seat", "buyer")
    feelings = {"▲", "▼", *DIALS}
    whys = {c.why[lang] for t in CASE.touchpoints for c in t.choices}
    for answer in TALKS[0]:
        page = shown(session)
        assert [told for told in feelings | whys if told in page] == []
        assert session.do("reply", answer)
    assert session.done
    assert [told for told in feelings | whys if told in shown(session)] == []
    assert session.run.view.journey[-1].touchpoint == "promise"
    assert not session.do("seat", "seller")


def test_another_visit_shows_what_this_one_hides():
    session = VisitSession("tea", seed=7)
    assert session.do("seat", "buyer")
    assert session.do("reply", session.view().on_offer[0].id)
    page = shown(session)
    assert all(dial in page for dial in DIALS)
    assert "▲" in page or "▼" in page
    assert session.view().why in page
