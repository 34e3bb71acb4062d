"""The Buick case played as students play it: by mouse in both languages, and by keyboard."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from crmsim import play as play_case

LESSON = "10-buying-a-buick"
SAID_LAST = "stage => getComputedStyle(stage.parentElement, '::after').content"


def figures(play) -> list[list[str]]:
    """The table of the two tries: name, first try, second try."""
    rows = play.stage.locator("table.tries tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


@pytest.mark.long
def test_played_to_the_end_by_mouse_and_rewound(notebook):
    notebook.open("en", LESSON)
    play_by_mouse(notebook.play, films=True)
    assert "goes on below" in notebook.play.stage.evaluate(SAID_LAST)


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
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
    assert [name for name, first, second in figures(play) if first != second] != []


def test_played_to_the_end_by_keyboard_alone_and_rewound(notebook):
    """No shortcut of the notebook fires on the way, and the focus is never lost."""
    notebook.open("zh-Hans", LESSON)
    play = notebook.play
    notebook.page.mouse.move(600, 400)
    notebook.page.mouse.wheel(0, 1)  # from now on the reader decides what is in sight
    play.stage.scroll_into_view_if_needed()
    before = notebook.sources

    def answer() -> None:
        play.press("1")
        assert play.has_focus(), play.screen

    answer()
    assert play.has_focus("#choice-1")
    for key in "dd":
        play.press(key)
    assert notebook.sources == before
    play.until("loop", by=answer)

    assert play.has_focus("#film")
    play.press("Enter")
    assert play.has_focus("#heading")
    assert "在下面继续" in play.stage.evaluate(SAID_LAST)
    shown = play.stage.inner_text()
    play.tab_to(".lever input")
    play.press("ArrowLeft")
    assert play.stage.inner_text() != shown
    assert play.has_focus(".lever input")

    play.tab_to("[data-act=continue]")
    play.press("Enter")
    play.tab_to("[data-act=rewind][data-value='0']")
    play.press("Enter")
    play.until("compare", by=lambda: play.press(play.other_key()))
    play.press("Enter")
    assert [name for name, first, second in figures(play) if first != second] != []
    play.press("Escape")
    assert not play.has_focus()


def test_tomorrow_the_game_goes_on_where_it_was_and_shows_its_last_picture(notebook):
    """The picture is all of it where nothing runs: in a copy, which was never released."""
    notebook.open("en", LESSON)
    play = notebook.play
    for _ in range(4):
        play.click("[data-key='1']")
    moment = play.stage.locator("#heading").inner_text()
    notebook.save()
    notebook.close()
    notebook.lab.end_kernels()
    folder = notebook.lab.work / "en"
    copied = shutil.copyfile(folder / f"{LESSON}.ipynb", folder / "copy.ipynb")
    try:
        notebook.open_page("en/copy")
        page = notebook.page
        still = page.locator(".crmsim-still", has=page.locator("img[src*=progress]")).first
        still.wait_for()
        drawn = "image => image.decode().then(() => image.naturalWidth)"
        assert still.locator("img[src*=progress]").evaluate(drawn) == 1200
        expect(still.get_by_text("▶")).to_be_visible()
        failed = page.get_by_text("Error displaying widget").locator("visible=true")
        expect(failed).to_have_count(0)
    finally:
        copied.unlink()

    notebook.lab.end_kernels()
    notebook.open_file(f"en/{LESSON}")
    expect(notebook.play.stage.locator("#heading")).to_have_text(moment)
