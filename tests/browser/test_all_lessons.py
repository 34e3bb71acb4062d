"""Every lesson as a student works through it: each question, with nothing, wrongly and rightly.

The questions stand on a page of their own, one of each way of asking. In JupyterLab one lesson is
opened that asks in nearly every way, its functions besides; all of all lessons in ``make long``.
"""

from __future__ import annotations

import re

import pytest
from answering import Answering

from crmsim.authoring.build_lessons import NOTEBOOKS, SOLUTION, read_source
from crmsim.common.words import LANGUAGES
from crmsim.exercises.declared import declared_exercise
from crmsim.widgets.exercises.marked import check
from crmsim.widgets.exercises.prediction import predict

LESSONS = sorted(path.stem for path in (NOTEBOOKS / "source").glob("*.md"))
ASKED = re.compile(r'\b(predict|check)\(((?:\s*"[\w-]+",)+)')
IN_JUPYTERLAB = "41-turnaround", "zh-Hans"
"""The lesson that is opened there each time, and its language."""
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"
NONSENSE = r"\1return 'nonsense'\n"


def questions(lesson):
    """The questions of a lesson in their order: how it asks, the exercise, and its cell."""
    for cell in read_source(NOTEBOOKS / "source" / f"{lesson}.md"):
        if cell.kind == "code":
            for call, names in ASKED.findall(cell.en):
                yield from ((call, name, cell.en) for name in re.findall(r'"([\w-]+)"', names))


def questions_once(lesson):
    """The questions of a lesson, but for the comparison with what came, which asks no more."""
    walked = []
    for call, name, source in questions(lesson):
        if call == "check" and declared_exercise(name).prediction:
            assert name in walked, f"{name}: is compared before it was foreseen"
            continue
        walked.append(name)
        yield call, name, source
    assert len(walked) > 4


def answered_by_clicks(live, lesson, lang, every):
    """Answer each question of a lesson with every wrong answer that is foreseen; or one question of
    each way of asking, with one wrong answer."""
    # the cell of a function is written in JupyterLab, below
    kinds = {
        (call, name): declared_exercise(name).kind
        for call, name, _ in questions_once(lesson)
        if declared_exercise(name).kind != "function"
    }
    one_each = {(call, kind): (call, name) for (call, name), kind in kinds.items()}
    wanted = kinds if every else one_each.values()
    for ask in (predict, check):  # a loop can be asked by both, and each needs it alone on a page
        names = [name for call, name in wanted if call == ask.__name__]
        if names:
            live.show(*(ask(name, lang=lang) for name in names))
        for name in names:
            asked = Answering(live, name, lang, every=every)
            if ask is predict:
                asked.foresee()
            else:
                asked.walk()


@pytest.mark.parametrize(("number", "lesson"), list(enumerate(LESSONS)))
def test_a_question_of_each_kind_is_answered_by_clicks_in_each_lesson(live, number, lesson):
    answered_by_clicks(live, lesson, LANGUAGES[number % 2], every=False)


@pytest.mark.long
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_each_question_is_answered_by_clicks_with_each_wrong_answer(live, lesson, lang):
    answered_by_clicks(live, lesson, lang, every=True)


def ways_of_asking(lesson):
    return {(call, declared_exercise(name).kind) for call, name, _ in questions_once(lesson)}


def worked_through(notebook, lesson, lang, every):
    """Work through a lesson in JupyterLab: every question, or one of each way of asking."""
    notebook.open(lang, lesson)
    assert notebook.page.locator(ERRORS).count() == 0
    wanted = ways_of_asking(lesson)
    for place, (call, name, source) in enumerate(questions_once(lesson)):
        kind = call, declared_exercise(name).kind
        if not (every or place == 0 or kind in wanted or kind[1] == "function"):
            continue
        wanted.discard(kind)
        code = f'{"" if call == "predict" else "check("}"{name}"'
        asked = Answering(notebook, name, lang, code, every)
        if call == "predict":
            asked.foresee()
        elif asked.task.kind == "function":
            asked.write(SOLUTION.sub(NONSENSE, source), "wrong", "nonsense", "blank")
            asked.write(SOLUTION.sub(r"\2", source), "right")
        else:
            asked.walk()
    assert notebook.page.locator(ERRORS).count() == 0


def test_a_lesson_in_jupyterlab_opens_and_takes_answers_of_nearly_every_kind(notebook):
    worked_through(notebook, *IN_JUPYTERLAB, every=False)
    left = set().union(*map(ways_of_asking, LESSONS)) - ways_of_asking(IN_JUPYTERLAB[0])
    assert left == {("check", "journal"), ("predict", "match")}


@pytest.mark.long
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_in_jupyterlab_is_worked_through_by_clicks(notebook, lesson, lang):
    worked_through(notebook, lesson, lang, every=True)
