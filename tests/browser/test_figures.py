"""The figures of the lessons as they are drawn: no words cut off, none over one another."""

from __future__ import annotations

import html
import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from plotly.offline import get_plotlyjs

from crmsim import figures
from crmsim.common.words import LANGUAGES
from crmsim.widgets.stage import HERE

WIDTH = 900
DRAWN = (
    "best_fifth",
    "complaint_iceberg",
    "delays_through_the_day",
    "delight_fades",
    "eighty_twenty",
    "loop_gain",
    "queue",
    "standards_erode",
    "three_controls",
    "three_rules",
    "satisfied_not_loyal",
    "silence",
    "what_it_hangs_on",
    "who_stays",
    "winning_back",
    "worth_of_staying",
)
DRAW = """
async figure => {
  document.body.innerHTML = "<div id='figure'></div>";
  await Plotly.newPlot("figure", figure.data, figure.layout, { displayModeBar: false });
}
"""
# Words that stand outside the figure, and pairs of words of which one covers the other.
ILLEGIBLE = """
() => {
  const frame = document.querySelector(".main-svg").getBoundingClientRect();
  const boxes = selector => [...document.querySelectorAll(selector)]
    .map(element => [element.textContent, element.getBoundingClientRect()]);
  const words = boxes(".gtitle, .xtitle, .ytitle, .legendtext, .annotation-text");
  const ticks = boxes(".xtick text, .ytick text");
  const cut = [...words, ...ticks].filter(([, box]) => box.left < frame.left - 1
    || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
  const over = words.flatMap(([text, box], place) => words.slice(place + 1)
    .filter(([, other]) => Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1
      && Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 1)
    .map(([other]) => `${text} × ${other}`));
  return [...cut.map(([text]) => text), ...over];
}
"""


@pytest.fixture(scope="module")
def page(browser: BrowserContext) -> Page:
    page = browser.new_page()
    page.set_viewport_size({"width": WIDTH, "height": 700})
    page.set_content("<meta charset='utf-8'><body style='margin: 0'></body>")
    page.add_script_tag(content=get_plotlyjs())
    page.add_script_tag(content=(HERE / "figures.js").read_text("utf-8"))
    return page


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", DRAWN)
def test_the_words_of_a_figure_can_be_read_and_its_finding_and_lines_are_its_name(
    page: Page, name: str, lang: str
):
    figure = getattr(figures, name)(lang).update_layout(width=WIDTH)
    page.evaluate(DRAW, json.loads(figure.to_json()))
    assert page.evaluate(ILLEGIBLE) == []

    page.evaluate("tellFigures(document.body)")
    # Playwright counts the pictures inside of a picture too; a screen reader does not.
    drawn = page.locator("[role=img]")
    expect(drawn).to_have_count(1)
    told = drawn.get_attribute("aria-label")
    finding = re.sub(r"<[^>]*>", " ", figure.layout.title.text)
    assert re.sub(r"\s", "", told).startswith(re.sub(r"\s", "", html.unescape(finding)))
    assert len(re.findall(r"\d", told)) > len(re.findall(r"\d", finding))
    for trace in figure.data:
        assert trace.name is None or re.sub(r"<[^>]*>", "", trace.name) in told
