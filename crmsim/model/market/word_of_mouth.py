"""Who tells whom of a visit, and what it does to those who are told.

Volume and valence work apart: how much is told makes the house present, praise and warnings move
the opinion of it, each a share of the room that is left (East, Hammond & Lomax 2008).
"""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.model.market.people import TIES, Floats, Indices, People, by_loyalty

_PLACES = np.arange(TIES)
RARE = 1e-9


class Tellings(NamedTuple):
    """Who speaks, and whom each of them told, a row a speaker."""

    speakers: Indices
    told: NDArray[np.int32]

    @property
    def count(self) -> int:
        """How many tellings there were."""
        return self.told.size

    @property
    def tellers(self) -> Indices:
        """Who told, an entry a telling."""
        return self.speakers.repeat(self.told.shape[1])


def talk(
    people: People,
    who: Indices,
    satisfaction: Floats,
    unhappy: Indices,
    lots: Floats,
    numbers: SimpleNamespace,
) -> tuple[Tellings, Tellings]:
    """What was heard before fades a little; then the delighted praise, the more so the more loyal
    they are, and the unhappy (by place) warn."""
    fade(people, numbers)
    happy = (satisfaction >= numbers.talk_good_at).nonzero()[0]
    them = who.take(happy)
    referral = by_loyalty(numbers.referral_loyalty, people.loyalty.take(them))
    likely = np.maximum(numbers.talk_good * referral, RARE)
    praise = tellings(people, them, lots.take(happy) / likely, numbers.told_good)
    likely = max(numbers.talk_bad, RARE)
    warnings = tellings(people, who.take(unhappy), lots.take(unhappy) / likely, numbers.told_bad)
    hear(people, praise.told.ravel(), warnings.told.ravel(), numbers)
    return praise, warnings


def tellings(people: People, who: Indices, luck: Floats, share: float) -> Tellings:
    """Who tells whom of a visit.

    Whose luck, against her probability to speak of it, lies below 1 speaks; she reaches a share
    of her ties, from one on that the same luck picks.
    """
    speak = (luck < 1.0).nonzero()[0]
    speakers = who.take(speak)
    first = (luck.take(speak) * float(TIES)).astype(np.intp)
    places = (first[:, None] + _PLACES[: round(share * TIES)]) & (TIES - 1)
    places += speakers[:, None] * TIES
    return Tellings(speakers, people.ties.ravel().take(places))


def hear(
    people: People,
    praise: NDArray[np.int32],
    warnings: NDArray[np.int32],
    numbers: SimpleNamespace,
) -> None:
    """Whoever is told changes her opinion, and finds the house more present."""
    told = np.concatenate([praise, warnings])
    if not len(told):
        return
    good, bad = (np.bincount(each, minlength=people.count) for each in (praise, warnings))
    good, bad = good.take(told), bad.take(told)
    opinion = 1.0 - (1.0 - people.opinion.take(told)) * room(numbers.heard_good).take(good)
    people.opinion[told] = opinion * room(numbers.heard_bad).take(bad)
    unaware = (1.0 - people.awareness.take(told)) * room(numbers.heard_awareness).take(good + bad)
    people.awareness[told] = 1.0 - unaware


def fade(people: People, numbers: SimpleNamespace) -> None:
    """What was heard fades with the weeks."""
    for held, rest, weeks in (
        (people.opinion, numbers.opinion_at_rest, numbers.opinion_fade_week),
        (people.awareness, numbers.awareness_at_rest, numbers.awareness_fade_week),
    ):
        keeps, returns = rests(rest, weeks)
        held *= keeps
        held += returns


@lru_cache(maxsize=64)
def rests(rest: float, weeks: float) -> tuple[np.float32, np.float32]:
    """What a week keeps of what was heard, and what it adds of the rest to which that returns."""
    return np.float32(1 - 1 / weeks), np.float32(rest / weeks)


@lru_cache(maxsize=64)
def room(share: float) -> Floats:
    """The room that is left when such a share of it was taken 0, 1, 2 … times, up to every tie."""
    return ((1 - share) ** np.arange(TIES + 1)).astype(np.float32)
