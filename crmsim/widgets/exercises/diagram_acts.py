"""How a causal loop diagram is built: a cause, a sign, what it acts on; and a link taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crmsim.exercises.declared import Diagram
from crmsim.exercises.marking import compared, signs
from crmsim.model.theory.causal_loop import longest_loop, polarity
from crmsim.widgets.exercises import diagram
from crmsim.widgets.exercises.diagram_words import Teller


class DiagramActs:
    """The acts of a stage whose exercise is a diagram, and what its template gets."""

    task: Any
    tag: str
    t: Callable[..., str]
    record: dict[str, Any]
    paint: Callable[..., None]

    def act_node(self, node: str) -> None:
        """Take a node as the next cause or, where there is one, as what it acts on."""
        source = self.picked.get("source")
        if node == source:
            self.picked.clear()
        else:
            self.picked["target" if source else "source"] = node
        self._link()

    def act_sign(self, sign: str) -> None:
        """Choose the sign of the next link."""
        self.picked["sign"] = sign
        self._link()

    def act_remove(self, pair: str) -> None:
        """Take a link out."""
        out = next(link for link in self.links if f"{link[0]}>{link[2]}" == pair)
        self._set([link for link in self.links if link is not out], "removed", out)

    @property
    def picked(self) -> dict[str, str]:
        """What is chosen of the next link so far; never saved."""
        return self.__dict__.setdefault("_picked", {})

    @property
    def links(self) -> list[list[str]]:
        """The links as they stand."""
        return list(self.record.get("answer") or [])

    def _link(self) -> None:
        if len(self.picked) < 3:
            self.paint(say=self._ask())
            return
        link = [self.picked[part] for part in ("source", "sign", "target")]
        others = [each for each in self.links if (each[0], each[2]) != (link[0], link[2])]
        self.picked.clear()
        self._set([*others, link], "added", link)

    def _set(self, links: list[list[str]], done: str, link: list[str]) -> None:
        self.record |= {"answer": links or None, "marked": False}
        said = Teller(self.task, self.tag, self.t).link(*link)
        self.paint(say=self.t(f"lesson.loop.{done}", link=said, links=len(links)))

    def _ask(self) -> str:
        if "source" not in self.picked:
            return self.t("lesson.loop.ask-source")
        teller = Teller(self.task, self.tag, self.t)
        source, sign = teller.names[self.picked["source"]], self.picked.get("sign")
        if sign is None:
            return self.t("lesson.loop.ask-sign", source=source)
        return self.t("lesson.loop.ask-target", source=source, sign=teller.verb(sign))

    def diagram(self, marked: bool) -> dict[str, Any]:
        """What the template gets: the picture, the nodes, the links and what is said of them."""
        task: Diagram = self.task
        teller, drawn = Teller(task, self.tag, self.t), signs(self.links)
        found = compared(task, self.links) if marked else []
        loop = longest_loop(drawn) if marked else ()
        where = diagram.places(task, in_order=bool(found) and all(f.fits for f in found))
        kind = polarity(loop, drawn) if loop else ""
        centre = (kind[0].upper(), self.t(f"lesson.loop.centre-{kind}")) if loop else ()
        name = self.t("lesson.loop.board", links=len(drawn))
        outcomes = {each.link: each.outcome for each in found}
        return {
            "arrows": diagram.arrows(where, drawn, outcomes, name, centre),
            "where": diagram.percent(where),
            "picked": self.picked,
            "ask": self._ask(),
            "links": teller.links(self.links, marked),
            "missing": teller.missing(self.links) if marked else [],
            "closing": teller.closing(self.links) if marked and self.links else "",
        }
