"""The loop and the stocks of a firm, one run against another. Shapes: templates/svg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import atan2, cos, degrees, pi, sin
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from crmsim.common.numbers import in_currency, number, scaled
from crmsim.common.words import Translate
from crmsim.model.market.log import NODES
from crmsim.runs.arrivals import Arrival, arrivals
from crmsim.runs.butterfly import smooth
from crmsim.runs.run import Run
from crmsim.widgets.drawings.drawings import sparkline, tank
from crmsim.widgets.drawings.film import Film
from crmsim.widgets.rendering import draw_svg, path_through, pixels

Point = tuple[float, float]

CARD = {"width": 150, "height": 76}
"""The size of a node's card, in pixels."""

LINE_PX = 126
"""Pixels of a card in which its change and its week stand side by side."""

CARD_GAP = 6
"""Pixels between a card and its arrows."""

TALL_HEIGHT = 560
TALL = ((290, 40), (383, 150), (383, 395), (383, 505), (197, 505), (197, 395), (197, 150))
"""Places of the seven cards on a phone, in pixels of a picture of that height."""

TALL_MIDDLE = 258
"""The line of the money in the middle on a phone."""

IN_PERCENT = ("service", "sales", "pay", "attitude")


def signed(value: float, digits: int) -> str:
    """Write a change with its sign; no change has none.

    Parameters
    ----------
    value
        A change, in any unit.
    digits
        Digits after the point.

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
    ``reached``: the effect arrives here, and ``when`` says the week; ``entry``: a decision acts
    directly on it.
    """

    label: str
    change: str
    direction: int
    run: Sequence[float]
    base: Sequence[float]
    reached: bool = False
    when: str = ""
    entry: bool = False


def draw_loop(
    nodes: Sequence[Node],
    name: str = "",
    centre: tuple[str, str, str] = ("", "", ""),
    size: tuple[int, int] = (580, 408),
    film: bool = False,
    entry_name: str = "",
) -> Markup:
    """Draw the nodes as cards on an ellipse, joined by arrows.

    `centre` is the result of the whole loop: a label, the finding, and the base case. With a
    `film` there is room for its week and its controls below them.
    """
    drawn = []
    for at, (node, (place, arrow, head)) in enumerate(
        zip(nodes, _shapes(len(nodes), size), strict=True)
    ):
        lines = sparkline(node.run, node.base, CARD["width"] - 24, 20)
        # The area between the two curves: along one, and back along the other.
        gap = lines["run_line"] + "L" + "L".join(lines["base_line"][1:].split("L")[::-1]) + "Z"
        passes = node.reached and nodes[(at + 1) % len(nodes)].reached
        shape = {"x": place[0], "y": place[1], "arrow": arrow, "head": head, "passes": passes}
        narrow = _narrow(at, place, size[1]) if len(nodes) == len(TALL) else {}
        # About 9.4 and 8.6 pixels a letter, in the two sizes of type.
        beside = _wide(node.change, 9.4) + 8 + _wide(node.when, 8.6) <= LINE_PX
        when = {"when": node.when if beside else ""}
        drawn.append(vars(node) | lines | shape | when | {"gap": gap, "narrow": narrow})
    centre_down = -30 if film else 8
    return draw_svg(
        "loop",
        name,
        *size,
        nodes=drawn,
        centre=centre,
        card=CARD,
        film=film,
        centre_down=centre_down,
        middle_moves=TALL_MIDDLE - (TALL_HEIGHT - size[1]) / 2 - size[1] / 2 - centre_down,
        entry_name=entry_name,
    )


def _wide(text: str, digit_px: float) -> float:
    """Return about how wide a text is, in pixels."""
    return sum(
        14 if ord(sign) > 0x2E80 else digit_px if sign in "+−0123456789" else 6.5 for sign in text
    )


@cache
def _narrow(at: int, place: Point, height: int) -> dict[str, Any]:
    """Return how a card moves on a phone, where the loop is tall, and its arrow to the next.

    There the picture is `TALL_HEIGHT` high, and what is drawn stands in the middle of it.
    """
    down = (TALL_HEIGHT - height) / 2
    start, end = ((x, y - down) for x, y in (TALL[at], TALL[(at + 1) % len(TALL)]))
    steps = [step / 100 for step in range(101)]
    way = [(start[0] + (end[0] - start[0]) * s, start[1] + (end[1] - start[1]) * s) for s in steps]
    free = [point for point in way if _outside(point, start) and _outside(point, end)]
    return {
        "x": start[0],
        "y": start[1],
        "dx": start[0] - place[0],
        "dy": start[1] - place[1],
        "arrow": path_through([free[0], free[-3]]),
        "head": _headed(free[-1], free[0]),
    }


def _headed(tip: Point, before: Point) -> str:
    """Return where the head of an arrow goes, and how it is turned."""
    turned = degrees(atan2(tip[1] - before[1], tip[0] - before[0]))
    return f"translate({pixels(tip[0])} {pixels(tip[1])}) rotate({turned:.0f})"


@cache
def _shapes(count: int, size: tuple[int, int]) -> list[tuple[Point, str, str]]:
    """Return for each node its place, the path of the arrow to the next, and that of its head."""
    width, height = size
    across, down = (
        (full - CARD[side]) / 2 - 2 for full, side in ((width, "width"), (height, "height"))
    )

    def at(turn: float) -> Point:
        angle = 2 * pi * turn / count - pi / 2
        return width / 2 + across * cos(angle), height / 2 + down * sin(angle)

    shapes = []
    for node in range(count):
        piece = [at(node + step / 200) for step in range(201)]
        free = [p for p in piece if _outside(p, at(node)) and _outside(p, at(node + 1))]
        shapes.append((at(node), path_through(free[:-3:3]), _headed(free[-1], free[-7])))
    return shapes


def _outside(point: Point, card: Point) -> bool:
    """Return whether a point lies outside of a card, with a gap around it."""
    across, down = (abs(a - b) for a, b in zip(point, card, strict=True))
    return across > CARD["width"] / 2 + CARD_GAP or down > CARD["height"] / 2 + CARD_GAP


@dataclass(frozen=True)
class LoopDrawing:
    """The loop as it is shown: its drawing, and its film if it has one.

    A new value of ``fresh`` shows the film again. ``arrivals`` are (week, words, tone), for those
    who want no motion. ``told`` is what the finished picture shows, in a sentence, and ``flight``
    says what became of the passengers of one flight. ``on_canvas`` is true for a town, whose dots
    the browser draws on a canvas.
    """

    drawing: Markup
    fresh: str
    film: Mapping[str, Any] | None = None
    arrivals: Sequence[tuple[str, str, str]] = ()
    told: str = ""
    flight: str = ""
    on_canvas: bool = False


def loop(
    run: Run,
    base: Run,
    t: Translate,
    centre: tuple[str, str, str],
    fresh: str = "",
    weeks: int = 0,
    size: tuple[int, int] = (580, 408),
    film: Film | None = None,
    same: float = 0.0,
    result: float | None = None,
) -> LoopDrawing:
    """Draw the loop; each node says its change over the last `weeks` and when the effect arrived.

    0 weeks are all of them. A node that the effect never reaches is drawn as unchanged, and up to
    a change of `same`, in money, profit is drawn as neither better nor worse.

    Parameters
    ----------
    run, base
        Two runs of one market with the same seed.
    t
        The words of the language.
    centre
        The three lines in the middle of the loop.
    fresh
        A text; the film is shown again where it is a new one.
    weeks
        The number of last weeks over which a change is taken; 0: all.
    size
        Width and height in pixels.
    film
        The film that plays in the drawing, if there is one.
    same
        The change of profit, in currency, that counts as none.
    result
        The change of profit that is told, in currency, where it is not the mere sum of the weeks.
    """
    weeks = weeks or len(run.series["week"])
    found = {arrival.node: arrival for arrival in arrivals(run, base)}
    nodes = []
    for name in NODES:
        if name == "profit":
            money = gained(run, base, weeks) if result is None else result
            text, direction = _in_money(money, run.scenario.currency, t)
            direction = direction if abs(money) > same else 0
        else:
            text, direction = _change(run, base, name, t, weeks)
        arrival = found.get(name)
        start = film.drawn_from if film else 0
        nodes.append(
            Node(
                label=t(f"model.node.{name}"),
                change=text if arrival else t("play.loop.none"),
                direction=direction if arrival else 0,
                run=_thinned(run.series[name], start),
                base=_thinned(base.series[name], start),
                reached=arrival is not None,
                when=t("play.loop.week", week=arrival.week + 1) if arrival else "",
                entry=arrival is not None and arrival.direct,
            )
        )
    said = "; ".join(f"{node.label} {node.change}" for node in nodes)
    name = f"{t('play.loop.name')}: {said}"
    drawing = draw_loop(nodes, name, centre, size, film is not None, t("play.film.entry"))
    if film is None:
        return LoopDrawing(drawing, fresh)
    listed = [_listed(arrival, nodes[NODES.index(arrival.node)], t) for arrival in film.arrivals]
    return LoopDrawing(drawing, fresh, film.data(t), listed)


def _listed(arrival: Arrival, node: Node, t: Translate) -> tuple[str, str, str]:
    """Write an arrival as a line of a list."""
    mark = (
        "" if arrival.quarter is None else f" ({t('play.film.mark', quarter=arrival.quarter + 1)})"
    )
    tone = "good" if arrival.sign > 0 else "bad"
    said = t(f"play.film.{tone}", node=node.label) + mark
    if arrival.direct and arrival.quarter is None:
        said = t("play.film.direct", arrival=said)
    return t("play.loop.week", week=arrival.week + 1), said, tone


def _thinned(values: NDArray[np.float64], start: int) -> list[float]:
    """Return a smoothed history from a week on, of a long one every third week."""
    kept = smooth(values)[start:]
    return kept[:: 3 if len(kept) > 104 else 1].tolist()  # type: ignore[no-any-return]


def _change(run: Run, base: Run, column: str, t: Translate, weeks: int) -> tuple[str, int]:
    """Put the change over the last weeks into the words of the node, and return its direction."""
    now, usual = (float(r.series[column][-weeks:].mean()) for r in (run, base))
    relative = column in IN_PERCENT
    value = 100 * (now - usual) / max(abs(usual), 1e-9) if relative else now - usual
    said = signed(value, 2 if column == "evaluation" else 1 if abs(value) < 99.95 else 0)
    if said[0] not in "+−":
        return t("play.loop.hardly"), 0
    text = t("play.loop.percent" if relative else f"play.loop.{column}", change=said)
    return text, (said[0] == "+") - (said[0] == "−")


def gained(run: Run, base: Run, weeks: int) -> float:
    """Return the profit of the last weeks, more or less than in the base case."""
    return float((run.series["profit"][-weeks:] - base.series["profit"][-weeks:]).sum())


def _in_money(gained: float, currency: str, t: Translate) -> tuple[str, int]:
    """Put the gain or loss over the last weeks into words, and return its direction."""
    if abs(gained) < 0.5:
        return t("play.loop.hardly"), 0
    rough = float(f"{abs(gained):.3g}")
    said = in_currency(scaled(rough, t), currency, t)
    return ("+" if gained > 0 else "−") + said, 1 if gained > 0 else -1


def tanks(
    now: Mapping[str, float], base: Mapping[str, float], people: int, t: Translate, base_word: str
) -> list[str]:
    """Draw reputation and customers, each with the level of the base case as a line.

    Parameters
    ----------
    now, base
        Values by column of the log.
    people
        The number of people in the town.
    t
        The words of the language.
    base_word
        The key of the words for the line.

    Returns
    -------
    list of str
        Two drawings, as SVG.
    """
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
    """Return the value of every column at the end of a run.

    Returns
    -------
    dict of float
        Values by column, in their units.
    """
    return {column: float(values[-1]) for column, values in run.series.items()}
