"""Customers of a firm week by week, and those whom one run has more, or fewer, than another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmsim.runs.butterfly import market_again
from crmsim.runs.run import Run

NEVER = -1


def customers_by_week(run: Run) -> NDArray[np.bool_]:
    """Return who is a customer of the firm at the beginning and after each week.

    The run is made again for it.

    Returns
    -------
    array of bool, shape (weeks + 1, people)

    Raises
    ------
    ValueError
        If the run is not one of a market.

    Examples
    --------
    >>> from crmsim.runs.run import simulate
    >>> from crmsim.scenario import load
    >>> run = simulate(load("buick-market").change(people=300, years=0.25), seed=1)
    >>> seen = customers_by_week(run)
    >>> seen.shape, bool(seen[-1].sum() == run.series["customers"][-1])
    ((14, 300), True)
    """
    market = market_again(run)
    weeks = [market.people.customer.copy()]
    for action in run.actions:
        for _ in market.weeks(action):
            weeks.append(market.people.customer.copy())
    return np.array(weeks)


def apart_since(mine: NDArray[np.bool_], other: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return since when two runs differ about each person, up to their end.

    Parameters
    ----------
    mine, other
        Who is a customer in each of two runs, as `customers_by_week` returns it.

    Returns
    -------
    array of int, shape (people,)
        The row from which on the two differ about her; `NEVER` if they agree at the end.

    Examples
    --------
    >>> mine = np.array([[True, False, True], [True, True, False], [True, True, True]])
    >>> apart_since(mine, np.array([[True, False, True]] * 3)).tolist()
    [-1, 1, -1]
    """
    differ = mine != other
    # The last rows in which the two differ without a break, counted from the end.
    unbroken = np.logical_and.accumulate(differ[::-1], axis=0).sum(axis=0)
    since = len(differ) - unbroken
    return np.where(unbroken > 0, since, NEVER)  # type: ignore[no-any-return]
