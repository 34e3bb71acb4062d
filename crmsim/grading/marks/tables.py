"""Tables that people open in a spreadsheet, and give back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from crmsim.common.errors import CrmsimError
from crmsim.common.files import write
from crmsim.common.numbers import exact
from crmsim.common.text import BEGINS_FORMULA, plain, same, undressed
from crmsim.common.words import dictionary, words

MOST_TABLE_BYTES = 64 * 2**20
LONG = 8000
SEPARATORS = ",;\t|"
MOST_TITLE_LINES = 20
SAVE_AGAIN = "save it again as “CSV UTF-8”"
TableRow = Mapping[str, str]


class TableError(CrmsimError):
    """A table can't be read; the message says what to do about it."""


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


def cell(value: object) -> str:
    """Return a value as a spreadsheet may have it: no text is taken for a formula.

    Examples
    --------
    >>> cell("=HYPERLINK(1)"), cell(-2.5), cell(1234567.25), cell("林悦"), cell(None)
    ("'=HYPERLINK(1)", '-2.5', '1234567.25', '林悦', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return exact(value) if isinstance(value, float) else str(value)
    text = plain(value, LONG, lines=True)
    return f"'{text}" if text.startswith(BEGINS_FORMULA) else text


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a table, marked as UTF-8 so that a spreadsheet shows every script."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(value) for value in row] for row in rows)
    return write(path, "\ufeff" + text.getvalue())


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
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path.name}: {error.strerror}") from None
    if len(content) > MOST_TABLE_BYTES:
        raise TableError(f"{path.name}: must be at most {MOST_TABLE_BYTES:,} bytes long")
    text, doubts = _decoded(content, path.name)
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


def _decoded(content: bytes, file: str) -> tuple[str, list[str]]:
    """Return the text of a table, and a sentence where its encoding is a guess."""
    for encoding in _unmistakable(content):
        try:
            return content.decode(encoding), []
        except UnicodeDecodeError:
            continue
    guessed = f"{file}: it is not saved as UTF-8 and was read as {{}}; look at the names, or "
    try:
        text = content.decode("gb18030")
        usual, unusual = _how_usual(text)
        if usual > unusual:
            doubt = [] if usual > 2 * unusual else [guessed.format("GB 18030") + SAVE_AGAIN]
            return text, doubt
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        text = "\x00"
    # letters with accents and quotation marks are Western European; other signs are a misreading
    if all(sign.isascii() or sign.isalpha() or sign in "‘’“”–—…€\xa0" for sign in text) and (
        "\x00" not in text
    ):
        return text, [guessed.format("Western European (Windows-1252)") + SAVE_AGAIN]
    raise TableError(f"{file}: must be saved as UTF-8; {SAVE_AGAIN}")


def _unmistakable(content: bytes) -> tuple[str, ...]:
    """Return the encodings that are tried first: in those, no other text can be read."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    # half of the bytes of a comma or a plain letter in UTF-16 is 0, and no byte of any other text
    first, second = content[:1000:2].count(0), content[1:1000:2].count(0)
    if first != second:
        return ("utf-16-le",) if second > first else ("utf-16-be",)
    return ("utf-8-sig",)


def _how_usual(text: str) -> tuple[int, int]:
    """Count the usual and the unusual Chinese characters of a text.

    The usual ones are the first half of GB 2312. Accents or Cyrillic letters that are taken for
    Chinese become unusual ones.
    """
    signs = [sign.encode("gb18030") for sign in text if not sign.isascii()]
    usual = sum(len(b) == 2 and 0xA1 <= b[0] <= 0xD7 and b[1] >= 0xA1 for b in signs)
    return usual, len(signs) - usual
