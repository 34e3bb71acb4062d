"""Lesson 30 as a student meets it in JupyterLab: every question, with nonsense, wrong and right."""

from __future__ import annotations

import pytest
from answering import Answering
from playwright.sync_api import expect

FIGURES = ("five_traits", "best_fifth", "silence", "winning_back", "beside_usual")


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_every_question_of_lesson_30_is_answered_by_clicks(notebook, lang):
    notebook.open(lang, "30-loyalty")

    def covered(name):
        return notebook.cell(f"reveal(figures.{name}").locator(".js-plotly-plot")

    def ask(exercise_id):
        return Answering(notebook, exercise_id, lang)

    for name in FIGURES:
        expect(covered(name)).to_have_count(0)

    bet = Answering(notebook, "30-bet-who", lang, 'predict("30-bet-who"')
    bet.choose("old")
    expect(covered("five_traits")).to_have_count(1, timeout=30_000)
    came = notebook.cell('check("30-bet-who"')
    expect(came.locator(".crmsim-stage")).to_be_visible()
    for exercise_id in ("30-words", "30-traits", "30-return", "30-types"):
        ask(exercise_id).walk()

    Answering(notebook, "30-bet-fifth", lang, 'predict("30-bet-fifth"').bet("80")
    expect(covered("best_fifth")).to_have_count(1, timeout=30_000)
    ask("30-eighty").walk()
    ask("30-silent").done("wrong", "right")
    expect(covered("silence")).to_have_count(1, timeout=30_000)

    ask("30-worth-click").walk()
    ask("30-points").walk()
    Answering(notebook, "30-bet-call", lang, 'predict("30-bet-call"').bet("20")
    expect(covered("winning_back")).to_have_count(1, timeout=30_000)
    ask("30-offer").walk()
    for exercise_id in ("30-factors", "30-build"):
        ask(exercise_id).walk()
    bet = Answering(notebook, "30-bet-eras", lang, 'predict("30-bet-eras"')
    bet.choose("market-oriented")
    expect(covered("beside_usual")).to_have_count(1, timeout=60_000)
    for exercise_id in ("30-eras", "30-files", "30-why"):
        ask(exercise_id).walk()
