"""Outcomes of predictions when a lesson is run as it was released."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from typing import Any

from crmsim.grading.options import Limits
from crmsim.grading.reading.rebuild import needed, rebuilt
from crmsim.grading.reading.released import released_lessons
from crmsim.grading.sandbox.sandbox import Asked, Sandbox, SandboxStep

HER_OWN = {"seed", "play", "number", "variant"}
AMPLE = Limits(cell_s=300, lesson_s=900, submission_s=900, cpu_s=900)


@cache
def shared_replies(number: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the replies to ``came …`` and ``own …`` that are the same for all students.

    What rests on a student's own luck, or on how she played, is left out.

    Parameters
    ----------
    number
        The number of the lesson.

    Returns
    -------
    mapping
        Replies of the sandbox, by the expression's key.

    Examples
    --------
    >>> shared_replies("10")["came 10-bet-stage"]["value"]
    'in'
    """
    lesson = rebuilt(released_lessons()[number], None)
    wanted: dict[int, dict[str, Asked]] = {}
    run: set[int] = set()
    for place, step in enumerate(lesson.steps):
        for ask in step.asks:
            needs = needed(lesson.steps[: place + 1], [ask.expression])
            used = [each for each, need in enumerate(needs) if need]
            own = any(_called(lesson.steps[each].source) & HER_OWN for each in used)
            if ask.wanted != "answer" and not own:
                wanted.setdefault(place, {})[f"{ask.wanted} {ask.exercise}"] = Asked(ask.expression)
                run |= {*used, place}
    steps = [
        SandboxStep(lesson.steps[place].source, wanted.get(place, {})) for place in sorted(run)
    ]
    if not steps:
        return {}
    with Sandbox(AMPLE) as sandbox:
        return sandbox.run(steps).values


@cache
def _called(source: str) -> frozenset[str]:
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return frozenset(call.id for call in calls if isinstance(call, ast.Name))
