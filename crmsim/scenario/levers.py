"""The levers of a market: the one list of what a manager can decide every quarter.

The names, bounds and units of the levers follow from the fields of :class:`Decision`. What a lever
does to the service and what it costs stands in ``crmsim.model.market.firm``.
"""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct
from msgspec.inspect import FloatType, type_info

Share = Annotated[float, Meta(ge=0, le=1, extra={"unit": "share, 0 to 1"})]
AgainstToday = Annotated[float, Meta(ge=0, extra={"unit": "times today's"})]
MoneyWeek = Annotated[float, Meta(ge=0, extra={"unit": "currency an employee and week"})]
QualityMore = Annotated[float, Meta(extra={"unit": "quality, of a scale from 0 to 1"})]
MinutesMore = Annotated[float, Meta(extra={"unit": "minutes a turn"})]


class Decision(Struct, frozen=True):
    """The decision of a manager. The default of a lever is the value that changes nothing.

    Attributes
    ----------
    adoption
        Share of the floor that serves in the scenario's style.
    capacity, pay
        Staff, and base pay, against today.
    bonus
        Share of pay that follows profit.
    training
        Currency spent on training, an employee and week.
    empowerment, sunset, channel, attention
        How far staff may solve complaints themselves; how far complaints are closed on the same
        day; how easy it is to complain; how much care key customers get (each 0 to 1).
    promise
        Quality promised beyond the usual; below zero, less is promised than is delivered.
    facilities, fare, fleet
        Spending on upkeep, price, and number of aircraft, against today.
    buffer
        Minutes added to every turn of an aircraft; below zero, minutes saved.
    """

    adoption: Share = 1.0
    capacity: AgainstToday = 1.0
    pay: AgainstToday = 1.0
    bonus: Share = 0.0
    training: MoneyWeek = 0.0
    empowerment: Share = 0.0
    sunset: Share = 0.0
    channel: Share = 0.0
    promise: QualityMore = 0.0
    attention: Share = 0.0
    facilities: AgainstToday = 1.0
    fare: AgainstToday = 1.0
    fleet: AgainstToday = 1.0
    buffer: MinutesMore = 0.0


class Bounds(NamedTuple):
    """The range of a lever, whatever acts on it, and the unit it is measured in."""

    low: float
    high: float
    unit: str

    @property
    def signed(self) -> bool:
        """True if the lever may lie below zero."""
        return self.low < 0

    def clip(self, value: float) -> float:
        """Return the value, moved into the range."""
        return min(max(value, self.low), self.high)


def _bounds() -> dict[str, Bounds]:
    """Read the bounds of every lever from the schema."""
    bounds = {}
    for lever in type_info(Decision).fields:  # type: ignore[attr-defined]
        declared = lever.type
        number = declared.type
        assert isinstance(number, FloatType)
        low = -math.inf if number.ge is None else float(number.ge)
        high = math.inf if number.le is None else float(number.le)
        bounds[lever.name] = Bounds(low, high, declared.extra["unit"])
    return bounds


BOUNDS = _bounds()
"""The bounds of each lever, by its name."""

LEVERS = tuple(BOUNDS)
"""The names of all levers, in the order of :class:`Decision`."""
