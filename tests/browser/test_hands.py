"""A hand that drags, clicks and types: cards to rows, rows in order, arrows from box to box."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from crmsim import check


@pytest.fixture
def stage(live):
    """A function that shows a question on a page of its own, without JupyterLab."""

    def show(asked) -> Page:
        live.show(asked)
        return live.page

    return show


def drag(page: Page, card: str, place: str) -> None:
    """Drag the card of that selector onto the place of that one."""
    start, end = (page.locator(each).first.bounding_box() for each in (card, place))
    page.mouse.move(start["x"] + 20, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 25, end["y"] + end["height"] / 2, steps=5)
    page.mouse.up()


def test_cards_are_put_to_rows_by_dragging_by_clicks_and_by_keys(stage):
    asked = check("10-language")
    page = stage(asked)
    first, second, third = asked.task.shuffled()[:3]
    drag(page, "[data-card=service]", f"[data-place={third}]")
    expect(page.locator(f"[data-place={third}] .ex-filled")).to_have_text("service language")
    page.get_by_role("button", name="courtesy phrase").first.click()
    expect(page.locator(f"[data-place={first}] .ex-filled")).to_have_text("courtesy phrase")
    page.keyboard.press("2")
    expect(page.locator(f"[data-place={second}] .ex-filled")).to_have_text("service language")
    assert asked.answer == {third: "service", first: "courtesy", second: "service"}
    drag(page, "[data-card=service]", "h3")
    assert page.locator(".ex-shadow").count() == 0
    assert len(asked.answer) == 3, "dropped beside the rows, a card goes nowhere"


def test_rows_are_put_in_order_by_dragging_by_two_clicks_and_by_arrow_keys(stage):
    asked = check("10-loop", lang="zh")
    page, rows = stage(asked), asked.task.shuffled()
    drag(page, f"[data-card={rows[0]}]", f"[data-place={rows[5]}]")
    expect(page.locator(".ex-card").nth(5)).to_have_attribute("data-card", rows[0])
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    page.locator(f"[data-card={rows[1]}]").click()
    expect(page.locator("[aria-pressed=true]")).to_have_count(1)
    page.locator(f"[data-card={rows[4]}]").click()
    expect(page.locator(".ex-card").nth(3)).to_have_attribute("data-card", rows[1])
    page.keyboard.press("ArrowUp")
    expect(page.locator(".ex-card").nth(2)).to_have_attribute("data-card", rows[1])
    expect(page.locator(f"[data-card={rows[1]}]")).to_be_focused()


def test_an_arrow_is_dragged_from_box_to_box(stage):
    asked = check("31-loop")
    page = stage(asked)
    drag(page, "[data-card=pay]", "[data-place=attitude]")
    page.get_by_role("button", name="raises it").click()
    expect(page.locator(".ex-links li")).to_contain_text(["Pay raises Attitude"])
    assert asked.answer == [["pay", "+", "attitude"]]
    assert page.locator(".ex-thread").count() == 0
