"""The pages that come out of grading, in a real browser: styled, legible, and without a script."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from crmsim.common.words import LANGUAGES
from crmsim.grading.command import publish
from crmsim.grading.options import Options

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))

import fakes

WIDTHS = (1366, 390)
SMALL = """
() => [...document.querySelectorAll("body *")].filter(element =>
    [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    && parseFloat(getComputedStyle(element).fontSize) < 14)
  .map(element => element.outerHTML.slice(0, 120))
"""
SPILLED = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module", params=LANGUAGES)
def pages(request, tmp_path_factory) -> list[Path]:
    """A class of six, of whom one has a name to be wary of."""
    folder = tmp_path_factory.mktemp("results")
    rows = {"survey": "pre", "advice": "after"}
    results = [
        fakes.result(
            str(number),
            lang=request.param,
            name="<img src=x onerror=alert(1)>" + "很长的名字" * 20 if number else "林悦",
            items=(
                fakes.item("10-stages", rows),
                fakes.item("31-owner", "A long word: " + "x" * 400),
                fakes.item("10-bet-floor", 2, came=12, gap="too-weak"),
            ),
            runs=(fakes.play(7, ("a", "b" * number), 2 + number / 3),),
        )
        for number in range(6)
    ]
    publish(folder, results, Options(), fakes.NOTHING, request.param)
    names = ["report.html", "debrief.html", "queue.html", "feedback/0.html", "feedback/1.html"]
    return [folder / name for name in names]


def test_every_page_is_styled_legible_and_still(browser: BrowserContext, pages: list[Path]):
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    assert pages
    for path in pages:
        page.goto(path.as_uri())
        assert page.evaluate(SMALL) == [], path.name
        assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 768})
            assert page.evaluate(SPILLED) <= 0, (path.name, width)
    page.close()
    assert said == []
