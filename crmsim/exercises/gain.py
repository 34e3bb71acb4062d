"""Gain between the test before the course and the one after it, of a student and of a class.

Each question after the course is declared ``parallel`` to one before it: the same idea and the same
misconceptions, with another story.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from crmsim.common.arrays import Doubles
from crmsim.common.chance import Chance
from crmsim.exercises.declared import declared_exercise, every_exercise
from crmsim.exercises.exercise import Exercise, Mark
from crmsim.scenario.parts import Text

ANSWERED = ("right", "wrong")
"""Verdicts on a question of a test that was answered."""

RESAMPLES, LEVEL = 4000, 0.95
LEAST_FOR_INTERVAL = 10
"""Fewer students than this give no interval: resampled from so few it is too narrow."""


@dataclass(frozen=True)
class FormPair:
    """The two questions about one idea, before the course and after it."""

    before: Exercise
    after: Exercise

    @property
    def topic(self) -> Text:
        """The idea in a few words."""
        return self.after.parallel.topic  # type: ignore[union-attr]


@dataclass(frozen=True)
class AskedTwice:
    """One idea as a student answered it, before the course and after it."""

    pair: FormPair
    before: Mark
    after: Mark

    @property
    def both(self) -> bool:
        """True if it was answered both times."""
        return self.before.verdict in ANSWERED and self.after.verdict in ANSWERED

    @property
    def kept(self) -> bool:
        """True if the same misconception led her astray both times."""
        ideas = [idea_behind(mark) for mark in (self.before, self.after)]
        return ideas[0] is not None and ideas[0] == ideas[1]


@cache
def form_pairs() -> tuple[FormPair, ...]:
    """Return the questions of both tests, two by two.

    Returns
    -------
    tuple of FormPair
        In the order in which they are declared.

    Examples
    --------
    >>> first = form_pairs()[0]
    >>> first.before.id, first.after.id
    ('00-same-room', '41-same-room')
    """
    tasks = [task for task in every_exercise() if task.parallel]
    return tuple(FormPair(declared_exercise(task.parallel.to), task) for task in tasks)  # type: ignore[union-attr]


@cache
def asked_in_tests() -> frozenset[str]:
    """Return the ids of all questions of both tests.

    Returns
    -------
    frozenset of str
        Ids.
    """
    return frozenset(task.id for pair in form_pairs() for task in (pair.before, pair.after))


def idea_behind(mark: Mark) -> Text | None:
    """Return the misconception behind a wrong answer, or None.

    Parameters
    ----------
    mark
        The mark of an answer.
    """
    return next((found.misconception for found in mark.findings if not found.right), None)


def normalised_gain(before: float, after: float) -> float | None:
    """Return the share of what was still open that was gained (Hake 1998).

    Parameters
    ----------
    before, after
        Shares of the questions that were answered rightly, from 0 to 1.

    Returns
    -------
    float or None
        At most 1; below 0 where less was right afterwards. None where nothing was open.

    Examples
    --------
    >>> normalised_gain(0.4, 0.7), normalised_gain(1, 1)
    (0.5, None)
    """
    return None if before >= 1 else round((after - before) / (1 - before), 10)


@dataclass(frozen=True)
class GainEstimate:
    """A value for a class, with the limits of its interval of 95 %, where there is one."""

    value: float
    low: float | None = None
    high: float | None = None


def estimate(shares: ArrayLike, of: Callable[[Doubles], Doubles]) -> GainEstimate:
    """Return a value for a class, with an interval by resampling its students.

    The bootstrap draws students, so that before and after stay together (Efron 1979). Its
    percentiles are widened by √(n/(n − 1)), because a sample varies less than what it was drawn
    from (Hesterberg 2015).

    Parameters
    ----------
    shares
        Shares right before and after, a row for each student: shape (n, 2).
    of
        Gives the value from the means before and after, of shape (…, 2).

    Returns
    -------
    GainEstimate
        The same for the same class, in any order; without limits below 10 students.

    Examples
    --------
    >>> found = estimate([[0.4, 0.7]] * 12, gained)
    >>> round(found.value, 2), found.low == found.high == found.value
    (0.3, True)
    """
    rows = np.asarray(shares, dtype=float).reshape(-1, 2)
    rows = rows[np.lexsort(rows.T)]
    count = len(rows)
    value = float(of(rows.mean(axis=0)))
    if count < LEAST_FOR_INTERVAL:
        return GainEstimate(value)
    generator = Chance(0).generator("respondents")
    times = generator.multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    again = of(times @ rows / count)
    ends = np.quantile(again, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    low, high = value + (ends - value) * np.sqrt(count / (count - 1))
    return GainEstimate(value, float(low), float(high))


def gained(means: Doubles) -> Doubles:
    """Return the gain in shares of the questions, after less before.

    Parameters
    ----------
    means
        Means before and after, of shape (…, 2).

    Returns
    -------
    array of float, shape (…)
        From −1 to 1.
    """
    return means[..., 1] - means[..., 0]


def gained_of_open(means: Doubles) -> Doubles:
    """Return the normalised gain of the means of a class (Hake 1998), 0 where nothing was open.

    Parameters
    ----------
    means
        Means before and after, of shape (…, 2).

    Returns
    -------
    array of float, shape (…)
        At most 1.
    """
    left = 1 - means[..., 0]
    return np.where(left > 0, gained(means) / np.where(left > 0, left, 1), 0.0)
