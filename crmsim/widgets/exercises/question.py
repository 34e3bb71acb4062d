"""A declared exercise on the stage; every answer is saved as it is given."""

from __future__ import annotations

from typing import Any

from IPython.display import publish_display_data

from crmsim.common.files import reason
from crmsim.common.words import language, words
from crmsim.course import progress, student
from crmsim.exercises.declared import declared_exercise, exercise
from crmsim.exercises.exercise import Exercise
from crmsim.widgets.exercises.board import Board
from crmsim.widgets.exercises.diagram import Diagram
from crmsim.widgets.exercises.hands import MatchCards, OrderCards
from crmsim.widgets.exercises.menu import PlanMenu
from crmsim.widgets.rendering import render
from crmsim.widgets.stage import HERE, Stage

SCHEMA = 1
TOLD = "told"
"""In a saved record: the right answer has been told, in a table of several."""

VIEWS = {"draw": Board, "loop": Diagram, "match": MatchCards, "order": OrderCards, "plan": PlanMenu}
"""Kinds of exercise that are more than a template: their pictures, and acts of their own."""


def own_version(exercise_id: str) -> tuple[Exercise, int | None]:
    """Return the exercise as the student who works here gets it, and which variant that is.

    Returns
    -------
    tuple
        The exercise, and the index of the variant from 0; None if it has no variants.
    """
    count = len(getattr(declared_exercise(exercise_id), "variants", ()))
    variant = student.variant(exercise_id, count) if count else None
    return exercise(exercise_id, student.student_number()), variant


class Question(Stage):
    """A declared exercise on the stage; every answer is saved at once."""

    kicker = "exercise"
    """The key of ``lesson`` for the line above the question."""
    unsaved = ""
    """Reason why the last answer could not be saved; empty if it was."""
    _css = (HERE / "stage.css").read_text("utf-8") + (HERE / "exercise.css").read_text("utf-8")

    def __init__(self, exercise_id: str, lang: str) -> None:
        self.task, self.variant = own_version(exercise_id)
        self.tag, self.t = language(lang), words(lang)
        self.record = self._resumed()
        kind = VIEWS.get(self.task.kind)
        self.view = kind(self.task, self.tag, self.t) if kind else None
        super().__init__(
            lang=self.tag,
            title=self.task.question[self.tag],
            screen="exercise",
            stuck=self.t("play.stuck"),
            busy=self.t("play.busy"),
        )
        self.paint()

    def _resumed(self) -> dict[str, Any]:
        """Return the saved record as far as it is sound; the rest is put aside, not lost."""
        saved = progress.load_record(self.saved_as) or {}
        if self.variant is not None and saved.get("variant", self.variant) != self.variant:
            progress.set_record_aside(self.saved_as, "other")
            return {}
        sound = {name: value for name, value in saved.items() if _sound(self.task, name, value)}
        if sound != saved:
            progress.set_record_aside(self.saved_as, "damaged")
            if sound:
                progress.save(self.saved_as, sound)
        return sound

    @property
    def answer(self) -> Any:
        """The answer as it stands, perhaps only begun, or None."""
        return self.record.get("answer")

    @property
    def answered(self) -> bool:
        """True if there is a whole answer."""
        return self.task.takes(self.answer)

    @property
    def saved_as(self) -> str:
        """The name of its saved record."""
        return f"answer-{self.task.id}"

    @property
    def summary(self) -> str:
        """The line that a notebook shows under the question where nothing runs."""
        return f"{self.t(f'lesson.{self.kicker}')} {self.task.id}"

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """Return the stage, after the question as a reopened notebook shows it."""
        still = render("exercise/still", {"t": self.t, "question": self.task.question[self.tag]})
        publish_display_data({"text/html": still, "text/plain": self.task.question[self.tag]})
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": self.summary}, {}

    def on_act(self, act: str, value: str) -> None:
        """Take an answer, a hint asked for, or the wish to have it saved or marked."""
        own = getattr(self.view, f"act_{act}", None)
        if own:
            self._take(*own(self.answer, value))
        else:
            getattr(self, f"act_{act}")(value)
        self.keep()

    def keep(self) -> None:
        """Save the record; where that can't be done, say so and go on."""
        self.record["schema"] = SCHEMA
        if self.variant is not None:
            self.record["variant"] = self.variant
        before = self.unsaved
        try:
            progress.save(self.saved_as, self.record)
            self.unsaved = ""
        except OSError as error:
            self.unsaved = self.t("play.unsaved", reason=reason(error, self.tag))
        if before != self.unsaved:
            self.paint()

    def act_answer(self, value: str) -> None:
        """Take an option or a curve by itself, or ``name=value`` of an input or a row."""
        name, typed, text = value.partition("=")
        self._take(self.task.changed(self.answer, name, text if typed else None))

    act_draw = act_answer

    def _take(self, answer: Any, say: str = "", focus: str | None = None) -> None:
        """Take a new answer, which has no mark yet, and show it."""
        if answer != self.answer:
            self.record |= {"answer": answer, "marked": False}
            if answer is None:
                del self.record["answer"]
        self.paint(focus=focus, say=say)

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show the exercise as it now stands."""
        more = self.more()
        if self.view:
            more |= self.view.context(self.answer, more["mark"] is not None, more["locked"])
        more["unsaved"] = self.unsaved
        if self.unsaved and more["note"] == self.t("lesson.saved"):
            more["note"] = ""
        shown = {
            "task": self.task,
            "tag": self.tag,
            "t": self.t,
            "kicker": self.kicker,
            "answer": self.answer,
            "hints": self.record.get("hints", 0),
            "tries": self.record.get("tries", 0),
        }
        page = render("exercise/question", shown | more)
        self.show({"exercise": page}, focus=focus, say=self.unsaved or say)

    def more(self) -> dict[str, Any]:
        """Return what a template gets beside the exercise and its answer."""
        blank = {"mark": None, "before": None, "findings": {}, "place": None}
        return blank | {"note": "", "locked": False}


def first_answer(task: Exercise) -> str:
    """Return the name under which an answer to a task, given before the lesson, is saved."""
    return f"before-{task.id}"


def _sound(task: Exercise, name: str, value: object) -> bool:
    """Say whether a part of a saved record can be gone on with."""
    if name in ("hints", "tries"):
        return isinstance(value, int) and value >= 0
    return name != "answer" or task.begun(value)


def as_saved(answer: Any) -> Any:
    """Return an answer as it can be saved: a NumPy number as a number, a tuple as a list."""
    if hasattr(answer, "item"):
        try:
            return answer.item()
        except ValueError:
            return str(answer)
    if isinstance(answer, dict | list | tuple):
        items = answer.items() if isinstance(answer, dict) else enumerate(answer)
        parts = {str(key): as_saved(value) for key, value in items}
        return parts if isinstance(answer, dict) else list(parts.values())
    return answer if isinstance(answer, str | int | float | bool | None) else str(answer)
