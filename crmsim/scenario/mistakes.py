"""Mistakes of a file against its schema: place, key, value found, and what is allowed.

The schema is the one that reads the file, turned into a JSON schema: a JSON schema can be asked
for every mistake at once, where reading stops at the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec.structs import fields

from crmsim.common.conversion import convert
from crmsim.scenario.wiring import MOST_MISTAKES, Raw, short

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

ErrorPath = tuple[Any, ...]


def type_mistakes(kind: type[msgspec.Struct], raw: Raw) -> list[str]:
    """List the keys and values of a file that its schema does not allow.

    Parameters
    ----------
    kind
        The schema.
    raw
        The file as a table.

    Returns
    -------
    list of str
        A line for each mistake, at most one more than are shown; empty if there is none.

    Examples
    --------
    >>> from crmsim.scenario.parts import Text
    >>> type_mistakes(Text, {"en": "Hello", "zh": "你好"})
    ['zh-Hans: is missing', 'zh: this key is not known; take it out or correct its spelling']
    """
    # A file of a million mistakes is not read to its end: enough are found, or many of one kind.
    found = islice(_mistakes(_validator(kind).iter_errors(raw)), 10 * MOST_MISTAKES)
    lines: dict[str, None] = {}
    for place, mistake in found:
        lines[f"{_named(place, raw)}{mistake}"] = None
        if len(lines) > MOST_MISTAKES:
            break
    if lines:
        return list(lines)
    try:
        convert(raw, kind)
    except msgspec.ValidationError as error:
        # Reading is stricter here and there (1.0 is no whole number to it).
        return [str(error)]
    return []


@cache
def schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON schema of a kind of file, its choices in the order of the kind.

    Parameters
    ----------
    kind
        A schema of this folder, such as ``DeskScenario``.

    Returns
    -------
    dict
        As JSON Schema writes it.
    """
    orders = {frozenset(choices): choices for choices in _choices(kind)}

    def ordered(table: dict[str, Any]) -> dict[str, Any]:
        if isinstance(found := table.get("enum"), list):
            table["enum"] = list(orders.get(frozenset(found), found))
        return table

    return json.loads(msgspec.json.encode(msgspec.json.schema(kind)), object_hook=ordered)


def _choices(kind: Any) -> Iterator[tuple[Any, ...]]:
    """Return the choices of every Literal in a type; a JSON schema has them by the alphabet."""
    if get_origin(kind) is Literal:
        yield get_args(kind)
    is_table = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    for inner in [each.type for each in fields(kind)] if is_table else get_args(kind):
        yield from _choices(inner)


@cache
def _validator(kind: type[msgspec.Struct]) -> Draft202012Validator:
    """Return what checks a table against a schema, as strictly as the file is read."""
    from jsonschema import Draft202012Validator, ValidationError, validators

    def of_type(validator: Any, names: str, value: Any, schema: Any) -> Any:
        # A date and time is of TOML, not of JSON, where it would be words.
        if schema.get("format") != "date-time":
            yield from base.VALIDATORS["type"](validator, names, value, schema)
        elif not _is_time(value):
            yield ValidationError("")

    base = Draft202012Validator
    types = base.TYPE_CHECKER.redefine_many(
        {
            "array": lambda checker, value: isinstance(value, list | tuple),
            "integer": lambda checker, value: type(value) is int,
            "number": lambda checker, value: _is_number(value),
        }
    )
    return validators.extend(base, {"type": of_type}, type_checker=types)(schema(kind))


def _is_number(value: Any) -> bool:
    """Return True for a number that a float can hold; "not a number" is the one unlike itself."""
    return (type(value) is float and value == value) or (
        type(value) is int and abs(value) < 2**1024
    )


def _is_time(value: Any) -> bool:
    """Return True for a date and time with its time zone, also between quotation marks."""
    try:
        return bool(convert(value, Annotated[datetime, msgspec.Meta(tz=True)]))
    except msgspec.ValidationError:
        return False


def _mistakes(errors: Iterable[ValidationError]) -> Iterator[tuple[ErrorPath, str]]:
    for error in errors:
        place, value, limit = tuple(error.absolute_path), error.instance, error.validator_value
        match error.validator:
            case "required":
                for name in limit:
                    if name not in value:
                        yield (*place, name), ": is missing"
            case "additionalProperties":
                for name in value:
                    if name not in error.schema["properties"]:
                        what = ": this key is not known; take it out or correct its spelling"
                        yield (*place, name), what
            case "anyOf" if inner := _meant(error):
                yield from _mistakes(inner)
            case _ if "propertyNames" in error.absolute_schema_path:
                yield (*place, value), f": this key must be {_rule(error)}"
            case _:
                yield place, f" = {short(value)}: must be {_rule(error)}"


def _meant(error: ValidationError) -> list[ValidationError]:
    """Return the mistakes in the one of several schemas whose type the value has."""
    wrong = {each.relative_schema_path[0] for each in error.context if _is_of_type(each)}
    return [each for each in error.context if each.relative_schema_path[0] not in wrong]


def _is_of_type(error: ValidationError) -> bool:
    """Return True if a value is of the wrong type as a whole."""
    return error.validator == "type" and not error.relative_path


def _rule(error: ValidationError) -> str:
    """Return what is allowed, in the words of somebody who writes a case."""
    value, limit, note = error.instance, error.validator_value, error.schema.get("description")
    match error.validator:
        case "enum":
            return _either([repr(choice) for choice in limit if choice is not None])
        case keyword if keyword in _BOUNDS:
            extreme = isinstance(value, float) and not isfinite(value)
            return _ORDINARY if extreme else f"{_BOUNDS[keyword]} {limit:.12g}"
        case "minLength":
            return "some words; it is empty"
        case "maxLength":
            return f"at most {limit} characters long, not {len(value)}"
        case "minItems" | "minProperties":
            return f"at least {limit} of them, not {len(value)}"
        case "maxItems" | "maxProperties":
            return f"at most {limit} of them, not {len(value)}"
        case "pattern" | "anyOf" if note:
            return str(note)
        case "type" if note and "format" in error.schema:
            return str(note)
        case "anyOf":
            return _kinds([each.schema for each in error.context if _is_of_type(each)], value)
        case "type":
            return _kinds([error.schema], value)
    return error.message


def _kinds(schemas: list[dict[str, Any]], value: Any) -> str:
    """Return the kinds of value allowed, and what alone keeps a value from being of one."""
    names = [each["type"] for each in schemas if each["type"] != "null"]
    if "number" in names and type(value) in (int, float):
        return _ORDINARY
    told = [
        _TABLES.get(each.get("title", ""), _KINDS[each["type"]])
        for each in schemas
        if each["type"] in names and not (each["type"] == "integer" and "number" in names)
    ]
    if isinstance(value, str):
        bare = any(re.fullmatch(_BARE[name], value) for name in names if name in _BARE)
        return _either(told) + (", without quotation marks" if bare else "")
    pointed = "integer" in names and isinstance(value, float) and value.is_integer()
    return _either(told) + (", without a point" if pointed else "")


def _either(choices: list[str]) -> str:
    *first, last = choices or [""]
    return f"{', '.join(first)} or {last}" if first else last


def _named(place: ErrorPath, raw: Raw) -> str:
    """Return a key with the place where it stands."""
    *outer, key = [_KEYS.get(part, part) for part in place] or [""]
    where = _where(outer, raw)
    if isinstance(key, int):
        return where.removesuffix(": ") + f" no. {key + 1}"
    return f"{where}{str(key)[:60]}"


def _where(parts: list[Any], raw: Any) -> str:
    words: list[str] = []
    for part in parts:
        raw = raw[part] if not isinstance(raw, dict) or part in raw else None
        if isinstance(part, int):
            name = raw.get("id") if isinstance(raw, dict) else None
            words[-1] += f" {short(name)}" if name else f" no. {part + 1}"
        else:
            words.append(str(part)[:60])
    return ", ".join(words) + ": " if words else ""


_KEYS: dict[int | str, str] = {"languages": "lang"}
_ORDINARY = "an ordinary number"
_BOUNDS = {
    "minimum": "greater than or equal to",
    "maximum": "less than or equal to",
    "exclusiveMinimum": "greater than",
    "exclusiveMaximum": "less than",
}
_BARE = {"boolean": "true|false", "integer": r"[+-]?\d+", "number": r"[+-]?\d+(\.\d+)?"}
_KINDS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": 'words between quotation marks: "…"',
    "array": "a list: [ …, … ]",
    "object": "a table: { key = value }",
}
_TABLES = {"Text": 'words for each language: { en = "…", zh-Hans = "…" }'}
