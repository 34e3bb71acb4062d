"""The mystery shopper: a visit without dials, then a score sheet set against what she felt."""

import pytest
from playwright.sync_api import expect

from crmsim import check, load, play, predict
from crmsim.common.words import words
from crmsim.runs.tables import score_sheet
from crmsim.scenario import DIMENSIONS


@pytest.mark.parametrize("lang", ["en", pytest.param("zh-Hans", marks=pytest.mark.long)])
def test_a_mystery_visit_is_scored_and_then_compared(bare, lang):
    t = words(lang)
    visit = play("shopper", seed=7, persona="daughter", lang=lang)
    page = bare(visit)
    page.act(("seat", "buyer"))
    for place in load("shopper").touchpoints:
        expect(page.stage.locator(".score-sheet li")).to_have_count(len(DIMENSIONS))
        expect(page.stage.locator(".gaps, .dial, .changed")).to_have_count(0)
        page.act(("reply", place.replies[0].id))
    expect(page.stage).to_contain_text(t("play.shopper.score"))

    sheet = predict("11-sheet", lang=lang)
    sheet.on_act("answer", "reliability=3")
    early = bare(check("11-sheet", came=lambda: score_sheet(visit.run), lang=lang))
    expect(early.stage).to_contain_text(t("lesson.gap.none"))
    for name in DIMENSIONS:
        sheet.on_act("answer", f"{name}={'5' if name == 'empathy' else '4'}")
    outcome = bare(check("11-sheet", came=lambda: score_sheet(visit.run), lang=lang))
    rows = outcome.stage.locator("tbody tr")
    expect(rows).to_have_count(len(DIMENSIONS))
    expect(rows.filter(has_text="✓")).to_have_count(4)
    expect(outcome.stage).to_contain_text(t("lesson.gap.half"))
