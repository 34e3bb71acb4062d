"""Requests of students to look at a mark again, each with its reason and the grader's reply."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsim.common.spreadsheets import write_table
from crmsim.grading.marks.overrides import WHOLE, ManualPoints
from crmsim.grading.marks.people import StudentIndex
from crmsim.grading.marks.tables import headings, known_as, read_table

REQUEST_COLUMNS = ("student", "exercise", "reason", "reply")


@dataclass(frozen=True)
class RegradeRequest:
    """A student asks for another look at an exercise, or at her ``total`` or ``late``.

    Attributes
    ----------
    student
        The key of her grade, once it is known whose it is.
    reason, reply
        What she says, and what the grader answers.
    place
        Where it is written.
    decided
        What a person decided about it since.
    """

    student: str
    exercise: str
    reason: str
    reply: str
    place: str
    decided: ManualPoints | None = None

    @property
    def open(self) -> bool:
        """True while nobody has replied or set points."""
        return not self.reply and self.decided is None


def read_requests(path: Path) -> tuple[list[RegradeRequest], list[str]]:
    """Return the requests of a table, and a sentence for each line that is doubtful.

    Parameters
    ----------
    path
        The table, ``requests.csv``; it may be missing.

    Returns
    -------
    tuple of lists
        Requests, and sentences.

    Raises
    ------
    TableError
        If the file is no table.
    """
    if not path.exists():
        return [], []
    table = read_table(path, known_as(*REQUEST_COLUMNS))
    found, mistakes = [], list(table.doubts)
    for line, row in table.rows:
        place = f"{path.name}: line {line}"
        missing = next((name for name in REQUEST_COLUMNS[:2] if not row[name]), "")
        if missing:
            mistakes.append(f"{place}: {missing}: is missing")
        else:
            about = row["student"], row["exercise"].lower()
            found.append(RegradeRequest(*about, row["reason"], row["reply"], place))
    return found, mistakes


def addressed(
    requests: Sequence[RegradeRequest],
    people: StudentIndex,
    known: Container[str],
    decided: Mapping[tuple[str, str], ManualPoints],
) -> tuple[list[RegradeRequest], list[str]]:
    """Return requests by the keys of their students, and a sentence for each about nobody.

    Parameters
    ----------
    requests
        As they stand in the table.
    people
        The students, by whatever they may be called.
    known
        The exercises that are graded.
    decided
        What a person decided, by the key of the student and the exercise.

    Returns
    -------
    tuple of lists
        Requests, and sentences.
    """
    found, mistakes = [], []
    for each in requests:
        key = people.of(each.student)
        if key is None:
            reason = people.why_not(each.student)
            mistakes.append(f"{each.place}: student = {each.student!r}: {reason}")
        elif each.exercise not in known and each.exercise not in WHOLE:
            allowed = f"is not graded here; or write {' or '.join(WHOLE)}"
            mistakes.append(f"{each.place}: exercise = {each.exercise!r}: {allowed}")
        else:
            told = (each.exercise, each.reason, each.reply, each.place)
            found.append(RegradeRequest(key, *told, decided.get((key, each.exercise))))
    return found, mistakes


def begin_requests(path: Path, lang: str) -> None:
    """Lay down an empty table to write into, where there is none yet.

    Parameters
    ----------
    path
        The table, ``requests.csv``.
    lang
        The language of its headings.
    """
    if not path.exists():
        write_table(path, headings(*REQUEST_COLUMNS, lang=lang), ())
