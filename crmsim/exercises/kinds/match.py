"""Match: each row goes with one of the options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from crmsim.common.text import joined, value_as_text
from crmsim.common.words import words
from crmsim.exercises.exercise import Finding, Mark, Note, Own
from crmsim.exercises.kinds.rows import Rows
from crmsim.exercises.parts import Option, by_id, unknown
from crmsim.scenario.wiring import repeated_ids


class Match(Rows):
    """Each row goes with one of the options; without a key in any row it is a prediction."""

    kind: Literal["match"]
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=9)]

    @property
    def prediction(self) -> bool:
        """Only a run can tell, where no row has a key."""
        return all(row.key is None for row in self.rows)

    @property
    def right_answer(self) -> dict[str, str | None]:
        """The option of each row."""
        return super().right_answer if self.prediction else {row.id: row.key for row in self.rows}

    def takes(self, answer: object) -> bool:
        """Accept options by row; a prediction needs one for every row."""
        return self.begun(answer) and not (self.prediction and self.open_places(answer))

    def begun(self, answer: object) -> bool:
        """Accept options for some rows."""
        return isinstance(answer, Mapping)

    def fared(self, answer: Any, came: Any) -> str:
        """Return how many rows were foreseen, a key of ``lesson.gap``: all, half or fewer."""
        if answer is None:
            return "none"
        hits = sum(answer.get(row.id) == came.get(row.id) for row in self.rows)
        return (
            "right" if hits == len(self.rows) else "half" if 2 * hits >= len(self.rows) else "other"
        )

    def note_on_prediction(self, answer: Any) -> Note | None:
        """Say how many rows are filled, or that it is saved."""
        if answer and not self.takes(answer):
            left = len(self.open_places(answer))
            return "match.partly", {"done": len(self.rows) - left, "rows": len(self.rows)}
        return super().note_on_prediction(answer)

    def changed(self, answer: Any, name: str, value: str | None) -> Any:
        """Return the answer with a row put to an option, or taken back where `value` is empty."""
        rows = {**(answer or {}), name: value}
        return {row: option for row, option in rows.items() if option} or None

    def open_places(self, answer: Any) -> set[str]:
        """Return the rows not yet matched."""
        return {row.id for row in self.rows} - set(answer)

    def _mark(self, answer: Mapping[str, object], own: Own | None) -> Mark:
        return Mark.of(
            Finding(row.id, answer.get(row.id) == row.key, because=row.because) for row in self.rows
        )

    def said(self, answer: Any, lang: str) -> str:
        """Return each row of an answer with its option."""
        if not isinstance(answer, Mapping):
            return value_as_text(answer)
        # In the order of the rows, however the answer was kept; unknown rows come last, by name.
        place = {row.id: number for number, row in enumerate(self.rows)}
        rows = sorted(answer.items(), key=lambda row: (place.get(row[0], len(place)), str(row[0])))
        each = (f"{self.asked(value_as_text(r), lang)} → {self._option(o, lang)}" for r, o in rows)
        return joined(each, words(lang)("gradebook.semicolon"))

    def chosen(self, answer: Any, place: str, lang: str) -> str:
        """Return the option that an answer gives to a row."""
        return self._option(answer.get(place), lang) if isinstance(answer, Mapping) else "—"

    def _option(self, option: object, lang: str) -> str:
        return by_id(self.options, lang).get(value_as_text(option), "—")

    def _solution(self, lang: str) -> str:
        return " " + " · ".join(
            f"{row.text[lang]} → **{self._option(row.key, lang)}**" for row in self.rows
        )

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts."""
        yield from super().wiring()
        ids = [option.id for option in self.options]
        yield from repeated_ids(ids, "options")
        if not self.prediction:
            for row in self.rows:
                yield from unknown(f"row {row.id!r}: key", row.key, ids)
