"""Whose time has come in a week, and the luck with which: drawn before anything is decided.

Nothing here depends on what house or people do, only on the seed, the week and the person.
"""

from __future__ import annotations

from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.chance import Chance, normal_of
from crmsim.engine import Engine
from crmsim.people import Floats, People
from crmsim.week import Lot

if TYPE_CHECKING:
    from crmsim.scenario.market import MarketScenario

MOST_OFTEN = 0.4
"""Nobody visits oftener in a week, on average."""

MOST_WEEKS = 13
DRAWN_AT_ONCE = 130_000
"""Draws of one kind that are worked on together: as many as fit into a processor's cache."""

MOST_TOWNS = 4
MOST_KEPT = 500_000
"""A town whose size times quarters is larger does not keep what was drawn for earlier ones."""

_UINT32 = 2**32


class Rates(NamedTuple):
    """How often people visit, against how they are; and the share whom a rival tempts in a week."""

    often: float
    pull_week: float


class Occasions:
    """Visits, purchases and temptations, a lot a week.

    One draw a person decides: the lowest are visits, the highest are purchases, and next to them
    lie the temptations. Where in its span a draw fell is even, so it decides what follows too.
    """

    def __init__(self, people: People, chance: Chance) -> None:
        self._people, self._chance = people, chance
        self._need_from = ((1 - people.need_week.astype(np.float64)) * _UINT32).astype(np.uint32)
        self._weeks = min(max(DRAWN_AT_ONCE // max(people.count, 1), 1), MOST_WEEKS)
        self._drawn: dict[tuple[int, Rates], list[Lot]] = {}

    def week(self, week: int, rates: Rates, engine: Engine, surely: int | None = None) -> Lot:
        """The lot of a week; who comes ``surely`` is not tempted."""
        if surely is not None:
            return self._draw(range(week, week + 1), rates, engine, surely)[0]
        first = week - week % self._weeks
        lots = self._drawn.get((first, rates))
        if lots is None:
            lots = self._draw(range(first, first + self._weeks), rates, engine)
            most = max(MOST_KEPT // max(self._people.count, 1), 1)
            _keep(self._drawn, (first, rates), lots, most)
        return lots[week - first]

    def _draw(
        self, weeks: range, rates: Rates, engine: Engine, surely: int | None = None
    ) -> list[Lot]:
        """The lots of some weeks, all worked on at once: few large steps, not many small ones."""
        people = self._people
        rate = np.minimum(people.rate_week * np.float32(rates.often), np.float32(MOST_OFTEN))
        visit_below = (rate * _UINT32).astype(np.uint32)
        need_from = self._need_from
        if surely is not None:
            need_from = need_from.copy()
            visit_below[surely] = need_from[surely] = _UINT32 - 1
        pull_span = rates.pull_week * _UINT32
        pull_from = need_from - np.uint32(pull_span)
        who, ends, lot, bits = engine.draw(self._chance, weeks, visit_below, pull_from)
        needs = lot >= need_from.take(who)
        may_come = needs | (lot < visit_below.take(who))
        come, needy, pulled = (each.nonzero()[0] for each in (may_come, needs, ~may_come))
        shoppers, rivals = who.take(needy), who.take(pulled)
        shop_lot = lot.take(needy) - need_from.take(shoppers)
        shop_lot = shop_lot / (people.need_week.take(shoppers) * _UINT32)
        rival_lot = (lot.take(pulled) - pull_from.take(rivals)) / max(pull_span, 1.0)
        shop, who, luck = come.searchsorted(needy), who.take(come), _luck(bits.take(come))
        starts = np.concatenate([[0], ends])
        cuts = zip(
            *(pairwise(each.searchsorted(starts)) for each in (come, needy, pulled)), strict=True
        )
        return [
            Lot(
                people=who[a:b],
                luck=luck[:, a:b],
                shop=shop[c:d] - a,
                shop_lot=shop_lot[c:d],
                rivals=rivals[e:f],
                rival_lot=rival_lot[e:f],
            )
            for (a, b), (c, d), (e, f) in cuts
        ]


def _luck(bits: NDArray[np.uint64]) -> Floats:
    """The four rows of luck of those who may come: a normal value, and three lots from 0 to 1."""
    four = bits.view(np.uint16).reshape(-1, 4)
    luck = np.empty((4, len(bits)), np.float32)
    luck[0] = normal_of(four[:, 0])
    np.multiply(four.T[1:], np.float32(2**-16), out=luck[1:])
    return luck


def settle(scenario: MarketScenario, chance: Chance) -> tuple[People, Occasions]:
    """The people of a town at the start, and what chance has in store for them.

    Levers and ways of serving change neither, so runs of one seed that differ only in these share
    what was drawn. The people are one's own to live with.
    """
    if scenario.people > MOST_KEPT // MOST_WEEKS:
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
