"""Gain between the test before the course and the one after it, of a student and of a class.

Each question after the course is declared ``parallel`` to one before it: the same idea and the same
misconceptions, with another story.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from crmsim.exercises.declared import declared_exercise, every_exercise
from crmsim.exercises.exercise import Exercise, Mark
from crmsim.model.theory.estimation import Estimate, mean_estimate
from crmsim.scenario.parts import Text

ANSWERED = ("right", "wrong")
"""Verdicts on a question of a test that was answered."""


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


def class_gain_estimate(shares: ArrayLike) -> Estimate:
    """Return the mean gain of a class, in shares of the questions, with its interval of 95 %.

    Before and after are of the same students, so the interval is that of their differences.

    Parameters
    ----------
    shares
        Shares right before and after, a row for each of at least two students: shape (n, 2).

    Returns
    -------
    Estimate
        From −1 to 1.

    Examples
    --------
    >>> found = class_gain_estimate([[0.4, 0.7], [0.5, 0.7], [0.3, 0.7]])
    >>> [round(each, 2) for each in (found.low, found.value, found.high)]
    [0.06, 0.3, 0.54]
    """
    before, after = np.asarray(shares, dtype=np.float64).T
    return mean_estimate(after - before)


def class_normalised_gain(shares: ArrayLike) -> Estimate | None:
    """Return the normalised gain of a class (Hake 1998), with its interval of 95 %.

    It is the mean gain over the mean of what was open: a ratio of two means, whose error is that
    of the mean of its residuals (Cochran 1977).

    Parameters
    ----------
    shares
        Shares right before and after, a row for each of at least two students: shape (n, 2).

    Returns
    -------
    Estimate or None
        At most 1; None where nothing was open.

    Examples
    --------
    >>> found = class_normalised_gain([[0.4, 0.7], [0.5, 0.7], [0.3, 0.7]])
    >>> [round(each, 2) for each in (found.low, found.value, found.high)]
    [0.3, 0.5, 0.7]
    """
    before, after = np.asarray(shares, dtype=np.float64).T
    left = 1 - before
    if left.mean() <= 0:
        return None
    gain = (after - before).mean() / left.mean()
    return mean_estimate(gain + (after - before - gain * left) / left.mean())
