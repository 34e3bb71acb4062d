"""Points that a person gives: in the queue of what only people can mark, or over any other mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crmsim.common.spreadsheets import write_table
from crmsim.common.text import same
from crmsim.grading.marks.people import StudentIndex
from crmsim.grading.marks.tables import headings, known_as, read_table

OVERRIDE_COLUMNS = ("student", "exercise", "points", "comment")
TOTAL, LATE = "total", "late"
WHOLE = (TOTAL, LATE)
"""Names that can stand in place of an exercise: all points, or the points lost to lateness."""


POINTS_RULE = "must be a number, 0 or more, such as 2.5"


@dataclass(frozen=True)
class ManualPoints:
    """Points that a person gave, in all and by line of a rubric, and where that is written."""

    student: str
    exercise: str
    points: float
    comment: str
    place: str
    by_line: tuple[float, ...] = ()


def read_overrides(path: Path) -> tuple[list[ManualPoints], list[str]]:
    """Return what a person decided, and a sentence for each line that is doubtful.

    Of two lines about the same thing the later one holds.

    Parameters
    ----------
    path
        The table, ``overrides.csv``.

    Returns
    -------
    tuple of lists
        Decisions, and sentences.

    Raises
    ------
    TableError
        If the file is no table.
    """
    table = read_table(path, known_as(*OVERRIDE_COLUMNS))
    decisions: dict[tuple[str, str], ManualPoints] = {}
    mistakes = list(table.doubts)
    for line, row in table.rows:
        place = f"{path.name}: line {line}"
        points = points_of(row["points"])
        if not row["student"] or not row["exercise"]:
            missing = "student" if not row["student"] else "exercise"
            mistakes.append(f"{place}: {missing}: is missing")
        elif points is None:
            mistakes.append(f"{place}: points = {row['points']!r}: {POINTS_RULE}")
        else:
            made = ManualPoints(
                row["student"], row["exercise"].lower(), points, row["comment"], place
            )
            if old := decisions.get((same(made.student), made.exercise)):
                mistakes.append(twice(old, made))
            decisions[same(made.student), made.exercise] = made
    return list(decisions.values()), mistakes


def twice(old: ManualPoints, new: ManualPoints) -> str:
    """Return a sentence about two lines on the same thing, of which the later one holds.

    Parameters
    ----------
    old, new
        Two decisions, in the order of their lines.
    """
    about = f"student = {new.student!r}, exercise = {new.exercise!r}"
    return f"{new.place}: {about}: is on {old.place.split(': ')[1]} too; this line counts"


def begin_overrides(path: Path, lang: str) -> None:
    """Lay down an empty table to write into, where there is none yet.

    Parameters
    ----------
    path
        The table, ``overrides.csv``.
    lang
        The language of its headings.
    """
    if not path.exists():
        write_table(path, headings(*OVERRIDE_COLUMNS, lang=lang), ())


def points_of(text: str) -> float | None:
    """Return the points somebody wrote, with a decimal point or a decimal comma.

    What can be read in two ways is not read: ``1,000`` is a thousand to some, and one to others.

    Examples
    --------
    >>> points_of(" 2,5 "), points_of("２．５"), points_of("-1"), points_of("1,000")
    (2.5, 2.5, None, None)
    """
    said = unicodedata.normalize("NFKC", text).strip()
    thousands = re.fullmatch(r"[1-9]\d{0,2},\d{3}", said)
    if thousands or not re.fullmatch(r"\d{1,12}([.,]\d{0,12})?|[.,]\d{1,12}", said, re.ASCII):
        return None
    return float(said.replace(",", "."))


def misplaced(
    decisions: Iterable[ManualPoints], people: StudentIndex, known: Container[str]
) -> Iterator[tuple[ManualPoints, str]]:
    """Yield each decision about nobody, about two, or about no exercise, and why.

    Parameters
    ----------
    decisions
        What a person decided.
    people
        The students, by whatever they may be called.
    known
        The exercises that are graded.

    Yields
    ------
    tuple
        The decision, and a sentence.
    """
    for made in decisions:
        if people.of(made.student) is None:
            reason = people.why_not(made.student)
            yield made, f"{made.place}: student = {made.student!r}: {reason}"
        elif made.exercise not in known and made.exercise not in WHOLE:
            allowed = f"is not graded here; or write {' or '.join(WHOLE)}"
            yield made, f"{made.place}: exercise = {made.exercise!r}: {allowed}"
