"""The lesson widgets: a prediction saved before a run, and an exercise marked with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from IPython.display import display, publish_display_data

from crmsim import curves, progress
from crmsim.exercise import (
    AnyExercise,
    Choose,
    Diagram,
    Draw,
    ExerciseError,
    Number,
    Order,
    Rows,
    exercise,
)
from crmsim.figures import curve
from crmsim.firm import WEEKS_QUARTER
from crmsim.marking import Mark, gap, mark
from crmsim.run import Run
from crmsim.ui import course, course_words
from crmsim.ui.diagram_acts import DiagramActs
from crmsim.ui.rendering import render
from crmsim.ui.stage import HERE, Stage
from crmsim.words import language, words


def predict(*exercise_ids: str, lang: str = "en") -> Prediction | Sheet:
    """Ask for a prediction, or for several, and save them unmarked before anything has run."""
    asked = [Prediction(exercise(exercise_id), lang) for exercise_id in exercise_ids]
    return asked[0] if len(asked) == 1 else Sheet(asked)


def check(
    exercise_id: str, answer: object = None, came: object = None, lang: str = "en"
) -> Question:
    """Mark an exercise, or set a saved prediction against what came.

    Parameters
    ----------
    exercise_id
        Its id, as in ``check("10-stages")``.
    answer
        An answer found by code; without one the student answers by clicking.
    came
        What came of something predicted with :func:`predict`: a number or an option's id; for a
        drawn course the run itself, or its values at the end of each quarter drawn.
    lang
        The language of the lesson.
    """
    task = exercise(exercise_id)
    if came is not None:
        return (CourseOutcome if isinstance(task, Draw) else Outcome)(task, lang, came)
    return Exercise(task, lang, answer)


class Question(DiagramActs, Stage):
    """A declared exercise on the stage; what is answered is saved at once."""

    kind = "exercise"
    _css = (HERE / "stage.css").read_text("utf-8") + (HERE / "exercise.css").read_text("utf-8")

    def __init__(self, task: AnyExercise, lang: str) -> None:
        self.task, self.tag, self.t = task, language(lang), words(lang)
        saved = progress.load(self.saved_as) or {}
        self.record: dict[str, Any] = saved if _sound(task, saved) else {}
        super().__init__(lang=self.tag, title=task.question[self.tag], screen="exercise")
        self.paint()

    @property
    def saved_as(self) -> str:
        """The name of its saved record."""
        return f"answer-{self.task.id}"

    @property
    def summary(self) -> str:
        """What a notebook shows under the question where nothing runs."""
        return f"{self.t(f'lesson.{self.kind}')} {self.task.id}"

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """The question first, as a reopened notebook shows it, then the stage."""
        still = render("exercise_still", {"t": self.t, "question": self.task.question[self.tag]})
        publish_display_data({"text/html": still, "text/plain": self.task.question[self.tag]})
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": self.summary}, {}

    def on_act(self, act: str, value: str) -> None:
        """Take an answer, a hint asked for, or the wish to have it saved or marked."""
        getattr(self, f"act_{act}")(value)
        self.keep()

    def keep(self) -> None:
        """Save the record; where that can't be done, say so and go on."""
        try:
            progress.save(self.saved_as, self.record)
        except OSError as error:
            self.say = self.t("play.unsaved", reason=error.strerror or error)

    def act_answer(self, value: str) -> None:
        """Choose an option, or match ``row=option``; inputs give ``answer=value``."""
        row, _, chosen = value.partition("=")
        if isinstance(self.task, Choose):
            answer: object = row
        elif isinstance(self.task, Number):
            answer = chosen
        else:
            answer = {**(self.record.get("answer") or {}), row: chosen}
        if chosen or isinstance(self.task, Choose):
            self.record |= {"answer": answer, "marked": False}
            self.paint()

    def act_earlier(self, row: str) -> None:
        """Move a row one place up."""
        rows = list(self.record.get("answer") or self.task.shuffled())  # type: ignore[union-attr]
        place = rows.index(row)
        if place:
            rows[place - 1 : place + 1] = [row, rows[place - 1]]
        self.record |= {"answer": rows, "marked": False}
        self.paint(focus=f"{self.task.id}-{row}-earlier")

    def act_draw(self, values: str) -> None:
        """Take a curve as far as it is drawn."""
        drawn = [float(value) for value in values.split()]
        self.record |= {"answer": drawn, "marked": False}
        self.paint()

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show the exercise as it now stands."""
        shown = {"task": self.task, "tag": self.tag, "t": self.t, "record": self.record}
        more = self.more()
        if isinstance(self.task, Diagram):
            more |= self.diagram(marked=more["mark"] is not None)
        elif isinstance(self.task, Draw):
            drawn = self.record.get("answer") or []
            more["board"] = course.drawing(self.task, drawn, self.tag, self.t, more["locked"])
            say = say or more["note"]
        page = render("exercise", shown | {"kind": self.kind} | more)
        self.show({"exercise": page}, focus=focus, say=say)

    def more(self) -> dict[str, Any]:
        """What a template gets beside the exercise."""
        return {
            "mark": None,
            "before": None,
            "findings": {},
            "note": "",
            "locked": False,
            "rows": self.rows(),
        }

    def rows(self) -> list[Any]:
        """The rows in the order in which they are shown."""
        if not isinstance(self.task, Rows):
            return []
        by_id = {row.id: row for row in self.task.rows}
        ordered = isinstance(self.task, Order) and self.record.get("answer")
        return [by_id[name] for name in ordered or self.task.shuffled()]


class Prediction(Question):
    """Saved as soon as it is made, never marked; fixed once its outcome has been seen.

    What has a key can be asked before a lesson and again after it; the first answer is kept apart.
    """

    kind = "predict"

    @property
    def saved_as(self) -> str:
        """The name of its saved record."""
        return super().saved_as if self.task.prediction else first_answer(self.task)

    @cached_property
    def marked_since(self) -> bool:
        """Whether the same question has been marked in the meantime."""
        later = progress.load(super().saved_as) or {}
        return not self.task.prediction and bool(later.get("tries"))

    @property
    def locked(self) -> bool:
        """Whether it is too late to change one's mind."""
        return "came" in self.record or self.marked_since

    def on_act(self, act: str, value: str) -> None:
        """Take an answer while that is still a prediction."""
        if not self.locked:
            super().on_act(act, value)

    def more(self) -> dict[str, Any]:
        """With a word on whether it is saved, or locked."""
        return super().more() | {"note": self._note(), "locked": self.locked}

    def _note(self) -> str:
        if self.locked:
            return self.t("lesson.locked")
        answer = self.record.get("answer")
        if self.task.takes(answer):
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


class Exercise(Question):
    """Marked when asked, with the misconception behind a wrong answer and one hint at a time."""

    def __init__(self, task: AnyExercise, lang: str, answer: object = None) -> None:
        self.by_code = answer
        super().__init__(task, lang)
        if answer is not None and answer is not ...:
            self.record |= {"answer": _plain(answer)}
            self.act_done("")
            self.keep()

    @property
    def summary(self) -> str:
        """The verdict on an answer given by code, or whose place this is."""
        marked = self.record.get("marked")
        return self.t(f"lesson.verdict.{self.mark.verdict}") if marked else super().summary

    @property
    def mark(self) -> Mark:
        """The mark of the answer as it stands; an order left untouched is no answer."""
        return mark(self.task, self.record.get("answer"))

    @property
    def before(self) -> Mark | None:
        """The mark of the answer that was given before the lesson, where there was one."""
        first = progress.load(first_answer(self.task)) or {}
        return mark(self.task, first["answer"]) if first.get("answer") else None

    def more(self) -> dict[str, Any]:
        """With the mark and its findings by place, once it was asked for."""
        marked = self.mark if self.record.get("marked") else None
        note = self.t("lesson.by_code") if self.by_code is ... and not marked else ""
        return super().more() | {
            "mark": marked,
            "before": self.before,
            "findings": {found.place: found for found in marked.findings} if marked else {},
            "note": note,
        }

    def act_done(self, _: str) -> None:
        """Mark the answer."""
        if isinstance(self.task, Order):
            self.record.setdefault("answer", self.task.shuffled())
        verdict = self.mark.verdict
        tries = self.record.get("tries", 0) + (verdict not in ("blank", "nonsense"))
        self.record |= {"marked": True, "verdict": verdict, "tries": tries}
        self.paint(focus=f"{self.task.id}-verdict", say=self.t(f"lesson.verdict.{verdict}"))

    def act_hint(self, _: str) -> None:
        """Show one hint more."""
        self.record["hints"] = min(self.record.get("hints", 0) + 1, len(self.task.hints))
        self.paint(focus=f"{self.task.id}-hint-{self.record['hints']}")


class Outcome(Question):
    """A saved prediction set against what came."""

    def __init__(self, task: AnyExercise, lang: str, came: object) -> None:
        if not isinstance(task, Choose | Number):
            raise ExerciseError(f"{task.id}: nothing can be predicted about a {task.kind}")
        self.came = _plain(came)
        super().__init__(task, lang)
        if self.record.get("answer") is not None and "came" not in self.record:
            self.record["came"] = self.came
            self.keep()

    @property
    def summary(self) -> str:
        """What came."""
        return self.t("lesson.came", value=self.said(self.came))

    def said(self, value: object) -> str:
        """An option or a change, as a student reads it."""
        if isinstance(self.task, Choose):
            return next((o.text[self.tag] for o in self.task.options if o.id == value), str(value))
        places = 0 if self.task.step >= 1 else 1  # type: ignore[union-attr]
        change = f"{float(value):+,.{places}f}".replace("-", "−")  # type: ignore[arg-type]
        return f"{change}{self.task.unit[self.tag]}"  # type: ignore[union-attr]

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show both and what lies between them, once there is a prediction."""
        answer = self.record.get("answer")
        verdict = gap(self.task, answer, self.came)  # type: ignore[arg-type]
        shown = {"task": self.task, "tag": self.tag, "t": self.t, "verdict": verdict}
        if answer is not None:
            shown |= {"you": self.said(answer), "came": self.said(self.came)}
        page = render("exercise_outcome", shown)
        self.show({"exercise": page}, focus=focus, say=say)


class CourseOutcome(Question):
    """A drawn course set against the one that came, with what is off and the idea behind it."""

    def __init__(self, task: Draw, lang: str, came: object) -> None:
        self.came = quarterly(task, came)
        super().__init__(task, lang)
        if self.record.get("answer") is not None and "came" not in self.record:
            self.record["came"] = self.came
            self.keep()

    @property
    def summary(self) -> str:
        """The verdict, where there is a drawing."""
        compared = self._compared()
        return course_words.verdict(compared, self.t) if compared else super().summary

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show both curves and what lies between them, once there is a drawing."""
        task, compared = self.task, self._compared()
        shown = {"task": task, "tag": self.tag, "t": self.t, "verdict": ""}
        if compared:
            drawn = self.record["answer"]
            shown |= {
                "verdict": course_words.verdict(compared, self.t),
                "aspects": course_words.aspects(task, compared, self.tag, self.t),
                "slips": [task.slips[slip] for slip in compared.slips if slip in task.slips],
                "picture": course.overlay(task, drawn, self.came, self.tag, self.t),
            }
        page = render("exercise_course", shown)
        self.show({"exercise": page}, focus=focus, say=say)

    def _compared(self) -> curves.Comparison | None:
        drawn = self.record.get("answer")
        if drawn is None:
            return None
        return curves.compare([self.task.given[-1], *drawn], self.came, self.task.tolerance)


def quarterly(task: Draw, came: Run | Sequence[float]) -> list[float]:
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


def first_answer(task: AnyExercise) -> str:
    """The name under which an answer given before the lesson is saved."""
    return f"before-{task.id}"


def _sound(task: AnyExercise, saved: dict[str, Any]) -> bool:
    """Whether a saved record can be gone on with."""
    counts = (saved.get("hints", 0), saved.get("tries", 0))
    return task.takes(saved.get("answer")) and all(isinstance(count, int) for count in counts)


def _plain(answer: object) -> object:
    """The answer as it can be saved: a NumPy number is a number, a tuple a list."""
    if hasattr(answer, "item"):
        try:
            return answer.item()
        except ValueError:
            return str(answer)
    if isinstance(answer, dict | list | tuple):
        items = answer.items() if isinstance(answer, dict) else enumerate(answer)
        plain = {str(key): _plain(value) for key, value in items}
        return plain if isinstance(answer, dict) else list(plain.values())
    return answer if isinstance(answer, str | int | float | bool | None) else str(answer)
