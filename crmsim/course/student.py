"""Who the student is, and what is hers alone: seeds and variants that follow from her number.

The number is entered once, in lesson 00, and kept in the progress folder. Without one everything
works, with values that are the same for everybody. Whoever knows the number gets the same seeds
and variants: a neighbour's answers are wrong for you, and a grader can tell yours.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import asdict, dataclass

from crmsim.common.errors import CrmsimError
from crmsim.course import progress

COURSE = "crmsim-1"
"""The course's public id; with another one every student gets other seeds and variants."""

FILE = "student"
SCHEMA = 1
MOST_NUMBER, MOST_NAME = 40, 80
_JOINERS = "\u200c\u200d"


class StudentError(CrmsimError):
    """A student number that is none."""


@dataclass(frozen=True)
class Student:
    """A student as she entered herself."""

    number: str
    name: str = ""


def cleaned(text: object, most: int) -> str:
    """Words typed by hand, in any script: one line, without invisible characters, not too long.

    Examples
    --------
    >>> cleaned("  ２０２６\u202e 001 ", MOST_NUMBER)
    '2026 001'
    """
    form = "NFKC" if most == MOST_NUMBER else "NFC"
    whole = unicodedata.normalize(form, str(text)[: 20 * most])
    seen = "".join(
        " " if sign.isspace() else sign
        for sign in whole
        if sign.isspace() or sign in _JOINERS or not unicodedata.category(sign).startswith("C")
    )
    return " ".join(seen.split())[:most].strip()


def current() -> Student | None:
    """The student whose work lies in the progress folder, or None before she has said."""
    kept = progress.load(FILE) or {}
    found = cleaned(kept.get("number") or "", MOST_NUMBER)
    return Student(found, cleaned(kept.get("name") or "", MOST_NAME)) if found else None


def enter(number: object, name: object = "") -> Student:
    """Keep who the student is; whoever was entered before her stays on record.

    Raises
    ------
    StudentError
        If nothing of the number can be read.
    """
    new = Student(cleaned(number, MOST_NUMBER), cleaned(name, MOST_NAME))
    if not new.number:
        raise StudentError("number: is empty")
    kept, before = progress.load(FILE) or {}, current()
    earlier = kept.get("earlier") if isinstance(kept.get("earlier"), list) else []
    if before and not same(before.number, new.number):
        earlier = [*earlier, asdict(before)]
    progress.save(FILE, {"schema": SCHEMA} | asdict(new) | {"earlier": earlier})
    return new


def same(number: str, other: str) -> bool:
    """Whether two numbers, as typed, are one."""
    return _key(number) == _key(other)


def number() -> str | None:
    """The student number, or None before one was entered."""
    return student.number if (student := current()) else None


def seed(name: str) -> int:
    """The student's own seed for a purpose, as in ``simulate("buick", seed=seed("12-visit"))``."""
    return seed_of(number(), name)


def variant(exercise_id: str, count: int) -> int:
    """Which of `count` variants of an exercise is the student's own."""
    return variant_of(number(), exercise_id, count)


def seed_of(number: str | None, name: str) -> int:
    """The seed that belongs to a student number; without one, everybody's.

    Examples
    --------
    >>> seed_of("2026001", "12-visit") == seed_of(" 2026001", "12-visit")
    True
    >>> seed_of("2026001", "12-visit") == seed_of("2026002", "12-visit")
    False
    """
    return _drawn(number, f"seed {name}") % 2**31


def variant_of(number: str | None, exercise_id: str, count: int) -> int:
    """The variant that belongs to a student number; without one, the first.

    Examples
    --------
    >>> variant_of(None, "12-ratio", 4)
    0
    """
    return _drawn(number, f"variant {exercise_id}") % count if number and count else 0


def _drawn(number: str | None, purpose: str) -> int:
    """A whole number that nobody can choose, the same on every machine."""
    said = "\n".join((COURSE, _key(number or ""), purpose))
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8])


def _key(number: str) -> str:
    return cleaned(number, MOST_NUMBER).casefold()
