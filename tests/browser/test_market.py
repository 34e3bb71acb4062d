"""A firm led as students lead it: history foreseen and watched, then their own, by keyboard."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import expect

from crmsim import play as play_case
from crmsim.widgets.market import play as market_play

LESSON = "32-led"
CELL = "from crmsim import play\nplay('buick-market', seed=1)"


@pytest.fixture
def led(play_live):
    """A function that shows a firm on a page of its own, and gives its play."""

    def show(firm: str, lang: str = "en"):
        return play_live(play_case(firm, seed=1, lang=lang))

    return show


def go_on(play, until: str, seen: dict[str, int] | None = None, most: int = 200) -> None:
    """Press 1 until the screen is there; look at each kind of screen when it first comes."""
    seen = {} if seen is None else seen
    for _ in range(most):
        screen = play.screen
        if seen.setdefault(screen, 0) < 2:
            play.look()
        seen[screen] += 1
        if screen == until:
            return
        play.press("1")
        assert play.has_focus(), screen
    pytest.fail(f"after {most} keys the play is still at {play.screen!r}")


HISTORY = {"foresee", "watch", "reckoning"}


@pytest.mark.parametrize(
    ("firm", "more"),
    [pytest.param("southwest", HISTORY, marks=pytest.mark.long), ("buick-market", set())],
)
def test_by_keyboard_alone_to_the_end_and_once_more_for_a_reason(led, firm, more):
    play = led(firm)
    play.tab_to("[data-key='1']")
    seen: dict[str, int] = {}
    go_on(play, "end", seen)
    assert {"opening", "decide", "came", "end"} | more == set(seen)
    for tab in ("decisions", "foresight", "runs", "town", "film"):
        play.click(f"#tab-{tab}")
        play.look()

    play.press("1")
    assert play.screen == "again"
    expect(play.stage.locator("#attempt")).to_be_disabled()
    play.tab_to("#again-step")
    play.press("ArrowDown")
    play.tab_to("#again-change")
    play.press("ArrowDown")
    for measure in ("profit", "reputation", "customers"):
        play.tab_to(f"[data-act=expect][data-value^={measure}]")
        play.press("Enter")
    play.tab_to("#attempt")
    play.press("Enter")
    expect(play.stage).to_have_attribute("data-screen", "decide")
    play.look()
    if play.stage.locator("#tab-levers").count():
        play.tab_to("#tab-levers")
        play.press("Enter")
    play.tab_to("[id^=lever-]")
    play.press("ArrowLeft")
    play.look()
    play.tab_to("#run_rest")
    play.press("Enter")
    expect(play.stage).to_have_attribute("data-screen", "came")
    play.press("1")
    assert play.screen == "end"
    play.look()
    play.click("#tab-decisions")
    play.look()
    expect(play.stage.locator("[data-region=left]")).to_contain_text("Your hypothesis")


@pytest.mark.parametrize(
    ("firm", "lang"),
    [
        ("buick-market", "zh-Hans"),
        pytest.param("buick-market", "en", marks=pytest.mark.long),
        pytest.param("southwest", "en", marks=pytest.mark.long),
        pytest.param("southwest", "zh-Hans", marks=pytest.mark.long),
    ],
)
def test_the_first_quarter_by_mouse(led, firm, lang):
    play = led(firm, lang)
    expect(play.stage).to_have_attribute("lang", lang)
    play.look()
    go_on_by_mouse(play, "decide")
    play.look()
    expect(play.stage.locator("#run")).to_be_disabled()
    play.click("[data-act=guess][data-value='profit=lower']")
    play.click("[data-act=guess][data-value='reputation=same']")
    lever = play.stage.locator("input[type=range]").first
    was = play.stage.locator(".lever output").first.inner_text()
    lever.focus()
    play.press("ArrowRight")
    assert play.stage.locator(".lever output").first.inner_text() != was
    play.click("#run")
    assert play.screen == "came"
    expect(play.stage.locator(".outcome")).to_have_count(2)
    play.look()


# How far below a lever its words stand, and how far its frame reaches when it has the focus.
ROOM_BELOW = """
slider => {
  const { outlineWidth, outlineOffset } = getComputedStyle(slider);
  const words = slider.nextElementSibling.getBoundingClientRect();
  return [
    words.top - slider.getBoundingClientRect().bottom,
    parseFloat(outlineWidth) + parseFloat(outlineOffset),
  ];
}
"""


def test_southwest_by_keyboard_alone_to_where_no_lever_covers_its_words_or_stands_far_from_them(
    led,
):
    play = led("southwest")
    play.tab_to("[data-key='1']")
    seen: dict[str, int] = {}
    go_on(play, "came", seen)
    assert {"opening", "decide", "came"} | HISTORY == set(seen)
    for _ in range(2):
        go_on(play, "decide", seen)
        go_on(play, "came", seen)
    go_on(play, "decide", seen)
    play.click("#tab-levers")
    assert play.stage.locator(".levers.columns-2").count() == 1
    for name in [one.get_attribute("id") for one in play.stage.get_by_role("slider").all()]:
        slider = play.stage.locator(f"#{name}")
        slider.focus()
        play.press("ArrowRight")
        room, frame = slider.evaluate(ROOM_BELOW)
        assert max(0, frame) <= room <= 3, name


def go_on_by_mouse(play, until: str) -> None:
    for _ in range(40):
        if play.screen == until:
            return
        play.click("[data-key='1']")
    pytest.fail(f"never came to {until}")


def test_history_runs_by_itself_and_stops_when_told(led, monkeypatch):
    monkeypatch.setattr(market_play, "STEP_S", 1.0)
    play = led("southwest")
    go_on_by_mouse(play, "watch")
    heading = play.stage.locator("#heading")
    first = heading.inner_text()
    play.click("[data-act=play]")
    expect(heading).not_to_have_text(first)
    play.click("[data-act=pause]")
    stopped = heading.inner_text()
    assert stopped not in (first, "Quarter 16"), "the history was over before it was stopped"
    play.stage.page.wait_for_timeout(3 * 1000)
    expect(heading).to_have_text(stopped)


def led_into_the_second_quarter(play) -> str:
    """Lead a firm through its first quarter; returns what the chip then says."""
    go_on_by_mouse(play, "decide")
    for _ in range(5):
        play.click("[data-key='1']")
    chip = play.stage.locator(".chip").inner_text()
    assert "Quarter 2" in chip
    return chip


def test_tomorrow_the_firm_is_where_it_was_left(led):
    chip = led_into_the_second_quarter(led("buick-market"))
    expect(led("buick-market").stage.locator(".chip")).to_have_text(chip)


@pytest.mark.long
def test_tomorrow_the_firm_is_where_it_was_left_in_its_notebook(notebook):
    path = notebook.lab.work / "en" / f"{LESSON}.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [nbformat.v4.new_code_cell(CELL)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    try:
        notebook.open_file(f"en/{LESSON}")
        notebook.run_all()
        chip = led_into_the_second_quarter(notebook.play)
        notebook.save()
        notebook.lab.end_kernels()
        notebook.open_page(f"en/{LESSON}")
        still = notebook.page.locator(".crmsim-still img[src*=progress]").first
        still.wait_for()
        drawn = "image => image.decode().then(() => image.naturalWidth)"
        assert still.evaluate(drawn) == 1200
        notebook.run_all()
        expect(notebook.play.stage.locator(".chip")).to_have_text(chip)
    finally:
        path.unlink(missing_ok=True)
