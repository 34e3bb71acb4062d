"""Drawings of a service desk: the line at the full hour, and a control chart. See templates/svg."""

from __future__ import annotations

import math
from collections.abc import Callable

from markupsafe import Markup

from crmsim.common.numbers import round_values
from crmsim.model.theory.control_chart import ControlChart
from crmsim.widgets.rendering import draw_svg

STEP, MOST_SHOWN = 26, 22
"""Pixels from one person of the line to the next, and how many fit into the picture."""


def queue_drawing(agents: int, waiting: int, numbers: int, name: str) -> Markup:
    """Draw the desk at a full hour: who answers, who waits, and who waits for a call.

    Parameters
    ----------
    agents, waiting, numbers
        People on the phone, in the line, and to be called back.
    name
        What a screen reader says.
    """
    there = ["agent"] * agents + ["waits"] * waiting + ["number"] * numbers
    shown = there[:MOST_SHOWN]
    people = [{"look": look, "x": 14 + STEP * place} for place, look in enumerate(shown)]
    more = len(there) - len(shown)
    return draw_svg("line", name, 20 + STEP * MOST_SHOWN, 44, people=people, more=more)


def control_chart_drawing(
    chart: ControlChart, name: str, say: Callable[[float], str], size: tuple[int, int] = (264, 196)
) -> Markup:
    """Draw the shares of some days with their mean and limits; the last day stands out.

    Parameters
    ----------
    chart
        A point a day; days without any share are left out.
    name
        What a screen reader says.
    say
        Writes a share of the axis.
    size
        Width and height, in pixels.
    """
    width, height = size
    known = [i for i, share in enumerate(chart.share) if not math.isnan(share)]
    values = [*(float(chart.share[i]) for i in known), *(float(chart.high[i]) for i in known)]
    ticks = round_values([0.0, *values])
    bottom, top, left, right = height - 10, 10, 52, width - 12

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / ticks[-1]

    def x(day: int) -> float:
        return left + 8 + (right - left - 16) * day / max(len(chart.share) - 1, 1)

    last = len(chart.share) - 1
    return draw_svg(
        "control_chart",
        name,
        width,
        height,
        left=left,
        right=right,
        ticks=[{"y": y(tick), "text": say(tick)} for tick in ticks],
        centre=y(chart.centre),
        low=[(x(i), y(float(chart.low[i]))) for i in known],
        high=[(x(i), y(float(chart.high[i]))) for i in known],
        points=[
            {
                "x": x(i),
                "y": y(float(chart.share[i])),
                "own": i == last,
                "out": bool(chart.signals[i]),
            }
            for i in known
        ],
    )
