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
from crmsim.week import Lot

ENGINES = ("numpy", "numba")


class Engine(NamedTuple):
    """The steps of a week that take longest, each with the signature of the usual one."""

    raw: Callable[..., Any]
    raw_at: Callable[..., Any]
    meet: Callable[..., Any]
    live: Callable[..., Any]
    talk: Callable[..., Any]
    fade: Callable[..., Any]


def raw(chance: Chance, cause: str, week: int, count: int) -> NDArray[np.uint64]:
    """So many times 64 random bits."""
    return chance.raw(cause, week, count)


def raw_at(
    chance: Chance, cause: str, week: int, count: int, places: Indices
) -> NDArray[np.uint64]:
    """64 random bits for the people in these places, of so many; the others' are left aside."""
    return chance.raw(cause, week, count).take(places)


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
        talk, fade = word_of_mouth.talk, word_of_mouth.fade
        return Engine(raw, raw_at, meet, visits.live, talk, fade)
    from crmsim import compiled

    return Engine(*(getattr(compiled, step) for step in Engine._fields))
