"""Exercises that are drawn: the course of something over time, and a causal loop diagram."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, field

from crmsim.exercises import curves
from crmsim.exercises.parts import Exercise, Option, Slip, Unit, is_number, twice, unknown
from crmsim.scenario.parts import Finite, Id, Part, Positive, Text


class Span(Part):
    """What happens between two quarters, counted from the start of a drawing."""

    start: Finite
    stop: Finite
    text: Text


class Draw(Exercise, kw_only=True):
    """The course of one column of a market, drawn from a given start on; always a prediction.

    ``given`` are the values known: at the beginning of the run and at the end of each quarter, the
    last one now; ``quarters`` says how many more are drawn. Values are those of the run's `column`
    times ``scale``. A change up to ``tolerance`` is none.
    """

    kind: Literal["draw"]
    column: str
    axis: Text
    unit: Unit
    scale: Positive = 1
    given: Annotated[tuple[Finite, ...], Meta(min_length=1, max_length=5)]
    quarters: Annotated[int, Meta(ge=2, le=12)]
    low: Finite
    high: Finite
    step: Positive = 1
    tolerance: Positive
    event: Span | None = None
    slips: dict[curves.Slip, Slip] = field(default_factory=dict)

    @property
    def prediction(self) -> bool:
        """Only a run can tell."""
        return True

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: a value within the picture for every quarter."""
        return self.begun(answer) and len(answer) == self.quarters  # type: ignore[arg-type]

    def begun(self, answer: object) -> bool:
        """Whether this can be the beginning of an answer."""
        return (
            isinstance(answer, list | tuple)
            and len(answer) <= self.quarters
            and all(is_number(value) and self.low <= value <= self.high for value in answer)
        )

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        for value in self.given:
            if not self.low <= value <= self.high:
                yield f"given = {value}: must be between low ({self.low}) and high ({self.high})"


class Link(Part):
    """One link of a causal loop diagram: ``+`` if both ends move the same way, else ``-``."""

    source: Id
    target: Id
    sign: Literal["+", "-"]
    because: Text


class Diagram(Exercise):
    """A causal loop diagram, built link by link from given nodes.

    ``links`` are the key; ``more`` are links that are true as well, but not asked for.
    """

    POINTS: ClassVar[int] = 3
    kind: Literal["loop"]
    nodes: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=9)]
    links: Annotated[tuple[Link, ...], Meta(min_length=1, max_length=20)]
    more: tuple[Link, ...] = ()

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: links as ``(source, sign, target)``, each pair once."""
        if not isinstance(answer, list | tuple) or not answer:
            return False
        nodes = [node.id for node in self.nodes]
        pairs = []
        for link in answer:
            if not isinstance(link, list | tuple) or len(link) != 3:
                return False
            if not all(isinstance(part, str) for part in link):
                return False
            source, sign, target = link
            if source not in nodes or target not in nodes or sign not in ("+", "-"):
                return False
            pairs.append((source, target))
        return len(set(pairs)) == len(pairs) and all(start != end for start, end in pairs)

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        nodes = [node.id for node in self.nodes]
        yield from twice(nodes, "nodes")
        links = [*self.links, *self.more]
        yield from twice([f"{link.source} → {link.target}" for link in links], "links")
        for link in links:
            yield from unknown("links: source", link.source, nodes)
            yield from unknown("links: target", link.target, nodes)
            if link.source == link.target:
                yield f"links: {link.source!r}: leads back to itself"
