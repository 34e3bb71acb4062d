"""The Desk: a queue in front, complaint cases behind, and a day decided by the hour (C-13 to C-17).

People come with questions, and some customers with a problem come to complain. An agent answers
them in the order of arrival, unless their patience ends first. A complaint becomes a case, and
handlers take it through its stages. Cases that are open at closing time are worked on the next
days, staffed like the last day. In the end each problem has a fate, and its customer stays or goes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmsim.common.chance import Chance
from crmsim.common.checks import require
from crmsim.common.errors import ActionError
from crmsim.model.desk.box import Box
from crmsim.model.desk.case_table import Casebook, CaseSeen
from crmsim.model.desk.cases import SOLUTION, Casework
from crmsim.model.desk.demand import HOUR_MIN, Contact, Demand, lognormal
from crmsim.model.desk.queue import NEVER, Answered, Frontline
from crmsim.scenario.desk import DayCard, DeskScenario, Hour, Rota
from crmsim.scenario.parameters import declared_parameters

DISCIPLINES = ("fifo", "sunset")
POSTS = ("agents", "handlers")
SWITCHES = ("callbacks", "checks")
"""Rules that are on or off, where the case offers them; they stay until they are changed."""

FOLLOWING_DAYS = 30
"""Days after the last on which open cases may still be worked; what is open then stays open."""

COUNTED = (
    "day", "hour", "agents", "handlers", "sunset_rule", "contacts", "waited", "in_time",
    "abandoned", "wait_min", "agent_min", "handler_min", "waiting", "wages",
)  # fmt: skip
"""Columns of the log that are known when the hour is over."""

DeskAction = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeskView:
    """Everything the head of a desk sees at a full hour; the silent appear only at the end.

    ``hour`` is the hour ahead by the clock, ``expected`` its rota and whom to expect; ``waiting``
    and ``numbers`` count the people in the line and those who wait to be called back; ``cases`` are
    those on record, and ``outcome`` is empty until the run is over.
    """

    step: int
    steps: int
    day: int
    hour: int
    expected: Hour | None
    decision: Mapping[str, Any]
    waiting: int
    numbers: int
    series: Mapping[str, NDArray[np.float64]]
    cases: tuple[CaseSeen, ...]
    outcome: Mapping[str, float]

    @property
    def place(self) -> int:
        """The hour of the run, counted from 0."""
        return self.step

    @property
    def places(self) -> tuple[int, ...]:
        """The hour in which each action so far was done."""
        return tuple(range(self.step))

    def allows(self, action: object) -> bool:
        """Return True if the action is on offer here."""
        return isinstance(action, Mapping)


class Desk:
    """A service desk: ``done``, ``observe()``, ``step(action)``.

    An action is a table such as ``{"agents": 5, "handlers": 3, "discipline": "sunset"}``. A post
    left out is filled by the rota; the discipline stays until it is changed, and so do
    ``callbacks`` and ``checks`` (True or False) where the case offers them. The first action may
    hold a ``box``: what was done with the messages of the morning (see
    :class:`crmsim.model.desk.box.Box`); without it the day has no messages. It may also hold
    ``cards``: the ids of the cards that are played for the day.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> desk = Desk(load("sunset"), seed=1)
    >>> desk.step({"discipline": "sunset"})
    >>> desk.observe().hour
    9
    """

    def __init__(self, scenario: DeskScenario, seed: int = 0) -> None:
        require(
            isinstance(scenario, DeskScenario), "scenario", scenario, "a desk, as load(…) gives it"
        )
        self.scenario, self.seed = scenario, seed
        self._steps = scenario.days * len(scenario.hours)
        self._day_min = HOUR_MIN * len(scenario.hours)
        self._decisions: list[dict[str, Any]] = []
        self._discipline: str = scenario.discipline
        self._switched = {name: False for name in SWITCHES if getattr(scenario, name)}
        self._hours = np.zeros((self._steps, len(COUNTED)))
        self._called_back = np.zeros(self._steps)
        self._later_min = 0.0
        self._cards: list[DayCard] = []
        self._set_up(scenario)

    def _set_up(self, scenario: DeskScenario) -> None:
        """Make the parts of the desk, with the numbers of a scenario."""
        numbers, chance = scenario.numbers, Chance(self.seed)
        self._numbers: SimpleNamespace = numbers
        self._demand = Demand(scenario, chance)
        self._front = Frontline(_paces(chance, 0, scenario.agents, numbers), numbers.callback_min)
        self._box = Box(scenario, chance)
        self._back = Casework(
            _paces(chance, 1, scenario.handlers, numbers),
            numbers.resume_min,
            numbers.recheck_days * self._day_min,
            numbers.miss_share,
            numbers.check_min,
            numbers.check_misses,
        )
        self._book = Casebook(scenario)

    @property
    def done(self) -> bool:
        """True when the last hour has passed."""
        return self._step >= self._steps

    @property
    def _step(self) -> int:
        return len(self._decisions)

    @property
    def _now(self) -> float:
        return NEVER if self.done else HOUR_MIN * self._step

    @property
    def series(self) -> dict[str, NDArray[np.float64]]:
        """Each column of the log so far, a value an hour."""
        counted = {name: self._hours[: self._step, slot] for slot, name in enumerate(COUNTED)}
        counted |= self._book.series(self._step, self._now)
        # A day on which nobody was ever called back has the log that it always had.
        if any(each.get("callbacks") for each in self._decisions):
            counted["called_back"] = self._called_back[: self._step]
        return counted

    @staticmethod
    def table(_: DeskView, series: Mapping[str, NDArray[np.float64]]) -> dict[str, Any]:
        """Return the log of a run, a row an hour."""
        return dict(series)

    @staticmethod
    def outcome(_: DeskScenario, view: DeskView, __: object) -> dict[str, Any]:
        """Return what the view says of the whole run at its end."""
        return dict(view.outcome)

    @staticmethod
    def reference(scenario: DeskScenario, policy: Rota, seen: DeskView) -> DeskAction:
        """Return the rota with so many people more or fewer, and the policy's discipline."""
        planned = seen.expected
        assert planned is not None
        return {
            "agents": min(max(planned.agents + policy.agents, 0), scenario.agents),
            "handlers": min(max(planned.handlers + policy.handlers, 0), scenario.handlers),
            "discipline": policy.discipline,
        }

    def baseline(self) -> DeskAction:
        """Staff by the rota, and leave the discipline as it is."""
        return {}

    def observe(self) -> DeskView:
        """Return what can be seen now."""
        step, scenario = self._step, self.scenario
        day, place = divmod(step, len(scenario.hours))
        series, cases = self.series, self._book.seen(self._now)
        later = self._numbers.desk_wage_h * self._later_min / HOUR_MIN
        return DeskView(
            step=step,
            steps=self._steps,
            day=day,
            hour=scenario.opens + place,
            expected=None if self.done else scenario.hours[place],
            decision=dict(self._decisions[-1]) if self._decisions else {},
            waiting=self._front.waiting_at(HOUR_MIN * step),
            numbers=self._front.numbers_at(HOUR_MIN * step),
            series=series,
            cases=cases,
            outcome=self._book.outcome(series, cases, self._paid, later) if self.done else {},
        )

    def step(self, action: DeskAction) -> None:
        """Staff the desk and choose a discipline, then let an hour pass.

        Raises
        ------
        ActionError
            If something in the action is not known, or out of range, or the run is over.
        """
        if self.done:
            raise ActionError(f"{self.scenario.id}: the run is over; nothing can be done any more")
        decision = self._decided(action)
        if self._step == 0 and decision.get("cards"):
            self._play(decision["cards"])
        step, places = self._step, len(self.scenario.hours)
        start, end = HOUR_MIN * step, HOUR_MIN * (step + 1)
        last = step + 1 == self._steps or (places < 24 and (step + 1) % places == 0)
        if step % places == 0 and places < 24:
            self._front.open(start)
        if step == 0 and "box" in decision:
            self._book.cases += self._box.open(decision["box"], self._back)
        contacts, cases = self._demand.hour(step)
        self._book.cases += cases
        if decision.get("checks"):
            contacts = [self._checked(contact) for contact in contacts]
        if rings := self._box.rings(start, end):
            contacts = sorted(contacts + rings, key=lambda contact: contact.arrives_min)
        over = self._front.until(
            NEVER if last else end,
            start,
            decision["agents"],
            contacts,
            decision.get("callbacks", False),
            end if last else NEVER,
        )
        self._take_on(over)
        before = self._back.work_min
        stay_min = self._back.until(end, start, *_of_handlers(decision))
        self._decisions.append(decision)
        self._write(over, self._back.work_min - before, stay_min / HOUR_MIN)
        if self.done:
            self._following_days()

    def _play(self, names: Sequence[str]) -> None:
        """Put cards in force for the whole run: the numbers that they shift, and their price."""
        self._cards = [card for card in self.scenario.cards if card.id in names]
        values = dict(vars(self.scenario.numbers))
        for card in self._cards:
            for shift in card.shifts:
                known, value = (
                    declared_parameters()[shift.of],
                    values[shift.of] * shift.times + shift.plus,
                )
                values[shift.of] = min(max(value, known.low), known.high)
        own = {shift.of: values[shift.of] for card in self._cards for shift in card.shifts}
        self._set_up(self.scenario.change(parameters=self.scenario.parameters | own))

    @property
    def _paid(self) -> float:
        """Money spent beside wages: on replies to messages and by cards."""
        solved = sum(math.isfinite(case.done_min[SOLUTION]) for case in self._book.cases)
        return self._box.cost + sum(card.cost + card.cost_case * solved for card in self._cards)

    def _checked(self, contact: Contact) -> Contact:
        """Make the agent check that a complaint is recorded, before the caller hangs up."""
        if contact.case is None:
            return contact
        contact.case.checked = True
        return contact._replace(handle_min=contact.handle_min + self._numbers.check_min)

    def _take_on(self, over: list[Answered]) -> None:
        """Turn complaints made to an agent into cases; callers who hung up become none."""
        numbers = self._numbers
        for contact, wait_min, over_min, _, gave_up, _ in over:
            if contact.case is None:
                continue
            contact.case.gave_up = gave_up
            if not gave_up:
                hurry = numbers.miss_when_busy if wait_min > 0 else 1.0
                self._back.accept(contact.case, over_min, numbers.miss_share * hurry)

    def _following_days(self) -> None:
        """Work off what is open, hour by hour, staffed as on the last day; it is paid, too."""
        places, before = len(self.scenario.hours), self._back.work_min
        self._later_min = self._back.still_min(HOUR_MIN * self._steps)
        for step in range(self._steps, self._steps + FOLLOWING_DAYS * places):
            if self._back.idle:
                break
            decision = self._decisions[self._steps - places + step % places]
            start = HOUR_MIN * step
            self._back.until(start + HOUR_MIN, start, *_of_handlers(decision))
        self._later_min += self._back.work_min - before

    def _decided(self, action: DeskAction) -> dict[str, Any]:
        scenario, name = self.scenario, self.scenario.id
        if not isinstance(action, Mapping):
            raise ActionError(
                f"{name}: action = {action!r}: must be a table, such as "
                "{'agents': 5, 'handlers': 3, 'discipline': 'sunset'}"
            )
        hour = scenario.hours[self._step % len(scenario.hours)]
        decision: dict[str, Any] = {"agents": hour.agents, "handlers": hour.handlers}
        decision["discipline"] = self._discipline
        decision |= self._switched
        if self._step == 0 and scenario.messages and "box" in action:
            decision["box"] = self._box.checked(action["box"])
        if self._step == 0 and scenario.cards and "cards" in action:
            decision["cards"] = _played(action["cards"], scenario)
        for key, value in action.items():
            if key not in decision:
                known = ", ".join(decision)
                raise ActionError(f"{name}: {key!r} can't be decided; choose from: {known}")
            if key == "discipline" and value not in DISCIPLINES:
                raise ActionError(f"{name}: discipline = {value!r}: must be 'fifo' or 'sunset'")
            if key in ("box", "cards"):
                continue
            if key in SWITCHES and not isinstance(value, bool):
                raise ActionError(f"{name}: {key} = {value!r}: must be True or False")
            if key in POSTS:
                value = _head_count(value, getattr(scenario, key), f"{name}: {key}")
            decision[key] = value
        self._discipline = decision["discipline"]
        self._switched = {key: decision[key] for key in self._switched}
        return decision

    def _write(self, over: list[Answered], handler_min: float, beyond_h: float) -> None:
        numbers, step, decision = self._numbers, self._step - 1, self._decisions[-1]
        day, place = divmod(step, len(self.scenario.hours))
        waits = [each.wait_min for each in over]
        target = numbers.answer_target_min
        early_h = sum(card.work_h for card in self._cards) if step == 0 else 0.0
        self._called_back[step] = sum(each.called_back for each in over)
        self._hours[step] = (
            day,
            self.scenario.opens + place,
            decision["agents"],
            decision["handlers"],
            decision["discipline"] == "sunset",
            len(over),
            sum(wait > 0 for wait in waits),
            sum(
                each.wait_min <= target and not each.gave_up and not each.called_back
                for each in over
            ),
            sum(each.gave_up for each in over),
            sum(waits) / max(len(waits), 1),
            sum(each.work_min for each in over),
            handler_min,
            self._front.waiting_at(HOUR_MIN * (step + 1)),
            numbers.desk_wage_h * (decision["agents"] + decision["handlers"] + early_h + beyond_h),
        )


def _paces(chance: Chance, post: int, count: int, numbers: SimpleNamespace) -> list[float]:
    """Return how long each employee of a post takes, relative to the usual time."""
    luck = chance.normal("skill", 0, count, post)
    return [float(pace) for pace in lognormal(1.0, numbers.skill_spread, luck)]


def _of_handlers(decision: Mapping[str, Any]) -> tuple[int, bool, bool]:
    """Return the number of handlers, and if they work by the sunset rule and check each step."""
    sunset = decision["discipline"] == "sunset"
    return decision["handlers"], sunset, decision.get("checks", False)


def _played(names: Any, scenario: DeskScenario) -> list[str]:
    """Return the ids of cards in the order of the case, if they can be played together."""
    known, most = [card.id for card in scenario.cards], scenario.cards_most
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise ActionError(f"{scenario.id}: cards = {names!r}: must be a list of ids of cards")
    if wrong := next((name for name in names if name not in known), None):
        raise ActionError(
            f"{scenario.id}: cards: {wrong!r}: is not a card; choose from: {', '.join(known)}"
        )
    if len(set(names)) != len(names) or len(names) > most:
        raise ActionError(
            f"{scenario.id}: cards = {list(names)!r}: must be at most {most}, each once; "
            "leave some out"
        )
    return [name for name in known if name in names]


def _head_count(value: object, most: int, place: str) -> int:
    whole = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not whole or not 0 <= value <= most or value != int(value):  # type: ignore[operator, call-overload]
        raise ActionError(f"{place} = {value!r}: must be a whole number from 0 to {most}")
    return int(value)  # type: ignore[call-overload]
