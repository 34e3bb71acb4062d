"""The people of a Market: each with expectations, weights, satisfaction, loyalty, value and ties.

All state is held in arrays, a place a person; only those to whom something happens this week are
gathered and worked on.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from crmsim.chance import Chance
from crmsim.satisfaction import repurchase, satisfaction
from crmsim.scenario import DIMENSIONS, Incident, MarketScenario, five

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

TIES = 8
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
    tellers: Indices
    told: Indices
    told_by: Indices
    valence: NDArray[np.int8]
    shoppers: int
    bought: int

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
        self.expected = np.clip(mean + numbers.expectation_spread * spread, 0.05, 1).astype(np.float32)
        self.satisfaction = np.full(count, numbers.satisfaction_at_expectation, np.float32)
        self.opinion = np.full(count, numbers.opinion_at_rest, np.float32)
        self.loyalty = luck.random(count, dtype=np.float32)
        self._need_week = 1 / (numbers.purchase_years * WEEKS_YEAR)
        self._ties = _ties(chance, count, numbers.weak_tie_share)

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

    def week(self, week: int, delivered: NDArray[np.float64], incident: tuple[int, Floats] | None) -> Week:
        """A week passes for everybody, with this quality delivered."""
        occasion = self._chance.uniform("occasion", week, self.count)
        visiting = self.customer & (occasion < self.rate_week)
        if incident:
            visiting[incident[0]] = True
        shoppers = np.flatnonzero(occasion > np.float32(1 - self._need_week))
        bought, lost, joined = self._purchases(week, shoppers)
        visiting[bought] = True
        people = np.flatnonzero(visiting)
        level = self._experience(week, people, delivered, incident)
        sales = np.where(self.customer[people], self.value[people], 0).astype(np.float32)
        sales[np.isin(people, bought)] = self._numbers.purchase_value
        self.customer[joined] = True
        complaints, talking, gone = self._voices(week, people, level)
        left = np.union1d(lost, gone)
        self.customer[left] = False
        self.opinion += (np.float32(self._numbers.opinion_at_rest) - self.opinion) * np.float32(
            1 / self._numbers.opinion_fade_week
        )
        told_by, told, valence = self._tell(week, people, talking)
        self._hear(told, valence)
        return Week(
            people, level, sales, joined, left, complaints, people[talking != 0],
            told, told_by, valence, len(shoppers), len(bought),
        )  # fmt: skip

    def _purchases(self, week: int, shoppers: Indices) -> tuple[Indices, Indices, Indices]:
        """Those whose time has come to buy: buyers, customers lost to others, newcomers."""
        luck = self._chance.uniform("decision", week, self.count)[shoppers]
        buys = luck < self._chance_to_buy(shoppers)
        own = self.customer[shoppers]
        return shoppers[buys], shoppers[own & ~buys], shoppers[buys & ~own]

    def _chance_to_buy(self, people: Indices) -> Floats:
        """A customer's follows her satisfaction, anybody else's the opinion of the house."""
        numbers = self._numbers
        again = repurchase(self.satisfaction[people], numbers)
        first = numbers.joining * (self.opinion[people] / numbers.opinion_at_rest) ** numbers.joining_elasticity
        return np.where(self.customer[people], again, np.minimum(first, 1)).astype(np.float32)

    def _experience(
        self, week: int, people: Indices, delivered: NDArray[np.float64], incident: tuple[int, Floats] | None
    ) -> Floats:
        """Perceive, compare with what was expected, and remember."""
        numbers = self._numbers
        weights = self.weights[people]
        noise = self._chance.normal("perception", week, self.count)[people]
        spread = np.sqrt(np.einsum("nd,nd->n", weights, weights))
        perceived = weights @ delivered.astype(np.float32) + np.float32(numbers.visit_noise) * spread * noise
        if incident:
            perceived += np.where(people == incident[0], weights @ incident[1], np.float32(0))
        perceived = np.clip(perceived, 0, 1)
        expected = self.expected[people]
        level = satisfaction(perceived, expected, numbers, self._rule).astype(np.float32)
        liked = (level - 1) / 4
        self.expected[people] = expected + np.float32(numbers.expectation_rate) * (perceived - expected)
        self.satisfaction[people] += np.float32(0.5) * (level - self.satisfaction[people])
        self.opinion[people] += np.float32(numbers.own_experience) * (liked - self.opinion[people])
        self.loyalty[people] += np.float32(numbers.loyalty_rate) * (liked - self.loyalty[people])
        return level

    def _voices(self, week: int, people: Indices, level: Floats) -> tuple[int, NDArray[np.int8], Indices]:
        """Who complains, who talks (−1, 0, 1 by visitor), who silently leaves."""
        numbers = self._numbers
        speaks, solved, talks, leaves = (
            self._chance.uniform("voice", week, self.count, occasion)[people] for occasion in range(4)
        )
        bad, good = level <= numbers.talk_bad_at, level >= numbers.talk_good_at
        complains = bad & (speaks < numbers.complaint_share)
        recovered = complains & (solved < numbers.recovery_share)
        again = people[recovered]
        self.satisfaction[again] = np.maximum(self.satisfaction[again], np.float32(numbers.satisfaction_recovered))
        unhappy = bad & ~recovered
        talking = np.zeros(len(people), np.int8)
        talking[good & (talks < numbers.talk_good)] = 1
        talking[unhappy & (talks < numbers.talk_bad)] = -1
        hazard = numbers.leave_after_bad * (1 - self.loyalty[people])
        gone = people[unhappy & ~complains & self.customer[people] & (leaves < hazard)]
        return int(complains.sum()), talking, gone

    def _tell(self, week: int, people: Indices, talking: NDArray[np.int8]) -> tuple[Indices, Indices, NDArray[np.int8]]:
        """Tellings of the week: who told, who was told, in which mood."""
        tellers = people[talking != 0]
        valence = talking[talking != 0]
        bits = self._chance.raw("telling", week, self.count)[tellers].view(np.uint8).reshape(-1, TIES)
        share = np.where(valence > 0, self._numbers.told_good, self._numbers.told_bad)
        chosen = bits < (256 * share)[:, None]
        told_by = np.repeat(tellers, TIES).reshape(-1, TIES)[chosen]
        mood = np.repeat(valence, TIES).reshape(-1, TIES)[chosen]
        return told_by, self._neighbours(tellers)[chosen], mood

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
        permutation = luck.permutation(count)
        inverse = np.empty_like(permutation)
        inverse[permutation] = np.arange(count)
        weak += [permutation, inverse]
    return np.concatenate([near, -near]), weak


def shift(incident: Incident) -> Floats:
    """The incident's difference of quality, by dimension."""
    return np.array(five(incident.quality), dtype=np.float32)
