"""Campaigns: choose customers, contact them, and judge the effect by a control group (C-18, C-19).

Assumed: (1) the log odds that a customer buys are her own ``base`` without any contact; (2) a first
contact adds her own ``effect``; (3) every contact takes ``annoyance`` away again, so that some
customers are better left alone; (4) a customer without contact sees what the others get, and loses
``envy`` times the share of customers who were contacted; (5) the firm sees only a score, which is
the truth plus an error.

The difference between those contacted and those not is the uplift. If customers know what others
get, the control group is no longer what it would be without the campaign, and the uplift
overstates what the firm gains.

References
----------
Ascarza 2018, "Retention futility: targeting high-risk customers might be ineffective", Journal of
Marketing Research 55:80 (risk and effect are two things); Blattberg, Kim & Neslin 2008, "Database
marketing", Springer (lift); Feinberg, Krishna & Zhang 2002, "Do we care what others get?", Journal
of Marketing Research 39:277 (envy); Radcliffe & Surry 2011, "Real-world uplift modelling with
significance-based uplift trees" (four kinds of customers). The form of (1) to (4) is our choice.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmsim.common.arrays import Doubles
from crmsim.common.chance import Chance
from crmsim.common.checks import MORE_THAN_0, is_number, is_whole, require

Flags = NDArray[np.bool_]


class Audience(NamedTuple):
    """The truth about customers, which no firm sees; a place for each in every array.

    Attributes
    ----------
    base
        Log odds that she buys without a contact.
    effect
        Log odds that a first contact adds.
    luck
        Her luck, 0–1: she buys if it lies below her chance. It is the same with and without a
        contact.
    """

    base: Doubles
    effect: Doubles
    luck: Doubles


class Uplift(NamedTuple):
    """The effect of a campaign against a control group.

    Attributes
    ----------
    points
        The share who bought of those contacted, less the share of the control group (−1 to 1).
    standard_error
        The standard error of ``points``.
    """

    points: float
    standard_error: float


def draw_customers(
    chance: Chance,
    count: int,
    base: float = 0.0,
    base_spread: float = 1.0,
    effect: float = 0.5,
    effect_spread: float = 1.0,
    correlation: float = 0.0,
) -> Audience:
    """Return customers who differ in how readily they buy and in what a contact does to them.

    Parameters
    ----------
    chance
        The luck of one seed.
    count
        The number of customers.
    base, base_spread
        Mean and standard deviation of the log odds that a customer buys without a contact.
    effect, effect_spread
        Mean and standard deviation of the log odds that a first contact adds.
    correlation
        Correlation (−1 to 1) of base and effect over customers.

    Returns
    -------
    Audience
        The same first customers for the same seed, however many are asked for.

    Raises
    ------
    ValueError
        If one of them is not allowed.

    Examples
    --------
    >>> customers = draw_customers(Chance(1), 1000)
    >>> kinds(customers)
    {'persuadable': 127, 'sure': 460, 'lost': 373, 'sleeping': 40}
    """
    require(is_whole(count, 1), "count", count, "a whole number from 1 up")
    for name, value in (("base", base), ("effect", effect)):
        require(is_number(value), name, value, "an ordinary number")
    for name, value in (("base_spread", base_spread), ("effect_spread", effect_spread)):
        require(is_number(value, 0), name, value, "0 or more")
    require(is_number(correlation, -1, 1), "correlation", correlation, "a number from -1 to 1")
    ready = chance.normal("campaign", 0, count, occasion=0).astype(np.float64)
    other = chance.normal("campaign", 0, count, occasion=1).astype(np.float64)
    moved = correlation * ready + math.sqrt(1 - correlation**2) * other
    luck = chance.uniform("campaign", 0, count, occasion=2).astype(np.float64)
    return Audience(base + base_spread * ready, effect + effect_spread * moved, luck)


def chance_of_buying(
    customers: Audience, contacts: ArrayLike, annoyance: float = 0.0, envy: float = 0.0
) -> Doubles:
    """Return the chance (0–1) with which each customer buys, by how often each was contacted.

    Parameters
    ----------
    customers
        The truth about them.
    contacts
        How often each is contacted, whole numbers from 0 up; True counts as once.
    annoyance
        Log odds that each contact takes away.
    envy
        Log odds that a customer without a contact would lose if all the others had one.

    Returns
    -------
    array of float, shape (customers,)
        A share for each customer.

    Raises
    ------
    ValueError
        If one of them is not allowed.

    Examples
    --------
    >>> customers = draw_customers(Chance(1), 1000)
    >>> chance_of_buying(customers, np.zeros(1000)).mean().round(2)
    np.float64(0.5)
    """
    often = np.asarray(contacts)
    often = often.astype(np.int64) if often.dtype.kind == "b" else often
    whole = is_number(often, 0) and np.equal(often, np.floor(often)).all()
    fits = bool(whole) and often.shape == customers.luck.shape
    require(fits, "contacts", contacts, f"{customers.luck.size} whole numbers from 0 up")
    require(is_number(annoyance, 0), "annoyance", annoyance, "0 or more")
    require(is_number(envy, 0), "envy", envy, "0 or more")
    reached = often > 0
    gain = np.where(reached, customers.effect - annoyance * often, -envy * reached.mean())
    return 1 / (1 + np.exp(-(customers.base + gain)))


def bought(
    customers: Audience, contacts: ArrayLike, annoyance: float = 0.0, envy: float = 0.0
) -> Flags:
    """Return which customers buy, by how often each was contacted.

    Parameters
    ----------
    customers, contacts, annoyance, envy
        As for :func:`chance_of_buying`.

    Returns
    -------
    array of bool, shape (customers,)
        True for a customer who buys.

    Raises
    ------
    ValueError
        If one of them is not allowed.

    Examples
    --------
    >>> customers = draw_customers(Chance(1), 1000)
    >>> [int(bought(customers, np.full(1000, times), annoyance=0.3).sum()) for times in (0, 1, 5)]
    [500, 534, 327]
    """
    return customers.luck < chance_of_buying(customers, contacts, annoyance, envy)


def kinds(customers: Audience, annoyance: float = 0.0) -> dict[str, int]:
    """Count the four kinds of customers by what one contact would change.

    Parameters
    ----------
    customers
        The truth about them.
    annoyance
        Log odds that each contact takes away.

    Returns
    -------
    dict
        ``persuadable`` buys only with a contact, ``sure`` buys anyway, ``lost`` never buys, and
        ``sleeping`` (a sleeping dog) buys only if left alone.

    Examples
    --------
    >>> kinds(draw_customers(Chance(1), 1000, effect=0, effect_spread=0))
    {'persuadable': 0, 'sure': 500, 'lost': 500, 'sleeping': 0}
    """
    alone = bought(customers, np.zeros(customers.luck.size))
    spoken_to = bought(customers, np.ones(customers.luck.size), annoyance)
    found = {
        "persuadable": ~alone & spoken_to,
        "sure": alone & spoken_to,
        "lost": ~alone & ~spoken_to,
        "sleeping": alone & ~spoken_to,
    }
    return {kind: int(them.sum()) for kind, them in found.items()}


def aimed_score(chance: Chance, truth: ArrayLike, error: float) -> Doubles:
    """Return what a firm sees of a truth: standardised, with an error of aim.

    Parameters
    ----------
    chance
        The luck of one seed.
    truth
        What the firm would like to know of each customer, such as her ``effect``.
    error
        Standard deviation of the error, against that of the truth; 0 sees the truth.

    Returns
    -------
    array of float, shape (customers,)
        A score for each customer. A truth that is the same for all leaves the error alone.

    Raises
    ------
    ValueError
        If one of them is not allowed.

    Examples
    --------
    >>> aimed_score(Chance(1), [1, 2, 3], error=0).round(2).tolist()
    [-1.22, 0.0, 1.22]
    """
    true = np.asarray(truth, dtype=np.float64)
    fits = true.ndim == 1 and true.size > 0 and is_number(true)
    require(fits, "truth", truth, "a list of ordinary numbers")
    require(is_number(error, 0), "error", error, "0 or more")
    noise = chance.normal("campaign", 0, true.size, occasion=3)
    return (true - true.mean()) / (true.std() or 1.0) + error * noise


def best(scores: ArrayLike, contacts: int) -> Flags:
    """Choose the customers with the highest scores; of equal ones, those who stand first.

    Parameters
    ----------
    scores
        A number for each customer.
    contacts
        How many to choose.

    Returns
    -------
    array of bool, shape (customers,)
        True for the chosen.

    Raises
    ------
    ValueError
        If a score is no number, or ``contacts`` is not from 0 to the number of customers.

    Examples
    --------
    >>> best([3, 9, 5, 9], 2).tolist()
    [False, True, False, True]
    """
    each = np.asarray(scores)
    require(each.ndim == 1 and is_number(each), "scores", scores, "a list of ordinary numbers")
    allowed = f"a whole number from 0 to {each.size}"
    require(is_whole(contacts, 0, each.size), "contacts", contacts, allowed)
    chosen = np.zeros(each.size, dtype=bool)
    chosen[np.argsort(-each, kind="stable")[:contacts]] = True
    return chosen


def control_group(chance: Chance, chosen: ArrayLike, share: float) -> Flags:
    """Return those of the chosen who are left without a contact, drawn by lot.

    Parameters
    ----------
    chance
        The luck of one seed.
    chosen
        True for each customer whom the campaign is meant for.
    share
        The share (0–1) of them that is left out.

    Returns
    -------
    array of bool, shape (customers,)
        True for the control group: as many as the share says, rounded.

    Raises
    ------
    ValueError
        If ``chosen`` holds anything but True and False, or the share is no share.

    Examples
    --------
    >>> int(control_group(Chance(1), [True] * 50 + [False] * 50, 0.2)[:50].sum())
    10
    """
    meant = _flags("chosen", chosen)
    require(is_number(share, 0, 1), "share", share, "a share from 0 to 1")
    lots = chance.uniform("campaign", 0, meant.size, occasion=4)
    return best(np.where(meant, 1 + lots, 0), round(share * int(meant.sum())))


def uplift(buys: ArrayLike, contacted: ArrayLike, control: ArrayLike) -> Uplift:
    """Return the effect of a campaign: those contacted against the control group.

    Parameters
    ----------
    buys
        True for each customer who bought.
    contacted
        True for each customer who was contacted.
    control
        True for each customer of the control group.

    Returns
    -------
    Uplift
        The difference of the two shares, and its standard error.

    Raises
    ------
    ValueError
        If one of the groups is empty, they overlap, or the three differ in length.

    Examples
    --------
    >>> contacted = np.array([True, True, True, False, False, False])
    >>> found = uplift([True, True, False, True, False, False], contacted, ~contacted)
    >>> round(found.points, 2), round(found.standard_error, 2)
    (0.33, 0.38)
    """
    yes, one, two = _flags("buys", buys), _flags("contacted", contacted), _flags("control", control)
    if not yes.size == one.size == two.size:
        raise ValueError(
            f"buys, contacted and control have {yes.size}, {one.size} and {two.size} places: "
            "must be as many as there are customers"
        )
    if (one & two).any():
        raise ValueError("a customer cannot be contacted and in the control group: choose one")
    if not (one.any() and two.any()):
        raise ValueError(
            f"{one.sum()} contacted, {two.sum()} in the control group: each must have customers"
        )
    shares = [float(yes[group].mean()) for group in (one, two)]
    counts = [int(group.sum()) for group in (one, two)]
    variance = sum(p * (1 - p) / n for p, n in zip(shares, counts, strict=True))
    return Uplift(shares[0] - shares[1], math.sqrt(variance))


def lift(scores: ArrayLike, buys: ArrayLike, top: float = 0.1) -> float:
    """Return how many times more often the best-scored customers buy than all do.

    Parameters
    ----------
    scores
        A number for each customer, from a model that has not seen whether she buys.
    buys
        True for each customer who bought.
    top
        The share (above 0, at most 1) of customers counted as best.

    Returns
    -------
    float
        1 for a score that says nothing.

    Raises
    ------
    ValueError
        If nobody buys, the two differ in length, or the share is not allowed.

    Examples
    --------
    >>> lift([9, 8, 3, 2], [True, True, False, False], top=0.5)
    2.0
    """
    yes = _flags("buys", buys)
    require(is_number(top, MORE_THAN_0, 1), "top", top, "a share above 0, at most 1")
    if len(np.asarray(scores)) != yes.size:
        raise ValueError(f"scores has {len(np.asarray(scores))} places: must have {yes.size}")
    if not yes.any():
        raise ValueError("buys holds no buyer: a lift needs at least one")
    chosen = best(scores, max(1, round(top * yes.size)))
    return float(yes[chosen].mean() / yes.mean())


def cost_of_winning(cost_per_contact: float, points: float) -> float:
    """Return what one more buyer costs, who would not have bought without the campaign.

    Parameters
    ----------
    cost_per_contact
        What one contact costs, in any currency.
    points
        The uplift, a share of those contacted.

    Returns
    -------
    float
        In the same currency; infinite if the campaign wins nobody.

    Raises
    ------
    ValueError
        If one of them is not allowed.

    Examples
    --------
    >>> cost_of_winning(2.0, 0.04)
    50.0
    """
    require(is_number(cost_per_contact, 0), "cost_per_contact", cost_per_contact, "0 or more")
    require(is_number(points, -1, 1), "points", points, "a difference of shares, from -1 to 1")
    return cost_per_contact / points if points > 0 else math.inf


def _flags(name: str, values: ArrayLike) -> Flags:
    each = np.asarray(values)
    fits = each.ndim == 1 and each.dtype.kind == "b" and each.size > 0
    require(fits, name, values, "a list of True and False, one for each customer")
    return each
