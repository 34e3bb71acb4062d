"""What the firm's screens show: the loop, its people, its stocks, its levers."""

from __future__ import annotations

from collections.abc import Callable

from crmsim.scenario import EncounterScenario, MarketScenario, load
from crmsim.ui.session import PROFIT

Text = Callable[..., str]

SAME, MUCH = 2, 10
"""Per cent of profit within which it is 'about the same', and beyond which it is 'much'."""


def years(scenario: EncounterScenario) -> float:
    """How long the case's market is followed."""
    market = load(scenario.then, scenario.lang) if scenario.then else None
    return market.years if isinstance(market, MarketScenario) else 0


def bin_of(percent: float) -> str:
    """The option of the bet that a change of profit belongs to."""
    limits = (-MUCH, -SAME, SAME, MUCH)
    return PROFIT[sum(percent > limit for limit in limits)]


def verdict(guess: str, outcome: str) -> str:
    """The name of the difference between a bet on profit and what came."""
    g, o = PROFIT.index(guess) - 2, PROFIT.index(outcome) - 2
    if g == o:
        return "right"
    if g * o > 0:
        return "size"
    return "hopeful" if g > o else "gloomy"
