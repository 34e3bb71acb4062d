"""The Desk: the schema of a service desk's scenario."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from crmsim.scenario.parts import Id, Part, ScenarioBase, Text
from crmsim.scenario.wiring import Raw, id_of, tables, twice


class Hour(Part):
    """An hour of a desk's day: whom to expect, and the rota.

    ``questions`` and ``problems`` are expected numbers: of people who ask something, and of
    customers who meet a serious problem, whether they say so or not.
    """

    questions: Annotated[float, Meta(ge=0, le=1e5)]
    problems: Annotated[float, Meta(ge=0, le=1e5)]
    agents: Annotated[int, Meta(ge=0, le=1000)]
    handlers: Annotated[int, Meta(ge=0, le=1000)]


class Rota(Part):
    """A way of staffing to compare with: people more or fewer than planned, and a discipline."""

    id: Id
    title: Text
    about: Text
    agents: Annotated[int, Meta(ge=-1000, le=1000)] = 0
    handlers: Annotated[int, Meta(ge=-1000, le=1000)] = 0
    discipline: Literal["fifo", "sunset"] = "fifo"


class DeskScenario(ScenarioBase, kw_only=True):
    """A service desk by the hour: a queue in front, complaint cases behind.

    ``agents`` and ``handlers`` say how many people there are for the queue and for the cases;
    ``hours`` are the hours of one day from ``opens`` on, and ``days`` how many such days there are.
    """

    world: Literal["desk"]
    opens: Annotated[int, Meta(ge=0, le=23)]
    sunset: Annotated[int, Meta(ge=1, le=24)]
    days: Annotated[int, Meta(ge=1, le=1000)] = 1
    agents: Annotated[int, Meta(ge=1, le=1000)]
    handlers: Annotated[int, Meta(ge=1, le=1000)]
    discipline: Literal["fifo", "sunset"] = "fifo"
    service: Literal["lognormal", "exponential"] = "lognormal"
    remedy: Literal["nothing", "apology", "money", "money-and-apology"] = "money-and-apology"
    hours: Annotated[tuple[Hour, ...], Meta(min_length=1, max_length=24)]
    policies: Annotated[tuple[Rota, ...], Meta(max_length=20)] = ()
    yardstick: ClassVar[str] = "value"

    @staticmethod
    def wiring(raw: Raw) -> Iterator[str]:
        """Yield hours that do not fit into a day, and more people planned than there are."""
        yield from twice([id_of(rota) for rota in tables(raw.get("policies"))], "policies")
        opens, sunset, hours = raw.get("opens"), raw.get("sunset"), tables(raw.get("hours"))
        closes = opens + len(hours) if isinstance(opens, int) else None
        if closes is not None and closes > 24:
            yield f"hours: {len(hours)} from {opens}:00 on: must end by 24:00"
        if closes is not None and isinstance(sunset, int) and not opens < sunset <= closes:
            yield f"sunset = {sunset}: must be within the opening hours ({opens} to {closes})"
        for number, hour in enumerate(hours, 1):
            for post in ("agents", "handlers"):
                planned, there = hour.get(post), raw.get(post)
                if isinstance(planned, int) and isinstance(there, int) and planned > there:
                    yield f"hours no. {number}: {post} = {planned}: must be at most {there}"
