"""The lesson widgets: a prediction saved before a run, and an exercise marked with its reasons."""

from __future__ import annotations

from typing import Any

from IPython.display import display, publish_display_data

from crmsim import progress
from crmsim.exercise import AnyExercise, Choose, ExerciseError, Number, Order, Rows, exercise
from crmsim.marking import Mark, gap, mark
from crmsim.ui.pages import render
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
        What came of something predicted with :func:`predict`.
    lang
        The language of the lesson.
    """
    task = exercise(exercise_id)
    if came is not None:
        return Outcome(task, lang, came)
    return Exercise(task, lang, answer)


class Question(Stage):
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

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show the exercise as it now stands."""
        shown = {"task": self.task, "tag": self.tag, "t": self.t, "record": self.record}
        page = render("exercise", shown | {"kind": self.kind} | self.more())
        self.show({"exercise": page}, focus=focus, say=say)

    def more(self) -> dict[str, Any]:
        """What a template gets beside the exercise."""
        return {"mark": None, "findings": {}, "note": "", "locked": False, "rows": self.rows()}

    def rows(self) -> list[Any]:
        """The rows in the order in which they are shown."""
        if not isinstance(self.task, Rows):
            return []
        by_id = {row.id: row for row in self.task.rows}
        ordered = isinstance(self.task, Order) and self.record.get("answer")
        return [by_id[name] for name in ordered or self.task.shuffled()]


class Prediction(Question):
    """Saved as soon as it is made, never marked; fixed once its outcome has been seen."""

    kind = "predict"

    def more(self) -> dict[str, Any]:
        """With a word on whether it is saved, or locked."""
        locked = "came" in self.record
        saved = self.task.takes(self.record.get("answer"))
        note = self.t(f"lesson.{'locked' if locked else 'saved'}") if locked or saved else ""
        return super().more() | {"note": note, "locked": locked}


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

    def more(self) -> dict[str, Any]:
        """With the mark and its findings by place, once it was asked for."""
        marked = self.mark if self.record.get("marked") else None
        note = self.t("lesson.by_code") if self.by_code is ... and not marked else ""
        return super().more() | {
            "mark": marked,
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
