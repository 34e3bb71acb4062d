"""The student's own notebooks, wherever they lie and whatever they are called."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crmsim.common.files import sha256_of
from crmsim.common.words import LANGUAGES
from crmsim.course.lab import released_before
from crmsim.course.lessons import NUMBERED, lessons, released

OTHERS = "of-"
"""Prefix of the folder that holds the work of another student of this computer."""

NOTEBOOK_DEPTH = 3
"""Folders below the work folder in which notebooks are looked for."""

MOST_FOLDERS = 400
_ASKED = re.compile(r"""\b(?:check|predict)\(\s*["'](\d\d)-[\w-]+["']""")
_LANG = re.compile(r"""^lang\s*=\s*["']([\w-]+)["']""", re.M)


@dataclass(frozen=True)
class Notebook:
    """A notebook of the course in a student's folder.

    Attributes
    ----------
    path
        Where it lies.
    content
        Its bytes.
    lesson
        The number of the lesson, as most exercises that it asks say, else as its name does.
    lang
        The language of the lesson.
    code
        The source of each of its code cells.
    touched
        Whether it is other than the course gave it out.
    """

    path: Path
    content: bytes
    lesson: str
    lang: str
    code: tuple[str, ...]
    touched: bool

    @property
    def written(self) -> list[str]:
        """The code cells that are in no lesson as it was given out."""
        return [source for source in self.code if source.strip() not in given_out()]


def own(work: Path, lang: str = "en") -> tuple[list[Notebook], list[Path]]:
    """Return the notebooks of lessons in a work folder, and those that can't be read.

    Parameters
    ----------
    work
        The folder; folders in it are searched too, but hidden ones and another student's.
    lang
        The language of a notebook that doesn't say.
    """
    found, unreadable = [], []
    for path in _paths(work):
        try:
            content = path.read_bytes()
        except OSError:
            unreadable.append(path)
            continue
        if notebook := _notebook(path, content, lang):
            found.append(notebook)
    return found, unreadable


@cache
def given_out() -> frozenset[str]:
    """Return the source of every code cell of every lesson as it was given out."""
    books = (path.read_bytes() for lang in LANGUAGES for path in released(lang))
    return frozenset(source.strip() for book in books for source in _code(book))


def _paths(work: Path) -> Iterator[Path]:
    """Yield every notebook below a folder, in the order of their paths."""
    for count, (folder, inner, names) in enumerate(os.walk(work)):
        deep = len(Path(folder).relative_to(work).parts)
        inner[:] = sorted(
            name
            for name in inner
            if deep < NOTEBOOK_DEPTH and name[0] not in "._" and not name.startswith(OTHERS)
        )
        if count > MOST_FOLDERS:
            return
        for name in sorted(names):
            if name.lower().endswith(".ipynb") and name[0] != "." and ".damaged-" not in name:
                yield Path(folder) / name


def _notebook(path: Path, content: bytes, lang: str) -> Notebook | None:
    """Return a notebook of the course; None for any other."""
    code = _code(content)
    asked = Counter(number for source in code for number in _ASKED.findall(source))
    known = [number for number, _ in asked.most_common() if number in _numbers()]
    named = NUMBERED.match(path.name)
    lesson = known[0] if known else named[1] if named else ""
    if not lesson:
        return None
    said = [tag for source in code for tag in _LANG.findall(source) if tag in LANGUAGES]
    tag = said[0] if said else next((each for each in LANGUAGES if each in path.parts), lang)
    unchanged = {sha256_of(each.read_bytes()) for each in released(tag)}
    unchanged |= set(released_before(path.parent).values())
    return Notebook(path, content, lesson, tag, code, sha256_of(content) not in unchanged)


@cache
def _numbers() -> frozenset[str]:
    return frozenset(lesson.number for lesson in lessons())


def _code(content: bytes) -> tuple[str, ...]:
    """Return the source of each code cell, as far as the notebook can be read."""
    try:
        book = json.loads(content)
    except (ValueError, RecursionError):
        return ()
    cells = book.get("cells") if isinstance(book, dict) else None
    code = (
        cell.get("source")
        for cell in (cells if isinstance(cells, list) else ())
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    )
    return tuple("".join(each) if isinstance(each, list) else str(each or "") for each in code)
