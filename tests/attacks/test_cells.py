"""Code that tries to earn what it did not work out; see ``cells.toml``."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from crmsim.grading.sandbox.jail import best_level

ATTACKS = tomllib.loads((Path(__file__).parent / "cells.toml").read_text("utf-8"))["attacks"]
EXERCISE = {"10": "10-minutes", "12": "12-satisfaction"}
ENDS = ("died", "too-long", "too-slow", "held-up", "too-much-memory", "too-much-output")
TWIN = "answer-12-formula.json"


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack["id"] for attack in ATTACKS])
def test_an_attack_earns_what_it_must_and_costs_nothing_else(
    attack: dict[str, Any], whole: Any, graded: Any
):
    if best_level() != "bubblewrap":
        assert not os.environ.get("CI"), "bubblewrap is missing, so nothing is held back"
        pytest.skip("bubblewrap is not here, and this code would reach the machine it runs on")
    lesson = attack.get("lesson", "10")
    handed_in = whole().write(lesson, attack["cell"])
    for record in (f"answer-{EXERCISE[lesson]}.json", TWIN):
        handed_in.records.pop(record, None)
    came = graded(handed_in)
    assert came.points(EXERCISE[lesson]) == attack.get("earns", 0)
    assert came.below_full() - {"12-satisfaction"} <= {EXERCISE[lesson]}
    if lesson == "10":
        assert came.points("12-satisfaction") == 3
    if attack.get("problem") in ENDS:
        assert came.item(EXERCISE[lesson]).verdict == "lost"
    if attack.get("problem") == "too-long":  # on a machine that is busy the clock may come first
        assert came.problems & {"too-long", "too-slow", "held-up"}
    else:
        assert {attack[name] for name in ("problem",) if name in attack} <= came.problems
    assert {attack[name] for name in ("flag",) if name in attack} <= came.flags
