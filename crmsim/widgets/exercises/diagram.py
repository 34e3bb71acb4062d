"""A causal loop diagram: how the student builds it, and the words about its links and its loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from crmsim.common.words import Translate
from crmsim.exercises.kinds.loop import Loop, signs
from crmsim.model.theory.causal_loop import Compared, Signs, longest_loop, polarity, route
from crmsim.widgets.exercises import diagram_picture
from crmsim.widgets.exercises.hands import Done

Links = Sequence[Sequence[str]]
STEPS = ("source", "sign", "target")


@dataclass(frozen=True)
class LinkLine:
    """One link in words: what it says, what it is, and why; `value` takes it out again."""

    text: str
    value: str
    outcome: str = ""
    because: str = ""


class Diagram:
    """The diagram on the stage. A link is made of a cause, a sign and what it acts on."""

    def __init__(self, task: Loop, tag: str, t: Translate) -> None:
        self.task, self.tag, self.t = task, tag, t
        self.names = {node.id: node.text[tag] for node in task.nodes}
        self._because = {link: because[tag] for link, because in task.reasons.items()}
        self.picked: dict[str, str] = {}
        """The parts chosen of the next link; never saved."""

    # --- acts: what the student does ----------------------------------------------------------

    def act_node(self, links: Any, node: str) -> Done:
        """Take a node as the next cause or, where there is one, as what it acts on."""
        source = self.picked.get("source")
        if node == source:
            self.picked.clear()
        else:
            self.picked["target" if source else "source"] = node
        return self._link(links)

    def act_drop(self, links: Any, value: str) -> Done:
        """Take two nodes, joined by hand: ``cause=effect``."""
        source, _, target = value.partition("=")
        if source != target:
            self.picked |= {"source": source, "target": target}
        return self._link(links)

    def act_sign(self, links: Any, sign: str) -> Done:
        """Choose the sign of the next link."""
        self.picked["sign"] = sign
        return self._link(links)

    def act_remove(self, links: Any, pair: str) -> Done:
        """Take a link out."""
        out = next(link for link in links if f"{link[0]}>{link[2]}" == pair)
        return self._done(links, "removed", out, pair, "")

    def _link(self, links: Any) -> Done:
        if len(self.picked) < len(STEPS):
            return Done(links, self.ask())
        source, sign, target = (self.picked[step] for step in STEPS)
        self.picked.clear()
        return self._done(links, "added", (source, sign, target), f"{source}>{target}", sign)

    def _done(self, links: Any, act: str, link: Sequence[str], pair: str, sign: str) -> Done:
        now = self.task.changed(links, pair, sign)
        said = self.t(f"lesson.loop.{act}", link=self.sentence(*link), links=len(now or ()))
        return Done(now, said)

    # --- words ---------------------------------------------------------------------------------

    def ask(self) -> str:
        """Return the question for the next step of a link."""
        if "source" not in self.picked:
            return self.t("lesson.loop.ask-source")
        source, sign = self.names[self.picked["source"]], self.picked.get("sign")
        if "target" in self.picked:
            target = self.names[self.picked["target"]]
            return self.t("lesson.loop.ask-both", source=source, target=target)
        if sign is None:
            return self.t("lesson.loop.ask-sign", source=source)
        return self.t("lesson.loop.ask-target", source=source, sign=self._verb(sign))

    def sentence(self, source: str, sign: str, target: str) -> str:
        """Return a link as a sentence.

        Examples
        --------
        >>> from crmsim.exercises.declared import exercise
        >>> from crmsim.common.words import words
        >>> Diagram(exercise("31-loop"), "en", words("en")).sentence("pay", "+", "attitude")
        'Pay raises Attitude'
        """
        names = {"source": self.names[source], "target": self.names[target]}
        return self.t("lesson.loop.said", sign=self._verb(sign), **names)

    def context(self, answer: Links | None, marked: bool, locked: bool) -> dict[str, Any]:
        """Return what the template shows: the picture, the nodes, the links and their words."""
        drawn = signs(answer or ())
        found = self.task.compared(answer or ()) if marked else []
        where = diagram_picture.node_places(
            self.task, in_order=marked and all(f.fits for f in found)
        )
        loop = longest_loop(drawn) if marked else ()
        kind = polarity(loop, drawn) if loop else ""
        centre = (kind[0].upper(), self.t(f"lesson.loop.centre-{kind}")) if loop else ()
        name = self.t("lesson.loop.board", links=len(drawn))
        outcomes = {each.link: each.outcome for each in found}
        return {
            "arrows": diagram_picture.drawn(where, drawn, outcomes, name, centre),
            "where": diagram_picture.button_places(where),
            "picked": self.picked,
            "ask": self.ask(),
            "links": list(self._lines(drawn, found)),
            "missing": list(self._missing(found)),
            "closing": self._closing(drawn, loop) if marked and drawn else "",
        }

    def _verb(self, sign: str) -> str:
        return self.t(f"lesson.loop.{'raises' if sign == '+' else 'lowers'}")

    def _lines(self, drawn: Signs, found: Sequence[Compared]) -> Iterator[LinkLine]:
        """Return the links drawn; once they are marked, each with what it is and why."""
        by_link = {each.link: each for each in found}
        for (source, target), sign in drawn.items():
            said, value = self.sentence(source, sign, target), f"{source}>{target}"
            link = by_link.get((source, target))
            if link is None:
                yield LinkLine(said, value)
            else:
                yield LinkLine(said, value, link.outcome, self._why(link, drawn))

    def _missing(self, found: Sequence[Compared]) -> Iterator[str]:
        """Say for each link that is missing where something is to be found, and why."""
        for each in found:
            if each.outcome == "missing":
                places = {"source": self.names[each.link[0]], "because": self._because[each.link]}
                yield self.t("lesson.loop.missing-from", **places)

    def _closing(self, drawn: Signs, loop: Sequence[str]) -> str:
        """Say which kind of loop the links close; where they close none, what is open."""
        if loop:
            kind = self.t(f"lesson.loop.{polarity(loop, drawn)}")
            return self.t("lesson.loop.closed", nodes=len(loop), kind=kind)
        said = [self.t("lesson.loop.not-closed"), *self._open_ends(drawn)]
        return reduce(self._both, said)

    def _why(self, found: Compared, drawn: Signs) -> str:
        if found.outcome in ("right", "more"):
            return "" if found.outcome == "right" else self._because[found.link]
        if found.outcome == "wrong-sign":
            meaning = self.t(f"lesson.loop.{'minus' if found.sign == '+' else 'sign'}-means")
            return self._both(self._because[found.link], meaning)
        if found.about:
            return self._because[found.about]
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

    def _both(self, first: str, second: str) -> str:
        return self.t("lesson.loop.both", first=first, second=second)
