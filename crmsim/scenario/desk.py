"""The Desk: the schema of a service desk's scenario."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from crmsim.scenario.parameters import declared_parameters
from crmsim.scenario.parts import Id, LeadsToMarket, Part, ShareOfOne, ShortWords, Text
from crmsim.scenario.paths import then_mistakes
from crmsim.scenario.wiring import Raw, id_of, repeated_ids, short, tables, unknown_name


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


MessageKind = Literal["goods", "contract", "delivery", "service", "suggestion"]
"""The five things that a complaint can be about (C-15)."""


class DeskReply(Part):
    """An answer that can be given to a message.

    ``seconds`` of the time for the messages it takes. ``treatment`` is how fairly she feels
    treated, ``result`` how much is put right (0–1). One that ``settles`` needs no more work; it
    solves the problem if its result is above 0. ``cost`` is in currency, and ``why`` is told
    afterwards.
    """

    id: Id
    text: Text
    why: Text
    seconds: Annotated[int, Meta(ge=1, le=600)]
    treatment: ShareOfOne
    result: ShareOfOne
    settles: bool = False
    cost: Annotated[float, Meta(ge=0, le=1e6)] = 0


class Message(Part):
    """A message that lies in the box before the desk opens.

    ``kind`` is what it is about. Its sender rings after ``patience_h`` hours if nobody has told
    her when to expect a solution. She is worth as much as ``worth`` ordinary customers, and a
    solution is ``work_min`` minutes of work. ``why`` says what her turn should be, and why.
    """

    id: Id
    sender: Text
    subject: Text
    text: Text
    why: Text
    kind: MessageKind
    patience_h: Annotated[float, Meta(gt=0, le=24)]
    work_min: Annotated[float, Meta(ge=0, le=600)]
    replies: Annotated[tuple[DeskReply, ...], Meta(min_length=2, max_length=4)]
    worth: Annotated[float, Meta(gt=0, le=1000)] = 1


class DayShift(Part):
    """A parameter of a desk that has another value for the day: value · times + plus.

    ``of`` names it. The new value stays within the range that is declared for the parameter.
    """

    of: Annotated[str, Meta(max_length=60)]
    times: Annotated[float, Meta(ge=0, le=100)] = 1
    plus: Annotated[float, Meta(ge=-1e6, le=1e6)] = 0


class DayCard(Part, kw_only=True):
    """A way of keeping customers (D-20) that can be tried for a day at the desk.

    ``work_h`` are hours of paid work before the doors open; ``cost`` is money spent once, and
    ``cost_case`` money spent on each complaint that is solved, both in currency. ``shifts`` are
    all that the card does to the day; ``why`` says how that works, and what it takes.
    """

    id: Id
    title: Text
    about: Text
    why: Text
    work_h: Annotated[float, Meta(ge=0, le=1000)] = 0
    cost: Annotated[float, Meta(ge=0, le=1e6)] = 0
    cost_case: Annotated[float, Meta(ge=0, le=1e6)] = 0
    shifts: Annotated[tuple[DayShift, ...], Meta(min_length=1, max_length=4)]
    source: ShortWords


@cache
def shiftable() -> tuple[str, ...]:
    """Return the parameters that a card of the day can shift: those of the desk and two shares.

    Examples
    --------
    >>> "handle_min" in shiftable(), "talk_good" in shiftable()
    (True, False)
    """
    shares = ("complaint_share", "recovery_share")
    return (*(name for name, each in declared_parameters().items() if each.part == "desk"), *shares)


class DeskScenario(LeadsToMarket, kw_only=True):
    """A service desk by the hour: a queue in front, complaint cases behind.

    ``agents`` and ``handlers`` say how many people there are for the queue and for the cases;
    ``hours`` are the hours of one day from ``opens`` on, and ``days`` how many such days there are.
    ``callbacks`` says if callers can be offered to leave a number, and ``checks`` if each link of
    the chain record, handle, re-check, feed back can be checked. ``messages`` lie in the box in
    the morning of the first day: ``box_min`` minutes are there to sort and answer them. Of
    ``cards`` at most ``cards_most`` can be played, before the doors open. ``then``
    names the market in which the day is felt (:func:`crmsim.runs.butterfly.aftermath`).
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
    callbacks: bool = False
    checks: bool = False
    messages: Annotated[tuple[Message, ...], Meta(max_length=20)] = ()
    box_min: Annotated[float, Meta(gt=0, le=120)] = 8
    cards: Annotated[tuple[DayCard, ...], Meta(max_length=6)] = ()
    cards_most: Annotated[int, Meta(ge=1, le=6)] = 2
    hours: Annotated[tuple[Hour, ...], Meta(min_length=1, max_length=24)]
    policies: Annotated[tuple[Rota, ...], Meta(max_length=20)] = ()
    yardstick: ClassVar[str] = "value"

    @staticmethod
    def wiring(raw: Raw) -> Iterator[str]:
        """Yield hours that do not fit into a day, and more people planned than there are."""
        yield from repeated_ids([id_of(rota) for rota in tables(raw.get("policies"))], "policies")
        yield from repeated_ids(
            [id_of(message) for message in tables(raw.get("messages"))], "messages"
        )
        for message in tables(raw.get("messages")):
            replies = [id_of(reply) for reply in tables(message.get("replies"))]
            yield from repeated_ids(replies, f"messages {id_of(message)!r}: replies")
        yield from repeated_ids([id_of(card) for card in tables(raw.get("cards"))], "cards")
        for card in tables(raw.get("cards")):
            here = f"cards {short(id_of(card))}: shifts: of"
            for shift in tables(card.get("shifts")):
                if "of" in shift:
                    found = str(shift["of"])[:60]
                    yield from unknown_name(
                        here, found, list(shiftable()), "a parameter of the desk"
                    )
        yield from then_mistakes(raw)
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
