"""Cards put in their places: by dragging, by two clicks, or by keys."""

from __future__ import annotations

from typing import Any, NamedTuple

from crmsim.common.words import Translate
from crmsim.exercises.kinds.match import Match
from crmsim.exercises.kinds.order import Order
from crmsim.exercises.parts import by_id


class Done(NamedTuple):
    """An act done: the answer as it now is, what to say, and which element gets the focus."""

    answer: Any
    say: str = ""
    focus: str | None = None


class MatchCards:
    """Options as cards for rows; one row is always next, so that a click on a card is enough."""

    def __init__(self, task: Match, tag: str, t: Translate) -> None:
        self.task, self.t = task, t
        self.rows, self.options = by_id(task.rows, tag), by_id(task.options, tag)
        self._chosen_row: str | None = None

    def act_place(self, answer: Any, row: str) -> Done:
        """Choose the row that gets the next card."""
        self._chosen_row = row
        return Done(answer, self.t("lesson.match.next", row=self.rows[row]))

    def act_card(self, answer: Any, option: str) -> Done:
        """Put a card to the row that is next."""
        row = self._next(answer)
        if row is None:
            return Done(answer, self.t("lesson.match.first"))
        return self.act_drop(answer, f"{option}={row}")

    def act_drop(self, answer: Any, value: str) -> Done:
        """Put a card to the row on which it was dropped: ``card=row``."""
        option, _, row = value.partition("=")
        self._chosen_row = None
        places = {"row": self.rows[row], "card": self.options[option]}
        said = self.t("lesson.match.placed", **places)
        return Done(self.task.changed(answer, row, option), said)

    def context(self, answer: Any, marked: bool, locked: bool) -> dict[str, Any]:
        """Return the row that is next, and what each row has."""
        return {"next_row": None if locked else self._next(answer), "placed": answer or {}}

    def _next(self, answer: Any) -> str | None:
        """Return the row that was chosen, or else the first one without a card."""
        left = (row for row in self.task.shuffled() if row not in (answer or {}))
        return self._chosen_row or next(left, None)


class OrderCards:
    """Rows as cards in a line: one is taken, and put to the place of another."""

    def __init__(self, task: Order, tag: str, t: Translate) -> None:
        self.task, self.t = task, t
        self.rows = by_id(task.rows, tag)
        self._taken: str | None = None

    def act_card(self, answer: Any, row: str) -> Done:
        """Take a card, put it back, or put the one taken to the place of this one."""
        taken = self._taken
        if taken is None:
            self._taken = row
            return Done(answer, self.t("lesson.order.taken", row=self.rows[row]), self._id(row))
        return self.act_drop(answer, f"{taken}={row}")

    def act_drop(self, answer: Any, value: str) -> Done:
        """Put a card to the place of the one on which it was dropped: ``card=other``."""
        row, _, other = value.partition("=")
        self._taken = None
        moved = answer if row == other else self.task.changed(answer, row, other)
        return self._done(moved, row)

    def act_step(self, answer: Any, value: str) -> Done:
        """Move a card one place: ``card=up`` or ``card=down``."""
        row, _, way = value.partition("=")
        rows = [each.id for each in self.task.shown(answer)]
        place = rows.index(row) + (1 if way == "down" else -1)
        return self.act_drop(answer, f"{row}={rows[min(max(place, 0), len(rows) - 1)]}")

    def context(self, answer: Any, marked: bool, locked: bool) -> dict[str, Any]:
        """Return the card that is taken."""
        return {"taken": self._taken}

    def _done(self, answer: Any, row: str) -> Done:
        rows = [each.id for each in self.task.shown(answer)]
        places = {"place": rows.index(row) + 1, "places": len(rows)}
        said = self.t("lesson.order.moved", row=self.rows[row], **places)
        return Done(answer, said, self._id(row))

    def _id(self, row: str) -> str:
        return f"{self.task.id}-{row}"
