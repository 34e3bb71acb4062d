"""Curves over time, with their axes: a few lines, a value a quarter or hour. See templates/svg."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from crmsim.common.numbers import round_values
from crmsim.widgets.rendering import draw_svg

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
    marked: Sequence[int] = (),
    label: Callable[[int], object] = int,
    least: Sequence[float] = (),
) -> Markup:
    """Draw lines over the quarters 1 to `quarters`, or over as many hours.

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
        Quarters that are marked by a dotted line, such as the one from which something differs.
    label
        Gives what stands under a quarter; by default its number.
    least
        Values that the axis reaches in any case.
    """
    width, height = size
    ticks = round_values([*least, *(value for curve in curves for value in curve.values)])
    low, high = ticks[0], ticks[-1]
    bottom = height - BOTTOM

    def x(quarter: float) -> float:
        return LEFT + (width - LEFT - RIGHT) * (quarter - 1) / max(quarters - 1, 1)

    def y(value: float) -> float:
        return bottom - (bottom - TOP) * (value - low) / (high - low)

    step = 4 if quarters > 6 else 1
    return draw_svg(
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
        times=[
            (label(quarter), x(quarter))
            for quarter in sorted({1, *range(step, quarters + 1, step)})
        ],
        marks=[x(quarter) for quarter in marked],
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


def shape(points: Sequence[float], name: str, size: tuple[int, int] = (84, 40)) -> Markup:
    """Draw the mere shape of a curve, from 0 to 1, with nothing beside it.

    Parameters
    ----------
    points
        Two values or more from 0 to 1, evenly apart.
    name
        What a screen reader says.
    size
        Width and height in pixels.
    """
    width, height = size
    across, up = (width - 16) / (len(points) - 1), height - 16
    drawn = [(8 + at * across, 8 + up * (1 - value)) for at, value in enumerate(points)]
    return draw_svg("shape", name, width, height, points=drawn)
