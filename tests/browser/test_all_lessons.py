"""Every lesson as a student works through it: each question, with nothing, wrongly and rightly."""

from __future__ import annotations

import re

import pytest
from answering import Answering

from crmsim.authoring.build_lessons import NOTEBOOKS, SOLUTION, read_source
from crmsim.common.words import LANGUAGES
from crmsim.exercises.declared import declared_exercise

LESSONS = sorted(path.stem for path in (NOTEBOOKS / "source").glob("*.md"))
ASKED = re.compile(r'\b(predict|check)\(((?:\s*"[\w-]+",)+)')
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"
NONSENSE = r"\1return 'nonsense'\n"


def questions(lesson):
    """The questions of a lesson in their order: how it asks, the exercise, and its cell."""
    for cell in read_source(NOTEBOOKS / "source" / f"{lesson}.md"):
        if cell.kind == "code":
            for call, names in ASKED.findall(cell.en):
                yield from ((call, name, cell.en) for name in re.findall(r'"([\w-]+)"', names))


def walks():
    """Each lesson in each language; every time only in one of the two, in turn."""
    for number, lesson in enumerate(LESSONS):
        for place, lang in enumerate(LANGUAGES):
            later = [] if (number + place) % 2 == 0 else [pytest.mark.long]
            yield pytest.param(lesson, lang, marks=later)


@pytest.mark.parametrize(("lesson", "lang"), list(walks()))
def test_a_lesson_is_worked_through_by_clicks(notebook, lesson, lang):
    notebook.open(lang, lesson)
    assert notebook.page.locator(ERRORS).count() == 0
    walked = []
    for call, name, source in questions(lesson):
        if call == "check" and declared_exercise(name).prediction:
            assert name in walked, f"{name}: is compared before it was foreseen"
            continue
        asked = Answering(notebook, name, lang, f'{"" if call == "predict" else "check("}"{name}"')
        if call == "predict":
            asked.foresee()
        elif asked.task.kind == "function":
            asked.write(SOLUTION.sub(NONSENSE, source), "wrong", "nonsense", "blank")
            asked.write(SOLUTION.sub(r"\2", source), "right")
        else:
            asked.walk()
        walked.append(name)
    assert len(walked) > 4
    assert notebook.page.locator(ERRORS).count() == 0
