"""Trouble of a firm: the till that can run empty, and the shocks that nobody announces."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.chance import Chance
from crmsim.scenario.cards import Shock
from crmsim.scenario.market import Cash


class Till:
    """The cash of a firm, week by week.

    Parameters
    ----------
    cash
        Cash at the start and the limit of the bank, in currency; None: nobody counts it.

    Attributes
    ----------
    amount
        Cash now, in currency.
    closed
        True from the week on in which the cash lies below the limit.

    Examples
    --------
    >>> till = Till(Cash(start=100.0, limit=-50.0))
    >>> till.week(-120.0)
    >>> till.amount, till.closed
    (-20.0, False)
    >>> till.week(-40.0)
    >>> till.closed
    True
    """

    def __init__(self, cash: Cash | None) -> None:
        self._limit = cash.limit if cash else None
        self.amount = cash.start if cash else 0.0
        self.closed = False

    def week(self, profit: float) -> None:
        """Put the profit of a week (currency) into the till, or take the loss out of it."""
        self.amount += profit
        self.closed = self.closed or (self._limit is not None and self.amount < self._limit)


def drawn_shocks(shocks: Sequence[Shock], seed: int) -> list[tuple[Shock, int]]:
    """Return the shocks that come with a seed, each with its quarter (from 0).

    A shock without ``latest`` and ``one_of`` comes in its quarter, whatever the seed.

    Parameters
    ----------
    shocks
        What the case declares.
    seed
        The luck.

    Returns
    -------
    list of tuple
        The shock and its quarter.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> [(shock.id, quarter) for shock, quarter in drawn_shocks(load("southwest").shocks, seed=4)]
    [('fare-war', 6), ('winter-storm', 11)]
    """
    chance = Chance(seed)
    coming = []
    for place, shock in enumerate(_chosen(shocks, chance)):
        latest = shock.quarter if shock.latest is None else shock.latest
        drawn = float(chance.generator("shock", place, 1).random())
        coming.append((shock, shock.quarter - 1 + int(drawn * (latest - shock.quarter + 1))))
    return coming


def _chosen(shocks: Sequence[Shock], chance: Chance) -> list[Shock]:
    """Return the shocks, of each group only the one that is drawn."""
    chosen = [shock for shock in shocks if shock.one_of is None]
    groups = sorted((s for s in shocks if s.one_of), key=lambda shock: str(shock.one_of))
    for number, (_, members) in enumerate(groupby(groups, key=lambda shock: shock.one_of)):
        group = list(members)
        drawn = float(chance.generator("shock", number, 0).random())
        chosen.append(group[int(drawn * len(group))])
    return chosen


def week_of(shock: Shock, quarter: int) -> int:
    """Return the week (from 0) in which a shock begins that comes in a quarter (from 0)."""
    return quarter * WEEKS_QUARTER + shock.week
