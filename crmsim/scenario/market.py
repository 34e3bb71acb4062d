"""The Market: what a scenario of a firm and its customers holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from crmsim.scenario.parts import (
    Dimension,
    FiveDimensions,
    Id,
    Part,
    ScenarioBase,
    Text,
    Unit,
    Weights,
)
from crmsim.scenario.wiring import Raw, id_of, items, short, tables, unknown


class Style(Part):
    """A way of serving, as a difference from what the house usually does.

    ``quality`` is added to the quality delivered on each dimension, ``minutes_ratio`` multiplies
    the time a visit takes, ``cost`` is added to what a visit costs the house; ``surprise`` is how
    much of it comes unasked (0–1).
    """

    quality: dict[Dimension, Annotated[float, Field(ge=-1, le=1)]] = Field(default={})
    surprise: Unit = 0.0
    minutes_ratio: float = Field(default=1, gt=0, le=20)
    cost: float = Field(default=0, ge=-1e6, le=1e6)


class Incident(Part):
    """One visit of one person of the market, decided elsewhere: how it went and what she did.

    ``gap`` is what she perceived less what she expected, weighted; ``tells`` whether she speaks
    of it to others.
    """

    week: int = Field(default=4, ge=0, le=10_000)
    gap: float = Field(ge=-1, le=1)
    buys: bool
    complains: bool = False
    tells: bool = False


class Lever(Part):
    """Something a manager decides every quarter."""

    id: Literal[
        "adoption",
        "capacity",
        "pay",
        "bonus",
        "training",
        "empowerment",
        "sunset",
        "channel",
        "promise",
        "attention",
        "facilities",
    ]
    title: Text
    about: Text
    low: float
    high: float
    step: float = Field(gt=0)
    start: float


class ReferencePolicy(Part):
    """A way of managing to compare with: levers set once and left."""

    id: Id
    title: Text
    about: Text
    levers: dict[str, float]


class MarketScenario(ScenarioBase):
    """A firm and its customers, week by week, decided by the quarter."""

    world: Literal["market"]
    people: int = Field(ge=0, le=5_000_000)
    years: float = Field(gt=0, le=100)
    quality: FiveDimensions
    weights: Weights
    levers: tuple[Lever, ...] = Field(default=(), max_length=100)
    policies: tuple[ReferencePolicy, ...] = Field(default=(), max_length=100)
    rule: Literal["ratio", "difference", "asymmetric"] = "asymmetric"
    style: Style = Style()
    incident: Incident | None = None

    @staticmethod
    def wiring(raw: Raw) -> Iterator[str]:
        """Levers that start out of their range, and policies that move none or too far."""
        yield from _lever_mistakes(raw)


def _lever_mistakes(raw: Raw) -> Iterator[str]:
    for lever in tables(raw.get("levers")):
        low, start, high = (lever.get(key) for key in ("low", "start", "high"))
        numbers = [v for v in (low, start, high) if isinstance(v, int | float)]
        if len(numbers) == 3 and numbers != sorted(numbers):
            yield (
                f"levers {short(lever.get('id'))}: start = {short(start)}: should lie between "
                f"low ({short(low)}) and high ({short(high)})"
            )


def _policy_mistakes(raw: Raw) -> Iterator[str]:
    levers = {id_of(lever): lever for lever in tables(raw.get("levers"))}
    for policy in tables(raw.get("policies")):
        here = f"policies {short(policy.get('id'))}: levers"
        for name, value in items(policy.get("levers")):
            if name not in levers:
                yield from unknown(here, name, list(levers), "no lever of this scenario")
                continue
            low, high = levers[name].get("low"), levers[name].get("high")
            known = all(isinstance(number, int | float) for number in (low, value, high))
            if known and not low <= value <= high:
                yield (
                    f"{here}: {name} = {short(value)}: should lie between "
                    f"{short(low)} and {short(high)}"
                )
