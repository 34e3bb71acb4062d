"""What a market's run came to, and how a reference policy manages it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmsim.common.calendar import WEEKS_YEAR
from crmsim.model.market.decisions import MarketView
from crmsim.scenario.market import MarketScenario, ReferencePolicy
from crmsim.scenario.parameters import Numbers


def outcome(scenario: MarketScenario, series: Mapping[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Return the totals and last values of a run.

    Returns
    -------
    dict
        ``value`` and ``profit`` in currency, ``reputation`` and ``evaluation`` on the scale from
        1 to 5, ``customers`` as a number of people, ``attitude`` with 1 at rest.
    """
    total = {
        "value": present_value(series, scenario.numbers),
        "profit": float(series["profit"].sum()),
    }
    ends = {name: float(series[name][-1]) for name in ("reputation", "customers", "attitude")}
    return total | {"evaluation": float(series["evaluation"].mean())} | ends


def present_value(series: Mapping[str, NDArray[np.float64]], numbers: Numbers) -> float:
    """Return the profit of all weeks, in currency, discounted to the start at the yearly rate."""
    years = series["week"] / WEEKS_YEAR
    return float((series["profit"] / (1 + numbers.discount_year) ** years).sum())


def managed(_: MarketScenario, policy: ReferencePolicy, seen: MarketView) -> dict[str, Any]:
    """Return a policy's action: levers are set when they open, cards answered when they are due."""
    opening = {lever.id for lever in seen.on_offer if lever.opens == seen.quarter + 1}
    due = {card.id for card in seen.cards}
    return {name: value for name, value in policy.levers.items() if name in opening} | {
        name: option for name, option in policy.cards.items() if name in due
    }
