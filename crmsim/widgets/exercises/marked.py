"""Exercises: marked when asked, with the idea behind a wrong answer and a case against it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from crmsim.course import progress, student
from crmsim.exercises import run_values
from crmsim.exercises.exercise import Finding, Mark, Own
from crmsim.widgets import locks
from crmsim.widgets.exercises.outcome import prediction_outcome
from crmsim.widgets.exercises.question import Question, as_saved, first_answer
from crmsim.widgets.turn import in_turn


@in_turn
def check(
    exercise_id: str,
    answer: object = None,
    came: object = None,
    run: object = None,
    lang: str = "en",
) -> Question:
    """Mark an exercise, or set a saved prediction against what came.

    Parameters
    ----------
    exercise_id
        Its id, as in ``check("10-stages")``.
    answer
        An answer found by code, or a function that was written; without one the student answers by
        clicking or typing.
    came
        What came of something predicted with :func:`predict`: a number or an option's id; for a
        drawn curve the run itself, or its values at the end of each quarter drawn.
    run
        The student's own run, or the play it was made in: counter-examples are taken from it.
    lang
        The language of the lesson.
    """
    if came is not None:
        return prediction_outcome(exercise_id, lang, came)
    return MarkedQuestion(exercise_id, lang, answer, run)


class MarkedQuestion(Question):
    """A question marked when asked, with the idea behind a wrong answer and hints one at a time."""

    def __init__(self, exercise_id: str, lang: str, answer: Any = None, run: Any = None) -> None:
        self.by_code, self.with_run = answer is not None, run
        super().__init__(exercise_id, lang)
        answer = self.task.from_code(answer)
        if answer is not None and answer is not ...:
            self.record["answer"] = as_saved(answer)
            self.act_done("")
            self.keep()

    def on_act(self, act: str, value: str) -> None:
        """Take an answer or a wish; what waited for the answer opens when it is marked."""
        super().on_act(act, value)
        if act == "done":
            locks.look_again()

    @property
    def summary(self) -> str:
        """The verdict on an answer found by code, or which exercise is here."""
        marked = self.record.get("marked")
        return self.t(f"lesson.verdict.{self.mark.verdict}") if marked else super().summary

    @property
    def mark(self) -> Mark:
        """The mark of the answer as it stands."""
        return self.task.mark(self.answer, self.own)

    @cached_property
    def own(self) -> Own | None:
        """Values of the student's own run, where the lesson hands one over."""
        return run_values.values_of_run(self.with_run) if self.with_run is not None else None

    @property
    def before(self) -> Mark | None:
        """The mark of the answer that was given before the lesson, where there was one."""
        answer = (progress.load_record(first_answer(self.task)) or {}).get("answer")
        return None if answer in (None, "") else self.task.mark(answer)  # 0 and False are answers

    def more(self) -> dict[str, Any]:
        """Add the mark and its findings by place, once it was asked for."""
        mark = self.mark if self.record.get("marked") else None
        return super().more() | {
            "mark": mark,
            "before": self.before,
            "findings": self._findings(mark) if mark else {},
            "note": self._note(mark),
        }

    def _findings(self, mark: Mark) -> dict[str, Finding]:
        """Return the findings by place; about a place left open nothing is told."""
        left = self.task.open_places(self.answer) if self.answered else set()
        return {each.place: each for each in mark.findings if each.place not in left}

    def _note(self, mark: Mark | None) -> str:
        """Return how to go about it, before there is a mark; or whether it is saved."""
        note = self.task.note(self.answer, mark.verdict if mark else None)
        if note:
            key, places = note
            return self.t(f"lesson.{key}", **places)
        if mark:
            return ""
        if self.variant is not None and student.student_number() is None:
            return self.t("lesson.no_number")
        return self.t("lesson.by_code") if self.by_code else ""

    def keep(self) -> None:
        """Save the record; what a person marks is waiting as soon as something is written."""
        if self.task.BY_PERSON:
            self.record["verdict"] = self.mark.verdict
        super().keep()

    def act_done(self, _: str) -> None:
        """Mark the answer, with the student's own run as it now is."""
        self.__dict__.pop("own", None)
        if self.task.start is not None:
            self.record.setdefault("answer", self.task.start)
        verdict = self.mark.verdict
        tries = self.record.get("tries", 0) + (verdict not in ("blank", "nonsense"))
        self.record |= {"marked": True, "verdict": verdict, "tries": tries}
        self.paint(focus=f"{self.task.id}-verdict", say=self.t(f"lesson.verdict.{verdict}"))

    def act_hint(self, _: str) -> None:
        """Show one hint more."""
        self.record["hints"] = min(self.record.get("hints", 0) + 1, len(self.task.hints))
        self.paint(focus=f"{self.task.id}-hint-{self.record['hints']}")
