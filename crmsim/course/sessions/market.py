"""A firm led quarter by quarter: its history foreseen and watched, then decisions of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from crmsim.course.sessions.attempts import Attempt, Attempts
from crmsim.course.sessions.market_runs import RunCache
from crmsim.course.sessions.predictions import DIRECTIONS, GUESSED, MEASURES, SHAPES
from crmsim.course.sessions.session import during, fits, number_in_act
from crmsim.model.market.market import MarketView
from crmsim.runs.run import Run
from crmsim.scenario.cards import Card
from crmsim.scenario.market import Lever, MarketScenario, Style
from crmsim.scenario.policy_cards import PolicyCard, policy_cards

FIRST_LEVERS, MORE_LEVERS = 4, 2
"""Levers on offer in the first quarter, and how many more in each that follows."""

POLICIES_FROM, MORE_POLICIES = 2, 4
"""Quarters to be led before policy cards come, and how many come in each."""

MOST_PAGES = 20

QUARTERS_YEAR = 4

TABS = {
    "decide": ("card", "levers", "policies"),
    "end": ("film", "town", "runs", "decisions", "foresight"),
}


@dataclass
class FirmAttempt(Attempt):
    """One way of leading the firm, with what was bet on in each quarter."""

    guesses: list[dict[str, str]] = field(default_factory=list)


@dataclass
class MarketSession(Attempts[FirmAttempt]):
    """A student's way through one firm.

    Examples
    --------
    >>> session = MarketSession("buick-market", seed=1)
    >>> [session.do(*act) for act in (("begin", ""), ("guess", "profit=same"), ("run", ""))]
    [True, True, False]
    """

    FORMER_ACTS: ClassVar[Mapping[str, str]] = {
        "leaf": "page",
        "fly": "run",
        "rest": "run_rest",
        "refly": "attempt",
    }

    EXPECTED = MEASURES

    attempts: list[FirmAttempt] = field(default_factory=lambda: [FirmAttempt()])
    shapes: dict[str, str] = field(default_factory=dict)
    watched: int = 0
    guess: dict[str, str] = field(default_factory=dict)
    extra: str = "profit"
    span: str = "quarter"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.runs = RunCache(self.scenario(), self.seed)

    # -- what there is to see ---------------------------------------------------------------

    def scenario(self) -> MarketScenario:
        """Return the firm, in the present language."""
        case = super().scenario()
        assert isinstance(case, MarketScenario)
        return case

    @property
    def steps(self) -> int:
        """The number of quarters."""
        return self.runs.quarters

    @property
    def quarter(self) -> int:
        """The number of quarters that the present attempt has run."""
        return self.step

    @property
    def run_so_far(self) -> Run:
        """The present attempt as far as it has come."""
        return self.runs.run(self.attempt.actions)

    @property
    def run(self) -> Run:
        """The present attempt to the end; in quarters not yet run nothing is changed."""
        return self.runs.whole(self.attempt.actions)

    @property
    def base(self) -> Run:
        """The base case so far: the attempt that the present one changes, or the untouched firm."""
        before = self.earlier
        if before is None:
            return self.runs.usual(self.quarter)
        return self.runs.run(before.actions[: self.quarter])

    @property
    def view(self) -> MarketView:
        """The view of the firm now."""
        return self.run_so_far.view

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers that may be moved now."""
        return self._levers_at(self.quarter)

    @property
    def opened(self) -> tuple[Lever, ...]:
        """The levers that could not be moved in the quarter before."""
        before = self._levers_at(self.quarter - 1) if self.quarter else ()
        return tuple(lever for lever in self.levers if lever not in before)

    @property
    def all_open(self) -> bool:
        """True if no lever is left to open."""
        return len(self.levers) == len(self._levers_at(self.runs.quarters))

    def _levers_at(self, quarter: int) -> tuple[Lever, ...]:
        """Return the levers of a quarter; the case may set it, else `FIRST_LEVERS` and so on."""
        levers = self._usable(self.scenario().levers)
        if any(lever.opens > 1 for lever in levers):
            return tuple(lever for lever in levers if lever.opens <= quarter + 1)
        return levers[: FIRST_LEVERS + MORE_LEVERS * quarter]

    def _usable(self, levers: Sequence[Lever]) -> tuple[Lever, ...]:
        """Leave out the adoption of a way of serving if there was no visit to adopt it from."""
        served = self.scenario().style != Style()
        return tuple(lever for lever in levers if served or lever.id != "adoption")

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cases that ask for a judgement in this quarter."""
        return self.view.cards

    @property
    def policies(self) -> tuple[PolicyCard, ...]:
        """The policy cards on offer: some more every quarter; in a second attempt all at once."""
        quarters = max(0, self.quarter + 1 - POLICIES_FROM)
        cards = tuple(policy_cards().values()) if quarters else ()
        return cards if self.earlier else cards[: MORE_POLICIES * quarters]

    @property
    def history(self) -> Sequence[Mapping[str, Any]]:
        """The actions of the strategy that is watched first, one for each quarter; may be empty."""
        strategy = self.scenario().history
        if strategy is None:
            return ()
        actions = strategy.actions[: self.runs.quarters]
        return [*actions, *({} for _ in range(self.runs.quarters - len(actions)))]

    @property
    def unanswered(self) -> list[str]:
        """The decision cards of this quarter that still ask for an answer."""
        return [card.id for card in self.cards if card.id not in self.draft]

    @property
    def ready(self) -> bool:
        """True if the quarter may be run: every card is answered, every bet is made."""
        foreseen = self.earlier is not None or all(name in self.guess for name in GUESSED)
        return foreseen and not self.unanswered

    @property
    def tabs(self) -> tuple[str, ...]:
        """The tabs of the present screen."""
        there = {"card": bool(self.cards), "policies": bool(self.policies)}
        return tuple(tab for tab in TABS.get(self.phase, ()) if there.get(tab, True))

    @property
    def year_is_over(self) -> bool:
        """True after the last quarter of a year that is not the last one."""
        return self.quarter % QUARTERS_YEAR == 0 and 0 < self.quarter < self.runs.quarters

    def changeable(self, step: int) -> list[str]:
        """Return the levers, cards and policies that can still be changed from a quarter on.

        Parameters
        ----------
        step
            The quarter, from 0.

        Returns
        -------
        list of str
            Ids.
        """
        cards = [card.id for card in self.scenario().cards if card.quarter > step]
        levers = [lever.id for lever in self._usable(self.scenario().levers)]
        return [*levers, *cards, *policy_cards()]

    def still_on_offer(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of an earlier action that would change something now."""
        now = {lever.id: self.view.decision[lever.id] for lever in self.levers}
        now |= self.view.policies
        cards = {card.id for card in self.cards}
        return {
            name: value
            for name, value in action.items()
            if name in cards or (name in now and value != now[name])
        }

    # -- acts -------------------------------------------------------------------------------

    @during("opening")
    def do_begin(self, *text: str) -> None:
        """Begin: with the history if the case has one, else with the first quarter."""
        fits(not any(text))
        if self.history:
            self.phase = "foresee"
        else:
            self._next_quarter()

    @during("foresee")
    def do_shape(self, measure: str, shape: str) -> None:
        """Foresee the shape of a curve of the history."""
        fits(measure in MEASURES, shape in SHAPES)
        self.shapes[measure] = shape

    @during("foresee")
    def do_lock(self, *text: str) -> None:
        """Lock the shapes, and watch the first quarter of the history."""
        fits(not any(text), len(self.shapes) == len(MEASURES))
        self.phase, self.watched = "watch", 1

    @during("watch")
    def do_next(self, *text: str) -> None:
        """Watch one more quarter of the history."""
        fits(not any(text), self.watched < len(self.history))
        self.watched += 1

    @during("watch", "reckoning", "came")
    def do_continue(self, *text: str) -> None:
        """Go on to the next screen."""
        fits(not any(text), self.phase != "watch" or self.watched == len(self.history))
        if self.phase == "watch":
            self.phase = "reckoning"
        elif self.phase == "came" and self.quarter == self.runs.quarters:
            self.phase, self.tab, self.page = "end", "film", 0
        else:
            self._next_quarter()

    def _next_quarter(self) -> None:
        """Begin to decide; a changed attempt begins from what was decided before it."""
        self.phase, self.guess, self.draft = "decide", {}, {}
        if self.earlier:
            self.draft = self.still_on_offer(self.earlier.actions[self.quarter])
        self.tab, self.page = self.tabs[0], 0

    @during("decide", "end")
    def do_tab(self, _: str, tab: str) -> None:
        """Open a tab."""
        fits(tab in self.tabs)
        self.tab, self.page = tab, 0

    @during("decide", "end")
    def do_page(self, _: str, page: str) -> None:
        """Turn to a page of the open tab."""
        fits(page in map(str, range(MOST_PAGES)))
        self.page = int(page)

    @during("decide", "came", "watch")
    def do_extra(self, _: str, column: str) -> None:
        """Choose the column that the chart shows."""
        fits(column in self.run_so_far.series, column != "week")
        self.extra = column

    @during("came")
    def do_span(self, _: str, span: str) -> None:
        """Look at the quarter that has passed, or at the year that ends with it."""
        fits(span in ("quarter", "year"), self.year_is_over)
        self.span = span

    @during("decide")
    def do_lever(self, name: str, level: str) -> None:
        """Move a lever."""
        lever = next((lever for lever in self.levers if lever.id == name), None)
        value = number_in_act(level)
        fits(lever and lever.low <= value <= lever.high)
        self._put(name, value, self.view.decision[name])

    @during("decide")
    def do_policy(self, name: str, wanted: str) -> None:
        """Introduce or withdraw a policy card."""
        fits(name in {policy.id for policy in self.policies}, wanted in ("on", "off"))
        self._put(name, wanted == "on", self.view.policies[name])

    def _put(self, name: str, value: Any, now: Any) -> None:
        """Put a decision in the draft; one that changes nothing is left out."""
        self.draft.pop(name, None)
        if value != now:
            self.draft[name] = value

    @during("decide")
    def do_card(self, name: str, option: str) -> None:
        """Answer a decision card."""
        fits(any(c.id == name and option in {o.id for o in c.options} for c in self.cards))
        self.draft[name] = option

    @during("decide")
    def do_guess(self, measure: str, way: str) -> None:
        """Bet on the direction of a measure in this quarter."""
        fits(not self.earlier, measure in GUESSED, way in DIRECTIONS)
        self.guess[measure] = way

    @during("decide")
    def do_run(self, *text: str) -> None:
        """Run the quarter as it was decided."""
        fits(not any(text), self.ready)
        self._run_quarter()

    def with_quarter_run(self) -> MarketSession:
        """Return this session as it will be when the quarter has been run; it stays as it is."""
        later, last = copy(self), self.attempt
        actions, guesses = list(last.actions), list(last.guesses)
        later.attempts = [*self.attempts[:-1], replace(last, actions=actions, guesses=guesses)]
        later._run_quarter()
        return later

    def _run_quarter(self) -> None:
        self.attempt.actions.append(dict(self.draft))
        self.attempt.guesses.append(dict(self.guess))
        self.phase, self.span = "came", "quarter"

    @during("decide")
    def do_run_rest(self, *text: str) -> None:
        """Run every quarter that is left as it was decided in the earlier attempt."""
        fits(not any(text), self.earlier, self.ready)
        while self.quarter < self.runs.quarters:
            self._run_quarter()
            if self.quarter < self.runs.quarters:
                self._next_quarter()
                if not self.ready:
                    break

    # -- another attempt, with a hypothesis ---------------------------------------------------

    def _kept(self, step: int) -> FirmAttempt:
        last = self.attempt
        return FirmAttempt(last.actions[:step], guesses=last.guesses[:step])

    def _begin_attempt(self) -> None:
        self._next_quarter()
