"""The notebook serves the game: keys play, nobody is thrown about, and only our cells run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from crmsim.common.words import words

START, BUICK = "00-start-here", "10-buying-a-buick"
TOP = """
cell => cell.getBoundingClientRect().top
  - document.querySelector(".jp-WindowedPanel-outer").getBoundingClientRect().top
"""


def top(cell: Locator) -> float:
    """Return how far below the top of the window a cell begins."""
    return cell.evaluate(TOP)


def text(notebook, words: str) -> Locator:
    """The text of a lesson that holds some words."""
    return notebook.page.locator(".jp-MarkdownCell", has_text=words).first


def test_no_key_edits_the_lesson_wherever_the_focus_is(lesson, standing):
    standing.clear()
    notebook = lesson("en", START)
    play, keyboard, before = notebook.play, notebook.page.keyboard, notebook.sources
    text(notebook, "How every lesson goes").dblclick()
    for key in ["d", "d", "m", "y", "r", "a", "b", "x", "v", "z", "Enter", "ArrowLeft", "Shift+M"]:
        keyboard.press(key)
    keyboard.type("12 words")
    assert notebook.sources == before
    play.settle()
    assert play.screen == "opening"

    play.stage.scroll_into_view_if_needed()
    play.settle()
    keyboard.press("1")
    expect(play.stage).not_to_have_attribute("data-screen", "opening")
    assert play.has_focus()
    assert notebook.sources == before


SLIDER = """() => {
  const slider = document.createElement("div");
  Object.assign(slider, { id: "probe", role: "slider", tabIndex: 0 });
  document.querySelector(".jp-Notebook .jp-OutputArea").append(slider);
  window.heard = [];
  slider.addEventListener("keydown", (event) => window.heard.push(event.key));
  slider.focus();
}"""


def test_a_slider_in_a_cell_keeps_its_arrows(lesson, standing):
    standing.clear()
    page = lesson("en", START).page
    page.evaluate(SLIDER)
    for key in ("ArrowLeft", "ArrowRight", "x"):
        page.keyboard.press(key)
    assert page.evaluate("window.heard") == ["ArrowLeft", "ArrowRight"]
    page.evaluate("document.getElementById('probe').remove()")


RESTART = "() => void window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"


def test_after_a_restart_the_lesson_is_there_again_and_each_cell_works(lesson):
    notebook = lesson("en", START)
    notebook.play.settle()
    notebook.page.evaluate(RESTART)
    notebook.wait_until_runs_again()
    play = notebook.play
    play.settle()
    heading = play.stage.locator("#heading")
    was = heading.inner_text()
    play.click("[data-key='1']")
    expect(heading).not_to_have_text(was)
    assert notebook.page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0


def test_a_link_leads_to_the_next_lesson_and_the_end_is_no_empty_page(lesson, standing):
    notebook = lesson("en", START)
    standing.clear()
    page = notebook.page
    page.mouse.move(600, 400)
    for _ in range(6):
        page.mouse.wheel(0, 3000)
        page.wait_for_function(STILL)
    link = page.locator(".jp-RenderedMarkdown").get_by_role("link", name="10 · Buying a Buick")
    expect(link).to_be_in_viewport()
    link.click()
    expect(text(notebook, "90 minutes")).to_be_visible()
    assert "10-buying-a-buick" in page.url


# Nothing has been scrolled for half a second.
STILL = """
() => {
  const { scrollTop } = document.querySelector(".jp-WindowedPanel-outer");
  const now = performance.now();
  if (window.crmsimPlace !== scrollTop) window.crmsimSince = now;
  window.crmsimPlace = scrollTop;
  return now - window.crmsimSince > 500;
}
"""


def test_run_all_leaves_the_reader_where_she_was(lesson):
    notebook = lesson("en", BUICK)
    place = text(notebook, "Three levels")
    place.scroll_into_view_if_needed()
    notebook.page.mouse.move(600, 400)
    notebook.page.mouse.wheel(0, 120)
    notebook.page.wait_for_function(STILL)
    was = top(place)
    notebook.run_all()
    notebook.wait_until_runs_again()
    notebook.page.wait_for_function(STILL)
    assert top(place) == pytest.approx(was, abs=3)


SELECT = """
id => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = content.widgets.findIndex(({ model }) => model.id === id);
}
"""


def test_what_is_run_is_scrolled_to_its_top_with_the_keyboard_in_it(lesson):
    notebook = lesson("en", BUICK)
    cell = notebook.cell('served = play("buick"')
    cell.scroll_into_view_if_needed()
    notebook.page.evaluate(SELECT, "play-again")
    notebook.page.locator("[data-command='notebook:run-cell-and-select-next']").click()
    expect(cell.locator(".crmsim-stage")).to_be_focused()
    notebook.page.wait_for_function(STILL)
    assert abs(top(cell)) <= 3


def test_a_double_click_answers_once(lesson):
    notebook = lesson("en", BUICK)
    play = notebook.play
    play.settle()
    play.stage.locator("[data-key='1']").first.click()
    play.settle()
    for _ in range(3):
        heading = play.stage.locator("#heading")
        was = heading.inner_text()
        play.stage.locator("[data-key='1']").first.dblclick(delay=5)
        expect(heading).not_to_have_text(was)
        came = heading.inner_text()
        play.settle()
        expect(heading).to_have_text(came)


def test_played_to_the_end_by_keyboard_alone_and_rewound(lesson):
    """No shortcut of the notebook fires on the way, and the focus is never lost.

    It goes on from wherever the mouse has left the visit.
    """
    notebook = lesson("en", BUICK)
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
    assert "goes on below" in play.said_below
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
    assert [name for name, first, second in play.tries if first != second] != []
    play.press("Escape")
    assert not play.has_focus()


def made(path: Path, *code: str, ids: tuple[str, ...] = ()) -> Path:
    """A notebook of some cells."""
    cells = [nbformat.v4.new_code_cell(line) for line in code]
    for cell, name in zip(cells, ids, strict=False):
        cell["id"] = name
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def test_no_line_that_was_not_released_ever_runs_by_itself(notebook, tmp_path):
    """Neither a hand-in that lies in her folder, nor a lesson that somebody wrote in."""
    seen = tmp_path / "seen"
    mine = f"import crmsim\nfrom pathlib import Path\nPath({str(seen)!r}).write_text('ran')"
    work = notebook.lab.work
    lesson = json.loads((work / "en" / f"{START}.ipynb").read_text("utf-8"))
    code = [cell for cell in lesson["cells"] if cell["cell_type"] == "code"]

    # a lesson of hers, in which a cell was changed and one was put in
    code[0]["source"] = mine + "\n" + "".join(code[0]["source"])
    (work / "en" / f"{START}.ipynb").write_text(json.dumps(lesson), "utf-8")
    notebook.open_file(f"en/{START}")
    waits = notebook.page.locator(".crmsim-waits")
    expect(waits).to_have_count(1)
    assert notebook.page.locator(".crmsim-stage").count() == 0
    assert not seen.exists()

    # a hand-in: every released cell, but beside a module of its own that would run with them
    handed_in = work / "handins" / "en"
    handed_in.mkdir(parents=True)
    try:
        (handed_in / "crmsim.py").write_text(mine, "utf-8")
        shutil.copy(work / "en" / f"{BUICK}.ipynb", handed_in)
        made(work / "en" / "99-new.ipynb", mine, ids=("play",))
        for path in (f"handins/en/{BUICK}", "en/99-new"):
            notebook.open_file(path)
            expect(notebook.button(words("en")("notebook.code"))).to_be_visible()
            assert notebook.page.evaluate(COUNTS) == [None] * len(notebook.page.evaluate(COUNTS))
            assert not seen.exists(), path
    finally:
        shutil.rmtree(work / "handins")
        (work / "en" / "99-new.ipynb").unlink(missing_ok=True)


COUNTS = """
() => window.jupyterapp.shell.currentWidget.content.widgets.map(({ model }) => model)
  .filter(({ type }) => type === "code").map(({ executionCount }) => executionCount)
"""
