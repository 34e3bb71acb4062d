"""What every declared exercise is made of, whatever its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Annotated, Any, ClassVar, Self

from msgspec import Meta, convert, field, to_builtins

from crmsim.common.words import LANGUAGES
from crmsim.scenario.parts import Finite, Id, Part, Text

LARGEST = 10**18
"""A whole number beyond this is no answer to anything here."""

PLACE = re.compile(r"\{(\w+)\}")
"""A place in a text that is filled in, as in ``{profit_change}``."""


class Slip(Part, kw_only=True):
    """A known way of going wrong: its name, and a case that contradicts it.

    ``own`` is that case taken from the student's own run, with places such as
    ``{evaluation_low_week}`` for its values; see :mod:`crmsim.exercises.run_values`.
    """

    misconception: Text
    counter: Text
    own: Text | None = None


class Unit(Text):
    """What stands behind a number, in both languages; it may be nothing."""

    en: Annotated[str, Meta(max_length=60)]
    zh_hans: Annotated[str, Meta(max_length=60)] = field(name="zh-Hans")


class Option(Part):
    """Something to choose; a wrong one names the misconception that leads to it."""

    id: Id
    text: Text
    slip: Slip | None = None


class Row(Part, kw_only=True):
    """Something to match with an option, or to put in its place, and why it belongs there."""

    id: Id
    text: Text
    key: Id | None = None
    because: Text


class NearMiss(Slip):
    """A wrong number that gives away how it was found."""

    value: Finite


class Exercise(Part, kw_only=True):
    """What every exercise declares.

    ``points`` is what it is worth in a gradebook, by default as much as its kind usually is; a
    prediction is worth nothing. ``twin`` names an exercise that is answered by clicking and counts
    for this one: the better of the two does.
    """

    POINTS: ClassVar[int] = 1

    id: Id
    question: Text
    business: Text
    hints: tuple[Text, ...] = ()
    concepts: Annotated[tuple[str, ...], Meta(min_length=1)]
    points: Annotated[int, Meta(ge=0, le=100)] | None = None
    twin: Id | None = None

    @property
    def prediction(self) -> bool:
        """Whether it has no key, because only a run can tell what is right."""
        return getattr(self, "key", self) is None

    @property
    def worth(self) -> int:
        """The points it is worth."""
        usual = 0 if self.prediction else self.POINTS
        return usual if self.points is None else self.points

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        yield from ()


class Variant(Part):
    """One student's version: what fills the places of the words, and what then is right.

    A number's ``slips`` take the place of those of the exercise; where only the value differs, the
    values in their order are enough.
    """

    values: dict[str, Text | str | int | Finite]
    key: Id | Finite
    slips: tuple[NearMiss | Finite, ...] = ()


class Varied(Exercise, kw_only=True):
    """An exercise of which students get different versions, each by her number."""

    variants: Annotated[tuple[Variant, ...], Meta(max_length=20)] = ()

    def variant(self, index: int) -> Self:
        """The version of that index; the exercise itself where there is only one."""
        return self._filled(self.variants[index]) if self.variants else self

    def _filled(self, chosen: Variant) -> Self:
        """This exercise with the places of its words filled, and the key of that variant."""
        return convert(_fill(self._raw(chosen), chosen.values), type(self))

    def _raw(self, chosen: Variant) -> dict[str, Any]:
        """This exercise with what is right in a variant, its places not filled yet."""
        return to_builtins(self) | {"variants": (), "key": chosen.key}

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts, in any variant."""
        for index, chosen in enumerate(self.variants):
            open_places = set(PLACE.findall(str(to_builtins(self.question)))) - set(chosen.values)
            for name in sorted(open_places):
                yield f"variants no. {index + 1}: values: {name!r} of the question is missing"


def shown(value: object, lang: str) -> str:
    """A value of a variant as it stands in a text.

    Examples
    --------
    >>> shown(1200, "en"), shown(0.5, "en")
    ('1,200', '0.5')
    """
    if isinstance(value, Mapping):
        return str(value[lang])
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return str(value)


def _fill(raw: Any, values: Mapping[str, Any], lang: str | None = None) -> Any:
    """Fill in what is known; other places stay as they are."""
    if isinstance(raw, Mapping):
        return {
            name: _fill(part, values, name if name in LANGUAGES else lang)
            for name, part in raw.items()
        }
    if isinstance(raw, list | tuple):
        return [_fill(part, values, lang) for part in raw]
    if not isinstance(raw, str) or lang is None:
        return raw
    plain = {
        name: to_builtins(value) if isinstance(value, Text) else value
        for name, value in values.items()
    }
    return filled(raw, {name: shown(value, lang) for name, value in plain.items()})


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled in; what has no value stays as it is.

    Examples
    --------
    >>> filled("worst in week {week}, {whatever}", {"week": "7"})
    'worst in week 7, {whatever}'
    """
    return PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def is_number(value: object) -> bool:
    """Whether a value is a number that one can calculate with."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) < LARGEST if isinstance(value, int) else isfinite(value)


def twice(ids: list[str], place: str) -> Iterator[str]:
    """A sentence for each id that stands more than once."""
    for name in dict.fromkeys(name for name in ids if ids.count(name) > 1):
        yield f"{place}: id = {name!r}: stands more than once"


def unknown(place: str, found: object, allowed: list[str]) -> Iterator[str]:
    """A sentence where a name leads nowhere."""
    if found not in allowed:
        yield f"{place} = {found!r}: is none of {', '.join(allowed)}"
