"""Lessons as a new student meets them: nothing opens before its prediction is saved."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from crmsim.common.words import words

ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"


def run_whole(notebook, lang: str, lesson: str, first: str) -> Locator:
    """Run a lesson from top to bottom as it was handed out; gives its first stage."""
    notebook.open(lang, lesson)
    stage = notebook.stage(first)
    assert notebook.page.locator(ERRORS).count() == 0
    return stage


def test_satisfaction_opens_step_by_step(notebook):
    bet = run_whole(notebook, "zh-Hans", "12-satisfaction", 'predict("12-bet-bus"')

    runner = notebook.stage('persona="runner"')
    expect(runner).to_have_attribute("data-screen", "lock")
    bet.get_by_text("一样满意").click()
    expect(runner).to_have_attribute("data-screen", "opening", timeout=10_000)
    came = notebook.cell('check("12-bet-bus"')
    expect(came).to_contain_text("一路狂奔赶上车的徐帆")
    expect(bet.locator("input:checked:disabled + span")).to_have_text(re.compile("一样满意"))

    course = notebook.stage('predict("12-promise"')
    course.get_by_role("slider").first.focus()
    for _ in range(8):
        for key in ("ArrowDown", "ArrowRight"):
            notebook.page.keyboard.press(key)
    expect(course.locator(".ex-note")).to_have_text("已保存，随时可以改。")
    drawn = json.loads((notebook.lab.work / "progress" / "answer-12-promise.json").read_text())
    assert drawn["answer"] == [round(3.7 - quarter / 10, 1) for quarter in range(8)]
    outcome = notebook.cell('check("12-promise"')
    expect(outcome.locator(".ex-aspects")).to_contain_text("下降")


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_terms_are_explained_in_the_text_and_figures_have_a_name(notebook, lang):
    run_whole(notebook, lang, "12-satisfaction", 'predict("12-bet-bus"')
    term = notebook.page.locator(".jp-RenderedMarkdown abbr[data-means]:visible").first
    term.wait_for(timeout=20_000)
    term.scroll_into_view_if_needed()
    term.focus()
    note = notebook.page.get_by_role("tooltip")
    expect(note).to_have_text(str(term.get_attribute("data-means")))
    notebook.page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    figure = notebook.cell("three_rules(lang")
    figure.scroll_into_view_if_needed()
    expect(figure.get_by_role("img").first).to_have_accessible_name(re.compile(r"\d"))


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_nonsense_a_wrong_and_a_right_number_are_checked_with_enter(notebook, lang):
    run_whole(notebook, lang, "12-satisfaction", 'predict("12-bet-bus"')
    t, keyboard = words(lang), notebook.page.keyboard
    formula = notebook.stage('check("12-formula"')
    field, verdict = formula.locator("input"), formula.locator(".ex-verdict")
    for typed, told in (
        ("happy🙂", "nonsense"),
        ("-20", "wrong"),
        ("", "blank"),
        ("0.75", "right"),
    ):
        field.click()
        keyboard.press("Control+a")
        keyboard.press("Delete")
        keyboard.type(typed)
        keyboard.press("Enter")
        expect(verdict).to_contain_text(t(f"lesson.verdict.{told}"))


def test_the_airline_opens_when_all_three_predictions_are_made(notebook):
    once = run_whole(notebook, "en", "32-southwest", 'predict("32-bet-once"')
    game = notebook.stage("flight = play(")
    expect(game).to_have_attribute("data-screen", "lock")
    for stage, bet in ((once, "-4000"), (notebook.stage('predict("32-bet-rule"'), "-50000")):
        stage.locator(".ex-number input").fill(bet)
        notebook.page.keyboard.press("Tab")
        expect(stage.locator(".ex-note")).to_be_visible()
    expect(game).to_have_attribute("data-screen", "lock")
    course = notebook.stage('predict("32-growth"')
    course.get_by_role("slider").first.focus()
    for _ in range(12):
        for key in ("ArrowUp", "ArrowRight"):
            notebook.page.keyboard.press(key)
    expect(game).to_have_attribute("data-screen", "opening", timeout=10_000)
    game.scroll_into_view_if_needed()
    game.locator("[data-act=begin]").first.click()
    expect(game).not_to_have_attribute("data-screen", "opening")
    outcome = notebook.cell('check("32-growth"')
    expect(outcome.locator(".ex-aspects")).to_contain_text("Direction")
