"""A folder of submissions, graded; stopped at any moment, it goes on where it was.

What is found in each submission is kept in a small file of its own under ``graded/``, written
whole or not at all. Everything else in the results is made from these files and what a person
filled in, so it can be made again at any time and comes out the same.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec.json
from tqdm.auto import tqdm

from crmsim.common.errors import CrmsimError
from crmsim.common.files import clear_drafts, read_json, write_json
from crmsim.common.parallel import Failed, Processes, Work, work_through
from crmsim.common.text import file_name, plain
from crmsim.common.words import data_path, words
from crmsim.grading.marks.marks import complete
from crmsim.grading.one import BROKE, grade_one
from crmsim.grading.options import Options
from crmsim.grading.reading.submissions import found
from crmsim.grading.result import Problem, Result, from_json, to_json

KEPT = "graded"
PAGES = "feedback"
SLOWED = ("too-slow", "no-time-left")
MB = 2**20
READING_MB = 3072
"""Memory that a worker may take for the course and for reading a submission."""
SPARE_S = 300
"""Time beyond its own limit after which the worker of a submission is ended, in seconds."""


class BatchError(CrmsimError):
    """The submissions or the place for the results can't be used."""


@dataclass(frozen=True)
class Batch:
    """What is to be graded, how, and where what was found is kept."""

    folder: Path
    out: Path
    options: Options
    secret: bytes
    lang: str = "en"
    work: Work = grade_one

    @cached_property
    def graded_with(self) -> str:
        """A digest of everything but the submission that what is found depends on."""
        options = msgspec.json.encode((self.options.lessons, self.options.limits)).decode()
        keyed = hashlib.sha256(b"crmsim grading\0" + self.secret).hexdigest()
        whole = "\0".join((options, keyed, version("crmsim"), course_digest()))
        return hashlib.sha256(whole.encode()).hexdigest()

    def file(self, path: Path) -> Path:
        """Where what is found in a submission is kept."""
        return self.out / KEPT / f"{file_name(path.name)}.json"

    def kept(self, path: Path) -> Result | None:
        """What was found in a submission before, if nothing has changed since."""
        record = read_json(self.file(path))
        if not isinstance(record, dict) or record.get("graded_with") != self.graded_with:
            return None
        try:
            same = record["bytes"] == fingerprint(path)
            return from_json(record["result"]) if same else None
        except (KeyError, TypeError, ValueError, AttributeError, OSError):
            return None  # not as it was written: then it is graded again

    def keep(self, path: Path, result: Result) -> None:
        """Keep what was found in a submission."""
        try:
            read = fingerprint(path)
        except OSError:  # it is gone, or nobody may read it
            return
        record = {"graded_with": self.graded_with, "bytes": read, "result": to_json(result)}
        write_json(self.file(path), record)


def grade_all(
    batch: Batch,
    resume: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    watched: bool = True,
) -> Iterator[Result]:
    """What is found in each submission, those that need no grading first.

    Parameters
    ----------
    batch
        What is to be graded.
    resume
        Whether what was found before is used where nothing has changed.
    workers
        How many submissions are worked on at a time; None: one for each core.
    executor
        Any executor that can take `batch.work`; None: processes of this machine.
    watched
        Whether a bar shows how far it is.

    Raises
    ------
    BatchError
        If there is no such folder, nothing in it, or the results would lie among the submissions.
    """
    if workers is not None and workers < 1:
        raise BatchError(f"workers = {workers}: must be 1 or more")
    paths = _submissions(batch)
    clear_drafts(batch.out)
    _forget(batch, paths)
    kept = {path: batch.kept(path) for path in paths} if resume else {}
    rest = [path for path in paths if kept.get(path) is None]
    most_s = batch.options.limits.submission_s + SPARE_S
    busy = min(workers or os.cpu_count() or 1, max(1, len(rest)))
    named = words(batch.lang)("gradebook.said.bar")
    begun = len(paths) - len(rest)
    with (
        tqdm(desc=named, total=len(paths), initial=begun, disable=not watched) as bar,
        nullcontext(executor) if executor else Processes(busy, most_s, limit_memory) as chosen,
    ):
        yield from (result for result in kept.values() if result is not None)
        again: list[Path] = []
        for path, result in _graded(batch, rest, chosen, most_s):
            # others may have slowed it down: it is done again when it is alone, and then it counts
            if busy > 1 and slowed(result):
                again.append(path)
                continue
            bar.update()
            yield result
        for path in again:
            for _, result in _graded(batch, [path], chosen, most_s):
                bar.update()
                yield result


def _graded(
    batch: Batch, paths: Sequence[Path], executor: Executor, most_s: float
) -> Iterator[tuple[Path, Result]]:
    """Grade submissions, and keep each result as soon as it is there."""
    pieces = [(path, batch.options, batch.secret) for path in paths]
    done = work_through(
        batch.work, pieces, executor, chunk=1, most_s=most_s, start="spawn", watched=False
    )
    for place, outcome in done:
        path = paths[place]
        result = _failed(path, outcome) if isinstance(outcome, Failed) else outcome
        if complete(result):
            batch.keep(path, result)
        yield path, result


def slowed(result: Result) -> bool:
    """Tell whether something in a submission ran out of time by the clock, not by computing.

    Examples
    --------
    >>> slowed(Result("lin.zip", problems=(Problem("too-slow", "10"),)))
    True
    """
    waited = any(problem.kind in SLOWED for problem in result.problems)
    noted = [*(p.args for p in result.problems), *(item.note_args for item in result.items)]
    return waited or any(args.get("error") == "CellWaitError" for args in noted)


def course_digest() -> str:
    """A digest of the course as it is here: code, data and released notebooks."""
    here = Path(__file__).parents[1]
    notebooks = data_path().parent / "notebooks"
    places = {here: "*.py", data_path(): "*.*", notebooks: "*.ipynb"}
    whole = hashlib.sha256()
    for folder, pattern in places.items():
        for path in sorted(folder.rglob(pattern)):
            whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def limit_memory() -> None:
    """Hold this process to the memory that it has and as much again as reading may take."""
    if sys.platform == "linux":
        import resource

        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (held + READING_MB * MB, most))


def fingerprint(path: Path) -> str:
    """Return a digest of every byte of a submission, of which nothing is understood.

    Raises
    ------
    OSError
        If it can't be read.
    """
    whole = hashlib.sha256()
    # sorted: a folder's order differs between machines; links are followed nowhere
    inside = sorted(path.rglob("*")) if path.is_dir() and not path.is_symlink() else [path]
    for each in inside:
        whole.update(f"\0{each.relative_to(path.parent)}\0".encode("utf-8", "surrogateescape"))
        if each.is_file() and not each.is_symlink():
            with each.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def _submissions(batch: Batch) -> list[Path]:
    folder, out = batch.folder, batch.out
    if not folder.is_dir():
        raise BatchError(f"{folder}: there is no such folder")
    if out.resolve() == folder.resolve() or out.resolve().is_relative_to(folder.resolve()):
        raise BatchError(f"{out}: the results should not lie among the submissions")
    if any(folder.resolve().is_relative_to((out / own).resolve()) for own in (KEPT, PAGES)):
        raise BatchError(f"{folder}: the submissions should not lie where the results are kept")
    paths = found(folder)
    if not paths:
        raise BatchError(f"{folder}: nothing to grade in it")
    return paths


def _forget(batch: Batch, paths: list[Path]) -> None:
    """Take away what was found in submissions that are no longer there."""
    here = {batch.file(path) for path in paths}
    for file in (batch.out / KEPT).glob("*.json"):
        record = read_json(file)
        if file not in here and isinstance(record, dict) and "graded_with" in record:
            file.unlink()


def _failed(path: Path, outcome: Failed) -> Result:
    """Return the result of a submission that could not be graded."""
    name: dict[str, Any] = {"reason": plain(outcome.reason)}
    return Result(plain(path.name), problems=(Problem(BROKE, "", name),))
