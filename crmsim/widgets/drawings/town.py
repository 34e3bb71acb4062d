"""The town of a market: everybody a dot, and those whom one answer touched, at their week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from crmsim.runs.butterfly import PersonalEffect
from crmsim.widgets.rendering import draw_svg, pixels

WIDTH, HEIGHT = 580, 408
TOP, BOTTOM = 44, 356
"""The part of the picture in which people live, in pixels."""

NAME_ACROSS, NAME_DOWN = 96, 18
"""Pixels that a name needs; where another one is nearer, it is left out."""

RING = 5
"""Pixels from the dot of a passenger to the ring around it."""

MIXED = 2_654_435_761
"""Knuth's multiplier: it spreads neighbours in the list of people over the whole town."""

GOOD_NEWS = ("heard_good", "spared_bad", "came", "stayed")


@dataclass(frozen=True)
class Touched:
    """One effect on one person as it is drawn; ``at`` is the second, ``name`` is empty for most."""

    effect: PersonalEffect
    at: float
    name: str = ""


def town(
    customers: NDArray[np.bool_],
    visitor: int | None,
    touched: Sequence[Touched],
    name: str,
    words: Mapping[str, str],
) -> Markup:
    """Draw the town.

    Parameters
    ----------
    customers
        For each person, True for a customer of the firm at the beginning.
    visitor
        The person who had the visit; None: nobody of the town.
    touched
        Whom it touched, in the order of time.
    name
        What a screen reader says.
    words
        The money, its label, and the legend, as they are written.
    """
    places = _places(len(customers))
    dots = _dots(customers, places)
    people: list[dict[str, Any]] = []
    named: list[NDArray[np.float64]] = []
    for each in touched:
        (x, y), teller = places[each.effect.person], each.effect.teller
        free = all(abs(y - b) > NAME_DOWN or abs(x - a) > NAME_ACROSS for a, b in named)
        if each.name and free:
            named.append(places[each.effect.person])
        good = each.effect.margin > 0 if each.effect.kind == "visits" else _is_good(each.effect)
        people.append(
            {
                "x": float(x),
                "y": float(y),
                "at": round(each.at, 2),
                "good": good,
                "moved": each.effect.kind in ("came", "stayed", "left", "stayed_away"),
                "from": None if teller < 0 else tuple(map(float, places[teller])),
                "name": each.name if free else "",
                "left": bool(x > WIDTH - 110),
            }
        )
    home = None if visitor is None else tuple(map(float, places[visitor]))
    return _drawn_town(name, dots=dots, people=people, visitor=home, words=words)


@dataclass(frozen=True)
class Changed:
    """Customers whom a run has more than another (``won``), or fewer, as they are drawn.

    ``at`` is the second in which they become so, and ``people`` are their numbers.
    """

    won: bool
    at: float
    people: Sequence[int]


AIRCRAFT = 8
"""Aircraft that are drawn for the fleet of the start, and twice as many at most."""

FLIGHTS_DOWN = 40
"""Pixels that the aircraft take from the town."""


def firm_town(
    customers: NDArray[np.bool_],
    changed: Sequence[Changed],
    name: str,
    words: Mapping[str, str],
    flights: bool = False,
    aboard: tuple[float, Sequence[int]] | None = None,
) -> Markup:
    """Draw the town of a firm, with the customers whom it wins and loses by what it does.

    Parameters
    ----------
    customers
        For each person, True for a customer of the firm at the beginning.
    changed
        Those who are won and lost, in the order of time.
    name
        What a screen reader says.
    words
        The money, its label, and the legend, as they are written.
    flights
        True to draw the aircraft of an airline above the town.
    aboard
        The second in which the passengers of one flight are shown, and their numbers.
    """
    top = TOP + (FLIGHTS_DOWN if flights else 0)
    places = _places(len(customers), top)
    groups = [
        {
            "won": each.won,
            "at": round(each.at, 2),
            "dots": _path(places[np.array(each.people, dtype=int)]),
        }
        for each in changed
    ]
    flight = aboard and {"at": round(aboard[0], 2), "rings": _rings(places[np.array(aboard[1])])}
    planes = [14 + 18 * at for at in range(2 * AIRCRAFT)] if flights else []
    shown = {"words": words, "groups": groups, "flight": flight, "planes": planes}
    return _drawn_town(name, dots=_dots(customers, places), **shown)


def _drawn_town(name: str, **shown: Any) -> Markup:
    """Draw a town; what it does not show is empty."""
    empty = {"people": [], "visitor": None, "groups": [], "flight": None, "planes": []}
    return draw_svg("town", name, WIDTH, HEIGHT, **(empty | shown))


def _dots(customers: NDArray[np.bool_], places: NDArray[np.float64]) -> dict[str, str]:
    return {
        kind: _path(places[customers == is_customer])
        for kind, is_customer in (("customers", True), ("others", False))
    }


def _path(places: NDArray[np.float64]) -> str:
    """Return a path of dots."""
    return "".join(f"M{pixels(x)} {pixels(y)}h0" for x, y in places)


def _rings(places: NDArray[np.float64]) -> str:
    """Return a path of rings around dots."""
    left = places[:, 0] - RING
    ring = f"a{RING} {RING} 0 1 0 {2 * RING} 0a{RING} {RING} 0 1 0 {-2 * RING} 0"
    return "".join(
        f"M{pixels(x)} {pixels(y)}{ring}" for x, y in zip(left, places[:, 1], strict=True)
    )


def _is_good(effect: PersonalEffect) -> bool:
    return effect.kind in GOOD_NEWS


def _places(count: int, top: int = TOP) -> NDArray[np.float64]:
    """Return a place for each person, (count, 2) in pixels: a grid, a little out of line."""
    columns = ceil(sqrt(count * WIDTH / (BOTTOM - top)))
    step = WIDTH / columns
    order = np.argsort((np.arange(count, dtype=np.uint64) * MIXED) % 2**32)
    cell = np.empty(count, dtype=np.int64)
    cell[order] = np.arange(count)
    turn = 2.4 * np.arange(count)
    x = (cell % columns + 0.5) * step + 0.25 * step * np.cos(turn)
    y = top + (cell // columns + 0.5) * step + 0.25 * step * np.sin(turn)
    return np.stack([x, y], axis=1)
