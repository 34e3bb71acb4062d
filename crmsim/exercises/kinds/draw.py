"""Draw: the curve of one column of a market over the quarters to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, field

from crmsim.common.text import joined, value_as_text
from crmsim.exercises import curves
from crmsim.exercises.exercise import Exercise, Note
from crmsim.exercises.parts import Slip, UnitWords, is_plain_number
from crmsim.scenario.parts import Finite, Part, Positive, Text


class Span(Part):
    """An event between two quarters, counted from the start of a drawing."""

    start: Finite
    stop: Finite
    text: Text


class Draw(Exercise, kw_only=True):
    """The curve of one column of a market, drawn from a given start on; always a prediction.

    ``given`` are the values known: at the beginning of the run and at the end of each quarter, the
    last one now; ``quarters`` says how many more are drawn. Values are those of the run's `column`
    times ``scale``. A change up to ``tolerance`` counts as no change.
    """

    REST_S: ClassVar[float] = 4.0

    kind: Literal["draw"]
    column: str
    axis: Text
    unit: UnitWords
    scale: Positive = 1
    given: Annotated[tuple[Finite, ...], Meta(min_length=1, max_length=5)]
    quarters: Annotated[int, Meta(ge=2, le=12)]
    low: Finite
    high: Finite
    step: Positive = 1
    tolerance: Positive
    event: Span | None = None
    slips: dict[curves.CurveSlip, Slip] = field(default_factory=dict)

    @property
    def prediction(self) -> bool:
        """Only a run can tell."""
        return True

    def takes(self, answer: object) -> bool:
        """Accept a value within the picture for every quarter."""
        return self.begun(answer) and len(answer) == self.quarters  # type: ignore[arg-type]

    def begun(self, answer: object) -> bool:
        """Accept values for the first quarters."""
        return (
            isinstance(answer, list | tuple)
            and len(answer) <= self.quarters
            and all(is_plain_number(value) and self.low <= value <= self.high for value in answer)
        )

    def changed(self, answer: Any, name: str, value: str | None) -> Any:
        """Return the curve as far as it is drawn."""
        return [float(value) for value in name.split()]

    def compared(self, answer: Sequence[float], came: Sequence[float]) -> curves.Comparison:
        """Set a drawing against what came: its value now, and at the end of each quarter.

        Parameters
        ----------
        answer
            The values drawn, one at the end of each quarter.
        came
            The value now, and those that happened at the end of each quarter.

        Returns
        -------
        Comparison
            Of the two curves from now on.
        """
        return curves.compare_curves([self.given[-1], *answer], came, self.tolerance)

    def fared(self, answer: Any, came: Any) -> str:
        """Return how a drawing compares with what came, a key of ``lesson.curve``.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> exercise("31-reputation").fared([50] * 8, [57, 20, 30, 40, 50, 50, 50, 50, 50])
        'right-direction'
        """
        return self.compared(answer, came).verdict[0]

    def said(self, answer: Any, lang: str) -> str:
        """Return the values drawn."""
        if not isinstance(answer, Sequence) or isinstance(answer, str):
            return value_as_text(answer)
        return joined(map(value_as_text, answer), " · ")

    def note_on_prediction(self, answer: Any) -> Note | None:
        """Say how much is drawn, or that it is saved."""
        if answer and not self.takes(answer):
            return "draw.partly", {"drawn": len(answer), "quarters": self.quarters}
        return super().note_on_prediction(answer)

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts."""
        for value in self.given:
            if not self.low <= value <= self.high:
                yield f"given = {value}: must be between low ({self.low}) and high ({self.high})"
