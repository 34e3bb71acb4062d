"""Meanings of Python's errors, in one sentence of the student's language.

In the notebook it stands under the error (:mod:`crmsim.widgets.cell_errors`); a grader tells it to
her as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from crmsim.common.words import words

INSTEAD = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "„": '"', "「": '"', "」": '"', "、": ",", "。": ".",
    "《": "<", "》": ">", "【": "[", "】": "]", "×": "*", "÷": "/", "−": "-", "–": "-", "—": "-",
    "≤": "<=", "≥": ">=", "≠": "!=", "·": ".",
}  # fmt: skip
"""Signs that look like one of Python's, and what Python takes; wide forms are known anyway."""

_NEVER_A_SIGN = re.compile(
    r"#[^\n]*|'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", re.S
)
"""Comments, and text in quotation marks: any sign may stand in these."""

_UNSEEN, _CURRENCY = ("Cf", "Cc", "Zs"), "Sc"
_SYNTAX = (
    (r"non-printable character", "space"),
    (r"^expected ':'", "colon"),
    (r"expected an indented block", "indent-missing"),
    (r"unexpected indent|unindent does not match|tabs and spaces", "indent-wrong"),
    (r"'(?P<sign>.)' was never closed", "bracket-open"),
    (r"unmatched '(?P<sign>.)'|closing parenthesis '(?P<sign2>.)'", "bracket-close"),
    (r"unterminated|EOL while scanning", "quote"),
    (r"Maybe you meant '=='|cannot assign to|instead of '='", "equals"),
    (r"'return' outside function", "return"),
    (r"call to 'print'", "print"),
    (r"forgot a comma|expected after dictionary key", "comma"),
    (r"invalid decimal literal|leading zeros", "number"),
)
_OTHERS = (
    ("UnboundLocalError", r"'(?P<name>[^']*)'", "name-before"),
    ("NameError", r"'(?P<name>[^']*)'", "name"),
    ("ZeroDivisionError", "", "zero"),
    ("TypeError", r"NoneType", "nothing"),
    ("TypeError", r"\bstr\b.*\b(?:int|float)\b|\b(?:int|float)\b.*\bstr\b", "text-number"),
    ("TypeError", r"argument", "arguments"),
    ("TypeError", r"not callable", "call"),
    ("TypeError", "", "type"),
    ("AttributeError", r"'NoneType'", "nothing"),
    ("AttributeError", r"attribute '(?P<name>[^']*)'", "attribute"),
    ("KeyError", r"(?P<name>.*)", "key"),
    ("IndexError", "", "index"),
    ("ModuleNotFoundError", r"named '(?P<name>[^']*)'", "module"),
    ("FileNotFoundError", "", "file"),
    ("RecursionError", "", "calls-itself"),
    ("KeyboardInterrupt", "", "stopped"),
    ("MemoryError", "", "memory"),
    ("TooLongError", "", "too-long"),
    ("CellTimeoutError", "", "too-long"),
    ("CellWaitError", "", "too-long"),
    ("ValueError", "", "value"),
)
_FROM_TOP = {"name": "name-nowhere", "stopped": "error"}
"""The sentence used where all cells ran in their order, and nobody was there to stop one."""

_COURSE = ("ActionError", "CrmsimError", "ExerciseError", "RecordError", "ScenarioError")


class Meaning(NamedTuple):
    """Meaning of an error: a key of ``python`` in the words, its values, and its place."""

    key: str
    places: Mapping[str, str] = {}
    line: int | None = None
    place: int | None = None

    def said(self, lang: str) -> str:
        """Return the sentence in a language."""
        t = words(lang)
        sentence = t(f"python.{self.key}", **self.places)
        if self.line is None:
            return sentence
        if self.place is None:
            return t("python.at", line=self.line, said=sentence)
        return t("python.at-place", line=self.line, place=self.place, said=sentence)


def meaning(
    kind: str,
    message: str,
    source: str = "",
    line: int | None = None,
    known: Collection[str] = (),
    from_top: bool = False,
) -> Meaning:
    """Return the meaning of an error in a cell.

    Parameters
    ----------
    kind
        The name of its class, as in "NameError".
    message
        What Python says of it, in English.
    source
        The code of the cell.
    line
        The line of the cell in which it happened, from 1 on.
    known
        The names that there are: one that is spelled nearly like an unknown one is proposed.
    from_top
        True: all cells ran in their order and nobody stopped one, as when a grader runs them.

    Examples
    --------
    >>> meaning("SyntaxError", "expected ':'", "def late(x)", 1).said("en")
    'Line 1: A colon (:) is missing at the end of the line.'
    >>> meaning("NameError", "name 'minute' is not defined", known=["minutes"]).places["near"]
    'minutes'
    >>> meaning("SyntaxError", "invalid character", "print(“late”)", 1)[1:]
    ({'sign': '“', 'instead': '"'}, 1, 7)
    """
    if kind in ("SyntaxError", "IndentationError", "TabError"):
        said_line = re.search(r"\bline (\d+)\)$", message)
        return _unreadable(message, source, line or (int(said_line[1]) if said_line else None))
    for name, pattern, key in _OTHERS:
        found = re.search(pattern, message) if kind == name else None
        if not found:
            continue
        places = {word: said.strip("'\"") for word, said in found.groupdict().items()}
        near = get_close_matches(places["name"], known, 1, 0.75) if key == "name" else []
        # small and capital letters are mixed up as often as letters are forgotten
        near = near or [each for each in known if each.lower() == places.get("name", "").lower()]
        if key == "name" and near:
            return Meaning("name-near", places | {"near": near[0]}, line)
        if from_top and key in _FROM_TOP:
            return Meaning(_FROM_TOP[key], places or {"kind": kind}, line)
        return Meaning(key, places, line)
    return Meaning("course" if kind in _COURSE else "error", {"kind": kind}, line)


def _unreadable(message: str, source: str, line: int | None) -> Meaning:
    """Return the meaning of an error in the form of code; often it is a Chinese sign."""
    signs = list(_signs(source))
    here = [each for each in signs if each.line == line] or signs
    if here:
        return here[0]
    for pattern, key in _SYNTAX:
        if found := re.search(pattern, message):
            sign = next(filter(None, found.groups()), "")
            return Meaning(key, {"sign": sign} if sign else {}, line)
    return Meaning("syntax", {}, line)


def _signs(source: str) -> Iterator[Meaning]:
    """Yield every sign of Chinese text that stands in code, and not in words or comments."""
    code = _NEVER_A_SIGN.sub(lambda found: re.sub(r"[^\n]", "x", found[0]), source)
    for number, text in enumerate(code.splitlines(), 1):
        for place, sign in enumerate(text, 1):
            wide = unicodedata.normalize("NFKC", sign)
            if sign.isascii() or sign.isidentifier():
                continue
            if unicodedata.category(sign) == _CURRENCY:
                yield Meaning("currency", {"sign": sign}, number, place)
            elif unicodedata.category(sign) in _UNSEEN:
                yield Meaning("space", {}, number, place)
            elif sign in INSTEAD or (wide.isascii() and wide.isprintable()):
                instead = INSTEAD.get(sign, wide)
                yield Meaning("sign", {"sign": sign, "instead": instead}, number, place)
