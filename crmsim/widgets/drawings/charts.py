"""Curves over time, with their axes: a few lines, a value a quarter. Shapes: templates/svg."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

from crmsim.common.numbers import number
from crmsim.common.words import Translate
from crmsim.widgets.rendering import draw

LEFT, RIGHT, TOP, BOTTOM = 52, 10, 10, 22
"""Margins, in pixels."""


@dataclass(frozen=True)
class ChartLine:
    """One line of a chart: a value a quarter, from the first quarter on."""

    values: Sequence[float]
    colour: str
    width: float = 2.5
    dash: str = ""


def chart(
    curves: Sequence[ChartLine],
    name: str,
    quarters: int,
    say: Callable[[float], str],
    size: tuple[int, int] = (300, 150),
    marked: int = 0,
) -> Markup:
    """Draw lines over the quarters 1 to `quarters`.

    Parameters
    ----------
    curves
        The lines; the last one lies on top.
    name
        What a screen reader says.
    quarters
        Quarters on the axis.
    say
        Writes a value of the axis.
    size
        Width and height, in pixels.
    marked
        The quarter from which on something differs, shown by a dotted line; 0: none.
    """
    width, height = size
    ticks = nice([value for curve in curves for value in curve.values])
    low, high = ticks[0], ticks[-1]
    bottom = height - BOTTOM

    def x(quarter: float) -> float:
        return LEFT + (width - LEFT - RIGHT) * (quarter - 1) / max(quarters - 1, 1)

    def y(value: float) -> float:
        return bottom - (bottom - TOP) * (value - low) / (high - low)

    step = 4 if quarters > 6 else 1
    return draw(
        "chart",
        name,
        width,
        height,
        left=LEFT,
        right=width - RIGHT,
        top=TOP,
        bottom=bottom,
        ticks=[
            {"y": y(tick), "text": say(tick), "strong": tick == 0 and low < 0} for tick in ticks
        ],
        times=[(quarter, x(quarter)) for quarter in sorted({1, *range(step, quarters + 1, step)})],
        mark=x(marked) if marked else None,
        curves=[
            {
                "points": [(x(at), y(value)) for at, value in enumerate(curve.values, 1)],
                "colour": curve.colour,
                "width": curve.width,
                "dash": curve.dash,
            }
            for curve in curves
            if len(curve.values)
        ],
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


def short(value: float, t: Translate) -> str:
    """Write a large number as short as an axis needs it.

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


def shape(points: Sequence[float], name: str, size: tuple[int, int] = (84, 40)) -> Markup:
    """Draw the mere shape of a curve, from 0 to 1, with nothing beside it."""
    width, height = size
    across, up = (width - 16) / (len(points) - 1), height - 16
    drawn = [(8 + at * across, 8 + up * (1 - value)) for at, value in enumerate(points)]
    return draw("shape", name, width, height, points=drawn)
