"""The questionnaire: a code for each question, so that it is known again in any file of answers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crmsim.common.words import words
from crmsim.model.theory.survey import ITEMS, POINTS, RECOMMEND_MOST

STATEMENTS = tuple(f"{name}_{place + 1}" for name, count in ITEMS.items() for place in range(count))
"""The 22 statements, in the order of the five dimensions."""

SHOULD = tuple(f"E{place:02}" for place in range(1, len(STATEMENTS) + 1))
DID = tuple(f"P{place:02}" for place in range(1, len(STATEMENTS) + 1))
"""Codes of the statements: expected of an excellent firm (E), perceived at this one (P)."""

OFTEN = ("often_1", "often_2", "often_3")
"""Answers to the question how often one came; people are compared by it."""


@dataclass(frozen=True, slots=True)
class SurveyQuestion:
    """A question; ``low`` and ``high`` are the ends of its scale, both 0 if it has none."""

    code: str
    low: int = 0
    high: int = 0

    @property
    def scaled(self) -> bool:
        """True if it is answered by a number."""
        return self.high > self.low


QUESTIONS = (
    *(SurveyQuestion(code, 1, POINTS) for code in (*SHOULD, *DID, "QUA", "SAT", "CES")),
    SurveyQuestion("NPS", 0, RECOMMEND_MOST),
    SurveyQuestion("OFT"),
    SurveyQuestion("SAY"),
)
"""Every question in the order in which it is asked."""

BY_CODE = {question.code: question for question in QUESTIONS}

_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?:([EP])(0?[1-9]|1\d|2[0-2])|(QUA|SAT|CES|NPS|OFT|SAY))(?![A-Za-z0-9])"
)


def code_in(heading: str) -> str | None:
    """Return the code of the question that a heading of a file of answers names, None if none.

    Examples
    --------
    >>> code_in("3、这家企业：—P7. 服务及时"), code_in("Q5 - NPS How likely"), code_in("Q1_EP3")
    ('P07', 'NPS', None)
    """
    found = _CODE.search(heading)
    if not found:
        return None
    return found[3] or f"{found[1]}{int(found[2]):02}"


def wording(code: str, lang: str) -> str:
    """Return the words of a question.

    Parameters
    ----------
    code
        Its code.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> wording("P03", "en")
    'This firm gets it right the first time.'
    """
    say = words(lang)
    for codes, stem in ((SHOULD, "should_stem"), (DID, "did_stem")):
        if code in codes:
            item = say(f"survey.item.{STATEMENTS[codes.index(code)]}")
            return say(f"survey.question.{stem}", item=item)
    return say(f"survey.question.{code}")
