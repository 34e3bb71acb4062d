"""The first ten minutes: a calm page, one button to press, and the first choice soon after."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

START = "00-start-here"


def test_the_page_is_calm(notebook):
    notebook.open_page(f"en/{START}")
    page = notebook.page
    assert "/doc/tree/en/" in page.url
    for closed in ("#jp-left-stack", "#jp-right-stack", "#jp-main-statusbar", ".Toastify__toast"):
        expect(page.locator(closed).locator("visible=true")).to_have_count(0)
    expect(page.locator(".jp-Notebook .jp-MarkdownCell").first).to_contain_text("▶")
    code = page.locator(".jp-Notebook .jp-CodeCell")
    folded = code.locator(".jp-Cell-inputWrapper .jp-Placeholder, .jp-InputPlaceholder")
    assert folded.count() == code.count() > 0


@pytest.mark.parametrize(("lang", "other"), [("en", "中文"), ("zh-Hans", "English")])
def test_the_first_choice_is_there_half_a_minute_after_pressing_run(notebook, lang, other):
    notebook.open(lang, START)
    pressed = time.monotonic()
    notebook.press_run()
    notebook.press_run()
    play = notebook.play
    expect(play.stage.locator("[data-key='1']")).to_be_visible()
    assert time.monotonic() - pressed < 30
    before = play.stage.inner_text()
    play.stage.get_by_role("button", name=other).first.click()
    play.settle()
    expect(play.stage).not_to_have_attribute("lang", lang)
    assert play.stage.inner_text() != before
