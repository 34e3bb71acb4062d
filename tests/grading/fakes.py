"""Graders that behave as badly as a submission could make one, and results made by hand."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from crmsim.exercises.declared import exercise
from crmsim.exercises.gain import asked_in_tests
from crmsim.grading.batch import Batch, grade_all
from crmsim.grading.command import ClassResults, Tables, publish, read_tables
from crmsim.grading.marks.queue import Filled
from crmsim.grading.options import Options
from crmsim.grading.reading.submissions import HandInPlace
from crmsim.grading.result import Item, Played, Problem, Result

NOTHING = Tables((), {}, (), Filled(), ())
SECRET = b"kept by the grader alone"
ANSWERS: dict[str, Any] = {
    "00-fruit": "same",
    "10-why": "meaning",
    "10-stages": {"survey": "pre", "advice": "in"},
}


def item(name: str, answer: Any, **more: Any) -> Item:
    """An exercise marked as it would be, from an answer."""
    task, lesson = exercise(name), name[:2]
    if task.BY_PERSON:
        return Item(name, lesson, 0, task.worth, "waiting", answer=answer, needs_person=True)
    if task.prediction:
        verdict = "blank" if answer is None else "predicted"
        return Item(name, lesson, 0, 0, verdict, answer=answer, **more)
    found = task.mark(answer)
    out_of = 0 if name in asked_in_tests() else task.worth
    points = out_of * found.points / found.out_of if found.out_of else 0
    findings = tuple(
        {
            "place": each.place,
            "right": each.right,
            "misconception": each.misconception and to_builtins(each.misconception),
            "because": each.because and to_builtins(each.because),
        }
        for each in found.findings
    )
    return Item(name, lesson, points, out_of, found.verdict, findings, answer, **more)


def result(student: str | None = "2026001", **more: Any) -> Result:
    """Make a result such as may be found in a submission."""
    known: dict[str, Any] = {
        "submission": f"{student}.zip",
        "name": "林悦",
        "items": (item("10-stages", {"survey": "pre"}), item("10-why", None)),
        "versions": {"crmsim": "0.1.0"},
        "sha256": hashlib.sha256(str(student).encode()).hexdigest(),
    }
    return Result(student=student, **(known | more))


def play(seed: int, actions: tuple[str, ...], satisfaction: float) -> Played:
    """A visit that ended so."""
    outcome = {"satisfaction": satisfaction, "buys": True, "earned": 100.0, "minutes": 90}
    return Played("buick", seed, "lin-yue", "seller", actions, outcome)


def quick(place: HandInPlace, options: Options, secret: bytes) -> Result:
    """Grade at once, and leave a note of it."""
    path = place.path
    note(path, "graded")
    data = path.read_bytes()
    items = tuple(item(name, answer) for name, answer in ANSWERS.items())
    return result(
        path.stem, submission=path.name, sha256=hashlib.sha256(data).hexdigest(), items=items
    )


def slow(place: HandInPlace, options: Options, secret: bytes) -> Result:
    """Take a moment, as graders do."""
    time.sleep(0.05)
    return quick(place, options, secret)


def wicked(place: HandInPlace, options: Options, secret: bytes) -> Result:
    """Do what the submission is called."""
    path = place.path
    tries = note(path, "begun")
    if path.stem == "dies" or (path.stem == "dies-once" and tries == 1):
        os._exit(9)
    if path.stem == "unlucky" and tries == 1:
        return replace(quick(place, options, secret), problems=(Problem("not-started", "10"),))
    if path.stem == "waits" or (path.stem == "crowded" and tries == 1):
        return replace(quick(place, options, secret), problems=(Problem("too-slow", "10"),))
    if path.stem == "hangs":
        time.sleep(600)
    if path.stem == "raises":
        raise RuntimeError("a mistake of the grader")
    return quick(place, options, secret)


def note(path: Path, what: str) -> int:
    """Write down that something was done to a submission; how often so far."""
    file = path.parent.parent / "notes" / f"{path.stem}-{what}"
    file.parent.mkdir(exist_ok=True)
    with file.open("a") as notes:
        notes.write(f"{os.getpid()}\n")
    return len(file.read_text().splitlines())


def notes(folder: Path, what: str = "graded") -> dict[str, int]:
    """Count how often something was done to each submission."""
    files = (folder / "notes").glob(f"*-{what}")
    return {f.name.removesuffix(f"-{what}"): len(f.read_text().splitlines()) for f in files}


def hand_in(folder: Path, *names: str) -> Path:
    """A folder of submissions of those names."""
    place = folder / "submissions"
    place.mkdir(exist_ok=True)
    for name in names:
        (place / f"{name}.zip").write_text(f"of {name}")
    return place


def run(
    folder: Path,
    work: Callable[..., Result] = quick,
    resume: bool = False,
    options: Options | None = None,
    secret: bytes = SECRET,
    executor: Executor | None = None,
) -> list[Result]:
    """Grade ``folder/submissions`` into ``folder/out``, all the way; the quick one right here."""
    given = options or Options()
    batch = Batch(folder / "submissions", folder / "out", given, secret, "en", work)
    with ThreadPoolExecutor(2) as here:
        chosen = executor or (here if work is quick else None)
        results = list(grade_all(batch, resume, 2, chosen, watched=False))
    publish(folder / "out", results, given, NOTHING, "en")
    return results


def published(out: Path, results: list[Result], **options: Any) -> ClassResults:
    """Write the pages of results, with all that a person filled in among them."""
    given = Options(**options)
    return publish(out, results, given, read_tables(given, out, out), "en")


if __name__ == "__main__":
    import fakes  # a worker does not load the main script, so what it does is taken from a module

    # what is started in the background ignores Ctrl-C; a batch at a terminal does not
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fakes.run(Path(sys.argv[1]), fakes.slow, resume="--resume" in sys.argv)
