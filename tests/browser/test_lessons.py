"""Lessons as a new student meets them: nothing opens before its prediction is saved."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from crmsim.common.words import words

ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"


SATISFACTION = "12-satisfaction"
ONE_NOW = [pytest.param("en", marks=pytest.mark.long), "zh-Hans"]


def test_satisfaction_opens_step_by_step(lesson, standing):
    standing.clear()
    notebook = lesson("zh-Hans", SATISFACTION)
    bet = notebook.stage('predict("12-bet-bus"')
    assert notebook.page.locator(ERRORS).count() == 0
    runner = notebook.stage('persona="runner"')
    expect(runner).to_have_attribute("data-screen", "lock")
    bet.get_by_text("一样满意").click()
    expect(runner).to_have_attribute("data-screen", "opening")
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


@pytest.mark.parametrize("lang", ONE_NOW)
def test_an_explanation_stays_covered_until_its_question_is_answered(lesson, lang):
    notebook = lesson(lang, SATISFACTION)
    covered = notebook.page.locator(".crmsim-covered")
    closed = notebook.cell("reveal(readable(DataFrame({")
    closed.scroll_into_view_if_needed()
    expect(closed.locator(".crmsim-closed")).to_be_visible()
    below = notebook.page.locator(".crmsim-closed").count()
    assert covered.count() > 0
    assert below > 0
    expect(covered.locator(".jp-RenderedMarkdown").locator("visible=true")).to_have_count(0)
    bet = notebook.stage('predict("12-bet-town"')
    bet.locator("label", has=notebook.page.locator("input")).first.click()
    expect(closed.locator("table")).to_be_visible()
    expect(closed.locator(".crmsim-closed")).to_have_count(0)
    said = {"en": "On average the service is as expected", "zh-Hans": "平均下来，做到的和期望一样"}
    steady = notebook.page.locator(".jp-MarkdownCell", has_text=said[lang]).first
    expect(steady.locator(".jp-RenderedMarkdown")).to_be_visible()


@pytest.mark.parametrize("lang", ONE_NOW)
def test_terms_are_explained_in_the_text_and_figures_have_a_name(lesson, lang):
    notebook = lesson(lang, SATISFACTION)
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


@pytest.mark.parametrize("lang", ONE_NOW)
def test_nonsense_a_wrong_and_a_right_number_are_checked_with_enter(lesson, lang):
    notebook = lesson(lang, SATISFACTION)
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
    notebook.open("en", "32-southwest")
    once = notebook.stage('predict("32-bet-once"')
    assert notebook.page.locator(ERRORS).count() == 0
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
    expect(game).to_have_attribute("data-screen", "opening")
    game.scroll_into_view_if_needed()
    game.locator("[data-act=begin]").first.click()
    expect(game).not_to_have_attribute("data-screen", "opening")
    outcome = notebook.cell('check("32-growth"')
    expect(outcome.locator(".ex-aspects")).to_contain_text("Direction")
