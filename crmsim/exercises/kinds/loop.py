"""Loop: a causal loop diagram, built link by link from given nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from crmsim.common.text import joined, plain, value_as_text
from crmsim.common.words import words
from crmsim.exercises.exercise import Exercise, Finding, Mark, Own
from crmsim.exercises.parts import Option, by_id, unknown
from crmsim.model.theory import causal_loop
from crmsim.scenario.parts import Id, Part, Text
from crmsim.scenario.wiring import repeated_ids


class Link(Part):
    """One link of a causal loop diagram: ``+`` if both ends move the same way, else ``-``."""

    source: Id
    target: Id
    sign: Literal["+", "-"]
    because: Text


class Loop(Exercise):
    """A causal loop diagram, built link by link from given nodes.

    ``links`` are the key; ``more`` are links that are true as well, but not asked for.
    """

    POINTS: ClassVar[int] = 3
    kind: Literal["loop"]
    nodes: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=9)]
    links: Annotated[tuple[Link, ...], Meta(min_length=1, max_length=20)]
    more: tuple[Link, ...] = ()

    @property
    def right_answer(self) -> list[list[str]]:
        """The links of the key, as source, sign, target."""
        return [[link.source, link.sign, link.target] for link in self.links]

    @property
    def reasons(self) -> dict[causal_loop.NodePair, Text]:
        """The reason for each link that is true."""
        return {(link.source, link.target): link.because for link in (*self.links, *self.more)}

    def takes(self, answer: object) -> bool:
        """Accept links as ``(source, sign, target)``, each pair once."""
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

    def changed(self, answer: Any, name: str, value: str | None) -> Any:
        """Return the links with one more, ``source>target`` of that sign, or without it."""
        source, target = name.split(">")
        others = [link for link in answer or [] if (link[0], link[2]) != (source, target)]
        return ([*others, [source, value, target]] if value else others) or None

    def compared(self, answer: Sequence[Sequence[str]]) -> list[causal_loop.Compared]:
        """Set the links of an answer against the key, one by one, and find those missing.

        Returns
        -------
        list of Compared
            One for each link.
        """
        return causal_loop.compare_links(
            signs(answer),
            {(link.source, link.target): link.sign for link in self.links},
            {(link.source, link.target): link.sign for link in self.more},
        )

    def own_places(self, answer: Any) -> list[str] | None:
        """Return the links that were drawn."""
        return [f"{source}→{target}" for source, _, target in answer] if self.takes(answer) else []

    def _mark(self, answer: Sequence[Sequence[str]], own: Own | None) -> Mark:
        # A point a link; an arrow too many costs one, so that drawing all of them gains nothing.
        links, reasons = self.compared(answer), self.reasons
        findings = tuple(
            Finding("→".join(each.link), each.fits, because=reasons.get(each.about or each.link))
            for each in links
        )
        return Mark.counted(findings, *causal_loop.score(links))

    def said(self, answer: Any, lang: str) -> str:
        """Return each link of an answer."""
        if not isinstance(answer, Sequence):
            return value_as_text(answer)
        each = (self._link(link, lang) for link in answer)
        return joined(each, words(lang)("gradebook.semicolon"))

    def asked(self, place: str, lang: str) -> str:
        """Return a link by the names of its ends."""
        nodes = by_id(self.nodes, lang)
        return " → ".join(nodes.get(end, plain(end)) for end in place.split("→"))

    def _link(self, link: Any, lang: str) -> str:
        if isinstance(link, str) or not isinstance(link, Sequence) or len(link) != 3:
            return value_as_text(link)
        source, sign, target = map(value_as_text, link)
        nodes = by_id(self.nodes, lang)
        sign = sign.replace("-", "−")
        return f"{nodes.get(source, source)} →({sign}) {nodes.get(target, target)}"

    def _solution(self, lang: str) -> str:
        return f" → **{' · '.join(self._link(link, lang) for link in self.right_answer)}**"

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts."""
        nodes = [node.id for node in self.nodes]
        yield from repeated_ids(nodes, "nodes")
        links = [*self.links, *self.more]
        yield from repeated_ids([f"{link.source} → {link.target}" for link in links], "links")
        for link in links:
            yield from unknown("links: source", link.source, nodes)
            yield from unknown("links: target", link.target, nodes)
            if link.source == link.target:
                yield f"links: {link.source!r}: leads back to itself"


def signs(answer: Sequence[Sequence[str]]) -> dict[causal_loop.NodePair, str]:
    """Return the sign of each link of an answer.

    Returns
    -------
    dict
        ``"+"`` or ``"-"`` by pair of nodes, from cause to effect.
    """
    return {(source, target): sign for source, sign, target in answer}
