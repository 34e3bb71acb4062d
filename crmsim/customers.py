"""A week of the people of a Market, in the order in which a customer meets it.

Those whose time has come visit or buy; each perceives, compares and remembers; some complain,
some leave, some tell, and those who are told change their minds. Only those to whom something
happens are gathered and worked on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmsim.chance import Chance, normal_of
from crmsim.expectations import next_should, next_will, perceived
from crmsim.people import TIES, WEEKS_YEAR, Floats, Indices, People
from crmsim.satisfaction import repurchase, satisfaction
from crmsim.scenario import Incident, MarketScenario

_PLACES = np.arange(TIES)
_UINT32 = 2**32


@dataclass(frozen=True, slots=True)
class Service:
    """What the house does this week, as far as its customers feel it.

    ``quality`` is delivered quality by dimension (0–1), ``surprise`` how much comes unasked
    (0–1), ``attention`` the extra quality for key customers, ``promise`` what is promised beyond
    what is usual, ``channel`` and ``solved`` multiply the shares of those who complain and of
    complaints put right, ``fast`` is the share of these put right at once.
    """

    quality: NDArray[np.float64]
    surprise: float = 0.0
    attention: float = 0.0
    promise: float = 0.0
    channel: float = 1.0
    solved: float = 1.0
    fast: float = 0.5


@dataclass(frozen=True, slots=True)
class Week:
    """What the people of a market did in a week.

    ``people`` came (to visit or to buy), in the order of their places; ``satisfaction`` and
    ``sales`` have an entry for each. ``told_by``, ``told`` and ``valence`` (1 praise, −1 warning)
    have an entry a telling. ``unhappy`` counts those who stayed disappointed.
    """

    people: Indices
    satisfaction: Floats
    sales: Floats
    buyers: Indices
    shoppers: int
    joined: Indices
    left: Indices
    complaints: int
    unhappy: int
    key_visits: int
    told_by: Indices
    told: Indices
    valence: NDArray[np.int8]


class Customers:
    """The customers' side of a market; ``people`` holds their state."""

    def __init__(self, scenario: MarketScenario, chance: Chance) -> None:
        self.people = People(scenario, chance)
        self._numbers, self._rule, self._chance = scenario.numbers, scenario.rule, chance
        numbers, people = self._numbers, self.people
        pull_week = min(numbers.competitor_pull_year / WEEKS_YEAR, 0.1)
        self._visit_below = (np.minimum(people.rate_week, np.float32(0.4)) * _UINT32).astype(
            np.uint32
        )
        self._pull_span = pull_week * _UINT32
        self._need_from = ((1 - people.need_week.astype(np.float64)) * _UINT32).astype(np.uint32)
        self._pull_from = self._need_from - np.uint32(self._pull_span)
        self._spread = np.float32(numbers.visit_noise) * np.linalg.norm(people.weights, axis=1)

    def usual_flows(self) -> tuple[float, float, float]:
        """Expected visits, shoppers and purchases of a week, as people are now."""
        people = self.people
        visits = float(people.rate_week[people.customer].sum(dtype=np.float64))
        everybody = np.arange(people.count)
        bought = self._chance_to_buy(0, everybody, 0.0) @ people.need_week
        return visits, float(people.need_week.sum(dtype=np.float64)), float(bought)

    def week(self, week: int, service: Service, incident: Incident | None) -> Week:
        """A week passes for everybody."""
        people, her = self.people, self.people.visitor
        occasion = self._chance.bits("occasion", week, people.count, 32)
        visiting = (occasion < self._visit_below) & people.customer
        tempted = np.flatnonzero(occasion >= self._pull_from)
        if incident:
            tempted = tempted[tempted != her]
            visiting[her] = True
        needs = occasion[tempted] >= self._need_from[tempted]
        shoppers = tempted[needs]
        lured = self._lured(tempted[~needs], occasion)
        buyers, lost, joined = self._buy(week, shoppers, occasion[shoppers], service.promise)
        if incident:
            buyers, joined = self._happen(incident, buyers, joined)
        visiting[buyers] = True
        who = np.flatnonzero(visiting)
        sales = self._sales(who, buyers)
        people.customer[joined] = True
        luck = self._chance.raw("visit", week, people.count)[who].view(np.uint16).reshape(-1, 4)
        level = self._experience(who, luck[:, 0], service, incident)
        speaks, then, talks = luck[:, 1:].T * np.float32(2**-16)
        if incident:
            speaks[who == her] = 0 if incident.complains else 1
            talks[who == her] = 0 if incident.tells else 1
        complaints, unhappy, gone = self._complain(week, who, level, speaks, then, service)
        left = np.concatenate([lost, lured, gone])
        people.customer[left] = False
        self._fade()
        told_by, told, valence = self._tell(who, level, unhappy, talks)
        self._hear(told, valence)
        return Week(
            people=who,
            satisfaction=level,
            sales=sales,
            buyers=buyers,
            shoppers=len(shoppers),
            joined=joined,
            left=left,
            complaints=complaints,
            unhappy=int(np.count_nonzero(unhappy)),
            key_visits=int(np.count_nonzero(people.key[who])),
            told_by=told_by,
            told=told,
            valence=valence,
        )

    # -- coming and buying --------------------------------------------------------------------

    def _lured(self, tempted: Indices, occasion: NDArray[np.uint32]) -> Indices:
        """Customers a competitor wins over; loyalty makes immune (C-04, C-08)."""
        own = tempted[self.people.customer[tempted]]
        luck = (occasion[own] - self._pull_from[own]) / max(self._pull_span, 1.0)
        return own[luck < 1 - self.people.loyalty[own]]

    def _buy(
        self, week: int, shoppers: Indices, occasion: NDArray[np.uint32], promise: float
    ) -> tuple[Indices, Indices, Indices]:
        """Those whose time has come to buy: buyers, customers lost to others, newcomers.

        Where in the span of buying occasions a draw fell is even, so it decides too.
        """
        people = self.people
        luck = (occasion - self._need_from[shoppers]) / (people.need_week[shoppers] * _UINT32)
        buys = luck < self._chance_to_buy(week, shoppers, promise)
        own = people.customer[shoppers]
        return shoppers[buys], shoppers[own & ~buys], shoppers[buys & ~own]

    def _chance_to_buy(self, week: int, who: Indices, promise: float) -> Floats:
        """A customer's follows satisfaction, loyalty and the memory of failure; anybody else's
        the opinion of the house (valence) and how present it is (volume of talk)."""
        numbers, people = self._numbers, self.people
        again = repurchase(people.satisfaction[who], numbers)
        since = np.maximum(week - people.failed_week[who], 0) / numbers.failure_half_life_week
        bent = (
            numbers.repeat_loyalty * (people.loyalty[who] - 0.5)
            - numbers.failure_weight * 0.5**since
        )
        odds = again / (1 - again) * np.exp(bent)
        valence = people.opinion[who] / numbers.opinion_at_rest
        volume = people.awareness[who] / numbers.awareness_at_rest
        first = valence**numbers.joining_valence * volume**numbers.joining_volume
        first *= numbers.joining * (1 + numbers.promise_pull * promise)
        return np.where(people.customer[who], odds / (1 + odds), np.clip(first, 0, 1))

    def _happen(
        self, incident: Incident, buyers: Indices, joined: Indices
    ) -> tuple[Indices, Indices]:
        """One person's visit goes as it was played."""
        her = self.people.visitor
        if not incident.buys:
            return buyers, joined
        return np.sort(np.append(buyers, her)), np.append(joined, her)

    def _sales(self, who: Indices, buyers: Indices) -> Floats:
        """What each visit brings in; the loyal buy across the range (C-04)."""
        numbers, people = self._numbers, self.people
        across = 1 + np.float32(numbers.cross_buying) * (people.loyalty[who] - np.float32(0.5))
        sales = np.where(people.customer[who], people.value[who] * across, np.float32(0))
        sales[np.searchsorted(who, buyers)] = numbers.purchase_value
        return sales

    # -- perceiving and comparing -------------------------------------------------------------

    def _experience(
        self, who: Indices, luck: NDArray[np.uint16], service: Service, incident: Incident | None
    ) -> Floats:
        """Perceive, compare with what was expected, and remember; gives satisfaction (1–5)."""
        numbers, people = self._numbers, self.people
        will, should = people.will[who], people.should[who]
        met = people.weights[who] @ service.quality.astype(np.float32)
        met += np.float32(service.attention) * people.key[who] + self._spread[who] * normal_of(luck)
        met = np.clip(met, 0, 1)
        seen = perceived(met, will, should, numbers) + self._surprise(who, service.surprise)
        if incident:
            her = who == people.visitor
            seen[her] = will[her] + incident.gap + service.promise
        patient = 1 + numbers.tolerance_loyalty * (people.loyalty[who] - 0.5)
        promised = will + np.float32(service.promise)
        level = satisfaction(seen, promised, numbers, self._rule, patient).astype(np.float32)
        self._remember(who, met, level)
        return level

    def _surprise(self, who: Indices, given: float) -> Floats:
        """What nobody asked for delights until one is used to it; then only its lack is felt
        (Kano 1984: attractive quality turns into must-be)."""
        numbers, habit = self._numbers, self.people.habit
        used = habit[who]
        felt = (
            numbers.surprise_gain * given * (1 - used) - numbers.surprise_loss * (1 - given) * used
        )
        habit[who] += np.float32(1 - 0.5 ** (1 / numbers.surprise_half_life_visits)) * (
            given - used
        )
        return felt

    def _remember(self, who: Indices, met: Floats, level: Floats) -> None:
        """Expectation follows experience; what is due follows the best seen, and hardly fades."""
        numbers, people = self._numbers, self.people
        liked = (level - 1) / 4
        will, should = people.will[who], people.should[who]
        forgotten = np.float32(numbers.should_fade) * np.maximum(should - met, 0)
        people.should[who] = next_should(should, met, numbers) - forgotten
        people.will[who] = next_will(will, met, numbers)
        people.satisfaction[who] += np.float32(0.5) * (level - people.satisfaction[who])
        people.opinion[who] += np.float32(numbers.own_experience) * (liked - people.opinion[who])
        people.loyalty[who] += np.float32(numbers.loyalty_rate) * (liked - people.loyalty[who])

    # -- speaking up --------------------------------------------------------------------------

    def _complain(
        self, week: int, who: Indices, level: Floats, speaks: Floats, then: Floats, service: Service
    ) -> tuple[int, NDArray[np.bool_], Indices]:
        """Who complains, who is unhappy in the end, who leaves.

        Putting right lifts satisfaction, at once more than late; a second failure soon after
        the first is not forgiven (Maxham & Netemeyer 2002); the memory of failure stays.
        """
        numbers, people = self._numbers, self.people
        bad = level <= numbers.talk_bad_at
        complains = bad & (speaks < min(numbers.complaint_share * service.channel, 0.95))
        twice = week - people.failed_week[who] <= numbers.second_failure_week
        share = min(numbers.recovery_share * service.solved, 1.0)
        solved = complains & ~twice & (then < share)
        at_once = solved & (then < share * service.fast)
        people.failed_week[who[bad]] = week
        for cured, lifted in (
            (solved, numbers.recovered_late),
            (at_once, numbers.recovered_at_once),
        ):
            again = who[cured]
            people.satisfaction[again] = np.maximum(people.satisfaction[again], np.float32(lifted))
        unhappy = bad & ~solved
        low = np.where(
            complains & ~solved & ~twice,
            share,
            np.where(solved & ~at_once, share * service.fast, 0),
        )
        high = np.where(at_once, share * service.fast, np.where(solved, share, 1))
        left_over = (then - low) / (high - low)
        ease = np.select(
            [at_once, solved, complains],
            [numbers.leave_at_once, numbers.leave_late, numbers.leave_unresolved],
            1.0,
        )
        hazard = numbers.leave_after_bad * (1 - people.loyalty[who]) * ease
        gone = who[bad & people.customer[who] & (left_over < hazard)]
        return int(np.count_nonzero(complains)), unhappy, gone

    def _tell(
        self, who: Indices, level: Floats, unhappy: NDArray[np.bool_], talks: Floats
    ) -> tuple[Indices, Indices, NDArray[np.int8]]:
        """Tellings of the week: who told, who was told, and whether it was praise (1) or not (−1).

        The loyal recommend more (C-04). A teller reaches a share of her ties, from a random one on.
        """
        numbers = self._numbers
        good = level >= numbers.talk_good_at
        praise = numbers.talk_good * (0.5 + self.people.loyalty[who])
        chance = np.where(good, praise, np.where(unhappy, numbers.talk_bad, 0))
        talking = talks < chance
        tellers, mood = who[talking], np.where(good[talking], 1, -1).astype(np.int8)
        share = np.where(mood > 0, numbers.told_good, numbers.told_bad)
        first = (talks[talking] / chance[talking] * TIES).astype(np.intp)
        place = (_PLACES - first[:, None]) % TIES
        told_by, which = np.nonzero(place < np.rint(share * TIES)[:, None])
        return tellers[told_by], self.people.neighbours(tellers)[told_by, which], mood[told_by]

    def _hear(self, told: Indices, valence: NDArray[np.int8]) -> None:
        """What is heard moves an opinion, a share of the room that is left (East et al. 2008)."""
        numbers, people = self._numbers, self.people
        who, slot = np.unique(told, return_inverse=True)
        good = np.bincount(slot[valence > 0], minlength=len(who))
        bad = np.bincount(slot[valence < 0], minlength=len(who))
        opinion = 1 - (1 - people.opinion[who]) * (1 - numbers.heard_good) ** good
        people.opinion[who] = opinion * (1 - numbers.heard_bad) ** bad
        unaware = (1 - people.awareness[who]) * (1 - numbers.heard_awareness) ** (good + bad)
        people.awareness[who] = 1 - unaware

    def _fade(self) -> None:
        """What was heard fades with the weeks."""
        numbers, people = self._numbers, self.people
        for held, rest, weeks in (
            (people.opinion, numbers.opinion_at_rest, numbers.opinion_fade_week),
            (people.awareness, numbers.awareness_at_rest, numbers.awareness_fade_week),
        ):
            held *= np.float32(1 - 1 / weeks)
            held += np.float32(rest / weeks)
