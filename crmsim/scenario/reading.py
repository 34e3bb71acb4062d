"""Reasons why a scenario file can't be read at all, with the line, in plain words."""

from __future__ import annotations

import re
import tomllib

from crmsim.scenario.wiring import short

MOST_CASE_VALUES = 15_000
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
_LOOKALIKES = re.compile("[“”‘’、。！-～]")


def reading_mistake(content: bytes, most: int, error: Exception | None = None) -> str:
    """Return the reason why a file can't be read at all; empty if nothing speaks against trying."""
    if len(content) > most:
        return f"must be at most {most:,} bytes long; a case is a few pages of text"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "must be saved as UTF-8; save it again with this encoding"
    if isinstance(error, RecursionError):
        return "brackets stand inside brackets far too often"
    if error is not None:
        return f"{error}{_line_hint(str(error), text)}"
    return _too_much(_WORDS_OR_NOTE.sub(lambda part: "q" + "\n" * part[0].count("\n"), text))


def _too_much(bare: str) -> str:
    """Return what would take too long to read (``a.a.a.…``: the square of its length)."""
    if bare.count("=") + bare.count(",") > MOST_CASE_VALUES:
        return f"it holds more than {MOST_CASE_VALUES:,} values"
    key = _LONG_KEY.search(bare)
    if key is None:
        return ""
    line = bare.count("\n", 0, key.start()) + 1
    return f"line {line}: a key of more than {KEY_PARTS} parts: {short(key[0])}"


def broken_lines(text: str) -> list[str]:
    """Return a message for every line of a text that TOML can't read, as far as reading goes on.

    Returns
    -------
    list of str
        What is wrong and where, in the order of the lines; empty if the text can be read.
    """
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
    """Return the line of a complaint, and what is most often wrong with such a line."""
    place = _PLACE.search(said)
    if place is None:
        return ""
    number, column = int(place[1]), int(place[2])
    line = [*text.replace("\r\n", "\n").split("\n"), ""][number - 1]
    hint = f"\n    {line[:160].strip()}"
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
    if _LOOKALIKES.search(bare):
        return hint + '\n    Outside words use the plain signs of an English keyboard: " = , { }'
    if line.count('"') > 2 and column > 1:
        return hint + "\n    Inside words use “ ” or ' ': a plain \" ends them."
    return hint
