"""Arrivals of a week: people come to visit, or to buy here or at a competitor's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.common.arrays import Doubles, Indices
from crmsim.model.equations import buying_terms, chance_to_join, chance_to_return
from crmsim.model.market.people import People
from crmsim.model.market.week import WeekDraws


class Arrivals(NamedTuple):
    """Arrivals among the people drawn: who comes, who buys, who is new, and who is lost."""

    comes: NDArray[np.bool_]
    buyers: Indices
    joined: Indices
    lost: Indices


def arrive(
    people: People, lot: WeekDraws, week: int, promise: float, numbers: SimpleNamespace
) -> Arrivals:
    """Let customers visit and shoppers buy; the loyal resist rivals (C-04, C-08).

    Parameters
    ----------
    people
        The people of the market.
    lot
        What is drawn for the week.
    week
        The week, from 0.
    promise
        Quality (0–1 scale) that is promised beyond what is usual.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    Arrivals
        A truth for each person drawn (bool), and indices of the people.
    """
    shoppers, rivals = lot.people.take(lot.shop), lot.rivals
    buys = lot.shop_lot < chance_to_buy(people, shoppers, week, promise, numbers)
    own = people.customer.take(shoppers)
    comes = people.customer.take(lot.people)
    comes[lot.shop] = buys
    lured = people.customer.take(rivals) & (lot.rival_lot < 1 - people.loyalty.take(rivals))
    lost = np.concatenate([shoppers[own > buys], rivals[lured]])
    return Arrivals(comes, shoppers[buys], shoppers[buys > own], lost)


def chance_to_buy(
    people: People, who: Indices, week: int, promise: float, numbers: SimpleNamespace
) -> Doubles:
    """Return the chance (0–1) of each of these people to buy here, if she has a purchase to make.

    ``promise`` is what is promised beyond what is usual, in quality (0–1).
    """
    terms = buying_terms(numbers, promise)
    level, opinion, loyalty, awareness = people.swaying.take(who, axis=1).astype(np.float64)
    again = chance_to_return(level, loyalty, week - people.failed_week.take(who), terms)
    return np.where(people.customer.take(who), again, chance_to_join(opinion, awareness, terms))
