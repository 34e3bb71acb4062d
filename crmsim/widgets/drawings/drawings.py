"""Small drawings: pure functions from data and labels to SVG. Their shapes are in templates/svg."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import copysign, cos, pi, sin

from markupsafe import Markup

from crmsim.widgets.rendering import draw_svg, path_through, pixels

# --- the journey -------------------------------------------------------------------------------

JOURNEY_HEIGHT = 46


def journey_points(
    emotions: Sequence[float], ahead: int, done: bool = False
) -> list[tuple[float, float]]:
    """Return the place of each touchpoint, as (percent across, pixels down).

    First those that were met, with their emotion from −1 to 1; then, unless the visit is `done`,
    the present one and those `ahead`.

    Parameters
    ----------
    emotions
        The emotion at each touchpoint met, from −1 to 1.
    ahead
        The number of touchpoints after the present one.
    done
        True if the visit is over.

    Returns
    -------
    list of tuple
        Percent of the width, and pixels of the height.
    """
    open_ones = 0 if done else 1 + ahead
    heights = [_height(emotion) for emotion in [*emotions, *[0.0] * open_ones]]
    return [(100 * (i + 0.5) / len(heights), y) for i, y in enumerate(heights)]


def _height(emotion: float) -> float:
    """Draw small feelings larger than they are (square root), so that they can be seen."""
    drawn = copysign(min(1.0, abs(emotion)) ** 0.5, emotion)
    return JOURNEY_HEIGHT / 2 - drawn * (JOURNEY_HEIGHT / 2 - 10)


def journey_drawing(
    emotions: Sequence[float], ahead: int, name: str = "", done: bool = False
) -> Markup:
    """Draw the emotion curve over the touchpoints; arguments as in `journey_points`.

    Parameters
    ----------
    emotions, ahead, done
        As for `journey_points`.
    name
        What a screen reader says.
    """
    points = [(10 * x, y) for x, y in journey_points(emotions, ahead, done)]
    known = points[: len(emotions)]
    rest = points[max(0, len(emotions) - 1) :] if not done else []
    middle = JOURNEY_HEIGHT / 2
    area = "M0 0"
    if len(known) > 1:
        ends = f"L{pixels(known[-1][0])} {middle} L{pixels(known[0][0])} {middle}Z"
        area = _smooth(known) + ends
    curves = {"known": _smooth(known), "ahead": _smooth(rest), "area": area}
    return draw_svg("journey", name, 1000, JOURNEY_HEIGHT, **curves)


def _smooth(points: Sequence[tuple[float, float]]) -> str:
    """Return a path through the points that never overshoots them."""
    if not points:
        return "M0 0"
    path = path_through(points[:1])
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = pixels((x0 + x1) / 2)
        path += f"C{middle} {pixels(y0)} {middle} {pixels(y1)} {pixels(x1)} {pixels(y1)}"
    return path


# --- the firm ----------------------------------------------------------------------------------

MOST_POINTS = 52
"""Most points of a small curve."""


def sparkline(
    run: Sequence[float], base: Sequence[float], width: float, height: float
) -> dict[str, str]:
    """Return the paths of a run and of its base case, on one scale, in a box of that size."""
    low, high = min(*run, *base), max(*run, *base)
    spread = (high - low) or 1.0

    def path(values: Sequence[float]) -> str:
        kept = values[:: max(1, len(values) // MOST_POINTS)]
        across = width / max(1, len(kept) - 1)
        return path_through(
            (across * i, height * (1 - (v - low) / spread)) for i, v in enumerate(kept)
        )

    return {"run_line": path(run), "base_line": path(base)}


def run_drawing(
    run: Sequence[float], base: Sequence[float], name: str = "", size: tuple[int, int] = (300, 190)
) -> Markup:
    """Draw a run against its base case, plainly, for pictures that are saved."""
    return draw_svg("curve", name, *size, **sparkline(run, base, size[0] - 8, size[1] - 8))


def tank(level: float, base_level: float, label: str, value: str, base_label: str = "") -> Markup:
    """Draw a stock as a tank, 0 empty and 1 full, with the level of the base case as a line."""
    top, bottom = 28, 116
    y, y_base = (bottom - (bottom - top) * max(0.0, min(1.0, v)) for v in (level, base_level))
    return draw_svg(
        "tank",
        f"{label}: {value}, {base_label}",
        138,
        158,
        top=top,
        bottom=bottom,
        level=y,
        base_level=y_base,
        label=label,
        value=value,
        base_label=base_label,
    )


def emblem(name: str = "") -> Markup:
    """Draw the loop as a sign.

    Parameters
    ----------
    name
        What a screen reader says.
    """
    turns = [2 * pi * node / 7 for node in range(7)]
    return draw_svg(
        "emblem", name, 160, 176, places=[(80 + 58 * sin(a), 88 - 58 * cos(a)) for a in turns]
    )
