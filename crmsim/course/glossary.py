"""The terms of the course in both languages, and what they mean."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from crmsim.common.words import data_path, language

if TYPE_CHECKING:
    import pandas as pd

ORDINARY = "*"
"""In the column ``also``: an everyday word too, not held to one translation."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the trade.

    ``also`` are other ways of saying it in Chinese, ``never`` those that would mislead;
    ``concept`` and ``lesson`` say where it belongs.
    """

    zh: str
    en: str
    definition_en: str
    definition_zh: str
    concept: str
    lesson: str
    also: tuple[str, ...]
    never: tuple[str, ...]

    @property
    def held(self) -> bool:
        """True if the English term has to be said by the Chinese one."""
        return ORDINARY not in self.also


@cache
def terms() -> tuple[Term, ...]:
    """Return every term, in the order of the concepts.

    Returns
    -------
    tuple of Term
        As the file of the glossary has them.

    Examples
    --------
    >>> next(term.zh for term in terms() if term.en == "sunset rule")
    '日落规则'
    """
    with data_path("glossary.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_term(row) for row in csv.DictReader(file))


def _term(row: dict[str, str]) -> Term:
    also, never = (tuple(filter(None, row[key].split(" / "))) for key in ("also", "never"))
    return Term(
        zh=row["zh-Hans"],
        en=row["en"],
        definition_en=row["definition_en"],
        definition_zh=row["definition_zh-Hans"],
        concept=row["concept"],
        lesson=row["lesson"],
        also=also,
        never=never,
    )


def glossary(lang: str = "en", lesson: str | None = None) -> pd.DataFrame:
    """Return the terms of one lesson, or of all, as a table; the language of the class comes first.

    Examples
    --------
    >>> glossary("zh", lesson="12").columns.tolist()
    ['术语', 'English', '释义', '课']
    """
    import pandas as pd

    wanted = [term for term in terms() if lesson in (None, term.lesson)]
    if language(lang) == "zh-Hans":
        rows = [(term.zh, term.en, term.definition_zh, term.lesson) for term in wanted]
        return pd.DataFrame(rows, columns=["术语", "English", "释义", "课"])
    rows = [(term.en, term.zh, term.definition_en, term.lesson) for term in wanted]
    return pd.DataFrame(rows, columns=["term", "中文", "meaning", "lesson"])
