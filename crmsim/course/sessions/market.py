"""A firm led quarter by quarter as a pure state machine: acts go in, what is to be shown follows.

A session is its list of acts. Saving it is saving the acts; resuming it is doing them again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crmsim.common.words import LANGUAGES
from crmsim.course.sessions.predictions import DIRECTIONS, MEASURES, SHAPES
from crmsim.course.sessions.situation import GUESSED, Flight, Situation

MOST_LEAVES = 20


@dataclass
class MarketSession(Situation):
    """One student's way through one firm: the history foreseen and watched, then her own.

    Examples
    --------
    >>> session = MarketSession("buick-market", seed=1)
    >>> [session.do(*act) for act in (("begin", ""), ("guess", "profit=same"), ("fly", ""))]
    [True, True, False]
    """

    def fresh(self) -> MarketSession:
        """The same firm with the same luck, from the beginning."""
        return MarketSession(self.case, self.seed, self.lang)

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
        if value not in LANGUAGES:
            return False
        self.lang = value
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
            self.draft = self.still_on_offer(self.earlier.actions[self.quarter])
        self.tab, self.leaf = self.tabs[0], 0

    def _tab(self, value: str) -> bool:
        if value not in self.tabs:
            return False
        self.tab, self.leaf = value, 0
        return True

    def _leaf(self, value: str) -> bool:
        if value not in map(str, range(MOST_LEAVES)):
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
        if value not in map(str, range(self.courses.quarters)):
            return False
        quarter = int(value)
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
