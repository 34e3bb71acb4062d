"""What a key may hold, read off the schema that the file will be checked against."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from crmsim.scenario.desk import DeskScenario
from crmsim.scenario.encounter import EncounterScenario
from crmsim.scenario.market import MarketScenario
from crmsim.scenario.parts import Finite, Positive

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
    >>> allowed("encounter", ("personas", "patience_min")), allowed("encounter", ("world",))
    ('> 0 … 10000', '')
    """
    kind: Any = _KINDS[world]
    for name in path:
        kind = {field.encode_name: field.type for field in _fields(_one(kind))}.get(name)
    kind = _one(kind)
    if get_origin(_bare(kind)) is Literal:
        choices = [str(value) for value in get_args(_bare(kind))]
        return " | ".join(choices) if len(choices) > 1 else ""
    if _bare(kind) is bool:
        return "true | false"
    return _range(kind) or _range(_each(_bare(kind)))


def _one(kind: Any) -> Any:
    """What a list holds, or what may be there or not."""
    bare = _bare(kind)
    if get_origin(bare) in (Union, UnionType, tuple):
        return _one(get_args(bare)[0])
    return kind


def _bare(kind: Any) -> Any:
    """A kind without its limits."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _each(kind: Any) -> Any:
    """The values of a table whose values are all alike."""
    if get_origin(kind) is dict:
        return get_args(kind)[1]
    alike = {_range(field.type): field.type for field in _fields(kind)}
    return next(iter(alike.values())) if len(alike) == 1 else None


def _fields(kind: Any) -> tuple[FieldInfo, ...]:
    return fields(kind) if isinstance(kind, type) and issubclass(kind, Struct) else ()


def _range(kind: Any) -> str:
    limits = getattr(kind, "__metadata__", [None])[0]
    if limits is None or kind in (Finite, Positive) or limits.le is None:
        return ""
    low = f"{limits.ge:.12g}" if limits.gt is None else f"> {limits.gt:.12g}"
    return f"{low} … {limits.le:.12g}"
