"""Kano's levels of service: what only disappoints, what is asked for, what only delights.

Kano, Seraku, Takahashi & Tsuji (1984). The course's three levels (A-07 to A-09) are his must-be,
one-dimensional and attractive quality. What delights today is asked for tomorrow, and taken for
granted the day after.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmsim.common.arrays import Doubles, FloatOrArray
from crmsim.common.chance import Chance
from crmsim.common.checks import is_number, require
from crmsim.model.theory.estimation import regression

LEVELS = ("basic", "expressed", "unexpected")
ANSWERS = ("like", "expect", "neutral", "tolerate", "dislike")
"""Answers to the question how somebody would feel with an attribute, and without it."""

MIDDLE, SPREAD = 4, 1.5
"""Of ratings from 1 to 7: what a usual performance gets, and points a standard deviation apart."""

_CLASSES = dict(
    zip(
        ANSWERS,
        (
            ("questionable", "unexpected", "unexpected", "unexpected", "expressed"),
            ("reverse", "indifferent", "indifferent", "indifferent", "basic"),
            ("reverse", "indifferent", "indifferent", "indifferent", "basic"),
            ("reverse", "indifferent", "indifferent", "indifferent", "basic"),
            ("reverse", "reverse", "reverse", "reverse", "questionable"),
        ),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Gain by a point of each attribute above the middle, and loss by a point below it."""

    reward: Doubles
    penalty: Doubles


def reward_and_penalty(level: str, numbers: SimpleNamespace) -> tuple[float, float]:
    """Return the weights of a surplus and a shortfall of an attribute, by its level (r and p)."""
    rates = {
        "basic": (numbers.basic_gain, numbers.basic_loss),
        "expressed": (1.0, 1.0),
        "unexpected": (numbers.unexpected_gain, numbers.unexpected_loss),
    }
    if level not in rates:
        raise ValueError(f"level = {level!r}: must be one of: {', '.join(LEVELS)}")
    return rates[level]


def felt(surplus: FloatOrArray, level: str, numbers: SimpleNamespace) -> FloatOrArray:
    """Return how a surplus z (performance − reference) is felt: r·max(0, z) − p·max(0, −z).

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> [[float(felt(z, level, numbers)) for z in (-1.0, 1.0)] for level in LEVELS]
    [[-1.5, 0.2], [-1.0, 1.0], [-0.2, 1.5]]
    """
    reward, penalty = reward_and_penalty(level, numbers)
    return reward * np.maximum(surplus, 0) - penalty * np.maximum(-surplus, 0)


def kano_class(with_it: str, without_it: str) -> str:
    """Return the class of one pair of answers, by Kano's evaluation table.

    Parameters
    ----------
    with_it, without_it
        How somebody would feel if the attribute were there, and if it were not: one of ``ANSWERS``.

    Raises
    ------
    ValueError
        If an answer is not one of them.

    Examples
    --------
    >>> kano_class("like", "neutral"), kano_class("neutral", "dislike")
    ('unexpected', 'basic')
    """
    for answer in (with_it, without_it):
        if answer not in ANSWERS:
            raise ValueError(f"answer {answer!r}: must be one of: {', '.join(ANSWERS)}")
    return _CLASSES[with_it][ANSWERS.index(without_it)]


def satisfaction_coefficients(counts: Mapping[str, int]) -> tuple[float, float]:
    """Return how far an attribute can satisfy, and its lack dissatisfy (Berger et al. 1993).

    CS⁺ = (A + O) ÷ (A + O + M + I) and CS⁻ = −(O + M) ÷ (A + O + M + I), from how many people's
    answers fell into each class; questionable and reverse answers do not count.

    Examples
    --------
    >>> satisfaction_coefficients({"unexpected": 5, "expressed": 3, "basic": 1, "indifferent": 1})
    (0.8, -0.4)
    """
    known = [counts.get(name, 0) for name in ("unexpected", "expressed", "basic", "indifferent")]
    require(is_number(known, 0), "counts", counts, "numbers of people, 0 or more")
    if sum(known) <= 0:
        raise ValueError("counts: nobody's answer fell into a class that counts")
    delight, asked, taken, _ = known
    return (delight + asked) / sum(known), -(asked + taken) / sum(known)


def ratings(
    levels: Sequence[str], people: int, seed: int, numbers: SimpleNamespace
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Simulate ratings of attributes whose levels are known, and of the whole.

    A firm that does one thing well tends to do others well too (``rating_halo``). Attributes are
    rated from 1 to 7, the whole from 0 to 10.

    Returns
    -------
    attributes, whole
        A row a person; a column an attribute.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> attributes, whole = ratings(LEVELS, 100, seed=1, numbers=load("buick-market").numbers)
    >>> attributes.shape, whole.shape
    ((100, 3), (100,))
    """
    require(len(levels) > 0, "levels", levels, "one level at least")
    luck = Chance(seed).generator("kano")
    common = luck.standard_normal((people, 1))
    own = luck.standard_normal((people, len(levels)))
    surplus = math.sqrt(numbers.rating_halo) * common + math.sqrt(1 - numbers.rating_halo) * own
    pleased = sum(felt(surplus[:, place], level, numbers) for place, level in enumerate(levels))
    noise = numbers.rating_noise * luck.standard_normal((people, len(levels) + 1))
    attributes = np.rint(MIDDLE + SPREAD * surplus + noise[:, 1:])
    whole = np.rint(5 + 2 * pleased / math.sqrt(len(levels)) + noise[:, 0])
    return np.clip(attributes, 1, 7).astype(np.int8), np.clip(whole, 0, 10).astype(np.int8)


def penalty_reward(attributes: ArrayLike, whole: ArrayLike) -> Asymmetry:
    """Penalty–reward regression: what is above the middle and what is below it, as two causes.

    Brandt (1987) takes a dummy for high and one for low ratings; how far above and below, as here
    (and in Mittal, Ross & Baldasare 1998), says more: dummies draw the two together.

    Parameters
    ----------
    attributes
        Ratings from 1 to 7, a row a person, a column an attribute.
    whole
        Each person's rating of the whole.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> found = penalty_reward(*ratings(LEVELS, 1000, 1, load("buick-market").numbers))
    >>> (found.reward > found.penalty)[[0, 2]].tolist()
    [False, True]
    """
    above = np.asarray(attributes, dtype=np.float64) - MIDDLE
    effect = regression(whole, np.hstack([np.maximum(above, 0), np.maximum(-above, 0)])).effect
    reward, loss = np.split(effect, 2)
    return Asymmetry(reward, -loss)


def levels_of(found: Asymmetry, numbers: SimpleNamespace) -> list[str]:
    """Return the level of each attribute, by the balance of its reward and its penalty.

    Balance = (reward − penalty) ÷ (reward + penalty), from −1, only punishes, to 1, only delights
    (Mikulić & Prebežac 2008); an effect of the wrong sign counts as none.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> found = Asymmetry(np.array([0.1, 0.5, 0.8]), np.array([0.9, 0.5, 0.1]))
    >>> levels_of(found, load("buick-market").numbers)
    ['basic', 'expressed', 'unexpected']
    """
    reward, penalty = np.maximum(found.reward, 0), np.maximum(found.penalty, 0)
    balance = (reward - penalty) / np.maximum(reward + penalty, 1e-12)
    place = 1 + (balance > numbers.kano_balance) - (balance < -numbers.kano_balance).astype(int)
    return [LEVELS[each] for each in place]


def shares_after(week: FloatOrArray, numbers: SimpleNamespace) -> dict[str, FloatOrArray]:
    """Return for how many people what was new is a surprise, is asked for, or is taken for granted.

    Each person goes on from one level to the next with the same chance a week, half of them in
    ``delight_half_life_week``: a surprise e^(−λt), asked for λt·e^(−λt), basic the rest.

    Parameters
    ----------
    week
        Weeks since it was new.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    dict
        Shares (0–1) by level: ``basic``, ``expressed`` and ``unexpected``.

    Raises
    ------
    ValueError
        If ``week`` is below 0.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> after = shares_after(52.0, load("buick-market").numbers)
    >>> {level: round(float(share), 2) for level, share in after.items()}
    {'basic': 0.15, 'expressed': 0.35, 'unexpected': 0.5}
    """
    require(is_number(week, 0), "week", week, "a number of weeks, 0 or more")
    passed = math.log(2) * week / numbers.delight_half_life_week
    surprise = np.exp(-passed)
    asked = passed * surprise
    return {"basic": 1 - surprise - asked, "expressed": asked, "unexpected": surprise}


def felt_after(surplus: FloatOrArray, week: FloatOrArray, numbers: SimpleNamespace) -> FloatOrArray:
    """Return how a surplus is felt, on average, so many weeks after it was new.

    Parameters
    ----------
    surplus
        Quality beyond the usual, as for :func:`felt`.
    week
        Weeks since it was new.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    number or array
        As :func:`felt` gives it.

    Examples
    --------
    The same service year after year, and the day on which it fails:

    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> [round(float(felt_after(1.0, week, numbers)), 2) for week in (0.0, 104.0, 520.0)]
    [1.5, 0.8, 0.21]
    >>> [round(float(felt_after(-1.0, week, numbers)), 2) for week in (0.0, 104.0, 520.0)]
    [-0.2, -1.0, -1.5]
    """
    shares = shares_after(week, numbers)
    return sum(share * felt(surplus, level, numbers) for level, share in shares.items())
