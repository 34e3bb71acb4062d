"""Lesson 12 as a new student meets it: nothing opens before its prediction is saved."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, expect

LESSON = "12-satisfaction"


def cell_of(notebook, code: str) -> Locator:
    """The cell that holds a piece of code."""
    return notebook.page.locator(".jp-CodeCell", has_text=code).first


def stage_of(notebook, code: str) -> Locator:
    """The stage that a cell shows."""
    stage = cell_of(notebook, code).locator(".crmsim-stage")
    stage.scroll_into_view_if_needed()
    return stage


def run_again(notebook, code: str) -> Locator:
    """Press ▶ on a cell once more, and wait."""
    cell_of(notebook, code).locator(".jp-InputArea").click()
    notebook.page.keyboard.press("Control+Enter")
    notebook.page.wait_for_timeout(500)
    notebook.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    return cell_of(notebook, code)


def test_the_lesson_runs_whole_and_opens_step_by_step(notebook):
    notebook.open("zh-Hans", LESSON)
    notebook.run_all()
    bet = stage_of(notebook, 'predict("12-bet-bus"')
    bet.wait_for(timeout=30_000)
    notebook.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    assert notebook.page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0

    runner = stage_of(notebook, 'persona="runner"')
    expect(runner).to_have_attribute("data-screen", "lock")
    bet.get_by_text("一样满意").click()
    expect(runner).to_have_attribute("data-screen", "opening", timeout=10_000)
    came = run_again(notebook, 'check("12-bet-bus"')
    expect(came).to_contain_text("一路狂奔赶上车的徐帆")

    course = stage_of(notebook, 'predict("12-promise"')
    course.get_by_role("slider").first.focus()
    for _ in range(8):
        for key in ("ArrowDown", "ArrowRight"):
            notebook.page.keyboard.press(key)
    expect(course.locator(".ex-note")).to_have_text("已保存，随时可以改。")
    drawn = json.loads((notebook.lab.work / "progress" / "answer-12-promise.json").read_text())
    assert drawn["answer"] == [round(3.7 - quarter / 10, 1) for quarter in range(8)]
    outcome = run_again(notebook, 'check("12-promise"')
    expect(outcome.locator(".ex-aspects")).to_contain_text("下降")
