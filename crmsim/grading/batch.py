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
from compileall import compile_dir
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec.json
from tqdm.auto import tqdm

from crmsim.common.errors import CrmsimError
from crmsim.common.files import clear_drafts, read_json, sha256_of, write_json
from crmsim.common.parallel import Failed, Processes, Work, work_through
from crmsim.common.text import file_name, plain
from crmsim.common.words import data_path, words
from crmsim.grading.marks.marks import complete
from crmsim.grading.marks.owners import number_by_name
from crmsim.grading.marks.roster import Roster
from crmsim.grading.one import BROKE, grade_one
from crmsim.grading.options import Options
from crmsim.grading.reading.submissions import HandInPlace, found, places
from crmsim.grading.result import Problem, Result, from_json, to_json
from crmsim.grading.sandbox.sandbox import HELD_UP

KEPT = "graded"
PAGES, LOOK = "feedback", "look"
SLOWED = ("too-slow", "held-up", "no-time-left")
MB = 2**20
READING_MB = 3072
"""Memory that a worker may take for the course and for reading a submission."""
SPARE_S = 300
"""Time beyond its own limit after which the worker of a submission is ended, in seconds."""


class BatchError(CrmsimError):
    """The submissions or the place for the results can't be used."""


@dataclass(frozen=True)
class Batch:
    """A folder of submissions, how to grade them, and where to keep the results."""

    folder: Path
    out: Path
    options: Options
    secret: bytes
    lang: str = "en"
    work: Work = grade_one
    roster: Roster = field(default_factory=Roster)

    @cached_property
    def graded_with(self) -> str:
        """A digest of everything but the submission that what is found depends on."""
        options = msgspec.json.encode((self.options.lessons, self.options.limits)).decode()
        keyed = sha256_of(b"crmsim grading\0" + self.secret)
        whole = "\0".join((options, keyed, version("crmsim"), course_digest()))
        return sha256_of(whole)

    def file(self, place: HandInPlace) -> Path:
        """Return the file in which the result of a submission is kept."""
        return self.out / KEPT / f"{file_name(place.name)}.json"

    def kept(self, place: HandInPlace) -> Result | None:
        """Return the result of an earlier run, if nothing has changed since; else None."""
        record = read_json(self.file(place))
        if not isinstance(record, dict) or record.get("graded_with") != self.graded_with:
            return None
        try:
            same = record["bytes"] == fingerprint(place)
            return from_json(record["result"]) if same else None
        except (KeyError, TypeError, ValueError, AttributeError, OSError):
            return None  # not as it was written: then it is graded again

    def keep(self, place: HandInPlace, result: Result) -> None:
        """Keep what was found in a submission."""
        try:
            read = fingerprint(place)
        except OSError:  # it is gone, or nobody may read it
            return
        record = {"graded_with": self.graded_with, "bytes": read, "result": to_json(result)}
        write_json(self.file(place), record)


def grade_all(
    batch: Batch,
    resume: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    watched: bool = True,
) -> Iterator[Result]:
    """Yield the result of each submission, those that need no grading first.

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
    handed_in = _submissions(batch)
    compile_course()
    clear_drafts(batch.out)
    _forget(batch, handed_in)
    kept = {place: batch.kept(place) for place in handed_in} if resume else {}
    rest = [place for place in handed_in if kept.get(place) is None]
    most_s = HELD_UP * batch.options.limits.submission_s + SPARE_S
    busy = min(workers or os.cpu_count() or 1, max(1, len(rest)))
    named = words(batch.lang)("gradebook.said.bar")
    begun = len(handed_in) - len(rest)
    with (
        tqdm(desc=named, total=len(handed_in), initial=begun, disable=not watched) as bar,
        nullcontext(executor) if executor else Processes(busy, most_s, limit_memory) as chosen,
    ):
        yield from (result for result in kept.values() if result is not None)
        again: list[HandInPlace] = []
        for place, result in _graded(batch, rest, chosen, most_s):
            # others may have slowed it down: it is done again when it is alone, and then it counts
            if busy > 1 and slowed(result):
                again.append(place)
                continue
            bar.update()
            yield result
        for place in again:
            for _, result in _graded(batch, [place], chosen, most_s):
                bar.update()
                yield result


def _graded(
    batch: Batch, handed_in: Sequence[HandInPlace], executor: Executor, most_s: float
) -> Iterator[tuple[HandInPlace, Result]]:
    """Grade submissions, and keep each result as soon as it is there."""
    pieces = [(place, batch.options, batch.secret) for place in handed_in]
    done = work_through(
        batch.work, pieces, executor, chunk=1, most_s=most_s, start="spawn", watched=False
    )
    for number, outcome in done:
        place = handed_in[number]
        result = _failed(place, outcome) if isinstance(outcome, Failed) else outcome
        if complete(result):
            batch.keep(place, result)
        yield place, result


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
    """Return a hexadecimal digest of the course as it is here: code, data, released notebooks."""
    here = Path(__file__).parents[1]
    notebooks = data_path().parent / "notebooks"
    parts = {here: "*.py", data_path(): "*.*", notebooks: "*.ipynb"}
    whole = hashlib.sha256()
    for folder, pattern in parts.items():
        for path in sorted(folder.rglob(pattern)):
            whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def compile_course() -> None:
    """Write the bytecode of the course: in a jail none can be written, only read.

    A kernel would compile all that it imports, for each submission anew.
    """
    if not sys.dont_write_bytecode:
        compile_dir(Path(__file__).parents[1], quiet=2)


def limit_memory() -> None:
    """Hold this process to the memory that it has and as much again as reading may take."""
    if sys.platform == "linux":
        import resource

        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (held + READING_MB * MB, most))


def fingerprint(place: HandInPlace) -> str:
    """Return a digest of every byte of a submission, of which nothing is understood, and its place.

    Raises
    ------
    OSError
        If it can't be read.
    """
    path = place.path
    whole = hashlib.sha256(repr(replace(place, path=Path())).encode("utf-8", "surrogateescape"))
    # sorted: a folder's order differs between machines; links are followed nowhere
    inside = sorted(path.rglob("*")) if path.is_dir() and not path.is_symlink() else [path]
    for each in inside:
        whole.update(f"\0{each.relative_to(path.parent)}\0".encode("utf-8", "surrogateescape"))
        if each.is_file() and not each.is_symlink():
            known = each.stat()
            whole.update(_digest(each, known.st_mtime_ns, known.st_size))
    return whole.hexdigest()


@lru_cache(maxsize=1000)
def _digest(path: Path, _changed_ns: int, _size: int) -> bytes:
    """Return the digest of a file; a class may lie in one archive, which is read once."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _submissions(batch: Batch) -> list[HandInPlace]:
    folder, out = batch.folder, batch.out
    if not folder.is_dir():
        raise BatchError(f"{folder}: is not a folder; name the folder of submissions")
    if out.resolve() == folder.resolve() or out.resolve().is_relative_to(folder.resolve()):
        raise BatchError(
            f"{out}: must not lie in the folder of submissions; choose another for the results"
        )
    if any(folder.resolve().is_relative_to((out / own).resolve()) for own in (KEPT, PAGES, LOOK)):
        raise BatchError(
            f"{folder}: must not lie in the folder of results; choose another for the results"
        )
    handed_in = [place for path in found(folder) for place in _places(batch, path)]
    if not handed_in:
        raise BatchError(
            f"{folder}: must hold at least one archive, folder or notebook of a student"
        )
    return handed_in


def _places(batch: Batch, path: Path) -> list[HandInPlace]:
    """Return the hand-ins in a path, with the numbers that the class list or their names give."""
    try:
        several = places(path, batch.options.limits)
    except Exception:  # whatever a submission does to its reader: its own grading tells of it
        several = [HandInPlace(path, path.name)]
    return [replace(place, number=number_by_name(place.name, batch.roster)) for place in several]


def _forget(batch: Batch, handed_in: Sequence[HandInPlace]) -> None:
    """Take away what was found in submissions that are no longer there."""
    here = {batch.file(place) for place in handed_in}
    for file in (batch.out / KEPT).glob("*.json"):
        record = read_json(file)
        if file not in here and isinstance(record, dict) and "graded_with" in record:
            file.unlink()


def _failed(place: HandInPlace, outcome: Failed) -> Result:
    """Return the result of a submission that could not be graded."""
    name: dict[str, Any] = {"reason": plain(outcome.reason)}
    return Result(plain(place.name), problems=(Problem(BROKE, "", name),))
