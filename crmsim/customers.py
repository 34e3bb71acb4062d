"""A week of the people of a Market, in the order in which a customer meets it.

Those whose time has come visit or buy; each perceives, compares and remembers; some complain,
some leave, some tell, and those who are told change their minds. Only those to whom something
happens are gathered and worked on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from crmsim.chance import Chance, normal_of
from crmsim.expectations import next_should, next_will, perceived
from crmsim.failures import Failing, struck
from crmsim.flights import turned_away
from crmsim.people import WEEKS_YEAR, Floats, Indices, Minds, People
from crmsim.satisfaction import repurchase_odds, satisfaction
from crmsim.scenario.market import Incident, MarketScenario
from crmsim.word_of_mouth import Tellings, fade, hear, tellings

_UINT32 = 2**32
_RARE = 1e-9
_LATE = 3
"""Fates: 0 silent, 1 failed twice, 2 not put right, 3 put right late, 4 at once."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the house does this week, as far as its customers feel it.

    ``quality`` is delivered quality by dimension (0–1), ``surprise`` how much comes unasked
    (0–1), ``attention`` the extra quality for key customers, ``promise`` what is promised beyond
    what is usual, ``channel`` and ``solved`` multiply the shares of those who complain and of
    complaints put right, ``fast`` is the share of these put right at once. ``failing`` says what
    goes wrong, ``seats`` how many there are.
    """

    quality: NDArray[np.float64]
    surprise: float = 0.0
    attention: float = 0.0
    promise: float = 0.0
    channel: float = 1.0
    solved: float = 1.0
    fast: float = 0.5
    failing: Failing | None = None
    seats: float = np.inf


@dataclass(slots=True)
class Week:
    """What the people of a market did in a week.

    ``people`` came (to visit or to buy), in the order of their places; ``satisfaction`` and
    ``sales`` have an entry for each. ``praise`` and ``warnings`` are who told and who was told.
    ``unhappy`` counts those who stayed disappointed, ``failed`` whom each failure mode struck, and
    ``turned_away`` is the share of those who wanted to come for whom there was no seat.
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
    praise: Tellings
    warnings: Tellings
    failed: Indices = field(default_factory=lambda: np.zeros(0, np.intp))
    turned_away: float = 0.0

    @property
    def told_by(self) -> Indices:
        """Who told, an entry a telling; praise comes first."""
        return np.concatenate([self.praise[0], self.warnings[0]])

    @property
    def told(self) -> NDArray[np.int32]:
        """Who was told, an entry a telling."""
        return np.concatenate([self.praise[1], self.warnings[1]])

    @property
    def valence(self) -> NDArray[np.int8]:
        """What was told: praise (1) or a warning (−1), an entry a telling."""
        return np.repeat(np.array([1, -1], np.int8), [len(self.praise[1]), len(self.warnings[1])])

    @property
    def came(self) -> int:
        """How many came."""
        return len(self.people)

    @property
    def bought(self) -> int:
        """How many of them came to buy."""
        return len(self.buyers)


class Customers:
    """The customers' side of a market; ``people`` holds their state."""

    def __init__(self, scenario: MarketScenario, chance: Chance) -> None:
        self.people = People(scenario, chance)
        self._usual, self._rule, self._chance = scenario.numbers, scenario.rule, chance
        self._favours: list[tuple[int | None, Indices, float]] = []
        self._favour: Floats | None = None
        self._week = 0
        self._read(scenario.numbers)

    def under(self, numbers: SimpleNamespace) -> None:
        """From now on these numbers are in force."""
        if numbers is not self._numbers:
            self._read(numbers)

    def _read(self, numbers: SimpleNamespace) -> None:
        """Work out what follows from the numbers alone."""
        self._numbers, people = numbers, self.people
        pull_week = min(numbers.competitor_pull_year / WEEKS_YEAR, 0.1)
        self._dearer = _ratio(numbers.visit_value, self._usual.visit_value)
        often = _ratio(numbers.visits_year, self._usual.visits_year)
        self._rate_week = people.rate_week if often == 1 else people.rate_week * np.float32(often)
        self._visit_below = (np.minimum(self._rate_week, np.float32(0.4)) * _UINT32).astype(
            np.uint32
        )
        self._pull_span = pull_week * _UINT32
        self._need_from = ((1 - people.need_week.astype(np.float64)) * _UINT32).astype(np.uint32)
        self._pull_from = self._need_from - np.uint32(self._pull_span)
        self._spread = np.float32(numbers.visit_noise) * np.linalg.norm(people.weights, axis=1)
        fates = [1, *2 * [numbers.leave_unresolved], numbers.leave_late, numbers.leave_at_once]
        self._leaving = np.array(fates, np.float32)
        lifted = [0, 0, 0, numbers.recovered_late, numbers.recovered_at_once]
        self._lifted = np.array(lifted, np.float32)

    def usual_flows(self) -> tuple[float, float, float]:
        """Expected visits, shoppers and purchases of a week, as people are now."""
        people = self.people
        visits = float(people.rate_week[people.customer].sum(dtype=np.float64))
        everybody = np.arange(people.count)
        bought = self._chance_to_buy(0, everybody, 0.0) @ people.need_week
        return visits, float(people.need_week.sum(dtype=np.float64)), float(bought)

    def week(self, week: int, service: Service, incident: Incident | None) -> Week:
        """A week passes for everybody."""
        people, numbers, her = self.people, self._numbers, self.people.visitor
        self._end_favours(week)
        who, shoppers, buyers, joined, lost, away = self._come(week, service, incident)
        minds = people.minds(who)
        sales = self._sales(who, minds, buyers)
        people.customer[joined] = True
        luck = self._chance.raw("visit", week, people.count)[who].view(np.uint16).reshape(-1, 4)
        speaks, then, talks = luck.T[1:].astype(np.float32) * np.float32(2**-16)
        if incident:
            speaks[who == her] = 0 if incident.complains else 1
            talks[who == her] = 0 if incident.tells else np.inf
        failed = self._strike(week, who, service.failing)
        level = self._experience(who, minds, luck[:, 0], service, incident, failed)
        complaints, unhappy, gone = self._complain(week, who, minds, level, speaks, then, service)
        people.remember(who, minds)
        left = np.concatenate([lost, gone])
        people.customer[left] = False
        fade(people, numbers)
        happy = (level >= numbers.talk_good_at).nonzero()[0]
        luck = talks[happy] / np.maximum(numbers.talk_good * (0.5 + minds.loyalty[happy]), _RARE)
        praise = tellings(people, who[happy], luck, numbers.told_good)
        luck = talks[unhappy] / max(numbers.talk_bad, _RARE)
        warnings = tellings(people, who[unhappy], luck, numbers.told_bad)
        hear(people, praise[1], warnings[1], numbers)
        self._week = week + 1
        return Week(
            people=who,
            satisfaction=level,
            sales=sales,
            buyers=buyers,
            shoppers=shoppers,
            joined=joined,
            left=left,
            complaints=complaints,
            unhappy=len(unhappy),
            key_visits=int(np.count_nonzero(people.key[who])),
            praise=praise,
            warnings=warnings,
            failed=np.count_nonzero(failed, axis=1),
            turned_away=away,
        )

    # -- coming and buying --------------------------------------------------------------------

    def _come(
        self, week: int, service: Service, incident: Incident | None
    ) -> tuple[Indices, int, Indices, Indices, Indices, float]:
        """Who comes, how many shop for a purchase, who buys, who joins so, who goes elsewhere,
        and the share of those who wanted to come for whom there is no seat."""
        people, her = self.people, self.people.visitor
        occasion = self._chance.bits("occasion", week, people.count, 32)
        visiting = (occasion < self._visit_below) & people.customer
        tempted = (occasion >= self._pull_from).nonzero()[0]
        if incident:
            tempted = tempted[tempted != her]
            visiting[her] = True
        drawn = occasion[tempted]
        needs = drawn >= self._need_from[tempted]
        shoppers = tempted[needs]
        lured = self._lured(tempted[~needs], drawn[~needs])
        buyers, lost, joined = self._buy(week, shoppers, drawn[needs], service.promise)
        if incident and incident.buys:
            buyers, joined = np.sort(np.append(buyers, her)), np.append(joined, her)
        visiting[buyers] = True
        away = 0.0
        if service.seats < np.inf:
            spread = self._numbers.seats_spread
            away = turned_away(float(np.count_nonzero(visiting)), service.seats, spread)
            seated = self._chance.uniform("seat", week, people.count) >= away
            visiting &= seated
            buyers, joined = buyers[seated[buyers]], joined[seated[joined]]
        who = visiting.nonzero()[0]
        return who, len(shoppers), buyers, joined, np.concatenate([lost, lured]), away

    def _lured(self, tempted: Indices, occasion: NDArray[np.uint32]) -> Indices:
        """Customers a competitor wins over; loyalty makes immune (C-04, C-08)."""
        people = self.people
        luck = (occasion - self._pull_from[tempted]) / max(self._pull_span, 1.0)
        return tempted[people.customer[tempted] & (luck < 1 - people.loyalty[tempted])]

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
        minds = people.minds(who)
        failed = 0.5 ** ((week - people.failed_week[who]) / numbers.failure_half_life_week)
        bent = numbers.repeat_loyalty * (minds.loyalty - 0.5) - numbers.failure_weight * failed
        odds = repurchase_odds(minds.satisfaction, numbers) * np.exp(bent)
        valence = (minds.opinion / numbers.opinion_at_rest) ** numbers.joining_valence
        volume = (minds.awareness / numbers.awareness_at_rest) ** numbers.joining_volume
        first = numbers.joining * (1 + numbers.promise_pull * promise) * valence * volume
        return np.where(people.customer[who], odds / (1.0 + odds), np.minimum(first, 1.0))

    def _sales(self, who: Indices, minds: Minds, buyers: Indices) -> Floats:
        """What each visit brings in; the loyal buy across the range (C-04)."""
        numbers, people = self._numbers, self.people
        across = 1 - numbers.cross_buying / 2 + numbers.cross_buying * minds.loyalty
        sales = people.customer[who] * people.value[who] * across
        if self._dearer != 1:
            sales *= np.float32(self._dearer)
        sales[who.searchsorted(buyers)] = numbers.purchase_value
        return sales

    # -- perceiving and comparing -------------------------------------------------------------

    def _strike(self, week: int, who: Indices, failing: Failing | None) -> NDArray[np.bool_]:
        """Whom each failure mode strikes, a row a mode."""
        if failing is None:
            return np.zeros((0, len(who)), np.bool_)
        return struck(failing, self._chance, week, who, self.people.count)

    def _experience(
        self,
        who: Indices,
        minds: Minds,
        luck: NDArray[np.uint16],
        service: Service,
        incident: Incident | None,
        failed: NDArray[np.bool_] | None = None,
    ) -> Floats:
        """Perceive, compare with what was expected, and remember; gives satisfaction (1–5)."""
        numbers, people = self._numbers, self.people
        met = people.weights.take(who, axis=0) @ service.quality.astype(np.float32)
        met += self._spread[who] * normal_of(luck)
        if service.attention:
            met += np.float32(service.attention) * people.key[who]
        if service.failing is not None and failed is not None:
            lost = (people.weights.take(who, axis=0) @ service.failing.severity.T).T
            met -= (lost * failed).sum(axis=0, dtype=np.float32)
        if self._favour is not None:
            met += self._favour[who]
        met = np.minimum(np.maximum(met, 0.0), 1.0)
        seen = perceived(met, minds.will, minds.should, numbers)
        seen += self._surprise(minds, service.surprise)
        if incident:
            her = who == people.visitor
            seen[her] = minds.will[her] + incident.gap + service.promise
        patient = 1 - numbers.tolerance_loyalty / 2 + numbers.tolerance_loyalty * minds.loyalty
        promised = minds.will + service.promise
        level = satisfaction(seen, promised, numbers, self._rule, patient)
        self._remember(minds, met, level)
        return level

    def _surprise(self, minds: Minds, given: float) -> Floats:
        """What nobody asked for delights until one is used to it; then only its lack is felt
        (Kano 1984: attractive quality turns into must-be)."""
        numbers, used = self._numbers, minds.habit
        lack = numbers.surprise_gain * given + numbers.surprise_loss * (1 - given)
        felt = numbers.surprise_gain * given - lack * used
        minds.habit += (1 - 0.5 ** (1 / numbers.surprise_half_life_visits)) * (given - used)
        return felt

    def _remember(self, minds: Minds, met: Floats, level: Floats) -> None:
        """Expectation follows experience; what is due follows the best seen, and hardly fades."""
        numbers = self._numbers
        forgotten = numbers.should_fade * np.maximum(minds.should - met, 0.0)
        minds.should[:] = next_should(minds.should, met, numbers) - forgotten
        minds.will[:] = next_will(minds.will, met, numbers)
        self._weigh(minds, level)

    def _weigh(self, minds: Minds, level: Floats) -> None:
        """What was lived through moves satisfaction, the opinion of the house, and loyalty."""
        numbers, liked = self._numbers, 0.25 * (level - 1.0)
        minds.satisfaction += 0.5 * (level - minds.satisfaction)
        minds.opinion += numbers.own_experience * (liked - minds.opinion)
        minds.loyalty += numbers.loyalty_rate * (liked - minds.loyalty)

    # -- beside the visits ----------------------------------------------------------------------

    def live_through(self, who: Indices, gap: float, tells: float) -> None:
        """These people live through something that is no visit, and some of them speak of it.

        ``gap`` is what they perceive less what they expected; a failure is remembered.
        """
        if not gap:
            return
        people, numbers, count = self.people, self._numbers, self.people.count
        minds = people.minds(who)
        patient = 1 - numbers.tolerance_loyalty / 2 + numbers.tolerance_loyalty * minds.loyalty
        level = satisfaction(minds.will + np.float32(gap), minds.will, numbers, self._rule, patient)
        self._weigh(minds, level)
        people.remember(who, minds)
        people.failed_week[who[level <= numbers.talk_bad_at]] = self._week
        luck = self._chance.uniform("card", self._week, count, occasion=1)[who] / max(tells, _RARE)
        share = numbers.told_good if gap > 0 else numbers.told_bad
        told = tellings(people, who, luck, share)[1]
        nobody = told[:0]
        hear(people, *((told, nobody) if gap > 0 else (nobody, told)), numbers)

    def rumour(self, praised: float, blamed: float) -> None:
        """Such shares of all people hear of something that was done, as a good or a bad word."""
        luck = self._chance.uniform("card", self._week, self.people.count, occasion=2)
        good, bad = (luck < praised).nonzero()[0], (luck > 1 - blamed).nonzero()[0]
        hear(self.people, good.astype(np.int32), bad.astype(np.int32), self._numbers)

    def favour(self, who: Indices, quality: float, weeks: int | None) -> None:
        """These people meet so much more quality in every visit, for ever or for some weeks."""
        if quality:
            until = None if weeks is None else self._week + weeks
            self._favours.append((until, who, quality))
            self._add_up_favours()

    def _end_favours(self, week: int) -> None:
        kept = [each for each in self._favours if each[0] is None or each[0] > week]
        if len(kept) < len(self._favours):
            self._favours = kept
            self._add_up_favours()

    def _add_up_favours(self) -> None:
        self._favour = np.zeros(self.people.count, np.float32) if self._favours else None
        for _, who, quality in self._favours:
            self._favour[who] += np.float32(quality)  # type: ignore[index]

    # -- speaking up --------------------------------------------------------------------------

    def _complain(
        self,
        week: int,
        who: Indices,
        minds: Minds,
        level: Floats,
        speaks: Floats,
        then: Floats,
        service: Service,
    ) -> tuple[int, Indices, Indices]:
        """How many complain; who (by place among those who came) stays unhappy; who leaves.

        Putting right lifts satisfaction, at once more than late; a second failure soon after
        the first is not forgiven (Maxham & Netemeyer 2002); the memory of failure stays.
        """
        numbers, people = self._numbers, self.people
        bad = (level <= numbers.talk_bad_at).nonzero()[0]
        them = who[bad]
        fate, luck = self._fate(week, them, speaks[bad], then[bad], service)
        people.failed_week[them] = week
        minds.satisfaction[bad] = np.maximum(minds.satisfaction[bad], self._lifted[fate])
        hazard = numbers.leave_after_bad * (1 - minds.loyalty[bad]) * self._leaving[fate]
        gone = them[people.customer[them] & (luck < hazard)]
        return int(np.count_nonzero(fate)), bad[fate < _LATE], gone

    def _fate(
        self, week: int, them: Indices, speaks: Floats, then: Floats, service: Service
    ) -> tuple[Indices, Floats]:
        """What becomes of the disappointed, and the luck that is left over from it, 0 to 1."""
        numbers = self._numbers
        share = min(numbers.recovery_share * service.solved, 1.0)
        fast = share * service.fast
        complains = speaks < min(numbers.complaint_share * service.channel, 0.95)
        forgives = week - self.people.failed_week[them] > numbers.second_failure_week
        hopeful = complains & forgives
        at_once = hopeful & (then < fast)
        fate = 0 + complains + hopeful + (hopeful & (then < share)) + at_once
        low = np.array([0, 0, share, fast, 0])[fate]
        high = np.array([1, 1, 1, share, fast])[fate]
        return fate, (then - low) / (high - low)


def _ratio(now: float, usual: float) -> float:
    return now / usual if usual > 0 else 1.0
