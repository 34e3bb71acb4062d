"""A week of the people of a Market, in the order in which a customer meets it.

Those whose time has come visit or buy; each perceives, compares and remembers; some complain,
some leave, some tell, and those who are told change their minds. Only those to whom something
happens are gathered and worked on.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from crmsim.common.arrays import Indices, Singles
from crmsim.common.calendar import WEEKS_YEAR
from crmsim.common.chance import Chance
from crmsim.common.sums import dot
from crmsim.model.equations import RARE, remember, satisfaction_with, told_by_each, visit_terms
from crmsim.model.market.compiled.engine import engine
from crmsim.model.market.draws import Rates, settle
from crmsim.model.market.failures import severity_of, struck
from crmsim.model.market.flights import turned_away
from crmsim.model.market.people import People
from crmsim.model.market.shopping import Arrivals, chance_to_buy
from crmsim.model.market.visits import EVERYBODY, DecidedVisit, Lived
from crmsim.model.market.week import Guests, Service, Week, WeekDraws, nobody
from crmsim.model.market.word_of_mouth import Tellings, hear, tellings
from crmsim.scenario.market import Incident, MarketScenario


class Customers:
    """The customers' side of a market; ``people`` holds their state."""

    def __init__(self, scenario: MarketScenario, chance: Chance) -> None:
        self._engine = engine()
        self.people, self._occasions = settle(scenario, chance)
        self._usual, self._rule, self._chance = scenario.numbers, scenario.rule, chance
        # What each failure takes from a visit of each person, as the dimensions matter to her.
        severity = severity_of(scenario.failures)
        self._taken = np.einsum("pd,md->mp", self.people.weights, severity)
        self._favours: list[tuple[int | None, Indices, float]] = []
        self._favour: Singles | None = None
        self._week = 0
        self._read(scenario.numbers)

    def under(self, numbers: SimpleNamespace) -> None:
        """From now on these numbers are in force."""
        if numbers is not self._numbers:
            self._read(numbers)

    def _read(self, numbers: SimpleNamespace) -> None:
        """Work out what follows from the numbers alone."""
        self._numbers = numbers
        usual = self._usual.visits_year
        often = numbers.visits_year / usual if usual > 0 else 1.0
        self._how_often = Rates(often, min(numbers.competitor_pull_year / WEEKS_YEAR, 0.1))

    def usual_flows(self) -> tuple[float, float, float]:
        """Return the visits, shoppers and purchases to expect of a week, as people are now.

        Shoppers who make work are those who look here: customers, whether they buy here or not, and
        of the others those who buy.
        """
        people = self.people
        visits = float(people.rate_week[people.customer].sum(dtype=np.float64))
        everybody = np.arange(people.count)
        buys = chance_to_buy(people, everybody, 0, 0.0, self._usual)
        look = np.where(people.customer, 1.0, buys)
        return visits, float(dot(look, people.need_week)), float(dot(buys, people.need_week))

    def week(self, week: int, service: Service, incident: Incident | None) -> Week:
        """Let a week pass for everybody, and return what happened."""
        people, numbers = self.people, self._numbers
        self._end_favours(week)
        surely = people.visitor if incident else None
        lot = self._occasions.week(week, self._how_often, self._engine.draw_weeks, surely)
        self._week = week + 1
        looking = int(np.count_nonzero(people.customer.take(lot.people.take(lot.shop))))
        if self._engine.ordinary and self._ordinary(service, incident):
            happened = self._engine.ordinary(people, lot, week, service, numbers, self._rule)
            return self._summed(looking, *happened)
        coming = self._engine.arrive(people, lot, week, service.promise, numbers)
        if incident:
            coming = self._come_surely(lot, coming, incident)
        away, wanted = 0.0, nobody()
        if service.seats < np.inf:
            coming, away, wanted = self._seat(week, lot, coming, service.seats)
        places = coming.comes.nonzero()[0]
        who, luck = lot.people.take(places), lot.luck.take(places, axis=1)
        people.customer[coming.joined] = True
        failed = None
        if service.failing is not None:
            failed = struck(service.failing, self._chance, week, who, people.count)
        guests = Guests(who, luck, coming.buyers, self._beside(who, service, failed))
        decided = self._decide(incident, guests) if incident else None
        sales, lived = self._engine.serve(
            people, guests, week, service, numbers, self._rule, decided
        )
        left = np.concatenate([coming.lost, lived.gone])
        people.customer[left] = False
        talk = self._engine.talk(people, who, lived.satisfaction, lived.unhappy, luck[3], numbers)
        happened = self._summed(looking, coming, who, sales, lived, left, talk)
        happened.turned_away, happened.wanted = away, wanted
        if failed is not None:
            happened.struck, happened.failed = failed, failed.sum(axis=1)
        return happened

    def _summed(
        self,
        looking: int,
        coming: Arrivals,
        who: Indices,
        sales: Singles,
        lived: Lived,
        left: Indices,
        talk: tuple[Tellings, Tellings],
    ) -> Week:
        """Return a week in which these came, paid, lived through this, left, and talked.

        ``looking`` are the customers who had a purchase to make, and so looked here first.
        """
        praise, warnings = talk
        return Week(
            people=who,
            satisfaction=lived.satisfaction,
            sales=sales,
            takings=float(np.add.reduce(sales, dtype=np.float64)),
            buyers=coming.buyers,
            shoppers=looking + len(coming.joined),
            joined=coming.joined,
            left=left,
            complaints=int(np.count_nonzero(lived.fates)),
            unhappy=len(lived.unhappy),
            disappointed=lived.disappointed,
            fates=lived.fates,
            key_visits=int(np.count_nonzero(self.people.key.take(who))),
            praise=praise,
            warnings=warnings,
        )

    def _ordinary(self, service: Service, incident: Incident | None) -> bool:
        """Return True if nobody is treated in a way of her own this week."""
        plain = service.failing is None and service.seats == np.inf and not service.attention
        return plain and incident is None and self._favour is None

    # -- coming and buying --------------------------------------------------------------------

    def _come_surely(self, lot: WeekDraws, coming: Arrivals, incident: Incident) -> Arrivals:
        """She who has the visit that was decided elsewhere comes, and buys if she did."""
        her = self.people.visitor
        coming.comes[lot.people == her] = True
        if not incident.buys:
            return coming
        buyers = np.sort(np.append(coming.buyers, her))
        return coming._replace(buyers=buyers, joined=np.append(coming.joined, her))

    def _seat(
        self, week: int, lot: WeekDraws, coming: Arrivals, seats: float
    ) -> tuple[Arrivals, float, Indices]:
        """Seat those who come; return them, the share turned away, and all who wanted to come."""
        comes, buyers, joined, lost = coming
        wanted = lot.people[comes]
        away = turned_away(float(np.count_nonzero(comes)), seats, self._numbers.seats_spread)
        luck = self._chance.uniform("seat", week, self.people.count).take(lot.people)
        seated = (luck >= away) & (luck > _beyond(luck[comes], seats))
        buyers, joined = (
            who[seated.take(lot.people.searchsorted(who))] for who in (buyers, joined)
        )
        return Arrivals(comes & seated, buyers, joined, lost), away, wanted

    def _decide(self, incident: Incident, guests: Guests) -> DecidedVisit:
        """Let happen what was decided elsewhere for her who has the visit."""
        visitor, (_, speaks, _, talks) = self.people.visitor, guests.luck
        assert visitor is not None
        her = guests.who == visitor
        speaks[her] = 0 if incident.complains else 1
        talks[her] = 0 if incident.tells else np.inf
        pays = incident.buys or bool(self.people.customer[visitor])
        return DecidedVisit(visitor, incident.gap, pays)

    def _beside(
        self, who: Indices, service: Service, failed: NDArray[np.bool_] | None
    ) -> Singles | None:
        """Return the quality that particular visitors meet beyond the usual.

        These are key customers, the second tier that sees how they are looked after, people whom
        a failure struck, and people who enjoy a favour.
        """
        people, beside = self.people, None
        if service.attention:
            beside = np.float32(service.attention) * people.key.take(who)
            if service.resented:
                beside -= np.float32(service.resented) * people.second.take(who)
        if failed is not None:
            lost = (self._taken.take(who, axis=1) * failed).sum(axis=0, dtype=np.float32)
            beside = -lost if beside is None else beside - lost
        if self._favour is not None:
            favour = self._favour.take(who)
            beside = favour if beside is None else beside + favour
        return beside

    # -- beside the visits ----------------------------------------------------------------------

    def live_through(self, who: Indices, gap: float, tells: float) -> None:
        """Let these people live through something other than a visit; some of them speak of it.

        ``gap`` is what they perceive less what they expected; a failure is remembered.
        """
        if not gap:
            return
        people, numbers = self.people, self._numbers
        minds, terms = people.minds(who), visit_terms(numbers, self._rule)
        level = satisfaction_with(minds, EVERYBODY, minds.will + np.float32(gap), terms)
        remember(minds, EVERYBODY, level, terms)
        people.remember(who, minds)
        people.failed_week[who[level <= terms.bad_at]] = self._week
        spoken = speaking(people, self._chance, self._week, who, gap, tells, numbers)
        told = spoken.told.ravel()
        nobody = told[:0]
        hear(people, *((told, nobody) if gap > 0 else (nobody, told)), numbers)

    def rumour(self, praised: float, blamed: float) -> None:
        """Such shares of all people hear of something that was done, as a good or a bad word."""
        good, bad = hearing(self._chance, self._week, self.people.count, praised, blamed)
        hear(self.people, good.astype(np.int32), bad.astype(np.int32), self._numbers)

    def favour(self, who: Indices, quality: float, weeks: int | None) -> None:
        """Let these people meet so much more quality in visits, for some weeks (None: for ever)."""
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


def speaking(
    people: People,
    chance: Chance,
    week: int,
    who: Indices,
    gap: float,
    tells: float,
    numbers: SimpleNamespace,
) -> Tellings:
    """Let some of the people who live through something other than a visit speak of it.

    Parameters
    ----------
    people
        The people of the market.
    chance
        The luck of the run.
    week
        The week, from 0.
    who
        The people who live through it.
    gap
        Perceived less expected quality, on the scale from 0 to 1.
    tells
        The share of them who speak.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    Tellings
        The speakers, and the people each of them tells.
    """
    luck = chance.uniform("card", week, people.count, occasion=1)[who] / max(tells, RARE)
    share = numbers.told_good if gap > 0 else numbers.told_bad
    return tellings(people, who, luck, told_by_each(share))


def hearing(
    chance: Chance, week: int, count: int, praised: float, blamed: float
) -> tuple[Indices, Indices]:
    """Return the people (of `count`) who hear a good word, and those who hear a bad one.

    ``praised`` and ``blamed`` are the shares who hear one.

    Parameters
    ----------
    chance
        The luck of the run.
    week
        The week, from 0.
    count
        The number of people.
    praised, blamed
        The shares of them (0–1) who hear a good word, and a bad one.

    Returns
    -------
    tuple of arrays
        Indices of the people who hear a good word, and of those who hear a bad one.
    """
    luck = chance.uniform("card", week, count, occasion=2)
    return (luck < praised).nonzero()[0], (luck > 1 - blamed).nonzero()[0]


def _beyond(luck: Singles, seats: float) -> float:
    """Return the luck up to which no seat is left; the luckiest are seated first."""
    beyond = min(len(luck) - math.floor(seats), len(luck))
    return float(np.sort(luck)[beyond - 1]) if beyond > 0 else -1.0
