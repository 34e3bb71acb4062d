"""Scenario files as text, a comment above every key at its first place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Comment = Callable[[tuple[str, ...]], list[str]]
KeyPath = tuple[str, ...]


def written(raw: Mapping[str, Any], comment: Comment) -> str:
    """Write a scenario as TOML; ``comment`` gives the lines to stand above a key.

    Examples
    --------
    >>> print(written({"id": "my-shop", "endings": [{"bought": True}]}, lambda path: []))
    id = "my-shop"
    <BLANKLINE>
    [[endings]]
    bought = true
    """
    told: set[KeyPath] = set()

    def notes(path: KeyPath) -> Iterator[str]:
        if path not in told:
            told.add(path)
            yield from (f"# {line}" if line else "" for line in comment(path))

    return "\n".join(_table(raw, (), notes)).strip() + "\n"


def _table(
    raw: Mapping[str, Any], path: KeyPath, notes: Callable[[KeyPath], Iterator[str]]
) -> Iterator[str]:
    parts = {key: value for key, value in raw.items() if _is_parts(value)}
    for key, value in raw.items():
        if key not in parts and key != "parameters":
            yield from notes((*path, key))
            yield from _lines(key, value)
    for key, tables in parts.items():
        for table in tables:
            yield ""
            yield from notes((*path, key))
            yield f"[[{'.'.join((*path, key))}]]"
            yield from _table(table, (*path, key), notes)
    if raw.get("parameters"):
        yield from ("", *notes(("parameters",)), "[parameters]")
        for name, value in raw["parameters"].items():
            yield from (*notes(("parameters", name)), f"{name} = {value_of(value)}")


def _is_parts(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(isinstance(v, dict) for v in value)


def _lines(key: str, value: Any) -> Iterator[str]:
    """Yield a key on its line; words have a line for each language."""
    if isinstance(value, dict) and _has_words(value):
        for inner, entry in value.items():
            yield from _lines(f"{key}.{_quoted(inner)}", entry)
    else:
        yield f"{key} = {value_of(value)}"


def _has_words(table: Mapping[str, Any]) -> bool:
    return any(
        name in ("en", "zh-Hans") or (isinstance(inner, dict) and _has_words(inner))
        for name, inner in table.items()
    )


def _quoted(key: str) -> str:
    """Return a key as it is written, between quotation marks where it has to be."""
    return key if re.fullmatch(r"[\w-]+", key, re.ASCII) else value_of(key)


def value_of(value: Any) -> str:
    """Return a value as it is written in TOML.

    Examples
    --------
    >>> value_of({"price": 12, "door.open": True})
    '{ price = 12, "door.open" = true }'
    """
    if isinstance(value, dict):
        inside = ", ".join(f"{_quoted(key)} = {value_of(entry)}" for key, entry in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(value_of(entry) for entry in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else str(value)
