"""Processor time of a hand-in, ours beside nbgrader's: ``python -m benchmarks.grading_nbgrader``.

Ours is one lesson with its notebook, a function, every answer, and a visit that was played to its
end. nbgrader's is a notebook of three cells: a function and two tests. Everything that is started
counts, user and system time together. Both are measured in turns and at two sizes of a class, so
that the start of the program and each hand-in can be told apart.

nbgrader gets an environment of its own in ``~/.cache/crmsim``, made at the first run.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from compileall import compile_dir
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import crmsim
from benchmarks.grading import Watch, answers, books, filled
from crmsim.course.sessions.session import open_session
from crmsim.scenario import load

PLACE = Path("~/.cache/crmsim/nbgrader").expanduser()
FEW, MANY, ROUNDS = 2, 8, 3
LESSON, PLAY = "12", ("bus", 22)
LOOK_S = 0.02
WRITTEN = "def satisfaction(perceived, expected):\n    return perceived / expected"
GIVEN_OUT = "def satisfaction(perceived, expected):\n    return ..."
TESTS = ("assert satisfaction(60, 40) == 1.5", "assert satisfaction(30, 60) == 0.5")


@dataclass(frozen=True)
class Cost:
    """Processor time of a class: what each hand-in takes, and what is paid once, in seconds."""

    each_s: float
    once_s: float

    def of(self, count: int) -> float:
        """Return the time of a hand-in in a class of that size, its share of the start included."""
        return self.each_s + self.once_s / count


def used_s(command: Sequence[str | Path], folder: Path) -> float:
    """Return the processor time of a command and of everything that it starts, in seconds.

    Raises
    ------
    RuntimeError
        If the command fails.
    """
    # nbgrader calls programs of its own by name; both have their bytecode, as installed ones do
    here = os.environ | {"PATH": f"{PLACE / 'bin'}:{os.environ['PATH']}"}
    here.pop("PYTHONDONTWRITEBYTECODE", None)
    watch = Watch(LOOK_S)
    watch.start()
    given = [str(part) for part in command]
    done = subprocess.run(given, cwd=folder, env=here, capture_output=True, text=True)
    used = watch.ended()
    # 3: a person has to look, for the lesson has an answer to be read
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{given[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return used


def nbgrader() -> Path:
    """Return the program of nbgrader; its environment is made if there is none."""
    program = PLACE / "bin" / "nbgrader"
    if not program.exists():
        print(f"installing nbgrader into {PLACE}", file=sys.stderr)
        venv.create(PLACE, with_pip=True)
        subprocess.run([PLACE / "bin" / "pip", "install", "-q", "nbgrader"], check=True)
    return program


def of_three_cells(function: str) -> str:
    """Return a notebook of nbgrader: a function and two tests."""
    cells = [_cell("function", function, solution=True)]
    cells += [_cell(f"test-{n}", test, grade=True, points=1) for n, test in enumerate(TESTS)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _cell(name: str, source: str, **more: bool | int) -> dict[str, object]:
    known = {"grade": False, "solution": False, "task": False, "schema_version": 3}
    told = known | {"grade_id": name, "locked": "grade" in more} | more
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"nbgrader": told},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def theirs(count: int) -> float:
    """Return the processor time in which nbgrader grades a class."""
    program = nbgrader()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.root = '.'")
        _written(folder / "source" / "ps1" / "p.ipynb", of_three_cells(GIVEN_OUT))
        used_s([program, "generate_assignment", "ps1"], folder)
        for number in range(count):
            student = folder / "submitted" / f"2026{number:04}" / "ps1" / "p.ipynb"
            _written(student, of_three_cells(WRITTEN))
        took_s = used_s([program, "autograde", "ps1"], folder)
        done = list((folder / "autograded").glob("*/ps1/p.ipynb"))
        if len(done) != count:
            raise RuntimeError(f"nbgrader graded {len(done)} of {count}")
    return took_s


def ours(count: int, chosen: Sequence[str] = (LESSON,)) -> float:
    """Return the processor time in which `crmsim grade` grades a class of whole hand-ins."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "in").mkdir()
        for number in range(count):
            _hand_in(folder / "in" / f"2026{number:04}.zip", f"2026{number:04}", chosen)
        listed = ", ".join(f'"{lesson}"' for lesson in chosen)
        (folder / "grading.toml").write_text(f"lessons = [{listed}]\n")
        command = [sys.executable, "-m", "crmsim.cli", "grade", "in", "--out", "out"]
        took_s = used_s([*command, "--options", "grading.toml", "--workers", "1"], folder)
        table = json.loads((folder / "out" / "results.json").read_text("utf-8"))
        right = [
            grade
            for grade in table["results"]
            if all(
                item["needs_person"] or item["points"] == item["out_of"] for item in grade["items"]
            )
        ]
        if len(right) != count or not all(grade["runs"] for grade in right):
            raise RuntimeError(f"{len(right)} of {count} got full marks")
    return took_s


def _hand_in(path: Path, number: str, chosen: Sequence[str]) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("handin.json", json.dumps({"student": {"number": number}}))
        for name, record in answers(number):
            if name.split("-")[1] in chosen:
                archive.writestr(f"progress/{name}.json", json.dumps(record))
        archive.writestr(f"progress/{PLAY[0]}-{PLAY[1]}.json", json.dumps(played(*PLAY)))
        for lesson, book in books("en").items():
            if lesson in chosen:
                archive.writestr(f"notebooks/{lesson}.ipynb", filled(book, "en", lesson, None))


def played(case: str, seed: int) -> dict[str, object]:
    """Return the record of a visit that was played to its end, always by the first answer."""
    session = open_session(case, seed, "en", None)
    session.do("seat", "seller")
    while session.phase == "visit":
        session.do("choose", session.view().on_offer[0].id)
    acts = [list(act) for act in session.acts]
    return {"schema": 2, "scenario": case, "seed": seed, "sha256": load(case).sha256, "acts": acts}


def _written(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def costs(works: Sequence[Callable[[int], float]]) -> list[Cost]:
    """Return the cost of each grader, the medians of rounds in turns."""
    taken: list[list[tuple[float, float]]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for place, work in enumerate(works):
            taken[place].append((work(FEW), work(MANY)))
    found = []
    for pairs in taken:
        each_s = statistics.median((many - few) / (MANY - FEW) for few, many in pairs)
        whole_s = statistics.median(many for _, many in pairs)
        found.append(Cost(each_s, max(0.0, whole_s - MANY * each_s)))
    return found


def main() -> None:
    """Print the rows for ``docs/performance.md``."""
    compile_dir(Path(crmsim.__file__).parent, quiet=2)
    every = tuple(books("en"))
    one, five, other = costs([ours, lambda count: ours(count, every), theirs])
    more_s = (five.each_s - one.each_s) / (len(every) - 1)
    print("| processor time | ours | nbgrader |")
    print(f"| a hand-in of one lesson | {one.each_s:.2f} s | {other.each_s:.2f} s |")
    print(
        f"| the same, a class of 30, start included | {one.of(30):.2f} s | {other.of(30):.2f} s |"
    )
    print(f"| each further lesson | {more_s:.2f} s | |")
    print(f"| paid once | {one.once_s:.1f} s | {other.once_s:.1f} s |")


if __name__ == "__main__":
    main()
