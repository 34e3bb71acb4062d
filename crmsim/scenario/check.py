"""What can be wrong in a scenario file, said as a person would say it."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crmsim.scenario.wiring import MOST_TOLD, Raw, short

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
    return f"line {line}: a key of more than {KEY_PARTS} parts: {short(key[0])}"


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


def _sentence(detail: ErrorDetails, raw: Raw) -> str:
    loc = [_KEYS.get(part, part) for part in detail["loc"]]
    *place, key = loc or [""]
    where = _place(place, raw)
    found = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f"{where}{key}: this key is not known; take it out or correct its spelling"
        case "missing":
            return f"{where}{key}: is missing"
    if isinstance(key, int):
        where, key = "", where.removesuffix(": ") + f" no. {key + 1}"
    return f"{where}{key} = {short(found)}: should be {_rule(detail['type'], detail['msg'])}"


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
            words[-1] += f" {short(name)}" if name else f" no. {part + 1}"
        else:
            words.append(str(part)[:60])
    return ", ".join(words) + ": " if words else ""


def _has(raw: Any, part: Any) -> bool:
    if isinstance(raw, dict):
        return part in raw
    return isinstance(raw, list | tuple) and isinstance(part, int) and part < len(raw)


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
