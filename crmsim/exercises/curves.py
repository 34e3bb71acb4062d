"""A curve drawn beforehand against the one that came: direction, timing, size and shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

CurveSlip = Literal[
    "no-effect",
    "none-came",
    "wrong-way",
    "early",
    "late",
    "strong",
    "weak",
    "too-soon",
    "too-long",
    "one-side",
]
"""Ways in which a drawing is off; keys of ``lesson.curve`` in the words."""

SIZE_RATIO = 1.5
"""Largest changes that differ by less than this factor are the same size."""

KEPT_SHARE = 0.15
"""Curves that keep shares of their change nearer than this have the same shape."""


@dataclass(frozen=True)
class Curve:
    """A curve in four numbers, from its start on, with a value a quarter.

    ``change`` is the largest change from the start, with its sign; ``half_way`` says after how
    many quarters half of it is reached; ``kept`` is the mean share of it that is still there in
    the quarters that follow: 1 where it stays, 0 where it is gone at once. ``crosses`` says
    whether it later leaves its start on the other side, too.
    """

    change: float
    half_way: float
    kept: float
    crosses: bool = False


@dataclass(frozen=True)
class Comparison:
    """Two curves and in what the one drawn is off; ``quarters`` is how much too late it is."""

    said: Curve
    came: Curve
    quarters: int
    slips: tuple[CurveSlip, ...]

    @property
    def verdict(self) -> tuple[str, ...]:
        """The finding in a few words: keys of ``lesson.curve`` in the words.

        Examples
        --------
        >>> compare_curves([50, 50, 30, 40], [50, 40, 45, 45], tolerance=2).verdict
        ('right-direction', 'late', 'strong')
        """
        if not self.slips:
            return ("right",) if self.came.change else ("nothing",)
        if self.slips[0] in ("no-effect", "none-came", "wrong-way"):
            return self.slips
        shape = {"strong", "weak"}.issuperset(self.slips)
        return ("right-shape" if shape else "right-direction", *self.slips)


def curve_of(values: Sequence[float], tolerance: float = 0.0) -> Curve:
    """Describe a curve; one that never leaves its start by more than `tolerance` does nothing.

    Of two equally large changes the first one counts.

    Examples
    --------
    >>> curve_of([50, 40, 45, 45])
    Curve(change=-10, half_way=0.5, kept=0.5, crosses=False)
    """
    changes = [round(value - values[0], 9) for value in values]
    # Of two equally large changes `max` keeps the first one.
    largest = max(range(len(changes)), key=lambda quarter: abs(changes[quarter]))
    change = changes[largest]
    if abs(change) <= tolerance:
        return Curve(0.0, 0.0, 1.0)
    shares = [each / change for each in changes]
    after = shares[largest + 1 :]
    kept = sum(after) / len(after) if after else 1.0
    crosses = min(after, default=0.0) * abs(change) < -tolerance
    return Curve(change, _half_way(shares), kept, crosses)


def compare_curves(said: Sequence[float], came: Sequence[float], tolerance: float) -> Comparison:
    """Set a drawn curve against the one that came, from the same quarter on.

    Parameters
    ----------
    said, came
        Values at the start and at the end of each quarter after it; the longer one is cut.
    tolerance
        A change no larger than this counts as none; curves that are no further apart than this,
        on average, return in the same way.
    """
    length = min(len(said), len(came))
    drawn, real = curve_of(said[:length], tolerance), curve_of(came[:length], tolerance)
    late = round(drawn.half_way - real.half_way)
    apart = sum(abs(a - b) for a, b in zip(said, came, strict=False)) / length
    off = _slips(drawn, real, late, tolerance)
    # Curves that stay near one another return alike, whatever their shares say.
    slips = [slip for slip in off if apart > tolerance or slip not in ("too-soon", "too-long")]
    return Comparison(drawn, real, late, tuple(slips))


def _slips(said: Curve, came: Curve, late: int, tolerance: float) -> list[CurveSlip]:
    if not (said.change and came.change):
        return ["no-effect"] if came.change else ["none-came"] if said.change else []
    if (said.change > 0) != (came.change > 0):
        return ["wrong-way"]
    ratio, kept = said.change / came.change, said.kept - came.kept
    near = abs(said.change - came.change) <= tolerance
    off: list[tuple[bool, CurveSlip]] = [
        (late < 0, "early"),
        (late > 0, "late"),
        (ratio > SIZE_RATIO and not near, "strong"),
        (ratio < 1 / SIZE_RATIO and not near, "weak"),
        (kept < -KEPT_SHARE, "too-soon"),
        (kept > KEPT_SHARE, "too-long"),
        (kept <= KEPT_SHARE and came.crosses and not said.crosses, "one-side"),
    ]
    return [slip for is_off, slip in off if is_off]


def _half_way(shares: Sequence[float]) -> float:
    """Return when half of the change is first reached, between two quarters if need be."""
    steps = enumerate(pairwise(shares))
    quarter, (before, after) = next(step for step in steps if step[1][1] >= 0.5)
    return quarter + (0.5 - before) / (after - before)
