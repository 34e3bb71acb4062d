"""Tables that people open in a spreadsheet, and give back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from crmsim.common.spreadsheets import SEPARATORS, TableError, read_text
from crmsim.common.text import same, undressed
from crmsim.common.words import dictionary, words

MOST_TITLE_LINES = 20
TableRow = Mapping[str, str]


class Table(NamedTuple):
    """The rows of a table by the line they stand on, and what was doubtful in reading it."""

    rows: list[tuple[int, TableRow]]
    doubts: list[str]


def headings(*names: str, lang: str) -> list[str]:
    """Return what columns are called in a language."""
    t = words(lang)
    return [t(f"gradebook.column.{name}") for name in names]


def known_as(*names: str) -> dict[str, tuple[str, ...]]:
    """Return the headings under which columns may come back, in any language."""
    book = dictionary()
    return {name: (name, *book[f"gradebook.column.{name}"].values()) for name in names}


def read_table(path: Path, names: Mapping[str, Sequence[str]]) -> Table:
    """Return the rows of a table, empty ones left out.

    Parameters
    ----------
    path
        A file saved by any spreadsheet: separated by commas, semicolons, tabs or bars; in UTF-8,
        UTF-16, GB 18030 (as Excel does in China) or Windows-1252. A line ``sep=;`` and lines above
        the headings are passed over.
    names
        The headings under which each column may go; a column that is not there is empty.

    Raises
    ------
    TableError
        If it is no such file, or has none of the columns.
    """
    text, doubts = read_text(path)
    separator, heading_row = _layout(text, names, path.name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        head = next(islice(reader, heading_row, None))
        places, twice = _places(head, names)
        doubts += [
            f"{path.name}: line {reader.line_num}: the heading {each!r} is there twice; "
            "the first column of it is read"
            for each in twice
        ]
        return Table(list(_rows(reader, places)), doubts)
    except csv.Error as error:
        raise TableError(f"{path.name}: line {reader.line_num}: {error}") from None


def _layout(text: str, names: Mapping[str, Sequence[str]], file: str) -> tuple[str, int]:
    """Return the separator, and the row in which most of the known headings stand."""
    known = {same(said): name for name, each in names.items() for said in each}
    told = re.match(r"\s*\"?sep=(.)", text)
    best, wrong = (0, 0, ",", 0), ""
    for separator in dict.fromkeys((told[1] if told else ",") + SEPARATORS):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            for place, row in enumerate(islice(reader, MOST_TITLE_LINES)):
                count = len({known[same(said)] for said in row if same(said) in known})
                best = max(best, (count, -place, separator, place), key=lambda each: each[:2])
        except csv.Error as error:
            wrong = wrong or f"{file}: line {reader.line_num}: {error}"
    if not best[0]:
        wanted = ", ".join(known[0] for known in names.values())
        raise TableError(wrong or f"{file}: line 1: must name one of the columns {wanted}")
    return best[2], best[3]


def _places(
    head: Sequence[str], names: Mapping[str, Sequence[str]]
) -> tuple[dict[str, int | None], list[str]]:
    """Return the place of each column, and the headings that stand there twice."""
    said = [same(heading) for heading in head]
    places = {
        name: next((said.index(same(n)) for n in known if same(n) in said), None)
        for name, known in names.items()
    }
    used = sorted(place for place in places.values() if place is not None)
    return places, [head[place].strip() for place in used if said.count(said[place]) > 1]


def _rows(
    reader: Iterator[list[str]], places: Mapping[str, int | None]
) -> Iterator[tuple[int, TableRow]]:
    for values in reader:
        row = {
            name: undressed(values[place]) if place is not None and place < len(values) else ""
            for name, place in places.items()
        }
        if any(row.values()):
            yield reader.line_num, row  # type: ignore[attr-defined]
