"""Values that a key may hold, read from the schema that the file will be checked against."""

from __future__ import annotations

from typing import Any

from crmsim.scenario.mistakes import schema
from crmsim.scenario.worlds import part_of

LONGEST_TEXTS = {
    ("touchpoints", "title"): {"en": 14, "zh-Hans": 5},
    ("touchpoints", "choices", "does"): {"en": 150, "zh-Hans": 60},
    ("touchpoints", "choices", "reply"): {"en": 140, "zh-Hans": 60},
    ("touchpoints", "choices", "why"): {"en": 200, "zh-Hans": 80},
    ("cards", "title"): {"en": 48, "zh-Hans": 16},
    ("cards", "story"): {"en": 420, "zh-Hans": 150},
    ("cards", "options", "does"): {"en": 90, "zh-Hans": 36},
    ("cards", "options", "why"): {"en": 280, "zh-Hans": 110},
}
"""Characters that fit where these words are shown."""


def longest(path: tuple[str, ...], lang: str) -> int:
    """Return the number of characters that fit at a key; 0 where that is not limited."""
    return LONGEST_TEXTS.get(path, {}).get(lang, 0)


def allowed(world: str, path: tuple[str, ...]) -> str:
    """Return the values allowed at a key, as short as can be; empty where its words say enough.

    Examples
    --------
    >>> allowed("encounter", ("touchpoints", "stage"))
    'pre | in | after'
    >>> allowed("encounter", ("personas", "patience_min")), allowed("encounter", ("world",))
    ('> 0 … 10000', '')
    """
    whole = schema(part_of(world, "schema"))
    part = _one(whole, whole)
    for name in path:
        part = _one(part.get("properties", {}).get(name, {}), whole)
    if "enum" in part:
        return " | ".join(part["enum"]) if len(part["enum"]) > 1 else ""
    if part.get("type") == "boolean":
        return "true | false"
    return _range(part) or _range_of_each(part)


def _one(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that is referred to, of what a list holds, or of what may be left out."""
    if "$ref" in part:
        return _one(whole["$defs"][part["$ref"].rpartition("/")[2]], whole)
    inner = part.get("items") or part.get("anyOf", [None])[0]
    return _one(inner, whole) if inner else part


def _range_of_each(part: dict[str, Any]) -> str:
    """Return the range of the values of a table whose values are all alike."""
    if isinstance(values := part.get("additionalProperties"), dict):
        return _range(values)
    alike = {_range(each) for each in part.get("properties", {}).values()}
    return alike.pop() if len(alike) == 1 else ""


def _range(part: dict[str, Any]) -> str:
    most = part.get("maximum", _NO_LIMIT)
    if most >= _NO_LIMIT:
        return ""
    above = part.get("exclusiveMinimum")
    low = f"{part['minimum']:.12g}" if above is None else f"> {above:.12g}"
    return f"{low} … {most:.12g}"


_NO_LIMIT = 1e300
