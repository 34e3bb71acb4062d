"""Plain values out of files that nobody vouches for: small, shallow, and fit to be kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from crmsim.common.errors import CrmsimError
from crmsim.common.text import plain

DEPTH = 40
DIGITS = 300
LONGEST = 20_000
MOST_VALUES = 500_000
MOST_KEPT = 2000
SHOWN_DEPTH = 6

# the closing quote may be missing: else each quote would be tried up to the end of the text again
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.S)
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}


class ReadingError(CrmsimError):
    """A file holds nothing that can be worked with."""


def loads(text: str) -> Any:
    """Parse a JSON text: no NaN, no endless digits, no deep nesting.

    Returns
    -------
    Any
        Plain values, as JSON has them.

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
    crmsim.grading.reading.untrusted_json.ReadingError: is nested too deeply
    """
    bare = _STRING.sub("", text)
    if sum(map(bare.count, ",[{")) > MOST_VALUES:
        raise ReadingError(f"must hold at most {MOST_VALUES:,} values")
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", bare):
        depth += _STEP[bracket[0]]
        if depth > DEPTH:
            raise ReadingError("is nested too deeply")
    try:
        return json.loads(text, parse_constant=_no_number, parse_int=_whole, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ReadingError(plain(error)) from None


def decoded(data: bytes) -> str:
    """Decode the text of a file that any of the students' tools may have saved.

    Raises
    ------
    ReadingError
        If it is not a text.

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
    raise ReadingError("is not a text")


def kept(value: Any) -> Any:
    """Return the value as it can be kept and shown: not long, not deep, no text that deceives.

    Returns
    -------
    Any
        Plain values, as JSON has them.

    Examples
    --------
    >>> kept({"answer": ["a\\x00", 1.5, object]})
    {'answer': ['a', 1.5, 'type']}
    """
    return _Keeper().kept(value, SHOWN_DEPTH)


class _Keeper:
    """Keeps values until it has kept enough, over all of them together."""

    def __init__(self) -> None:
        self.values, self.signs = MOST_KEPT, LONGEST

    def kept(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):
            text = plain(value, max(self.signs, 1), lines=True)
            self.signs -= len(text)
            return text
        if isinstance(value, dict | list | tuple) and depth == 0:
            return "…"
        if isinstance(value, dict):
            return {plain(key): self.kept(value[key], depth - 1) for key in self._some(value)}
        if isinstance(value, list | tuple):
            return [self.kept(inner, depth - 1) for inner in self._some(value)]
        return value if isinstance(value, bool | int | float | None) else type(value).__name__

    def _some(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            if self.values <= 0:
                return
            self.values -= 1
            yield value


def _no_number(name: str) -> None:
    raise ReadingError(f"{name} is not a number that is allowed")


def _whole(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ReadingError("has a number of too many digits")
    return int(digits)


def _finite(digits: str) -> float:
    if not isfinite(value := float(digits)):
        raise ReadingError("has a number that is too large")
    return value
