"""A declared exercise on the stage; whatever is answered is saved as it happens."""

from __future__ import annotations

from typing import Any

from IPython.display import publish_display_data

from crmsim.common.words import language, words
from crmsim.course import progress, student
from crmsim.exercises.clicked import MOST_SIGNS
from crmsim.exercises.declared import (
    AnyExercise,
    Choose,
    Diagram,
    Draw,
    Explain,
    Number,
    Order,
    Rows,
    Varied,
    declared,
    exercise,
)
from crmsim.widgets.exercises import sketch
from crmsim.widgets.exercises.diagram_acts import DiagramActs
from crmsim.widgets.rendering import render
from crmsim.widgets.stage import HERE, Stage

SCHEMA = 1


def own_version(exercise_id: str) -> tuple[AnyExercise, int | None]:
    """The exercise as the student who works here gets it, and which variant that is."""
    whole, number = declared(exercise_id), student.number()
    if not isinstance(whole, Varied) or not whole.variants:
        return whole, None
    return exercise(exercise_id, number), student.variant(exercise_id, len(whole.variants))


class Question(DiagramActs, Stage):
    """A declared exercise on the stage; what is answered is saved at once."""

    kind = "exercise"
    _css = (HERE / "stage.css").read_text("utf-8") + (HERE / "exercise.css").read_text("utf-8")

    def __init__(self, exercise_id: str, lang: str) -> None:
        self.task, self.variant = own_version(exercise_id)
        self.tag, self.t = language(lang), words(lang)
        self.record = self._resumed()
        super().__init__(
            lang=self.tag,
            title=self.task.question[self.tag],
            screen="exercise",
            stuck=self.t("play.stuck"),
        )
        self.paint()

    def _resumed(self) -> dict[str, Any]:
        """What was saved, as far as it can be gone on with; the rest is put aside, not lost."""
        saved = progress.load(self.saved_as) or {}
        if self.variant is not None and saved.get("variant", self.variant) != self.variant:
            progress.set_aside(self.saved_as, "other")
            return {}
        sound = {name: value for name, value in saved.items() if _sound(self.task, name, value)}
        if sound != saved:
            progress.set_aside(self.saved_as, "damaged")
            if sound:
                progress.save(self.saved_as, sound)
        return sound

    @property
    def answered(self) -> bool:
        """Whether there is a whole answer."""
        return self.task.takes(self.record.get("answer"))

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
        self.record["schema"] = SCHEMA
        if self.variant is not None:
            self.record["variant"] = self.variant
        try:
            progress.save(self.saved_as, self.record)
        except OSError as error:
            self.say = self.t("play.unsaved", reason=error.strerror or error)

    def act_answer(self, value: str) -> None:
        """Choose an option, or match ``row=option``; inputs give ``answer=value``.

        A field that was emptied, or holds no number, takes its answer back.
        """
        row, given, chosen = value.partition("=")
        if isinstance(self.task, Choose):
            answer: object = row
        elif isinstance(self.task, Number):
            answer = chosen or None
        elif isinstance(self.task, Explain):
            answer = chosen
        else:
            rows = {**(self.record.get("answer") or {}), row: chosen}
            answer = {row: option for row, option in rows.items() if option} or None
        if given or isinstance(self.task, Choose):
            self.record |= {"answer": answer, "marked": False}
            if answer is None:
                del self.record["answer"]
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
            more["board"] = sketch.drawing(self.task, drawn, self.tag, self.t, more["locked"])
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
            "gives": [],
            "gave": [],
            "failed": None,
            "most_signs": MOST_SIGNS,
        }

    def rows(self) -> list[Any]:
        """The rows in the order in which they are shown."""
        if not isinstance(self.task, Rows):
            return []
        by_id = {row.id: row for row in self.task.rows}
        ordered = isinstance(self.task, Order) and self.record.get("answer")
        return [by_id[name] for name in ordered or self.task.shuffled()]


def first_answer(task: AnyExercise) -> str:
    """The name under which an answer given before the lesson is saved."""
    return f"before-{task.id}"


def _sound(task: AnyExercise, name: str, value: object) -> bool:
    """Whether a part of a saved record can be gone on with."""
    if name in ("hints", "tries"):
        return isinstance(value, int) and value >= 0
    begun = isinstance(task, Draw) and task.begun(value)
    return name != "answer" or begun or task.takes(value)


def plain(answer: Any) -> Any:
    """The answer as it can be saved: a NumPy number is a number, a tuple a list."""
    if hasattr(answer, "item"):
        try:
            return answer.item()
        except ValueError:
            return str(answer)
    if isinstance(answer, dict | list | tuple):
        items = answer.items() if isinstance(answer, dict) else enumerate(answer)
        parts = {str(key): plain(value) for key, value in items}
        return parts if isinstance(answer, dict) else list(parts.values())
    return answer if isinstance(answer, str | int | float | bool | None) else str(answer)
