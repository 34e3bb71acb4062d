"""Outcomes of predictions when a lesson is run as it was released."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from crmsim.grading.options import Limits
from crmsim.grading.reading.rebuild import needed, needed_code, rebuilt
from crmsim.grading.reading.released import released_lessons
from crmsim.grading.sandbox.sandbox import Asked, Sandbox, SandboxStep

HER_OWN = {"seed", "play", "number", "variant"}
AMPLE = Limits(cell_s=300, lesson_s=900, submission_s=900, cpu_s=900)


CameReplies = Mapping[str, Mapping[str, Any]]
"""Replies of the sandbox, by the key of what was asked, such as ``came 10-bet-stage``."""

_known: dict[str, CameReplies] = {}


def shared_replies(numbers: Iterable[str]) -> dict[str, CameReplies]:
    """Return the replies to ``came …`` and ``own …`` that are the same for all students.

    What rests on a student's own luck, or on how she played, is left out. Lessons that are new here
    share one kernel, which takes longer to start than most of them to run.

    Parameters
    ----------
    numbers
        The numbers of the lessons.

    Returns
    -------
    dict
        Replies by the number of the lesson.

    Examples
    --------
    >>> shared_replies(["10"])["10"]["came 10-bet-stage"]["value"]
    'in'
    """
    wanted = list(numbers)
    with Sandbox(AMPLE) as sandbox:
        for number in wanted:
            if number not in _known:
                steps = _steps(number)
                _known[number] = sandbox.run(steps).values if steps else {}
    return {number: _known[number] for number in wanted}


def _steps(number: str) -> list[SandboxStep]:
    """Return the cells of a lesson that what came rests on, and what to ask after each."""
    lesson = rebuilt(released_lessons()[number], None)
    wanted: dict[int, dict[str, Asked]] = {}
    for place, step in enumerate(lesson.steps):
        for ask in step.asks:
            needs = needed(lesson.steps[: place + 1], [ask.expression])
            used = [each for each, need in enumerate(needs) if need]
            own = any(_called(lesson.steps[each].source) & HER_OWN for each in used)
            if ask.wanted != "answer" and not own:
                wanted.setdefault(place, {})[f"{ask.wanted} {ask.exercise}"] = Asked(ask.expression)
    if not wanted:
        return []
    asked = [each.expression for asks in wanted.values() for each in asks.values()]
    code = needed_code(lesson.steps[: max(wanted) + 1], asked)
    return [SandboxStep(source, wanted.get(place, {})) for place, source in enumerate(code)]


@cache
def _called(source: str) -> frozenset[str]:
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return frozenset(call.id for call in calls if isinstance(call, ast.Name))
