"""Predictions against what happened: directions in a quarter, shapes over the years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.model.market.log import kind_of
from crmsim.runs.run import Run

Measure = Literal["profit", "reputation", "customers"]
MEASURES: tuple[Measure, ...] = ("profit", "reputation", "customers")
DIRECTIONS = ("lower", "same", "higher")

GUESSED: tuple[Measure, ...] = ("profit", "reputation")
"""The measures that are bet on every quarter."""

SHAPES: Mapping[str, tuple[int, int]] = {
    "rises": (1, 1),
    "rises-falls": (1, -1),
    "level": (0, 0),
    "falls-rises": (-1, 1),
    "falls": (-1, -1),
}
"""The shapes that a curve can be foreseen to have, each by how it begins and how it ends."""

SAME_PERCENT = 3
"""Per cent within which profit, or the number of customers, is about the same."""

SAME_REPUTATION = 0.01
TURN_SHARE = 0.3
"""A curve turns where it comes back by this share of all it has moved."""


def by_quarter(run: Run, column: str) -> list[float]:
    """Return one value a quarter: the sum of a flow, the mean of an index, a stock at its end.

    Parameters
    ----------
    run
        The run of a market.
    column
        A column of its log.

    Returns
    -------
    list of float
        In the unit of the column.
    """
    weekly = run.series[column]
    starts = range(0, len(weekly), WEEKS_QUARTER)
    parts = [weekly[at : at + WEEKS_QUARTER] for at in starts]
    kind = kind_of(column)
    if kind == "stock":
        return [float(part[-1]) for part in parts]
    return [float(part.sum() if kind == "flow" else part.mean()) for part in parts]


def leeway(measure: str, level: float, sales: float) -> float:
    """Return the largest change that still counts as "about the same".

    For profit it is a share of profit, or of sales where there is hardly any profit.
    """
    if measure == "reputation":
        return SAME_REPUTATION
    size = max(abs(level), sales / 10) if measure == "profit" else abs(level)
    return size * SAME_PERCENT / 100


def direction(change: float, leeway: float) -> str:
    """Name the direction of a change.

    Examples
    --------
    >>> direction(-0.02, 0.01), direction(0.01, 0.01)
    ('lower', 'same')
    """
    return DIRECTIONS[1 + (change > leeway) - (change < -leeway)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result that a bet on a direction is held against.

    ``change`` is the change of the measure against the base case, in its own unit; up to
    ``leeway`` of it, up or down, counts as "about the same".
    """

    change: float
    leeway: float

    @property
    def direction(self) -> str:
        """The direction of the change, one of `DIRECTIONS`."""
        return direction(self.change, self.leeway)

    def points(self, guess: str) -> float:
        """Return the points for a bet: 1 if it is right, half a point for the right side of zero.

        Parameters
        ----------
        guess
            What was foreseen, one of `DIRECTIONS`.

        Returns
        -------
        float
            From 0 to 1.

        Examples
        --------
        >>> Outcome(-2.0, 3.0).points("same"), Outcome(-2.0, 3.0).points("lower")
        (1.0, 0.5)
        >>> Outcome(-2.0, 3.0).points("higher"), Outcome(-9.0, 3.0).points("same")
        (0.0, 0.0)
        """
        if guess == self.direction:
            return 1.0
        return 0.5 if guess == direction(self.change, 0) != "same" else 0.0

    def verdict(self, guess: str) -> str:
        """Name the difference between the direction foreseen and the one that happened.

        Parameters
        ----------
        guess
            What was foreseen, one of `DIRECTIONS`.

        Examples
        --------
        >>> Outcome(-2.0, 3.0).verdict("lower"), Outcome(-9.0, 3.0).verdict("higher")
        ('side', 'hopeful')
        """
        points = self.points(guess)
        if points:
            return "right" if points == 1 else "side"
        return "hopeful" if DIRECTIONS.index(guess) > DIRECTIONS.index(self.direction) else "gloomy"


def in_quarter(run: Run, base: Run, quarter: int, measure: str) -> Outcome:
    """Return the outcome of a measure in a quarter, counted from 0, against the base case.

    Money is counted in whole units, as it is shown.

    Parameters
    ----------
    run, base
        Two runs of one market with the same seed.
    quarter
        The quarter, from 0.
    measure
        A column of the log.
    """
    value, usual = (by_quarter(r, measure)[quarter] for r in (run, base))
    if measure == "profit":
        value, usual = round(value), round(usual)
    weeks = slice(quarter * WEEKS_QUARTER, (quarter + 1) * WEEKS_QUARTER)
    sales = float(base.series["sales"][weeks].sum())
    return Outcome(value - usual, leeway(measure, usual, sales))


def at_end(run: Run, base: Run, measure: str, values: tuple[float, float]) -> Outcome:
    """Return the outcome of a run against another: of its value, or of a stock at its end.

    Parameters
    ----------
    run, base
        Two runs of one market with the same seed.
    measure
        ``"profit"``, or a stock of the log.
    values
        Those of the two firms, in currency, in whole units.
    """
    mine, other = (
        values if measure == "profit" else (float(each.series[measure][-1]) for each in (run, base))
    )
    return Outcome(mine - other, leeway(measure, other, float(base.series["sales"].sum())))


def shape_of(values: Sequence[float], tolerance: float) -> str:
    """Name the shape of some values, one of `SHAPES`.

    Parameters
    ----------
    values
        Values in the order of time, at least one.
    tolerance
        What the values may differ by and still be level, in their unit.

    Examples
    --------
    >>> shape_of([1, 2, 4, 3, 1], 0.5), shape_of([1, 1.2, 1], 0.5), shape_of([5, 4, 3], 0.5)
    ('rises-falls', 'level', 'falls')
    """
    curve = np.asarray(values, dtype=float)
    first, last, low, high = curve[0], curve[-1], curve.min(), curve.max()
    if high - low <= tolerance:
        return "level"
    up, down = min(high - first, high - last), min(first - low, last - low)
    if max(up, down) > TURN_SHARE * (high - low):
        return "rises-falls" if up > down else "falls-rises"
    return "rises" if last > first else "falls"


def shape_verdict(guess: str, outcome: str) -> str:
    """Name the difference between the shape foreseen and the one that happened.

    Parameters
    ----------
    guess, outcome
        Keys of `SHAPES`.

    Returns
    -------
    str
        ``"right"``, ``"begins"`` or ``"ends"`` (this part is right), or ``"other"``.

    Examples
    --------
    >>> shape_verdict("rises", "rises-falls"), shape_verdict("falls", "rises-falls")
    ('begins', 'ends')
    """
    if guess == outcome:
        return "right"
    (first, last), (begins, ends) = SHAPES[guess], SHAPES[outcome]
    return "begins" if first == begins else "ends" if last == ends else "other"
