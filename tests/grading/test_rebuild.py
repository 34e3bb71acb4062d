"""Code that an answer rests on: all of it runs, and of the course's own cells nothing else."""

from __future__ import annotations

import pytest

from crmsim.common.words import LANGUAGES
from crmsim.grading.reading.code_names import names
from crmsim.grading.reading.rebuild import CellStep, needed_code
from crmsim.grading.reading.released import released_lessons

LESSONS = [(lang, number) for lang in LANGUAGES for number in released_lessons(lang)]


def given_out(lang: str, number: str) -> list[CellStep]:
    """The cells of a lesson as they were given out."""
    return [CellStep(cell.id, cell.source) for cell in released_lessons(lang)[number].cells]


@pytest.mark.parametrize(("lang", "number"), LESSONS)
def test_whatever_she_uses_of_a_lesson_is_there_with_all_that_it_rests_on(lang, number):
    steps = given_out(lang, number)
    every = {name for step in steps for name in names(step.source)[1]}
    assert len(every) > 3
    for name in every:
        mine = CellStep("", f"answer = {name}", mine=True)
        code = needed_code([*steps, mine], ["answer"])
        kept: set[str] = set()
        before: set[str] = set()
        for step, source in zip(steps, code, strict=False):
            assert names(source)[0] & before <= kept
            kept |= names(source)[1]
            before |= names(step.source)[1]
        assert name in kept
        assert code[-1] == mine.source


@pytest.mark.parametrize(("lang", "number"), LESSONS)
def test_an_answer_that_rests_on_nothing_waits_for_no_simulation(lang, number):
    mine = CellStep(
        "", 'def answer(x):\n    return 2 * x\ncheck("10-x", answer, lang=lang)', mine=True
    )
    steps = given_out(lang, number)
    if number == "00":  # nothing is checked there, so its cells do not import it
        steps.insert(0, CellStep("a", "from crmsim import check"))
    code = "\n".join(needed_code([*steps, mine], ["answer"]))
    assert "import check" in code
    assert f"lang = '{lang}'" in code
    assert not {"simulate", "load", "play"} & names(code)[0]


def test_a_name_that_is_changed_by_a_method_or_a_part_keeps_these_changes():
    steps = [
        CellStep("a", "rows, rest = [], {}\nrows.append(1)\nrest['x'] = 2\nprint(rows)"),
        CellStep("b", "total = sum(rows) + rest['x']", mine=True),
    ]
    assert (
        needed_code(steps, ["total"])[0] == "rows, rest = ([], {})\nrows.append(1)\nrest['x'] = 2"
    )
