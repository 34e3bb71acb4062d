"""The loop and the stocks of a firm, one run against another. Shapes: templates/svg."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import atan2, cos, degrees, pi, sin

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from crmsim.common.numbers import in_currency, number
from crmsim.model.market.log import NODES
from crmsim.runs.butterfly import onset_weeks, smooth
from crmsim.runs.run import Run
from crmsim.widgets.drawings.charts import short
from crmsim.widgets.drawings.drawings import sparkline, tank
from crmsim.widgets.rendering import draw, line, pixels

Text = Callable[..., str]
Place = tuple[float, float]

CARD = {"width": 150, "height": 76}
"""The size of a node's card, in pixels."""

CARD_GAP = 6
"""Pixels between a card and its arrows."""

IN_PERCENT = ("service", "sales", "profit", "pay", "attitude")

TOO_MUCH_PERCENT = 100
"""From here on, and of a loss, a change of profit is said in money: per cent would mislead."""


def percent(run: Run, base: Run, column: str = "profit") -> float:
    """Return the change of a column's total against the base case, in per cent."""
    total, usual = run.series[column].sum(), base.series[column].sum()
    return float(100 * (total - usual) / max(abs(usual), 1e-9))


def signed(value: float, digits: int) -> str:
    """Write a change with its sign; no change has none.

    Examples
    --------
    >>> signed(0.26, 1), signed(-0.26, 1), signed(0.01, 1)
    ('+0.3', '−0.3', '0.0')
    """
    text = number(value, digits)
    return text if text.startswith("−") or not float(text.replace(",", "")) else f"+{text}"


@dataclass(frozen=True)
class Node:
    """One node of the loop.

    ``change`` says how far it is from the base case and ``direction`` is the sign of that;
    ``arrival`` is its place in the order in which the effect arrives (None: never), ``when`` says
    the week.
    """

    label: str
    change: str
    direction: int
    run: Sequence[float]
    base: Sequence[float]
    arrival: int | None = None
    when: str = ""


def draw_loop(
    nodes: Sequence[Node],
    name: str = "",
    fresh: str = "",
    centre: tuple[str, str, str] = ("", "", ""),
    size: tuple[int, int] = (580, 408),
) -> Markup:
    """Draw the nodes as cards on an ellipse, joined by arrows.

    `centre` is the result of the whole loop: a label, the finding, and the base case. With a new
    value of `fresh` the cards light up anew, in the order of arrival.
    """
    drawn = []
    for node, (place, arrow, head) in zip(nodes, _shapes(len(nodes), size), strict=True):
        lines = sparkline(node.run, node.base, CARD["width"] - 24, 20)
        shape = {"x": place[0], "y": place[1], "arrow": arrow, "head": head}
        drawn.append(vars(node) | lines | shape)
    return draw("loop", name, *size, nodes=drawn, fresh=fresh, centre=centre, card=CARD)


@cache
def _shapes(count: int, size: tuple[int, int]) -> list[tuple[Place, str, str]]:
    """Return for each node its place, the path of the arrow to the next, and that of its head."""
    width, height = size
    across, down = (
        (full - CARD[side]) / 2 - 2 for full, side in ((width, "width"), (height, "height"))
    )

    def at(turn: float) -> Place:
        angle = 2 * pi * turn / count - pi / 2
        return width / 2 + across * cos(angle), height / 2 + down * sin(angle)

    shapes = []
    for node in range(count):
        piece = [at(node + step / 200) for step in range(201)]
        free = [p for p in piece if _outside(p, at(node)) and _outside(p, at(node + 1))]
        (x1, y1), (x0, y0) = free[-1], free[-7]
        turned = degrees(atan2(y1 - y0, x1 - x0))
        head = f"translate({pixels(x1)} {pixels(y1)}) rotate({turned:.0f})"
        shapes.append((at(node), line(free[:-3:3]), head))
    return shapes


def _outside(point: Place, card: Place) -> bool:
    """Return whether a point lies outside of a card, with a gap around it."""
    across, down = (abs(a - b) for a, b in zip(point, card, strict=True))
    return across > CARD["width"] / 2 + CARD_GAP or down > CARD["height"] / 2 + CARD_GAP


def loop(
    run: Run,
    base: Run,
    t: Text,
    centre: tuple[str, str, str],
    fresh: str = "",
    weeks: int = 52,
    fine: bool = False,
    unseen: float = 5e-4,
    size: tuple[int, int] = (580, 408),
) -> str:
    """Draw the loop; each node says its change over the last `weeks` and when the effect arrived.

    A node whose gap never exceeds the share `unseen` of its usual level is drawn as unchanged.
    """
    onset = onset_weeks(run, base)
    reached = [
        node for node in NODES if onset[node] is not None and not _hidden(run, base, node, unseen)
    ]
    order = sorted(reached, key=lambda node: (onset[node], NODES.index(node)))
    nodes = []
    for name in NODES:
        text, direction = _change(run, base, name, t, weeks, fine)
        arrived = name in order
        nodes.append(
            Node(
                label=t(f"model.node.{name}"),
                change=text if arrived else t("play.loop.none"),
                direction=direction if arrived else 0,
                run=_every_third(run.series[name]),
                base=_every_third(base.series[name]),
                arrival=order.index(name) if arrived else None,
                when=t("play.loop.week", week=(onset[name] or 0) + 1) if arrived else "",
            )
        )
    name = t("play.loop.name") + ": " + "; ".join(f"{n.label} {n.change}" for n in nodes)
    return draw_loop(nodes, name, fresh, centre, size)


def _every_third(values: NDArray[np.float64]) -> list[float]:
    return smooth(values)[::3].tolist()  # type: ignore[no-any-return]


def _hidden(run: Run, base: Run, column: str, unseen: float) -> bool:
    usual = float(np.abs(base.series[column]).mean()) or 1.0
    gap = smooth(run.series[column]) - smooth(base.series[column])
    return bool(np.abs(gap).max() < unseen * usual)


def _change(run: Run, base: Run, column: str, t: Text, weeks: int, fine: bool) -> tuple[str, int]:
    """The change over the last weeks, said in the node's own way, and its direction."""
    now, usual = (float(r.series[column][-weeks:].mean()) for r in (run, base))
    relative = column in IN_PERCENT
    value = 100 * (now - usual) / max(abs(usual), 1e-9) if relative else now - usual
    if column == "profit" and (usual <= 0 or abs(value) >= TOO_MUCH_PERCENT):
        return _in_money(weeks * (now - usual), run.scenario.currency, t)
    said = signed(value, 2 if fine or column == "evaluation" else 1)
    if said[0] not in "+−":
        return t("play.loop.hardly"), 0
    text = t("play.loop.percent" if relative else f"play.loop.{column}", change=said)
    return text, (said[0] == "+") - (said[0] == "−")


def _in_money(gained: float, currency: str, t: Text) -> tuple[str, int]:
    """What was gained or lost over the last weeks, and its direction."""
    if abs(gained) < 0.5:
        return t("play.loop.hardly"), 0
    rough = float(f"{abs(gained):.2g}")
    said = in_currency(short(rough, t), currency, t)
    return ("+" if gained > 0 else "−") + said, 1 if gained > 0 else -1


def tanks(
    now: Mapping[str, float], base: Mapping[str, float], people: int, t: Text, base_word: str
) -> list[str]:
    """Reputation and customers, each with the level of the base case as a line."""
    scales: Mapping[str, tuple[float, int]] = {"reputation": (1.0, 2), "customers": (people, 0)}
    return [
        tank(
            now[column] / (full or 1),
            base[column] / (full or 1),
            t(f"model.column.{column}"),
            number(now[column], digits),
            t(base_word, level=number(base[column], digits)),
        )
        for column, (full, digits) in scales.items()
    ]


def levels(run: Run) -> dict[str, float]:
    """What there was of every column at the end of a run."""
    return {column: float(values[-1]) for column, values in run.series.items()}
