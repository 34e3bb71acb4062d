"""What is not allowed in a file: each place, the key, the value found and the rule.

A file that does not fit its schema is asked for part by part, so that all its mistakes are told
at once; the library that reads it stops at the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from math import isfinite
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Struct, ValidationError, convert
from msgspec.structs import fields

from crmsim.scenario.wiring import MOST_TOLD, Raw, short

Place = tuple[Any, ...]


def type_mistakes(kind: type[Struct], raw: Raw) -> list[str]:
    """Keys and values that are not allowed, each with its place, the value and the rule.

    Examples
    --------
    >>> from crmsim.scenario.parts import Text
    >>> type_mistakes(Text, {"en": "Hello", "zh": "你好"})
    ['zh-Hans: is missing', 'zh: this key is not known; take it out or correct its spelling']
    """
    mistakes = islice(_mistakes(kind, raw, ()), MOST_TOLD + 1)
    return [f"{_named(place, raw)}{mistake}" for place, mistake in mistakes]


def _mistakes(kind: Any, value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """What is wrong with a value: with what it holds, or else with itself."""
    said = _refusal(kind, value)
    if not said:
        return
    of_itself = True
    for mistake in _inner_mistakes(kind, value, place):
        of_itself = False
        yield mistake
    if of_itself or (said.startswith("Expected") and " - at `" not in said):
        yield place, f" = {short(value)}: must be {_rule(kind, value, said)}"


def _inner_mistakes(kind: Any, value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    match _holding(kind, value):
        case None:
            return
        case arm if get_origin(arm) is tuple:
            for number, inner in enumerate(value):
                yield from _mistakes(get_args(arm)[0], inner, (*place, number))
        case arm if get_origin(arm) is dict:
            names, values = get_args(arm)
            for name, inner in value.items():
                if said := _refusal(names, name):
                    yield (*place, name), f": this key must be {_rule(names, name, said)}"
                yield from _mistakes(values, inner, (*place, name))
        case arm:
            known = {field.encode_name: field for field in _fields(arm)}
            for name, field in known.items():
                if name in value:
                    yield from _mistakes(field.type, value[name], (*place, name))
                elif field.required:
                    yield (*place, name), ": is missing"
            for name in value:
                if name not in known:
                    what = ": this key is not known; take it out or correct its spelling"
                    yield (*place, name), what


_fields = cache(fields)


def _refusal(kind: Any, value: Any, strict: bool = True) -> str:
    """Why a value is not of a kind, in the words of the library; empty where it is."""
    try:
        convert(value, kind, strict=strict)
    except ValidationError as error:
        return str(error)
    return ""


def _holding(kind: Any, value: Any) -> Any:
    """The schema of a table, the table or the list that a value's parts are held against."""
    for arm in _arms(kind):
        table = (isinstance(arm, type) and issubclass(arm, Struct)) or get_origin(arm) is dict
        if table and isinstance(value, dict):
            return arm
        if get_origin(arm) is tuple and isinstance(value, list | tuple):
            return arm
    return None


def _arms(kind: Any) -> list[Any]:
    """The kinds that are allowed side by side, without their limits."""
    if get_origin(kind) is Annotated:
        return _arms(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [bare for arm in get_args(kind) for bare in _arms(arm)]
    return [kind]


def _rule(kind: Any, value: Any, said: str) -> str:
    """What is allowed, in the words of somebody who writes a case."""
    arms = _arms(kind)
    choices = [repr(each) for arm in arms if get_origin(arm) is Literal for each in get_args(arm)]
    if choices:
        return _either(choices)
    if "out of range" in said or (isinstance(value, float) and not isfinite(value)):
        return "an ordinary number"
    if bound := re.search(r" (of length )?([<>]=?) (\S+)$", said):
        sign, limit = bound.group(2, 3)
        return _length(value, sign, limit) if bound[1] else f"{_BOUNDS[sign]} {float(limit):.12g}"
    if notes := _notes(kind, value):
        return notes[0]
    names = re.findall(r"\w+", said.partition("`")[2].partition("`")[0])
    told = [name for name in _KINDS if name in names and not (name == "int" and "float" in names)]
    tables = [arm.written for arm in arms if hasattr(arm, "written")]
    kinds = [tables[0] if name == "object" and tables else _KINDS[name] for name in told]
    return f"{_either(kinds)}{_but_for(arms, value)}" if kinds else said


def _notes(kind: Any, value: Any) -> list[str]:
    """What stands in the schema for people who write a case; of a pattern, if these are words."""
    limits = getattr(kind, "__metadata__", ())
    own = [each.description for each in limits if not each.pattern or isinstance(value, str)]
    inner = get_args(kind) if own or get_origin(kind) in (Union, UnionType) else ()
    return [note for note in own if note] + [note for arm in inner for note in _notes(arm, value)]


def _but_for(arms: list[Any], value: Any) -> str:
    """What alone keeps a number, or a true or false, from being one."""
    if isinstance(value, str) and any(not _refusal(arm, value, strict=False) for arm in arms):
        return ", without quotation marks"
    whole = int in arms and isinstance(value, float) and value.is_integer()
    return ", without a point" if whole else ""


def _length(value: Any, sign: str, count: str) -> str:
    if not isinstance(value, str):
        return f"{'at most' if sign == '<=' else 'at least'} {count} of them, not {len(value)}"
    if sign == ">=":
        return "some words; it is empty"
    return f"at most {count} characters long, not {len(value)}"


def _either(choices: list[str]) -> str:
    *first, last = choices or [""]
    return f"{', '.join(first)} or {last}" if first else last


def _named(place: Place, raw: Raw) -> str:
    """A key with the place where it stands."""
    *outer, key = [_KEYS.get(part, part) for part in place] or [""]
    where = _place(outer, raw)
    if isinstance(key, int):
        return where.removesuffix(": ") + f" no. {key + 1}"
    return f"{where}{str(key)[:60]}"


def _place(parts: list[Any], raw: Any) -> str:
    words: list[str] = []
    for part in parts:
        raw = raw[part] if _has(raw, part) else None
        if isinstance(part, int):
            name = raw.get("id") if isinstance(raw, dict) else None
            words[-1] += f" {short(name)}" if name else f" no. {part + 1}"
        else:
            words.append(str(part)[:60])
    return ", ".join(words) + ": " if words else ""


def _has(raw: Any, part: Any) -> bool:
    if isinstance(raw, dict):
        return part in raw
    return isinstance(raw, list | tuple) and isinstance(part, int) and part < len(raw)


_KEYS: dict[int | str, str] = {"languages": "lang"}
_BOUNDS = {
    ">=": "greater than or equal to",
    "<=": "less than or equal to",
    ">": "greater than",
    "<": "less than",
}
_KINDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": 'words between quotation marks: "…"',
    "array": "a list: [ …, … ]",
    "object": "a table: { key = value }",
}
