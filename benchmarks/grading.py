"""Speed of grading a class: ``python -m benchmarks.grading [submissions]`` (default: 300).

Nine in ten are honest and whole, filled from the teacher's notebooks in both languages, each with a
student number of its own; one in ten has a cell of the attack suite in it. Prints rows for
``docs/performance.md``.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import psutil

from crmsim.authoring.build_lessons import NOTEBOOKS
from crmsim.common.words import LANGUAGES
from crmsim.course.lab import released
from crmsim.exercises.declared import exercise
from crmsim.grading.command import Report, grade
from crmsim.grading.reading.released import lessons

HOSTILE_EVERY = 10
LOOK_S = 0.5
WORKERS = 2
ATTACKS = NOTEBOOKS.parent / "tests" / "attacks" / "cells.toml"
OPEN_CELL = {"minutes": "10", "satisfaction": "12"}


class Memory(threading.Thread):
    """Watches how much this process and everything it started hold together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb, self.stop = 0.0, threading.Event()

    def run(self) -> None:
        """Look every half second; what several share counts for each of them."""
        us = psutil.Process()
        while not self.stop.wait(LOOK_S):
            held = 0
            for process in (us, *us.children(recursive=True)):
                try:
                    held += process.memory_info().rss
                except psutil.Error:
                    continue
            self.peak_mb = max(self.peak_mb, held / 2**20)


def hand_in(folder: Path, place: int) -> None:
    """A whole hand-in of a student of her own; every tenth has an attack in it."""
    lang, number = LANGUAGES[place % len(LANGUAGES)], f"2026{place:04}"
    attack = attacks()[place // HOSTILE_EVERY % len(attacks())]
    hostile = place % HOSTILE_EVERY == 0
    with ZipFile(folder / f"{number}.zip", "w", ZIP_DEFLATED) as archive:
        who = {"number": number, "name": "林悦"}
        archive.writestr("handin.json", json.dumps({"schema": 1, "student": who}))
        for name, record in answers(number):
            archive.writestr(f"progress/{name}.json", json.dumps(record, ensure_ascii=False))
        for lesson, book in books(lang).items():
            bad = attack if hostile and lesson == attacked(attack) else None
            archive.writestr(f"notebooks/{lang}/{lesson}-x.ipynb", filled(book, lang, lesson, bad))


@cache
def attacks() -> tuple[str, ...]:
    """The cells of the attack suite."""
    return tuple(each["cell"] for each in tomllib.loads(ATTACKS.read_text("utf-8"))["attacks"])


def attacked(cell: str) -> str:
    """The lesson whose open cell an attack is written for."""
    return next((lesson for name, lesson in OPEN_CELL.items() if name in cell), "10")


@cache
def books(lang: str) -> dict[str, tuple[str, str]]:
    """The student's and the teacher's notebook of each lesson."""
    teacher = NOTEBOOKS / "teacher" / lang
    return {
        path.name[:2]: (path.read_text("utf-8"), (teacher / path.name).read_text("utf-8"))
        for path in released(lang)
    }


def filled(book: tuple[str, str], lang: str, lesson: str, attack: str | None) -> str:
    """A student's notebook with the teacher's answers in its open cells, or an attack in one."""
    mine, theirs = (json.loads(text) for text in book)
    known = {cell.get("id"): cell["source"] for cell in theirs["cells"]}
    open_cells = {cell.id for cell in lessons(lang)[lesson].cells if cell.open}
    for cell in mine["cells"]:
        if cell.get("id") in open_cells:
            cell["source"] = attack or known[cell["id"]]
    return json.dumps(mine, ensure_ascii=False)


def answers(number: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that is answered by clicking, right, as this student was asked it."""
    every = lessons("en").values()
    for name in dict.fromkeys(n for lesson in every for n in (*lesson.predicted, *lesson.checked)):
        yield f"answer-{name}", {"schema": 1, "answer": right(exercise(name, number))}


def right(task: Any) -> Any:
    """The right answer, or one that fits where there is none."""
    match task.kind:
        case "choose":
            return task.key or task.options[0].id
        case "number":
            return task.low if task.key is None else task.key
        case "match":
            return {row.id: row.key for row in task.rows}
        case "order":
            return [row.id for row in task.rows]
        case "loop":
            return [[link.source, link.sign, link.target] for link in task.links]
        case "draw":
            return [task.given[-1]] * task.quarters
        case "explain":
            return "Because what she expected decides what she feels."
    return None


def measured(count: int) -> tuple[float, float, Report]:
    """Submissions a minute, the most megabytes held, and what came out."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "submissions").mkdir()
        for number in range(count):
            hand_in(folder / "submissions", number)
        (folder / "grading.toml").write_text("")
        memory, start = Memory(), time.perf_counter()
        memory.start()
        given = (folder / "submissions", folder / "out", folder / "grading.toml")
        report = grade(*given, workers=WORKERS)
        minutes = (time.perf_counter() - start) / 60
        memory.stop.set()
        return count / minutes, memory.peak_mb, report


def main() -> None:
    """Print the rows, and whoever did not get what was earned."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rate, peak_mb, report = measured(count)
    what = f"{count} submissions, {-(-count // HOSTILE_EVERY)} hostile, {WORKERS} workers"
    print(f"| {what} | {rate:.0f} a minute | ≥ 60 |")
    print(f"| memory at the peak, all processes | {peak_mb:.0f} MB | |")
    short = [
        grade.key
        for place, grade in enumerate(report.findings.grades)
        if place % HOSTILE_EVERY
        and any(line.points < line.out_of and not line.item.needs_person for line in grade.lines)
    ]
    print(f"| honest ones that did not get full marks | {len(short)} | 0 |")


if __name__ == "__main__":
    main()
