"""Tables that people open in a spreadsheet, and give back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from crmsim.common.errors import CrmsimError
from crmsim.common.files import write
from crmsim.common.text import plain, same
from crmsim.common.words import dictionary, words

BEGINS_FORMULA = tuple("=+-@＝＋－＠")
MOST_BYTES = 64 * 2**20
LONG = 8000
Row = Mapping[str, str]


class TableError(CrmsimError):
    """A table can't be read; the message says what to do about it."""


def headings(*names: str, lang: str) -> list[str]:
    """What columns are called in a language."""
    t = words(lang)
    return [t(f"gradebook.column.{name}") for name in names]


def known_as(*names: str) -> dict[str, tuple[str, ...]]:
    """The headings under which columns may come back, in any language."""
    book = dictionary()
    return {name: (name, *book[f"gradebook.column.{name}"].values()) for name in names}


def cell(value: object) -> str:
    """A value as a spreadsheet may have it: nothing a student wrote is taken for a formula.

    Examples
    --------
    >>> cell("=HYPERLINK(1)"), cell(-2.5), cell("林悦"), cell(None)
    ("'=HYPERLINK(1)", '-2.5', '林悦', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    text = plain(value, LONG, lines=True)
    return f"'{text}" if text.startswith(BEGINS_FORMULA) else text


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a table, marked as UTF-8 so that a spreadsheet shows every script."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(value) for value in row] for row in rows)
    return write(path, "\ufeff" + text.getvalue())


def read_table(path: Path, names: Mapping[str, Sequence[str]]) -> list[tuple[int, Row]]:
    """The rows of a table by the line they stand on, empty ones left out.

    Parameters
    ----------
    path
        A file saved by any spreadsheet: separated by commas, semicolons or tabs; in UTF-8, UTF-16
        or, as Excel does in China, GB 18030.
    names
        The headings under which each column may go; a column that is not there is empty.

    Raises
    ------
    TableError
        If it is no such file, or has none of the columns.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path.name}: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise TableError(f"{path.name}: it is longer than {MOST_BYTES:,} bytes")
    text = _decoded(content, path.name)
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return _rows(reader, names, path.name)
    except csv.Error as error:
        raise TableError(f"{path.name}: line {reader.line_num}: {error}") from None


def _rows(
    reader: csv._reader,  # type: ignore[name-defined]
    names: Mapping[str, Sequence[str]],
    file: str,
) -> list[tuple[int, Row]]:
    headings = [same(heading) for heading in next(reader, [])]
    places = {
        name: next((headings.index(same(n)) for n in known if same(n) in headings), None)
        for name, known in names.items()
    }
    if all(place is None for place in places.values()):
        wanted = ", ".join(known[0] for known in names.values())
        raise TableError(f"{file}: line 1: none of the columns {wanted} is there")
    rows = []
    for values in reader:
        row = {
            name: _value(values[place]) if place is not None and place < len(values) else ""
            for name, place in places.items()
        }
        if any(row.values()):
            rows.append((reader.line_num, row))
    return rows


def _value(text: str) -> str:
    """What was meant by a cell: without the sign that kept it from being a formula."""
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(BEGINS_FORMULA) else text


def _decoded(content: bytes, file: str) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(f"{file}: it is not saved as UTF-8; save it again as “CSV UTF-8”")
