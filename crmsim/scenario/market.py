"""The Market: the schema of a firm's scenario."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, field

from crmsim.scenario.cards import (
    Card,
    Failure,
    History,
    Shock,
    Timetable,
    action_mistakes,
    event_mistakes,
    quarters,
)
from crmsim.scenario.levers import LEVERS
from crmsim.scenario.parts import (
    BY_DIMENSION,
    Dimension,
    Finite,
    FiveDimensions,
    Id,
    Part,
    Positive,
    ScenarioBase,
    ShareOfOne,
    Text,
    Weights,
)
from crmsim.scenario.wiring import Raw, short, tables

Signed = Annotated[float, Meta(ge=-1, le=1)]


class Style(Part):
    """A way of serving, as a difference from what the firm usually does.

    ``quality`` is added to the quality delivered on each dimension, ``minutes_ratio`` multiplies
    the time of a visit, and ``cost`` is added to its cost, in currency; ``cost_purchase`` to that
    of a purchase. ``surprise`` is the share of it that nobody asked for (0–1).
    """

    quality: Annotated[dict[Dimension, Signed], BY_DIMENSION] = field(default_factory=dict)
    surprise: ShareOfOne = 0.0
    minutes_ratio: Annotated[float, Meta(gt=0, le=20)] = 1
    cost: Annotated[float, Meta(ge=-1e6, le=1e6)] = 0
    cost_purchase: Annotated[float, Meta(ge=-1e6, le=1e6)] = 0


class Incident(Part, kw_only=True):
    """One visit of one person of the market, decided elsewhere, and what she did after it.

    ``gap`` is what she perceived less what she expected, weighted; ``tells`` whether she speaks
    of it to others.
    """

    week: Annotated[int, Meta(ge=0, le=10_000)] = 4
    gap: Annotated[float, Meta(ge=-1, le=1)]
    buys: bool
    complains: bool = False
    tells: bool = False


class Lever(Part):
    """Something a manager decides every quarter, from quarter ``opens`` on."""

    id: Literal[LEVERS]  # type: ignore[valid-type]
    title: Text
    about: Text
    low: Finite
    high: Finite
    step: Positive
    start: Finite
    opens: Annotated[int, Meta(ge=1, le=400)] = 1


class ReferencePolicy(Part):
    """A way of managing to compare with: levers set when they open and left, cards answered."""

    id: Id
    title: Text
    about: Text
    levers: dict[str, float] = field(default_factory=dict)
    cards: Annotated[dict[Id, Id], Meta(max_length=100)] = field(default_factory=dict)


class Cash(Part):
    """The money that a firm has, in currency: what is in the till at the start, and the limit.

    Every week its profit flows into the till or out of it. Below ``limit`` (less than zero: an
    overdraft) the bank closes the firm.
    """

    start: Annotated[float, Meta(ge=-1e9, le=1e9)]
    limit: Annotated[float, Meta(ge=-1e9, le=1e9)] = 0


class MarketScenario(ScenarioBase, kw_only=True):
    """A firm and its customers, week by week, decided by the quarter.

    ``before`` are the levers of quarters that have passed when the case begins, one table a
    quarter; the firm begins as they left it.
    """

    world: Literal["market"]
    people: Annotated[int, Meta(ge=0, le=5_000_000)]
    years: Annotated[float, Meta(gt=0, le=100)]
    quality: FiveDimensions
    weights: Weights
    levers: Annotated[tuple[Lever, ...], Meta(max_length=100)] = ()
    policies: Annotated[tuple[ReferencePolicy, ...], Meta(max_length=100)] = ()
    rule: Literal["ratio", "difference", "asymmetric"] = "asymmetric"
    style: Style = Style()
    incident: Incident | None = None
    flights: Timetable | None = None
    failures: Annotated[tuple[Failure, ...], Meta(max_length=20)] = ()
    shocks: Annotated[tuple[Shock, ...], Meta(max_length=40)] = ()
    cards: Annotated[tuple[Card, ...], Meta(max_length=40)] = ()
    history: History | None = None
    cash: Cash | None = None
    before: Annotated[tuple[dict[Id, Finite], ...], Meta(max_length=40)] = ()
    yardstick: ClassVar[str] = "value"

    @staticmethod
    def wiring(raw: Raw) -> Iterator[str]:
        """Yield levers that start out of their range, and events and actions that don't fit."""
        yield from _lever_mistakes(raw)
        yield from event_mistakes(raw)
        yield from _policy_mistakes(raw)
        yield from _history_mistakes(raw)
        yield from _before_mistakes(raw)
        yield from _cash_mistakes(raw)


def _lever_mistakes(raw: Raw) -> Iterator[str]:
    for lever in tables(raw.get("levers")):
        low, start, high = (lever.get(key) for key in ("low", "start", "high"))
        numbers = [v for v in (low, start, high) if isinstance(v, int | float)]
        if len(numbers) == 3 and numbers != sorted(numbers):
            yield (
                f"levers {short(lever.get('id'))}: start = {short(start)}: must be between "
                f"low ({short(low)}) and high ({short(high)})"
            )


def _policy_mistakes(raw: Raw) -> Iterator[str]:
    """Yield mistakes of policies; one may set a lever before it opens: it is set when it opens."""
    for policy in tables(raw.get("policies")):
        for key in ("levers", "cards"):
            here = f"policies {short(policy.get('id'))}: {key}"
            yield from action_mistakes(policy.get(key), here, raw, None)


def _history_mistakes(raw: Raw) -> Iterator[str]:
    history, last = raw.get("history"), quarters(raw)
    actions = tables(history.get("actions")) if isinstance(history, dict) else []
    if last is not None and len(actions) > last:
        yield f"history: actions: {len(actions)} of them; the scenario has {last} quarters"
    for number, action in enumerate(actions, 1):
        yield from action_mistakes(action, f"history: quarter {number}", raw, number)


def _before_mistakes(raw: Raw) -> Iterator[str]:
    for number, levers in enumerate(tables(raw.get("before")), 1):
        yield from action_mistakes(levers, f"before: quarter {number}", raw, None)


def _cash_mistakes(raw: Raw) -> Iterator[str]:
    cash = raw.get("cash")
    start, limit = (cash.get("start"), cash.get("limit", 0)) if isinstance(cash, dict) else (1, 0)
    if isinstance(start, int | float) and isinstance(limit, int | float) and start <= limit:
        yield f"cash: start = {short(start)}: must lie above limit = {short(limit)}"
