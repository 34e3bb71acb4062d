"""What can be wrong in a scenario file, said as a person would say it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crmsim.declared import declared
from crmsim.words import data_path

Raw = dict[str, Any]

MOST_TOLD = 100
MOST_PARTS = 100
MOST_VALUES = 15_000
KEY_PARTS = 8
_MOST_BROKEN = 20

_WORDS_OR_NOTE = re.compile(
    r"""\#[^\n]*
    | \"\"\"(?:[^\\]|\\.?)*?(?:\"\"\"|\Z) | \'\'\'.*?(?:\'\'\'|\Z)
    | "(?:[^"\\\n]|\\.?)*(?:"|$|\Z)       | '[^'\n]*(?:'|$|\Z)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_LONG_KEY = re.compile(rf"(?<![\w-])[\w-]+(?:[ \t]*\.[ \t]*[\w-]+){{{KEY_PARTS},}}")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_LOOKALIKES = "“”‘’＂＝，｛｝［］．：、"


def reading_mistake(content: bytes, most: int, error: Exception | None = None) -> str:
    """Why a file can't be read at all; empty where nothing speaks against trying."""
    if len(content) > most:
        return f"it is longer than {most:,} bytes; a case is a few pages of text"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "it is not saved as UTF-8; save it again with the encoding UTF-8"
    if isinstance(error, RecursionError):
        return "brackets stand inside brackets far too often"
    if error is not None:
        return f"{error}{_line_hint(str(error), text)}"
    return _too_much(_WORDS_OR_NOTE.sub(lambda part: "q" + "\n" * part[0].count("\n"), text))


def _too_much(bare: str) -> str:
    """What takes long to read (``a.a.a.…`` the square of its length), in a file without words."""
    if bare.count("=") + bare.count(",") > MOST_VALUES:
        return f"it holds more than {MOST_VALUES:,} values"
    key = _LONG_KEY.search(bare)
    if key is None:
        return ""
    line = bare.count("\n", 0, key.start()) + 1
    return f"line {line}: a key of more than {KEY_PARTS} parts: {_short(key[0])}"


def broken_lines(text: str) -> list[str]:
    """Every line that can't be read, as far as reading goes on without it."""
    lines, told = text.replace("\r\n", "\n").split("\n"), []
    while len(told) < _MOST_BROKEN:
        try:
            tomllib.loads("\n".join(lines))
            break
        except (ValueError, RecursionError) as error:
            place = _PLACE.search(str(error))
            number = int(place[1]) - 1 if place else len(lines)
            if number >= len(lines) or "=" not in lines[number].replace("＝", "="):
                break
            told.append(f"{error}{_line_hint(str(error), text)}")
            lines[number] = ""
    return told


def _line_hint(said: str, text: str) -> str:
    """The line that a complaint is about, and what most often is wrong with such a line."""
    place = _PLACE.search(said)
    if place is None:
        return ""
    number, column = int(place[1]), int(place[2])
    line = [*text.replace("\r\n", "\n").split("\n"), ""][number - 1]
    hint = f"\n    {line[:160].strip()}"
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
    if any(sign in bare for sign in _LOOKALIKES):
        return hint + '\n    Outside words use the plain signs of an English keyboard: " = , { }'
    if line.count('"') > 2 and column > 1:
        return hint + "\n    Inside words use “ ” or ' ': a plain \" ends them."
    return hint


def type_mistakes(error: ValidationError, raw: Raw) -> list[str]:
    """Keys and values that are not allowed, each with its place, the value and the rule."""
    details = error.errors(include_url=False, include_context=False)
    told = [detail for detail in details if detail["type"] != "too_short" or not detail["input"]]
    return [_sentence(detail, raw) for detail in told[: MOST_TOLD + 1]]


def listed(mistakes: list[str], name: str) -> str:
    """The mistakes of a file, a line each; the first hundred where there are more."""
    told = [f"{name}: {mistake}" for mistake in mistakes[:MOST_TOLD]]
    more = [f"{name}: and more"] if len(mistakes) > MOST_TOLD else []
    return "\n".join(told + more)


def wiring_mistakes(raw: Raw) -> list[str]:
    """Ids that lead nowhere, scenes nobody reaches or never leaves, numbers out of range.

    Works on the raw file, so that it can speak even where types are wrong too.
    """
    of_its_world = _MISTAKES.get(_short(raw.get("world")).strip("'"), _lever_mistakes)
    return list(islice(chain(_parameter_mistakes(raw), of_its_world(raw)), MOST_TOLD + 1))


def _sentence(detail: ErrorDetails, raw: Raw) -> str:
    loc = [_KEYS.get(part, part) for part in detail["loc"] if part not in _WORLDS]
    *place, key = loc or [""]
    where = _place(place, raw)
    found = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f"{where}{key}: this key is not known; take it out or correct its spelling"
        case "missing":
            return f"{where}{key}: is missing"
        case "union_tag_not_found":
            return f"world: is missing; allowed is {_either(_WORLDS)}"
        case "union_tag_invalid":
            return f"world = {_short(raw.get('world'))}: allowed is {_either(_WORLDS)}"
    if isinstance(key, int):
        where, key = "", where.removesuffix(": ") + f" no. {key + 1}"
    return f"{where}{key} = {_short(found)}: should be {_rule(detail['type'], detail['msg'])}"


def _rule(kind: str, said: str) -> str:
    """What is allowed, in the words of somebody who writes a case."""
    if kind == "string_pattern_mismatch":
        capitals = "three capital letters, such as CNY"
        return capitals if "A-Z" in said else "small letters, digits and hyphens, such as my-shop"
    if kind == "model_type" and said.endswith("Text"):
        return 'words for each language: { en = "…", zh-Hans = "…" }'
    if kind in ("too_long", "too_short"):
        return said[said.index("at ") :].replace(" after validation", "")
    return _RULES.get(kind, said.removeprefix("Input should ").removeprefix("be "))


def _place(parts: list[Any], raw: Any) -> str:
    words: list[str] = []
    for part in parts:
        raw = raw[part] if _has(raw, part) else None
        if isinstance(part, int):
            name = raw.get("id") if isinstance(raw, dict) else None
            words[-1] += f" {_short(name)}" if name else f" no. {part + 1}"
        else:
            words.append(str(part)[:60])
    return ", ".join(words) + ": " if words else ""


def _has(raw: Any, part: Any) -> bool:
    if isinstance(raw, dict):
        return part in raw
    return isinstance(raw, list | tuple) and isinstance(part, int) and part < len(raw)


def _short(value: Any) -> str:
    """How a value stands in the file, or its beginning; nothing is written out to be cut."""
    if isinstance(value, dict | list | tuple):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**60:
        return "a number of more than 60 digits"
    text = repr(value[:60] if isinstance(value, str) else value)
    return text if len(text) <= 60 else text[:57] + "…"


def _parameter_mistakes(raw: Raw) -> Iterator[str]:
    known = declared()
    for name, value in _items(raw.get("parameters")):
        if name not in known:
            close = get_close_matches(name[:60], known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            yield f"parameters: {name[:60]}: no parameter has this name{hint}"
        elif isinstance(value, int | float) and not known[name].low <= value <= known[name].high:
            low, high, unit = known[name].low, known[name].high, known[name].unit
            found = f"parameters: {name} = {_short(value)}"
            yield f"{found}: should lie between {low} and {high} ({unit})"


def _lever_mistakes(raw: Raw) -> Iterator[str]:
    for lever in _tables(raw.get("levers")):
        low, start, high = (lever.get(key) for key in ("low", "start", "high"))
        numbers = [v for v in (low, start, high) if isinstance(v, int | float)]
        if len(numbers) == 3 and numbers != sorted(numbers):
            yield (
                f"levers {_short(lever.get('id'))}: start = {_short(start)}: should lie between "
                f"low ({_short(low)}) and high ({_short(high)})"
            )
    yield from _policy_mistakes(raw)


def _policy_mistakes(raw: Raw) -> Iterator[str]:
    levers = {_id(lever): lever for lever in _tables(raw.get("levers"))}
    for policy in _tables(raw.get("policies")):
        here = f"policies {_short(policy.get('id'))}: levers"
        for name, value in _items(policy.get("levers")):
            if name not in levers:
                yield from _unknown(here, name, list(levers), "no lever of this scenario")
                continue
            low, high = levers[name].get("low"), levers[name].get("high")
            known = all(isinstance(number, int | float) for number in (low, value, high))
            if known and not low <= value <= high:
                yield (
                    f"{here}: {name} = {_short(value)}: should lie between "
                    f"{_short(low)} and {_short(high)}"
                )


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
    personas = [_id(persona) for persona in _tables(raw.get("personas"))]
    ids = [_id(part) for part in (*touchpoints, *endings)]
    yield from _twice(ids, "touchpoints and endings")
    yield from _twice(personas, "personas")
    yield from _unknown("first", raw.get("first"), ids, "no touchpoint")
    if raw.get("persona") is not None:
        yield from _unknown("persona", raw["persona"], personas, "no persona")
    if raw.get("then") is not None:
        yield from _then_mistakes(str(raw["then"]), raw.get("file"))
    for touchpoint in touchpoints:
        yield from _touchpoint_mistakes(touchpoint, ids, personas)
    yield from _graph_mistakes(raw, touchpoints, endings)


def _then_mistakes(then: str, file: Any) -> Iterator[str]:
    if then.endswith(".toml") and Path(then).name == then and len(then) <= 60:
        if not Path(str(file)).with_name(then).is_file():
            yield f"then = {_short(then)}: no file of this name lies beside this one"
        return
    known = [path.stem for path in sorted(data_path("scenarios").glob("*.toml"))]
    yield from _unknown("then", then, known, "no scenario of the course")


def _touchpoint_mistakes(touchpoint: Raw, ids: list[Any], personas: list[Any]) -> Iterator[str]:
    here = f"touchpoint {_short(touchpoint.get('id'))}"
    choices, replies = _tables(touchpoint.get("choices")), _tables(touchpoint.get("replies"))
    choice_ids = [_id(choice) for choice in choices]
    gate = touchpoint.get("gate")
    yield from _twice(choice_ids, f"{here}: choices")
    yield from _twice([_id(reply) for reply in replies], f"{here}: replies")
    yield from _unknown(
        f"{here}: baseline", touchpoint.get("baseline"), choice_ids, "no choice here"
    )
    for persona, _ in _items(touchpoint.get("says_by")):
        yield from _unknown(f"{here}: says_by", persona, personas, "no persona")
    for way, target in _items(gate):
        yield from _unknown(f"{here}: gate: {way}", target, ids, "no touchpoint or ending")
    for choice in choices:
        place = f"{here}, choice {_short(choice.get('id'))}"
        for persona, _ in _items(choice.get("for_personas")):
            yield from _unknown(f"{place}: for_personas", persona, personas, "no persona")
        if gate is None and choice.get("next") is None:
            yield f"{place}: next: is missing; name the touchpoint or ending that follows"
        if gate is not None and choice.get("next") is not None:
            yield f"{place}: next = {_short(choice['next'])}: the gate decides here; take it out"
    for part in (*choices, *replies):
        if part.get("next") is not None:
            place = f"{here}, {_short(part.get('id'))}: next"
            yield from _unknown(place, part["next"], ids, "no touchpoint or ending")
    decides = {"buys", "leaves"}
    for reply in replies:
        if (gate is not None) != (str(reply.get("voice")) in decides):
            rule = "buys or leaves at a gate" if gate is not None else "silent, asks or complains"
            yield (
                f"{here}, reply {_short(reply.get('id'))}: voice = {_short(reply.get('voice'))}: "
                f"should be {rule}"
            )


def _graph_mistakes(raw: Raw, touchpoints: list[Raw], endings: list[Raw]) -> Iterator[str]:
    ways = {_id(t): _targets(t) for t in touchpoints}
    ends = {_id(ending) for ending in endings}
    reached = _closure({str(raw.get("first"))}, ways)
    for part in (*touchpoints, *endings):
        if _id(part) not in reached:
            yield f"{_short(_id(part))}: no path leads here"
    leads_home = set(ends)
    while new := {t for t, out in ways.items() if t not in leads_home and out & leads_home}:
        leads_home |= new
    for touchpoint in ways:
        if touchpoint not in leads_home:
            yield f"touchpoint {_short(touchpoint)}: no path from here ever ends"
    for touchpoint in ways:
        if touchpoint in _closure(ways[touchpoint], ways):
            here = f"touchpoint {_short(touchpoint)}"
            yield f"{here}: a path leads back here, so a visit might never end"


def _targets(touchpoint: Raw) -> set[Any]:
    parts = (*_tables(touchpoint.get("choices")), *_tables(touchpoint.get("replies")))
    ways = (way for _, way in _items(touchpoint.get("gate")))
    named = chain((part.get("next") for part in parts), ways)
    return {target for target in named if isinstance(target, str)}


def _closure(start: set[Any], ways: dict[Any, set[Any]]) -> set[Any]:
    reached, ahead = set(start), list(start)
    while ahead:
        for target in ways.get(ahead.pop(), set()) - reached:
            reached.add(target)
            ahead.append(target)
    return reached


def _unknown(place: str, found: Any, allowed: list[str], what: str) -> Iterator[str]:
    if found is not None and found not in allowed:
        names = ", ".join(name[:60] for name in allowed if name)
        close = get_close_matches(str(found)[:60], [name[:60] for name in allowed], n=1)
        hint = f"did you mean {close[0]!r}? " if close and len(allowed) > 3 else ""
        yield f"{place} = {_short(found)}: is {what}; {hint}there are: {names}"


def _twice(ids: list[str], place: str) -> Iterator[str]:
    for name, times in Counter(ids).items():
        if name and times > 1:
            yield f"{place}: id = {_short(name)}: stands more than once"


def _items(table: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(table, dict):
        yield from table.items()


def _tables(value: Any) -> list[Raw]:
    """The tables of a list, no more of them than a scenario may have."""
    if not isinstance(value, list | tuple):
        return []
    return [entry for entry in value[:MOST_PARTS] if isinstance(entry, dict)]


def _id(part: Raw) -> str:
    """The id of a part; empty where it has none or it is no text."""
    name = part.get("id")
    return name if isinstance(name, str) else ""


_MISTAKES = {"encounter": _encounter_mistakes, "market": _lever_mistakes, "desk": _desk_mistakes}
_WORLDS = tuple(_MISTAKES)
_KEYS: dict[int | str, str] = {"languages": "lang"}
_RULES = {
    "dict_type": "a table: { key = value }",
    "finite_number": "an ordinary number",
    "int_parsing_size": "an ordinary whole number",
    "model_type": "a table: { key = value }",
    "string_too_short": "some words; it is empty",
    "string_type": 'words between quotation marks: "…"',
    "tuple_type": "a list: [ …, … ]",
}


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(repr(name) for name in names)
