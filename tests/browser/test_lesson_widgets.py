"""Drawing the expected course and building a causal loop diagram, by mouse and by keyboard."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from crmsim import check, predict

QUARTERS = 8


def levels(stage: Locator) -> list[float]:
    sliders = stage.get_by_role("slider").all()
    return [float(slider.get_attribute("aria-valuenow")) for slider in sliders]


def test_by_mouse(live):
    live.show(predict("31-reputation"), predict("31-loop"))
    course, loop = live.stages.all()
    mouse = live.page.mouse
    board = course.locator(".ex-board")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    mouse.move(box["x"] + 0.30 * box["width"], box["y"] + 0.3 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.62 * box["width"], box["y"] + 0.6 * box["height"], steps=3)
    mouse.move(box["x"] + 0.99 * box["width"], box["y"] + 0.4 * box["height"], steps=3)
    mouse.up()
    expect(course.locator(".ex-note")).to_have_text("Saved. You can still change your mind.")
    drawn = levels(course)
    assert live.saved("answer-31-reputation") == drawn
    low = drawn.index(min(drawn))
    assert drawn[: low + 1] == sorted(drawn[: low + 1], reverse=True)
    assert drawn[low:] == sorted(drawn[low:])

    for name in ("Service", "raises it", "Evaluation"):
        loop.get_by_role("button", name=name, exact=False).first.click()
        live.answered()
    expect(loop.locator(".ex-links li")).to_contain_text(["Service raises Evaluation"])
    assert live.saved("before-31-loop") == [["service", "+", "evaluation"]]
    loop.get_by_role("button", name="Take out").click()
    expect(loop.locator(".ex-links li")).to_have_count(0)


def test_by_keyboard(live):
    live.show(predict("31-reputation", lang="zh"), check("31-loop", lang="zh"))
    course, loop = live.stages.all()
    keyboard = live.page.keyboard
    first = course.get_by_role("slider").first
    first.focus()
    for key in ["PageDown", "PageDown", "ArrowUp", "ArrowRight"]:
        keyboard.press(key)
    expect(first).to_have_attribute("aria-valuetext", "48分")
    for _ in range(QUARTERS - 1):
        expect(course.locator(":focus")).to_have_attribute("aria-valuetext", "还没有画")
        keyboard.press("ArrowUp")
        keyboard.press("ArrowRight")
    expect(course.locator(".ex-note")).to_be_visible()
    assert levels(course) == [48 + quarter for quarter in range(QUARTERS)]
    assert live.saved("answer-31-reputation") == levels(course)

    loop.get_by_role("button", name="服务", exact=True).focus()
    keyboard.press("Enter")
    live.answered()
    expect(loop.locator("[data-value=service]")).to_have_attribute("aria-pressed", "true")
    loop.get_by_role("button", name="使它下降").focus()
    keyboard.press("Space")
    live.answered()
    expect(loop.locator("[data-act=sign][aria-pressed=true]")).to_have_count(1)
    keyboard.press("2")
    expect(loop.locator(".ex-links li")).to_have_count(1)
    loop.get_by_role("button", name="看看对不对").focus()
    keyboard.press("Enter")
    expect(loop.locator(".ex-links .ex-wrong b")).to_have_text("✗ 正负号不对")
    assert loop.locator(":focus").count() == 1
