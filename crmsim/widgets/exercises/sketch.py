"""The board on which a curve is drawn, and the picture of the drawing beside what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from crmsim.common.numbers import number
from crmsim.common.palette import GOLD, INK, LINE, MUTED, RUN
from crmsim.exercises.declared import Draw
from crmsim.widgets.drawings.drawings import svg

WIDTH, HEIGHT = 740, 330
LEFT, RIGHT, TOP, BOTTOM = 44, 716, 30, 278
GAPS = (5, 4, 3, 6)
"""Into how many parts the values of the picture may be parted; the first with round ends is."""
Say = Callable[..., str]


class Board:
    """Where the quarters and the values of an exercise lie in the picture."""

    def __init__(self, task: Draw, tag: str, t: Say) -> None:
        self.task, self.tag, self.t = task, tag, t
        self.known = len(task.given) - 1
        self.digits = len(f"{task.step:g}".partition(".")[2])

    def x(self, quarter: float) -> float:
        """Where a quarter lies, counted from now."""
        return LEFT + (RIGHT - LEFT) * (quarter + self.known) / (self.known + self.task.quarters)

    def y(self, value: float) -> float:
        """Where a value lies; one beyond the picture lies at its edge."""
        share = (value - self.task.low) / (self.task.high - self.task.low)
        return BOTTOM - (BOTTOM - TOP) * min(max(share, 0.0), 1.0)

    def points(self, values: Sequence[float], first: int = 0) -> list[str]:
        """Where values lie from quarter `first` on, one a quarter."""
        return [f"{self.x(first + i):.1f} {self.y(value):.1f}" for i, value in enumerate(values)]

    def line(self, values: Sequence[float], first: int = 0) -> str:
        """The path through them."""
        return "M" + "L".join(self.points(values, first))

    def frame(self) -> Markup:
        """Axes with their units, what happens when, and the course so far."""
        return Markup(f"{self._event()}{self._values()}{self._quarters()}{self._so_far()}")

    def _event(self) -> str:
        event = self.task.event
        if event is None:
            return ""
        left, right = self.x(event.start), self.x(event.stop)
        return (
            f'<rect x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="{BOTTOM - TOP}" '
            f'fill="{GOLD}" fill-opacity=".15"/>'
            f"{_words((left + right) / 2, TOP - 8, event.text[self.tag], INK, 'middle')}"
        )

    def _values(self) -> str:
        task = self.task
        whole = task.high - task.low
        gaps = next((parts for parts in GAPS if whole / parts % 1 == 0), GAPS[0])
        lines = [task.low + whole * place / gaps for place in range(gaps + 1)]
        return _words(6, 16, task.axis[self.tag]) + "".join(
            f'<path d="M{LEFT} {self.y(value):.1f} H{RIGHT}" stroke="{LINE}"/>'
            f"{_words(LEFT - 8, self.y(value) + 5, f'{value:g}', anchor='end')}"
            for value in lines
        )

    def _quarters(self) -> str:
        ticks = "".join(
            _words(
                self.x(quarter),
                BOTTOM + 20,
                number(quarter) if quarter else self.t("lesson.draw.now"),
                INK if quarter >= 0 else MUTED,
                "middle",
            )
            for quarter in range(-self.known, self.task.quarters + 1)
        )
        lines = "".join(
            f'<path d="M{self.x(quarter):.1f} {TOP} V{BOTTOM}" '
            f'stroke="{LINE if quarter else MUTED}" stroke-dasharray="2 5"/>'
            for quarter in range(self.task.quarters + 1)
        )
        title = _words(RIGHT, BOTTOM + 42, self.t("lesson.draw.quarters"), anchor="end")
        return f"{ticks}{lines}{title}"

    def _so_far(self) -> str:
        given = self.task.given
        return (
            f'<path d="{self.line(given, -self.known)}" fill="none" stroke="{MUTED}" '
            'stroke-width="3"/>'
            f'<circle cx="{self.x(0):.1f}" cy="{self.y(given[-1]):.1f}" r="5" fill="{MUTED}"/>'
        )


def drawing(task: Draw, drawn: Sequence[float], tag: str, t: Say, locked: bool) -> Markup:
    """The board with the student's curve as far as it is drawn, a slider at each quarter."""
    board, start = Board(task, tag, t), task.given[-1]
    points = "".join(_slider(board, place, drawn) for place in range(task.quarters))
    begin = "" if drawn else _words(board.x(0) + 16, board.y(start) - 16, t("lesson.draw.begin"))
    body = (
        f'{board.frame()}<g class="ex-begin">{begin}</g>'
        f'<path class="ex-curve" d="{board.line([start, *drawn])}" fill="none" stroke="{RUN}" '
        f'stroke-width="3.5" stroke-linejoin="round"/>{points}'
    )
    places = " ".join(f"{board.x(place):.1f}" for place in range(task.quarters + 1))
    scale = f"{BOTTOM} {TOP} {task.low:g} {task.high:g} {task.step:g} {start:g}"
    said = t("lesson.draw.value", value="{value}", unit=task.unit[tag])
    name = t("lesson.draw.board", axis=task.axis[tag])
    picture = svg(WIDTH, HEIGHT, name, body, "ex-board", role="group")
    state = 'data-fresh="locked"' if locked else 'data-fresh="open" data-draw="draw"'
    return Markup(
        f'<div class="ex-draw" {state} data-places="{places}" data-scale="{scale}" '
        f'data-say="{escape(said)}" data-values="{" ".join(f"{v:g}" for v in drawn)}">'
        f"{picture}</div>"
    )


def overlay(task: Draw, said: Sequence[float], came: Sequence[float], tag: str, t: Say) -> Markup:
    """The drawing and what came; between them, shaded, what was not foreseen."""
    board = Board(task, tag, t)
    drawn = [task.given[-1], *said]
    between = [*board.points(came), *board.points(drawn[: len(came)])[::-1]]
    body = (
        f'{board.frame()}<path d="M{"L".join(between)}Z" fill="{GOLD}" fill-opacity=".18"/>'
        f'<path d="{board.line(drawn)}" fill="none" stroke="{INK}" stroke-width="2.5" '
        'stroke-dasharray="7 5" stroke-linejoin="round"/>'
        f'<path d="{board.line(came)}" fill="none" stroke="{RUN}" stroke-width="4" '
        'stroke-linejoin="round"/>'
    )
    told = [", ".join(number(v, board.digits) for v in values) for values in (said, came[1:])]
    name = t("lesson.draw.both", axis=task.axis[tag], said=told[0], came=told[1])
    return svg(WIDTH, HEIGHT, name, body, "ex-board")


def _slider(board: Board, place: int, drawn: Sequence[float]) -> str:
    """The handle of one quarter; where nothing is drawn yet it is hollow."""
    task, t, done = board.task, board.t, place < len(drawn)
    value = drawn[place] if done else [task.given[-1], *drawn][-1]
    told = f"{value:.{board.digits}f}"
    said = t("lesson.draw.value", value=told, unit=task.unit[board.tag])
    name = t("lesson.draw.quarter", quarter=place + 1)
    return (
        f'<g id="{task.id}-quarter-{place + 1}" role="slider" class="{"" if done else "open"}" '
        f'tabindex="{0 if place == 0 else -1}" aria-orientation="vertical" '
        f'aria-label="{escape(name)}" aria-valuemin="{task.low:g}" aria-valuemax="{task.high:g}" '
        f'aria-valuenow="{value:g}" '
        f'aria-valuetext="{escape(said if done else t("lesson.draw.open"))}" '
        f'transform="translate({board.x(place + 1):.1f} {board.y(value):.1f})">'
        '<circle r="14" fill="none"/><circle r="7"/>'
        f'<text y="-18" font-size="14" text-anchor="middle">{told if done else ""}</text>'
        "</g>"
    )


def _words(x: float, y: float, text: str, fill: str = MUTED, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="14" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
