"""Parts of which exercises are declared: options, rows, misconceptions, places to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import Annotated, Any

from msgspec import Meta, field, to_builtins

from crmsim.common.numbers import significant
from crmsim.common.words import LANGUAGES
from crmsim.scenario.parts import Finite, Id, Part, Text

LARGEST_WHOLE = 10**18
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


class UnitWords(Text):
    """Words behind a number, in both languages; they may be empty."""

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


def by_id(parts: Iterable[Any], lang: str) -> dict[str, str]:
    """Return the text of each part by its id.

    Parameters
    ----------
    parts
        Parts of an exercise, with an id and a text.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    dict of str
        Texts by id.
    """
    return {part.id: part.text[lang] for part in parts}


def fill(raw: Any, values: Mapping[str, Any], lang: str | None = None) -> Any:
    """Fill the places of every text in raw data; places without a value stay as they are."""
    if isinstance(raw, Mapping):
        return {
            name: fill(part, values, name if name in LANGUAGES else lang)
            for name, part in raw.items()
        }
    if isinstance(raw, list | tuple):
        return [fill(part, values, lang) for part in raw]
    if not isinstance(raw, str) or lang is None:
        return raw
    return filled(raw, {name: in_words(value, lang) for name, value in values.items()})


def in_words(value: object, lang: str) -> str:
    """Return a value of a variant as it stands in a text.

    Examples
    --------
    >>> in_words(1200, "en"), in_words(0.5, "en")
    ('1,200', '0.5')
    """
    if isinstance(value, Text):
        value = to_builtins(value)
    if isinstance(value, Mapping):
        return str(value[lang])
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else significant(value)
    return str(value)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its places filled in; a place without a value stays as it is.

    Examples
    --------
    >>> filled("worst in week {week}, {other}", {"week": "7"})
    'worst in week 7, {other}'
    """
    return PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def is_plain_number(value: object) -> bool:
    """Say whether a value is a number that one can calculate with."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) < LARGEST_WHOLE if isinstance(value, int) else isfinite(value)


def unknown(place: str, found: object, allowed: list[str]) -> Iterator[str]:
    """Return a sentence where a name leads nowhere.

    Parameters
    ----------
    place
        The place in the file.
    found
        The name that stands there.
    allowed
        The names that may.

    Yields
    ------
    str
        The mistake, at most one.
    """
    if found not in allowed:
        yield f"{place} = {found!r}: must be one of {', '.join(allowed)}"
