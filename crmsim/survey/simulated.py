"""Answers of the people of a market, in the same form as those that are read from a file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmsim.common.words import words
from crmsim.model.theory.survey import dimension_scores
from crmsim.runs.polled import Poll
from crmsim.scenario import DIMENSIONS
from crmsim.survey.questions import DID, OFTEN, SHOULD
from crmsim.survey.reading import Responses

_EVERY_THIRD = 3
"""So many people give one who writes something; a choice."""

_OFTEN_FROM = (2, 6)
"""Visits a year from which on one came now and then, and often."""


def simulated_answers(
    poll: Poll, who: NDArray[np.bool_] | None = None, lang: str = "en"
) -> Responses:
    """Return answers of a simulated survey.

    Parameters
    ----------
    poll
        The survey.
    who
        Whose answers; left out, those of the people who answered.
    lang
        The language in which people write, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    Responses
        A row a person.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> from crmsim.runs.polled import poll
    >>> run = simulate(load("buick-market").change(people=500, years=1), seed=1)
    >>> found = simulated_answers(poll(run, week=52, invited=100))
    >>> found.table.shape[1]
    50
    """
    import pandas as pd

    people = np.flatnonzero(poll.answered if who is None else who)
    told = poll.answers.survey
    columns: dict[str, NDArray[np.float64] | list[str]] = {}
    for codes, items in ((SHOULD, told.should), (DID, told.did)):
        columns |= {code: items[people, at].astype(float) for at, code in enumerate(codes)}
    columns |= {
        "QUA": told.quality[people, 0].astype(float),
        "SAT": told.satisfaction[people, 0].astype(float),
        "CES": poll.answers.easy[people].astype(float),
        "NPS": poll.answers.recommend[people].astype(float),
        "OFT": [OFTEN[np.searchsorted(_OFTEN_FROM, each, "right")] for each in poll.visits[people]],
        "SAY": _voices(dimension_scores(told.did)[people], people, lang),
    }
    return Responses(pd.DataFrame(columns, index=people))


def _voices(scores: NDArray[np.float64], people: NDArray[np.intp], lang: str) -> list[str]:
    """Return what people write: about the dimension on which they were farthest from the rest."""
    say, apart = words(lang), scores - scores.mean(axis=0)
    said = []
    for person, row in zip(people, apart, strict=True):
        place = int(np.abs(row).argmax())
        tone = "good" if row[place] > 0 else "bad"
        writes = person % _EVERY_THIRD == 0
        said.append(say(f"survey.voice.{DIMENSIONS[place]}_{tone}") if writes else "")
    return said


def voices(poll: Poll, lang: str = "en", most: int = 6) -> str:
    """Return what some of those who answered wrote, as lines of Markdown, no text twice.

    Parameters
    ----------
    poll
        The survey.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    most
        The most texts.
    """
    table = simulated_answers(poll, lang=lang).table
    said = table[table["SAY"] != ""].drop_duplicates("SAY").head(most)
    rows = zip(said["SAY"], said["SAT"], strict=True)
    return "\n".join(f"- {text} *({level:.0f}/7)*" for text, level in rows)
