"""The notebook that was given out, with what a student wrote put in its place.

Cells are told by their id, else by the exercise they name, else by their text; whatever else a
student wrote runs where it stood among them. Everything that is not hers comes from the release.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, to_builtins

from crmsim.common.words import LANGUAGES
from crmsim.grading.reading.code_names import names
from crmsim.grading.reading.released import (
    Ask,
    ReleasedCell,
    ReleasedLesson,
    asked_in,
    released_lessons,
)
from crmsim.grading.reading.untrusted_json import ReadingError, decoded, loads

MOST_CELLS = 400
MOST_NOTEBOOK_BYTES = 32 * 2**20
"""Largest notebook that is read if it is not in today's format, in bytes."""
MOST_SIGNS = 100_000
COMPARED_SIGNS = 3000
ALIKE = 0.6
CHINESE = range(0x4E00, 0xA000)


@dataclass(frozen=True)
class Written:
    """A code cell as it was handed in; its id is "" where an old tool wrote none."""

    id: str
    source: str


@dataclass(frozen=True)
class Book:
    """A notebook as it was handed in."""

    name: str
    cells: tuple[Written, ...]
    text: str

    @property
    def lang(self) -> str:
        """The edition: as its code says, else as its folder, else as most of it is written."""
        for sign in ('lang = "{}"', "lang = '{}'"):
            for lang in LANGUAGES:
                if any(sign.format(lang) in cell.source for cell in self.cells):
                    return lang
        for lang in LANGUAGES:
            if lang in self.name.split("/"):
                return lang
        return "zh-Hans" if sum(ord(sign) in CHINESE for sign in self.text) > 200 else "en"

    @property
    def lesson(self) -> str | None:
        """Number of the lesson: that of most exercises it names, else of most of its cells."""
        named = Counter(name[:2] for cell in self.cells for name in asked_in(cell.source))
        if known := [number for number, _ in named.most_common() if number in released_lessons()]:
            return known[0]
        ids = {cell.id for cell in self.cells}
        shared = {
            n: sum(cell.id in ids for cell in each.cells) for n, each in released_lessons().items()
        }
        best = max(shared, key=lambda number: shared[number], default=None)
        return (
            best
            if best is not None and 2 * shared[best] >= len(released_lessons()[best].cells)
            else None
        )


@dataclass(frozen=True)
class CellStep:
    """A cell to run, and what to ask for when it has run. ``mine`` is false for the release's."""

    id: str
    source: str
    asks: tuple[Ask, ...] = ()
    mine: bool = False


@dataclass(frozen=True)
class Rebuilt:
    """A lesson with a student's cells in it, and the open cells she wrote in."""

    lesson: ReleasedLesson
    steps: tuple[CellStep, ...]
    filled: frozenset[str]


def book(name: str, data: bytes) -> Book:
    """Read the notebook of a file, in any version of the format.

    Raises
    ------
    ReadingError
        If it is not a notebook.
    """
    read = [cell for cell in _cells(data)[:MOST_CELLS] if isinstance(cell, dict)]
    code = [_written(cell) for cell in read if cell.get("cell_type") == "code"]
    prose = [_source(cell) for cell in read if cell.get("cell_type") != "code"]
    return Book(name, tuple(code), "".join(prose)[:MOST_SIGNS])


class _Marks(Struct, frozen=True):
    id: str | None = None


class _Cell(Struct):
    cell_type: str
    source: str | list[str]
    id: str | None = None
    metadata: _Marks = _Marks()


class _Notebook(Struct):
    cells: list[_Cell]


# Made here, since threads that work out a class at the same time crash (common/conversion.py).
_NOTEBOOK = msgspec.json.Decoder(_Notebook)


def _cells(data: bytes) -> list[Any]:
    """Read the cells of a notebook."""
    try:
        # outputs are skipped, not built: a notebook of many plots costs no more than its size
        return to_builtins(_NOTEBOOK.decode(data)).get("cells")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raw = loads(decoded(data)) if len(data) <= MOST_NOTEBOOK_BYTES else None
    if not isinstance(raw, dict):
        raise ReadingError("is not a notebook")
    sheets = raw.get("worksheets")
    cells = raw.get("cells")
    if cells is None and isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        cells = sheets[0].get("cells")
    if not isinstance(cells, list):
        raise ReadingError("is not a notebook")
    return cells


def rebuilt(lesson: ReleasedLesson, handed_in: Book | None) -> Rebuilt:
    """Return the lesson with the student's cells; without a notebook, as it was given out.

    Parameters
    ----------
    lesson
        The lesson as it was given out.
    handed_in
        The student's notebook; None if there is none.
    """
    written = handed_in.cells if handed_in else ()
    place = matched(lesson.cells, written)
    steps: list[CellStep] = []
    filled = set()
    extra = _extra(lesson.cells, written, place)
    own = [written[index].source for indices in extra.values() for index in indices]
    for number in range(-1, len(lesson.cells)):
        if number >= 0:
            cell = lesson.cells[number]
            source = written[place[number]].source if cell.open and number in place else None
            if source is not None and source.strip() not in ("", cell.source.strip()):
                filled.add(cell.id)
                steps.append(CellStep(cell.id, source, (), mine=True))
            elif not _answered(cell, own):
                steps.append(CellStep(cell.id, cell.source))
            if number in place and not cell.open:
                steps += _answers_in(written[place[number]].source, cell, lesson)
        steps += [
            CellStep("", written[index].source, (), mine=True) for index in extra.get(number, ())
        ]
    for cell in lesson.cells:
        for ask in cell.asks:
            at = _asked_after(steps, cell, ask)
            steps[at] = replace(steps[at], asks=(*steps[at].asks, ask))
    return Rebuilt(lesson, tuple(steps), frozenset(filled))


def _answers_in(source: str, cell: ReleasedCell, lesson: ReleasedLesson) -> Iterator[CellStep]:
    """Yield what she wrote into a cell that is not hers, if it sets an answer of the lesson."""
    wanted = (_wanted([ask]) for each in lesson.cells if each.open for ask in each.asks)
    sets = names(source)[1] - names(cell.source)[1]
    if any(name and name <= sets for name in wanted):
        yield CellStep("", source, (), mine=True)


def _answered(cell: ReleasedCell, own: Sequence[str]) -> bool:
    """Say whether cells of her own set what an open cell was for, as one typed anew does."""
    wanted = _wanted(cell.asks)
    return cell.open and bool(wanted) and any(wanted <= names(source)[1] for source in own)


def _wanted(asks: Sequence[Ask]) -> frozenset[str]:
    """Return the names of the answers that are asked for."""
    return frozenset().union(*(names(a.expression)[0] for a in asks if a.wanted == "answer"))


def _asked_after(steps: Sequence[CellStep], cell: ReleasedCell, ask: Ask) -> int:
    """Find the step after which to ask: where she did, else where her answer is there first.

    Further below she may use the name for something else, or delete it.
    """
    mine = [place for place, step in enumerate(steps) if step.mine]
    where_she_did = [p for p in mine if ask.exercise in asked_in(steps[p].source)]
    if where_she_did:
        return where_she_did[-1]
    here = next((p for p, step in enumerate(steps) if step.id == cell.id), 0)
    wanted = _wanted([ask])
    there = [p for p in mine if wanted and wanted <= names(steps[p].source)[1]]
    # a cell above the open one counts only if none from there on sets it
    return next((p for p in there if p >= here), there[-1] if there else here)


def needed(steps: Sequence[CellStep], wanted: Sequence[str]) -> list[bool]:
    """Return for each step True if it has to run: the student's own, and all that is used later.

    Parameters
    ----------
    steps
        The cells of a lesson, in their order.
    wanted
        The expressions that are asked for at the end.

    Returns
    -------
    list of bool
        As long as ``steps``.

    Examples
    --------
    >>> mine = CellStep("c", "y = x + 1", mine=True)
    >>> steps = [CellStep("a", "x = 1"), CellStep("b", "plot(x)"), mine]
    >>> needed(steps, ["y"])
    [True, False, True]
    """
    used = frozenset().union(*(names(expression)[0] for expression in wanted))
    run = [False] * len(steps)
    for place in reversed(range(len(steps))):
        reads, writes = names(steps[place].source)
        if steps[place].mine or writes & used:
            run[place] = True
            used |= reads
    return run


def needed_code(steps: Sequence[CellStep], wanted: Sequence[str]) -> list[str]:
    """Return for each step the code that has to run: all of the student's, and what it rests on.

    Of a cell of the course only the statements stay whose names are used later; a cell that lays
    everything ready for a lesson may simulate for a second what no answer asks for.

    Parameters
    ----------
    steps
        The cells of a lesson, in their order.
    wanted
        The expressions that are asked for at the end.

    Returns
    -------
    list of str
        As long as ``steps``; "" where nothing has to run.

    Examples
    --------
    >>> setup = CellStep("a", "from m import f, g\\nx = f(1)\\nlong = g(x)")
    >>> needed_code([setup, CellStep("b", "y = x + 1", mine=True)], ["y"])
    ['from m import f\\nx = f(1)', 'y = x + 1']
    """
    used = frozenset().union(*(names(expression)[0] for expression in wanted))
    code = [""] * len(steps)
    for place in reversed(range(len(steps))):
        step = steps[place]
        if step.mine:
            code[place] = step.source
            used |= names(step.source)[0]
            continue
        kept = []
        for statement in reversed(_statements(step.source)):
            reads, writes = names(statement)
            if writes & used:
                kept.append(statement)
                used |= reads
        code[place] = "\n".join(reversed(kept))
    return code


@cache
def _statements(source: str) -> tuple[str, ...]:
    """Return the statements of a cell of the course, each imported name as one of its own."""
    found: list[ast.stmt] = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.ImportFrom):
            module, level = statement.module, statement.level
            found += [ast.ImportFrom(module, [name], level) for name in statement.names]
        else:
            found.append(statement)
    return tuple(map(ast.unparse, found))


def matched(cells: Sequence[ReleasedCell], written: Sequence[Written]) -> dict[int, int]:
    """Return the place of each released cell among those that were handed in, if it is there."""
    found: dict[int, int] = {}
    for pairs in (_by_answer, _by_id, _by_exercise, _by_text):
        if len(found) == len(cells):  # most notebooks have all ids, and need no look at the words
            break
        for number, index in pairs(cells, written):
            if number not in found and index not in found.values():
                found[number] = index
    return found


def _by_answer(
    cells: Sequence[ReleasedCell], written: Sequence[Written]
) -> Iterator[tuple[int, int]]:
    """Match an open cell with what asks its exercise and is written in, whatever its id.

    Two cells that were merged have the id of the first.
    """
    for number, cell in enumerate(cells):
        asked = set(asked_in(cell.source))
        if not cell.open or not asked:
            continue
        filled = [
            index
            for index, each in enumerate(written)
            if asked <= set(asked_in(each.source)) and each.source.strip() != cell.source.strip()
        ]
        filled.sort(key=lambda index: written[index].id != cell.id)
        yield from ((number, index) for index in filled)


def _by_id(cells: Sequence[ReleasedCell], written: Sequence[Written]) -> Iterator[tuple[int, int]]:
    """Of two cells with one id, as a copied cell has it, the one that was written in is meant."""
    for number, cell in enumerate(cells):
        same = [index for index, each in enumerate(written) if each.id == cell.id]
        same.sort(key=lambda index: written[index].source.strip() == cell.source.strip())
        yield from ((number, index) for index in same)


def _by_exercise(
    cells: Sequence[ReleasedCell], written: Sequence[Written]
) -> Iterator[tuple[int, int]]:
    for number, cell in enumerate(cells):
        if named := asked_in(cell.source):
            for index, each in enumerate(written):
                if asked_in(each.source) == named:
                    yield number, index


def _by_text(
    cells: Sequence[ReleasedCell], written: Sequence[Written]
) -> Iterator[tuple[int, int]]:
    """Match cells by the words they have in common, the likest first."""
    texts = [_words(each.source) for each in written]
    ratios = []
    for number, cell in enumerate(cells):
        words = _words(cell.source)
        for index, text in enumerate(texts):
            shared = 2 * (words & text).total() / max(1, words.total() + text.total())
            if shared > ALIKE:
                ratios.append((-shared, number, index))
    return iter([(number, index) for _, number, index in sorted(ratios)])


def _words(source: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", source[:COMPARED_SIGNS]))


def _extra(
    cells: Sequence[ReleasedCell], written: Sequence[Written], place: Mapping[int, int]
) -> dict[int, list[int]]:
    """Return the cells that are only hers, by the released cell before them (−1: none)."""
    order = sorted((index, number) for number, index in place.items())
    at = [index for index, _ in order]
    extra: dict[int, list[int]] = {}
    for index in sorted(set(range(len(written))) - set(place.values())):
        before = bisect_right(at, index)
        extra.setdefault(order[before - 1][1] if before else -1, []).append(index)
    return extra


def _written(raw: Mapping[str, Any]) -> Written:
    metadata = raw.get("metadata")
    told = raw.get("id") or (metadata.get("id") if isinstance(metadata, dict) else None)
    return Written(told[:100] if isinstance(told, str) else "", _source(raw))


def _source(raw: Mapping[str, Any]) -> str:
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    text = source if isinstance(source, str) else ""
    return text[:MOST_SIGNS].encode("utf-8", "replace").decode()
