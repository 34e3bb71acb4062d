"""Tables of a spreadsheet as files: written so that no cell is a formula, read in any encoding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from crmsim.common.errors import CrmsimError
from crmsim.common.files import write
from crmsim.common.numbers import exact
from crmsim.common.text import BEGINS_FORMULA, plain

MOST_TABLE_BYTES = 64 * 2**20
LONG = 8000
SEPARATORS = ",;\t|"
SAVE_AGAIN = "save it again as “CSV UTF-8”"


class TableError(CrmsimError):
    """A table can't be read; the message says what to do about it."""


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
    """Write a table, marked as UTF-8 so that a spreadsheet shows every script.

    Parameters
    ----------
    path
        The file; it is replaced as a whole or not at all.
    columns
        The headings.
    rows
        The values of each row, in the order of the headings.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(value) for value in row] for row in rows)
    return write(path, "\ufeff" + text.getvalue())


def read_text(path: Path) -> tuple[str, list[str]]:
    """Return the text of a table, and a sentence where its encoding is a guess.

    Parameters
    ----------
    path
        A file in UTF-8, UTF-16, GB 18030 (as Excel saves in China) or Windows-1252.

    Returns
    -------
    tuple of text and list
        The whole text, and what was doubtful in reading it.

    Raises
    ------
    TableError
        If it can't be read, is too long, or is in none of these encodings.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path.name}: {error.strerror}") from None
    if len(content) > MOST_TABLE_BYTES:
        raise TableError(f"{path.name}: must be at most {MOST_TABLE_BYTES:,} bytes long")
    return _decoded(content, path.name)


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
