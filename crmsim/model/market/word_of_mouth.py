"""Talk about visits, and what it does to those who hear it.

Volume and valence work apart: how much is told makes the firm present, praise and warnings move
the opinion of it, each a share of the room that is left (East, Hammond & Lomax 2008).
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.common.arrays import Indices, Singles
from crmsim.model.equations import (
    TIES,
    awareness_after,
    faded,
    likely_to_praise,
    opinion_after,
    talk_terms,
    told_by_each,
)
from crmsim.model.market.people import People

_PLACES = np.arange(TIES)


class Tellings(NamedTuple):
    """Speakers, and the people whom each of them told, one row for each speaker."""

    speakers: Indices
    told: NDArray[np.int32]

    @property
    def count(self) -> int:
        """Number of tellings."""
        return self.told.size

    @property
    def tellers(self) -> Indices:
        """Person who told, an entry for each telling."""
        return self.speakers.repeat(self.told.shape[1])


def talk(
    people: People,
    who: Indices,
    satisfaction: Singles,
    unhappy: Indices,
    lots: Singles,
    numbers: SimpleNamespace,
) -> tuple[Tellings, Tellings]:
    """Let what was heard before fade a little, then let the people of a week's visits talk.

    The delighted praise, the more so the more loyal they are, and the unhappy warn.

    Parameters
    ----------
    people
        The people of the market; what they hold is changed in place.
    who
        Those who came.
    satisfaction, lots
        How satisfied each of them is (1–5), and the lot (0–1) that decides if she speaks.
    unhappy
        The places in ``who`` of the disappointed with whom nothing was put right.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    tuple of Tellings
        The praise and the warnings.
    """
    terms = talk_terms(numbers)
    people.opinion[:] = faded(people.opinion, terms.opinion_kept, terms.opinion_added)
    people.awareness[:] = faded(people.awareness, terms.awareness_kept, terms.awareness_added)
    happy = (satisfaction >= terms.good_at).nonzero()[0]
    them = who.take(happy)
    likely = likely_to_praise(people.loyalty.take(them), terms)
    praise = tellings(people, them, lots.take(happy) / likely, told_by_each(numbers.told_good))
    luck = lots.take(unhappy) / terms.bad
    warnings = tellings(people, who.take(unhappy), luck, told_by_each(numbers.told_bad))
    hear(people, praise.told.ravel(), warnings.told.ravel(), numbers)
    return praise, warnings


def tellings(people: People, who: Indices, luck: Singles, most: int) -> Tellings:
    """Return who of these people tells whom of a visit.

    Somebody speaks if her luck, divided by her probability to speak, lies below 1. She tells so
    many of her ties, beginning with one that the same luck picks.
    """
    speak = (luck < 1.0).nonzero()[0]
    speakers = who.take(speak)
    first = (luck.take(speak) * float(TIES)).astype(np.intp)
    places = (first[:, None] + _PLACES[:most]) & (TIES - 1)
    return Tellings(speakers, people.ties[speakers[:, None], places])


def hear(
    people: People,
    praise: NDArray[np.int32],
    warnings: NDArray[np.int32],
    numbers: SimpleNamespace,
) -> None:
    """Change the opinion and awareness of these people, an entry each time that one is told."""
    told = np.concatenate([praise, warnings])
    if not len(told):
        return
    terms = talk_terms(numbers)
    good, bad = (np.bincount(each, minlength=people.count) for each in (praise, warnings))
    good, bad = good.take(told), bad.take(told)
    people.opinion[told] = opinion_after(
        people.opinion.take(told), terms.praise_room.take(good), terms.warning_room.take(bad)
    )
    people.awareness[told] = awareness_after(
        people.awareness.take(told), terms.awareness_room.take(good + bad)
    )
