"""Order: rows to put in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from crmsim.common.text import joined, value_as_text
from crmsim.exercises.exercise import Finding, Mark, Own
from crmsim.exercises.kinds.rows import Rows
from crmsim.exercises.parts import Row


class Order(Rows):
    """Rows to put in order; the file has them in the right one."""

    kind: Literal["order"]

    @property
    def start(self) -> list[str]:
        """The rows as they are first shown."""
        return self.shuffled()

    @property
    def right_answer(self) -> list[str]:
        """The rows in order."""
        return [row.id for row in self.rows]

    def takes(self, answer: object) -> bool:
        """Accept each row once."""
        rows = self.right_answer
        return isinstance(answer, list | tuple) and sorted(map(str, answer)) == sorted(rows)

    def shown(self, answer: Any) -> list[Row]:
        """Return the rows in the order of the answer."""
        rows = {row.id: row for row in self.rows}
        return [rows[name] for name in answer or self.start]

    def changed(self, answer: Any, name: str, value: str | None) -> Any:
        """Return the answer with a row moved to the place of another one."""
        rows = list(answer or self.start)
        place = rows.index(value)
        rows.remove(name)
        return [*rows[:place], name, *rows[place:]]

    def own_places(self, answer: Any) -> list[str] | None:
        """Return the rows in the order of the answer."""
        return list(map(str, answer)) if self.takes(answer) else []

    def _mark(self, answer: Sequence[str], own: Own | None) -> Mark:
        # Each row is right where it follows the row it should follow, so one slip costs little.
        before = dict(zip(answer[1:], answer, strict=False))
        right = self.right_answer
        wanted = dict(zip(right[1:], right, strict=False))
        return Mark.of(
            Finding(row.id, before.get(row.id) == wanted.get(row.id), because=row.because)
            for row in self.rows
        )

    def said(self, answer: Any, lang: str) -> str:
        """Return the rows in the order of the answer."""
        if not isinstance(answer, Sequence):
            return value_as_text(answer)
        return joined((self.asked(value_as_text(row), lang) for row in answer), " → ")
