"""A day at a service desk: a rule foreseen, a box of messages, cards, then hour by hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crmsim.course.sessions.attempts import Attempt, Attempts
from crmsim.course.sessions.desk_runs import DeskRuns, bet_steps
from crmsim.course.sessions.predictions import DIRECTIONS
from crmsim.course.sessions.session import during, fits, number_in_act
from crmsim.model.desk.box import DEADLINES, MESSAGE_KINDS, reply, seconds
from crmsim.model.desk.desk import DISCIPLINES, POSTS, SWITCHES, DeskView
from crmsim.runs.run import Run
from crmsim.scenario.desk import DeskScenario, Message

RULED = ("response_h", "resolution_h", "satisfied")
"""Results of the day that are bet on before the sunset rule is compared with the usual order."""

FORESEEN = ("abandoned", "open_cases")
"""Measures that are bet on at noon and before closing."""

EXPECTED = ("abandoned", "response_h", "kept", "value")
"""Results of the day that a hypothesis speaks of, and by which a decision is judged."""

TABS = ("day", "controls", "decisions", "box", "bets")


PAGE = 5
"""Messages on one page of the end."""


@dataclass
class DeskAttempt(Attempt):
    """One way of leading the desk through the day.

    ``box`` is what was done with the messages, in its order; ``cards`` are those that are played;
    ``bets`` the directions foreseen, by the hour at which they were.
    """

    box: list[dict[str, str]] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    bets: dict[int, dict[str, str]] = field(default_factory=dict)


@dataclass
class DeskSession(Attempts[DeskAttempt]):
    """A student's way through a day at a desk.

    Examples
    --------
    >>> session = DeskSession("sunset", seed=1)
    >>> [session.do(*act) for act in (("begin", ""), ("rule", "response_h=lower"), ("lock", ""))]
    [True, True, False]
    """

    EXPECTED = EXPECTED

    attempts: list[DeskAttempt] = field(default_factory=lambda: [DeskAttempt()])
    rules: dict[str, str] = field(default_factory=dict)
    opened: str = ""
    sorting: dict[str, str] = field(default_factory=dict)
    bet: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.runs = DeskRuns(self.scenario(), self.seed)

    # -- what there is to see ---------------------------------------------------------------

    def scenario(self) -> DeskScenario:
        """Return the desk, in the present language."""
        case = super().scenario()
        assert isinstance(case, DeskScenario)
        return case

    @property
    def steps(self) -> int:
        """The number of hours that are led."""
        return self.runs.hours

    @property
    def hour(self) -> int:
        """The number of hours that have passed."""
        return self.step

    @property
    def run_so_far(self) -> Run:
        """The present attempt as far as it has come."""
        return self.runs.run(self.attempt.actions)

    @property
    def run(self) -> Run:
        """The present attempt to the end; hours not yet passed go by the rota."""
        rest = self.runs.hours - self.hour
        return self.runs.run([*self.attempt.actions, *({} for _ in range(rest))])

    @property
    def view(self) -> DeskView:
        """The view of the desk now."""
        return self.run_so_far.view

    @property
    def message(self) -> Message | None:
        """The message that lies open."""
        return next((each for each in self.scenario().messages if each.id == self.opened), None)

    @property
    def answered(self) -> list[str]:
        """The messages that were answered, in the order in which they were."""
        return [each["message"] for each in self.attempt.box]

    @property
    def seconds_left(self) -> float:
        """The time that is left for the box, in seconds."""
        case = self.scenario()
        idle = [name for name in self.attempt.read if name not in self.answered]
        used = seconds(case, self.attempt.box) + int(case.numbers.read_s) * len(idle)
        return 60 * case.box_min - used

    @property
    def asked(self) -> tuple[str, ...]:
        """The measures that have to be bet on before this hour can pass."""
        asks = self.hour in bet_steps(self.scenario()) and self.earlier is None
        return FORESEEN if asks else ()

    @property
    def ready(self) -> bool:
        """True if the hour may pass: every bet is made."""
        return all(name in self.bet for name in self.asked)

    @property
    def next_bet(self) -> int:
        """The hour of the next bet after this one, or the end of the day."""
        ahead = [step for step in bet_steps(self.scenario()) if step > self.hour]
        return ahead[0] if ahead and self.earlier is None else self.runs.hours

    @property
    def staffing(self) -> dict[str, Any]:
        """The decision for the hour ahead, as it stands."""
        return self._planned(self.hour) | self.draft

    def _planned(self, hour: int) -> dict[str, Any]:
        """Return the rota of an hour, and the order of work and call-backs as they are."""
        case, decisions = self.scenario(), self.attempt.actions
        last = decisions[-1] if decisions else {}
        planned = {post: getattr(case.hours[hour % len(case.hours)], post) for post in POSTS}
        planned["discipline"] = last.get("discipline", case.discipline)
        return planned | {name: last.get(name, False) for name in self.switches}

    @property
    def switches(self) -> list[str]:
        """The rules that are on or off and that this case offers."""
        return [name for name in SWITCHES if getattr(self.scenario(), name)]

    def changeable(self, step: int) -> list[str]:
        """Return what a new attempt can change from an hour on.

        Parameters
        ----------
        step
            The hour, from 0.

        Returns
        -------
        list of str
            Names of decisions.
        """
        case = self.scenario()
        offered = {"box": case.messages, "cards": case.cards}
        morning = [name for name, there in offered.items() if there and step == 0]
        return [*morning, *POSTS, "discipline", *self.switches]

    # -- acts: the rule ---------------------------------------------------------------------

    @during("opening")
    def do_begin(self, *text: str) -> None:
        """Begin with the rule."""
        fits(not any(text))
        self.phase = "foresee"

    @during("foresee")
    def do_rule(self, measure: str, way: str) -> None:
        """Foresee what the sunset rule does to a result of the day."""
        fits(measure in RULED, way in DIRECTIONS)
        self.rules[measure] = way

    @during("foresee")
    def do_lock(self, *text: str) -> None:
        """Lock what is foreseen, and compare the two ways of working."""
        fits(not any(text), len(self.rules) == len(RULED))
        self.phase = "reckoning"

    @during("reckoning")
    def do_continue(self, *text: str) -> None:
        """Go on to one's own day."""
        fits(not any(text))
        self._morning()

    def _morning(self) -> None:
        self.opened, self.sorting = "", {}
        if self.scenario().messages:
            self.phase = "box"
        else:
            self._before_opening()

    def _before_opening(self) -> None:
        """Offer the cards of the day once; a changed attempt keeps those of the one before."""
        if self.scenario().cards and self.earlier is None:
            self.phase = "cards"
        else:
            self._next_hour()

    # -- acts: the box ----------------------------------------------------------------------

    @during("box")
    def do_open(self, _: str, name: str) -> None:
        """Open a message; the first reading takes time."""
        fits(name in {each.id for each in self.scenario().messages}, name not in self.answered)
        if name not in self.attempt.read:
            fits(self.seconds_left >= self.scenario().numbers.read_s)
            self.attempt.read.append(name)
        self.opened, self.sorting = name, {}

    @during("box")
    def do_kind(self, _: str, kind: str) -> None:
        """Sort the open message by what it is about."""
        fits(self.message, kind in MESSAGE_KINDS)
        self.sorting["kind"] = kind

    @during("box")
    def do_reply(self, _: str, name: str) -> None:
        """Choose what is said to the sender of the open message."""
        fits(self.message and name in {each.id for each in self.message.replies})
        fits(self.time_for(name))
        self.sorting["reply"] = name

    @during("box")
    def do_by(self, _: str, when: str) -> None:
        """Say by when there is a solution."""
        fits(self.message, when in DEADLINES)
        self.sorting["by"] = when

    @during("box")
    def do_send(self, *text: str) -> None:
        """Send the reply."""
        fits(not any(text), self.complete)
        answer = {"message": self.opened, "by": "none"} | self.sorting
        self.attempt.box.append(answer)
        self.opened, self.sorting = "", {}

    @during("box")
    def do_shut(self, *text: str) -> None:
        """Shut the box; what is in it stays there until its sender rings."""
        fits(not any(text))
        self._before_opening()

    def time_for(self, name: str) -> bool:
        """Say if there is time left for a reply to the open message.

        Parameters
        ----------
        name
            The id of the reply.
        """
        return bool(self.message and reply(self.message, name).seconds <= self.seconds_left)

    @property
    def settles(self) -> bool:
        """True if the reply chosen needs no more work, so that no time has to be said."""
        chosen = self.sorting.get("reply")
        return bool(self.message and chosen and reply(self.message, chosen).settles)

    @property
    def complete(self) -> bool:
        """True if the open message is sorted and can be answered."""
        wanted = {"kind", "reply"} | (set() if self.settles else {"by"})
        return bool(self.message) and wanted <= self.sorting.keys()

    # -- acts: the cards of the day ---------------------------------------------------------

    @property
    def hand_full(self) -> bool:
        """True if no more cards can be played."""
        return len(self.attempt.cards) == self.scenario().cards_most

    @during("cards")
    def do_card(self, name: str, wanted: str) -> None:
        """Play a card for the day, or take it back."""
        cards, known = self.attempt.cards, [card.id for card in self.scenario().cards]
        fits(name in known, wanted in ("on", "off"), (name in cards) == (wanted == "off"))
        fits(wanted == "off" or not self.hand_full)
        chosen = {*cards, name} - ({name} if wanted == "off" else set())
        self.attempt.cards = [each for each in known if each in chosen]

    @during("cards")
    def do_doors(self, *text: str) -> None:
        """Open the doors."""
        fits(not any(text))
        self._next_hour()

    # -- acts: the hours --------------------------------------------------------------------

    def _next_hour(self) -> None:
        """Begin to decide; a changed attempt begins from what was decided before it."""
        self.phase, self.bet, self.draft = "decide", {}, {}
        if self.hour == self.runs.hours:
            self.phase, self.tab, self.page = "end", "day", 0
        elif self.earlier:
            self.draft = self._as_before(self.earlier.actions)

    def _as_before(self, actions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what an earlier attempt decided for this hour.

        That is how many people; a rule only where it was changed then. A rule that is changed now
        so stays until the next change of the earlier attempt.
        """
        now, hour = actions[self.hour], self.hour
        last = actions[hour - 1] if hour else {"discipline": self.scenario().discipline}
        rules = {"discipline": last["discipline"]}
        rules |= {name: last.get(name, False) for name in self.switches}
        changed = {name: now[name] for name, value in rules.items() if now[name] != value}
        return {post: now[post] for post in POSTS} | changed

    @during("decide")
    def do_lever(self, post: str, count: str) -> None:
        """Set how many people work at a post."""
        value = number_in_act(count)
        fits(post in POSTS and 0 <= value <= getattr(self.scenario(), post))
        fits(value == int(value))
        self.draft[post] = int(value)

    @during("decide")
    def do_discipline(self, _: str, name: str) -> None:
        """Set the order of work."""
        fits(name in DISCIPLINES)
        self.draft["discipline"] = name

    @during("decide")
    def do_callbacks(self, _: str, wanted: str) -> None:
        """Offer call-backs, or stop to."""
        self._switch("callbacks", wanted)

    @during("decide")
    def do_checks(self, _: str, wanted: str) -> None:
        """Have each link of the chain checked, or stop to."""
        self._switch("checks", wanted)

    def _switch(self, name: str, wanted: str) -> None:
        fits(name in self.switches, wanted in ("on", "off"))
        self.draft[name] = wanted == "on"

    @during("decide")
    def do_guess(self, measure: str, way: str) -> None:
        """Bet on the direction of a measure."""
        fits(measure in self.asked, way in DIRECTIONS)
        self.bet[measure] = way

    @during("decide")
    def do_run(self, *text: str) -> None:
        """Let the hour pass as it was decided."""
        fits(not any(text), self.ready)
        self._pass_hour()
        self._next_hour()

    @during("decide")
    def do_run_on(self, *text: str) -> None:
        """Let the hours up to the next bet pass, as many people above or below the rota as now."""
        fits(not any(text), self.ready)
        until, planned = self.next_bet, self._planned(self.hour)
        more = {post: self.staffing[post] - planned[post] for post in POSTS}
        while self.hour < until:
            self._pass_hour()
            if self.earlier is None and self.hour < until:
                rota = self._planned(self.hour)
                self.draft = {post: self._within(post, rota[post] + more[post]) for post in POSTS}
            elif self.hour < until:
                self._next_hour()
        self._next_hour()

    def _within(self, post: str, count: int) -> int:
        return min(max(count, 0), getattr(self.scenario(), post))

    def _pass_hour(self) -> None:
        attempt, action = self.attempt, self.staffing
        if self.hour == 0 and self.scenario().messages:
            action["box"] = [dict(each) for each in attempt.box]
        if self.hour == 0 and self.scenario().cards:
            action["cards"] = list(attempt.cards)
        if self.bet:
            attempt.bets[self.hour] = dict(self.bet)
        attempt.actions.append(action)
        self.bet, self.draft = {}, {}

    # -- acts: the end, and another attempt -------------------------------------------------

    @property
    def tabs(self) -> tuple[str, ...]:
        """The tabs of the end."""
        there = {"box": bool(self.scenario().messages), "bets": bool(self.attempts[0].bets)}
        return tuple(tab for tab in TABS if there.get(tab, True))

    @during("end")
    def do_tab(self, _: str, tab: str) -> None:
        """Open a tab."""
        fits(tab in self.tabs)
        self.tab, self.page = tab, 0

    @during("end")
    def do_page(self, _: str, page: str) -> None:
        """Turn to a page of the messages."""
        fits(self.tab == "box" and page in map(str, range(self.pages)))
        self.page = int(page)

    @property
    def pages(self) -> int:
        """The number of pages on which the messages are looked at again."""
        return -(-len(self.scenario().messages) // PAGE)

    def _kept(self, step: int) -> DeskAttempt:
        last = self.attempt
        return DeskAttempt(
            last.actions[:step],
            box=[dict(each) for each in last.box],
            read=list(last.read),
            cards=list(last.cards),
        )

    def _begin_attempt(self) -> None:
        if self.attempt.change == "box":
            self.attempt.box, self.attempt.read = [], []
            self._morning()
        elif self.attempt.change == "cards":
            self.phase = "cards"
        else:
            self._next_hour()

    # -- what each decision did -------------------------------------------------------------

    def decided(self) -> Sequence[tuple[int, str, Mapping[str, Any]]]:
        """Return what was decided otherwise than by the rota: hour, what, and the action without.

        The order of work and the switches stay until they are changed: what is left out there is
        the change, and it stays out up to the next one. A card is named by its id.

        Returns
        -------
        sequence of tuple
            In the order of the hours.
        """
        found: list[tuple[int, str, Mapping[str, Any]]] = []
        case = self.scenario()
        last: dict[str, Any] = {"discipline": case.discipline} | dict.fromkeys(SWITCHES, False)
        for card in self.attempt.cards:
            rest = [each for each in self.attempt.cards if each != card]
            found.append((0, card, self.attempt.actions[0] | {"cards": rest}))
        for hour, action in enumerate(self.attempt.actions):
            planned = case.hours[hour % len(case.hours)]
            for post in POSTS:
                if action[post] != getattr(planned, post):
                    found.append((hour, post, action | {post: getattr(planned, post)}))
            for name in last:
                if action.get(name, last[name]) != last[name]:
                    found.append((hour, name, action | {name: last[name]}))
                    last[name] = action[name]
        return found
