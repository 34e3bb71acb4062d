"""Answers that only a person can mark: one sheet to fill in, its answers one after another.

Each row has a name made of student, exercise and answer, so that a spreadsheet may sort the sheet
or spoil a student's number, and the points still go where they belong. Points given for an answer
that has since changed stay in the sheet, but no longer count.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crmsim.common.numbers import exact
from crmsim.common.spreadsheets import write_table
from crmsim.common.text import plain, same
from crmsim.common.words import words
from crmsim.exercises.declared import exercise
from crmsim.grading.marks.marks import Grade, GradeLine
from crmsim.grading.marks.overrides import ManualPoints, points_of
from crmsim.grading.marks.tables import headings, known_as, read_table
from crmsim.grading.reading.released import released_lessons
from crmsim.grading.result import Item, Played

QUEUE_COLUMNS = ("row", "exercise", "student", "answer", "out_of", "points", "comment", "note")
MOST_ANSWER = 6000


@dataclass(frozen=True)
class WaitingAnswer:
    """An answer that a person has to read, and the points it was given so far.

    Attributes
    ----------
    row
        Its name in the sheet.
    points, comment
        What is filled in, as it was written.
    alike, like
        How many others have the same words, and the row whose points count for this one too.
    runs, foreseen
        The plays and predictions of the same lesson, whose numbers the student may have used.
    """

    row: str
    exercise: str
    student: str
    answer: str
    out_of: float
    points: str = ""
    comment: str = ""
    alike: int = 0
    like: str = ""
    runs: tuple[Played, ...] = ()
    foreseen: tuple[Item, ...] = ()

    @property
    def lines(self) -> tuple[float, ...]:
        """The points of each line of its rubric, as the exercise declares them."""
        return tuple(line.points for line in getattr(exercise(self.exercise), "rubric", ()))


@dataclass
class Filled:
    """Content of a filled sheet: each row by its name with its line, and what is doubtful."""

    rows: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    def of(self, row: str) -> dict[str, str]:
        """Return the row of that name, an empty one where there is none.

        Returns
        -------
        dict of str
            Texts by the names of `QUEUE_COLUMNS`.
        """
        return self.rows[row][1] if row in self.rows else dict.fromkeys(QUEUE_COLUMNS, "")


def read_queue(path: Path) -> Filled:
    """Return what has been filled in so far; nothing where there is no sheet.

    Parameters
    ----------
    path
        The sheet, ``queue.csv``.

    Raises
    ------
    TableError
        If the file is no table.
    """
    if not path.exists():
        return Filled()
    table = read_table(path, known_as(*QUEUE_COLUMNS))
    filled = Filled(mistakes=list(table.doubts))
    for line, row in table.rows:
        old = filled.rows.get(row["row"])
        if old and any(old[1][name] != row[name] for name in ("points", "comment")):
            filled.mistakes.append(
                f"{path.name}: line {line}: row = {row['row']!r}: is on line {old[0]} too, "
                "with other points; this line counts"
            )
        filled.rows[row["row"]] = (line, dict(row))
    return filled


def reading_queue(grades: Sequence[Grade], filled: Filled) -> list[WaitingAnswer]:
    """Return everything that a person marks, exercise by exercise, with what is filled in already.

    Parameters
    ----------
    grades
        The class.
    filled
        What the sheet holds.

    Returns
    -------
    list of WaitingAnswer
        An entry for each answer.
    """
    found = [
        _waiting(grade, line, filled)
        for grade in grades
        for line in grade.lines
        if line.item.needs_person
    ]
    counted = Counter((each.exercise, each.answer) for each in found if each.answer)
    order = list(dict.fromkeys(line.item.exercise for grade in grades for line in grade.lines))
    marked: dict[tuple[str, str], list[WaitingAnswer]] = {}
    for each in found:
        if each.points.strip() and each.answer:
            marked.setdefault((each.exercise, each.answer), []).append(each)
    alike = []
    for each in found:
        same_words = marked.get((each.exercise, each.answer), [])
        agreed = len({(other.points, other.comment) for other in same_words}) == 1
        like = same_words[0].row if agreed and not each.points.strip() else ""
        others = max(0, counted[each.exercise, each.answer] - 1)
        alike.append(replace(each, alike=others, like=like))
    # by the names of the rows, which say nothing of a student
    return sorted(alike, key=lambda each: (order.index(each.exercise), each.row))


def decisions(
    waiting: Sequence[WaitingAnswer], filled: Filled
) -> tuple[list[ManualPoints], list[str]]:
    """Return the points given so far, and a message for each row whose points can't be read.

    Parameters
    ----------
    waiting
        The answers that wait.
    filled
        What the sheet holds.

    Returns
    -------
    tuple of lists
        Decisions, and messages.
    """
    made, mistakes = [], list(filled.mistakes)
    rows = {each.row: each for each in waiting}
    for each in waiting:
        # the same words earn the same, so points for one of them count for all without any
        source = rows[each.like] if each.like else each
        if not source.points.strip():
            continue
        line = filled.rows[source.row][0]
        place = f"queue.csv: line {line}"
        points, by_line, wrong = given(source.points, each)
        if not wrong:
            about = each.student, each.exercise
            made.append(ManualPoints(*about, points, source.comment, place, by_line))
        elif source is each:
            mistakes.append(f"{place}: points = {each.points!r}: {wrong}")
    now = {each.row for each in waiting}
    done = {(each.exercise, same(each.student)) for each in waiting if each.points.strip()}
    for name, (line, row) in filled.rows.items():
        lost = row["points"] and (row["exercise"], same(row["student"])) not in done
        if name not in now and lost:
            mistakes.append(
                f"queue.csv: line {line}: row = {name!r}: no answer of this name waits; "
                "its points do not count"
            )
    return made, mistakes


def given(text: str, answer: WaitingAnswer) -> tuple[float, tuple[float, ...], str]:
    """Return the points in a cell of the sheet, those of each line of the rubric, and a mistake.

    The points are a number, or one number for each line of the rubric, in order, such as 1+2+0+1.
    Where an exercise brings other points than its rubric has, the lines are scaled.
    """
    most = answer.lines
    parts = [points_of(part) for part in text.split("+")]
    if len(parts) == 1:
        points = parts[0]
        allowed = f"must be a number from 0 to {exact(answer.out_of)}"
        if most:
            allowed += f", or {len(most)} numbers, one for each line, such as {_sum(most)}"
        fits = points is not None and points <= answer.out_of
        return (points or 0.0), (), "" if fits else allowed
    by_line = tuple(part for part in parts if part is not None)
    pairs = zip(by_line, most, strict=False)
    if len(by_line) != len(parts) or len(parts) != len(most) or any(a > b for a, b in pairs):
        return 0.0, (), f"must be a number for each line, in order and at most {_sum(most)}"
    return round(sum(by_line) * answer.out_of / sum(most), 2), by_line, ""


def _sum(points: Sequence[float]) -> str:
    return "+".join(map(exact, points))


def write_queue(path: Path, waiting: Sequence[WaitingAnswer], filled: Filled, lang: str) -> None:
    """Write the sheet again, with everything that anybody filled in.

    Parameters
    ----------
    path
        The sheet, ``queue.csv``.
    waiting
        The answers that wait.
    filled
        What the sheet holds.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    t = words(lang)
    rows: list[list[object]] = []
    for each in waiting:
        note = t("gradebook.queue.alike", others=each.alike) if each.alike else ""
        known = (each.row, each.exercise, each.student, each.answer, each.out_of)
        rows.append([*known, each.points, each.comment, note])
    now = {each.row for each in waiting}
    for name, (_, row) in filled.rows.items():
        if name not in now and (row["points"] or row["comment"]):
            rows.append([row[c] for c in QUEUE_COLUMNS[:-1]] + [t("gradebook.queue.changed")])
    write_table(path, headings(*QUEUE_COLUMNS, lang=lang), rows)


def pages(waiting: Sequence[WaitingAnswer], lang: str) -> list[dict[str, object]]:
    """Lay out the sheet for reading: each exercise with its rubric, and the answers to it.

    Parameters
    ----------
    waiting
        The answers that wait.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    list of dict
        ``id``, ``question``, ``rubric`` and ``answers`` of each exercise.
    """
    found: list[dict[str, object]] = []
    for name in dict.fromkeys(each.exercise for each in waiting):
        task = exercise(name)
        found.append(
            {
                "id": name,
                "question": task.question[lang],
                "rubric": [(line.points, line.text[lang]) for line in getattr(task, "rubric", ())],
                "answers": _by_words([each for each in waiting if each.exercise == name]),
            }
        )
    return found


def _by_words(waiting: Sequence[WaitingAnswer]) -> list[list[WaitingAnswer]]:
    """Return the answers to one exercise, those in the same words together."""
    found: dict[str, list[WaitingAnswer]] = {}
    for each in waiting:
        found.setdefault(each.answer or each.row, []).append(each)
    return list(found.values())


def _waiting(grade: Grade, line: GradeLine, filled: Filled) -> WaitingAnswer:
    given = line.item.answer
    lang = (grade.result and grade.result.lang) or "en"
    told = given if isinstance(given, str) else exercise(line.item.exercise).said(given, lang)
    text = "" if given is None else plain(told, MOST_ANSWER, lines=True)
    known = "\0".join((grade.key, line.item.exercise, text))
    row = f"q-{hashlib.sha256(known.encode('utf-8', 'replace')).hexdigest()[:10]}"
    kept = filled.of(row)
    return WaitingAnswer(
        row,
        line.item.exercise,
        plain(grade.key),
        text,
        line.out_of,
        kept["points"],
        kept["comment"],
        runs=_of_lesson(grade, line.item.lesson),
        foreseen=tuple(
            other.item
            for other in grade.lines
            if other.item.lesson == line.item.lesson
            and other.item.verdict == "predicted"
            and other.item.came is not None
        ),
    )


def _of_lesson(grade: Grade, number: str) -> tuple[Played, ...]:
    """Return the last play of each case that belongs to a lesson."""
    cases = (
        {case for case, _ in released_lessons()[number].plays}
        if number in released_lessons()
        else set()
    )
    runs = grade.result.runs if grade.result else ()
    last = {(run.scenario, run.seed, run.seat): run for run in runs if run.scenario in cases}
    return tuple(last.values())
