"""Effects of a decision card: on the people it is about, on others, and on those who hear of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmsim.common.arrays import Indices, Singles
from crmsim.common.chance import Chance
from crmsim.model.market.customers import Customers
from crmsim.model.market.people import People
from crmsim.scenario.cards import Card, CardOption, Touch

FREQUENT_SHARE = 0.05
"""The most frequent visitors are this share of all people."""

_FIRST_OCCASION = 3
"""The occasions before it are those of telling and of rumour."""


def touch(customers: Customers, card: Card, option: CardOption, lot: Singles) -> None:
    """Those concerned live through what the option does to them, and some people hear of it."""
    for part, who in touched(customers.people, card, option, lot):
        customers.live_through(who, part.gap, part.tells)
        customers.favour(who, part.each_visit, part.weeks)
    customers.rumour(option.praised, option.blamed)


def touched(
    people: People, card: Card, option: CardOption, lot: Singles
) -> list[tuple[Touch, Indices]]:
    """Return each effect of the option with the people (indices, in order) whom it touches.

    Parameters
    ----------
    people
        The people of the market.
    card, option
        The decision card, and the option taken.
    lot : float32, one for each person
        The order in which people are drawn: the lowest come first.

    Returns
    -------
    list of tuple
        An effect, and the indices of the people.
    """
    them, others = concerned(people, card, lot)
    return [
        (part, np.sort(them if part.whom == "them" else others[: part.people]))
        for part in option.touches
    ]


def lot_of(place: int, chance: Chance, count: int) -> Singles:
    """Return the lot of every person for a card; the people with the lowest lots are drawn.

    Parameters
    ----------
    place
        The place of the card in its scenario, from 0.
    chance
        The luck of the run.
    count
        The number of people.

    Returns
    -------
    array of float32, shape (count,)
        From 0 to 1.
    """
    return chance.uniform("card", 0, count, occasion=_FIRST_OCCASION + place)


def concerned(people: People, card: Card, lot: Singles) -> tuple[Indices, Indices]:
    """Return the people whom the card is about, and all other customers, in the lot's order."""
    pools = {
        "customers": people.customer,
        "key": people.customer & people.key,
        "frequent": people.customer & _frequent(people),
        "strangers": ~people.customer,
    }
    them = _by_lot(pools[card.who], lot)[: card.people]
    others = people.customer.copy()
    others[them] = False
    return them, _by_lot(others, lot)


def _by_lot(pool: NDArray[np.bool_], lot: Singles) -> Indices:
    who = pool.nonzero()[0]
    return who[lot[who].argsort(kind="stable")]


def _frequent(people: People) -> NDArray[np.bool_]:
    most = max(int(FREQUENT_SHARE * people.count), 1)
    if most > people.count:
        return people.customer
    return people.rate_week >= np.partition(people.rate_week, -most)[-most]
