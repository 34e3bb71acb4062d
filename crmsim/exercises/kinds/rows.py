"""Rows: what matching and ordering have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, ClassVar

from msgspec import Meta

from crmsim.common.text import plain
from crmsim.exercises.exercise import Exercise
from crmsim.exercises.parts import Row, by_id
from crmsim.scenario.wiring import repeated_ids


class Rows(Exercise):
    """An exercise whose rows are shown in an order that gives nothing away, always the same."""

    POINTS: ClassVar[int] = 2
    rows: Annotated[tuple[Row, ...], Meta(min_length=2, max_length=10)]

    def shuffled(self) -> list[str]:
        """Return the ids of the rows as they are first shown."""
        return mixed(self.id, [row.id for row in self.rows])

    def shown(self, answer: object) -> list[Row]:
        """Return the rows as they are shown while that is the answer."""
        rows = {row.id: row for row in self.rows}
        return [rows[name] for name in self.shuffled()]

    def asked(self, place: str, lang: str) -> str:
        """Return the text of a row."""
        return by_id(self.rows, lang).get(place, plain(place))

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts."""
        yield from repeated_ids([row.id for row in self.rows], "rows")


def mixed(seed: str, names: list[str]) -> list[str]:
    """Return names in an order that follows from a seed and is never their own.

    Parameters
    ----------
    seed
        Any text.
    names
        Two names or more.

    Returns
    -------
    list of str
        The same names.

    Examples
    --------
    >>> mixed("a", ["one", "two", "three"]) == mixed("a", ["one", "two", "three"])
    True
    """
    order = sorted(names, key=lambda name: hashlib.sha256(f"{seed}{name}".encode()).digest())
    return order if order != names else order[::-1]
