"""Lesson 31 as a student works through it: right, wrong, by code, by clicking, and nonsense."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Locator, expect

from crmsim import check, predict
from crmsim.common.words import words

LESSON = "31-butterfly"
RIPPLES = """def ripples(gain, rounds):
    return {}

check("31-ripples", ripples, lang=lang)"""
RING = ("Service", "Evaluation", "Word of mouth", "Sales", "Profit", "Pay", "Attitude", "Service")


def connect(notebook, diagram: Locator, start: str, sign: str, goal: str) -> None:
    for name in (start, sign, goal):
        diagram.get_by_role("button", name=name).first.click()
        notebook.answered()


def draw(notebook, course: Locator, step: str) -> None:
    course.get_by_role("slider").first.focus()
    for _ in range(8):
        for key in (step, "ArrowRight"):
            notebook.page.keyboard.press(key)


def test_the_lesson_opens_as_it_is_foreseen_and_tells_what_it_thinks_of_answers(notebook):
    notebook.open("en", LESSON)
    notebook.stage('check("31-owner"')
    covered = notebook.cell("reveal(plot(slip, usual")
    expect(covered).to_contain_text("First your prediction", timeout=60_000)
    assert notebook.page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0

    draw(notebook, notebook.stage('predict("31-reputation"'), "ArrowDown")
    money = notebook.cell('predict("31-reputation"').locator(".crmsim-stage").nth(1)
    money.get_by_role("textbox").fill("-5")
    money.get_by_role("textbox").press("Tab")
    expect(money.locator(".ex-note")).to_have_text("Saved. You can still change your mind.")
    assert float(notebook.saved("answer-31-bet-quarter")) == -5
    expect(covered.locator(".js-plotly-plot")).to_be_visible()
    came = notebook.cell("change = 100 *")
    expect(came).to_contain_text("it went further than you thought")

    heard = notebook.stage('check("31-heard"')
    heard.locator("label", has=notebook.page.locator("[data-value=exact]")).click()
    heard.get_by_role("button", name="Check my answer").click()
    expect(heard).to_contain_text("90 tellings, 10 people")

    gain = notebook.stage('check("31-gain"')
    gain.get_by_role("textbox").fill("10")
    gain.get_by_role("button", name="Check my answer").click()
    expect(gain).to_contain_text("That would be a gain of one")

    tried = notebook.write("def ripples", RIPPLES.format("gain**rounds"))
    expect(tried).to_contain_text("ripples(0.5, 3)")
    expect(tried).to_contain_text("the last round is the whole")
    tried = notebook.write("def ripples", RIPPLES.format("sum(gain**n for n in range(rounds + 1))"))
    expect(tried).to_contain_text("Right.")
    assert notebook.saved("answer-31-ripples") == [1.0, 1.875, 5.0, 3.64]

    diagram = notebook.stage('check("31-loop"')
    for start, goal in pairwise(RING):
        connect(notebook, diagram, start, "raises it", goal)
    diagram.get_by_role("button", name="Check my answer").click()
    expect(diagram).to_contain_text("Right.")

    owner = notebook.stage('check("31-owner"')
    owner.get_by_role("textbox").fill("You will see it in the books at once, and you are right.")
    owner.get_by_role("textbox").press("Tab")
    assert "at once" in str(notebook.saved("answer-31-owner"))


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_nonsense_is_asked_back_and_nothing_of_it_lost_without_a_word(live, lang):
    t = words(lang)
    live.show(predict("31-bet-quarter", lang=lang), check("31-owner", lang=lang))
    money, owner = live.stages.all()
    note = money.locator(".ex-note")
    for bet in ("22", "-99"):
        money.get_by_role("textbox").fill(bet)
        expect(note).to_have_text(t("lesson.unlikely", low="−60", high="20"))
    money.get_by_role("textbox").fill("")
    expect(note).to_have_count(0)
    money.get_by_role("textbox").fill("-16")
    expect(note).to_have_text(t("lesson.saved"))

    owner.get_by_role("textbox").focus()
    live.page.keyboard.insert_text("🦋" + "老板" * 2500)
    expect(owner.locator(".ex-note")).to_have_text(t("lesson.explain.full", most="4,000"))
    assert str(live.saved("answer-31-owner")).startswith("🦋老板")
