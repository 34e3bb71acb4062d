"""Predictions: saved before anything has run."""

from __future__ import annotations

from typing import Any

from IPython.display import display

from crmsim.course import progress
from crmsim.widgets import locks
from crmsim.widgets.exercises.question import TOLD, Question, first_answer
from crmsim.widgets.turn import in_turn

MANY = 5
"""From so many questions on one sheet, each says which one it is."""


@in_turn
def predict(*exercise_ids: str, lang: str = "en") -> Prediction | Sheet:
    """Ask for a prediction, or for several, and save them unmarked before anything has run.

    Parameters
    ----------
    exercise_ids
        Ids of exercises, one or more.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    Prediction or Sheet
        A widget for one exercise, or for several.
    """
    count = len(exercise_ids)
    many = count >= MANY
    asked = [
        Prediction(exercise_id, lang, (number, count) if many else None)
        for number, exercise_id in enumerate(exercise_ids, 1)
    ]
    return asked[0] if count == 1 else Sheet(asked)


class Prediction(Question):
    """Saved as soon as it is made, never marked; fixed once its outcome has been seen.

    What has a key can be asked before a lesson and again after it; the first answer is kept apart.
    """

    kicker = "predict"

    def __init__(self, exercise_id: str, lang: str, place: tuple[int, int] | None = None) -> None:
        self.place = place
        super().__init__(exercise_id, lang)

    @property
    def saved_as(self) -> str:
        """The name of its saved record."""
        return super().saved_as if self.task.prediction else first_answer(self.task)

    @property
    def marked_since(self) -> bool:
        """True if the same question has been marked in the meantime."""
        later = progress.load_record(super().saved_as) or {}
        return not self.task.prediction and bool(later.get("tries"))

    @property
    def locked(self) -> bool:
        """True if it is too late to change it: the outcome was seen, perhaps a moment ago."""
        kept = progress.load_record(self.saved_as) or {}
        return "came" in kept or bool(kept.get(TOLD)) or self.marked_since

    def on_act(self, act: str, value: str) -> None:
        """Take an answer while that is still a prediction; what waited for it opens."""
        if self.locked:
            self.paint()
            return
        super().on_act(act, value)
        locks.wait(self)
        locks.look_again_after(self.task.REST_S)

    def unlock(self) -> bool:
        """Show that it is fixed as soon as it is; say whether that is so."""
        if self.locked:
            self.paint()
        return self.locked

    def paint(self, focus: str | None = None, say: str = "") -> None:
        """Show the question, and say whether the prediction is saved."""
        super().paint(focus, say or self._note())

    def more(self) -> dict[str, Any]:
        """Add whether it is saved, or locked, and its place among many."""
        more = {"note": self._note(), "locked": self.locked, "place": self.place}
        return super().more() | more

    def _note(self) -> str:
        note = ("locked", {}) if self.locked else self.task.note_on_prediction(self.answer)
        return self.t(f"lesson.{note[0]}", **note[1]) if note else ""


class Sheet(list[Prediction]):
    """Several predictions, asked one below the other."""

    def _ipython_display_(self) -> None:
        for asked in self:
            display(asked)
