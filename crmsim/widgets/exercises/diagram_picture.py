"""The picture of a causal loop diagram: the places of its nodes, and its arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, pi, sin

from markupsafe import Markup

from crmsim.exercises.kinds.loop import Loop
from crmsim.exercises.kinds.rows import mixed
from crmsim.model.theory.causal_loop import NodePair, Signs
from crmsim.widgets.drawings.loop import Point
from crmsim.widgets.rendering import draw_svg

WIDTH, HEIGHT = 760, 400
NODE_W, NODE_H = 126, 44
BEND = 0.14
"""Distance of the middle of an arrow from the straight line, as a share of its length."""
SIGN_BEFORE_HEAD = 22
"""Steps of two pixels from an arrow's head back to its sign."""


@dataclass(frozen=True)
class Arrow:
    """One arrow in pixels: its path, its head and the turn of it in degrees, its sign and place."""

    path: list[Point]
    head: Point
    turn: int
    sign: str
    sign_at: Point
    outcome: str

    @property
    def wrong(self) -> bool:
        """True if it is marked, and not true."""
        return self.outcome not in ("", "right", "more")


def node_places(task: Loop, in_order: bool) -> dict[str, Point]:
    """Return the middle of each node on an ellipse; in mixed order until the loop is found."""
    names = [node.id for node in task.nodes]
    if not in_order:
        names = mixed(task.id, names)
    radius = (WIDTH / 2 - NODE_W / 2 - 4, HEIGHT / 2 - NODE_H / 2 - 4)
    angles = [-pi / 2 + 2 * pi * place / len(names) for place in range(len(names))]
    return {
        name: (WIDTH / 2 + radius[0] * cos(angle), HEIGHT / 2 + radius[1] * sin(angle))
        for name, angle in zip(names, angles, strict=True)
    }


def button_places(where: Mapping[str, Point]) -> dict[str, Point]:
    """Return places as per cent of the picture, for the buttons that lie on top of it."""
    return {name: (100 * x / WIDTH, 100 * y / HEIGHT) for name, (x, y) in where.items()}


def drawn(
    where: Mapping[str, Point],
    signs: Signs,
    outcomes: Mapping[NodePair, str],
    name: str,
    centre: Sequence[str] = (),
) -> Markup:
    """Draw the links as arrows, and words in the middle.

    Parameters
    ----------
    where
        The middle of each node, in pixels.
    signs
        The sign of each link.
    outcomes
        What each link is once it is marked: keys of ``lesson.loop``.
    name
        The accessible name of the picture.
    centre
        Lines of words in the middle, the first one large.
    """
    arrows = [
        _arrow(where[link[0]], where[link[1]], sign, outcomes.get(link, ""))
        for link, sign in signs.items()
    ]
    return draw_svg("diagram", name, WIDTH, HEIGHT, centre=centre, arrows=arrows)


def _arrow(start: Point, stop: Point, sign: str, outcome: str) -> Arrow:
    line = _between(start, stop)
    (x, y), (x_before, y_before) = line[-1], line[-6]
    return Arrow(
        line[:-2:3],
        line[-1],
        round(degrees(atan2(y - y_before, x - x_before))),
        sign.replace("-", "−"),
        line[max(0, len(line) - SIGN_BEFORE_HEAD)],
        outcome,
    )


def _between(start: Point, stop: Point) -> list[Point]:
    """Return a bent line from node to node, as far as it is outside both, two pixels a step."""
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
