"""Small drawings as SVG: pure functions from data and labels to text, no words of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import atan2, copysign, cos, degrees, pi, sin

from markupsafe import Markup, escape

from crmsim.common.palette import BAD, BAD_TEXT, BASE, GOOD_TEXT, INK, LINE, MUTED, RUN, WASH


def svg(
    width: float,
    height: float,
    name: str,
    body: str,
    css: str = "",
    fit: str = "xMidYMid",
    role: str = "img",
) -> Markup:
    """A drawing of `width` × `height` pixels whose accessible name is `name`."""
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{css}" role="{role}" '
        f'aria-label="{escape(name)}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" preserveAspectRatio="{fit}">{body}</svg>'
    )


# --- expected against perceived ----------------------------------------------------------------


def gap_bars(
    expected: Mapping[str, float],
    perceived: Mapping[str, float],
    labels: Mapping[str, str],
    change: Mapping[str, float],
    name: str = "",
    width: float = 300,
) -> Markup:
    """One row a dimension: expectation as an outline, perception as a bar, the deficit in red."""
    rows = "".join(
        _gap_row(38 * i, labels[d], expected[d], perceived[d], change.get(d, 0.0), width)
        for i, d in enumerate(labels)
    )
    return svg(width, 38 * len(labels), name, rows, "crmsim-gaps")


def _gap_row(y: float, label: str, e: float, p: float, change: float, width: float) -> str:
    track = width - 2
    x_e, x_p = (1 + track * max(0.0, min(1.0, v)) for v in (e, p))
    colour, sign = (GOOD_TEXT, "▲") if change > 0 else (BAD_TEXT, "▼")
    points = round(abs(change) * 100)
    moved = f"{sign} {points}" if points else ""
    missing = max(0.0, x_e - x_p)
    return (
        f'<text x="0" y="{y + 14}" font-size="14" fill="{INK}">{escape(label)}</text>'
        f'<text x="{width:g}" y="{y + 14}" font-size="14" font-weight="600" text-anchor="end" '
        f'fill="{colour}">{moved}</text>'
        f'<rect x="1" y="{y + 20}" width="{track:g}" height="9" rx="4.5" fill="#E9EEF3"/>'
        f'<rect class="bar" x="1" y="{y + 20}" width="{x_p - 1:.1f}" height="9" rx="4.5" '
        f'fill="{RUN}"/>'
        f'<rect class="bar" x="{x_p:.1f}" y="{y + 21}" width="{missing:.1f}" height="7" '
        f'fill="{BAD}"/>'
        f'<path class="bar" d="M{x_e:.1f} {y + 16.5} v16" stroke="{INK}" stroke-width="2.5" '
        'stroke-linecap="round"/>'
    )


# --- the journey -------------------------------------------------------------------------------

JOURNEY_HEIGHT = 58


def journey_points(
    emotions: Sequence[float], ahead: int, done: bool = False
) -> list[tuple[float, float]]:
    """Where each touchpoint lies, as (percent across, pixels down): those met, now, and to come."""
    open_ones = 0 if done else 1 + ahead
    count = len(emotions) + open_ones
    heights = [_height(e) for e in emotions] + [_height(0.0)] * open_ones
    return [(100 * (i + 0.5) / count, y) for i, y in enumerate(heights)]


def _height(emotion: float) -> float:
    """Small feelings are drawn larger than they are (square root), so that they can be seen."""
    drawn = copysign(min(1.0, abs(emotion)) ** 0.5, emotion)
    return JOURNEY_HEIGHT / 2 - drawn * (JOURNEY_HEIGHT / 2 - 11)


def journey(emotions: Sequence[float], ahead: int, name: str = "", done: bool = False) -> Markup:
    """The emotion curve over the touchpoints: drawn as far as it is known, dotted ahead."""
    points = [(10 * x, y) for x, y in journey_points(emotions, ahead, done)]
    known = points[: len(emotions)]
    rest = points[max(0, len(emotions) - 1) :] if not done else []
    middle = JOURNEY_HEIGHT / 2
    body = (
        f'<path d="M0 {middle} H1000" stroke="{LINE}" stroke-width="1" '
        'vector-effect="non-scaling-stroke"/>'
        f'<path d="{_smooth(rest)}" fill="none" stroke="{BASE}" stroke-width="2" '
        'stroke-dasharray="2 6" '
        'stroke-linecap="round" vector-effect="non-scaling-stroke"/>'
        f'<path d="{_area(known, middle)}" fill="{RUN}" fill-opacity=".08"/>'
        f'<path d="{_smooth(known)}" fill="none" stroke="{RUN}" stroke-width="3" '
        'stroke-linecap="round" vector-effect="non-scaling-stroke"/>'
    )
    return svg(1000, JOURNEY_HEIGHT, name, body, "crmsim-curve", "none")


def _smooth(points: Sequence[tuple[float, float]]) -> str:
    """A curve through the points that never overshoots them."""
    if not points:
        return "M0 0"
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        path += f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    return path


def _area(points: Sequence[tuple[float, float]], floor: float) -> str:
    if len(points) < 2:
        return "M0 0"
    return f"{_smooth(points)}L{points[-1][0]:.1f} {floor} L{points[0][0]:.1f} {floor}Z"


# --- the loop ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """One node of the loop: its name, how far it is from the base case, and its history."""

    label: str
    change: str
    direction: int
    run: Sequence[float]
    base: Sequence[float]
    arrival: int | None = None
    when: str = ""


CARD_W, CARD_H = 150, 76


def loop(
    nodes: Sequence[Node],
    name: str = "",
    fresh: str = "",
    centre: tuple[str, str, str] = ("", "", ""),
    size: tuple[int, int] = (580, 408),
) -> Markup:
    """The nodes as cards on an ellipse, joined by arrows; cards light up in order of arrival.

    `centre` is what the loop comes to: a label, the finding, what it is held against.
    """
    width, height = size
    middle, radius = (
        (width / 2, height / 2),
        (width / 2 - CARD_W / 2 - 2, height / 2 - CARD_H / 2 - 2),
    )
    angles = [-pi / 2 + 2 * pi * i / len(nodes) for i in range(len(nodes))]
    places = [(middle[0] + radius[0] * cos(a), middle[1] + radius[1] * sin(a)) for a in angles]
    arrows = "".join(
        _arrow(_arrow_shape(middle, radius, angle, angle + 2 * pi / len(nodes)), node)
        for angle, node in zip(angles, nodes, strict=True)
    )
    cards = "".join(_card(node, *place) for node, place in zip(nodes, places, strict=True))
    body = f'<g data-fresh="{escape(fresh)}">{arrows}{cards}</g>{_centre(centre, *middle)}'
    return svg(width, height, name, body, "crmsim-loop")


def _centre(words: tuple[str, str, str], x: float, y: float) -> str:
    looks = ((-24, 14, 400, MUTED), (8, 26, 700, INK), (32, 14, 400, MUTED))
    return "".join(
        f'<text x="{x:g}" y="{y + down:g}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="middle" fill="{colour}">{escape(word)}</text>'
        for word, (down, size, weight, colour) in zip(words, looks, strict=True)
    )


@cache
def _arrow_shape(
    middle: tuple[float, float], radius: tuple[float, float], start: float, stop: float
) -> tuple[str, str]:
    """The piece of the ellipse between the cards at two angles, and the place of its head."""

    def at(angle: float) -> tuple[float, float]:
        return middle[0] + radius[0] * cos(angle), middle[1] + radius[1] * sin(angle)

    line = [at(start + (stop - start) * i / 200) for i in range(201)]
    free = [p for p in line if _outside(p, at(start)) and _outside(p, at(stop))]
    (x1, y1), (x0, y0) = free[-1], free[-7]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in free[:-3:3])
    return path, f"translate({x1:.1f} {y1:.1f}) rotate({degrees(atan2(y1 - y0, x1 - x0)):.0f})"


def _arrow(shape: tuple[str, str], node: Node) -> str:
    state = "none" if node.arrival is None else "lit"
    return (
        f'<g class="arrow {state}" style="animation-delay:{_delay(node, 0.2)}">'
        f'<path d="{shape[0]}" fill="none" stroke="currentColor" stroke-width="3" '
        'stroke-linecap="round"/>'
        f'<path d="M-11 -7 L3 0 L-11 7Z" fill="currentColor" transform="{shape[1]}"/></g>'
    )


def _outside(point: tuple[float, float], place: tuple[float, float]) -> bool:
    gap = 6
    return (
        abs(point[0] - place[0]) > CARD_W / 2 + gap or abs(point[1] - place[1]) > CARD_H / 2 + gap
    )


def _delay(node: Node, more: float = 0.0) -> str:
    return f"{(node.arrival or 0) * 0.35 + more:.2f}s"


def _card(node: Node, x: float, y: float) -> str:
    left, top = x - CARD_W / 2, y - CARD_H / 2
    colour = {1: GOOD_TEXT, 0: MUTED, -1: BAD_TEXT}[node.direction]
    state = "none" if node.arrival is None else "lit"
    return (
        f'<g class="node {state}" style="animation-delay:{_delay(node)}">'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{CARD_W}" height="{CARD_H}" rx="12"/>'
        f'<text x="{left + 12:.1f}" y="{top + 20:.1f}" font-size="14" font-weight="600" '
        f'fill="{INK}">'
        f"{escape(node.label)}</text>"
        f'<g transform="translate({left + 12:.1f} {top + 28:.1f})">'
        f"{_sparkline(node.run, node.base, CARD_W - 24, 20)}</g>"
        f'<text x="{left + 12:.1f}" y="{top + 67:.1f}" font-size="14" font-weight="600" '
        f'fill="{colour}">'
        f"{escape(node.change)}</text>"
        f'<text x="{left + CARD_W - 12:.1f}" y="{top + 67:.1f}" font-size="14" text-anchor="end" '
        f'fill="{MUTED}">{escape(node.when)}</text></g>'
    )


def _sparkline(run: Sequence[float], base: Sequence[float], width: float, height: float) -> str:
    low, high = min(*run, *base), max(*run, *base)
    spread = (high - low) or 1.0

    def line(series: Sequence[float]) -> str:
        every = max(1, len(series) // 52)
        kept = list(series)[::every]
        return "M" + "L".join(
            f"{width * i / max(1, len(kept) - 1):.1f} {height * (1 - (v - low) / spread):.1f}"
            for i, v in enumerate(kept)
        )

    return (
        f'<path d="{line(base)}" fill="none" stroke="{BASE}" stroke-width="1.5"/>'
        f'<path d="{line(run)}" fill="none" stroke="{RUN}" stroke-width="2" '
        'stroke-linejoin="round"/>'
    )


def curve(
    run: Sequence[float], base: Sequence[float], name: str = "", size: tuple[int, int] = (300, 190)
) -> Markup:
    """A plain curve against the base case, for pictures that are saved."""
    return svg(
        *size,
        name,
        f'<g transform="translate(4 4)">{_sparkline(run, base, size[0] - 8, size[1] - 8)}</g>',
    )


# --- stocks ------------------------------------------------------------------------------------


def tank(level: float, base_level: float, label: str, value: str, base_label: str = "") -> Markup:
    """A stock as a tank, 0 empty and 1 full, with the level of the base case as a line."""
    top, bottom, left, right = 28.0, 116.0, 4.0, 100.0
    y, y_base = (bottom - (bottom - top) * max(0.0, min(1.0, v)) for v in (level, base_level))
    body = (
        f'<text x="{left}" y="14" font-size="14" font-weight="600" '
        f'fill="{INK}">{escape(label)}</text>'
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" '
        f'rx="10" fill="{WASH}"/>'
        f'<path class="bar" d="M{left} {y:.1f} q12 -5 24 0 t24 0 t24 0 t24 0 '
        f"V{bottom - 10} q0 10 -10 10 "
        f'H{left + 10} q-10 0 -10 -10Z" fill="{RUN}" fill-opacity=".82"/>'
        f'<path d="M{left} {top - 4} V{bottom - 10} q0 10 10 10 H{right - 10} q10 0 10 -10 '
        f'V{top - 4}" '
        f'fill="none" stroke="{INK}" stroke-width="2.2" stroke-linecap="round"/>'
        f'<path class="bar" d="M{left - 2} {y_base:.1f} H{right + 8}" stroke="{INK}" '
        'stroke-width="2" '
        f'stroke-dasharray="5 4"/>'
        f'<text x="{left}" y="{bottom + 20}" font-size="16" font-weight="650" '
        f'fill="{INK}">{escape(value)}</text>'
        f'<text x="{left}" y="{bottom + 38}" font-size="14" '
        f'fill="{MUTED}">{escape(base_label)}</text>'
    )
    return svg(138, 158, f"{label}: {value}, {base_label}", body, "crmsim-tank")


def emblem(name: str = "") -> Markup:
    """The loop as a sign: seven dots on a circle, each leading to the next."""
    places = [(80 + 58 * sin(2 * pi * i / 7), 88 - 58 * cos(2 * pi * i / 7)) for i in range(7)]
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{12 if i == 0 else 9}" '
        f'fill="{RUN if i == 0 else "#FFFFFF"}" stroke="{RUN}" stroke-width="3.5"/>'
        for i, (x, y) in enumerate(places)
    )
    circle = f'<circle cx="80" cy="88" r="58" fill="none" stroke="{RUN}" stroke-width="3.5"/>'
    return svg(160, 176, name, circle + dots)
