"""Lesson 20 and its two complaints, as students meet them in JupyterLab."""

from __future__ import annotations

import pytest
from answering import Answering
from playwright.sync_api import expect

from crmsim.common.words import words
from crmsim.scenario import load

LESSON = "20-complaints"
GAME = 'talk = play("buick-complaint"'
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_a_complaint_is_heard_out_and_its_end_says_how_fair_it_felt(notebook, lang):
    notebook.open(lang, LESSON)
    game = notebook.stage(GAME)
    assert notebook.page.locator(ERRORS).count() == 0
    expect(game).to_have_attribute("data-screen", "lock")
    bet = Answering(notebook, "20-bet-order", lang, 'predict("20-bet-order"')
    bet.choose("money")
    expect(game).to_have_attribute("data-screen", "opening", timeout=10_000)
    play = notebook.play
    play.look()
    play.click("[data-act=seat][data-value=seller]")
    case = load("buick-complaint", lang)
    for act in ("hear-out", "own-apology", "ask-and-note", "two-ways", "ring-up"):
        play.look()
        play.click(f"[data-act=choose][data-value={act}]")
    play.click("[data-act=bet][data-value=quiet]")
    assert play.screen == "verdict"
    play.look()
    t = words(lang)
    for name in ("fairness", "staying", "methods"):
        expect(play.stage).to_contain_text(t(f"play.verdict.{name}"))
    expect(play.stage).to_contain_text(t("table.method_vent"))
    others = [person.name[lang] for person in case.personas if person.id != "lin-yue"]
    assert len(others) == 2
    for name in others:
        expect(play.stage).to_contain_text(t("play.verdict.beside", name=name))
