"""Exercises: marked when asked, with the idea behind a wrong answer and a case against it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from crmsim.common.numbers import number
from crmsim.course import progress, student
from crmsim.exercises import run_values
from crmsim.exercises.clicked import MOST_SIGNS
from crmsim.exercises.declared import Explain, Function, Match, Order
from crmsim.exercises.functions import tried, untouched
from crmsim.exercises.marking import Finding, Mark, Own, mark
from crmsim.widgets.exercises.prediction import Outcome
from crmsim.widgets.exercises.question import Question, first_answer, plain


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
        drawn course the run itself, or its values at the end of each quarter drawn.
    run
        The student's own run, or the play it was made in: counter-examples are taken from it.
    lang
        The language of the lesson.
    """
    if came is not None:
        return Outcome(exercise_id, lang, came)
    return Exercise(exercise_id, lang, answer, run)


class Exercise(Question):
    """Marked when asked, with the misconception behind a wrong answer and one hint at a time."""

    def __init__(self, exercise_id: str, lang: str, answer: Any = None, run: Any = None) -> None:
        self.by_code, self.with_run = answer is not None, run
        super().__init__(exercise_id, lang)
        if callable(answer) and isinstance(self.task, Function):
            gave = tried(self.task, answer)
            answer = None if untouched(answer) and not any(gave) else gave
        if answer is not None and answer is not ...:
            self.record["answer"] = plain(answer)
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
        return mark(self.task, self.record.get("answer"), self.own)

    @cached_property
    def own(self) -> Own | None:
        """Values of the student's own run, where the lesson hands one over."""
        return run_values.values(self.with_run) if self.with_run is not None else None

    @property
    def before(self) -> Mark | None:
        """The mark of the answer that was given before the lesson, where there was one."""
        first = progress.load(first_answer(self.task)) or {}
        return mark(self.task, first["answer"]) if first.get("answer") else None

    def more(self) -> dict[str, Any]:
        """With the mark and its findings by place, once it was asked for."""
        marked = self.mark if self.record.get("marked") else None
        return super().more() | {
            "mark": marked,
            "before": self.before,
            "findings": self._findings(marked) if marked else {},
            "note": self._note(marked),
            **(self._tried(marked) if isinstance(self.task, Function) else {}),
        }

    def _findings(self, marked: Mark) -> dict[str, Finding]:
        """The findings by place; of a row not yet matched nothing is told, least of all why."""
        open_rows: set[str] = set()
        if isinstance(self.task, Match) and self.answered:
            open_rows = {row.id for row in self.task.rows} - set(self.record["answer"])
        return {each.place: each for each in marked.findings if each.place not in open_rows}

    def _tried(self, marked: Mark | None) -> dict[str, Any]:
        """What a function should give and gave for each example, and the first it got wrong."""
        examples = self.task.examples  # type: ignore[union-attr]
        answer = self.record["answer"] if self.answered else [None] * len(examples)
        return {
            "gives": [self._gave(example.gives) for example in examples],
            "gave": [self._gave(value) for value in answer],
            "failed": next((f for f in marked.findings if not f.right), None) if marked else None,
        }

    def _gave(self, value: object) -> str:
        if isinstance(value, dict):
            key, said = next(iter(value.items()), ("gave", ""))
            place = {"error": said} if key == "raised" else {"kind": said}
            return self.t(f"lesson.function.{'raised' if key == 'raised' else 'other'}", **place)
        if isinstance(value, float):
            return f"{value:.6g}"
        return self.t("lesson.function.none") if value is None else str(value)

    def _note(self, marked: Mark | None) -> str:
        """How to go about it, before there is a mark; of an explanation, whether it is saved."""
        if isinstance(self.task, Explain):
            written = str(self.record.get("answer") or "")
            if len(written.encode("utf-16-le", "replace")) // 2 >= MOST_SIGNS:  # as browsers count
                return self.t("lesson.explain.full", most=number(MOST_SIGNS))
            key = "explain.saved" if self.mark.verdict == "waiting" else "explain.how"
            return self.t(f"lesson.{key}", points=self.task.worth)
        if marked:
            nothing = isinstance(self.task, Function) and marked.verdict == "blank"
            return self.t("lesson.function.nothing") if nothing else ""
        if isinstance(self.task, Function):
            return self.t("lesson.function.twin" if self.task.twin else "lesson.function.how")
        if self.variant is not None and student.number() is None:
            return self.t("lesson.no_number")
        return self.t("lesson.by_code") if self.by_code else ""

    def keep(self) -> None:
        """Save the record; an explanation is waiting as soon as something is written."""
        if isinstance(self.task, Explain):
            self.record["verdict"] = self.mark.verdict
        super().keep()

    def act_done(self, _: str) -> None:
        """Mark the answer, with her own run as it now is."""
        self.__dict__.pop("own", None)
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
