"""Points that a person gives: in the queue of what only people can mark, or over any other mark."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

from crmsim.common.text import same
from crmsim.grading.marks.tables import headings, known_as, read_table, write_table

COLUMNS = ("student", "exercise", "points", "comment")
TOTAL, LATE = "total", "late"
WHOLE = (TOTAL, LATE)
"""What can be set beside an exercise: all points, or those that lateness takes away."""


@dataclass(frozen=True)
class Decision:
    """Points that a person gave, and where that is written."""

    student: str
    exercise: str
    points: float
    comment: str
    place: str


def read_overrides(path: Path) -> tuple[list[Decision], list[str]]:
    """What a person decided, and each line that can't be read as such.

    Of two lines about the same thing the later one holds.

    Raises
    ------
    TableError
        If the file is no table.
    """
    decisions: dict[tuple[str, str], Decision] = {}
    mistakes = []
    for line, row in read_table(path, known_as(*COLUMNS)):
        place = f"{path.name}: line {line}"
        points = points_of(row["points"])
        if not row["student"] or not row["exercise"]:
            missing = "student" if not row["student"] else "exercise"
            mistakes.append(f"{place}: {missing}: is missing")
        elif points is None:
            found = f"points = {row['points']!r}"
            mistakes.append(f"{place}: {found}: must be a number, 0 or more, such as 2.5")
        else:
            made = Decision(row["student"], row["exercise"].lower(), points, row["comment"], place)
            decisions[same(made.student), made.exercise] = made
    return list(decisions.values()), mistakes


def begin_overrides(path: Path, lang: str) -> None:
    """Lay down an empty table to write into, where there is none yet."""
    if not path.exists():
        write_table(path, headings(*COLUMNS, lang=lang), ())


def points_of(text: str) -> float | None:
    """The points somebody wrote, with a decimal point or a decimal comma.

    Examples
    --------
    >>> points_of(" 2,5 "), points_of("-1"), points_of("two")
    (2.5, None, None)
    """
    try:
        points = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return points if isfinite(points) and points >= 0 else None


def misplaced(
    decisions: Iterable[Decision], students: Mapping[str, str], known: Container[str]
) -> Iterator[tuple[Decision, str]]:
    """Each decision about somebody who handed nothing in, or about no exercise, and why.

    Parameters
    ----------
    decisions
        What a person decided.
    students
        The students, by whatever they may be called.
    known
        The exercises that are graded.
    """
    for made in decisions:
        if same(made.student) not in students:
            yield made, f"{made.place}: student = {made.student!r}: {_near(made, students)}"
        elif made.exercise not in known and made.exercise not in WHOLE:
            allowed = f"is not graded here; or write {' or '.join(WHOLE)}"
            yield made, f"{made.place}: exercise = {made.exercise!r}: {allowed}"


def _near(made: Decision, students: Mapping[str, str]) -> str:
    zeros = [name for name in students if name.lstrip("0") == same(made.student).lstrip("0")]
    close = zeros or get_close_matches(same(made.student), students, n=1)
    hint = f"; did you mean {students[close[0]]!r}?" if close else ""
    return f"nobody of that number or file is here{hint}"
