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

_PLACES = np.arange(TIES)
_YES = np.array([True])


Tellings = tuple[Indices, NDArray[np.int32]]
"""Who told and who was told, an entry a telling."""


def tellings(people: People, who: Indices, luck: Floats, share: float) -> Tellings:
    """Who tells whom of a visit.

    Whose luck, against her probability to speak of it, lies below 1 speaks; she reaches a share
    of her ties, from one on that the same luck picks.
    """
    speaks = luck < 1.0
    tellers = who[speaks]
    first = (luck[speaks] * float(TIES)).astype(np.intp)
    places = (first[:, None] + _PLACES[: round(share * TIES)]) & (TIES - 1)
    told = people.ties[tellers[:, None], places]
    return tellers.repeat(told.shape[1]), told.ravel()


def hear(
    people: People,
    praise: NDArray[np.int32],
    warnings: NDArray[np.int32],
    numbers: SimpleNamespace,
) -> None:
    """Whoever is told changes her opinion, and finds the house more present."""
    heard = np.concatenate([2 * praise, 2 * warnings + 1])
    if not len(heard):
        return
    heard.sort()
    person, warned = heard >> 1, heard & 1
    starts = np.concatenate([_YES, person[1:] != person[:-1]]).nonzero()[0]
    bad = np.add.reduceat(warned, starts)
    good = np.add.reduceat(1 - warned, starts)
    who = person[starts].astype(np.intp)
    opinion = 1.0 - (1.0 - people.opinion[who]) * _room(numbers.heard_good)[good]
    people.opinion[who] = opinion * _room(numbers.heard_bad)[bad]
    unaware = (1.0 - people.awareness[who]) * _room(numbers.heard_awareness)[good + bad]
    people.awareness[who] = 1.0 - unaware


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
