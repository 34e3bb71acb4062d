"""Estimating what cannot be seen: reliability of a scale, and what drives an outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from crmsim.common.arrays import Doubles


@dataclass(frozen=True, slots=True)
class Regression:
    """Least squares: ``effect`` of each cause and its ``t``, ``constant``, ``r_squared``."""

    effect: Doubles
    t: Doubles
    constant: float
    r_squared: float


def regression(outcome: ArrayLike, causes: ArrayLike, again: ArrayLike | None = None) -> Regression:
    """Least squares of an outcome on causes, with a constant.

    Parameters
    ----------
    outcome
        A value a person.
    causes
        A row a person, a column a cause; more people than causes and a constant.
    again
        The same causes asked for a second time. Noise in an answer weakens its own effect and lets
        its neighbours speak for it; a second answer, whose noise is another, corrects that (as an
        instrumental variable).

    Raises
    ------
    ValueError
        If there are too few people, or causes that cannot be told apart, or an answer is missing.

    Examples
    --------
    >>> line = regression([1, 3, 5, 7.5], [[0], [1], [2], [3]])
    >>> round(float(line.effect[0]), 2), round(line.constant, 2)
    (2.15, 0.9)
    """
    _check_complete(outcome=outcome, causes=causes, again=causes if again is None else again)
    y = np.asarray(outcome, dtype=np.float64)
    x = _with_constant(causes)
    z = x if again is None else _with_constant(again)
    free = len(y) - x.shape[1]
    if free < 1:
        raise ValueError(f"{len(y)} people for {x.shape[1]} unknowns: there must be more people")
    shared = z.T @ x
    found, _, rank, _ = np.linalg.lstsq(shared, z.T @ y)
    if rank < x.shape[1]:
        raise ValueError("causes: one is a sum of others, or never varies; leave it out")
    inverse = np.linalg.inv(shared)
    left = np.square(y - x @ found).sum()
    error = np.sqrt(np.diag(inverse @ (z.T @ z) @ inverse.T) * left / free)
    explained = 1 - left / np.square(y - y.mean()).sum()
    return Regression(found[1:], found[1:] / error[1:], float(found[0]), float(explained))


def cronbach_alpha(items: ArrayLike) -> float:
    """Return Cronbach's (1951) α = k/(k − 1)·(1 − Σ var(item) ÷ var(sum)), 1 for one thing.

    Parameters
    ----------
    items
        Answers, a row a person, a column for each of the k items; k and people at least 2.

    Returns
    -------
    float
        At most 1.

    Raises
    ------
    ValueError
        If answers are missing, there are too few, or all people have the same sum.

    Examples
    --------
    >>> cronbach_alpha([[1, 1], [4, 4], [7, 7]])
    1.0
    """
    _check_complete(items=items)
    table = np.asarray(items, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2:
        raise ValueError(f"items has shape {table.shape}: must be 2 people × 2 items at least")
    whole = table.sum(axis=1).var(ddof=1)
    if whole == 0:
        raise ValueError("items: everybody's answers sum to the same; there is nothing to explain")
    count = table.shape[1]
    return float(count / (count - 1) * (1 - table.var(axis=0, ddof=1).sum() / whole))


Z_95 = 1.959964
"""Standard errors from the middle of a normal distribution to the ends of 95 % of it."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate from ``count`` people, with the interval that holds the truth in 95 of 100."""

    value: float
    low: float
    high: float
    count: int


def mean_estimate(values: ArrayLike) -> Estimate:
    """Return the mean of some people's values, with its interval by Student's t.

    The quantile of t is the expansion of Abramowitz & Stegun (1964), 26.7.5.

    Parameters
    ----------
    values
        A value a person, at least two; nan where somebody gave none.

    Raises
    ------
    ValueError
        If fewer than two people gave a value.

    Examples
    --------
    >>> found = mean_estimate([5, 6, 7, 6, 5])
    >>> [round(each, 2) for each in (found.low, found.value, found.high)]
    [4.76, 5.8, 6.84]
    """
    given = np.asarray(values, dtype=np.float64)
    given = given[~np.isnan(given)]
    if len(given) < 2:
        raise ValueError(f"{len(given)} values: there must be two at least")
    free, z = len(given) - 1, Z_95
    t = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    t += (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * free**3)
    half = t * given.std(ddof=1) / np.sqrt(len(given))
    middle = float(given.mean())
    return Estimate(middle, middle - float(half), middle + float(half), len(given))


def share_estimate(yes: int, count: int) -> Estimate:
    """Return the share of people who say yes, with Wilson's (1927) interval.

    Parameters
    ----------
    yes
        How many say yes.
    count
        How many were asked, at least one.

    Raises
    ------
    ValueError
        If nobody was asked, or more say yes than were.

    Examples
    --------
    >>> found = share_estimate(40, 80)
    >>> [round(each, 2) for each in (found.low, found.value, found.high)]
    [0.39, 0.5, 0.61]
    """
    if not 0 <= yes <= count or not count:
        raise ValueError(f"{yes} of {count}: must be from 0 up to all, and somebody asked")
    share, wide = yes / count, Z_95**2 / count
    middle = (share + wide / 2) / (1 + wide)
    half = Z_95 * np.sqrt(share * (1 - share) / count + wide / (4 * count)) / (1 + wide)
    return Estimate(share, float(middle - half), float(middle + half), count)


def _check_complete(**tables: ArrayLike) -> None:
    for name, table in tables.items():
        if not np.isfinite(np.asarray(table, dtype=np.float64)).all():
            raise ValueError(f"{name}: every answer must be a number; none may be missing")


def _with_constant(causes: ArrayLike) -> Doubles:
    table = np.asarray(causes, dtype=np.float64)
    return np.column_stack([np.ones(len(table)), table])
