"""The people of a Market, as arrays of one place a person."""

from __future__ import annotations

import math
from copy import copy
from typing import Any

import numpy as np
from msgspec.structs import astuple
from numpy.typing import NDArray

from crmsim.common.arrays import Indices, Singles
from crmsim.common.calendar import WEEKS_YEAR
from crmsim.common.chance import Chance
from crmsim.common.sums import dot
from crmsim.model.equations import TIES
from crmsim.scenario import DIMENSIONS
from crmsim.scenario.market import MarketScenario

NEVER_FAILED_WEEK = -10_000
"""The week of a failure that never was."""


_ROWS = ("should", "will", "satisfaction", "opinion", "loyalty", "awareness", "habit")
_VIEWS = (*_ROWS, "swaying")


class Minds:
    """Expectations and opinions, one of each for every person.

    Attributes
    ----------
    will, should : float32
        Quality expected, and quality held to be due, 0 to 1 (Boulding et al. 1993).
    satisfaction, opinion, loyalty : float32
        Satisfaction of late (1–5), opinion of the firm (0–1, its mean is the reputation),
        loyalty (0–1).
    awareness, habit : float32
        How present the firm is (0–1); how used one is to its surprises (0–1).
    swaying : float32, shape (4, count)
        Satisfaction, opinion, loyalty and awareness together: what decides whether one buys.
    """

    def __init__(self, held: Singles) -> None:
        self.hold(held)

    def hold(self, held: Singles) -> None:
        """Keep the state in this array from now on; every attribute is a view of its rows."""
        self.held = held
        self.should, self.will, self.satisfaction, self.opinion = held[:4]
        self.loyalty, self.awareness, self.habit = held[4:]
        self.swaying = held[2:6]

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy is made of: all but the views of ``held``, of which it has its own."""
        return {name: value for name, value in vars(self).items() if name not in _VIEWS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.hold(self.held)


class People(Minds):
    """People of the market: what they expect, think and have lived through.

    Attributes
    ----------
    customer : bool
        True for a customer of the firm.
    failed_week : int32
        Week of the last failure.
    weights : float32, shape (count, 5)
        What the dimensions matter, as shares.
    evenness : float32
        How much of the noise of single dimensions is left in the whole: the norm of the weights.
    rate_week, value, need_week : float32
        Visits a week; what a visit brings in; occasions to purchase a week.
    usual_value : float
        The mean of ``value``.
    key : bool
        The fifth of the people whose visits are worth most.
    second : bool
        The second tier: as many people, whose visits are worth most of the others.
    ties : int32, shape (count, 16)
        Whom everybody talks to; ties go both ways.
    visitor : int or None
        Who has the visit that was decided elsewhere: somebody who is no customer yet.
    """

    def __init__(self, scenario: MarketScenario, chance: Chance) -> None:
        numbers, count = scenario.numbers, scenario.people
        super().__init__(np.zeros((7, count), np.float32))
        luck = chance.generator("people")
        self.count = count
        self.rate_week = _gamma(luck, numbers.visits_shape, numbers.visits_year / WEEKS_YEAR, count)
        self.value = _gamma(luck, numbers.visit_value_shape, numbers.visit_value, count)
        self.usual_value = numbers.visit_value
        need_week = 1 / (numbers.purchase_years * WEEKS_YEAR)
        need = _gamma(luck, numbers.purchase_shape, need_week, count)
        self.need_week = np.clip(need, np.float32(1e-6), np.float32(0.3))
        shares = np.array(list(scenario.weights.shares().values()))
        weights = luck.standard_gamma(numbers.weights_evenness * shares, (count, len(DIMENSIONS)))
        self.weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
        self.evenness = np.linalg.norm(self.weights, axis=1)
        self.customer = luck.random(count, dtype=np.float32) < numbers.customers_at_start
        spread = numbers.expectation_spread * luck.standard_normal(count, dtype=np.float32)
        usual = float(dot(shares, astuple(scenario.quality)))
        self.will[:] = np.clip(usual + spread, 0.05, 1)
        self.should[:] = np.minimum(self.will + np.float32(numbers.should_above), 1)
        self.loyalty[:] = luck.random(count, dtype=np.float32)
        self.satisfaction[:] = numbers.satisfaction_at_expectation
        self.opinion[:] = numbers.opinion_at_rest
        self.awareness[:] = numbers.awareness_at_rest
        self.failed_week = np.full(count, NEVER_FAILED_WEEK, np.int32)
        worth = self.rate_week * self.value
        self.key = _best(worth, numbers.key_share)
        self.second = _best(worth, min(2 * numbers.key_share, 1.0)) & ~self.key
        self.visitor = self._draw_visitor(chance)
        self.ties = _ties(chance, count, numbers.weak_tie_share)

    def anew(self) -> People:
        """Return the same people, to live a life of their own from here on."""
        other = copy(self)
        other.hold(self.held.copy())
        other.customer, other.failed_week = self.customer.copy(), self.failed_week.copy()
        return other

    def minds(self, people: Indices) -> Minds:
        """Return a copy of what these think, to work on; ``remember`` puts it back."""
        return Minds(self.held.take(people, axis=1))

    def remember(self, people: Indices, minds: Minds) -> None:
        """From now on these think so."""
        self.held[:, people] = minds.held

    def _draw_visitor(self, chance: Chance) -> int | None:
        strangers = np.flatnonzero(~self.customer)
        lot = chance.uniform("incident", 0, self.count)[strangers]
        return int(strangers[lot.argmin()]) if len(strangers) else None


def _gamma(luck: np.random.Generator, shape: float, mean: float, count: int) -> Singles:
    drawn = luck.standard_gamma(shape, count, dtype=np.float32)
    drawn *= np.float32(mean / shape)
    return drawn


def _best(worth: Singles, share: float) -> NDArray[np.bool_]:
    """Return True for the share of them who are worth most."""
    if not len(worth):
        return np.zeros(0, np.bool_)
    below = min(math.ceil((len(worth) - 1) * (1 - share)), len(worth) - 1)
    return worth >= np.partition(worth, below)[below]


def _ties(chance: Chance, count: int, weak_share: float) -> NDArray[np.int32]:
    """Make a small world of fixed degree: neighbours on a ring, weak ties by random permutations.

    A permutation and its inverse give two ties a person, so ties go both ways (Watts & Strogatz
    1998; Goldenberg, Libai & Muller 2001).
    """
    pairs = round(TIES * weak_share / 2)
    near = TIES // 2 - pairs
    ties = np.empty((count, TIES), np.int32)
    everybody = np.arange(count, dtype=np.int32)
    for step in range(1, near + 1):
        ties[:, step - 1] = np.roll(everybody, -step)
        ties[:, near + step - 1] = np.roll(everybody, step)
    luck = chance.generator("ties")
    for pair in range(2 * near, TIES, 2):
        permutation = luck.permutation(count)
        ties[:, pair] = permutation
        ties[permutation, pair + 1] = everybody
    return ties
