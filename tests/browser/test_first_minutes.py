"""The first ten minutes: a calm page, nothing to find, and the first question soon there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

START = "00-start-here"
# What stands before a cell's outputs, in a copy from which they are taken away, and in the cell.
BEFORE = """
cell => {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll(".jp-OutputArea-child").forEach((output) => output.remove());
  cell.after(copy);
  const before = (each) => getComputedStyle(each, "::before");
  const found = [before(copy).content, before(copy).height, before(cell).content];
  copy.remove();
  return found;
}
"""


@pytest.mark.parametrize(
    ("lang", "other"),
    [("zh-Hans", "English"), pytest.param("en", "中文", marks=pytest.mark.long)],
)
def test_the_first_sight_is_a_face_and_a_question_with_nothing_to_press_before(
    notebook, lang, other
):
    notebook.open_page(f"{lang}/{START}")
    play = notebook.play
    expect(play.stage.locator(".portrait svg").first).to_be_in_viewport()
    choice = play.stage.locator("[data-key='1']")
    expect(choice).to_be_in_viewport()
    expect(play.stage).to_be_focused()
    before = play.stage.inner_text()
    play.settle()
    play.stage.get_by_role("button", name=other).first.click()
    play.settle()
    expect(play.stage).not_to_have_attribute("lang", lang)
    assert play.stage.inner_text() != before


def test_the_place_of_a_game_is_kept_for_it_until_it_has_come(notebook):
    notebook.open("zh-Hans", START)
    kept = notebook.cell('play("showroom"').evaluate(BEFORE)
    assert kept == ['"游戏马上就好……"', "540px", "none"]


def test_the_whole_game_is_in_sight_in_the_window_of_a_small_laptop(notebook):
    notebook.open_page(f"zh-Hans/{START}")
    stage = notebook.play.stage
    notebook.wait_until_run()
    expect(stage).to_be_in_viewport(ratio=1)
    below = stage.evaluate("stage => window.innerHeight - stage.getBoundingClientRect().bottom")
    assert below > 10


def test_the_page_is_calm_and_no_code_in_sight_until_asked_for(notebook):
    notebook.open_page(f"en/{START}")
    page = notebook.page
    assert "/doc/tree/en/" in page.url
    notebook.wait_until_run()
    for closed in ("#jp-left-stack", "#jp-right-stack", "#jp-main-statusbar", ".Toastify__toast"):
        expect(page.locator(closed).locator("visible=true")).to_have_count(0)
    code = page.locator(".jp-CodeCell .jp-Cell-inputWrapper")
    assert code.count() == 3
    expect(code.locator("visible=true")).to_have_count(0)
    expect(page.locator(".jp-cell-toolbar").locator("visible=true")).to_have_count(0)
    elsewhere = page.locator(".crmsim-elsewhere")
    expect(elsewhere).to_have_count(1)
    expect(elsewhere).to_be_hidden()
    notebook.button("Show the code").click()
    expect(code.locator("visible=true")).to_have_count(3)
