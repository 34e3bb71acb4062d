"""The expected week of a market's people: what they do on average, with no luck in it.

Each kind of people stands for many alike, part of them customers; each of those who come meets a
spread of good and bad visits, all at once. Satisfaction, memory, buying and leaving are the
Market's own (``customers``, ``visits``); only its draws are replaced by their
chances. Anybody may hear of the firm: the network is mixed.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np

from crmsim.common.arrays import Doubles, Indices
from crmsim.common.calendar import WEEKS_YEAR
from crmsim.common.chance import Chance, normal_of
from crmsim.common.sums import dot
from crmsim.model.equations import (
    VisitTerms,
    awareness_after,
    faded,
    learn,
    likely_to_praise,
    opinion_after,
    perceive,
    recovery,
    remember,
    satisfaction_with,
    spent,
    talk_terms,
    told_by_each,
    visit_terms,
    wish_to_leave,
)
from crmsim.model.market.customers import Customers
from crmsim.model.market.shopping import chance_to_buy
from crmsim.model.market.visits import EVERYBODY, meets, of_visits
from crmsim.model.market.week import Service
from crmsim.scenario.market import MarketScenario

VISITS = 24
"""Equally likely visits, from bad to good, that each kind of people meets at once."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Expected acts of a market's people in a week; ``sales`` and ``gross`` in currency."""

    came: float
    bought: float
    shoppers: float
    complaints: float
    unhappy: float
    key_visits: float
    customers: float
    evaluation: float
    sales: float
    gross: float


class Crowd(Customers):
    """The people of a market by kinds, each a share of customers and a share of others.

    Parameters
    ----------
    scenario
        The market; as many kinds are drawn as it has people.
    scale
        How many people each kind stands for.
    """

    def __init__(self, scenario: MarketScenario, seed: int = 0, scale: float = 1.0) -> None:
        super().__init__(scenario, Chance(seed))
        kinds = self.people
        self._kinds, self._scale = kinds.count, scale
        share = np.full(kinds.count, self._numbers.customers_at_start)
        self.share = np.concatenate([share, 1 - share])
        numbers = self._numbers
        both = np.tile(kinds.held.astype(np.float64), 2)
        forgotten = np.zeros((2, 2 * kinds.count))
        self._held = np.vstack([both, forgotten])
        people = self.people = copy(kinds)
        people.count = 2 * kinds.count
        for name in ("rate_week", "value", "need_week", "key", "evenness"):
            setattr(people, name, np.tile(getattr(kinds, name), 2))
        people.weights = np.tile(kinds.weights, (2, 1))
        people.customer = np.repeat([True, False], kinds.count)
        bits = ((np.arange(VISITS) + 0.5) / VISITS * 2**16).astype(np.uint16)
        self._luck = normal_of(bits)
        self._pull_week = min(numbers.competitor_pull_year / WEEKS_YEAR, 0.1)
        self.adapting = True

    def expected_week(self, service: Service) -> Flow:
        """Let a week pass for everybody, and return the expected acts of the people.

        Parameters
        ----------
        service
            What the firm delivers in this week.
        """
        people, numbers, share = self.people, self._numbers, self.share
        terms = visit_terms(*of_visits(people, service, numbers, self._rule))
        # A copied crowd shares no state: its people must look at its own array.
        people.hold(self._held[:7])
        everybody = np.arange(people.count)
        remembered, failed_lately = self._held[7:]
        half = numbers.failure_half_life_week
        people.failed_week = half * np.log2(np.maximum(remembered, 1e-300))
        buys = chance_to_buy(people, everybody, 0, service.promise, numbers)
        visits = share * people.customer * np.minimum(people.rate_week, 0.4)
        bought = share * people.need_week * buys
        came = visits + bought
        before = people.minds(everybody)
        takings = float(dot(visits, spent(people.value, people.loyalty, terms)))
        lured = share * people.customer * self._pull_week * (1 - before.loyalty)
        lost = share * people.customer * people.need_week * (1 - buys) + lured
        level, bad, after = self._visit(everybody, service, terms)
        chances = self._chances(failed_lately, service)
        gone = wish_to_leave(after[4], dot(chances.T, terms.wish_left), terms) * bad
        sad = bad * chances[:3].sum(axis=0)
        praise = self._share_above(level, numbers.talk_good_at)
        praise = praise * np.minimum(likely_to_praise(after[4], talk_terms(numbers)), 1)
        self._move(came, lost, gone, after)
        self._hear(dot(came, praise), dot(came, sad))
        purchases = float(bought.sum()) * numbers.purchase_value
        gross = takings * numbers.visit_margin + purchases * numbers.purchase_margin
        scale = self._scale
        return Flow(
            came=scale * float(came.sum()),
            bought=scale * float(bought.sum()),
            shoppers=scale
            * float(dot(share * np.where(people.customer, 1, buys), people.need_week)),
            complaints=scale * float(dot(came, bad * chances[1:].sum(axis=0))),
            unhappy=scale * float(dot(came, sad)),
            key_visits=scale * float(dot(came, people.key)),
            customers=scale * float(self.share[: self._kinds].sum()),
            evaluation=float(dot(came, level.mean(axis=1))) / max(float(came.sum()), 1e-12),
            sales=scale * (takings + purchases),
            gross=scale * gross,
        )

    def _visit(
        self, everybody: Indices, service: Service, terms: VisitTerms
    ) -> tuple[Doubles, Doubles, Doubles]:
        """Satisfaction by visit, the share disappointed, and what is on minds after it."""
        kinds = len(everybody)
        who = everybody.repeat(VISITS)
        minds = self.people.minds(who)
        met = meets(self.people, who, np.tile(self._luck, kinds), service, terms)
        level = satisfaction_with(minds, EVERYBODY, perceive(minds, EVERYBODY, met, terms), terms)
        learn(minds, EVERYBODY, met, terms)
        remember(minds, EVERYBODY, level, terms)
        level = level.reshape(kinds, VISITS)
        below = _below(level, terms.bad_at)
        remembered, failed_lately = self._held[7:]
        chances = self._chances(failed_lately, service)
        content = minds.satisfaction.reshape(kinds, VISITS)
        lift = np.maximum(terms.lifted_to[:, None, None] - content, 0)
        content += below * np.einsum("fk,fkv->kv", chances, lift)
        after = minds.held.reshape(7, kinds, VISITS).mean(axis=2)
        bad = below.mean(axis=1)
        return (
            level,
            bad,
            np.vstack([after, bad + (1 - bad) * remembered, bad + (1 - bad) * failed_lately]),
        )

    def _chances(self, failed_lately: Doubles, service: Service) -> Doubles:
        """Return the chance of each fate of the disappointed; a second failure is not forgiven."""
        shares = recovery(self._numbers, service.channel, service.solved, service.fast)
        complains, solved, fast = shares.complain, shares.solved, shares.fast
        hopeful = complains * (1 - np.minimum(failed_lately, 1))
        silent = np.full_like(hopeful, 1 - complains)
        fates = (1 - solved, solved - fast, fast)
        return np.vstack([silent, complains - hopeful, *(hopeful * each for each in fates)])

    @staticmethod
    def _share_above(level: Doubles, mark: float) -> Doubles:
        return 1 - _below(level, mark).mean(axis=1)

    def _move(self, came: Doubles, lost: Doubles, gone: Doubles, after: Doubles) -> None:
        """Let customers and others change places, each with what she thinks."""
        kinds, numbers = self._kinds, self._numbers
        stay = self.share - came - lost * self.people.customer
        stay[kinds:] = self.share[kinds:] - came[kinds:]
        kept = came * (1 - gone)
        into = kept[:kinds] + kept[kinds:] + stay[:kinds]
        mind_in = (
            kept[:kinds] * after[:, :kinds]
            + kept[kinds:] * after[:, kinds:]
            + stay[:kinds] * self._held[:, :kinds]
        )
        left = came * gone
        out = left[:kinds] + left[kinds:] + lost[:kinds] + stay[kinds:]
        mind_out = (
            left[:kinds] * after[:, :kinds]
            + left[kinds:] * after[:, kinds:]
            + lost[:kinds] * self._held[:, :kinds]
            + stay[kinds:] * self._held[:, kinds:]
        )
        expected = self._held[:2].copy()
        self.share = np.concatenate([into, out])
        self._held[:] = np.hstack([mind_in, mind_out]) / np.maximum(self.share, 1e-12)
        if not self.adapting:
            self._held[:2] = expected
        self._held[7] *= 0.5 ** (1 / numbers.failure_half_life_week)
        self._held[8] *= 1 - 1 / max(numbers.second_failure_week, 1)

    def _hear(self, praising: float, warning: float) -> None:
        """Let talk fade, and reach anybody with the same chance."""
        numbers, people, terms = self._numbers, self.people, talk_terms(self._numbers)
        good = praising * told_by_each(numbers.told_good) / self._kinds
        bad = numbers.talk_bad * warning * told_by_each(numbers.told_bad) / self._kinds
        rooms = np.exp(-numbers.heard_good * good), np.exp(-numbers.heard_bad * bad)
        opinion = faded(people.opinion, terms.opinion_kept, terms.opinion_added)
        people.opinion[:] = opinion_after(opinion, *rooms)
        room = np.exp(-numbers.heard_awareness * (good + bad))
        awareness = faded(people.awareness, terms.awareness_kept, terms.awareness_added)
        people.awareness[:] = awareness_after(awareness, room)


def _below(level: Doubles, mark: float) -> Doubles:
    """Return the share of each part of the spread that lies below a mark of satisfaction."""
    width = np.maximum(np.gradient(level, axis=1), 1e-9)
    return np.clip((mark - level) / width + 0.5, 0, 1)
