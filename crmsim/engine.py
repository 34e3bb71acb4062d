"""Which engine works through a week: NumPy, or an optional compiled one with the same numbers.

The environment variable ``CRMSIM_ENGINE`` names it: ``numpy`` (the usual one) or ``numba``, after
``pip install crmsim[fast]``. The first run ever of the compiled one takes some seconds.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim import visits, word_of_mouth
from crmsim.chance import Chance
from crmsim.people import Indices, People
from crmsim.week import Drawn, Lot

ENGINES = ("numpy", "numba")


class Engine(NamedTuple):
    """The steps of a week that take longest, each with the signature of the usual one."""

    draw: Callable[..., Any]
    meet: Callable[..., Any]
    live: Callable[..., Any]
    talk: Callable[..., Any]


def draw(
    chance: Chance, weeks: range, below: NDArray[np.uint32], above: NDArray[np.uint32]
) -> Drawn:
    """Whose draw lies under her ``below``, or from her ``above`` on, in each of these weeks."""
    count = len(below)
    lots = [chance.bits("occasion", week, count, 32) for week in weeks]
    people = [((lot < below) | (lot >= above)).nonzero()[0] for lot in lots]
    luck = [
        chance.raw("visit", week, count).take(who) for week, who in zip(weeks, people, strict=True)
    ]
    return Drawn(
        np.concatenate(people),
        np.cumsum([len(who) for who in people]),
        np.concatenate([lot.take(who) for lot, who in zip(lots, people, strict=True)]),
        np.concatenate(luck),
    )


def meet(
    people: People, lot: Lot, chance_to_buy: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], Indices, Indices, Indices]:
    """Who of a lot comes, who buys, who of these is new, and who goes elsewhere.

    Customers visit, shoppers buy here or elsewhere; loyalty makes immune to rivals (C-04, C-08).
    """
    shoppers, rivals = lot.people.take(lot.shop), lot.rivals
    own, buys = people.customer.take(shoppers), lot.shop_lot < chance_to_buy
    comes = people.customer.take(lot.people)
    comes[lot.shop] = buys
    lured = people.customer.take(rivals) & (lot.rival_lot < 1 - people.loyalty.take(rivals))
    lost = np.concatenate([shoppers[own > buys], rivals[lured]])
    return comes, shoppers[buys], shoppers[buys > own], lost


def engine(name: str | None = None) -> Engine:
    """The engine of that name, or the one that the environment names.

    Examples
    --------
    >>> engine("numpy").live.__module__
    'crmsim.visits'
    """
    name = name or os.environ.get("CRMSIM_ENGINE", ENGINES[0])
    if name not in ENGINES:
        raise ValueError(f"CRMSIM_ENGINE = {name!r}: there are: {', '.join(ENGINES)}")
    if name == "numpy":
        return Engine(draw, meet, visits.live, word_of_mouth.talk)
    from crmsim import compiled

    return Engine(*(getattr(compiled, step) for step in Engine._fields))
