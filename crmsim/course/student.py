"""The student who works here, and what is hers alone: the seeds and variants of her number.

The number is entered once, in lesson 00, and kept in the progress folder. Without one everything
works, with values that are the same for everybody. Whoever knows the number gets the same seeds
and variants: a neighbour's answers are wrong for you, and a grader can tell yours.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from crmsim.common.errors import CrmsimError
from crmsim.common.text import one_line
from crmsim.course import progress
from crmsim.exercises.variants import clean_number, same_number, seed_of, variant_of

FILE = "student"
STUDENT_SCHEMA = 1
MOST_NAME = 80
"""Characters of a name."""


class StudentError(CrmsimError):
    """A student number that is none."""


@dataclass(frozen=True)
class Student:
    """A student as she entered herself."""

    number: str
    name: str = ""


def current() -> Student | None:
    """Return the student whose work lies in the progress folder, or None before she has said."""
    kept = progress.load_record(FILE) or {}
    found = clean_number(kept.get("number") or "")
    return Student(found, one_line(kept.get("name") or "", MOST_NAME)) if found else None


def enter(number: object, name: object = "") -> Student:
    """Keep who the student is; whoever was entered before her stays on record.

    Parameters
    ----------
    number
        The student number, as it was typed.
    name
        Her name, as it was typed; it may be empty.

    Returns
    -------
    Student
        Number and name as they are kept.

    Raises
    ------
    StudentError
        If nothing of the number can be read.
    """
    new = Student(clean_number(number), one_line(name, MOST_NAME))
    if not new.number:
        raise StudentError("number: must not be empty; enter your student number")
    kept, before = progress.load_record(FILE) or {}, current()
    earlier = kept.get("earlier") if isinstance(kept.get("earlier"), list) else []
    if before and not same_number(before.number, new.number):
        earlier = [*earlier, asdict(before)]
    progress.save(FILE, {"schema": STUDENT_SCHEMA} | asdict(new) | {"earlier": earlier})
    return new


def student_number() -> str | None:
    """Return the student number, or None before one was entered."""
    return student.number if (student := current()) else None


def seed(name: str) -> int:
    """Return the student's own seed, as in ``simulate("buick", seed=seed("12-visit"))``."""
    return seed_of(student_number(), name)


def variant(exercise_id: str, count: int) -> int:
    """Return the index (from 0) of the student's own among `count` variants of an exercise.

    Parameters
    ----------
    exercise_id
        The id of the exercise.
    count
        The number of its variants.
    """
    return variant_of(student_number(), exercise_id, count)
