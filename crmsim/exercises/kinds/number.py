"""Number: a number, right within a tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, to_builtins

from crmsim.common.numbers import number, significant, typed
from crmsim.common.text import plain, value_as_text
from crmsim.exercises.exercise import Finding, Mark, Note, Own, Variant, Varied, Verdict
from crmsim.exercises.parts import NearMiss, UnitWords, is_plain_number
from crmsim.scenario.parts import Finite, Positive

MOST_TYPED = 40
"""Characters that are kept of what was typed and is not a number."""

SHIFTS = (-1, 0.001, 0.01, 0.1, 10, 100, 1000)
"""Factors by which a number is off that has the right digits."""


class Number(Varied, kw_only=True):
    """A number, right within a tolerance; without a key it is a prediction of a change."""

    REST_S: ClassVar[float] = 3.0

    kind: Literal["number"]
    unit: UnitWords
    low: Finite
    high: Finite
    step: Positive = 1
    key: Finite | None = None
    tolerance: Annotated[float, Meta(ge=0, le=1e9)]
    slips: tuple[NearMiss, ...] = ()

    def takes(self, answer: object) -> bool:
        """Accept a number, or one as it was typed."""
        try:
            return not isinstance(answer, bool) and isfinite(float(answer))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return False

    def begun(self, answer: object) -> bool:
        """Accept whatever was typed too, so that what can't be read is said and not lost."""
        return self.takes(answer) or isinstance(answer, str)

    def changed(self, answer: Any, name: str, value: str | None) -> Any:
        """Return the number typed, or the text if none can be read; None for an empty field."""
        if value is None or not value.strip():
            return answer if value is None else None
        read = typed(value)
        return plain(value, MOST_TYPED) if read is None else f"{read:.15g}"

    def _mark(self, answer: Any, own: Own | None) -> Mark:
        value = float(answer)
        if abs(value - self.key) <= self.tolerance:  # type: ignore[operator]
            return Mark("right", 1, 1)
        slip = next((s for s in self.slips if abs(value - s.value) <= self.tolerance), None)
        return Mark("wrong", 0, 1, (Finding.of("", slip, own),) if slip else ())

    def fared(self, answer: Any, came: Any) -> str:
        """Return how far a change foreseen is from the one that came, a key of ``lesson.gap``.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> exercise("10-bet-floor").fared(-8, 2.7)
        'wrong-way'
        """
        if answer is None:
            return "none"
        said, is_now = float(answer), float(came)
        if abs(said - is_now) <= self.tolerance:
            return "right"
        if abs(said) <= self.tolerance:
            return "no-effect"
        if abs(is_now) <= self.tolerance:
            return "none-came"
        if said * is_now < 0:
            return "wrong-way"
        return "too-weak" if abs(said) < abs(is_now) else "too-strong"

    def said(self, answer: Any, lang: str) -> str:
        """Return a number with its unit."""
        return f"{value_as_text(answer)}{self.unit[lang] if is_plain_number(answer) else ''}"

    def band(self, came: Any) -> tuple[float, float]:
        """Return from where to where a prediction counts as met."""
        return float(came) - self.tolerance, float(came) + self.tolerance

    def said_as_outcome(self, value: Any, lang: str) -> str:
        """Return a change with its sign and unit, in the digits of its step."""
        change = number(float(value), 0 if self.step >= 1 else 1)
        sign = "" if change[0] == "−" or not change.strip("0.") else "+"
        return f"{sign}{change}{self.unit[lang]}"

    def _solution(self, lang: str) -> str:
        return f" → **{significant(self.right_answer)}{self.unit[lang]}**"

    def note(self, answer: Any, verdict: Verdict | None) -> Note | None:
        """Say in what a wrong number is off, where no known misconception leads to it."""
        if answer is not None and not self.takes(answer):
            return "number.unreadable", {}
        if verdict != "wrong" or self._mark(answer, None).findings:
            return None
        value, key = float(answer), float(self.key or 0)
        near = [step for step in SHIFTS if abs(value * step - key) <= self.tolerance < abs(key)]
        if near:
            return f"number.{'sign' if -1 in near else 'shifted'}", {}
        if not self.low <= value <= self.high:
            return "number.beyond", {"low": number(self.low), "high": number(self.high)}
        return f"number.{'larger' if value > key else 'smaller'}", {}

    def note_on_prediction(self, answer: Any) -> Note | None:
        """Ask whether a number is meant that lies beyond what can be expected."""
        if self.takes(answer) and not self.low <= float(answer) <= self.high:
            return "unlikely", {"low": number(self.low), "high": number(self.high)}
        if answer is not None and not self.takes(answer):
            return "number.unreadable", {}
        return super().note_on_prediction(answer)

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

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts."""
        yield from super().wiring()
        for chosen in self.variants:
            if not isinstance(chosen.key, int | float):
                yield f"variants: key = {chosen.key!r}: must be a number"
                return
            values = [slip for slip in chosen.slips if not isinstance(slip, NearMiss)]
            if values and len(values) != len(self.slips):
                yield f"variants: slips: must be {len(self.slips)} values, as many as slips"
                return
        for whole in self.versions():
            yield from whole._numbers()

    def _numbers(self) -> Iterator[str]:
        between = f"must be between low ({self.low}) and high ({self.high})"
        for name, value in [("key", self.key), *(("slips: value", s.value) for s in self.slips)]:
            if value is not None and not self.low <= value <= self.high:
                yield f"{name} = {value}: {between}"
        for slip in self.slips:
            if self.key is not None and abs(slip.value - self.key) <= self.tolerance:
                yield f"slips: value = {slip.value}: counts as right (key {self.key}); take it out"
