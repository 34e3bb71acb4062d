"""Choose: one of several options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from msgspec import Meta
from msgspec.structs import replace

from crmsim.common.text import value_as_text
from crmsim.exercises.exercise import Finding, Mark, Own, Variant, Varied
from crmsim.exercises.parts import Option, by_id, unknown
from crmsim.scenario.parts import Id
from crmsim.scenario.wiring import repeated_ids


class Choose(Varied, kw_only=True):
    """One of several options; without a key it is a prediction, and the run will tell."""

    kind: Literal["choose"]
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=7)]
    key: Id | None = None

    def takes(self, answer: object) -> bool:
        """Accept an option's id."""
        return isinstance(answer, str) and answer in [option.id for option in self.options]

    def changed(self, answer: Any, name: str, value: str | None) -> Any:
        """Return the option that was clicked."""
        return name

    def _mark(self, answer: str, own: Own | None) -> Mark:
        chosen = next(option for option in self.options if option.id == answer)
        if chosen.slip is None:
            return Mark.of([Finding(chosen.id, True)])
        return Mark.of([Finding.of(chosen.id, chosen.slip, own)])

    def fared(self, answer: Any, came: Any) -> str:
        """Return whether the option foreseen is the one that came, a key of ``lesson.gap``."""
        return "none" if answer is None else "right" if answer == came else "other"

    def said(self, answer: Any, lang: str) -> str:
        """Return the text of the option."""
        return by_id(self.options, lang).get(value_as_text(answer), value_as_text(answer))

    def _filled(self, chosen: Variant) -> Self:
        whole = super()._filled(chosen)
        options = tuple(
            replace(option, slip=None) if option.id == whole.key else option
            for option in whole.options
        )
        return replace(whole, options=options)

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts."""
        ids = [option.id for option in self.options]
        yield from repeated_ids(ids, "options")
        yield from super().wiring()
        keys = [chosen.key for chosen in self.variants] or [self.key]
        for key in keys:
            if key is not None:
                yield from unknown("key", key, ids)
        wrong = {option.id for option in self.options if any(key != option.id for key in keys)}
        for option in self.options:
            if keys != [None] and (option.slip is not None) != (option.id in wrong):
                yield f"option {option.id!r}: slip: each wrong option needs one, the right one none"
