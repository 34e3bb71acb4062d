"""The equations of a market's week, each once, for one person or for an array of people.

The NumPy engine calls them with arrays. The compiled engine compiles the same source and calls it
for one person after another (``market.compiled``). Both must give the same bits, so:

* State and quality are float32, and chances to buy are float64. A term is a Python float, which
  NumPy rounds to float32 beside a float32 array; the compiled engine rounds it beforehand.
* What follows from the numbers alone, such as 1 − s/2, is worked out in double precision when
  terms are made, and rounded once.
* An equation in float32 holds no number of its own but ``ZERO`` and ``ONE``: beside a number such
  as 1.0 the compiler would go on in float64.
"""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float32], NDArray[np.float64])

ZERO, ONE = np.float32(0), np.float32(1)

TIES = 16
"""People whom everybody talks to; a power of two."""
RARE = 1e-9
"""The least probability of speaking of a visit that counts; nothing is divided by less."""


class Trait(NamedTuple):
    """What loyalty multiplies: ``nobody`` for somebody not loyal at all, ``loyal`` more at 1."""

    nobody: float
    loyal: float


def trait(strength: float) -> Trait:
    """Return the trait that differs by ``strength`` between loyalty 0 and 1, and is 1 between."""
    return Trait(1 - strength / 2, strength)


def by_loyalty(multiplied: Trait, loyalty: Number) -> Number:
    """Return the multiplier of somebody of that loyalty (0–1): the traits of the loyal (C-04).

    Examples
    --------
    >>> by_loyalty(trait(0.6), np.array([0.0, 0.5, 1.0])).round(2).tolist()
    [0.7, 1.0, 1.3]
    """
    return multiplied.nobody + multiplied.loyal * loyalty


# -- buying ---------------------------------------------------------------------------------------


class BuyingTerms(NamedTuple):
    """What a chance to buy follows, all in float64; times in weeks."""

    odds_at_four: float
    odds_ratio: float
    repeat_loyalty: float
    failure_weight: float
    failure_half_life_week: float
    joining: float
    opinion_at_rest: float
    valence: float
    awareness_at_rest: float
    volume: float


@lru_cache(maxsize=256)
def buying_terms(numbers: SimpleNamespace, promise: float) -> BuyingTerms:
    """Return the terms of buying where so much is promised beyond what is usual (quality, 0–1)."""
    return BuyingTerms(
        odds_at_four=odds(numbers.repurchase_at_four),
        odds_ratio=numbers.repurchase_odds_ratio,
        repeat_loyalty=numbers.repeat_loyalty,
        failure_weight=numbers.failure_weight,
        failure_half_life_week=numbers.failure_half_life_week,
        joining=numbers.joining * (1 + numbers.promise_pull * promise),
        opinion_at_rest=numbers.opinion_at_rest,
        valence=numbers.joining_valence,
        awareness_at_rest=numbers.awareness_at_rest,
        volume=numbers.joining_volume,
    )


def odds(chance: Number) -> Number:
    """Return the odds of a chance, p/(1 − p).

    Examples
    --------
    >>> odds(0.8).__round__(6)
    4.0
    """
    return chance / (1 - chance)


def odds_by_satisfaction(level: Number, at_four: float, ratio: float) -> Number:
    """Return the odds of buying, O₄·r^(S − 4), by satisfaction S (1–5).

    Parameters
    ----------
    at_four
        The odds at satisfaction 4.
    ratio
        What a point of satisfaction multiplies them by.
    """
    return at_four * ratio ** (level - 4)


def chance_to_return(
    level: Number, loyalty: Number, since_failure_week: Number, terms: BuyingTerms
) -> Number:
    """Return the chance (0–1, float64) that a customer with a purchase to make buys here again.

    It follows satisfaction (1–5), loyalty (0–1) and the memory of the last failure, which halves
    every ``failure_half_life_week`` (Jones & Sasser 1995; C-04, C-08).
    """
    failed = 0.5 ** (since_failure_week / terms.failure_half_life_week)
    bent = terms.repeat_loyalty * (loyalty - 0.5) - terms.failure_weight * failed
    again = odds_by_satisfaction(level, terms.odds_at_four, terms.odds_ratio) * np.exp(bent)
    return again / (1.0 + again)


def chance_to_join(opinion: Number, awareness: Number, terms: BuyingTerms) -> Number:
    """Return the chance (0–1, float64) that somebody else with a purchase to make buys here.

    It follows the opinion of the firm (valence, 0–1) and its presence (volume of talk, 0–1), each
    against rest (East, Hammond & Lomax 2008).
    """
    valence = (opinion / terms.opinion_at_rest) ** terms.valence
    volume = (awareness / terms.awareness_at_rest) ** terms.volume
    return np.minimum(terms.joining * valence * volume, 1.0)


# -- talking --------------------------------------------------------------------------------------


class Fading(NamedTuple):
    """A week's share of what was heard that is kept, and what is added towards rest."""

    kept: float
    added: float


class TalkTerms(NamedTuple):
    """What talk of visits follows.

    ``praise_told`` and ``warning_told`` are how many ties a speaker tells; the rooms are tables
    (float32) by how often one was told in a week.
    """

    good_at: float
    good: float
    bad: float
    rare: float
    referral: Trait
    opinion: Fading
    awareness: Fading
    praise_told: int
    warning_told: int
    praise_room: NDArray[np.float32]
    warning_room: NDArray[np.float32]
    awareness_room: NDArray[np.float32]


@lru_cache(maxsize=256)
def talk_terms(numbers: SimpleNamespace) -> TalkTerms:
    """Return the terms of talking that follow from the numbers."""
    return TalkTerms(
        good_at=numbers.talk_good_at,
        good=numbers.talk_good,
        bad=max(numbers.talk_bad, RARE),
        rare=RARE,
        referral=trait(numbers.referral_loyalty),
        opinion=_fading(numbers.opinion_at_rest, numbers.opinion_fade_week),
        awareness=_fading(numbers.awareness_at_rest, numbers.awareness_fade_week),
        praise_told=told_by_each(numbers.told_good),
        warning_told=told_by_each(numbers.told_bad),
        praise_room=_room(numbers.heard_good),
        warning_room=_room(numbers.heard_bad),
        awareness_room=_room(numbers.heard_awareness),
    )


def told_by_each(share: float) -> int:
    """Return how many people a speaker tells who reaches that share of her ties."""
    return round(share * TIES)


def _fading(rest: float, weeks: float) -> Fading:
    return Fading(1 - 1 / weeks, rest / weeks)


def _room(share: float) -> NDArray[np.float32]:
    """Return the room that is left when a share of it was taken 0, 1, 2 … times, to every tie."""
    room = ((1 - share) ** np.arange(TIES + 1)).astype(np.float32)
    room.flags.writeable = False
    return room


def faded(held: Number, fading: Fading) -> Number:
    """Return an opinion or awareness (0–1) a week later, when nothing new was heard."""
    return held * fading.kept + fading.added


def likely_to_praise(loyalty: Number, terms: TalkTerms) -> Number:
    """Return the probability (0–1) that a delighted customer of that loyalty praises the firm."""
    return np.maximum(terms.good * by_loyalty(terms.referral, loyalty), terms.rare)


def opinion_after(opinion: Number, praise_room: Number, warning_room: Number) -> Number:
    """Return the opinion (0–1) of somebody who was told.

    Praise leaves ``praise_room`` of the way up to 1, warnings leave ``warning_room`` of the rest
    (shares, 0–1): each moves a share of the room that is left (East, Hammond & Lomax 2008).

    Examples
    --------
    >>> round(float(opinion_after(0.6, praise_room=0.5, warning_room=1.0)), 6)
    0.8
    """
    return (ONE - (ONE - opinion) * praise_room) * warning_room


def awareness_after(awareness: Number, room: Number) -> Number:
    """Return how present the firm is (0–1) to somebody who was told, good or bad.

    ``room`` is the share (0–1) of the way up to 1 that is left.
    """
    return ONE - (ONE - awareness) * room
