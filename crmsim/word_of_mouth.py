"""Who tells whom of a visit, and what it does to those who are told.

Volume and valence work apart: how much is told makes the house present, praise and warnings move
the opinion of it, each a share of the room that is left (East, Hammond & Lomax 2008).
"""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from crmsim.people import TIES, Floats, Indices, People

_YES = np.array([True])

Tellings = tuple[Indices, NDArray[np.int32], NDArray[np.int8]]


def tellings(
    people: People,
    who: Indices,
    willing: Floats,
    praise: NDArray[np.bool_],
    talks: Floats,
    numbers: SimpleNamespace,
) -> Tellings:
    """Who told whom this week, and whether it was praise (1) or a warning (−1), an entry a telling.

    ``willing`` is the probability to speak of the visit; who speaks reaches a share of her ties,
    from one on that the same luck picks.
    """
    talking = np.flatnonzero(talks < willing)
    tellers, good = who[talking], praise[talking]
    reach = np.where(good, round(numbers.told_good * TIES), round(numbers.told_bad * TIES))
    first = (talks[talking] / willing[talking] * TIES).astype(np.intp)
    ends = np.cumsum(reach)
    teller = np.repeat(np.arange(len(tellers)), reach)
    place = np.arange(len(teller)) + (first - ends + reach)[teller]
    told = people.neighbours(tellers)[teller, place & (TIES - 1)]
    return tellers[teller], told, np.where(good, np.int8(1), np.int8(-1))[teller]


def hear(
    people: People, told: NDArray[np.int32], valence: NDArray[np.int8], numbers: SimpleNamespace
) -> None:
    """What is heard moves opinions and makes the house present."""
    if not len(told):
        return
    heard = 2 * told + (valence < 0)
    heard.sort()
    person, warned = heard >> 1, heard & 1
    starts = np.flatnonzero(np.concatenate([_YES, person[1:] != person[:-1]]))
    bad = np.add.reduceat(warned, starts)
    good = np.add.reduceat(1 - warned, starts)
    who = person[starts].astype(np.intp)
    opinion = 1 - (1 - people.opinion[who]) * _room(numbers.heard_good)[good]
    people.opinion[who] = opinion * _room(numbers.heard_bad)[bad]
    unaware = (1 - people.awareness[who]) * _room(numbers.heard_awareness)[good + bad]
    people.awareness[who] = 1 - unaware


def fade(people: People, numbers: SimpleNamespace) -> None:
    """What was heard fades with the weeks."""
    for held, rest, weeks in (
        (people.opinion, numbers.opinion_at_rest, numbers.opinion_fade_week),
        (people.awareness, numbers.awareness_at_rest, numbers.awareness_fade_week),
    ):
        held *= np.float32(1 - 1 / weeks)
        held += np.float32(rest / weeks)


@lru_cache(maxsize=64)
def _room(share: float) -> Floats:
    """The room that is left when such a share of it was taken 0, 1, 2 … times, up to every tie."""
    return ((1 - share) ** np.arange(TIES + 1)).astype(np.float32)
