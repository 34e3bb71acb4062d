"""Repeat buying: how often, how lately, and is she still a customer (C-04, C-06, C-18).

The BG/NBD model looks at a firm without contracts, where nobody says goodbye. Assumed: (1) while
she is a customer, she buys at random, at a rate of her own; (2) after each purchase she may be gone
for ever, with a probability of her own; (3) the rates follow a gamma distribution over customers,
with shape ``r`` and rate ``alpha_week``, and the probabilities a beta distribution with ``a`` and
``b``; (4) rates and probabilities are independent.

Each customer is known by three numbers: ``repeats``, the purchases after her first; ``last_week``,
the weeks from her first to her last purchase; ``observed_week``, the weeks from her first purchase
to the end of the observation.

References
----------
Fader, Hardie & Lee 2005, "“Counting your customers” the easy way", Marketing Science 24:275.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from crmsim.common.arrays import Doubles
from crmsim.common.chance import Chance
from crmsim.common.checks import is_number, is_whole, require


class Purchases(NamedTuple):
    """Purchases known of customers, a place for each in every array.

    Attributes
    ----------
    repeats
        Purchases after the first one, whole numbers from 0 up.
    last_week
        Weeks from the first to the last purchase; 0 where there was one only.
    observed_week
        Weeks from the first purchase to the end of the observation.
    """

    repeats: Doubles
    last_week: Doubles
    observed_week: Doubles


class RepeatBuying(NamedTuple):
    """The four numbers of the model: ``r``, ``alpha_week`` of buying, ``a``, ``b`` of leaving.

    ``log_likelihood`` says how well they describe the customers they were fitted to; 0 if to none.
    """

    r: float
    alpha_week: float
    a: float
    b: float
    log_likelihood: float = 0.0


PUBLISHED = RepeatBuying(r=0.243, alpha_week=4.414, a=0.793, b=2.426, log_likelihood=-9582.4)
"""Fader, Hardie & Lee (2005), of 2,357 buyers of the music shop CDNOW over 39 weeks."""


def purchases(repeats: ArrayLike, last_week: ArrayLike, observed_week: ArrayLike) -> Purchases:
    """Return what is known of customers, after a check.

    Parameters
    ----------
    repeats
        Purchases of each customer after the first.
    last_week
        Weeks from the first purchase to the last one.
    observed_week
        Weeks from the first purchase to the end of the observation.

    Returns
    -------
    Purchases
        Arrays of float64, a value for each customer.

    Raises
    ------
    ValueError
        If the arrays differ in length or are empty, or a customer can't be: a number of repeats
        that is not whole, a last purchase after the end, or one without a repeat.

    Examples
    --------
    >>> purchases([0, 2], [0, 30.4], [38.9, 38.9]).repeats.tolist()
    [0.0, 2.0]
    """
    known = [
        np.asarray(each, dtype=np.float64).ravel() for each in (repeats, last_week, observed_week)
    ]
    many, last, observed = known
    if not len(many) == len(last) == len(observed) or not len(many):
        lengths = ", ".join(str(len(each)) for each in known)
        raise ValueError(
            f"lengths {lengths}: the three arrays must have one place for each customer"
        )
    if not all(np.isfinite(each).all() for each in known):
        raise ValueError("every number of a customer must be finite")
    for wrong, said in (
        ((many < 0) | (many % 1 != 0), "repeats must be whole numbers from 0 up"),
        ((last < 0) | (last > observed), "last_week must lie between 0 and observed_week"),
        ((many == 0) & (last > 0), "last_week must be 0 where there is no repeat"),
    ):
        if wrong.any():
            raise ValueError(f"customer {int(wrong.argmax())}: {said}")
    return Purchases(many, last, observed)


def log_likelihood(known: Purchases, buying: RepeatBuying) -> float:
    """Return the log-likelihood of the customers under the model (Fader, Hardie & Lee, eq. 6).

    Examples
    --------
    >>> once = purchases([0], [0], [39])
    >>> round(log_likelihood(once, PUBLISHED), 3)  # .243 · ln(4.414 ÷ 43.414)
    -0.555
    """
    r, alpha, a, b, _ = buying
    many, last, observed = known
    # Γ(r + x) ÷ Γ(r) is r · (r + 1) ⋯ (r + x − 1), so sums of logarithms do: no gamma function.
    step = np.arange(int(many.max()))
    rising = np.concatenate([[0.0], np.log(r + step).cumsum()])[many.astype(int)]
    staying = np.concatenate([[0.0], (np.log(b + step) - np.log(a + b + step)).cumsum()])
    still = (
        rising
        + staying[many.astype(int)]
        + r * np.log(alpha)
        - (r + many) * np.log(alpha + observed)
    )
    again = many > 0
    odds = _odds_gone(many[again], last[again], observed[again], buying)
    still[again] += np.log1p(odds)
    return float(still.sum())


def alive(known: Purchases, buying: RepeatBuying) -> Doubles:
    """Return the probability (0–1) that each customer still is one.

    Who bought once only counts as one: in this model a customer can leave after a repeat only.

    Source: Fader, Hardie & Lee (2005), with the formula in their note of 2008.

    Parameters
    ----------
    known
        What is known of the customers.
    buying
        The four parameters of the model.

    Returns
    -------
    array of float64
        A value for each customer.

    Examples
    --------
    Both bought 30 weeks ago for the last time. The one who used to buy often is surely gone.

    >>> alive(purchases([1, 12], [9, 9], [39, 39]), PUBLISHED).round(2).tolist()
    [0.42, 0.0]
    """
    many, last, observed = known
    again = many > 0
    found = np.ones(len(many))
    found[again] = 1 / (1 + _odds_gone(many[again], last[again], observed[again], buying))
    return found


def _odds_gone(many: Doubles, last: Doubles, observed: Doubles, buying: RepeatBuying) -> Doubles:
    """Return the odds that she left after her last purchase: gone ÷ still there."""
    late = (buying.alpha_week + observed) / (buying.alpha_week + last)
    return buying.a / (buying.b + many - 1) * late ** (buying.r + many)


def fit(known: Purchases, most_steps: int = 200) -> RepeatBuying:
    """Return the numbers of the model under which the customers are most likely.

    Newton's method on the logarithms of the four numbers, so that none becomes negative; a step
    that makes it worse is halved.

    Raises
    ------
    ValueError
        If there is no best answer within the steps: nobody bought again, say.

    Examples
    --------
    >>> town = simulated(400, observed_week=78, buying=PUBLISHED, seed=1)
    >>> found = fit(town)
    >>> found.log_likelihood > log_likelihood(town, PUBLISHED)
    True
    """
    if not (known.repeats > 0).any():
        raise ValueError("nobody bought again: rates of buying and leaving can't be told")

    def worth(place: Doubles) -> float:
        return log_likelihood(known, RepeatBuying(*np.exp(place)))

    here = np.zeros(4)
    best = worth(here)
    for _ in range(most_steps):
        slope, bend = _derivatives(worth, here)
        # Where the surface does not bend down, go up along the slope instead.
        curved = np.linalg.eigvalsh(bend)[-1] < 0
        step = -np.linalg.solve(bend, slope) if curved else slope / np.linalg.norm(slope)
        step *= min(1.0, 1.0 / np.abs(step).max())
        while (found := worth(here + step)) < best and np.abs(step).max() > 1e-9:
            step /= 2
        if found < best or np.abs(step).max() < 1e-7:
            return RepeatBuying(*(float(each) for each in np.exp(here)), log_likelihood=best)
        here, best = here + step, found
    raise ValueError(f"no best answer after {most_steps} steps: too few customers bought again")


def _derivatives(
    worth: Callable[[Doubles], float], place: Doubles, width: float = 1e-4
) -> tuple[Doubles, Doubles]:
    """Return slope and bend of a function at a place, from its values nearby."""
    axes = np.eye(len(place)) * width
    up = np.array([worth(place + each) for each in axes])
    down = np.array([worth(place - each) for each in axes])
    middle = worth(place)
    bend = np.diag((up - 2 * middle + down) / width**2)
    for one in range(len(place)):
        for two in range(one):
            both = worth(place + axes[one] + axes[two]) + worth(place - axes[one] - axes[two])
            mixed = worth(place + axes[one] - axes[two]) + worth(place - axes[one] + axes[two])
            bend[one, two] = bend[two, one] = (both - mixed) / (4 * width**2)
    return (up - down) / (2 * width), bend


def simulated(count: int, observed_week: float, buying: RepeatBuying, seed: int) -> Purchases:
    """Return customers who buy and leave as the model says, each from her first purchase on.

    Parameters
    ----------
    count
        How many customers.
    observed_week
        Weeks for which each of them is watched.
    buying
        The four parameters of the model.
    seed
        The luck.

    Raises
    ------
    ValueError
        If a number can't be.

    Examples
    --------
    >>> town = simulated(2000, observed_week=39, buying=PUBLISHED, seed=3)
    >>> bool(0.5 < (town.repeats == 0).mean() < 0.7)
    True
    """
    require(is_whole(count, 1), "count", count, "a whole number from 1 up")
    require(is_number(observed_week, 0), "observed_week", observed_week, "a number from 0 up")
    luck = Chance(seed).generator("buying")
    rate = luck.gamma(buying.r, 1 / buying.alpha_week, count)
    leaves = luck.beta(buying.a, buying.b, count)
    many, last, now = np.zeros(count), np.zeros(count), np.zeros(count)
    there = np.ones(count, dtype=bool)
    while there.any():
        # Rates near zero give waits beyond any number; the end of the observation cuts them.
        wait = luck.exponential(1.0, count) / np.maximum(rate, 1e-300)
        gone = luck.random(count) < leaves
        now = np.where(there, now + wait, now)
        bought = there & (now <= observed_week)
        many[bought] += 1
        last[bought] = now[bought]
        there = bought & ~gone
    return Purchases(many, last, np.full(count, float(observed_week)))
