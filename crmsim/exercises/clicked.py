"""The kinds of exercise that are answered by clicking, typing or writing a line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal, Self

from msgspec import Meta, to_builtins
from msgspec.structs import replace

from crmsim.exercises.parts import (
    Exercise,
    NearMiss,
    Option,
    Row,
    Unit,
    Variant,
    Varied,
    twice,
    unknown,
)
from crmsim.scenario.parts import Finite, Id, Part, Positive, Text

MOST_SIGNS = 4000
"""Signs of an explanation; more than two pages is not one."""


class Choose(Varied):
    """One of several options; without a key it is a prediction, and the run will tell."""

    kind: Literal["choose"]
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=7)]
    key: Id | None = None

    @property
    def prediction(self) -> bool:
        """Only a run can tell, where neither it nor a variant has a key."""
        return self.key is None and not self.variants

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: an option's id."""
        return isinstance(answer, str) and answer in [option.id for option in self.options]

    def _filled(self, chosen: Variant) -> Self:
        whole = super()._filled(chosen)
        options = tuple(
            replace(option, slip=None) if option.id == whole.key else option
            for option in whole.options
        )
        return replace(whole, options=options)

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        ids = [option.id for option in self.options]
        yield from twice(ids, "options")
        yield from super().wiring()
        keys = [chosen.key for chosen in self.variants] or [self.key]
        for key in keys:
            if key is not None:
                yield from unknown("key", key, ids)
        wrong = {option.id for option in self.options if any(key != option.id for key in keys)}
        for option in self.options:
            if keys != [None] and (option.slip is not None) != (option.id in wrong):
                yield f"option {option.id!r}: slip: each wrong option needs one, the right one none"


class Number(Varied, kw_only=True):
    """A number, right within a tolerance; without a key it is a prediction."""

    kind: Literal["number"]
    unit: Unit
    low: Finite
    high: Finite
    step: Positive = 1
    key: Finite | None = None
    tolerance: Annotated[float, Meta(ge=0, le=1e9)]
    slips: tuple[NearMiss, ...] = ()

    @property
    def prediction(self) -> bool:
        """Only a run can tell, where neither it nor a variant has a key."""
        return self.key is None and not self.variants

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: a number, or one as it was typed."""
        try:
            return not isinstance(answer, bool) and isfinite(float(answer))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return False

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        yield from super().wiring()
        for chosen in self.variants:
            if not isinstance(chosen.key, int | float):
                yield f"variants: key = {chosen.key!r}: must be a number"
                return
            values = [slip for slip in chosen.slips if not isinstance(slip, NearMiss)]
            if values and len(values) != len(self.slips):
                yield f"variants: slips: must be {len(self.slips)} values, as many as slips"
                return
        for whole in map(self.variant, range(len(self.variants))) if self.variants else [self]:
            yield from whole._numbers()

    def _raw(self, chosen: Variant) -> dict[str, Any]:
        raw = super()._raw(chosen)
        if chosen.slips:
            raw["slips"] = [
                to_builtins(slip)
                if isinstance(slip, NearMiss)
                else raw["slips"][place] | {"value": slip}
                for place, slip in enumerate(chosen.slips)
            ]
        return raw

    def _numbers(self) -> Iterator[str]:
        between = f"must be between low ({self.low}) and high ({self.high})"
        for name, value in [("key", self.key), *(("slips: value", s.value) for s in self.slips)]:
            if value is not None and not self.low <= value <= self.high:
                yield f"{name} = {value}: {between}"
        for slip in self.slips:
            if self.key is not None and abs(slip.value - self.key) <= self.tolerance:
                yield f"slips: value = {slip.value}: counts as right (key {self.key}); take it out"


class Rows(Exercise):
    """An exercise whose rows are shown in an order that gives nothing away, always the same."""

    POINTS: ClassVar[int] = 2
    rows: Annotated[tuple[Row, ...], Meta(min_length=2, max_length=10)]

    def shuffled(self) -> list[str]:
        """The rows as they are first shown."""
        names = [row.id for row in self.rows]
        mixed = sorted(names, key=lambda name: hashlib.sha256(f"{self.id}{name}".encode()).digest())
        return mixed if mixed != names else mixed[::-1]


class Match(Rows):
    """Each row goes with one of the options."""

    kind: Literal["match"]
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=9)]

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: options by row."""
        return isinstance(answer, Mapping)

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        ids = [option.id for option in self.options]
        yield from twice(ids, "options")
        yield from twice([row.id for row in self.rows], "rows")
        for row in self.rows:
            yield from unknown(f"row {row.id!r}: key", row.key, ids)


class Order(Rows):
    """Rows to put in order; the file has them in the right one."""

    kind: Literal["order"]

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: each row once."""
        rows = [row.id for row in self.rows]
        return isinstance(answer, list | tuple) and sorted(map(str, answer)) == sorted(rows)

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        yield from twice([row.id for row in self.rows], "rows")


class Line(Part):
    """What counts in an explanation, and how much."""

    points: Annotated[int, Meta(ge=1, le=20)]
    text: Text


class Explain(Exercise):
    """A few sentences in the student's own words; a person marks them by the rubric."""

    kind: Literal["explain"]
    rubric: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=8)]

    @property
    def worth(self) -> int:
        """The points of its rubric, unless it declares others."""
        whole = sum(line.points for line in self.rubric)
        return whole if self.points is None else self.points

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: words, not too many."""
        return isinstance(answer, str) and 0 < len(answer.strip()) <= MOST_SIGNS
