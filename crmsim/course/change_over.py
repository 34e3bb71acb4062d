"""Two students at one computer: each finds her own work, and hands in nothing of the other's.

::

    work/progress, work/<language>      of the one who works now
    work/of-<number>/progress, …        of another, until she comes back
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from crmsim.common import files
from crmsim.common.text import file_name, same
from crmsim.course import progress, student
from crmsim.course.lessons import released
from crmsim.course.notebooks import OTHERS, Notebook, own
from crmsim.course.student import Student, StudentError
from crmsim.exercises.variants import clean_number, same_number

Move = tuple[Path, Path]


def change_over(number: str, name: str = "") -> Path | None:
    """Put the work of the present student aside, and go on with that of another.

    Her progress, the lessons in which she wrote and her hand-ins move into a folder of her own
    beside them, all of it or nothing. When she comes back, they move back.

    Parameters
    ----------
    number, name
        The number and the name of the student who works from now on.

    Returns
    -------
    Path or None
        The folder that holds the work of the one before; None if nobody had said who she is, or
        it was the same student.

    Raises
    ------
    StudentError
        If nothing of the number can be read.
    OSError
        If a file can't be moved. Then all are where they were.
    """
    before, new = student.current(), clean_number(number)
    if not new:
        raise StudentError("number: is empty")
    if before is None or same_number(before.number, new):
        student.enter(new, name)
        return None
    work = progress.folder().parent
    aside, hers = _place(work, before), _place(work, Student(new))
    written = [each for each in own(work)[0] if each.touched]
    away = [(path, _free(aside / path.relative_to(work))) for path in _own_files(work, written)]
    back = [(path, work / path.relative_to(hers)) for path in _files(hers)]
    done: list[Move] = []
    try:
        for move in (*away, *back):
            _move(*move)
            done.append(move)
        for notebook in written:
            if not notebook.path.exists() and (release := _release(notebook)):
                files.write(notebook.path, release)
        student.enter(new, name or (known.name if (known := student.current()) else ""))
    except OSError:
        for source, target in reversed(done):
            source.unlink(missing_ok=True)
            _move(target, source)
        raise
    _tidy(hers)
    return aside


def _place(work: Path, who: Student) -> Path:
    return work / f"{OTHERS}{file_name(same(who.number))}"


def _own_files(work: Path, notebooks: list[Notebook]) -> Iterator[Path]:
    """Yield what is a student's own: saved work, lessons written in, files handed in."""
    yield from _files(progress.folder())
    yield from (notebook.path for notebook in notebooks)
    yield from sorted(work.glob("handin-*.zip"))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _free(path: Path) -> Path:
    """Return a path under which nothing is yet."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in range(2, 10_000))
    return next((each for each in (path, *numbered) if not os.path.lexists(each)), path)


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)


def _release(notebook: Notebook) -> bytes | None:
    """Return the lesson as it is given out, for the place of one that was written in."""
    same_name = (path for path in released(notebook.lang) if path.name == notebook.path.name)
    release = next(same_name, None)
    return release.read_bytes() if release else None


def _tidy(folder: Path) -> None:
    """Remove the folders that are empty now."""
    for inner in sorted(folder.rglob("*"), reverse=True):
        with suppress(OSError):
            inner.rmdir()
    with suppress(OSError):
        folder.rmdir()
