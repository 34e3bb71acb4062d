"""What only a person can mark: one sheet to fill in, its answers one after another.

Each row has a name made of student, exercise and answer, so that a spreadsheet may sort the sheet
or spoil a student's number, and the points still go where they belong. Points given for an answer
that has since changed stay in the sheet, but no longer count.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsim.common.text import plain
from crmsim.common.words import words
from crmsim.exercises.declared import exercise
from crmsim.grading.marks.marks import Grade, Line
from crmsim.grading.marks.overrides import Decision, points_of
from crmsim.grading.marks.tables import headings, known_as, read_table, write_table

COLUMNS = ("row", "exercise", "student", "answer", "out_of", "points", "comment", "note")
MOST_ANSWER = 6000


@dataclass(frozen=True)
class Waiting:
    """An answer that a person has to read, and the points it was given so far."""

    row: str
    exercise: str
    student: str
    answer: str
    out_of: float
    points: str = ""
    comment: str = ""
    alike: int = 0


Filled = dict[str, tuple[int, dict[str, str]]]


def read_queue(path: Path) -> Filled:
    """What has been filled in so far, by the name of the row; nothing where there is no sheet.

    Raises
    ------
    TableError
        If the file is no table.
    """
    if not path.exists():
        return {}
    return {row["row"]: (line, dict(row)) for line, row in read_table(path, known_as(*COLUMNS))}


def queue(grades: Sequence[Grade], filled: Filled) -> list[Waiting]:
    """Everything that a person marks, exercise by exercise, with what is filled in already."""
    found = [
        _waiting(grade, line, filled)
        for grade in grades
        for line in grade.lines
        if line.item.needs_person
    ]
    counted = Counter((each.exercise, each.answer) for each in found if each.answer)
    order = list(dict.fromkeys(line.item.exercise for grade in grades for line in grade.lines))
    alike = [
        Waiting(**{**vars(each), "alike": max(0, counted[each.exercise, each.answer] - 1)})
        for each in found
    ]
    return sorted(alike, key=lambda each: (order.index(each.exercise), each.row))


def decisions(waiting: Sequence[Waiting], filled: Filled) -> tuple[list[Decision], list[str]]:
    """The points given so far, and each row whose points can't be read."""
    made, mistakes = [], []
    for each in waiting:
        if not each.points.strip():
            continue
        line = filled[each.row][0]
        points = points_of(each.points)
        if points is None or points > each.out_of:
            allowed = f"must be a number from 0 to {each.out_of:g}"
            mistakes.append(f"queue.csv: line {line}: points = {each.points!r}: {allowed}")
        else:
            place = f"queue.csv: line {line}"
            made.append(Decision(each.student, each.exercise, points, each.comment, place))
    return made, mistakes


def write_queue(path: Path, waiting: Sequence[Waiting], filled: Filled, lang: str) -> None:
    """Write the sheet again, with everything that anybody filled in."""
    t = words(lang)
    rows: list[list[object]] = []
    for each in waiting:
        note = t("gradebook.queue.alike", others=each.alike) if each.alike else ""
        known = (each.row, each.exercise, each.student, each.answer, each.out_of)
        rows.append([*known, each.points, each.comment, note])
    now = {each.row for each in waiting}
    for name, (_, row) in filled.items():
        if name not in now and (row["points"] or row["comment"]):
            rows.append([row[c] for c in COLUMNS[:-1]] + [t("gradebook.queue.changed")])
    write_table(path, headings(*COLUMNS, lang=lang), rows)


def pages(waiting: Sequence[Waiting], lang: str) -> list[dict[str, object]]:
    """The sheet to be read: each exercise with its rubric, and the answers to it."""
    found: list[dict[str, object]] = []
    for name in dict.fromkeys(each.exercise for each in waiting):
        task = exercise(name)
        found.append(
            {
                "id": name,
                "question": task.question[lang],
                "rubric": [(line.points, line.text[lang]) for line in getattr(task, "rubric", ())],
                "answers": [each for each in waiting if each.exercise == name],
            }
        )
    return found


def _waiting(grade: Grade, line: Line, filled: Filled) -> Waiting:
    given = line.item.answer
    text = plain(given, MOST_ANSWER, lines=True) if isinstance(given, str) else ""
    known = "\0".join((grade.key, line.item.exercise, text))
    row = f"q-{hashlib.sha256(known.encode('utf-8', 'replace')).hexdigest()[:10]}"
    kept = filled[row][1] if row in filled else {"points": "", "comment": ""}
    return Waiting(
        row,
        line.item.exercise,
        plain(grade.key),
        text,
        line.out_of,
        kept["points"],
        kept["comment"],
    )
