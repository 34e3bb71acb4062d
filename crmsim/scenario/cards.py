"""Events of a Market: failures, shocks, and cards that ask for a judgement."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Literal

from msgspec import Meta

from crmsim.common.calendar import WEEKS_YEAR, quarters_of
from crmsim.scenario.effects import Effect, Money, shift_mistakes
from crmsim.scenario.parts import BY_DIMENSION, Dimension, Id, Part, ShareOfOne, ShortWords, Text
from crmsim.scenario.wiring import Raw, id_of, items, repeated_ids, short, tables, unknown_name

Setting = Annotated[
    bool | int | float | Annotated[str, Meta(max_length=60)],
    Meta(description="a number, true or false, or the id of an option"),
]
"""Value in an action: a lever's value, a policy card on or off, a card's option."""


class Failure(Part):
    """A way in which a visit goes wrong (B-07).

    ``rate`` is the share of visits in which it happens at rest; ``severity`` is the quality that it
    takes from each dimension. A visit in which nothing fails is better than the usual quality by
    what failures take on average. The rate grows with work pressure and with the share of seats
    filled, by the elasticities ``pressure`` and ``load``; if ``by_hour`` is set, also with the
    delay through the day. ``refund`` is the cost of a case to the firm, in currency. ``status``
    says how certain the rate is, as for a parameter.
    """

    id: Id
    title: Text
    rate: Annotated[float, Meta(ge=0, le=0.5)]
    severity: Annotated[dict[Dimension, ShareOfOne], BY_DIMENSION, Meta(min_length=1)]
    pressure: Annotated[float, Meta(ge=0, le=10)] = 0
    load: Annotated[float, Meta(ge=0, le=20)] = 0
    by_hour: bool = False
    refund: Money = 0
    source: ShortWords = ""
    status: Literal["seen", "computed", "from memory", "choice"] = "choice"


class Timetable(Part):
    """The timetable of an airline: which carrier's delays, of departures from New York."""

    delays: Literal["all", "southwest"]


class Shock(Effect):
    """Something that comes from outside in a quarter, and shifts quantities for some weeks.

    With ``latest`` the quarter is drawn by the seed, from ``quarter`` to ``latest``. Of the shocks
    that name the same ``one_of`` only one comes, drawn by the seed as well.
    """

    id: Id
    title: Text
    about: Text
    quarter: Annotated[int, Meta(ge=1, le=400)]
    week: Annotated[int, Meta(ge=0, le=12)] = 0
    latest: Annotated[int, Meta(ge=1, le=400)] | None = None
    one_of: Id | None = None


class Touch(Part):
    """An experience of particular people because of a decision.

    ``them`` are the people the card is about; ``others`` are as many other customers as ``people``
    says. ``gap`` is perceived less expected quality, once. ``each_visit`` is added to the quality
    of every later visit, for ``weeks``. ``tells`` is the share of them who talk about it.
    """

    whom: Literal["them", "others"]
    people: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    gap: Annotated[float, Meta(ge=-1, le=1)] = 0
    each_visit: Annotated[float, Meta(ge=-1, le=1)] = 0
    weeks: Annotated[int, Meta(ge=1, le=520)] | None = None
    tells: ShareOfOne = 0


class CardOption(Effect):
    """A way to decide a card.

    ``praised`` and ``blamed`` are the shares of all people who hear of it as a good or a bad word.
    """

    id: Id
    does: Text
    why: Text
    touches: Annotated[tuple[Touch, ...], Meta(max_length=9)] = ()
    praised: ShareOfOne = 0
    blamed: ShareOfOne = 0


class Card(Part, kw_only=True):
    """A case that asks for a judgement in one quarter, and the people it is about.

    ``who`` says from whom they are drawn: customers, key customers, the most frequent ones, or
    strangers; not answered, ``usual`` happens.
    """

    id: Id
    quarter: Annotated[int, Meta(ge=1, le=400)]
    title: Text
    story: Text
    who: Literal["customers", "key", "frequent", "strangers"] = "customers"
    people: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    usual: Id
    options: Annotated[tuple[CardOption, ...], Meta(min_length=1, max_length=9)]

    def option(self, option_id: str) -> CardOption:
        """Return the option of that id."""
        return next(option for option in self.options if option.id == option_id)


class History(Part, kw_only=True):
    """A strategy that was tried, an action a quarter: what it was, before one's own.

    ``why`` explains the end; it is shown after the student has seen it.
    """

    title: Text
    about: Text
    why: Text | None = None
    actions: Annotated[tuple[dict[Id, Setting], ...], Meta(min_length=1, max_length=400)]


def event_mistakes(raw: Raw) -> Iterator[str]:
    """Yield failures, shocks and cards of a raw file that don't fit together."""
    failures, shocks, cards = (tables(raw.get(key)) for key in ("failures", "shocks", "cards"))
    modes = [id_of(failure) for failure in failures]
    taken = chain(cards, tables(raw.get("levers")))
    yield from repeated_ids(modes, "failures")
    yield from repeated_ids([id_of(shock) for shock in shocks], "shocks")
    yield from repeated_ids([id_of(each) for each in taken], "levers and cards")
    for failure in failures:
        if failure.get("by_hour") is True and raw.get("flights") is None:
            yield f"failures {short(id_of(failure))}: by_hour: needs [flights], whose day it is"
    for shock in shocks:
        here = f"shocks {short(id_of(shock))}"
        yield from _quarter_mistakes(here, shock.get("quarter"), raw)
        yield from _latest_mistakes(here, shock, raw)
        yield from shift_mistakes(shock, here, modes)
    for card in cards:
        yield from _card_mistakes(card, raw, modes)


def quarters(raw: Raw) -> int | None:
    """Return how many quarters the scenario in a raw file has; None if that can't be said."""
    years = raw.get("years")
    known = isinstance(years, int | float) and not isinstance(years, bool) and 0 < years <= 100
    return quarters_of(round(years * WEEKS_YEAR)) if known else None


def _quarter_mistakes(place: str, quarter: Any, raw: Raw) -> Iterator[str]:
    last = quarters(raw)
    if last is not None and isinstance(quarter, int) and quarter > last:
        yield f"{place}: quarter = {short(quarter)}: the scenario ends with quarter {last}"


def _latest_mistakes(place: str, shock: Raw, raw: Raw) -> Iterator[str]:
    first, latest = shock.get("quarter"), shock.get("latest")
    last = quarters(raw)
    if isinstance(first, int) and isinstance(latest, int) and latest < first:
        yield f"{place}: latest = {short(latest)}: must not lie before quarter = {short(first)}"
    if last is not None and isinstance(latest, int) and latest > last:
        yield f"{place}: latest = {short(latest)}: the scenario ends with quarter {last}"


def _card_mistakes(card: Raw, raw: Raw, modes: list[str]) -> Iterator[str]:
    here = f"cards {short(id_of(card))}"
    options = tables(card.get("options"))
    names = [id_of(option) for option in options]
    yield from _quarter_mistakes(here, card.get("quarter"), raw)
    yield from repeated_ids(names, f"{here}: options")
    yield from unknown_name(f"{here}: usual", card.get("usual"), names, "an option of this card")
    for option in options:
        place = f"{here}, option {short(id_of(option))}"
        yield from shift_mistakes(option, place, modes)
        for touch in tables(option.get("touches")):
            if touch.get("whom") == "them" and not card.get("people"):
                yield f"{place}: touches: whom = 'them': the card says of no people (people = …)"
            if touch.get("whom") == "others" and not touch.get("people"):
                yield f"{place}: touches: whom = 'others': say how many (people = …)"


def action_mistakes(action: Any, place: str, raw: Raw, quarter: int | None) -> Iterator[str]:
    """Yield what an action in a raw file does that can't be done, in a quarter if one is named.

    A name that is neither a lever nor a card may be a policy card, known elsewhere.
    """
    levers = {id_of(lever): lever for lever in tables(raw.get("levers"))}
    cards = {id_of(card): card for card in tables(raw.get("cards"))}
    for name, value in items(action):
        if name in cards:
            names = [id_of(option) for option in tables(cards[name].get("options"))]
            yield from unknown_name(f"{place}: {name}", value, names, "an option of this card")
            due = cards[name].get("quarter")
            if quarter is not None and isinstance(due, int) and due != quarter:
                yield f"{place}: {name}: this card comes in quarter {due}"
        elif name not in levers:
            if not isinstance(value, bool):
                known = [*levers, *cards]
                yield from unknown_name(place, name, known, "a lever or card of this scenario")
        else:
            yield from _lever_setting_mistakes(place, levers[name], value, quarter)


def _lever_setting_mistakes(
    place: str, lever: Raw, value: Any, quarter: int | None
) -> Iterator[str]:
    name, low, high = id_of(lever), lever.get("low"), lever.get("high")
    known = all(isinstance(number, int | float) for number in (low, value, high))
    if known and not low <= value <= high:
        yield (f"{place}: {name} = {short(value)}: must be between {short(low)} and {short(high)}")
    opens = lever.get("opens", 1)
    if quarter is not None and isinstance(opens, int) and quarter < opens:
        yield f"{place}: {name}: this lever opens in quarter {opens}"
