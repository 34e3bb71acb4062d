"""A bot that leads a market or a desk at random; what was never done comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from crmsim.common.words import Translate
from crmsim.model.chair import Policy
from crmsim.model.desk.box import DEADLINES, MESSAGE_KINDS, seconds
from crmsim.model.desk.desk import DISCIPLINES, SWITCHES, DeskView
from crmsim.model.market.decisions import MarketView
from crmsim.scenario.policy_cards import policy_cards

DecisionWay = tuple[str, str]
"""Each thing decided, and how: a lever "low", "between" or "high", a policy card "on" or "off", a
decision card by one of its options or "" (not answered), the discipline of a desk."""

_LEFT: dict[str, Any] = {}


class Leaders:
    """Leaders of a case, one after another; ``done`` counts which way each thing was decided.

    Each is more or less restless: how often it decides on something is its own.
    """

    def __init__(self, case: Any, seed: int = 0) -> None:
        self._case, self._pick = case, np.random.default_rng(seed)
        self.done: Counter[DecisionWay] = Counter()

    def next(self) -> Policy:
        """Return the policy of another leader."""
        restless = float(self._pick.random())

        def decide(seen: Any) -> Mapping[str, Any]:
            action: dict[str, Any] = {}
            for name, ways in self._offers(seen):
                new = [way for way in ways if (name, way) not in self.done]
                if new or self._pick.random() < restless:
                    way = str(self._pick.choice(new or list(ways)))
                    self.done[name, way] += 1
                    action |= ways[way]
            return action

        return decide

    @property
    def never_done(self) -> list[DecisionWay]:
        """Ways of deciding that the case has and nobody took."""
        return [way for way in self._all() if way not in self.done]

    def told(self, t: Translate) -> Iterator[str]:
        """Yield what was never decided, or that everything was decided at least once."""
        for name, way in self.never_done:
            yield t("author.lint.not_done", place=name, action=way or t("author.lint.no_answer"))
        if not self.never_done:
            yield t("author.lint.all_led")

    def _offers(self, seen: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what can be decided now, and the ways to do it, each with its part of an action."""
        raise NotImplementedError

    def _all(self) -> Iterator[DecisionWay]:
        """Yield every way of deciding that the case has."""
        raise NotImplementedError


class DeskLeaders(Leaders):
    """Leaders of a desk."""

    def _offers(self, seen: DeskView) -> Iterator[tuple[str, dict[str, Any]]]:
        for post in _POSTS:
            most = getattr(self._case, post)
            yield post, _ends(post, 0, int(self._pick.integers(most + 1)), most)
        yield "discipline", {way: {"discipline": way} for way in DISCIPLINES}
        if self._case.messages and not seen.step:
            yield "box", {"left": {"box": []}, "answered": {"box": self._box()}}
        if self._case.cards and not seen.step:
            ids = [card.id for card in self._case.cards]
            most = min(self._case.cards_most, len(ids))
            hand = self._pick.choice(ids, int(self._pick.integers(1, most + 1)), replace=False)
            yield "cards", {"none": {"cards": []}, "some": {"cards": hand.tolist()}}
        for name in self._switches:
            yield name, {way: {name: way == "on"} for way in _SWITCH}

    @property
    def _switches(self) -> list[str]:
        return [name for name in SWITCHES if getattr(self._case, name)]

    def _all(self) -> Iterator[DecisionWay]:
        yield from ((post, end) for post in _POSTS for end in _ENDS)
        yield from (("discipline", way) for way in DISCIPLINES)
        if self._case.messages:
            yield from (("box", way) for way in ("left", "answered"))
        if self._case.cards:
            yield from (("cards", way) for way in ("none", "some"))
        for name in self._switches:
            yield from ((name, way) for way in _SWITCH)

    def _box(self) -> list[dict[str, str]]:
        """Answer messages at random, until the time is over."""
        answers: list[dict[str, str]] = []
        for place in self._pick.permutation(len(self._case.messages)):
            message = self._case.messages[place]
            answer = {
                "message": message.id,
                "kind": str(self._pick.choice(MESSAGE_KINDS)),
                "reply": str(self._pick.choice([reply.id for reply in message.replies])),
                "by": str(self._pick.choice(DEADLINES)),
            }
            if seconds(self._case, [*answers, answer]) <= 60 * self._case.box_min:
                answers.append(answer)
        return answers


class MarketLeaders(Leaders):
    """Leaders of a firm.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> town = load("buick-market").change(people=50)
    >>> leaders = MarketLeaders(town)
    >>> runs = [simulate(town, leaders.next()) for _ in range(2)]
    >>> leaders.never_done
    []
    """

    def _offers(self, seen: MarketView) -> Iterator[tuple[str, dict[str, Any]]]:
        for lever in seen.on_offer:
            between = float(self._pick.uniform(lever.low, lever.high))
            yield lever.id, _ends(lever.id, lever.low, between, lever.high)
        for name, on in seen.policies.items():
            yield name, {"off": {name: False}} if on else {"on": {name: True}}
        for card in seen.cards:
            options = {option.id: {card.id: option.id} for option in card.options}
            yield card.id, options | {"": _LEFT}

    def _all(self) -> Iterator[DecisionWay]:
        yield from ((lever.id, end) for lever in self._case.levers for end in _ENDS)
        yield from ((name, way) for name in policy_cards() for way in ("on", "off"))
        for card in self._case.cards:
            yield from ((card.id, way) for way in (*(o.id for o in card.options), ""))


_POSTS, _ENDS = ("agents", "handlers"), ("low", "between", "high")
_SWITCH = ("on", "off")


def _ends(name: str, low: float, between: float, high: float) -> dict[str, Any]:
    return {"low": {name: low}, "between": {name: between}, "high": {name: high}}
