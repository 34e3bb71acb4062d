"""What is said of the links of a causal loop diagram, and of the loop that they close."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from crmsim.exercises.declared import Diagram
from crmsim.exercises.marking import compared, signs
from crmsim.model.theory.causal_loop import Compared, Signs, longest_loop, polarity, route

Say = Callable[..., str]
Answer = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Said:
    """One link in words: what it says, what it is, and why; `value` takes it out again."""

    text: str
    value: str
    outcome: str = ""
    because: str = ""


class Teller:
    """Puts the links of one exercise into the words of one language."""

    def __init__(self, task: Diagram, tag: str, t: Say) -> None:
        self.task, self.tag, self.t = task, tag, t
        self.names = {node.id: node.text[tag] for node in task.nodes}
        links = (*task.links, *task.more)
        self._because = {(link.source, link.target): link.because[tag] for link in links}

    def link(self, source: str, sign: str, target: str) -> str:
        """A link as a sentence.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> from crmsim.common.words import words
        >>> Teller(exercise("31-loop"), "en", words("en")).link("pay", "+", "attitude")
        'Pay raises Attitude'
        """
        names = {"source": self.names[source], "target": self.names[target]}
        return self.t("lesson.loop.said", sign=self.verb(sign), **names)

    def verb(self, sign: str) -> str:
        """What a link of that sign does."""
        return self.t(f"lesson.loop.{'raises' if sign == '+' else 'lowers'}")

    def links(self, answer: Answer, marked: bool) -> list[Said]:
        """The links drawn; once they are marked, each with what it is and why."""
        drawn = signs(answer)
        outcomes = {each.link: each for each in compared(self.task, answer)} if marked else {}
        return [
            Said(
                self.link(source, sign, target),
                f"{source}>{target}",
                outcomes[source, target].outcome if marked else "",
                self._why(outcomes[source, target], drawn) if marked else "",
            )
            for (source, target), sign in drawn.items()
        ]

    def missing(self, answer: Answer) -> list[str]:
        """For each link that is missing, where something is to be found, and why."""
        return [
            self.t(
                "lesson.loop.missing-from",
                source=self.names[each.link[0]],
                because=self._because[each.link],
            )
            for each in compared(self.task, answer)
            if each.outcome == "missing"
        ]

    def closing(self, answer: Answer) -> str:
        """Whether the links close a loop, and of which kind; where they don't, what is open."""
        drawn = signs(answer)
        loop = longest_loop(drawn)
        if loop:
            kind = self.t(f"lesson.loop.{polarity(loop, drawn)}")
            return self.t("lesson.loop.closed", nodes=len(loop), kind=kind)
        said = [self.t("lesson.loop.not-closed"), *self._open_ends(drawn)]
        return reduce(lambda a, b: self.t("lesson.loop.both", first=a, second=b), said)

    def _why(self, found: Compared, drawn: Signs) -> str:
        if found.outcome == "right":
            return ""
        if found.outcome == "wrong-sign":
            meaning = self.t(f"lesson.loop.{'minus' if found.sign == '+' else 'sign'}-means")
            return self.t("lesson.loop.both", first=self._because[found.link], second=meaning)
        if found.outcome != "extra":
            return self._because[found.about or found.link]
        source, target = found.link
        if (target, source) in drawn:
            return self.t("lesson.loop.both-ways")
        way = route(source, target, [(link.source, link.target) for link in self.task.links])
        if not way:
            return self.t("lesson.loop.no-way")
        return self.t("lesson.loop.skips", route=" → ".join(self.names[node] for node in way))

    def _open_ends(self, drawn: Signs) -> Iterator[str]:
        sources, targets = ({link[end] for link in drawn} for end in (0, 1))
        for key, ends in (("no-exit", targets - sources), ("no-entry", sources - targets)):
            if ends:
                names = [name for node, name in self.names.items() if node in ends]
                yield self.t(f"lesson.loop.{key}", nodes=self.t("lesson.loop.join").join(names))
