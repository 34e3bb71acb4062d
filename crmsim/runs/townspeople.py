"""Customers of a firm week by week, and those whom one run has more, or fewer, than another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

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


@dataclass(frozen=True)
class Flight:
    """A flight of an airline: its week, from 0, who is on board, and who of them is late."""

    week: int
    passengers: NDArray[np.int64]
    late: NDArray[np.bool_]


def flight_of(run: Run, week: int, seats: int) -> Flight:
    """Return one flight of a week: passengers from the whole list of that week, evenly spread.

    The run is made again for it, up to that week.

    Parameters
    ----------
    run
        The run of an airline whose failures include ``delay``.
    week
        The week, from 0.
    seats
        The most passengers that are on board.

    Examples
    --------
    >>> from crmsim.runs.run import simulate
    >>> from crmsim.scenario import load
    >>> run = simulate(load("southwest").change(people=2000), seed=1)
    >>> flight = flight_of(run, week=2, seats=40)
    >>> len(flight.passengers) == len(flight.late) <= 40
    True
    """
    market = market_again(run)
    weeks = (happened for action in run.actions for happened in market.weeks(action))
    happened = next(islice(weeks, week, None))
    count = len(happened.people)
    aboard = np.linspace(0, count, min(seats, count), endpoint=False).astype(int)
    delay = [failure.id for failure in run.scenario.failures].index("delay")  # type: ignore[union-attr]
    return Flight(week, happened.people[aboard], happened.struck[delay, aboard])  # type: ignore[index]


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
