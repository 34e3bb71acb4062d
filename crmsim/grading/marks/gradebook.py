"""The marks as tables: one for people, one that Canvas imports, one that Moodle imports.

Canvas takes every column it does not know for a new assignment, and Moodle asks what each column
means, so neither is well served by a table for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from crmsim.common.spreadsheets import write_table
from crmsim.common.text import plain
from crmsim.common.words import words
from crmsim.grading.marks.marks import Grade
from crmsim.grading.marks.overrides import TOTAL
from crmsim.grading.marks.tables import headings
from crmsim.grading.pages.wording import problem_words

CANVAS_HEADINGS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_POINTS = ("    Points Possible", "", "", "", "")
MOODLE_HEADINGS = ("ID number", "Email address", "Full name")
ABOUT = ("student", "name", "points", "out_of", "percent", "earned", "days_late", "lost")
AFTER = ("waiting", "by_hand", "flags", "problems", "submission")


def write_gradebook(folder: Path, grades: Sequence[Grade], title: str, lang: str) -> None:
    """Write ``grades.csv``, ``grades-canvas.csv`` and ``grades-moodle.csv``.

    Parameters
    ----------
    folder
        Where the tables go.
    grades
        The class.
    title
        The name of the column for the points on a platform.
    lang
        The language of headings and comments.
    """
    lessons, exercises = _columns(grades)
    t = words(lang)
    each_lesson = [t("gradebook.column.lesson", lesson=lesson) for lesson in lessons]
    columns = headings(*ABOUT, lang=lang) + each_lesson + list(exercises)
    rows = (_row(grade, lessons, exercises, lang) for grade in grades)
    write_table(folder / "grades.csv", columns + headings(*AFTER, lang=lang), rows)
    write_table(folder / "grades-canvas.csv", (*CANVAS_HEADINGS, title), _canvas(grades))
    comments = ([*_moodle(grade), _final(grade), _comment(grade, lang)] for grade in grades)
    write_table(
        folder / "grades-moodle.csv", (*MOODLE_HEADINGS, title, f"{title} feedback"), comments
    )


def _columns(grades: Sequence[Grade]) -> tuple[list[str], list[str]]:
    """List the lessons and the exercises that bring points."""
    lines = [line for grade in grades[:1] for line in grade.lines if line.out_of]
    return list(dict.fromkeys(line.item.lesson for line in lines)), [
        line.item.exercise for line in lines
    ]


def _row(
    grade: Grade, lessons: Sequence[str], exercises: Sequence[str], lang: str
) -> Iterator[object]:
    share = 100 * grade.points / grade.out_of_read if grade.out_of_read else 0.0
    yield from (grade.key, grade.name, grade.points, grade.out_of, round(share, 1))
    yield from (grade.earned, grade.late.days if grade.late.known else "?", grade.lost)
    for lesson in lessons:
        yield round(sum(line.points for line in grade.lines if line.item.lesson == lesson), 2)
    points = {line.item.exercise: line for line in grade.lines}
    for name in exercises:
        yield "" if points[name].waits else points[name].points
    yield grade.waiting
    yield " ".join(by_hand(grade))
    yield len(grade.flags)
    yield _comment(grade, lang)
    yield grade.result.submission if grade.result else ""


def by_hand(grade: Grade) -> list[str]:
    """List what a person decided in place of what was found.

    Parameters
    ----------
    grade
        The grade of one student.

    Returns
    -------
    list of str
        Ids of exercises, and names of what was decided about the whole.
    """
    decided = [line.item.exercise for line in grade.lines if line.overridden]
    return decided + list(grade.whole)


def _comment(grade: Grade, lang: str) -> str:
    """Say in a few words what a reader of the table must know at once."""
    if grade.result is None:
        return words(lang)("gradebook.nothing")
    said = (problem_words(p, lang) for p in grade.result.problems[:3])
    return plain(" ".join(said), 600)


def _canvas(grades: Sequence[Grade]) -> Iterator[list[object]]:
    yield [*CANVAS_POINTS, grades[0].out_of if grades else 0]
    for grade in grades:
        member = grade.member
        known = (member.canvas, member.number, member.login, member.section) if member else None
        ids = known or ("", _number(grade), "", "")
        yield [grade.name or grade.key, *ids, _final(grade)]


def _final(grade: Grade) -> float | str:
    """Return the points; nothing, which no platform takes for 0, while answers are unread."""
    return "" if grade.waiting and TOTAL not in grade.whole else grade.points


def _moodle(grade: Grade) -> list[object]:
    if grade.member is None:
        return [_number(grade), "", grade.name]
    return [grade.member.number, grade.member.email, grade.name]


def _number(grade: Grade) -> str:
    return (grade.result.student if grade.result else grade.key) or ""
