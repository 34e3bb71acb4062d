"""The Buick case played by mouse as students play it; by keyboard it is in `test_tamed.py`."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from crmsim import play as play_case

LESSON = "10-buying-a-buick"


@pytest.mark.long
def test_played_to_the_end_by_mouse_and_rewound(notebook):
    notebook.open("zh-Hans", LESSON)
    play_by_mouse(notebook.play, films=True)
    assert "在下面继续" in notebook.play.said_below


@pytest.mark.parametrize("lang", ["en", pytest.param("zh-Hans", marks=pytest.mark.long)])
def test_played_by_mouse_on_a_page_of_its_own(play_live, lang):
    play = play_live(play_case("buick", seed=1, lang=lang))
    expect(play.stage).to_have_attribute("lang", lang)
    play_by_mouse(play, films=False)


def play_by_mouse(play, films: bool) -> None:
    """Play a visit to its end, skip its films where they run, go back, and play it otherwise."""

    def skip() -> None:
        if films:
            play.click("[data-film-act=skip]")

    play.until("loop", by=lambda: play.click("[data-key='1']"), look=play.look)
    skip()
    money = play.stage.locator(".money").text_content()
    play.click("[data-act=scope][data-value=one]")
    skip()
    play.look()
    play.click("[data-act=scope][data-value=floor]")
    skip()
    assert play.stage.locator(".money").text_content() == money

    play.click("[data-act=continue]")
    play.click("[data-act=rewind][data-value='0']")
    play.until("compare", by=lambda: play.click(".card:enabled:not(.first)"), look=play.look)
    skip()
    assert [name for name, first, second in play.tries if first != second] != []
