"""A causal loop diagram against its key, link by link, and the loops that it closes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

NodePair = tuple[str, str]
Signs = Mapping[NodePair, str]
"""The sign, ``+`` or ``-``, of each link, by where it comes from and where it leads."""

LinkVerdict = Literal["right", "more", "wrong-sign", "reversed", "extra", "missing"]
"""Verdicts on a link; keys of ``lesson.loop`` in the words."""


@dataclass(frozen=True)
class Compared:
    """One link and what it is; ``about`` is the link of the key that it concerns."""

    link: NodePair
    sign: str
    outcome: LinkVerdict
    about: NodePair | None = None

    @property
    def fits(self) -> bool:
        """True if nothing is wrong with the link."""
        return self.outcome in ("right", "more")


def compare_links(drawn: Signs, key: Signs, more: Signs) -> list[Compared]:
    """Return every link drawn, then every link of the key that is missing.

    `more` are links beyond the key that are true as well: worth nothing, and no mistake.

    Parameters
    ----------
    drawn
        Signs by link, as somebody drew them.
    key
        Signs by link that are right.
    more
        Signs by link beyond the key.

    Returns
    -------
    list of Compared
        One for each link.

    Examples
    --------
    >>> key = {("rain", "mud"): "+", ("mud", "speed"): "-"}
    >>> [each.outcome for each in compare_links({("mud", "rain"): "+"}, key, {})]
    ['reversed', 'missing']
    """
    found = [_compared(link, sign, drawn, key, more) for link, sign in drawn.items()]
    met = {each.about for each in found}
    missing = [Compared(link, key[link], "missing", link) for link in key if link not in met]
    return found + missing


def _compared(link: NodePair, sign: str, drawn: Signs, key: Signs, more: Signs) -> Compared:
    back = (link[1], link[0])
    if link in key:
        return Compared(link, sign, "right" if sign == key[link] else "wrong-sign", link)
    if more.get(link) == sign:
        return Compared(link, sign, "more")
    if back in key and back not in drawn:
        return Compared(link, sign, "reversed", back)
    return Compared(link, sign, "extra")


def score(compared: Iterable[Compared]) -> tuple[int, int]:
    """Return the number of right links, and of how many: those of the key and every extra one.

    Parameters
    ----------
    compared
        Links that were compared.

    Returns
    -------
    tuple of int
        How many are right, and how many count.

    Examples
    --------
    >>> drawn, key = {("a", "b"): "+", ("a", "c"): "+"}, {("a", "b"): "+", ("b", "c"): "+"}
    >>> score(compare_links(drawn, key, {}))
    (1, 3)
    """
    counted = [each.outcome for each in compared if each.outcome != "more"]
    return counted.count("right"), len(counted)


def longest_loop(links: Iterable[NodePair]) -> tuple[str, ...]:
    """Return the nodes of the longest closed loop, the first one not repeated; empty if none.

    Parameters
    ----------
    links
        Pairs of nodes, from cause to effect.

    Returns
    -------
    tuple of str
        Names of nodes, in the direction of the links.

    Examples
    --------
    >>> longest_loop([("a", "b"), ("b", "a"), ("b", "c"), ("c", "a")])
    ('a', 'b', 'c')
    """
    targets = _targets(links)
    order = list(targets)
    loops = (
        loop
        for place, start in enumerate(order)
        for loop in _loops_through(start, (start,), targets, set(order[:place]))
    )
    return max(loops, key=len, default=())


def polarity(loop: Sequence[str], signs: Signs) -> Literal["reinforcing", "balancing"]:
    """Return how a loop works: an even number of minus signs reinforces, an odd one balances.

    Parameters
    ----------
    loop
        The nodes of a closed loop, the first one not repeated.
    signs
        ``"+"`` or ``"-"`` by link.

    Examples
    --------
    >>> polarity(["a", "b"], {("a", "b"): "-", ("b", "a"): "-"})
    'reinforcing'
    """
    ways = zip(loop, [*loop[1:], loop[0]], strict=True)
    minus = sum(signs[way] == "-" for way in ways)
    return "balancing" if minus % 2 else "reinforcing"


def route(start: str, goal: str, links: Iterable[NodePair]) -> tuple[str, ...]:
    """Return the shortest way from one node to another along the links; empty if there is none.

    Parameters
    ----------
    start, goal
        Names of two nodes.
    links
        Pairs of nodes, from cause to effect.

    Returns
    -------
    tuple of str
        Names of nodes, both ends included.

    Examples
    --------
    >>> route("a", "c", [("a", "b"), ("b", "c")])
    ('a', 'b', 'c')
    """
    targets, came_from = _targets(links), {start: start}
    waiting = deque([start])
    while waiting and goal not in came_from:
        node = waiting.popleft()
        for target in targets.get(node, ()):
            if target not in came_from:
                came_from[target] = node
                waiting.append(target)
    if goal not in came_from:
        return ()
    way = [goal]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def _targets(links: Iterable[NodePair]) -> dict[str, list[str]]:
    targets: dict[str, list[str]] = {}
    for source, target in links:
        targets.setdefault(source, []).append(target)
    return targets


def _loops_through(
    start: str, way: tuple[str, ...], targets: Mapping[str, list[str]], closed: set[str]
) -> Iterator[tuple[str, ...]]:
    """Loops that begin at `start` and keep away from the nodes that are done with."""
    for target in targets.get(way[-1], ()):
        if target == start:
            yield way
        elif target not in closed and target not in way:
            yield from _loops_through(start, (*way, target), targets, closed)
