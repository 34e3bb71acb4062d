"""Speed of grading a class: ``python -m benchmarks.grading [submissions [lessons [clock]]]``.

Without numbers it is 300 submissions of every lesson. To look at all processes ten times a second
takes a third of a core; with ``clock`` nobody looks, and only the time by the clock is printed.

Nine in ten are honest and whole, filled from the teacher's notebooks in both languages, each with a
student number of its own; one in ten has a cell of the attack suite in it. Prints rows for
``docs/performance.md``: the time by the clock, which other work on the machine makes longer, and
the processor time of all processes together, which it hardly does.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from compileall import compile_dir
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

import psutil

import crmsim
from crmsim.authoring.build_lessons import NOTEBOOKS
from crmsim.common.words import LANGUAGES
from crmsim.course.lab import released
from crmsim.exercises.declared import exercise
from crmsim.grading.command import Report, grade
from crmsim.grading.reading.released import released_lessons

HOSTILE_EVERY = 10
LOOK_S = 0.1
PR_SET_CHILD_SUBREAPER = 36
WORKERS = 2
ATTACKS = NOTEBOOKS.parent / "tests" / "attacks" / "cells.toml"


class Watch(threading.Thread):
    """Watches what this process and everything that it starts use.

    ``used_s`` is the processor time of each process as it was last seen, in seconds; ``peak_mb``
    the most that all held together, where what several share counts for each of them. A process of
    a jail is ended with its whole name space, and nobody is told its time then; so each is looked
    at every `look_s` seconds, and what it computes after the last look is not counted.
    """

    def __init__(self, look_s: float) -> None:
        super().__init__(daemon=True)
        self.used_s: dict[tuple[int, float], float] = {}
        self.peak_mb, self.watching_s, self.look_s = 0.0, 0.0, look_s
        self.stop = threading.Event()

    def run(self) -> None:
        """Look again and again."""
        us = psutil.Process()
        # what loses its parent comes to this process, where it is seen
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        while not self.stop.wait(self.look_s):
            held = 0
            for process in (us, *us.children(recursive=True)):
                with suppress(psutil.Error):
                    times = process.cpu_times()
                    known = process.pid, process.create_time()
                    self.used_s[known] = times.user + times.system
                    held += process.memory_info().rss
            self.peak_mb = max(self.peak_mb, held / 2**20)
        self.watching_s = time.thread_time()

    def ended(self) -> float:
        """Stop watching, and return the processor time of all that was started, in seconds."""
        self.stop.set()
        self.join()
        own = psutil.Process()
        return sum(s for known, s in self.used_s.items() if known[0] != own.pid)


def hand_in(folder: Path, place: int, most_lessons: int | None) -> None:
    """A hand-in of a student of her own; every tenth has an attack in it."""
    lang, number = LANGUAGES[place % len(LANGUAGES)], f"2026{place:04}"
    attacked, attack = attacks()[place // HOSTILE_EVERY % len(attacks())]
    hostile = place % HOSTILE_EVERY == 0
    with ZipFile(folder / f"{number}.zip", "w", ZIP_DEFLATED) as archive:
        who = {"number": number, "name": "林悦"}
        archive.writestr("handin.json", json.dumps({"schema": 1, "student": who}))
        handed = {lesson: books(lang)[lesson] for lesson in handed_in(most_lessons)}
        for name, record in answers(number):
            if name.removeprefix("answer-")[:2] not in handed:
                continue
            archive.writestr(f"progress/{name}.json", json.dumps(record, ensure_ascii=False))
        for lesson, book in handed.items():
            bad = attack if hostile and lesson == attacked else None
            archive.writestr(f"notebooks/{lang}/{lesson}-x.ipynb", filled(book, lang, lesson, bad))


def handed_in(most_lessons: int | None) -> list[str]:
    """The lessons in a hand-in by number, or all; a single one has a play and a function."""
    return sorted(books("en"), key=lambda lesson: (lesson != "12", lesson))[:most_lessons]


@cache
def attacks() -> tuple[tuple[str, str], ...]:
    """The cells of the attack suite, each with the lesson whose open cell it is for."""
    listed = tomllib.loads(ATTACKS.read_text("utf-8"))["attacks"]
    return tuple((each.get("lesson", "10"), each["cell"]) for each in listed)


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
    open_cells = {cell.id for cell in released_lessons(lang)[lesson].cells if cell.open}
    for cell in mine["cells"]:
        if cell.get("id") in open_cells:
            cell["source"] = attack or known[cell["id"]]
    return json.dumps(mine, ensure_ascii=False)


def answers(number: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that is answered by clicking, right, as this student was asked it."""
    every = released_lessons("en").values()
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
        case "plan":
            return task.right_answer
        case "explain":
            return "Because what she expected decides what she feels."
        case "journal":
            codes = {code.id: code.options[0].id for code in task.codes}
            return {
                place: codes.get(place.partition("-")[2], "The waiter asked before he poured.")
                for place in task.places
            }
    return None


class Measured(NamedTuple):
    """The time that a class took, what it held, and what came out."""

    clock_s: float
    processor_s: float
    peak_mb: float
    report: Report


def measured(count: int, most_lessons: int | None, looked: bool) -> Measured:
    """Grade a class of that many, and measure it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "submissions").mkdir()
        for number in range(count):
            hand_in(folder / "submissions", number, most_lessons)
        (folder / "grading.toml").write_text(f"lessons = {json.dumps(handed_in(most_lessons))}\n")
        watch, start, own = Watch(LOOK_S), time.perf_counter(), time.process_time()
        if looked:
            watch.start()
        given = (folder / "submissions", folder / "out", folder / "grading.toml")
        report = grade(*given, workers=WORKERS)
        clock = time.perf_counter() - start
        used = watch.ended() + time.process_time() - own - watch.watching_s if looked else 0.0
        return Measured(clock, used, watch.peak_mb, report)


def main() -> None:
    """Print the rows, and whoever did not get what was earned."""
    numbers = [int(said) for said in sys.argv[1:] if said.isdecimal()]
    count, most_lessons = [*numbers, *(300, None)[len(numbers) :]]
    looked = "clock" not in sys.argv
    compile_dir(Path(crmsim.__file__).parent, quiet=2)  # bytecode is there, as in an installed one
    clock_s, used_s, peak_mb, report = measured(count, most_lessons, looked)
    hostile, of = -(-count // HOSTILE_EVERY), len(handed_in(most_lessons))
    what = f"{count} submissions of {of} lessons, {hostile} hostile, {WORKERS} workers"
    print(f"| {what} | {60 * count / clock_s:.0f} a minute ({clock_s:.0f} s) | ≥ 60 |")
    if looked:
        print(f"| processor time, all processes | {used_s:.0f} s | ≤ {WORKERS * count} s |")
    print(f"| load average of the last 15 minutes | {os.getloadavg()[2]:.1f} | |")
    if looked:
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
