"""The picture of a causal loop diagram: arrows with their signs, and the places of the nodes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from math import atan2, cos, degrees, hypot, pi, sin

from markupsafe import Markup, escape

from crmsim.common.palette import BAD, BASE, GOOD, INK
from crmsim.exercises.declared import Diagram
from crmsim.model.theory.causal_loop import Pair, Signs
from crmsim.widgets.drawings.drawings import svg

WIDTH, HEIGHT = 760, 400
NODE_W, NODE_H = 126, 44
BEND = 0.14
Point = tuple[float, float]

COLOURS = {"right": GOOD, "more": BASE, "wrong-sign": BAD, "reversed": BAD, "extra": BAD}


def places(task: Diagram, in_order: bool) -> dict[str, Point]:
    """Where each node lies on the ellipse; mixed, always alike, until the order is found."""
    names = [node.id for node in task.nodes]
    if not in_order:
        names.sort(key=lambda name: hashlib.sha256(f"{task.id}{name}".encode()).digest())
    radius = (WIDTH / 2 - NODE_W / 2 - 4, HEIGHT / 2 - NODE_H / 2 - 4)
    angles = [-pi / 2 + 2 * pi * place / len(names) for place in range(len(names))]
    return {
        name: (WIDTH / 2 + radius[0] * cos(angle), HEIGHT / 2 + radius[1] * sin(angle))
        for name, angle in zip(names, angles, strict=True)
    }


def percent(where: Mapping[str, Point]) -> dict[str, Point]:
    """Places as per cent of the picture, for what lies on top of it."""
    return {name: (100 * x / WIDTH, 100 * y / HEIGHT) for name, (x, y) in where.items()}


def arrows(
    where: Mapping[str, Point],
    signs: Signs,
    outcomes: Mapping[Pair, str],
    name: str,
    centre: Sequence[str] = (),
) -> Markup:
    """The links as arrows, their signs at the heads, with what is said in the middle."""
    drawn = "".join(
        _arrow(where[link[0]], where[link[1]], sign, outcomes.get(link, ""))
        for link, sign in signs.items()
    )
    words = "".join(
        f'<text x="{WIDTH / 2:g}" y="{HEIGHT / 2 + 8 + 24 * line:g}" text-anchor="middle" '
        f'font-size="{15 if line else 34}" font-weight="700" fill="{INK}">{escape(text)}</text>'
        for line, text in enumerate(centre)
    )
    return svg(WIDTH, HEIGHT, name, f"{words}{drawn}", "ex-arrows")


def _arrow(start: Point, stop: Point, sign: str, outcome: str) -> str:
    line = _between(start, stop)
    (x, y), (x_before, y_before) = line[-1], line[-6]
    x_sign, y_sign = line[max(0, len(line) - 22)]
    turn = degrees(atan2(y - y_before, x - x_before))
    colour = COLOURS.get(outcome, INK)
    dashed = 'stroke-dasharray="7 5"' if colour == BAD else ""
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line[:-2:3])
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2.5" {dashed}/>'
        f'<path d="M-10 -6 L2 0 L-10 6Z" fill="{colour}" '
        f'transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f})"/>'
        f'<circle cx="{x_sign:.1f}" cy="{y_sign:.1f}" r="10" fill="#FFFFFF" stroke="{colour}" '
        'stroke-width="2"/>'
        f'<text x="{x_sign:.1f}" y="{y_sign + 5.5:.1f}" text-anchor="middle" font-size="17" '
        f'font-weight="700" fill="{colour}">{sign.replace("-", "−")}</text>'
    )


def _between(start: Point, stop: Point) -> list[Point]:
    """A bent line from node to node, as far as it is outside both."""
    length = hypot(stop[0] - start[0], stop[1] - start[1])
    side = (BEND * (start[1] - stop[1]), BEND * (stop[0] - start[0]))
    middle = ((start[0] + stop[0]) / 2 - side[0], (start[1] + stop[1]) / 2 - side[1])
    steps = int(length / 2)
    line = [_bezier(start, middle, stop, step / steps) for step in range(steps + 1)]
    return [point for point in line if _outside(point, start) and _outside(point, stop)]


def _bezier(start: Point, middle: Point, stop: Point, way: float) -> Point:
    weights = ((1 - way) ** 2, 2 * way * (1 - way), way**2)
    x, y = (
        sum(
            weight * point[axis]
            for weight, point in zip(weights, (start, middle, stop), strict=True)
        )
        for axis in (0, 1)
    )
    return x, y


def _outside(point: Point, node: Point) -> bool:
    return abs(point[0] - node[0]) > NODE_W / 2 + 4 or abs(point[1] - node[1]) > NODE_H / 2 + 4
