"""Explain: a few sentences that a person marks."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from crmsim.common.numbers import number
from crmsim.exercises.exercise import Exercise, Mark, Note, Own, Verdict
from crmsim.scenario.parts import Part, Text

MOST_EXPLANATION_SIGNS = 4000
"""Characters of an explanation; more than two pages is not one."""


class RubricLine(Part):
    """A point that counts in an explanation, and how much."""

    points: Annotated[int, Meta(ge=1, le=20)]
    text: Text


class Explain(Exercise):
    """A few sentences in the student's own words; a person marks them by the rubric."""

    BY_PERSON: ClassVar[bool] = True
    MOST_SIGNS: ClassVar[int] = MOST_EXPLANATION_SIGNS

    kind: Literal["explain"]
    rubric: Annotated[tuple[RubricLine, ...], Meta(min_length=1, max_length=8)]

    @property
    def worth(self) -> int:
        """The points of its rubric, unless it declares others."""
        whole = sum(line.points for line in self.rubric)
        return whole if self.points is None else self.points

    def takes(self, answer: object) -> bool:
        """Accept words, not too many."""
        return isinstance(answer, str) and 0 < len(answer.strip()) <= MOST_EXPLANATION_SIGNS

    def _mark(self, answer: str, own: Own | None) -> Mark:
        return Mark("waiting", 0, self.worth)

    def _solution(self, lang: str) -> str:
        rubric = " · ".join(f"({line.points}) {line.text[lang]}" for line in self.rubric)
        return f" → **{rubric}**"

    def note(self, answer: Any, verdict: Verdict | None) -> Note | None:
        """Say who reads it, whether it is saved, and when it is as long as it may be."""
        # Browsers count UTF-16 units where Python counts characters.
        if len(str(answer or "").encode("utf-16-le", "replace")) // 2 >= MOST_EXPLANATION_SIGNS:
            return "explain.full", {"most": number(MOST_EXPLANATION_SIGNS)}
        key = "saved" if self.mark(answer).verdict == "waiting" else "how"
        return f"explain.{key}", {"points": self.worth}
