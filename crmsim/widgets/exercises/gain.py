"""The table after the test at the end of the course: each idea before and after, and the gain."""

from __future__ import annotations

from typing import Any

from IPython.display import publish_display_data

from crmsim.common.files import reason
from crmsim.common.numbers import percent
from crmsim.common.words import language, words
from crmsim.course import progress
from crmsim.exercises.exercise import Exercise, Mark
from crmsim.exercises.gain import (
    ANSWERED,
    AskedTwice,
    form_pairs,
    idea_behind,
    normalised_gain,
)
from crmsim.widgets import locks
from crmsim.widgets.exercises.question import SCHEMA, TOLD, Question, first_answer
from crmsim.widgets.rendering import render
from crmsim.widgets.stage import Stage
from crmsim.widgets.turn import in_turn


@in_turn
def gain(lang: str = "en") -> GainTable:
    """Show what has changed from the test before the course to the one after it.

    Nothing is told before the student asks for it; from then on her answers stay as they are.

    Parameters
    ----------
    lang
        The language of the lesson.
    """
    return GainTable(lang)


class GainTable(Stage):
    """Each idea of both tests: how it was answered, and what lay behind a wrong answer."""

    _css = Question._css

    def __init__(self, lang: str = "en") -> None:
        self.tag, self.t = language(lang), words(lang)
        self.unsaved = ""
        super().__init__(lang=self.tag, title=self.t("gain.title"), screen="exercise")
        self.paint()
        locks.wait(self)

    @property
    def asked(self) -> list[AskedTwice]:
        """Each idea, with the marks of the answers that are saved."""
        return [
            AskedTwice(pair, _saved_mark(pair.before), _saved_mark(pair.after))
            for pair in form_pairs()
        ]

    @property
    def told(self) -> bool:
        """True once the table was asked for."""
        return any(_record(pair.after).get(TOLD) for pair in form_pairs())

    def on_act(self, act: str, value: str) -> None:
        """Show the table; from now on the answers stay as they are."""
        if act != "show":
            return
        try:
            for pair in form_pairs():
                for task in (pair.before, pair.after):
                    record = _record(task) | {TOLD: True, "schema": SCHEMA}
                    progress.save(first_answer(task), record)
            self.unsaved = ""
        except OSError as error:
            self.unsaved = self.t("play.unsaved", reason=reason(error, self.tag))
        self.paint(focus="gain-table")
        locks.look_again()

    def unlock(self) -> bool:
        """Count the answers again; say whether the table is open."""
        self.paint()
        return self.told

    def paint(self, focus: str | None = None) -> None:
        """Show how many questions are answered, or the table."""
        asked = self.asked
        answered = sum(each.after.verdict in ANSWERED for each in asked)
        shown = {"t": self.t, "tag": self.tag, "all": len(asked), "answered": answered}
        if self.told:
            shown |= {
                "rows": [_row(each, self.tag) for each in asked],
                "summary": self._summary(asked),
            }
        page = render("exercise/gain", shown | {"unsaved": self.unsaved})
        self.show({"exercise": page}, focus=focus if self.told else None, say=self.unsaved)

    def _summary(self, asked: list[AskedTwice]) -> list[str]:
        """Return the sentences above the table."""
        both = [each for each in asked if each.both]
        if not both:
            answered = [each.after for each in asked if each.after.verdict in ANSWERED]
            after = sum(mark.points for mark in answered)
            return [self.t("gain.no_before", after=after, of=len(answered))]
        of = len(both)
        before, after = (sum(marks) for marks in zip(*map(_points, both), strict=True))
        share = normalised_gain(before / of, after / of)
        said = [self.t("gain.sum", before=before, after=after, of=of)]
        if share is None:
            said.append(self.t("gain.full"))
        elif share < 0:
            said.append(self.t("gain.fewer"))
        else:
            said.append(self.t("gain.gain", gain=percent(share)))
        return said

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """Show the stage, after its title for a reopened notebook."""
        title = self.t("gain.title")
        still = render("exercise/still", {"t": self.t, "question": title})
        publish_display_data({"text/html": still, "text/plain": title})
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": title}, {}


def _record(task: Exercise) -> dict[str, Any]:
    return progress.load_record(first_answer(task)) or {}


def _saved_mark(task: Exercise) -> Mark:
    return task.mark(_record(task).get("answer"))


def _points(each: AskedTwice) -> tuple[int, int]:
    return each.before.points, each.after.points


def _row(each: AskedTwice, lang: str) -> dict[str, Any]:
    """Return an idea of the table: both verdicts, and what lay behind a wrong answer."""
    wrong = next((found for found in each.after.findings if not found.right), None)
    return {
        "right": each.pair.after.short_solution(lang),
        "topic": each.pair.topic,
        "before": each.before.verdict,
        "after": each.after.verdict,
        "kept": each.kept,
        "idea": wrong.misconception if wrong else None,
        "counter": wrong.because if wrong else None,
        "earlier": idea_behind(each.before),
        "business": each.pair.after.business,
    }
