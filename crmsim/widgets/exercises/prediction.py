"""Predictions: saved before anything has run, and then set against what came."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from IPython.display import display

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.numbers import number
from crmsim.course import progress
from crmsim.exercises import curves
from crmsim.exercises.declared import Choose, Draw, ExerciseError, Number
from crmsim.exercises.marking import gap
from crmsim.figures import curve
from crmsim.runs.run import Run
from crmsim.widgets import locks
from crmsim.widgets.exercises import sketch, sketch_words
from crmsim.widgets.exercises.question import Question, first_answer, plain
from crmsim.widgets.rendering import render


def predict(*exercise_ids: str, lang: str = "en") -> Prediction | Sheet:
    """Ask for a prediction, or for several, and save them unmarked before anything has run."""
    asked = [Prediction(exercise_id, lang) for exercise_id in exercise_ids]
    return asked[0] if len(asked) == 1 else Sheet(asked)


class Prediction(Question):
    """Saved as soon as it is made, never marked; fixed once its outcome has been seen.

    What has a key can be asked before a lesson and again after it; the first answer is kept apart.
    """

    kind = "predict"

    @property
    def saved_as(self) -> str:
        """The name of its saved record."""
        return super().saved_as if self.task.prediction else first_answer(self.task)

    @property
    def marked_since(self) -> bool:
        """Whether the same question has been marked in the meantime."""
        later = progress.load(super().saved_as) or {}
        return not self.task.prediction and bool(later.get("tries"))

    @property
    def locked(self) -> bool:
        """Whether it is too late to change one's mind: what came was seen, perhaps a moment ago."""
        kept = progress.load(self.saved_as) or {}
        return "came" in kept or self.marked_since

    def on_act(self, act: str, value: str) -> None:
        """Take an answer while that is still a prediction; what waited for it opens."""
        if self.locked:
            self.paint()
            return
        super().on_act(act, value)
        locks.look_again()

    def more(self) -> dict[str, Any]:
        """With a word on whether it is saved, or locked."""
        return super().more() | {"note": self._note(), "locked": self.locked}

    def _note(self) -> str:
        if self.locked:
            return self.t("lesson.locked")
        answer = self.record.get("answer")
        if self.task.takes(answer):
            if isinstance(self.task, Number):
                low, high = self.task.low, self.task.high
                if not low <= float(answer) <= high:
                    return self.t("lesson.unlikely", low=number(low), high=number(high))
            return self.t("lesson.saved")
        if isinstance(self.task, Draw) and answer:
            drawn, quarters = len(answer), self.task.quarters
            return self.t("lesson.draw.partly", drawn=drawn, quarters=quarters)
        return ""


class Sheet(list[Prediction]):
    """Several predictions, asked one below the other."""

    def _ipython_display_(self) -> None:
        for asked in self:
            display(asked)


class Outcome(Question):
    """A saved prediction set against what came."""

    def __init__(self, exercise_id: str, lang: str, came: object) -> None:
        self._came = came
        super().__init__(exercise_id, lang)
        if self.answered and "came" not in self.record:
            self.record["came"] = self.came
            self.keep()

    @cached_property
    def came(self) -> Any:
        """What came, as it can be saved; of a course, its value at the end of each quarter."""
        if isinstance(self.task, Draw):
            return quarterly(self.task, self._came)
        if not isinstance(self.task, Choose | Number):
            raise ExerciseError(
                f"{self.task.id}: nothing can be predicted about a {self.task.kind}"
            )
        return plain(self._came)

    @property
    def summary(self) -> str:
        """What came; of a course, how the drawing compares with it."""
        if not isinstance(self.task, Draw):
            return self.t("lesson.came", value=self.said(self.came))
        compared = self._compared()
        return sketch_words.verdict(compared, self.t) if compared else super().summary

    def said(self, value: object) -> str:
        """An option or a change, as a student reads it."""
        if isinstance(self.task, Choose):
            return next((o.text[self.tag] for o in self.task.options if o.id == value), str(value))
        places = 0 if self.task.step >= 1 else 1  # type: ignore[union-attr]
        change = number(float(value), places)  # type: ignore[arg-type]
        sign = "" if change[0] == "−" or not change.strip("0.") else "+"
        return f"{sign}{change}{self.task.unit[self.tag]}"  # type: ignore[union-attr]

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show both and what lies between them, once there is a prediction."""
        shown = {"task": self.task, "tag": self.tag, "t": self.t}
        if isinstance(self.task, Draw):
            page = render("exercise_course", shown | self._course())
        else:
            page = render("exercise_outcome", shown | self._point())
        self.show({"exercise": page}, focus=focus, say=say)

    def _point(self) -> dict[str, Any]:
        answer = self.record.get("answer") if self.answered else None
        told = {"verdict": gap(self.task, answer, self.came)}  # type: ignore[arg-type]
        if answer is not None:
            told |= {"you": self.said(answer), "came": self.said(self.came)}
        return told

    def _course(self) -> dict[str, Any]:
        task, compared = self.task, self._compared()
        if not compared:
            return {"verdict": ""}
        return {
            "verdict": sketch_words.verdict(compared, self.t),
            "aspects": sketch_words.aspects(task, compared, self.tag, self.t),
            "slips": [task.slips[slip] for slip in compared.slips if slip in task.slips],
            "picture": sketch.overlay(task, self.record["answer"], self.came, self.tag, self.t),
        }

    def _compared(self) -> curves.Comparison | None:
        if not self.answered:
            return None
        drawn = [self.task.given[-1], *self.record["answer"]]
        return curves.compare(drawn, self.came, self.task.tolerance)


def quarterly(task: Draw, came: Any) -> list[float]:
    """What came at the start of a drawing and at the end of each of its quarters.

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
        raise ExerciseError(f"{task.id}: the run ends after {len(weekly)} weeks; that is too soon")
    return [round(float(value), 4) for value in ends[now : now + task.quarters + 1]]
