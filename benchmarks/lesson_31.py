"""A table of what lesson 31 shows to 200 students: its own cells, run with the luck of each.

``python -m benchmarks.lesson_31`` computes the stored table anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.model_digest import model_digest
from crmsim import load, simulate
from crmsim.authoring.build_lessons import NOTEBOOKS, read_source
from crmsim.common.files import write
from crmsim.common.words import data_path
from crmsim.exercises.variants import seed_of

NUMBERS = range(1, 201)
"""Numbers of the students, of three digits, behind the year in which they began."""

CELLS = (
    "quarter-run", "gap-money", "links-run", "links-lost", "links-came",
    "saver", "carer", "five", "five-came", "behind-came",
)  # fmt: skip
"""Cells of the lesson in which a run is made, or a bet is set against what came."""

BAD_QUARTER_ENDS = 39
"""The week in which the bad quarter of the lesson is over."""


def stored() -> pd.DataFrame:
    """Return the stored table: a row for each number, and the digest of the model it came from."""
    return pd.read_csv(data_path("reference", "lesson-31.csv"))


def table(numbers: Iterable[int] = NUMBERS) -> pd.DataFrame:
    """Compute the table, a row for each number (see :func:`shown_to`)."""
    rows = pd.DataFrame(map(shown_to, numbers))
    return rows.round(3).assign(model=model_digest("buick-market"))


def shown_to(number: int) -> dict[str, Any]:
    """Return what came of each bet of one student, and what the figures show, in a few numbers.

    Returns
    -------
    dict
        ``31-bet-…``: what came of a bet. ``lost_…``: what the bad quarter costs (per cent of
        profit) with the loop closed so far. ``fell_…``: how far reputation (points of 100) lies
        below the usual one, at most and in some weeks. ``saver_…``, ``carer_…``: what they have
        earned more than the waiter (currency), added up; from the week ``saver_behind`` after the
        bad quarter on it stays below zero; it is -1 if that never happens.
    """
    came: dict[str, Any] = {}
    names: dict[str, Any] = {
        "load": load, "simulate": simulate, "lang": "en", "figures": _Unseen(), "plot": _unseen,
        "reveal": _unseen, "luck": seed_of(f"2026{number:03}", "31"),
        "check": lambda bet, lang, **given: came.update({bet: given["came"]}),
    }  # fmt: skip
    (source,) = NOTEBOOKS.glob("source/31-*.md")
    for cell in read_source(source):
        if cell.id in CELLS:
            exec(cell.en, names)
    usual, slip = names["usual"].series, names["slip"].series
    fell = 100 * (usual["reputation"] - slip["reputation"])
    waited, saved, cared = (names[each].series["profit"] for each in ("waited", "saved", "cared"))
    saver, carer = (saved - waited).cumsum(), (cared - waited).cumsum()
    behind = int(np.flatnonzero(saver >= 0)[-1]) + 1
    return {
        "number": number,
        **came,
        **{f"lost_{name}": percent for name, percent in names["percent"].items()},
        "fell_most": fell.max(),
        **{f"fell_week_{week}": fell[week] for week in (38, 51, 116, 155)},
        "saver_most": saver.max(),
        "saver_mean_year_2": saver[52:104].mean(),
        "saver_behind": behind - BAD_QUARTER_ENDS if behind < len(saver) else -1,
        "saver_end": saver[-1],
        "carer_least_year_1": carer[:52].min(),
        "carer_end": carer[-1],
    }


def _unseen(*_: Any, **__: Any) -> None:
    """Stand for a picture that nobody looks at."""


class _Unseen:
    """Pictures that nobody looks at."""

    def __getattr__(self, _: str) -> Callable[..., None]:
        return _unseen


if __name__ == "__main__":
    write(data_path("reference", "lesson-31.csv"), table().to_csv(index=False))
