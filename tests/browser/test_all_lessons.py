"""Every lesson as a student works through it: each question, with nothing, wrongly and rightly.

The questions stand on a page of their own. In JupyterLab each lesson is opened, and asks its first
question, its functions, and one question of each kind that no other lesson there has asked.
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
OPENED_ELSEWHERE = {
    "00-start-here": "test_passport.py",
    "10-buying-a-buick": "test_play.py",
    "12-satisfaction": "test_lessons.py",
    "31-butterfly": "test_butterfly.py",
    "32-southwest": "test_lessons.py",
}
"""Lessons of which another file opens the notebook, and works in it."""
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"
NONSENSE = r"\1return 'nonsense'\n"


def questions(lesson):
    """The questions of a lesson in their order: how it asks, the exercise, and its cell."""
    for cell in read_source(NOTEBOOKS / "source" / f"{lesson}.md"):
        if cell.kind == "code":
            for call, names in ASKED.findall(cell.en):
                yield from ((call, name, cell.en) for name in re.findall(r'"([\w-]+)"', names))


def walks(whole: bool):
    """Each lesson in each language; every time only in one of the two, in turn."""
    for number, lesson in enumerate(LESSONS):
        for place, lang in enumerate(LANGUAGES):
            now = (number + place) % 2 == 0 and (whole or lesson not in OPENED_ELSEWHERE)
            yield pytest.param(lesson, lang, marks=[] if now else [pytest.mark.long])


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


@pytest.mark.parametrize(("lesson", "lang"), list(walks(whole=True)))
def test_each_question_of_a_lesson_is_answered_by_clicks(live, lesson, lang):
    # the cell of a function is written in JupyterLab, below
    wanted = [
        (call, name)
        for call, name, _ in questions_once(lesson)
        if declared_exercise(name).kind != "function"
    ]
    for ask in (predict, check):  # a loop can be asked by both, and each needs it alone on a page
        names = [name for call, name in wanted if call == ask.__name__]
        if names:
            live.show(*(ask(name, lang=lang) for name in names))
        for name in names:
            asked = Answering(live, name, lang)
            if ask is predict:
                asked.foresee()
            else:
                asked.walk()


def first_of_its_kind(lesson):
    """The ways of asking that no lesson before this one has, of those that are opened here."""
    had = set()
    for other in LESSONS:
        new = {(call, declared_exercise(name).kind) for call, name, _ in questions_once(other)}
        if other == lesson:
            return new - had
        if other not in OPENED_ELSEWHERE:
            had |= new
    return set()


def worked_through(notebook, lesson, lang, every):
    """Work through a lesson in JupyterLab: every question, or what is new in it."""
    notebook.open(lang, lesson)
    assert notebook.page.locator(ERRORS).count() == 0
    wanted = first_of_its_kind(lesson)
    for place, (call, name, source) in enumerate(questions_once(lesson)):
        kind = call, declared_exercise(name).kind
        if not (every or place == 0 or kind in wanted or kind[1] == "function"):
            continue
        wanted.discard(kind)
        asked = Answering(notebook, name, lang, f'{"" if call == "predict" else "check("}"{name}"')
        if call == "predict":
            asked.foresee()
        elif asked.task.kind == "function":
            asked.write(SOLUTION.sub(NONSENSE, source), "wrong", "nonsense", "blank")
            asked.write(SOLUTION.sub(r"\2", source), "right")
        else:
            asked.walk()
    assert notebook.page.locator(ERRORS).count() == 0


@pytest.mark.parametrize(("lesson", "lang"), list(walks(whole=False)))
def test_a_lesson_in_jupyterlab_opens_and_takes_answers(notebook, lesson, lang):
    worked_through(notebook, lesson, lang, every=False)


@pytest.mark.long
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_in_jupyterlab_is_worked_through_by_clicks(notebook, lesson, lang):
    worked_through(notebook, lesson, lang, every=True)
