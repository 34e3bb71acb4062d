"""Who comes in a week: to visit, or to buy, here or at a competitor's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.model.market.people import Indices, People
from crmsim.model.market.week import WeekDraws
from crmsim.model.theory.satisfaction import repurchase_odds


class Arrivals(NamedTuple):
    """Whether each of a lot comes, who of them buys, who of these is new, and who is lost."""

    comes: NDArray[np.bool_]
    buyers: Indices
    joined: Indices
    lost: Indices


def come(
    people: People, lot: WeekDraws, week: int, promise: float, numbers: SimpleNamespace
) -> Arrivals:
    """Customers visit, shoppers buy here or elsewhere; the loyal resist rivals (C-04, C-08)."""
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
) -> NDArray[np.float64]:
    """That of a customer follows satisfaction, loyalty and the memory of failure; that of anybody
    else the opinion of the house (valence) and how present it is (volume of talk)."""
    satisfied, opinion, loyalty, awareness = people.swaying.take(who, axis=1).astype(np.float64)
    since = week - people.failed_week.take(who)
    failed = 0.5 ** (since / numbers.failure_half_life_week)
    bent = numbers.repeat_loyalty * (loyalty - 0.5) - numbers.failure_weight * failed
    odds = repurchase_odds(satisfied, numbers) * np.exp(bent)
    valence = (opinion / numbers.opinion_at_rest) ** numbers.joining_valence
    volume = (awareness / numbers.awareness_at_rest) ** numbers.joining_volume
    first = numbers.joining * (1 + numbers.promise_pull * promise) * valence * volume
    return np.where(people.customer.take(who), odds / (1.0 + odds), np.minimum(first, 1.0))
