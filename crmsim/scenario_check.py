"""What can be wrong in a scenario file, said as a person would say it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crmsim.parameters import declared
from crmsim.words import data_path

Raw = dict[str, Any]


def type_mistakes(error: ValidationError, raw: Raw) -> list[str]:
    """Keys and values that are not allowed, each with its place, the value and the rule."""
    return [_sentence(detail, raw) for detail in error.errors(include_url=False)]


def wiring_mistakes(raw: Raw) -> list[str]:
    """Ids that lead nowhere, scenes nobody reaches or never leaves, numbers out of range.

    Works on the raw file, so that it can speak even where types are wrong too.
    """
    return [
        *_parameter_mistakes(raw),
        *_MISTAKES.get(str(raw.get("world")), _lever_mistakes)(raw),
    ]


def _sentence(detail: ErrorDetails, raw: Raw) -> str:
    *place, key = [part for part in detail["loc"] if part not in _WORLDS] or [""]
    where = _place(place, raw)
    found = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f"{where}{key}: this key is not known; take it out or correct its spelling"
        case "missing":
            return f"{where}{key}: is missing"
        case "union_tag_not_found" | "union_tag_invalid":
            return f"world = {raw.get('world')!r}: allowed is {_either(_WORLDS)}"
    rule = detail["msg"].removeprefix("Input should ").removeprefix("be ")
    return f"{where}{key} = {_short(found)}: should be {rule}"


def _place(parts: list[Any], raw: Any) -> str:
    words: list[str] = []
    for part in parts:
        raw = raw[part] if _has(raw, part) else None
        if isinstance(part, int):
            name = raw.get("id") if isinstance(raw, dict) else None
            words[-1] += f" {name!r}" if name else f" no. {part + 1}"
        else:
            words.append(str(part))
    return ", ".join(words) + ": " if words else ""


def _has(raw: Any, part: Any) -> bool:
    if isinstance(raw, dict):
        return part in raw
    return isinstance(raw, list | tuple) and isinstance(part, int) and part < len(raw)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _parameter_mistakes(raw: Raw) -> Iterator[str]:
    known = declared()
    for name, value in _items(raw.get("parameters")):
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            yield f"parameters: {name}: no parameter has this name{hint}"
        elif isinstance(value, int | float) and not known[name].low <= value <= known[name].high:
            low, high, unit = known[name].low, known[name].high, known[name].unit
            yield f"parameters: {name} = {value!r}: should lie between {low} and {high} ({unit})"


def _lever_mistakes(raw: Raw) -> Iterator[str]:
    for lever in _tables(raw.get("levers")):
        low, start, high = (lever.get(key) for key in ("low", "start", "high"))
        numbers = [v for v in (low, start, high) if isinstance(v, int | float)]
        if len(numbers) == 3 and numbers != sorted(numbers):
            yield (
                f"levers {lever.get('id')!r}: start = {start}: should lie between "
                f"low ({low}) and high ({high})"
            )
    yield from _policy_mistakes(raw)


def _policy_mistakes(raw: Raw) -> Iterator[str]:
    levers = {lever.get("id"): lever for lever in _tables(raw.get("levers"))}
    for policy in _tables(raw.get("policies")):
        here = f"policies {policy.get('id')!r}: levers"
        for name, value in _items(policy.get("levers")):
            if name not in levers:
                yield from _unknown(here, name, list(levers), "no lever of this scenario")
                continue
            low, high = levers[name].get("low"), levers[name].get("high")
            known = all(isinstance(number, int | float) for number in (low, value, high))
            if known and not low <= value <= high:
                yield f"{here}: {name} = {value}: should lie between {low} and {high}"


def _desk_mistakes(raw: Raw) -> Iterator[str]:
    opens, sunset, hours = raw.get("opens"), raw.get("sunset"), _tables(raw.get("hours"))
    closes = opens + len(hours) if isinstance(opens, int) else None
    if closes is not None and closes > 24:
        yield f"hours: {len(hours)} from {opens}:00 on: should end by 24:00"
    if closes is not None and isinstance(sunset, int) and not opens < sunset <= closes:
        yield f"sunset = {sunset}: should lie within the opening hours ({opens} to {closes})"
    for number, hour in enumerate(hours, 1):
        for post in ("agents", "handlers"):
            planned, there = hour.get(post), raw.get(post)
            if isinstance(planned, int) and isinstance(there, int) and planned > there:
                yield f"hours no. {number}: {post} = {planned}: should be at most {there}"


def _encounter_mistakes(raw: Raw) -> Iterator[str]:
    touchpoints = _tables(raw.get("touchpoints"))
    endings = _tables(raw.get("endings"))
    personas = [persona.get("id") for persona in _tables(raw.get("personas"))]
    ids = [part.get("id") for part in (*touchpoints, *endings)]
    yield from _twice(ids, "touchpoints and endings")
    yield from _twice(personas, "personas")
    yield from _unknown("first", raw.get("first"), ids, "no touchpoint")
    if raw.get("persona") is not None:
        yield from _unknown("persona", raw["persona"], personas, "no persona")
    if raw.get("then") is not None:
        markets = [path.stem for path in sorted(data_path("scenarios").glob("*.toml"))]
        yield from _unknown("then", raw["then"], markets, "no scenario of the course")
    for touchpoint in touchpoints:
        yield from _touchpoint_mistakes(touchpoint, ids, personas)
    yield from _graph_mistakes(raw, touchpoints, endings)


def _touchpoint_mistakes(touchpoint: Raw, ids: list[Any], personas: list[Any]) -> Iterator[str]:
    here = f"touchpoint {touchpoint.get('id')!r}"
    choices, replies = _tables(touchpoint.get("choices")), _tables(touchpoint.get("replies"))
    choice_ids = [choice.get("id") for choice in choices]
    gate = touchpoint.get("gate")
    yield from _twice(choice_ids, f"{here}: choices")
    yield from _twice([reply.get("id") for reply in replies], f"{here}: replies")
    yield from _unknown(
        f"{here}: baseline", touchpoint.get("baseline"), choice_ids, "no choice here"
    )
    for persona in touchpoint.get("says_by") or ():
        yield from _unknown(f"{here}: says_by", persona, personas, "no persona")
    for way, target in _items(gate):
        yield from _unknown(f"{here}: gate: {way}", target, ids, "no touchpoint or ending")
    for choice in choices:
        place = f"{here}, choice {choice.get('id')!r}"
        for persona in choice.get("for_personas") or ():
            yield from _unknown(f"{place}: for_personas", persona, personas, "no persona")
        if gate is None and choice.get("next") is None:
            yield f"{place}: next: is missing; name the touchpoint or ending that follows"
        if gate is not None and choice.get("next") is not None:
            yield f"{place}: next = {choice['next']!r}: the gate decides here; take it out"
    for part in (*choices, *replies):
        if part.get("next") is not None:
            place = f"{here}, {part.get('id')!r}: next"
            yield from _unknown(place, part["next"], ids, "no touchpoint or ending")
    decides = {"buys", "leaves"}
    for reply in replies:
        if (gate is not None) != (reply.get("voice") in decides):
            rule = "buys or leaves at a gate" if gate is not None else "silent, asks or complains"
            yield (
                f"{here}, reply {reply.get('id')!r}: voice = {reply.get('voice')!r}: "
                f"should be {rule}"
            )


def _graph_mistakes(raw: Raw, touchpoints: list[Raw], endings: list[Raw]) -> Iterator[str]:
    ways = {t.get("id"): _targets(t) for t in touchpoints}
    ends = {ending.get("id") for ending in endings}
    reached = _closure({raw.get("first")}, ways)
    for part in (*touchpoints, *endings):
        if part.get("id") not in reached:
            yield f"{part.get('id')!r}: no path leads here"
    leads_home = set(ends)
    while new := {t for t, out in ways.items() if t not in leads_home and out & leads_home}:
        leads_home |= new
    for touchpoint in ways:
        if touchpoint not in leads_home:
            yield f"touchpoint {touchpoint!r}: no path from here ever ends"
    for touchpoint in ways:
        if touchpoint in _closure(ways[touchpoint], ways):
            yield f"touchpoint {touchpoint!r}: a path leads back here, so a visit might never end"


def _targets(touchpoint: Raw) -> set[Any]:
    parts = (*_tables(touchpoint.get("choices")), *_tables(touchpoint.get("replies")))
    named = {part.get("next") for part in parts} | {
        way for _, way in _items(touchpoint.get("gate"))
    }
    return {target for target in named if isinstance(target, str)}


def _closure(start: set[Any], ways: dict[Any, set[Any]]) -> set[Any]:
    reached, ahead = set(start), list(start)
    while ahead:
        for target in ways.get(ahead.pop(), set()) - reached:
            reached.add(target)
            ahead.append(target)
    return reached


def _unknown(place: str, found: Any, allowed: list[Any], what: str) -> Iterator[str]:
    if found not in allowed:
        names = ", ".join(str(name) for name in allowed)
        yield f"{place} = {found!r}: is {what}; there are: {names}"


def _twice(ids: list[Any], place: str) -> Iterator[str]:
    for name in dict.fromkeys(name for name in ids if ids.count(name) > 1):
        yield f"{place}: id = {name!r}: stands more than once"


def _items(table: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(table, dict):
        yield from table.items()


def _tables(value: Any) -> list[Raw]:
    return (
        [entry for entry in value if isinstance(entry, dict)]
        if isinstance(value, list | tuple)
        else []
    )


_MISTAKES = {"encounter": _encounter_mistakes, "market": _lever_mistakes, "desk": _desk_mistakes}
_WORLDS = tuple(_MISTAKES)


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(repr(name) for name in names)
