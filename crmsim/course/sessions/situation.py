"""Where a student stands with a firm: what has been flown, and what can be seen and decided now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crmsim.common.words import language
from crmsim.course.sessions.market_runs import Courses
from crmsim.model.market.market import MarketView
from crmsim.runs.run import Run
from crmsim.scenario import load
from crmsim.scenario.cards import Card
from crmsim.scenario.market import Lever, MarketScenario, Style
from crmsim.scenario.policy_cards import PolicyCard, policy_cards

Act = tuple[str, str]

GUESSED = ("profit", "reputation")
"""What is foreseen every quarter."""

FIRST_LEVERS, MORE_LEVERS = 4, 2
"""Levers on offer in the first quarter, and how many more in each that follows."""

POLICIES_FROM, MORE_POLICIES = 2, 4
"""Quarters to be led before policy cards come, and how many come in each."""

TABS = {
    "decide": ("card", "levers", "policies"),
    "end": ("runs", "decisions", "foresight"),
}


@dataclass
class Flight:
    """One way of leading the firm.

    ``first`` is the quarter from which on it is her own; ``change`` and ``expects`` are the
    hypothesis of a flight that changes an earlier one, ``before`` the number of that one.
    """

    actions: list[dict[str, Any]] = field(default_factory=list)
    guesses: list[dict[str, str]] = field(default_factory=list)
    first: int = 0
    before: int | None = None
    change: str = ""
    expects: dict[str, str] = field(default_factory=dict)


@dataclass
class Situation:
    """One student's way through one firm, as far as it has come."""

    case: str
    seed: int = 0
    lang: str = "en"
    acts: list[Act] = field(default_factory=list)
    phase: str = "opening"
    tab: str = ""
    shapes: dict[str, str] = field(default_factory=dict)
    watched: int = 0
    flights: list[Flight] = field(default_factory=lambda: [Flight()])
    draft: dict[str, Any] = field(default_factory=dict)
    guess: dict[str, str] = field(default_factory=dict)
    plan: Flight | None = None
    leaf: int = 0
    extra: str = "profit"

    def __post_init__(self) -> None:
        self.lang = language(self.lang)
        self._scenarios: dict[str, MarketScenario] = {}
        self.courses = Courses(self.scenario(), self.seed)

    def scenario(self) -> MarketScenario:
        """The firm, in the present language."""
        if self.lang not in self._scenarios:
            case = load(self.case, self.lang)
            assert isinstance(case, MarketScenario)
            self._scenarios[self.lang] = case
        return self._scenarios[self.lang]

    @property
    def flight(self) -> Flight:
        """The way of leading the firm that is going on, or was the last."""
        return self.flights[-1]

    @property
    def earlier(self) -> Flight | None:
        """The flight that the present one changes."""
        return None if self.flight.before is None else self.flights[self.flight.before]

    @property
    def quarter(self) -> int:
        """Quarters flown."""
        return len(self.flight.actions)

    @property
    def flown(self) -> Run:
        """What has happened so far in the present flight."""
        return self.courses.run(self.flight.actions)

    @property
    def base(self) -> Run:
        """What the present flight is held against: the one it changes, or the untouched firm."""
        before = self.earlier
        if before is None:
            return self.courses.usual(self.quarter)
        return self.courses.run(before.actions[: self.quarter])

    @property
    def view(self) -> MarketView:
        """What can be seen and decided now."""
        return self.flown.view

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers that may be moved now."""
        return self._levers_at(self.quarter)

    @property
    def opened(self) -> tuple[Lever, ...]:
        """Those of them that could not be moved before."""
        before = self._levers_at(self.quarter - 1) if self.quarter else ()
        return tuple(lever for lever in self.levers if lever not in before)

    @property
    def all_open(self) -> bool:
        """True if no lever is left to open."""
        return len(self.levers) == len(self._levers_at(self.courses.quarters))

    def _levers_at(self, quarter: int) -> tuple[Lever, ...]:
        """A case says itself when its levers open; otherwise four do, and then two a quarter."""
        levers = self._meant(self.scenario().levers)
        if any(lever.opens > 1 for lever in levers):
            return tuple(lever for lever in levers if lever.opens <= quarter + 1)
        return levers[: FIRST_LEVERS + MORE_LEVERS * quarter]

    def _meant(self, levers: Sequence[Lever]) -> tuple[Lever, ...]:
        """Without a visit there is no way of serving that could be adopted."""
        served = self.scenario().style != Style()
        return tuple(lever for lever in levers if served or lever.id != "adoption")

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cases that ask for a judgement in this quarter."""
        return self.view.cards

    @property
    def policies(self) -> tuple[PolicyCard, ...]:
        """The policy cards that have come: some every quarter; in a second run all at once."""
        quarters = max(0, self.quarter + 1 - POLICIES_FROM)
        cards = tuple(policy_cards().values()) if quarters else ()
        return cards if self.earlier else cards[: MORE_POLICIES * quarters]

    @property
    def done(self) -> bool:
        """True if the firm was led to its end once."""
        return len(self.flights) > 1 or self.quarter == self.courses.quarters

    @property
    def history(self) -> Sequence[Mapping[str, Any]]:
        """The actions of the strategy that is watched first, one for each quarter; or none."""
        told = self.scenario().history
        if told is None:
            return ()
        actions = told.actions[: self.courses.quarters]
        return [*actions, *({} for _ in range(self.courses.quarters - len(actions)))]

    @property
    def run(self) -> Run:
        """The present flight; in quarters not yet flown everything stays as it is."""
        return self.courses.whole(self.flight.actions)

    @property
    def unanswered(self) -> list[str]:
        """The decision cards of this quarter that still ask for an answer."""
        return [card.id for card in self.cards if card.id not in self.draft]

    @property
    def ready(self) -> bool:
        """True if the quarter may be flown: all that is asked is answered, and foreseen."""
        foreseen = self.earlier is not None or all(name in self.guess for name in GUESSED)
        return foreseen and not self.unanswered

    @property
    def tabs(self) -> tuple[str, ...]:
        """The tabs there are on the present screen."""
        there = {"card": bool(self.cards), "policies": bool(self.policies)}
        return tuple(tab for tab in TABS.get(self.phase, ()) if there.get(tab, True))

    def changeable(self, quarter: int) -> list[str]:
        """What could still be decided otherwise from a quarter on: levers, cards, policies."""
        cards = [card.id for card in self.scenario().cards if card.quarter > quarter]
        levers = [lever.id for lever in self._meant(self.scenario().levers)]
        return [*levers, *cards, *policy_cards()]

    def still_on_offer(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """As much of an earlier action as would change something now."""
        now = {lever.id: self.view.decision[lever.id] for lever in self.levers}
        now |= self.view.policies
        cards = {card.id for card in self.cards}
        return {
            name: value
            for name, value in action.items()
            if name in cards or (name in now and value != now[name])
        }
