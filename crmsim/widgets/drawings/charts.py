"""Curves over time as SVG, with their axes: a few lines, a value a quarter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

from crmsim.common.numbers import number
from crmsim.common.palette import INK, LINE, MUTED
from crmsim.widgets.drawings.drawings import svg

"""A strategy that was watched: dark gold, and dashed."""

LEFT, RIGHT, TOP, BOTTOM = 52, 10, 10, 22


@dataclass(frozen=True)
class Curve:
    """One line of a chart; the first value belongs to the quarter `first`."""

    values: Sequence[float]
    colour: str
    width: float = 2.5
    dash: str = ""
    first: int = 1


def chart(
    curves: Sequence[Curve],
    name: str,
    quarters: int,
    said: Callable[[float], str],
    size: tuple[int, int] = (300, 150),
    marked: int = 0,
) -> Markup:
    """Lines over the quarters 1 to `quarters`; `said` puts a value of the axis in words.

    `marked` is a quarter from which on something differs, shown by a thin line.
    """
    width, height = size
    ticks = nice([value for curve in curves for value in curve.values])
    low, high = ticks[0], ticks[-1]
    floor_y = height - BOTTOM

    def x(quarter: float) -> float:
        return LEFT + (width - LEFT - RIGHT) * (quarter - 1) / max(quarters - 1, 1)

    def y(value: float) -> float:
        return floor_y - (floor_y - TOP) * (value - low) / (high - low)

    rules = "".join(
        f'<path d="M{LEFT} {y(tick):.1f} H{width - RIGHT}" '
        f'stroke="{MUTED if tick == 0 and low < 0 else LINE}"/>'
        f"{_words(LEFT - 6, y(tick) + 5, said(tick), 'end')}"
        for tick in ticks
    )
    step = 4 if quarters > 6 else 1
    times = "".join(
        _words(x(quarter), height - 5, str(quarter), "middle")
        for quarter in sorted({1, *range(step, quarters + 1, step)})
    )
    mark = (
        f'<path d="M{x(marked):.1f} {TOP} V{floor_y}" stroke="{INK}" stroke-dasharray="2 4"/>'
        if marked
        else ""
    )
    lines = "".join(_line(curve, x, y) for curve in curves if len(curve.values))
    return svg(width, height, name, f"{rules}{times}{mark}{lines}", "crmsim-chart")


def _line(curve: Curve, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    points = [(x(curve.first + at), y(value)) for at, value in enumerate(curve.values)]
    path = "M" + "L".join(f"{left:.1f} {down:.1f}" for left, down in points)
    dash = f' stroke-dasharray="{curve.dash}"' if curve.dash else ""
    end = f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="{curve.width + 1:g}"'
    return (
        f'<path d="{path}" fill="none" stroke="{curve.colour}" stroke-width="{curve.width:g}" '
        f'stroke-linejoin="round"{dash}/>{end} fill="{curve.colour}"/>'
    )


def nice(values: Sequence[float], most: int = 4) -> list[float]:
    """Round numbers that enclose the values, evenly apart.

    Examples
    --------
    >>> nice([0.41, 0.58])
    [0.4, 0.5, 0.6]
    >>> nice([-30.0, 120.0])
    [-50.0, 0.0, 50.0, 100.0, 150.0]
    """
    low, high = (min(values), max(values)) if len(values) else (0.0, 1.0)
    spread = high - low or abs(high) or 1.0
    raw = spread / (most - 1)
    size = 10.0 ** floor(log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    last += first == last
    return [round(step * at, 10) for at in range(first, last + 1)]


def short(value: float, t: Callable[..., str]) -> str:
    """A large number as short as an axis needs it.

    Examples
    --------
    >>> from crmsim.common.words import words
    >>> short(1_250_000, words("en")), short(-35_000, words("zh"))
    ('1.25M', '−3.5万')
    """
    for scale in t("market.dials.scales").split():
        size, _, sign = scale.partition("=")
        if abs(value) >= float(size):
            return f"{_bare(value / float(size))}{sign}"
    return _bare(value)


def _bare(value: float) -> str:
    return f"{value:.3g}".replace("-", "−") if abs(value) < 1000 else number(value)


def course(points: Sequence[float], name: str, size: tuple[int, int] = (84, 40)) -> Markup:
    """The mere shape of a course, from 0 to 1, with nothing beside it."""
    width, height = size
    across, up = (width - 16) / (len(points) - 1), height - 16
    path = "L".join(f"{8 + at * across:.1f} {8 + up * (1 - v):.1f}" for at, v in enumerate(points))
    body = (
        f'<path d="M{path}" fill="none" stroke="currentColor" stroke-width="3" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )
    return svg(width, height, name, body)


def _words(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="14" fill="{MUTED}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
