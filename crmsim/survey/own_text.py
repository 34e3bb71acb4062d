"""Text of the student: one file with headings, written by hand and never overwritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from crmsim.common.files import write
from crmsim.common.spreadsheets import read_text
from crmsim.common.text import plain, same
from crmsim.common.words import dictionary, words
from crmsim.survey.reading import SurveyError

PARTS = (
    "firm",
    "product",
    "authors",
    "invited",
    "why",
    "how_asked",
    "reading",
    "advice",
    "limits",
    "learned",
)
"""Parts of the text, in the order of the report."""

LONGEST_PART = 20_000


def begin_text(folder: Path, lang: str) -> Path:
    """Lay down the file for the student's own text, if it is not there, and return its path.

    Parameters
    ----------
    folder
        Where the report is.
    lang
        The language of the headings.
    """
    say = words(lang)
    path = folder / say("survey.own.file")
    if not path.exists():
        parts = [
            f"## {say(f'survey.own.{part}')}\n> {say(f'survey.own.{part}_how')}\n\n"
            for part in PARTS
        ]
        write(path, f"> {say('survey.own.how')}\n\n" + "\n".join(parts))
    return path


def read_own_text(path: Path) -> dict[str, str]:
    """Return what the student wrote below each heading, in either language.

    Parameters
    ----------
    path
        The file; one that is not there is an empty text.

    Returns
    -------
    dict of str
        The text of each part; "" where she wrote none.
    """
    told = dict.fromkeys(PARTS, "")
    if not path.exists():
        return told
    book = dictionary()
    headings = {same(said): part for part in PARTS for said in book[f"survey.own.{part}"].values()}
    part, lines = "", dict[str, list[str]]()
    for line in read_text(path)[0].splitlines():
        if heading := re.match(r"#+\s*(.*?)\s*#*$", line):
            part = headings.get(same(heading[1]), part)
        elif part and not line.lstrip().startswith(">"):
            lines.setdefault(part, []).append(line)
    return told | {
        each: plain("\n".join(said), LONGEST_PART, lines=True).strip()
        for each, said in lines.items()
    }


def invited_in(text: Mapping[str, str], count: int, path: Path, lang: str) -> int | None:
    """Return how many people were asked, as the student says; None if she does not.

    Parameters
    ----------
    text
        The parts of her text.
    count
        How many answered.
    path
        Her file, for the message.
    lang
        The language of the message.

    Raises
    ------
    SurveyError
        If it is no whole number, or smaller than the number of answers.
    """
    said = text["invited"].strip()
    if not said:
        return None
    digits = re.sub(r"[,，\s人份]", "", said)
    if not digits.isdecimal() or int(digits) < count:
        say = words(lang)
        places = {"heading": say("survey.own.invited"), "found": plain(said, 40), "count": count}
        raise SurveyError(say("survey.error.invited", file=path.name, **places))
    return int(digits)
