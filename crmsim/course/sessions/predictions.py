"""What was foreseen against what came: directions by the quarter, shapes over the years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.runs.run import Run

Measure = Literal["profit", "reputation", "customers"]
MEASURES: tuple[Measure, ...] = ("profit", "reputation", "customers")
DIRECTIONS = ("lower", "same", "higher")
SHAPES: Mapping[str, tuple[int, int]] = {
    "rises": (1, 1),
    "rises-falls": (1, -1),
    "level": (0, 0),
    "falls-rises": (-1, 1),
    "falls": (-1, -1),
}
"""The courses that can be foreseen, each by the direction in which it begins and ends."""

STOCKS = ("reputation", "customers")

SAME_PERCENT = 3
"""Per cent within which profit, or the number of customers, is about the same."""

SAME_REPUTATION = 0.01
TURN_SHARE = 0.3
"""A course turns where it comes back by this share of all it has moved."""


def by_quarter(run: Run, column: str, added_up: bool = False) -> list[float]:
    """A value a quarter: what came together in it, or what there was at its end."""
    weekly = run.series[column]
    starts = range(0, len(weekly), WEEKS_QUARTER)
    parts = [weekly[at : at + WEEKS_QUARTER] for at in starts]
    if column in STOCKS:
        return [float(part[-1]) for part in parts]
    return [float(part.sum() if added_up else part.mean()) for part in parts]


def leeway(measure: str, level: float, sales: float) -> float:
    """A change no larger than this counts as none.

    That of profit is a share of it, or of sales where there is hardly any.
    """
    if measure == "reputation":
        return SAME_REPUTATION
    size = max(abs(level), sales / 10) if measure == "profit" else abs(level)
    return size * SAME_PERCENT / 100


def direction(change: float, leeway: float) -> str:
    """Where it went.

    Examples
    --------
    >>> direction(-0.02, 0.01), direction(0.01, 0.01)
    ('lower', 'same')
    """
    return DIRECTIONS[1 + (change > leeway) - (change < -leeway)]


def named(guess: str, came: str) -> str:
    """The name of the difference between a direction foreseen and the one that came.

    Examples
    --------
    >>> named("higher", "lower"), named("same", "same")
    ('hopeful', 'right')
    """
    off = DIRECTIONS.index(guess) - DIRECTIONS.index(came)
    return "hopeful" if off > 0 else "gloomy" if off < 0 else "right"


def turned(run: Run, base: Run, quarter: int, measure: str) -> str:
    """Where a measure of a quarter lies against the base case: the effect of what was decided."""
    value, usual = (by_quarter(r, measure, measure == "profit")[quarter] for r in (run, base))
    weeks = slice(quarter * WEEKS_QUARTER, (quarter + 1) * WEEKS_QUARTER)
    sales = float(base.series["sales"][weeks].sum())
    return direction(value - usual, leeway(measure, usual, sales))


def ended(run: Run, base: Run, measure: str) -> str:
    """Where one run ended against another: all its profit, or what there was at the end."""
    mine, other = (total(each, measure) for each in (run, base))
    sales = float(base.series["sales"].sum())
    return direction(mine - other, leeway(measure, other, sales))


def total(run: Run, measure: str) -> float:
    """All the profit of a run, or what there was at its end."""
    return float(run.series["profit"].sum() if measure == "profit" else run.series[measure][-1])


def shape(values: Sequence[float], tolerance: float) -> str:
    """The course of some values, one of `SHAPES`.

    Examples
    --------
    >>> shape([1, 2, 4, 3, 1], 0.5), shape([1, 1.2, 1], 0.5), shape([5, 4, 3], 0.5)
    ('rises-falls', 'level', 'falls')
    """
    course = np.asarray(values, dtype=float)
    first, last, low, high = course[0], course[-1], course.min(), course.max()
    if high - low <= tolerance:
        return "level"
    up, down = min(high - first, high - last), min(first - low, last - low)
    if max(up, down) > TURN_SHARE * (high - low):
        return "rises-falls" if up > down else "falls-rises"
    return "rises" if last > first else "falls"


def shape_verdict(said: str, came: str) -> str:
    """The name of the difference between a shape foreseen and the one that came.

    Examples
    --------
    >>> shape_verdict("rises", "rises-falls"), shape_verdict("falls", "rises-falls")
    ('begins', 'ends')
    """
    if said == came:
        return "right"
    (first, last), (begins, ends) = SHAPES[said], SHAPES[came]
    return "begins" if first == begins else "ends" if last == ends else "other"
