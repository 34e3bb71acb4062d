"""Code that tries to earn what it did not work out; see ``cells.toml``."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from crmsim.exercises.declared import declared_exercise
from crmsim.grading.options import Limits
from crmsim.grading.reading.code_names import unusual
from crmsim.grading.reading.released import released_lessons
from crmsim.grading.sandbox.jail import best_level

ATTACKS = tomllib.loads((Path(__file__).parent / "cells.toml").read_text("utf-8"))["attacks"]
ENDS = ("died", "too-long", "too-slow", "held-up", "too-much-memory", "too-much-output")
CODED = {
    number: ask.exercise
    for number, lesson in released_lessons("en").items()
    for cell in lesson.cells
    for ask in cell.asks
    if cell.open
}
"""The exercise that is answered by the code of each lesson."""
BESIDE, BESIDE_12 = "12", "11"
"""The lesson that is handed in with it, and has to keep its marks: neither needs any tables."""
TIGHT = Limits(
    cell_s=2, lesson_s=6, wait_s=3, submission_s=30, cpu_s=10, memory_mb=1024, output_mb=1
)


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack["id"] for attack in ATTACKS])
def test_an_attack_earns_what_it_must_and_costs_nothing_else(
    attack: dict[str, Any], whole: Any, graded: Any, request: pytest.FixtureRequest
):
    if best_level() != "bubblewrap":
        assert not os.environ.get("CI"), "bubblewrap is missing, so nothing is held back"
        pytest.skip("bubblewrap is not here, and this code would reach the machine it runs on")
    if not unusual([attack["cell"]]):  # nothing in it that could reach beyond its own process
        request.getfixturevalue("kept_kernel")
    lesson = attack.get("lesson", "10")
    other = BESIDE_12 if lesson == BESIDE else BESIDE
    asked, beside = CODED[lesson], CODED[other]
    handed_in = whole("en", (lesson, other)).write(lesson, attack["cell"])
    for name in (asked, beside):
        for record in (name, declared_exercise(name).twin):
            handed_in.records.pop(f"answer-{record}.json", None)
    filling = attack.get("problem") == "too-much-memory"  # that takes processor time, too
    limits = {} if filling else {"limits": TIGHT}
    came = graded(handed_in, chosen=(lesson, other), **limits)
    assert came.points(asked) == attack.get("earns", 0)
    assert came.below_full() <= {asked}
    assert came.points(beside) == declared_exercise(beside).worth
    if attack.get("problem") in ENDS:
        assert came.item(asked).verdict == "lost"
    if attack.get("problem") == "too-long":  # on a machine that is busy the clock may come first
        assert came.problems & {"too-long", "too-slow", "held-up"}
    else:
        assert {attack[name] for name in ("problem",) if name in attack} <= came.problems
    assert {attack[name] for name in ("flag",) if name in attack} <= came.flags
