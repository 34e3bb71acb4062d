"""Answers as survey tools and spreadsheets write them; nothing of them is dropped in silence.

Columns are found by the code that each question begins with, wherever it stands in the first rows:
LimeSurvey writes one row of headings, Qualtrics three, 问卷星 puts number and matrix title before,
and people put titles above. A row or an answer that can't be used is set aside and told.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from crmsim.common.errors import CrmsimError
from crmsim.common.extras import needs
from crmsim.common.numbers import exact
from crmsim.common.spreadsheets import MOST_TABLE_BYTES, SEPARATORS, read_text
from crmsim.common.text import plain, same, undressed
from crmsim.common.words import Translate, dictionary, words
from crmsim.survey.questions import BY_CODE, OFTEN, QUESTIONS, SurveyQuestion, code_in

if TYPE_CHECKING:
    import pandas as pd

MOST_TITLE_ROWS = 20
MOST_ROWS = 100_000
LEAST_SAME = 10
"""Two answer sheets are the same only if at least so many answers are."""

WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = (".csv", ".tsv", ".txt")

_BLANKS = ("-3", "-99", "(跳过)", "跳过", "(空)", "空", "n/a", "na", "#n/a", "null", "none", "nan")
_SKIPPED = {"", "-", "—", "–", *_BLANKS}
_TOTAL = re.compile(
    r"(总计|合计|小计|平均值?|均值|总分|(grand )?totals?|sum|average|mean)\W*", re.I
)
_PREVIEW = {"surveypreview", "surveytest", "preview", "test", "spam"}
_IDS = {"responseid", "序号", "答卷编号", "答卷id", "编号", "id", "respondentid"}
_STATUS = {"status", "responsetype"}
_LABEL_OF_GROUP = re.compile(r"NPS_GROUP|-\s*Group\s*$")

SheetRow = list[str]
Why = Literal["total", "preview", "unfinished", "again", "range", "words", "skipped", "recoded"]


class SurveyError(CrmsimError):
    """A file of answers can't be used; the message says where, what was found, and what to do."""


class SetAside(NamedTuple):
    """A row, or an answer in it, that was not taken as it stands.

    ``row`` is the row of the file, from 1; ``code`` the question, "" for a whole row; ``found``
    what stood there; ``why`` the reason; ``places`` what the words of the reason are filled with.
    """

    row: int
    code: str
    found: str
    why: Why
    places: dict[str, str] = {}  # noqa: RUF012

    def said(self, say: Translate) -> str:
        """Return the reason in words.

        Parameters
        ----------
        say
            The words of the language.
        """
        return say(f"survey.aside.{self.why}", **self.places)


@dataclass(frozen=True)
class Responses:
    """Answers that can be used, a row a person, a column a code, and what was set aside.

    Numbers are floats, nan where there is none; ``OFT`` and ``SAY`` are texts. The index is the row
    of the file.
    """

    table: pd.DataFrame
    aside: list[SetAside] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def rows_aside(self) -> int:
        """Number of whole rows that were set aside."""
        return sum(not each.code for each in self.aside)


def read_answers(path: Path, lang: str = "en") -> Responses:
    """Read a file of answers.

    Parameters
    ----------
    path
        A file .csv, .tsv, .txt or .xlsx, as a survey tool or a spreadsheet saves it.
    lang
        The language of messages, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    Responses
        The answers, and everything that was set aside.

    Raises
    ------
    SurveyError
        If no heading names a question, or no row has answers, or the file can't be read.
    """
    say, kind = words(lang), path.suffix.lower()
    if kind not in WORKBOOKS + TEXTS:
        raise SurveyError(say("survey.error.kind", file=path.name, kind=kind or path.name))
    grid, doubts = _workbook(path, say) if kind in WORKBOOKS else _text_grid(path, say)
    if len(grid) > MOST_ROWS:
        raise SurveyError(say("survey.error.long", file=path.name, most=f"{MOST_ROWS:,}"))
    place = _heading_row(grid)
    columns = _columns(grid[place]) if grid else {}
    if not columns:
        seen = [plain(each, 40) for row in grid[:3] for each in row if each.strip()][:6]
        places = {"rows": MOST_TITLE_ROWS, "found": ", ".join(seen) or "—"}
        raise SurveyError(say("survey.error.headings", file=path.name, **places))
    begins = place + 1
    while begins < len(grid) and _is_heading(grid[begins], len(columns)):
        begins += 1
    heads = [grid[row] for row in range(max(0, place - 2), begins)]
    doubts += [
        say("survey.doubt.twice", code=code, first=first + 1, again=again + 1)
        for code, first, again in _twice(grid[place], columns)
    ]
    reader = _Rows(columns, heads, say)
    for number, row in enumerate(grid[begins:], start=begins + 1):
        reader.take(number, row)
    if not reader.kept:
        why = "; ".join(sorted({each.said(say) for each in reader.aside if not each.code})) or "—"
        aside = sum(not each.code for each in reader.aside)
        raise SurveyError(say("survey.error.nobody", file=path.name, aside=aside, why=why))
    straight = sum(map(_is_straight, reader.kept.values()))
    if straight:
        doubts.append(say("survey.doubt.straight", count=straight))
    return Responses(_table(reader.kept, columns), reader.aside, doubts)


class _Rows:
    """Rows of a file, one after the other: what is kept of them, and what is set aside."""

    def __init__(self, columns: dict[str, int], heads: list[SheetRow], say: Translate) -> None:
        self.columns, self.say = columns, say
        self.scaled = [BY_CODE[code] for code in columns if BY_CODE[code].scaled]
        self.id = _named(heads, _IDS)
        self.status = _named(heads, _STATUS)
        self.kept: dict[int, dict[str, float | str]] = {}
        self.aside: list[SetAside] = []
        self._ids: dict[str, int] = {}
        self._sheets: dict[tuple[float | str, ...], int] = {}

    def take(self, number: int, row: SheetRow) -> None:
        """Keep a row, or set it aside; an empty one is none."""
        if not any(each.strip() for each in row):
            return
        first = next(each.strip() for each in row if each.strip())
        if _TOTAL.fullmatch(first):
            return self._whole(number, first, "total")
        status = _at(row, self.status)
        if same(status) in _PREVIEW:
            return self._whole(number, status, "preview")
        noticed: list[SetAside] = []
        given: dict[str, float | str] = {}
        for question in self.scaled:
            value = self._number(number, question, _at(row, self.columns[question.code]), noticed)
            if value is not None:
                given[question.code] = value
        if 2 * len(given) < len(self.scaled):
            return self._whole(number, f"{len(given)}/{len(self.scaled)}", "unfinished")
        given |= {
            code: _often(text) if code == "OFT" else text
            for code in ("OFT", "SAY")
            if code in self.columns and not _is_skipped(text := _at(row, self.columns[code]))
        }
        sheet = tuple(given.get(question.code, "") for question in QUESTIONS)
        earlier = self._ids.get(same(_at(row, self.id)))
        if earlier is None and len(given) >= LEAST_SAME and not _is_straight(given):
            earlier = self._sheets.get(sheet)
        if earlier is not None:
            return self._whole(number, _at(row, self.id), "again", first=str(earlier))
        if self.id is not None and _at(row, self.id):
            self._ids[same(_at(row, self.id))] = number
        self._sheets[sheet] = number
        self.kept[number] = given
        self.aside += noticed
        return None

    def _whole(self, row: int, found: str, why: Why, **places: str) -> None:
        self.aside.append(SetAside(row, "", plain(found, 60), why, places))

    def _number(
        self, row: int, question: SurveyQuestion, text: str, noticed: list[SetAside]
    ) -> float | None:
        """Return an answer as a number, None if there is none, and note what was done to it."""
        shown, code = plain(text, 60), question.code
        if _is_skipped(text):
            noticed.append(SetAside(row, code, shown, "skipped"))
            return None
        value, recoded = _value(text, question)
        if value is None:
            noticed.append(SetAside(row, code, shown, "words"))
            return None
        if not question.low <= value <= question.high or value != int(value):
            ends = {"low": str(question.low), "high": str(question.high)}
            noticed.append(SetAside(row, code, shown, "range", ends))
            return None
        if recoded:
            noticed.append(SetAside(row, code, shown, "recoded", {"value": exact(value)}))
        return value


def _at(row: SheetRow, place: int | None) -> str:
    return undressed(row[place]) if place is not None and place < len(row) else ""


def _is_skipped(text: str) -> bool:
    return unicodedata.normalize("NFKC", text).strip().lower() in _SKIPPED


def _value(text: str, question: SurveyQuestion) -> tuple[float | None, bool]:
    """Return the number that an answer means, and whether it was said in another way.

    Examples
    --------
    >>> seven = BY_CODE["SAT"]
    >>> [_value(text, seven) for text in ("６", "完全同意(7)", "A3", "同意")]
    [(6.0, False), (7.0, True), (3.0, True), (6.0, True)]
    """
    plainly = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[-−]?\d+(\.\d+)?", plainly):
        return float(plainly.replace("−", "-")), False
    numbers = re.findall(r"\d+", plainly)
    if len(numbers) == 1:
        return float(numbers[0]), True
    if question.low == 1:
        return _agreement().get(same(plainly)), True
    return None, False


@cache
def _agreement() -> dict[str, float]:
    book = dictionary()
    return {
        same(said): float(point)
        for point in range(1, 8)
        for said in book[f"survey.agree.{point}"].values()
    }


def _often(text: str) -> str:
    """Return which answer of how often is meant; an answer of another survey stays as it is."""
    plainly = unicodedata.normalize("NFKC", text).strip()
    book = dictionary()
    for place, name in enumerate(OFTEN, start=1):
        said = {same(each) for each in book[f"survey.question.{name}"].values()}
        if plainly in (str(place), f"A{place}") or same(plainly) in said:
            return name
    return plain(plainly, 60)


def _is_straight(given: dict[str, float | str]) -> bool:
    ticked = [value for code, value in given.items() if code[0] in "EP" and code[1:].isdigit()]
    return len(ticked) >= LEAST_SAME and len(set(ticked)) == 1


def _named(heads: Sequence[SheetRow], names: set[str]) -> int | None:
    """Return the place of the first column that one of the rows of headings calls so."""
    places = (place for row in heads for place, said in enumerate(row) if _bare(said) in names)
    return min(places, default=None)


def _bare(heading: str) -> str:
    return re.sub(r"[\W_]+", "", same(heading))


def _columns(head: SheetRow) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, heading in enumerate(head):
        code = None if _LABEL_OF_GROUP.search(heading) else code_in(heading)
        if code:
            found.setdefault(code, place)
    return {question.code: found[question.code] for question in QUESTIONS if question.code in found}


def _twice(head: SheetRow, columns: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    for place, heading in enumerate(head):
        code = None if _LABEL_OF_GROUP.search(heading) else code_in(heading)
        if code and columns[code] != place:
            yield code, columns[code], place


def _heading_row(grid: list[SheetRow]) -> int:
    """Return the first of the rows that name the most questions."""
    counts = [len(_columns(row)) for row in grid[:MOST_TITLE_ROWS]]
    return counts.index(max(counts)) if counts else 0


def _is_heading(row: SheetRow, columns: int) -> bool:
    """Return True for a further row of headings, as Qualtrics writes two more."""
    return '{"importid"' in same(row[0] if row else "") or 2 * len(_columns(row)) > columns


def _text_grid(path: Path, say: Translate) -> tuple[list[SheetRow], list[str]]:
    text, doubts = read_text(path)
    doubts = [say("survey.doubt.encoding")] if doubts else []
    told = re.match(r"\s*\"?sep=(.)", text)
    best: tuple[int, list[SheetRow]] = (-1, [])
    for separator in dict.fromkeys((told[1] if told else "") + SEPARATORS):
        try:
            grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        except csv.Error:
            continue
        count = max((len(_columns(row)) for row in grid[:MOST_TITLE_ROWS]), default=0)
        if count > best[0]:
            best = count, grid
    return best[1], doubts


def _workbook(path: Path, say: Translate) -> tuple[list[SheetRow], list[str]]:
    """Return the rows of the sheet that names the most questions."""
    with needs("survey"):
        from openpyxl import load_workbook
    try:
        if path.stat().st_size > MOST_TABLE_BYTES:
            raise ValueError(path.name)
        book = load_workbook(path, read_only=True, data_only=True)
        sheets = {
            sheet.title: [
                [_cell_text(value) for value in row]
                for row, _ in zip(
                    sheet.iter_rows(values_only=True), range(MOST_ROWS + 1), strict=False
                )
            ]
            for sheet in book.worksheets
        }
        book.close()
    except OSError:
        raise
    except Exception:  # whatever openpyxl says of a file that is not a workbook
        raise SurveyError(say("survey.error.broken", file=path.name)) from None
    counts = {
        name: max((len(_columns(row)) for row in grid[:MOST_TITLE_ROWS]), default=0)
        for name, grid in sheets.items()
    }
    best = max(counts, key=lambda name: counts[name])
    several = len(sheets) > 1
    doubts = [say("survey.doubt.sheets", count=len(sheets), sheet=plain(best, 60))]
    return sheets[best], doubts if several else []


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table(kept: dict[int, dict[str, float | str]], columns: dict[str, int]) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame.from_dict(kept, orient="index").reindex(columns=list(columns))
    for code in table:
        scaled = BY_CODE[str(code)].scaled
        table[code] = table[code].astype(float) if scaled else table[code].fillna("").astype(str)
    return table
