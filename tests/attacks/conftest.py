"""Hand-ins to be graded: honest and whole, then changed in the one way that a test is about."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.grading import right
from crmsim.authoring.build_lessons import NOTEBOOKS
from crmsim.course.lab import released
from crmsim.course.sessions.session import SESSION_SCHEMA
from crmsim.exercises.declared import exercise
from crmsim.exercises.variants import COURSE_ID
from crmsim.grading.one import grade_one
from crmsim.grading.options import Limits, Options
from crmsim.grading.reading.released import ReleasedLesson, released_lessons
from crmsim.grading.result import Item, Result
from crmsim.grading.sandbox.inside.replaying import session
from crmsim.grading.sandbox.jail import Level
from crmsim.grading.sandbox.sandbox import Kernel, Sandbox
from crmsim.scenario import load

sys.path.insert(0, str(Path(__file__).parent))  # for what these tests share

SECRET = b"a secret that only the grader of these tests holds"
NUMBER, NAME = "2026001", "林悦"
SHORT = Limits(cell_s=4, lesson_s=12, submission_s=60, cpu_s=20, memory_mb=1024, output_mb=1)
LESSONS = ("10", "12")
CODE = {"10": "10-minutes", "12": "12-satisfaction"}
LONG_CELLS = {"floor-sales", "one-sales", "promise-run", "modest-run"}
"""Cells whose runs take most of the time of these lessons: bets, which are worth no points."""


def right_answer(name: str, number: str | None = NUMBER) -> Any:
    """Return the answer of a student who knows everything; to a prediction, anything that fits."""
    return right(exercise(name, number))


def clicked(lesson: ReleasedLesson, number: str = NUMBER) -> dict[str, Any]:
    """The records of a student who clicks every answer of a lesson, and clicks the right ones."""
    found = {}
    for name in lesson.checked:
        if (answer := right_answer(name, number)) is not None:
            found[f"answer-{name}.json"] = {"schema": 1, "answer": answer, "verdict": "right"}
    for name in lesson.predicted:
        kind = "answer" if exercise(name).prediction else "before"
        found[f"{kind}-{name}.json"] = {"schema": 1, "answer": right_answer(name, number)}
    return found


@cache
def notebook(lang: str, number: str) -> str:
    """A student notebook as it was given out."""
    return next(p for p in released(lang) if p.name.startswith(number)).read_text("utf-8")


@cache
def solved(lang: str, number: str) -> Mapping[str, str]:
    """Return what the teacher's twin of a notebook has in each open cell."""
    path = next((NOTEBOOKS / "teacher" / lang).glob(f"{number}-*.ipynb"))
    cells = json.loads(path.read_text("utf-8"))["cells"]
    open_cells = {cell.id for cell in released_lessons(lang)[number].cells if cell.open}
    return {c["id"]: "".join(c["source"]) for c in cells if c.get("id") in open_cells}


def played(case: str, seed: int, *acts: tuple[str, str]) -> dict[str, Any]:
    """The record of a session that was played so far."""
    again = session(load(case), seed)
    assert all(again.do(*act) for act in acts)
    return {
        "schema": SESSION_SCHEMA,
        "scenario": case,
        "sha256": load(case).sha256,
        "seed": seed,
        "acts": [list(act) for act in again.acts],
    }


@dataclass
class HandIn:
    """Files that a student hands in; to be changed before they are packed."""

    lang: str = "en"
    number: str = NUMBER
    name: str = NAME
    books: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    hand_in: dict[str, Any] = field(default_factory=dict)
    others: dict[str, bytes] = field(default_factory=dict)

    @staticmethod
    def whole(lang: str = "en", chosen: tuple[str, ...] = LESSONS, number: str = NUMBER) -> HandIn:
        """Everything done and everything right; of two lessons without their long cells."""
        made = HandIn(lang, number=number)
        for lesson in chosen:
            made.books[lesson] = json.loads(notebook(lang, lesson))
            if set(chosen) == set(LESSONS):
                cells = made.books[lesson]["cells"]
                made.books[lesson]["cells"] = [c for c in cells if c.get("id") not in LONG_CELLS]
            for name, source in solved(lang, lesson).items():
                made.cell(lesson, name)["source"] = source
            made.records |= clicked(released_lessons(lang)[lesson], number)
        made.hand_in = {"schema": 1, "course": COURSE_ID, "made": "2026-11-01T08:00:00Z"}
        return made

    def cell(self, number: str, name: str) -> dict[str, Any]:
        """A cell of a notebook by its id."""
        return next(c for c in self.books[number]["cells"] if c.get("id") == name)

    def open_cell(self, number: str) -> dict[str, Any]:
        """The cell of a lesson in which a student writes."""
        (name,) = solved(self.lang, number)
        return self.cell(number, name)

    def write(self, number: str, source: str) -> HandIn:
        """Write into the open cell of a lesson."""
        self.open_cell(number)["source"] = source
        return self

    def files(self) -> dict[str, bytes]:
        """Every file by its name in the zip."""
        who = {"number": self.number, "name": self.name}
        records = {"student.json": {"schema": 1} | who} | self.records
        files = {f"progress/{name}": packed(record) for name, record in records.items()}
        for number, book in self.books.items():
            files[f"notebooks/{self.lang}/{number}-lesson.ipynb"] = packed(book)
        listed = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        files["handin.json"] = packed({"student": who, "files": listed} | self.hand_in)
        return files | self.others

    def zipped(self) -> bytes:
        """The zip."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, data in self.files().items():
                archive.writestr(name, data)
        return file.getvalue()


def packed(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Graded:
    """A result, and what tests ask of it."""

    result: Result

    def item(self, name: str) -> Item:
        """The item of an exercise."""
        return next(item for item in self.result.items if item.exercise == name)

    def points(self, name: str) -> float:
        """Return the points of an exercise."""
        return self.item(name).points

    @property
    def problems(self) -> set[str]:
        """The kinds of what the student is told."""
        return {problem.kind for problem in self.result.problems}

    @property
    def flags(self) -> set[str]:
        """The kinds of what the grader is told."""
        return {flag.kind for flag in self.result.flags}

    def below_full(self, lesson: str = "") -> set[str]:
        """The exercises that did not earn everything, but for those that wait for a person."""
        items = [item for item in self.result.items if item.lesson.startswith(lesson)]
        assert items, "nothing was graded, so nothing can be compared"
        return {i.exercise for i in items if i.points < i.out_of and not i.needs_person}


@pytest.fixture(scope="session")
def parked() -> Iterator[dict[Limits, Kernel]]:
    """Kernels that wait for the next hand-in with the same limits."""
    kernels: dict[Limits, Kernel] = {}
    yield kernels
    for kernel in kernels.values():
        kernel.end()


@pytest.fixture
def kept_kernel(monkeypatch: pytest.MonkeyPatch, parked: dict[Limits, Kernel]) -> None:
    """Give a kernel that did all it was asked to the next hand-in, also to one of another test.

    To start one takes longer than most hand-ins. A kernel forks a child for each lesson anyway;
    where the code of a hand-in reaches beyond that child, its test doesn't use this fixture.
    """

    class Kept(Kernel):
        idle = True

        def asked(self, request: Mapping[str, Any], lesson_s: float) -> Iterator[dict[str, Any]]:
            self.idle = False
            yield from super().asked(request, lesson_s)
            self.idle = not self.over

    def started(limits: Limits, level: Level | None) -> Kernel:
        return parked.pop(limits, None) or Kept(limits, level)

    def put_away(sandbox: Sandbox) -> None:
        kernel, sandbox._kernel = sandbox._kernel, None
        if kernel is None:
            return
        if kernel.idle and kernel.limits not in parked:  # type: ignore[attr-defined]
            parked[kernel.limits] = kernel
        else:
            kernel.end()

    monkeypatch.setattr("crmsim.grading.sandbox.sandbox.Kernel", started)
    monkeypatch.setattr(Sandbox, "end", put_away)


@pytest.fixture
def graded(tmp_path: Path) -> Callable[..., Graded]:
    """Grade a hand-in, or bytes under a file name."""

    def grade(
        handed_in: HandIn | bytes,
        name: str = "hand-in.zip",
        limits: Limits = SHORT,
        chosen: tuple[str, ...] = LESSONS,
    ) -> Graded:
        path = tmp_path / name
        path.write_bytes(handed_in.zipped() if isinstance(handed_in, HandIn) else handed_in)
        return Graded(grade_one(path, Options(lessons=chosen, limits=limits), SECRET))

    return grade


@pytest.fixture(name="make", scope="session")
def _make() -> Callable[..., HandIn]:
    """The same for tests that make many at once."""
    return HandIn.whole


@pytest.fixture(name="whole")
def _whole() -> Callable[..., HandIn]:
    """A hand-in in which everything is done, and right."""
    return HandIn.whole


@pytest.fixture(name="clicked")
def _clicked() -> Callable[..., HandIn]:
    """The same of some lessons without their notebooks, so that nothing has to run."""

    def made(*chosen: str) -> HandIn:
        handed_in = HandIn.whole("en", chosen or ("10",))
        handed_in.books = {}
        return handed_in

    return made


@pytest.fixture(name="played")
def _played() -> Callable[..., dict[str, Any]]:
    """The record of a session, made by playing it."""
    return played
