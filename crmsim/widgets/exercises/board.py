"""The board on which a curve is drawn, and the drawing beside what came, in picture and words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from crmsim.common.numbers import number, significant
from crmsim.common.words import Translate
from crmsim.exercises.curves import KEPT_SHARE, Comparison, Curve
from crmsim.exercises.kinds.draw import Draw
from crmsim.widgets.rendering import draw_svg, pixels

WIDTH, HEIGHT = 740, 330
LEFT, RIGHT, TOP, BOTTOM = 44, 716, 30, 278
GAPS = (5, 4, 3, 6)
"""Into how many parts the values of the picture may be parted; the first with round ends is."""

SLIPS = {
    "direction": {"wrong-way", "no-effect", "none-came"},
    "timing": {"early", "late"},
    "size": {"strong", "weak"},
    "shape": {"too-soon", "too-long", "one-side"},
}
"""The aspects that are compared, each with the slips that belong to it."""


@dataclass(frozen=True)
class Aspect:
    """One row of the comparison: its name, what was drawn, what came, and how they compare."""

    name: str
    said: str
    came: str
    finding: str
    fits: bool


class Board:
    """The quarters and the values of a drawing, in pixels."""

    def __init__(self, task: Draw, tag: str, t: Translate) -> None:
        self.task, self.tag, self.t = task, tag, t
        self.known = len(task.given) - 1
        self.digits = len(f"{task.step:g}".partition(".")[2])

    # --- the picture ---------------------------------------------------------------------------

    def context(self, answer: Sequence[float] | None, marked: bool, locked: bool) -> dict[str, Any]:
        """Return what the template shows: the board, and the numbers by which one draws on it."""
        task, drawn, start = self.task, answer or [], self.task.given[-1]
        board = self._picture(
            "board_to_draw",
            name=self.t("lesson.draw.board", axis=task.axis[self.tag]),
            drawn=self._points([start, *drawn]),
            sliders=[self._slider(place, drawn) for place in range(task.quarters)],
            begin="" if drawn else self.t("lesson.draw.begin"),
        )
        return {
            "board": board,
            "places": " ".join(pixels(self._x(place)) for place in range(task.quarters + 1)),
            "scale": f"{BOTTOM} {TOP} {task.low:g} {task.high:g} {task.step:g} {start:g}",
            "say": self.value("{value}"),
            "values": " ".join(f"{value:g}" for value in drawn),
        }

    def compared(self, said: Sequence[float], came: Sequence[float]) -> Markup:
        """Draw the curve drawn and the one that came, and shade what was not foreseen."""
        # What came begins with the value now, as the curve drawn does.
        drawn = [self.task.given[-1], *said]
        between = [*self._points(came), *self._points(drawn[: len(came)])[::-1]]
        told = [", ".join(number(v, self.digits) for v in values) for values in (said, came[1:])]
        name = self.t("lesson.draw.both", axis=self.task.axis[self.tag], said=told[0], came=told[1])
        return self._picture(
            "board_compared",
            name=name,
            between=between,
            drawn=self._points(drawn),
            came=self._points(came),
        )

    def _picture(self, template: str, name: str, **more: Any) -> Markup:
        task = self.task
        frame = {
            "left": LEFT,
            "right": RIGHT,
            "top": TOP,
            "bottom": BOTTOM,
            "low": f"{task.low:g}",
            "high": f"{task.high:g}",
            "axis": task.axis[self.tag],
            "event": self._event(),
            "values": self._values(),
            "quarters": self._quarters(),
            "quarters_title": self.t("lesson.draw.quarters"),
            "so_far": self._points(task.given, -self.known),
        }
        return draw_svg(template, name, WIDTH, HEIGHT, **frame, **more)

    def _event(self) -> dict[str, Any] | None:
        event = self.task.event
        if event is None:
            return None
        left, right = self._x(event.start), self._x(event.stop)
        return {"left": left, "right": right, "text": event.text[self.tag]}

    def _values(self) -> list[dict[str, Any]]:
        low, whole = self.task.low, self.task.high - self.task.low
        gaps = next((parts for parts in GAPS if whole / parts % 1 == 0), GAPS[0])
        lines = [low + whole * place / gaps for place in range(gaps + 1)]
        return [{"y": self._y(value), "text": significant(value)} for value in lines]

    def _quarters(self) -> list[dict[str, Any]]:
        return [
            {
                "x": self._x(quarter),
                "text": number(quarter) if quarter else self.t("lesson.draw.now"),
                "past": quarter < 0,
                "now": quarter == 0,
            }
            for quarter in range(-self.known, self.task.quarters + 1)
        ]

    def _slider(self, place: int, drawn: Sequence[float]) -> dict[str, Any]:
        """Return the handle of one quarter; where nothing is drawn yet it is hollow."""
        done = place < len(drawn)
        value = drawn[place] if done else [self.task.given[-1], *drawn][-1]
        written = f"{value:.{self.digits}f}"
        return {
            "id": f"{self.task.id}-quarter-{place + 1}",
            "name": self.t("lesson.draw.quarter", quarter=place + 1),
            "x": self._x(place + 1),
            "y": self._y(value),
            "value": f"{value:g}",
            "said": self.value(written) if done else self.t("lesson.draw.open"),
            "text": written if done else "",
            "done": done,
        }

    def _x(self, quarter: float) -> float:
        """Return where a quarter lies, counted from now."""
        share = (quarter + self.known) / (self.known + self.task.quarters)
        return LEFT + (RIGHT - LEFT) * share

    def _y(self, value: float) -> float:
        """Return where a value lies; one beyond the picture lies at its edge."""
        share = (value - self.task.low) / (self.task.high - self.task.low)
        return BOTTOM - (BOTTOM - TOP) * min(max(share, 0.0), 1.0)

    def _points(self, values: Sequence[float], first: int = 0) -> list[tuple[float, float]]:
        """Return where values lie from quarter `first` on, one a quarter."""
        return [(self._x(first + i), self._y(value)) for i, value in enumerate(values)]

    # --- words ---------------------------------------------------------------------------------

    def value(self, written: str) -> str:
        """Return a value with its unit."""
        return self.t("lesson.draw.value", value=written, unit=self.task.unit[self.tag])

    def verdict(self, found: Comparison) -> str:
        """Return the finding as a sentence.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> from crmsim.common.words import words
        >>> board = Board(exercise("31-reputation"), "en", words("en"))
        >>> board.verdict(board.task.compared([57, 57, 40], [57, 40, 40, 40]))
        'Right direction, 2 quarters too late.'
        """
        each = [self._finding(key, found.quarters) for key in found.verdict]
        return self.t("lesson.curve.stop", words=self.t("lesson.curve.join").join(each))

    def aspects(self, found: Comparison) -> list[Aspect]:
        """Compare the direction first and, where that is right, timing, size and shape."""
        rows = {
            "direction": self._direction,
            "timing": lambda each: self.t("lesson.curve.after", quarters=number(each.half_way, 1)),
            "size": self._change,
            "shape": lambda each: f"{number(100 * each.kept)}%",
        }
        off = SLIPS["direction"].intersection(found.slips)
        shown = list(rows)[:1] if off or not found.came.change else list(rows)
        return [self._aspect(name, rows[name], found) for name in shown]

    def _aspect(self, name: str, say: Callable[[Curve], str], found: Comparison) -> Aspect:
        slips = [slip for slip in found.slips if slip in SLIPS[name]]
        apart = name == "shape" and abs(found.said.kept - found.came.kept) > KEPT_SHARE
        key = slips[0] if slips else "close" if apart else "fits"
        finding = self._finding(key, found.quarters)
        title = self.t(f"lesson.curve.{name}")
        return Aspect(title, say(found.said), say(found.came), finding, not slips)

    def _direction(self, curve: Curve) -> str:
        way = "up" if curve.change > 0 else "down" if curve.change else "flat"
        return self.t(f"lesson.curve.{way}")

    def _change(self, curve: Curve) -> str:
        digits = 0 if self.task.step >= 1 else 1
        return self.value(f"{'+' if curve.change > 0 else ''}{number(curve.change, digits)}")

    def _finding(self, key: str, quarters: int) -> str:
        if key in SLIPS["timing"] and abs(quarters) > 1:
            return self.t(f"lesson.curve.{key}-more", quarters=abs(quarters))
        return self.t(f"lesson.curve.{key}")
