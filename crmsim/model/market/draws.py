"""Draws of a week: the people whose time has come, and their luck, before anything is decided.

Nothing here depends on what the firm or people do, only on the seed, the week and the person.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.common.arrays import Indices, Singles
from crmsim.common.chance import Chance, normal_of
from crmsim.model.market.people import People
from crmsim.model.market.week import WeekDraws

if TYPE_CHECKING:
    from crmsim.scenario.market import MarketScenario

MOST_OFTEN = 0.4
"""Nobody visits oftener in a week, on average."""

MOST_WEEKS = 13
DRAWN_AT_ONCE = 130_000
"""Draws of one kind that are worked on together: as many as fit into a processor's cache."""

MOST_TOWNS = 4
MOST_DRAWS_KEPT = 500_000
"""A town whose size times quarters is larger does not keep what was drawn for earlier ones."""

_UINT32 = 2**32


class Rates(NamedTuple):
    """Visits as a multiple of each person's rate, and the share whom a rival tempts in a week."""

    often: float
    pull_week: float


class Spans(NamedTuple):
    """Meaning of a draw of 32 bits for each person.

    Below ``visit_below`` it is a visit, from ``need_from`` on a purchase, and in the ``pull`` draws
    from ``pull_from`` on a temptation.
    """

    visit_below: NDArray[np.uint32]
    pull_from: NDArray[np.uint32]
    need_from: NDArray[np.uint32]
    need_week: Singles
    pull: float


DrawWeeks = Callable[[Chance, range, Spans], list[WeekDraws]]


class Occasions:
    """Visits, purchases and temptations, a lot a week.

    One draw a person decides: the lowest are visits, the highest are purchases, and next to them
    lie the temptations. Where in its span a draw fell is even, so it decides what follows too.
    """

    def __init__(self, people: People, chance: Chance) -> None:
        self._people, self._chance = people, chance
        self._need_from = ((1 - people.need_week.astype(np.float64)) * _UINT32).astype(np.uint32)
        self._weeks = min(max(DRAWN_AT_ONCE // max(people.count, 1), 1), MOST_WEEKS)
        self._drawn: dict[tuple[int, Rates], list[WeekDraws]] = {}

    def week(
        self, week: int, rates: Rates, draw_weeks: DrawWeeks, surely: int | None = None
    ) -> WeekDraws:
        """Return the draws of a week; a person who comes ``surely`` is not tempted by a rival."""
        if surely is not None:
            spans = self._spans(rates, surely)
            return draw_weeks(self._chance, range(week, week + 1), spans)[0]
        first = week - week % self._weeks
        lots = self._drawn.get((first, rates))
        if lots is None:
            weeks = range(first, first + self._weeks)
            lots = draw_weeks(self._chance, weeks, self._spans(rates))
            most = max(MOST_DRAWS_KEPT // max(self._people.count, 1), 1)
            _keep(self._drawn, (first, rates), lots, most)
        return lots[week - first]

    def _spans(self, rates: Rates, surely: int | None = None) -> Spans:
        people, need_from = self._people, self._need_from
        rate = np.minimum(people.rate_week * np.float32(rates.often), np.float32(MOST_OFTEN))
        visit_below = (rate * _UINT32).astype(np.uint32)
        if surely is not None:
            need_from = need_from.copy()
            visit_below[surely] = need_from[surely] = _UINT32 - 1
        pull = rates.pull_week * _UINT32
        return Spans(visit_below, need_from - np.uint32(pull), need_from, people.need_week, pull)


def draw_weeks(chance: Chance, weeks: range, spans: Spans) -> list[WeekDraws]:
    """Draw several weeks at once, in few large steps instead of many small ones.

    Parameters
    ----------
    chance
        The luck of the run.
    weeks
        The weeks that are drawn, from 0.
    spans
        The spans of a lot in which a person visits, buys, or is tempted.

    Returns
    -------
    list of WeekDraws
        One for each week, in order.
    """
    who, ends, lot, bits = _occasions(chance, weeks, spans)
    needs = lot >= spans.need_from.take(who)
    may_come = needs | (lot < spans.visit_below.take(who))
    come, needy, pulled = (each.nonzero()[0] for each in (may_come, needs, ~may_come))
    shoppers, rivals = who.take(needy), who.take(pulled)
    shop_lot = lot.take(needy) - spans.need_from.take(shoppers)
    shop_lot = shop_lot / (spans.need_week.take(shoppers) * _UINT32)
    rival_lot = (lot.take(pulled) - spans.pull_from.take(rivals)) / max(spans.pull, 1.0)
    shop, who, luck = come.searchsorted(needy), who.take(come), _luck(bits.take(come))
    starts = np.concatenate([[0], ends])
    cuts = zip(
        *(pairwise(each.searchsorted(starts)) for each in (come, needy, pulled)), strict=True
    )
    return [
        WeekDraws(
            people=who[a:b],
            luck=luck[:, a:b],
            shop=shop[c:d] - a,
            shop_lot=shop_lot[c:d],
            rivals=rivals[e:f],
            rival_lot=rival_lot[e:f],
        )
        for (a, b), (c, d), (e, f) in cuts
    ]


def _occasions(
    chance: Chance, weeks: range, spans: Spans
) -> tuple[Indices, Indices, NDArray[np.uint32], NDArray[np.uint64]]:
    """Return the people who have an occasion, in the order of the weeks.

    The other arrays are: where each week ends, the draw that decided, and bits for what follows.
    """
    count = len(spans.need_from)
    lots = [chance.bits("occasion", week, count, 32) for week in weeks]
    people = [((lot < spans.visit_below) | (lot >= spans.pull_from)).nonzero()[0] for lot in lots]
    luck = [
        chance.raw("visit", week, count).take(who) for week, who in zip(weeks, people, strict=True)
    ]
    return (
        np.concatenate(people),
        np.cumsum([len(who) for who in people]),
        np.concatenate([lot.take(who) for lot, who in zip(lots, people, strict=True)]),
        np.concatenate(luck),
    )


def _luck(bits: NDArray[np.uint64]) -> Singles:
    """Return four rows of luck of those who may come: a normal value, three lots from 0 to 1."""
    four = bits.view(np.uint16).reshape(-1, 4)
    luck = np.empty((4, len(bits)), np.float32)
    luck[0] = normal_of(four[:, 0])
    np.multiply(four.T[1:], np.float32(2**-16), out=luck[1:])
    return luck


def settle(scenario: MarketScenario, chance: Chance) -> tuple[People, Occasions]:
    """Return the people of a town at the start, and what chance has in store for them.

    Levers and ways of serving change neither, so runs of one seed that differ only in these share
    what was drawn. The people are one's own to live with.
    """
    if scenario.people > MOST_DRAWS_KEPT // MOST_WEEKS:
        people = People(scenario, chance)
        return people, Occasions(people, chance)
    parameters = tuple(sorted(scenario.parameters.items()))
    key = (chance.seed, scenario.people, scenario.weights, scenario.quality, parameters)
    town = _towns.get(key)
    if town is None:
        people = People(scenario, chance)
        town = people, Occasions(people, chance)
        _keep(_towns, key, town, MOST_TOWNS)
    people, occasions = town
    return people.anew(), occasions


def _keep(kept: dict[Any, Any], key: Any, value: Any, most: int) -> None:
    """Keep the last ones; runs may go on side by side in threads."""
    with _keeping:
        kept[key] = value
        while len(kept) > most:
            del kept[next(iter(kept))]


def forget_towns() -> None:
    """Keep nothing of what was drawn so far."""
    _towns.clear()


_keeping = Lock()
_towns: dict[tuple[Any, ...], tuple[People, Occasions]] = {}
