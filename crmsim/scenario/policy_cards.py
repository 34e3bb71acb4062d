"""Policy cards: the ways of keeping customers (D-20), each with its costs and what it shifts.

A card is data in ``data/policies/*.toml``. It can be put in force and taken out again in every
Market: ``{"sunset-rule": True}``. What it costs is declared in working time, so that the same card
costs alike in a dealership and in an airline, and is priced with the wages of the scenario.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, ValidationError

from crmsim.common.conversion import convert
from crmsim.common.errors import ScenarioError
from crmsim.common.words import data_path, language
from crmsim.scenario.effects import Effect, Shift, shift_mistakes
from crmsim.scenario.levers import LEVERS
from crmsim.scenario.market import MarketScenario
from crmsim.scenario.mistakes import type_mistakes
from crmsim.scenario.parts import Id, Part, ShortWords, Text
from crmsim.scenario.wiring import Raw, id_of, listed, repeated_ids, short, tables

if TYPE_CHECKING:
    import pandas as pd

WAYS = 30
"""Ways of keeping customers in the source document."""


class Sign(Part):
    """The first change that a card must show: a column of the log, and its direction."""

    column: ShortWords
    goes: Literal["up", "down"]


class PolicyCard(Part, kw_only=True):
    """A way of keeping customers.

    ``work`` is extra work, as a share of the paid time of a visit; ``complaint_h`` is extra work
    on a complaint, in hours. A shift of a lever has the lever's own cost. ``number`` is its place
    in the source document; ``sign`` is the change that a test expects of it.
    """

    id: Id
    number: Annotated[int, Meta(ge=1, le=WAYS)]
    title: Text
    about: Text
    work: Annotated[float, Meta(ge=0, le=0.5)] = 0
    complaint_h: Annotated[float, Meta(ge=0, le=40)] = 0
    shifts: Annotated[tuple[Shift, ...], Meta(min_length=1, max_length=2)]
    sign: Sign
    source: ShortWords

    def priced(self, numbers: SimpleNamespace) -> Effect:
        """Return the effect in a scenario: what it costs there, in currency, and what it shifts.

        Parameters
        ----------
        numbers
            The parameters of the scenario; wages are in currency a week, times in hours.

        Examples
        --------
        >>> from crmsim.scenario import load
        >>> numbers = load("buick-market").numbers
        >>> round(policy_cards()["right-first-time"].priced(numbers).cost_visit, 2)
        9.5
        """
        wage_h = numbers.wage_week / max(numbers.hours_week, 1e-9)
        return Effect(
            cost_visit=self.work * numbers.visit_h * wage_h,
            cost_complaint=self.complaint_h * wage_h,
            shifts=self.shifts,
        )


class _Deck(Part):
    cards: Annotated[tuple[PolicyCard, ...], Meta(max_length=100)]


@cache
def policy_cards() -> Mapping[str, PolicyCard]:
    """Return the policy cards of the course by id, in the order of their numbers.

    Returns
    -------
    mapping
        Of ids to cards; it can't be changed.

    Raises
    ------
    ScenarioError
        Listing every mistake in their files.
    """
    cards = [card for path in sorted(data_path("policies").glob("*.toml")) for card in deck(path)]
    if mistakes := list(repeated_ids([card.id for card in cards], "policies")):
        raise ScenarioError("\n".join(mistakes))
    ordered = sorted(cards, key=lambda card: card.number)
    return MappingProxyType({card.id: card for card in ordered})


def deck(path: Path) -> tuple[PolicyCard, ...]:
    """Return the policy cards of one file.

    Raises
    ------
    ScenarioError
        Listing every mistake: card, key, what was found, what is allowed.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ScenarioError(f"{path.name}: not readable as TOML: {error}") from None
    mistakes = list(_mistakes(raw))
    try:
        cards = convert(raw, _Deck).cards
    except ValidationError:
        mistakes = type_mistakes(_Deck, raw) + mistakes
    if mistakes:
        raise ScenarioError(listed(mistakes, path.name))
    return cards


def _mistakes(raw: Raw) -> Iterator[str]:
    yield from repeated_ids([id_of(card) for card in tables(raw.get("cards"))], "cards")
    for card in tables(raw.get("cards")):
        here = f"cards {short(id_of(card))}"
        yield from shift_mistakes(card, here, [])
        if id_of(card) in LEVERS:
            yield f"{here}: id: is the name of a lever; choose another"
        for number, shift in enumerate(tables(card.get("shifts")), 1):
            if "why" not in shift:
                yield f"{here}: shifts no. {number}: why: is missing; say why it moves"


def policy_table(lang: str = "en", scenario: MarketScenario | None = None) -> pd.DataFrame:
    """Return the policy cards, a row for each: what it shifts and why; in a scenario, its prices.

    Returns
    -------
    DataFrame
        Costs a visit and a complaint are in the currency of the scenario.

    Examples
    --------
    >>> policy_table().set_index("id").loc["sunset-rule", "moves"]
    'levers.sunset +1'
    """
    import pandas as pd

    tag = language(lang)
    rows = []
    for card in policy_cards().values():
        row = {"number": card.number, "id": card.id, "title": card.title[tag]}
        row |= {"about": card.about[tag], "moves": "; ".join(map(_said, card.shifts))}
        row["why"] = " ".join(shift.why[tag] for shift in card.shifts if shift.why)
        row |= {"work": card.work, "complaint_h": card.complaint_h}
        if scenario is not None:
            price = card.priced(scenario.numbers)
            row |= {"cost_visit": price.cost_visit, "cost_complaint": price.cost_complaint}
        rows.append(row | {"source": card.source})
    return pd.DataFrame(rows)


def _said(shift: Shift) -> str:
    times = f" ×{shift.times:g}" if shift.times != 1 else ""
    plus = f" {shift.plus:+g}" if shift.plus else ""
    after = f" (from week {shift.after + 1})" if shift.after else ""
    return f"{shift.of}{times}{plus}{after}"
