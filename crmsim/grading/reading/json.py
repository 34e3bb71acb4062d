"""Plain values out of files that nobody vouches for: small, shallow, and fit to be kept."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any

from crmsim.common.errors import CrmsimError
from crmsim.common.text import plain

DEPTH = 40
DIGITS = 300
LONGEST = 20_000
MOST_ITEMS = 500
SHOWN_DEPTH = 6

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.S)
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}


class ReadingError(CrmsimError):
    """A file holds nothing that can be worked with."""


def loads(text: str) -> Any:
    """The value of a JSON text: without NaN, without endless digits, and not nested deeply.

    Raises
    ------
    ReadingError
        If it is not JSON, or more than can be worked with.

    Examples
    --------
    >>> loads('{"answer": [1, 2.5]}')
    {'answer': [1, 2.5]}
    >>> loads("[" * 1000)
    Traceback (most recent call last):
    crmsim.grading.reading.json.ReadingError: nested too deeply
    """
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += _STEP[bracket]
        if depth > DEPTH:
            raise ReadingError("nested too deeply")
    try:
        return json.loads(text, parse_constant=_no_number, parse_int=_whole, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ReadingError(plain(error)) from None


def decoded(data: bytes) -> str:
    """The text of a file, as one of the tools that students use may have saved it.

    Raises
    ------
    ReadingError
        If it is no text.

    Examples
    --------
    >>> decoded("评价".encode("gb18030"))
    '评价'
    """
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "gb18030"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReadingError("not a text")


def kept(value: Any, depth: int = SHOWN_DEPTH) -> Any:
    """The value as it can be kept and shown: nothing very long or deep, no text that deceives.

    Examples
    --------
    >>> kept({"answer": ["a\\x00", 1.5, object]})
    {'answer': ['a', 1.5, 'type']}
    """
    if isinstance(value, str):
        return plain(value, LONGEST, lines=True)
    if isinstance(value, dict | list | tuple) and depth == 0:
        return "…"
    if isinstance(value, dict):
        pairs = list(value.items())[:MOST_ITEMS]
        return {plain(key): kept(inner, depth - 1) for key, inner in pairs}
    if isinstance(value, list | tuple):
        return [kept(inner, depth - 1) for inner in value[:MOST_ITEMS]]
    return value if isinstance(value, bool | int | float | None) else type(value).__name__


def _no_number(name: str) -> None:
    raise ReadingError(f"{name} is no number")


def _whole(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ReadingError("a number of too many digits")
    return int(digits)


def _finite(digits: str) -> float:
    if not isfinite(value := float(digits)):
        raise ReadingError("a number too large")
    return value
