"""The levers of a market: the one list of what a manager can decide every quarter.

The names, bounds, units and nodes of the levers follow from the fields of :class:`Decision`. What a
lever does to the service and what it costs stands in ``crmsim.model.market.firm``.
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

SERVICE, EVALUATION, WORD_OF_MOUTH, SALES, PAY = (
    Meta(extra={"node": node})
    for node in ("service", "evaluation", "word_of_mouth", "sales", "pay")
)
"""The nodes, beside profit, at which the effect of a lever enters the loop."""


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

    adoption: Annotated[Share, SERVICE] = 1.0
    capacity: Annotated[AgainstToday, SERVICE] = 1.0
    pay: Annotated[AgainstToday, PAY] = 1.0
    bonus: Annotated[Share, PAY] = 0.0
    training: Annotated[MoneyWeek, SERVICE] = 0.0
    empowerment: Annotated[Share, SERVICE] = 0.0
    sunset: Annotated[Share, WORD_OF_MOUTH] = 0.0
    channel: Annotated[Share, WORD_OF_MOUTH] = 0.0
    promise: Annotated[QualityMore, EVALUATION] = 0.0
    attention: Annotated[Share, EVALUATION] = 0.0
    facilities: Annotated[AgainstToday, SERVICE] = 1.0
    fare: Annotated[AgainstToday, SALES] = 1.0
    fleet: Annotated[AgainstToday, SALES] = 1.0
    buffer: Annotated[MinutesMore, EVALUATION] = 0.0


class Bounds(NamedTuple):
    """The range of a lever, whatever acts on it, its unit, and the node on which it acts."""

    low: float
    high: float
    unit: str
    node: str

    @property
    def signed(self) -> bool:
        """True if the lever may lie below zero."""
        return self.low < 0

    def clip(self, value: float) -> float:
        """Return the value, moved into the range."""
        return min(max(value, self.low), self.high)


_DECLARED = "declare its unit and the node on which it acts, such as Annotated[Share, SERVICE]"


def bounds_of(schema: type[Struct]) -> dict[str, Bounds]:
    """Read the bounds of every lever from a schema.

    Parameters
    ----------
    schema
        The class whose fields are the levers.

    Returns
    -------
    dict of Bounds
        By the name of the lever.

    Raises
    ------
    TypeError
        If a field has no unit or no node.
    """
    bounds = {}
    for lever in type_info(schema).fields:  # type: ignore[attr-defined]
        declared = lever.type
        said = getattr(declared, "extra", None) or {}
        if not {"unit", "node"} <= said.keys():
            raise TypeError(f"lever {lever.name}: {_DECLARED}")
        number = declared.type
        assert isinstance(number, FloatType)
        low = -math.inf if number.ge is None else float(number.ge)
        high = math.inf if number.le is None else float(number.le)
        bounds[lever.name] = Bounds(low, high, **said)
    return bounds


BOUNDS = bounds_of(Decision)
"""The bounds of each lever, by its name."""

LEVERS = tuple(BOUNDS)
"""The names of all levers, in the order of :class:`Decision`."""
