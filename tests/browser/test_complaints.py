"""A complaint of lesson 20, as students hear it out."""

from __future__ import annotations

import pytest
from answering import Answering
from playwright.sync_api import expect

from crmsim import play, predict
from crmsim.common.words import words
from crmsim.scenario import load


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh-Hans"])
def test_a_complaint_is_heard_out_and_its_end_says_how_fair_it_felt(live, play_live, lang):
    talk = play("buick-complaint", seed=20, persona="lin-yue", lang=lang, after="20-bet-order")
    game = play_live(predict("20-bet-order", lang=lang), talk)
    assert game.screen == "lock"
    Answering(live, "20-bet-order", lang).choose("money")
    expect(game.stage).to_have_attribute("data-screen", "opening")
    game.look()
    game.click("[data-act=seat][data-value=seller]")
    case = load("buick-complaint", lang)
    for act in ("hear-out", "own-apology", "ask-and-note", "two-ways", "ring-up"):
        game.look()
        game.click(f"[data-act=choose][data-value={act}]")
    game.click("[data-act=bet][data-value=quiet]")
    assert game.screen == "verdict"
    game.look()
    t = words(lang)
    for name in ("fairness", "staying", "methods"):
        expect(game.stage).to_contain_text(t(f"play.verdict.{name}"))
    expect(game.stage).to_contain_text(t("table.method_vent"))
    others = [person.name[lang] for person in case.personas if person.id != "lin-yue"]
    assert len(others) == 2
    for name in others:
        expect(game.stage).to_contain_text(t("play.verdict.beside", name=name))
