"""A bank of comments: a table of what a grader writes often, called by a short name.

In any comment ``#loop`` stands for the text of that name. The table belongs to the grader: it can
be taken from one class, or one year, to the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from crmsim.common.spreadsheets import write_table
from crmsim.common.text import same
from crmsim.grading.marks.overrides import ManualPoints
from crmsim.grading.marks.tables import headings, known_as, read_table
from crmsim.scenario.wiring import likely

COMMENT_COLUMNS = ("named", "exercise", "text")
_NAME = re.compile(r"#([\w-]+)")


@dataclass(frozen=True)
class StoredComment:
    """A comment of the bank: its name, the exercise it is for, or "" for all, and its text."""

    name: str
    exercise: str
    text: str


@dataclass(frozen=True)
class CommentBank:
    """The stored comments, in the order of the table, and what is doubtful in it."""

    stored: tuple[StoredComment, ...] = ()
    mistakes: tuple[str, ...] = ()

    def of(self, exercise: str) -> list[StoredComment]:
        """Return the comments for an exercise, its own first.

        Returns
        -------
        list of StoredComment
            In the order of the table.
        """
        fitting = [each for each in self.stored if each.exercise in ("", exercise)]
        return sorted(fitting, key=lambda each: not each.exercise)

    def written_out(self, made: ManualPoints) -> tuple[ManualPoints, list[str]]:
        """Return a decision with its comment written out, and a sentence for each unknown name.

        Parameters
        ----------
        made
            The decision, whose comment may hold names such as ``#loop-in-order``.

        Returns
        -------
        tuple
            The decision, and a list of sentences.
        """
        texts = {same(each.name): each.text for each in reversed(self.of(made.exercise))}
        unknown = []

        def text(found: re.Match[str]) -> str:
            if known := texts.get(same(found[1])):
                return known
            close = likely(found[1], list(texts))
            hint = f"; did you mean '#{close}'?" if close else ""
            unknown.append(f"{made.place}: comment: {found[0]!r}: is not in comments.csv{hint}")
            return found[0]

        return replace(made, comment=_NAME.sub(text, made.comment)), unknown


def read_bank(path: Path) -> CommentBank:
    """Return the comments of a table; none where there is no table.

    Parameters
    ----------
    path
        The table, ``comments.csv``.

    Raises
    ------
    TableError
        If the file is no table.
    """
    if not path.exists():
        return CommentBank()
    table = read_table(path, known_as(*COMMENT_COLUMNS))
    stored: dict[tuple[str, str], tuple[int, StoredComment]] = {}
    mistakes = list(table.doubts)
    for line, row in table.rows:
        name = row["named"].removeprefix("#")
        about = same(name), row["exercise"].lower()
        if not _NAME.fullmatch(f"#{name}"):
            rule = "must be letters, digits and hyphens, such as loop-in-order"
            mistakes.append(f"{path.name}: line {line}: name = {row['named']!r}: {rule}")
        elif about in stored:
            first = stored[about][0]
            mistakes.append(
                f"{path.name}: line {line}: name = {name!r}: is on line {first} too, which counts"
            )
        else:
            stored[about] = line, StoredComment(name, row["exercise"].lower(), row["text"])
    return CommentBank(tuple(each for _, each in stored.values()), tuple(mistakes))


def begin_bank(path: Path, lang: str) -> None:
    """Lay down an empty table to write into, where there is none yet.

    Parameters
    ----------
    path
        The table, ``comments.csv``.
    lang
        The language of its headings.
    """
    if not path.exists():
        write_table(path, headings(*COMMENT_COLUMNS, lang=lang), ())
