"""The result of a market's run, the value of its firm, and how a reference policy manages it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.common.calendar import WEEKS_YEAR
from crmsim.model.market.decisions import MarketView
from crmsim.scenario.market import MarketScenario, ReferencePolicy
from crmsim.scenario.parameters import Numbers

YEARS_ON = 3
"""The years for which a firm goes on after its run, so that what it is worth then can be told."""


class OutcomeValue(NamedTuple):
    """The value of a firm at the start of a run, in currency, discounted at the yearly rate.

    Attributes
    ----------
    played
        The profit of the weeks that were played.
    worth
        What the firm is worth at their end: the profit of ``YEARS_ON`` more years with the same
        luck, every lever and policy card as at the start. So a firm that lives off its customers,
        its staff or its building shows what it took from them.

    Examples
    --------
    >>> OutcomeValue(played=5.0, worth=2.0).total
    7.0
    """

    played: float
    worth: float

    @property
    def total(self) -> float:
        """Both parts together."""
        return self.played + self.worth


def value(series: Mapping[str, NDArray[np.float64]], weeks: int, numbers: Numbers) -> OutcomeValue:
    """Return the value of a firm, of whose series so many weeks were played.

    Parameters
    ----------
    series
        Columns of the log over all weeks, with ``week`` and ``profit`` (currency a week).
    weeks
        The number of weeks that were played; those after it are the worth at the end.
    numbers
        Anything with ``discount_year``, a share a year.

    Returns
    -------
    OutcomeValue
        In currency, discounted to the start.
    """
    profit = discounted(series, numbers)
    return OutcomeValue(float(profit[:weeks].sum()), float(profit[weeks:].sum()))


def discounted(series: Mapping[str, NDArray[np.float64]], numbers: Numbers) -> NDArray[np.float64]:
    """Return the profit of each week, discounted to the start at the yearly rate.

    Parameters
    ----------
    series
        Columns of the log, with ``week`` and ``profit`` (currency a week).
    numbers
        Anything with ``discount_year``, a share a year.

    Returns
    -------
    array of float, shape (weeks,)
        In currency.
    """
    years = series["week"] / WEEKS_YEAR
    return series["profit"] / (1 + numbers.discount_year) ** years  # type: ignore[no-any-return]


def market_outcome(series: Mapping[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Return the totals and last values of a run.

    Returns
    -------
    dict
        ``profit`` in currency, ``reputation`` and ``evaluation`` on the scale from
        1 to 5, ``customers`` as a number of people, ``attitude`` with 1 at rest.
    """
    total = {"profit": float(series["profit"].sum())}
    ends = {name: float(series[name][-1]) for name in ("reputation", "customers", "attitude")}
    return total | {"evaluation": float(series["evaluation"].mean())} | ends


def managed(_: MarketScenario, policy: ReferencePolicy, seen: MarketView) -> dict[str, Any]:
    """Return a policy's action: levers are set when they open, cards answered when they are due."""
    opening = {lever.id for lever in seen.on_offer if lever.opens == seen.quarter + 1}
    due = {card.id for card in seen.cards}
    return {name: value for name, value in policy.levers.items() if name in opening} | {
        name: option for name, option in policy.cards.items() if name in due
    }
