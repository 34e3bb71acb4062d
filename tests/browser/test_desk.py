"""A day at the service desk, as students lead it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import crmsim


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh-Hans"])
def test_a_day_by_mouse_and_keys_and_the_questions_after_it(play_live, lang):
    play = play_live(crmsim.play("sunset", seed=21, lang=lang))
    play.look()
    play.click("[data-act=begin]")
    play.look()
    for _ in range(3):
        play.press("1")
    play.press("1")
    assert play.screen == "reckoning"
    play.look()
    play.press("1")
    answer_the_box(play)
    play_two_cards(play)
    lead_the_day(play)
    assert play.screen == "end"
    for tab in ("controls", "decisions", "box", "bets", "day"):
        play.click(f"#tab-{tab}")
        play.look()
    begin_again(play)


def answer_the_box(play):
    """Answer two messages, one by mouse and one by keys, and leave the rest."""
    assert play.screen == "box"
    play.look()
    play.click("#mail-infant")
    expect(play.stage.locator("#send")).to_be_disabled()
    for act, value in (("kind", "goods"), ("reply", "ring"), ("by", "noon")):
        play.click(f"[data-act={act}][data-value={value}]")
        play.look()
    play.click("#send")
    play.look()
    for key in ("1", "1", "2", "1"):
        play.press(key)
    expect(play.stage.locator(".mail.done")).to_have_count(2)
    play.click("#shut")


def play_two_cards(play):
    """Play two cards by mouse, take one back, and open the doors by a key."""
    assert play.screen == "cards"
    play.look()
    for card in ("be-consistent", "convenience"):
        play.click(f"#card-{card}")
    play.look()
    expect(play.stage.locator("#card-right-first-time")).to_be_disabled()
    play.click("#card-convenience")
    play.press("1")


def lead_the_day(play):
    """Decide the first hour, and let the others run between the bets."""
    assert play.screen == "decide"
    play.look()
    slider = play.stage.locator("#post-agents")
    slider.focus()
    play.press("ArrowRight")
    play.click("[data-act=discipline][data-value=sunset]")
    for switch in ("callbacks", "checks"):
        play.click(f"[data-act={switch}][data-value=on]")
    play.click("#run")
    play.look()
    play.click("#run-on")
    for _ in range(2):
        expect(play.stage.locator("#run")).to_be_disabled()
        play.look()
        play.press("1")
        play.press("3")
        play.look()
        play.click("#run-on")


def begin_again(play):
    """Begin another day for a reason, and look at what became of it."""
    play.click("#again")
    expect(play.stage.locator("#attempt")).to_be_disabled()
    play.look()
    play.stage.locator("#again-change").select_option("agents")
    play.settle()
    for _ in range(4):
        play.click("[data-act=expect][data-key='1']")
    play.click("#attempt")
    play.look()
    play.click("#run-on")
    assert play.screen == "end"
    play.look()
