"""A visit as those who come live through it: perceive, compare, remember, complain, leave."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from crmsim.common.arrays import Indices, Singles
from crmsim.model.equations import (
    ZERO,
    VisitTerms,
    fate_of,
    learn,
    luck_left,
    perceive,
    quality_met,
    recovery,
    remember,
    satisfaction_with,
    spent,
    visit_terms,
    wish_to_leave,
)
from crmsim.model.market.people import People
from crmsim.model.market.week import FATES, Guests, Service

EVERYBODY = slice(None)
"""The place that stands for all, in equations of the state of minds."""


class Lived(NamedTuple):
    """Results of the visits of a week.

    They are the satisfaction of each who came; who of them (by place) was disappointed, and the
    fate of each (a place in ``FATES``); with whom of these nothing was put right; and who is gone
    for good.
    """

    satisfaction: Singles
    disappointed: Indices
    fates: Indices
    unhappy: Indices
    gone: Indices


class DecidedVisit(NamedTuple):
    """A visit that was decided elsewhere.

    ``person`` is an index, ``gap`` perceived less expected quality; ``pays`` is true if it brings
    something in.
    """

    person: int
    gap: float
    pays: bool


def serve(
    people: People,
    guests: Guests,
    week: int,
    service: Service,
    numbers: SimpleNamespace,
    rule: str,
    decided: DecidedVisit | None = None,
) -> tuple[Singles, Lived]:
    """Let these people pay, be served, and live through it.

    Parameters
    ----------
    people
        The people of the market; what they hold is changed in place.
    guests
        Those who come in the week.
    week
        The week, from 0.
    service
        What the firm delivers in this week.
    numbers
        The declared parameters (``scenario.numbers``).
    rule
        How satisfaction compares; see :func:`crmsim.model.theory.satisfaction.satisfaction`.
    decided
        The visit of one of them that was decided elsewhere, if there is one.

    Returns
    -------
    tuple
        What each of them pays (float32, in currency), and what the visits left.
    """
    who, (normal, speaks, then, _), buyers, beside = guests
    terms = visit_terms(*of_visits(people, service, numbers, rule))
    sales = spent(people.value.take(who), people.loyalty.take(who), terms)
    sales[who.searchsorted(buyers)] = terms.purchase_value
    if decided is not None and not decided.pays:
        sales[who == decided.person] = 0
    met = meets(people, who, normal, service, terms, beside)
    return sales, live(people, who, met, (speaks, then), week, service, numbers, rule, decided)


def of_visits(
    people: People, service: Service, numbers: SimpleNamespace, rule: str
) -> tuple[SimpleNamespace, str, float, float, float, float]:
    """Return what the terms of a week's visits are made of, as ``visit_terms`` takes it.

    Parameters
    ----------
    people
        The people of the market.
    service
        What the firm delivers in this week.
    numbers
        The declared parameters (``scenario.numbers``).
    rule
        The name of the rule of satisfaction.

    Returns
    -------
    tuple
        The arguments of ``visit_terms``, in their order.
    """
    dearer = numbers.visit_value / people.usual_value if people.usual_value > 0 else 1.0
    return numbers, rule, service.surprise, service.believed, dearer, service.expected_lift


def meets(
    people: People,
    who: Indices,
    normal: Singles,
    service: Service,
    terms: VisitTerms,
    beside: Singles | None = None,
) -> Singles:
    """Return the quality (0–1, float32) that each meets, as the dimensions matter to her.

    Parameters
    ----------
    normal
        The luck of each visit, standard normal.
    beside
        Quality that particular ones meet on top, if there are such.
    """
    weights, extra = people.weights.take(who, axis=0).T, ZERO if beside is None else beside
    return quality_met(weights, service.shown, people.evenness.take(who), normal, extra, terms)


def live(
    people: People,
    who: Indices,
    met: Singles,
    lots: tuple[Singles, Singles],
    week: int,
    service: Service,
    numbers: SimpleNamespace,
    rule: str,
    decided: DecidedVisit | None = None,
) -> Lived:
    """Let these people live through a visit: compare, remember, complain, leave.

    Parameters
    ----------
    met
        The quality (0–1) that each of them meets.
    lots
        Two lots of each (0–1): they decide who complains, and what comes of it.
    """
    minds, terms = people.minds(who), visit_terms(*of_visits(people, service, numbers, rule))
    seen = perceive(minds, EVERYBODY, met, terms)
    if decided is not None:
        her = who == decided.person
        seen[her] = minds.will[her] + decided.gap + service.believed
    level = satisfaction_with(minds, EVERYBODY, seen, terms)
    learn(minds, EVERYBODY, met, terms)
    remember(minds, EVERYBODY, level, terms)
    bad = (level <= terms.bad_at).nonzero()[0]
    them, (speaks, then) = who.take(bad), (lot.take(bad) for lot in lots)
    forgives = week - people.failed_week.take(them) > terms.second_failure_week
    shares = recovery(numbers, service.channel, service.solved, service.fast)
    fate = fate_of(speaks, then, forgives, shares)
    people.failed_week[them] = week
    lifted = np.maximum(minds.satisfaction.take(bad), terms.lifted_to.take(fate))
    minds.satisfaction[bad] = lifted
    hazard = wish_to_leave(minds.loyalty.take(bad), terms.wish_left.take(fate), terms)
    gone = them[people.customer.take(them) & (luck_left(then, fate, shares) < hazard)]
    people.remember(who, minds)
    return Lived(level, bad, fate, bad[fate < FATES.index("resolved")], gone)
