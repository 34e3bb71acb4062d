"""The people of a Market: each with expectations, weights, satisfaction, loyalty, value and ties.

All state is held in arrays, a place a person; only those to whom something happens this week are
gathered and worked on.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from crmsim.chance import Chance, normal_of
from crmsim.satisfaction import repurchase, satisfaction
from crmsim.scenario import DIMENSIONS, Incident, MarketScenario, five

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

TIES = 16
_PLACES = np.arange(TIES)
_UINT32 = 2**32
WEEKS_YEAR = 52


@dataclass(frozen=True, slots=True)
class Week:
    """What the customers of one week did.

    ``people`` came (visitors and buyers), in the order of their places; arrays beside it have one
    entry each. ``sales`` is by person too; counts are totals.
    """

    people: Indices
    satisfaction: Floats
    sales: Floats
    joined: Indices
    left: Indices
    complaints: int
    told: Indices
    told_by: Indices
    valence: NDArray[np.int8]
    shoppers: int
    buyers: Indices

    @property
    def gross(self) -> float:
        """Takings of the week."""
        return float(self.sales.sum(dtype=np.float64))


class Customers:
    """The people of a market, as arrays of one place a person.

    Attributes
    ----------
    customer : bool array
        Who is a customer of the house now.
    visitor : int or None
        The person who has the scenario's incident, if it has one.
    expected, satisfaction, opinion, loyalty : float32 arrays
        Quality expected (0–1), last satisfaction (1–5), opinion of the house (0–1, the mean of
        which is the reputation), loyalty (0–1).
    """

    def __init__(self, scenario: MarketScenario, chance: Chance) -> None:
        self._numbers: SimpleNamespace = scenario.numbers
        self._rule, self._chance, count = scenario.rule, chance, scenario.people
        numbers, luck = self._numbers, chance.generator("people")
        self.count = count
        self.rate_week = _gamma(luck, numbers.visits_shape, numbers.visits_year / WEEKS_YEAR, count)
        self.value = _gamma(luck, numbers.visit_value_shape, numbers.visit_value, count)
        shares = np.array(list(scenario.weights.shares().values()))
        weights = luck.standard_gamma(numbers.weights_evenness * shares, (count, len(DIMENSIONS)))
        self.weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
        self.customer = luck.random(count) < numbers.customers_at_start
        spread = luck.standard_normal(count, dtype=np.float32)
        mean = float(shares @ five(scenario.quality.model_dump()))
        self.expected = np.clip(mean + numbers.expectation_spread * spread, 0.05, 1).astype(
            np.float32
        )
        self.satisfaction = np.full(count, numbers.satisfaction_at_expectation, np.float32)
        self.opinion = np.full(count, numbers.opinion_at_rest, np.float32)
        self.loyalty = luck.random(count, dtype=np.float32)
        self._need_week = 1 / (numbers.purchase_years * WEEKS_YEAR)
        self._visit_below = (np.minimum(self.rate_week, 0.9) * _UINT32).astype(np.uint32)
        self._need_from = np.uint32((1 - self._need_week) * _UINT32)
        self._spread = numbers.visit_noise * np.linalg.norm(self.weights, axis=1)
        self._ties = _ties(chance, count, numbers.weak_tie_share)
        self.visitor = self._draw_visitor()

    def _draw_visitor(self) -> int | None:
        """Who has the visit that was decided elsewhere: somebody who is no customer yet."""
        strangers = np.flatnonzero(~self.customer)
        lot = self._chance.uniform("incident", 0, self.count)[strangers]
        return int(strangers[lot.argmin()]) if len(strangers) else None

    def ties(self, person: int) -> list[int]:
        """The people one talks to."""
        return [int(other) for other in self._neighbours(np.array([person]))[0]]

    def usual_flows(self) -> tuple[float, float, float]:
        """Expected visits, shoppers served and purchases of a week, as people are now."""
        visits = float(self.rate_week[self.customer].sum(dtype=np.float64))
        needing = self.count * self._need_week
        if self.count == 0:
            return 0.0, 0.0, 0.0
        everybody = np.arange(self.count)
        bought = float(self._chance_to_buy(everybody).sum(dtype=np.float64)) * self._need_week
        return visits, needing, bought

    def week(self, week: int, delivered: NDArray[np.float64], incident: Incident | None) -> Week:
        """A week passes for everybody, with this quality delivered."""
        occasion = self._chance.bits("occasion", week, self.count, 32)
        visiting = occasion < self._visit_below
        visiting &= self.customer
        shopping = occasion >= self._need_from
        if incident:
            shopping[self.visitor] = False
        shoppers = np.flatnonzero(shopping)
        bought, lost, joined = self._purchases(shoppers, occasion[shoppers])
        visiting[bought] = True
        if incident:
            bought, joined = self._happen(incident, visiting, bought, joined)
        people = np.flatnonzero(visiting)
        sales = np.where(self.customer[people], self.value[people], np.float32(0))
        sales[np.searchsorted(people, bought)] = self._numbers.purchase_value
        self.customer[joined] = True
        luck = self._chance.raw("visit", week, self.count)[people].view(np.uint16).reshape(-1, 4)
        level = self._experience(people, luck[:, 0], delivered, incident)
        speaks, then, talks = luck[:, 1:].T * np.float32(2**-16)
        if incident:
            speaks[people == self.visitor] = 0 if incident.complains else 1
            talks[people == self.visitor] = 0 if incident.tells else 1
        complaints, unhappy, gone = self._complain(people, level, speaks, then)
        left = np.concatenate([lost, gone])
        self.customer[left] = False
        rest = np.float32(self._numbers.opinion_at_rest)
        self.opinion += (rest - self.opinion) * np.float32(1 / self._numbers.opinion_fade_week)
        told_by, told, valence = self._tell(people, level, unhappy, talks)
        self._hear(told, valence)
        return Week(
            people=people,
            satisfaction=level,
            sales=sales,
            joined=joined,
            left=left,
            complaints=complaints,
            told=told,
            told_by=told_by,
            valence=valence,
            shoppers=len(shoppers),
            buyers=bought,
        )

    def _happen(
        self, incident: Incident, visiting: NDArray[np.bool_], bought: Indices, joined: Indices
    ) -> tuple[Indices, Indices]:
        """One person's visit goes as it was played."""
        visiting[self.visitor] = True
        if incident.buys:
            bought = np.sort(np.append(bought, self.visitor))
            joined = joined if self.customer[self.visitor] else np.append(joined, self.visitor)
        return bought, joined

    def _purchases(
        self, shoppers: Indices, occasion: NDArray[np.uint32]
    ) -> tuple[Indices, Indices, Indices]:
        """Those whose time has come to buy: buyers, customers lost to others, newcomers.

        Where in the span of buying occasions a draw fell is even, so it decides too.
        """
        luck = (occasion - self._need_from) / (_UINT32 - float(self._need_from))
        buys = luck < self._chance_to_buy(shoppers)
        own = self.customer[shoppers]
        return shoppers[buys], shoppers[own & ~buys], shoppers[buys & ~own]

    def _chance_to_buy(self, people: Indices) -> Floats:
        """A customer's follows her satisfaction, anybody else's the opinion of the house."""
        numbers = self._numbers
        again = repurchase(self.satisfaction[people], numbers)
        first = (
            numbers.joining
            * (self.opinion[people] / numbers.opinion_at_rest) ** numbers.joining_elasticity
        )
        return np.where(self.customer[people], again, np.minimum(first, 1)).astype(np.float32)

    def _experience(
        self,
        people: Indices,
        luck: NDArray[np.uint16],
        delivered: NDArray[np.float64],
        incident: Incident | None,
    ) -> Floats:
        """Perceive, compare with what was expected, and remember."""
        numbers = self._numbers
        weights = self.weights[people]
        perceived = weights @ delivered.astype(np.float32) + self._spread[people] * normal_of(luck)
        if incident:
            her = people == self.visitor
            perceived[her] = self.expected[self.visitor] + np.float32(incident.gap)
        perceived = np.clip(perceived, 0, 1)
        expected = self.expected[people]
        level = satisfaction(perceived, expected, numbers, self._rule).astype(np.float32)
        liked = (level - 1) / 4
        self.expected[people] = expected + np.float32(numbers.expectation_rate) * (
            perceived - expected
        )
        self.satisfaction[people] += np.float32(0.5) * (level - self.satisfaction[people])
        self.opinion[people] += np.float32(numbers.own_experience) * (liked - self.opinion[people])
        self.loyalty[people] += np.float32(numbers.loyalty_rate) * (liked - self.loyalty[people])
        return level

    def _complain(
        self, people: Indices, level: Floats, speaks: Floats, then: Floats
    ) -> tuple[int, NDArray[np.bool_], Indices]:
        """Who complains, who is unhappy in the end, who leaves without a word."""
        numbers = self._numbers
        bad = level <= numbers.talk_bad_at
        complains = bad & (speaks < numbers.complaint_share)
        recovered = complains & (then < numbers.recovery_share)
        again = people[recovered]
        self.satisfaction[again] = np.maximum(
            self.satisfaction[again], numbers.satisfaction_recovered
        )
        unhappy = bad & ~recovered
        hazard = numbers.leave_after_bad * (1 - self.loyalty[people])
        gone = people[unhappy & ~complains & self.customer[people] & (then < hazard)]
        return int(np.count_nonzero(complains)), unhappy, gone

    def _tell(
        self, people: Indices, level: Floats, unhappy: NDArray[np.bool_], talks: Floats
    ) -> tuple[Indices, Indices, NDArray[np.int8]]:
        """Tellings of the week: who told, who was told, and whether it was praise (1) or not (−1).

        A teller reaches a share of her ties, from a random one on.
        """
        numbers = self._numbers
        good = level >= numbers.talk_good_at
        chance = np.where(good, numbers.talk_good, np.where(unhappy, numbers.talk_bad, 0))
        talking = talks < chance
        tellers, mood = people[talking], np.where(good[talking], 1, -1).astype(np.int8)
        share = np.where(mood > 0, numbers.told_good, numbers.told_bad)
        first = (talks[talking] / chance[talking] * TIES).astype(np.intp)
        place = (_PLACES - first[:, None]) % TIES
        chosen = place < np.rint(share * TIES)[:, None]
        told_by, which = np.nonzero(chosen)
        return tellers[told_by], self._neighbours(tellers)[told_by, which], mood[told_by]

    def _hear(self, told: Indices, valence: NDArray[np.int8]) -> None:
        """What is heard moves an opinion, a share of the room that is left (East et al. 2008)."""
        good = np.bincount(told[valence > 0], minlength=self.count)
        bad = np.bincount(told[valence < 0], minlength=self.count)
        people = np.flatnonzero(good + bad)
        opinion = 1 - (1 - self.opinion[people]) * (1 - self._numbers.heard_good) ** good[people]
        self.opinion[people] = opinion * (1 - self._numbers.heard_bad) ** bad[people]

    def _neighbours(self, people: Indices) -> Indices:
        strong, weak = self._ties
        ring = (people[:, None] + strong) % max(self.count, 1)
        return np.concatenate([ring, *(permutation[people, None] for permutation in weak)], axis=1)


def _gamma(luck: np.random.Generator, shape: float, mean: float, count: int) -> Floats:
    return (luck.standard_gamma(shape, count) * (mean / shape)).astype(np.float32)


def _ties(chance: Chance, count: int, weak_share: float) -> tuple[Indices, list[Indices]]:
    """A small world of fixed degree: neighbours on a ring, and weak ties by random permutations.

    A permutation and its inverse give two ties a person, and ties go both ways.
    """
    pairs = round(TIES * weak_share / 2)
    near = np.arange(1, TIES // 2 - pairs + 1)
    luck = chance.generator("ties")
    weak: list[Indices] = []
    for _ in range(pairs):
        permutation = luck.permutation(count).astype(np.int32)
        inverse = np.empty_like(permutation)
        inverse[permutation] = np.arange(count, dtype=np.int32)
        weak += [permutation, inverse]
    return np.concatenate([near, -near]), weak
