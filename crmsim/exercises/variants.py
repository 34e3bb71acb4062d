"""Seeds and variants that follow from a student number, the same on every machine.

Student, exercise and grader draw them alike: a neighbour's answers are wrong for you, and a grader
can tell yours. Without a number, everybody gets the same seeds and the first variant.
"""

from __future__ import annotations

import hashlib

from crmsim.common.text import one_line

COURSE_ID = "crmsim-1"
"""The course's public id; with another one every student gets other seeds and variants."""

MOST_NUMBER = 40
"""Characters of a student number."""


def clean_number(number: object) -> str:
    """Return a student number as it was typed, on one line and without invisible characters.

    Examples
    --------
    >>> clean_number("  ２０２６ 001 ")
    '2026 001'
    """
    return one_line(number, MOST_NUMBER, compatible=True)


def same_number(number: str, other: str) -> bool:
    """Say whether two student numbers, as typed, are the same one.

    Parameters
    ----------
    number, other
        Student numbers.

    Examples
    --------
    >>> same_number(" ２０２６a", "2026A")
    True
    """
    return _key(number) == _key(other)


def seed_of(number: str | None, name: str) -> int:
    """Return the seed that belongs to a student number, for the purpose of that name.

    Parameters
    ----------
    number
        The student number; None: nobody's.
    name
        The purpose.

    Returns
    -------
    int
        From 0 to 2**31 - 1.

    Examples
    --------
    >>> seed_of("2026001", "12-visit") == seed_of(" 2026001", "12-visit")
    True
    >>> seed_of("2026001", "12-visit") == seed_of("2026002", "12-visit")
    False
    """
    return _drawn(number, f"seed {name}") % 2**31


def variant_of(number: str | None, exercise_id: str, count: int) -> int:
    """Return which of `count` variants belongs to a student number, counted from 0.

    Parameters
    ----------
    number
        The student number; None: nobody's.
    exercise_id
        The id of the exercise.
    count
        The number of its variants.

    Examples
    --------
    >>> variant_of(None, "12-ratio", 4)
    0
    """
    return _drawn(number, f"variant {exercise_id}") % count if number and count else 0


def _drawn(number: str | None, purpose: str) -> int:
    """Return a whole number that nobody can choose, the same on every machine."""
    said = "\n".join((COURSE_ID, _key(number or ""), purpose))
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8])


def _key(number: str) -> str:
    return clean_number(number).casefold()
