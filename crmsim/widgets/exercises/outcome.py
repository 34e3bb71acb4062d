"""Outcomes: a saved prediction set against what came."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.exercises.curves import Comparison
from crmsim.exercises.declared import declared_exercise
from crmsim.exercises.exercise import ExerciseError
from crmsim.exercises.kinds.draw import Draw
from crmsim.figures import curve
from crmsim.runs.run import Run
from crmsim.widgets import locks
from crmsim.widgets.exercises.question import Question, as_saved
from crmsim.widgets.rendering import draw_svg, render

BAND_WIDTH, BAND_HEIGHT = 560, 44


def prediction_outcome(exercise_id: str, lang: str, came: object) -> PredictionOutcome:
    """Set a saved prediction against what came.

    Raises
    ------
    ExerciseError
        If nothing can be predicted in an exercise of that kind.
    """
    kind = declared_exercise(exercise_id).kind
    if kind not in OUTCOMES:
        raise ExerciseError(
            f"{exercise_id}: kind = {kind!r}: must be one of: {', '.join(OUTCOMES)}"
        )
    return OUTCOMES[kind](exercise_id, lang, came)


class PredictionOutcome(Question):
    """A saved prediction set against what came: an option, or a change."""

    def __init__(self, exercise_id: str, lang: str, came: object) -> None:
        self._came = came
        super().__init__(exercise_id, lang)
        if self.answered:
            self._fix()
        else:
            locks.wait(self)

    def _fix(self) -> None:
        """Save what came: from now on the prediction stays as it is."""
        if "came" not in self.record:
            self.record["came"] = self.came
            self.keep()

    def unlock(self) -> bool:
        """Show what came as soon as there is a prediction; say whether that is so."""
        self.record = self._resumed()
        if self.answered:
            self._fix()
            self.paint()
        return self.answered

    @cached_property
    def came(self) -> Any:
        """The outcome, as it can be saved."""
        return as_saved(self._came() if callable(self._came) else self._came)

    @property
    def summary(self) -> str:
        """The outcome in one line."""
        return self.t("lesson.came", value=self.task.said_as_outcome(self.came, self.tag))

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show both and what lies between them, once there is a prediction."""
        answer, said = self.answer if self.answered else None, self.task.said_as_outcome
        told = {"verdict": self.task.fared(answer, self.came)}
        if answer is not None:
            told |= {
                "you": said(answer, self.tag),
                "came": said(self.came, self.tag),
                "band": self._band(),
            }
        self._page("exercise/outcome", told, focus, say)

    def _band(self) -> dict[str, Any] | None:
        """Return where a change counts as met, in words and as a picture; an option has no band."""
        band = self.task.band(self.came)
        if band is None:
            return None
        (low, high), you, came = band, float(self.answer), float(self.came)
        ends = min(0.0, you, low), max(0.0, you, high)
        margin = 0.06 * (ends[1] - ends[0])

        def x(value: float) -> float:
            share = (value - ends[0] + margin) / (ends[1] - ends[0] + 2 * margin)
            return BAND_WIDTH * share

        said = {
            name: self.task.said_as_outcome(value, self.tag)
            for name, value in {"you": you, "came": came, "low": low, "high": high}.items()
        }
        places = {"zero": x(0), "you": x(you), "came": x(came), "low": x(low), "high": x(high)}
        name = self.t("lesson.bet.picture", **said)
        return {
            "words": self.t("lesson.bet.band", low=said["low"], high=said["high"]),
            "picture": draw_svg("bet", name, BAND_WIDTH, BAND_HEIGHT, at=places),
        }

    def _page(self, part: str, more: dict[str, Any], focus: str | None, say: str) -> None:
        points = self.task.bet_points(self.answer, self.came) if self.answered else 0
        key = {1.0: "full", 0.5: "half"}.get(points, "none")
        shown = {"task": self.task, "tag": self.tag, "t": self.t, "points": key}
        page = render(part, shown | more)
        self.show({"exercise": page}, focus=focus, say=say)


class DrawnOutcome(PredictionOutcome):
    """A curve drawn beforehand, set against the one that came."""

    @cached_property
    def came(self) -> list[float]:
        """The values that came: now, and at the end of each quarter drawn."""
        return quarterly(self.task, self._came)

    @property
    def summary(self) -> str:
        """The drawing compared with the outcome, in one line."""
        found = self._compared()
        return self.view.verdict(found) if found else super(PredictionOutcome, self).summary

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show both curves and how they compare, once there is a drawing."""
        found, more = self._compared(), {"verdict": ""}
        if found:
            more = {
                "verdict": self.view.verdict(found),
                "aspects": self.view.aspects(found),
                "slips": [self.task.slips[slip] for slip in found.slips if slip in self.task.slips],
                "picture": self.view.compared(self.answer, self.came),
            }
        self._page("exercise/outcome_drawn", more, focus, say)

    def _compared(self) -> Comparison | None:
        return self.task.compared(self.answer, self.came) if self.answered else None


class MatchedOutcome(PredictionOutcome):
    """Rows matched beforehand, set one by one against what came."""

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show each row as foreseen and as it came, once all rows were foreseen."""
        more: dict[str, Any] = {"verdict": ""}
        if self.answered:
            rows = [
                {
                    "text": row.text[self.tag],
                    "you": self.task.chosen(self.answer, row.id, self.tag),
                    "came": self.task.chosen(self.came, row.id, self.tag),
                    "met": self.answer[row.id] == self.came.get(row.id),
                    "because": row.because[self.tag],
                }
                for row in self.task.rows
            ]
            more = {"verdict": self.task.fared(self.answer, self.came), "rows": rows}
        self._page("exercise/outcome_matched", more, focus, say)


OUTCOMES = {
    "choose": PredictionOutcome,
    "number": PredictionOutcome,
    "draw": DrawnOutcome,
    "match": MatchedOutcome,
}
"""Kinds of exercise in which something can be predicted."""


def quarterly(task: Draw, came: Any) -> list[float]:
    """Return what came at the start of a drawing and at the end of each of its quarters.

    Raises
    ------
    ExerciseError
        If the run has no such column, or ends before the drawing begins.
    """
    if not isinstance(came, Run):
        return [task.given[-1], *(float(value) for value in came)][: task.quarters + 1]
    if task.column not in came.series:
        raise ExerciseError(f"{task.id}: a run of {came.scenario.id} has no {task.column!r}")
    weekly = curve(came, task.column) * task.scale
    ends = [weekly[0], *weekly[WEEKS_QUARTER - 1 :: WEEKS_QUARTER]]
    now = len(task.given) - 1
    if len(ends) < now + 2:
        raise ExerciseError(f"{task.id}: the run ends after {len(weekly)} weeks; it must be longer")
    return [round(float(value), 4) for value in ends[now : now + task.quarters + 1]]
