"""A customer care plan: whom, how strongly, how often; its worth over a control group (A-03, G-8).

Assumed: (1) customers are those of :mod:`crmsim.model.theory.campaigns`: each has log odds of
coming back by herself, and an effect of her own that a contact has on them, which may be negative;
(2) occasion, channel and staff make that effect stronger or weaker for everybody by the same
factor; (3) each contact takes the same log odds away; (4) the firm knows fairly well how readily
each customer comes back, and less well whom a contact moves; (5) a control group, drawn by lot from
those chosen, gets nothing.

References
----------
Ascarza 2018, Journal of Marketing Research 55:80 (those at risk are not those whom a contact
moves); Radcliffe & Surry 2011 (uplift, sleeping dogs). All sizes are our choice; they are in
``data/parameters.csv``, part ``care``, and in the menu of the exercise.
"""

from __future__ import annotations

import math
from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from crmsim.common.chance import Chance
from crmsim.common.checks import is_number, is_whole, require
from crmsim.model.theory.campaigns import (
    Audience,
    Flags,
    Uplift,
    aimed_score,
    best,
    bought,
    chance_of_buying,
    control_group,
    draw_customers,
    uplift,
)


class CarePlan(NamedTuple):
    """A plan, as numbers.

    Attributes
    ----------
    count
        How many customers it is meant for.
    by_readiness
        Weight of how readily a customer comes back by herself, when they are chosen; below 0 those
        come first who have gone silent.
    by_effect
        Weight of how much a contact seems to move her, when they are chosen.
    strength
        Factor on the effect of a contact.
    annoyance
        Log odds that each contact takes away.
    contacts
        How often each is contacted.
    control
        The share (0–1) of those chosen who are left without contact, drawn by lot.
    """

    count: int
    by_readiness: float = 0.0
    by_effect: float = 0.0
    strength: float = 1.0
    annoyance: float = 0.0
    contacts: int = 1
    control: float = 0.0


class CareResult(NamedTuple):
    """Results that can be expected of a plan.

    Attributes
    ----------
    extra
        Customers who come back because of it, less those who stay away because of it.
    annoyed
        Those among them who stay away because of it, alone.
    uplift
        The share who come back of those contacted, less that of the control group.
    standard_error
        The standard error of ``uplift``; infinite without a control group.
    """

    extra: float
    annoyed: float
    uplift: float
    standard_error: float


def expected_care(seed: int, people: int, plan: CarePlan, numbers: SimpleNamespace) -> CareResult:
    """Return what can be expected of a care plan, on average over the luck of the customers.

    Parameters
    ----------
    seed
        The customers of one seed.
    people
        How many customers the firm has.
    plan
        The plan.
    numbers
        The parameters of the model.

    Returns
    -------
    CareResult
        The same for the same seed.

    Raises
    ------
    ValueError
        If a part of the plan is not allowed.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> plan = CarePlan(300, by_effect=1, strength=1.5, annoyance=0.05, control=0.2)
    >>> found = expected_care(33, 1000, plan, numbers)
    >>> round(found.extra), round(found.annoyed)
    (47, 2)
    """
    customers, chosen, _ = _chosen(seed, people, plan, numbers)
    moved = _moved(customers, plan)
    alone = chance_of_buying(moved, np.zeros(people))[chosen]
    cared = chance_of_buying(moved, np.full(people, plan.contacts), plan.annoyance)[chosen]
    gain = cared - alone
    held_back = round(plan.control * plan.count)
    contacted = plan.count - held_back
    variance = math.inf
    if held_back and contacted:
        variance = _variance(float(cared.mean()), contacted) + _variance(
            float(alone.mean()), held_back
        )
    return CareResult(
        extra=float(contacted * gain.mean()),
        annoyed=float(contacted * np.maximum(-gain, 0).mean()),
        uplift=float(gain.mean()),
        standard_error=math.sqrt(variance),
    )


class Campaign(NamedTuple):
    """A care plan that was carried out.

    Attributes
    ----------
    contacted, control
        Customers in the two groups.
    came_contacted, came_control
        Those of them who came back.
    uplift
        The difference of the two shares, with its standard error.
    """

    contacted: int
    came_contacted: int
    control: int
    came_control: int
    uplift: Uplift


def carried_out(seed: int, people: int, plan: CarePlan, numbers: SimpleNamespace) -> Campaign:
    """Carry a care plan out, with the luck of each customer, and count who comes back.

    Parameters
    ----------
    seed
        The customers of one seed, and their luck.
    people
        How many customers the firm has.
    plan
        The plan; it needs a control group.
    numbers
        The parameters of the model.

    Returns
    -------
    Campaign
        What the firm can count.

    Raises
    ------
    ValueError
        If a part of the plan is not allowed, or a group is empty.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> plan = CarePlan(400, by_readiness=1, control=0.5)
    >>> found = carried_out(33, 1000, plan, load("buick-market").numbers)
    >>> found.contacted, found.control
    (200, 200)
    """
    customers, chosen, chance = _chosen(seed, people, plan, numbers)
    control = control_group(chance, chosen, plan.control)
    contacted = chosen & ~control
    comes = bought(_moved(customers, plan), plan.contacts * contacted, plan.annoyance)
    return Campaign(
        int(contacted.sum()),
        int(comes[contacted].sum()),
        int(control.sum()),
        int(comes[control].sum()),
        uplift(comes, contacted, control),
    )


def _chosen(
    seed: int, people: int, plan: CarePlan, numbers: SimpleNamespace
) -> tuple[Audience, Flags, Chance]:
    """Return the customers, those whom a plan is meant for, and the luck."""
    require(is_whole(plan.count, 1, people), "count", plan.count, f"from 1 to {people}")
    require(is_whole(plan.contacts, 1), "contacts", plan.contacts, "a whole number from 1 up")
    require(is_number(plan.strength, 0), "strength", plan.strength, "0 or more")
    require(is_number(plan.control, 0, 1), "control", plan.control, "a share from 0 to 1")
    chance, customers, ready, effect = _audience(seed, people, numbers)
    rank = plan.by_readiness * ready + plan.by_effect * effect
    return customers, best(rank, plan.count), chance


def _moved(customers: Audience, plan: CarePlan) -> Audience:
    """Return the customers with the strength of the plan in their effect."""
    return customers._replace(effect=plan.strength * customers.effect)


@lru_cache(maxsize=8)
def _audience(
    seed: int, people: int, numbers: SimpleNamespace
) -> tuple[Chance, Audience, np.ndarray, np.ndarray]:
    """Return the luck of a seed, its customers, and what the firm sees of them."""
    chance = Chance(seed)
    customers = draw_customers(
        chance,
        people,
        numbers.care_base,
        numbers.care_base_spread,
        numbers.care_effect,
        numbers.care_effect_spread,
    )
    ready = aimed_score(chance, customers.base, 0.0)
    return chance, customers, ready, aimed_score(chance, customers.effect, numbers.care_aim_error)


def _variance(share: float, size: int) -> float:
    return share * (1 - share) / size
