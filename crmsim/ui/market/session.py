"""A firm led quarter by quarter as a pure state machine: acts go in, what is to be shown follows.

A session is its list of acts. Saving it is saving the acts; resuming it is doing them again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

from crmsim.market import MarketView
from crmsim.policies import PolicyCard, policy_cards
from crmsim.run import BASELINE, Run, simulate
from crmsim.scenario import load
from crmsim.scenario.cards import Card
from crmsim.scenario.market import Lever, MarketScenario, Style
from crmsim.ui.market.courses import Courses
from crmsim.ui.market.foresight import DIRECTIONS, MEASURES, SHAPES
from crmsim.words import language

Act = tuple[str, str]

GUESSED = ("profit", "reputation")
"""What is foreseen every quarter."""

FIRST_LEVERS, MORE_LEVERS = 4, 2
"""Levers on offer in the first quarter, and how many more in each that follows."""

POLICIES_FROM = 2
"""Quarters to be led before policy cards come."""

MOST_LEAVES = 20

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
class MarketSession:
    """One student's way through one firm: the history foreseen and watched, then her own.

    Examples
    --------
    >>> session = MarketSession("buick-market", seed=1)
    >>> [session.do(*act) for act in (("begin", ""), ("guess", "profit=same"), ("fly", ""))]
    [True, True, False]
    """

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

    def fresh(self) -> MarketSession:
        """The same firm with the same luck, from the beginning."""
        return MarketSession(self.case, self.seed, self.lang)

    # -- what there is to see ---------------------------------------------------------------

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
        """The policy cards, once the firm has been led for a while."""
        return tuple(policy_cards().values()) if self.quarter >= POLICIES_FROM else ()

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
        ahead = chain(self.flight.actions, repeat(BASELINE))
        return simulate(self.scenario(), lambda _: next(ahead), self.seed)

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

    # -- what can be done -------------------------------------------------------------------

    def do(self, act: str, value: str) -> bool:
        """Do one act; False, and nothing changed, where it does not fit the moment."""
        phases, fits = _ACTS.get(act, ((), None))
        if fits is None or (phases and self.phase not in phases) or not fits(self, value):
            return False
        again = act == "lever" and self.acts and self.acts[-1][0] == "lever"
        if again and self.acts[-1][1].split("=")[0] == value.split("=")[0]:
            self.acts.pop()
        self.acts.append((act, value))
        return True

    def _language(self, value: str) -> bool:
        self.lang = language(value)
        return True

    def _begin(self, value: str) -> bool:
        if value:
            return False
        if self.history:
            self.phase = "foresee"
        else:
            self._next_quarter()
        return True

    def _shape(self, value: str) -> bool:
        measure, _, course = value.partition("=")
        if measure not in MEASURES or course not in SHAPES:
            return False
        self.shapes[measure] = course
        return True

    def _lock(self, value: str) -> bool:
        if value or len(self.shapes) < len(MEASURES):
            return False
        self.phase, self.watched = "watch", 1
        return True

    def _next(self, value: str) -> bool:
        if value or self.watched >= len(self.history):
            return False
        self.watched += 1
        return True

    def _continue(self, value: str) -> bool:
        if value:
            return False
        if self.phase == "watch":
            if self.watched < len(self.history):
                return False
            self.phase = "reckoning"
        elif self.phase == "came" and self.quarter == self.courses.quarters:
            self.phase, self.tab, self.leaf = "end", "runs", 0
        else:
            self._next_quarter()
        return True

    def _next_quarter(self) -> None:
        """Begin to decide; a flight that changes another one begins from what was done there."""
        self.phase, self.guess, self.draft = "decide", {}, {}
        if self.earlier:
            self.draft = self._still_on_offer(self.earlier.actions[self.quarter])
        self.tab, self.leaf = self.tabs[0], 0

    def _still_on_offer(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """As much of an earlier action as would change something now."""
        now = {lever.id: self.view.decision[lever.id] for lever in self.levers}
        now |= self.view.policies
        cards = {card.id for card in self.cards}
        return {
            name: value
            for name, value in action.items()
            if name in cards or (name in now and value != now[name])
        }

    def _tab(self, value: str) -> bool:
        if value not in self.tabs:
            return False
        self.tab, self.leaf = value, 0
        return True

    def _leaf(self, value: str) -> bool:
        if not value.isdigit() or int(value) > MOST_LEAVES:
            return False
        self.leaf = int(value)
        return True

    def _extra(self, value: str) -> bool:
        column = value.rpartition("=")[2]
        if column not in self.flown.series or column == "week":
            return False
        self.extra = column
        return True

    def _lever(self, value: str) -> bool:
        name, _, number = value.partition("=")
        lever = next((lever for lever in self.levers if lever.id == name), None)
        try:
            level = float(number)
        except ValueError:
            return False
        if lever is None or not lever.low <= level <= lever.high:
            return False
        self._put(name, level, self.view.decision[name])
        return True

    def _policy(self, value: str) -> bool:
        name, _, wanted = value.partition("=")
        known = {policy.id for policy in self.policies}
        if name not in known or wanted not in ("on", "off"):
            return False
        self._put(name, wanted == "on", self.view.policies[name])
        return True

    def _put(self, name: str, value: Any, now: Any) -> None:
        """Put a decision in the draft; one that changes nothing is none."""
        self.draft.pop(name, None)
        if value != now:
            self.draft[name] = value

    def _card(self, value: str) -> bool:
        name, _, option = value.partition("=")
        card = next((card for card in self.cards if card.id == name), None)
        if card is None or option not in {each.id for each in card.options}:
            return False
        self.draft[name] = option
        return True

    def _guess(self, value: str) -> bool:
        measure, _, way = value.partition("=")
        if self.earlier or measure not in GUESSED or way not in DIRECTIONS:
            return False
        self.guess[measure] = way
        return True

    def _fly(self, value: str) -> bool:
        if value or not self.ready:
            return False
        self.flight.actions.append(dict(self.draft))
        self.flight.guesses.append(dict(self.guess))
        self.phase = "came"
        return True

    def _rest(self, value: str) -> bool:
        """Fly every quarter that is left as it was flown before."""
        if value or not self.earlier or not self.ready:
            return False
        while self.quarter < self.courses.quarters:
            self._fly("")
            if self.quarter < self.courses.quarters:
                self._next_quarter()
        return True

    # -- another flight, for a reason ---------------------------------------------------------

    def _again(self, value: str) -> bool:
        value = value.rpartition("=")[2]
        quarter = int(value) if value.isdigit() else -1
        if not 0 <= quarter < self.courses.quarters:
            return False
        kept = self.plan.expects if self.plan else {}
        change = self.plan.change if self.plan else ""
        self.plan = Flight(
            self.flight.actions[:quarter],
            self.flight.guesses[:quarter],
            quarter,
            len(self.flights) - 1,
            change if change in self.changeable(quarter) else "",
            kept,
        )
        self.phase = "again"
        return True

    def changeable(self, quarter: int) -> list[str]:
        """What could still be decided otherwise from a quarter on: levers, cards, policies."""
        cards = [card.id for card in self.scenario().cards if card.quarter > quarter]
        levers = [lever.id for lever in self._meant(self.scenario().levers)]
        return [*levers, *cards, *policy_cards()]

    def _change(self, value: str) -> bool:
        name = value.rpartition("=")[2]
        if self.plan is None or name not in self.changeable(self.plan.first):
            return False
        self.plan.change = name
        return True

    def _expect(self, value: str) -> bool:
        measure, _, way = value.partition("=")
        if self.plan is None or measure not in MEASURES or way not in DIRECTIONS:
            return False
        self.plan.expects = self.plan.expects | {measure: way}
        return True

    def _refly(self, value: str) -> bool:
        plan = self.plan
        if value or plan is None or not plan.change or len(plan.expects) < len(MEASURES):
            return False
        self.flights.append(plan)
        self.plan = None
        self._next_quarter()
        return True

    def _cancel(self, value: str) -> bool:
        if value:
            return False
        self.phase, self.plan = "end", None
        return True


_ACTS: dict[str, tuple[tuple[str, ...], Callable[[MarketSession, str], bool]]] = {
    "language": ((), MarketSession._language),
    "begin": (("opening",), MarketSession._begin),
    "shape": (("foresee",), MarketSession._shape),
    "lock": (("foresee",), MarketSession._lock),
    "next": (("watch",), MarketSession._next),
    "continue": (("watch", "reckoning", "came"), MarketSession._continue),
    "tab": (("decide", "end"), MarketSession._tab),
    "leaf": (("decide", "end"), MarketSession._leaf),
    "extra": (("decide", "came", "watch"), MarketSession._extra),
    "lever": (("decide",), MarketSession._lever),
    "policy": (("decide",), MarketSession._policy),
    "card": (("decide",), MarketSession._card),
    "guess": (("decide",), MarketSession._guess),
    "fly": (("decide",), MarketSession._fly),
    "rest": (("decide",), MarketSession._rest),
    "again": (("end", "again"), MarketSession._again),
    "change": (("again",), MarketSession._change),
    "expect": (("again",), MarketSession._expect),
    "refly": (("again",), MarketSession._refly),
    "cancel": (("again",), MarketSession._cancel),
}
