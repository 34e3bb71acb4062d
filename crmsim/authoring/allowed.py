"""What a key may hold, read off the schema that the file will be checked against."""

from __future__ import annotations

from functools import cache
from typing import Any

from crmsim.scenario.desk import DeskScenario
from crmsim.scenario.encounter import EncounterScenario
from crmsim.scenario.market import MarketScenario

Schema = dict[str, Any]
_KINDS = {"encounter": EncounterScenario, "market": MarketScenario, "desk": DeskScenario}

LONGEST = {
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
    """The number of characters that fit; 0 where that is not limited."""
    return LONGEST.get(path, {}).get(lang, 0)


def allowed(world: str, path: tuple[str, ...]) -> str:
    """The values allowed at a key, as short as can be; empty where its words say enough.

    Examples
    --------
    >>> allowed("encounter", ("touchpoints", "stage"))
    'pre | in | after'
    >>> allowed("encounter", ("personas", "patience_min"))
    '> 0 … 10000'
    """
    top = _schema(world)
    here = top
    for name in path:
        here = _inner(here, top).get("properties", {}).get(name, {})
    here = _inner(here, top)
    if "enum" in here:
        return " | ".join(str(value) for value in here["enum"])
    if here.get("type") == "boolean":
        return "true | false"
    return _range(here) or _range(_each(here, top))


@cache
def _schema(world: str) -> Schema:
    return _KINDS[world].model_json_schema()


def _inner(schema: Schema, top: Schema) -> Schema:
    """What a reference, a list or a choice with nothing stands for."""
    if "anyOf" in schema:
        schema = next((s for s in schema["anyOf"] if s.get("type") != "null"), {})
    if "$ref" in schema:
        return _inner(top["$defs"][schema["$ref"].rsplit("/", 1)[1]], top)
    items = schema.get("items")
    return _inner(items, top) if isinstance(items, dict) else schema


def _each(schema: Schema, top: Schema) -> Schema:
    """The values of a table whose values are all alike."""
    more = schema.get("additionalProperties")
    values = [*schema.get("properties", {}).values(), *([more] if isinstance(more, dict) else [])]
    alike = {str(_range(_inner(value, top))): _inner(value, top) for value in values}
    return next(iter(alike.values())) if len(alike) == 1 else {}


def _range(schema: Schema) -> str:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    if low is None or "maximum" not in schema:
        return ""
    return f"{'> ' if 'exclusiveMinimum' in schema else ''}{low:.12g} … {schema['maximum']:.12g}"
