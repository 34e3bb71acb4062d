"""Effects of a card, a shock or a policy: the costs, and the quantities that are shifted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_args

from msgspec import Meta

from crmsim.scenario.levers import LEVERS
from crmsim.scenario.parameters import declared_parameters
from crmsim.scenario.parts import Dimension, Part, Text
from crmsim.scenario.wiring import tables, unknown_name

EFFECT_PARTS = (
    "satisfaction",
    "expectations",
    "loyalty",
    "complaints",
    "word_of_mouth",
    "customers",
    "firm",
    "quality_links",
    "levers",
    "airline",
    "tiers",
)
"""The parts of the table of parameters that a Market reads."""

AT_THE_START = frozenset(
    [
        "should_above",
        "customers_at_start",
        "visits_shape",
        "visit_value_shape",
        "purchase_years",
        "purchase_shape",
        "key_share",
        "expectation_at_start",
        "expectation_spread",
        "weights_evenness",
        "weak_tie_share",
        "slack",
        "seats_filled",
        "discount_year",
    ]
)
"""Parameters that are read once, before the first week or after the last."""

Money = Annotated[float, Meta(ge=-1e9, le=1e9)]


class Shift(Part):
    """A quantity of the model that has another value for some weeks: value · times + plus.

    ``of`` names a declared parameter that is read week by week, ``quality`` or
    ``quality.<dimension>``, ``failures`` or ``failures.<id>`` (how often things go wrong), or
    ``levers.<id>``. It takes hold ``after`` some weeks and lasts for ``weeks``, or as long as what
    it belongs to is in force. ``why`` is the reason.
    """

    of: Annotated[str, Meta(max_length=60)]
    times: Annotated[float, Meta(ge=0, le=100)] = 1
    plus: Annotated[float, Meta(ge=-1e6, le=1e6)] = 0
    after: Annotated[int, Meta(ge=0, le=520)] = 0
    weeks: Annotated[int, Meta(ge=1, le=520)] | None = None
    why: Text | None = None


class Effect(Part, kw_only=True):
    """The costs of something, once, a week, a visit and a complaint, and what it shifts."""

    cost: Money = 0
    cost_week: Money = 0
    cost_visit: Money = 0
    cost_complaint: Money = 0
    shifts: Annotated[tuple[Shift, ...], Meta(max_length=20)] = ()


@cache
def movable() -> tuple[str, ...]:
    """Return the declared parameters that a shift can move: those that are read week by week.

    Examples
    --------
    >>> "talk_good" in movable(), "customers_at_start" in movable()
    (True, False)
    """
    names = (
        name for name, parameter in declared_parameters().items() if parameter.part in EFFECT_PARTS
    )
    return tuple(name for name in names if name not in AT_THE_START)


def shift_mistakes(effect: Any, place: str, failures: list[str]) -> Iterator[str]:
    """Yield shifts of an effect in a raw file that name nothing that can be moved."""
    quality = ["quality", *(f"quality.{dimension}" for dimension in get_args(Dimension))]
    rates = ["failures", *(f"failures.{name}" for name in failures)]
    for shift in tables(effect.get("shifts")):
        name = str(shift.get("of", ""))[:60]
        if name.startswith("levers."):
            names = [f"levers.{lever}" for lever in LEVERS]
        elif name.startswith("failures"):
            names = rates
        else:
            names = [*quality, *movable()]
        if "of" in shift:
            yield from unknown_name(
                f"{place}: shifts: of", name, names, "a quantity that can be moved"
            )
