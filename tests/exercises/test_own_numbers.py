"""Exercises with numbers of her own: key and misconceptions follow from the numbers that she reads.

Each formula below is written from the question alone; two hundred students get what it says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from msgspec import to_builtins

from crmsim.common.words import LANGUAGES, data_path
from crmsim.exercises.declared import declared_exercise, exercise, read_exercises
from crmsim.exercises.exercise import Varied
from crmsim.exercises.kinds import Choose, Number
from crmsim.figures import delight_fades, loop_gain
from crmsim.figures.comparison import three_rules
from crmsim.scenario import load

FILES = sorted(data_path("exercises").glob("*.toml"))
VARIED = {
    name: task
    for path in FILES
    for name, task in read_exercises(path).items()
    if isinstance(task, Varied) and task.variants
}
STUDENTS = [str(2026000 + place) for place in range(200)]
HALF_ZONE = 7
GAIN = {
    where: dict(zip(trace.x, trace.y, strict=True))
    for where, trace in zip(("fixed", "adapting"), loop_gain().data, strict=True)
}
DELIGHT = delight_fades().data
YEARS = {"half a year": 0.5, "one year": 1, "three years": 3, "four years": 4, "five years": 5}


def gain_read(where: str, fall: float) -> tuple[float, list[float]]:
    """The answer to 31-gain and its misconceptions, read off the figure."""
    share, other = (100, 35) if "100" in where else (35, 100)
    grey, blue = GAIN["adapting"], GAIN["fixed"]
    return grey[share] * fall, [blue[share] * fall, grey[other] * fall, grey[share], fall]


def faded(when: str) -> str:
    """The answer to 12-fade, read off the figure."""
    upper, lower = (float(np.interp(YEARS[when], t.x, np.abs(t.y))) for t in DELIGHT)
    return "presence" if upper > lower else "lack"


def gone_round(gain: float) -> tuple[float, list[float]]:
    """The answer to 31-ripples-click: a geometric series."""
    return 1 / (1 - gain), [1 + gain, gain]


FORMULAS: dict[str, Callable[..., Any]] = {
    "10-time": lambda minutes, worth, as_hundred: (
        minutes / 60 * worth,
        [minutes * worth, minutes / 100 * worth],
    ),
    "11-parts": lambda technical, functional: (
        math.sqrt(technical * functional),
        [(technical + functional) / 2],
    ),
    "12-formula": lambda perceived, expected, twice: (
        perceived / expected,
        [expected / perceived, perceived - expected],
    ),
    "12-zone": lambda expected: (
        expected - HALF_ZONE,
        [expected, expected - 2 * HALF_ZONE, 40 - HALF_ZONE, HALF_ZONE],
    ),
    "12-fade": lambda when, upper, lower: faded(when["en"]),
    "12-everybody": lambda asked, silent, half: (
        0.98 * asked + 0.5 * (100 - asked),
        [98, 0.98 * asked, (98 + 50) / 2],
    ),
    "20-stay": lambda complain: (
        (100 - complain) * 0.09 + complain / 2 * 0.19 + complain / 2 * 0.82,
        [complain / 2 * 0.19 + complain / 2 * 0.82, 100 * (0.19 + 0.82) / 2],
    ),
    "20-worth": lambda margin: ((0.43 - 0.09) * margin, [0.43 * margin, margin]),
    "20-fair": lambda result, treatment, procedure: (
        0.45 * float(result) + 0.35 * float(treatment) + 0.2 * float(procedure),
        [(float(result) + float(treatment) + float(procedure)) / 3],
    ),
    "20-time": lambda days: (60 * 0.5 ** (days / 132), [max(0, 60 - 30 * days / 132)]),
    "21-line": lambda calls, wait: (calls * wait / 60, [calls * wait, calls / wait]),
    "21-erlang": lambda calls, minutes: (
        calls * minutes / 60,
        [calls * minutes, calls / minutes],
    ),
    "21-chain": lambda kept: (100 * (kept / 100) ** 4, [kept, 100 - 4 * (100 - kept)]),
    "21-chart": lambda usual, low, high, today: "chance" if low <= today <= high else "cause",
    "33-share": lambda spent, here, homes: (100 * here / spent, [homes, 100 * spent / here]),
    "33-stock-click": lambda stock, wanted: (
        400 * wanted - 250 * (stock - wanted),
        [400 * stock, 400 * wanted],
    ),
    "33-lift": lambda by_lot, best: (best / (by_lot / 10), [best / by_lot, best - by_lot / 10]),
    "33-uplift": lambda called, control: (
        12 / (called / 200 - control / 100),
        [12 * 200 / called, 2400 / (called - control)],
    ),
    "30-return": lambda at_four: (
        100 * 6 * at_four / (6 * at_four + 100 - at_four),
        [6 * at_four, at_four + 6],
    ),
    "30-worth-click": lambda margin, stays: (
        margin * stays / (110 - stays),
        [100 * margin / (100 - stays), margin * stays / 100],
    ),
    "30-offer": lambda margin: ((0.47 - 0.30) * margin, [0.47 * margin, margin]),
    "40-gap": lambda last: ((18 + last) / 5 - 6.4, [6.4 - (18 + last) / 5, 18 + last - 32]),
    "40-nps-click": lambda people, good, bad: (
        100 * (good - bad) / people,
        [100 * (good - bad) / (good + bad), good - bad],
    ),
    "31-hold": lambda regulars, leave: (
        regulars * leave / 100,
        [leave, regulars * (1 - leave / 100), 0],
    ),
    "31-gain": lambda where, fall: gain_read(where["en"], fall),
    "31-ripples-click": gone_round,
    "41-runway-click": lambda cash, overdraft, loss: (
        (cash + overdraft) / loss,
        [cash / loss, overdraft / loss],
    ),
    "41-stock": lambda now, rest, share: (
        rest - (rest - now) * (1 - share / 100) ** 2,
        [now + 2 * (rest - now) * share / 100, rest],
    ),
    "32-breakeven": lambda cost, seats, fare, full: (cost / fare, [seats, cost / seats]),
    "32-five": lambda **own: (100 * 5 / (own["all"] - own["even"]), [100 * 5 / own["all"]]),
    "32-late-click": lambda legs, added, recovered: (
        added + (legs - 1) * (added - recovered),
        [legs * added, legs * (added - recovered), added],
    ),
    "32-worth": lambda weeks, years, keep: (
        5 * 2 * weeks * years * 130 * keep / 100,
        [5 * 2 * weeks * years * 130, 2 * weeks * years * 130 * keep / 100,
         5 * weeks * years * 130 * keep / 100],
    ),
    "34-wear-click": lambda share, years: (
        100 * (1 - share / 100) ** years,
        [100 - years * share],
    ),
    "34-motive": lambda service, **own: (100 * service / own["sum"], [service]),
}  # fmt: skip


def values(name: str, number: str) -> dict[str, Any]:
    """The numbers that a student reads, by name."""
    told = exercise(name, number).question
    (own,) = [
        values
        for question, values in read_by_somebody(name)
        if all(question[lang] == told[lang] for lang in LANGUAGES)
    ]
    return own


@cache
def read_by_somebody(name: str) -> list[tuple[Any, dict[str, Any]]]:
    """Each question that the exercise may ask, with its numbers."""
    task: Any = declared_exercise(name)
    return [(task._filled(each).question, each.values) for each in task.variants]


def test_every_exercise_with_numbers_of_her_own_has_its_formula_here():
    assert len(VARIED) >= 15
    assert set(FORMULAS) == set(VARIED)
    assert {name[:2] for name in VARIED} >= {"10", "11", "12", "20", "21", "30", "31", "32", "34"}


@pytest.mark.parametrize("name", FORMULAS)
def test_the_key_and_the_misconceptions_follow_from_the_numbers_that_a_student_reads(name: str):
    keys = set()
    for number in STUDENTS:
        task, found = exercise(name, number), FORMULAS[name](**plain(values(name, number)))
        keys.add(task.right_answer)
        if isinstance(task, Choose):
            assert task.right_answer == found
            assert task.mark(found).verdict == "right"
            for option in task.options:
                if option.id != found:
                    assert task.mark(option.id).findings[0].misconception
        else:
            assert isinstance(task, Number)
            right, wrong = found
            assert task.mark(right).verdict == "right", (right, task.right_answer)
            # a key is never further from the truth than it is rounded
            assert abs(task.right_answer - right) <= task.tolerance / 2
            assert len(wrong) == len(task.slips)
            for value, slip in zip(wrong, task.slips, strict=True):
                (told,) = task.mark(value).findings
                assert told.misconception == slip.misconception, (value, slip.value)
    assert len(keys) >= (2 if isinstance(declared_exercise(name), Choose) else 3)


@pytest.mark.parametrize("name", FORMULAS)
def test_an_answer_of_a_neighbour_with_other_numbers_is_wrong(name: str):
    versions = declared_exercise(name).versions()
    for mine in versions:
        for other in versions:
            if isinstance(mine, Choose):
                same = mine.right_answer == other.right_answer
            else:
                same = mine.question == other.question
            assert (mine.mark(other.right_answer).verdict == "right") == same


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_place_is_left_open_in_anything_that_a_student_may_read(name: str, lang: str):
    for task in declared_exercise(name).versions():
        told = [task.question[lang], task.business[lang], *(hint[lang] for hint in task.hints)]
        slips = [option.slip for option in task.options] if isinstance(task, Choose) else task.slips
        for slip in filter(None, slips):
            told += [slip.misconception[lang], slip.counter[lang]]
        if isinstance(task, Choose):
            told += [option.text[lang] for option in task.options]
        assert not [text for text in told if re.search(r"[{}]", text)]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_student_reads_the_same_numbers_in_both_languages(name: str):
    for task in declared_exercise(name).versions():
        read_in = [
            set(re.findall(r"\d[\d,.]*\d|\d", task.question[lang].replace("4S", "")))
            for lang in LANGUAGES
        ]
        assert read_in[0] == read_in[1]


def test_what_is_read_off_a_figure_is_what_the_figure_shows():
    figure = three_rules(expected=40)
    band = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(each.x0, each.x1) for each in band] == [(40 - HALF_ZONE, 40 + HALF_ZONE)]
    assert 100 * load("buick-market").numbers.tolerance_half_width == pytest.approx(HALF_ZONE)
    for variant in declared_exercise("12-fade").variants:  # type: ignore[attr-defined]
        own = plain(variant.values)
        for name, trace in zip(("upper", "lower"), DELIGHT, strict=True):
            drawn = abs(float(np.interp(YEARS[own["when"]["en"]], trace.x, trace.y)))
            assert drawn == pytest.approx(float(own[name]), abs=0.06)
        high, low = float(own["upper"]), float(own["lower"])
        assert max(high, low) > 1.5 * min(high, low)  # nobody has to measure with a ruler


def plain(own: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a variant as plain data."""
    return to_builtins(own)
