"""Complaint cases in five stages: acceptance, receiving, explanation, solution, follow-up (C-17).

Two clocks run: to the response (the customer knows that somebody is working on it) and to the
resolution. By
``fifo`` a handler works a case through before she takes the next; by the sunset rule (E-01, E-02)
every complaint is acknowledged first, and solved in the order of arrival after that. Haier's chain
(E-17) is record, handle, re-check, feed back: a case that is missed at a link goes no further.
A step that is checked takes longer, and fewer cases are missed after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any

STAGES = ("acceptance", "receiving", "explanation", "solution", "follow_up")
ACCEPTANCE, RECEIVING, EXPLANATION, SOLUTION, FOLLOW_UP = range(5)

CHAIN = ("record", "handle", "recheck", "feedback")
RECORD, HANDLE, RECHECK, FEEDBACK = range(4)

NOT_YET = float("nan")


@dataclass(slots=True, eq=False)
class Case:
    """A customer's problem and what became of it.

    ``work_min`` is the work of the four stages after acceptance. ``links`` and ``lots`` are uniform
    draws: one for each link of the chain, one for being satisfied, one for staying. ``done_min``
    are the minutes at which the stages were done; ``missed`` is the link at which the case was
    missed, if it was. ``checked`` is True while the step that it is in is checked.
    """

    number: int
    step: int
    arrives_min: float
    voiced: bool
    solvable: bool
    work_min: tuple[float, ...]
    links: tuple[float, ...]
    lots: tuple[float, float]
    done_min: list[float] = field(default_factory=lambda: [NOT_YET] * len(STAGES))
    missed: int | None = None
    checked: bool = False
    gave_up: bool = False
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that makes a written message another case than a call.

    ``worth`` is how many ordinary customers its sender is worth; ``remedy`` what was put right and
    how she was treated (0–1 each), or None where nobody has replied; ``promised_min`` the minute
    by which a solution was promised, endless where no time was said.
    """

    message: str
    worth: float
    remedy: tuple[float, float] | None
    promised_min: float


class Casework:
    """Handlers and the cases before them.

    Parameters
    ----------
    pace
        Of each handler, the time she takes against the usual time.
    resume_min
        Work of finding one's way back into a case that was laid aside.
    recheck_min
        Working minutes from a solution to the call that checks it.
    miss_share
        Share missed at each link of the chain.
    check_min, check_misses
        Work of checking a step, in minutes, and how many of the misses are left then (0–1).
    """

    def __init__(
        self,
        pace: Sequence[float],
        resume_min: float,
        recheck_min: float,
        miss_share: float,
        check_min: float = 0.0,
        check_misses: float = 1.0,
    ) -> None:
        self._pace, self._resume_min = list(pace), resume_min
        self._recheck_min, self._miss_share = recheck_min, miss_share
        self._check_min, self._check_misses = check_min, check_misses
        self._ahead: list[tuple[float, int, Case, int, int | None]] = []
        self._waiting: list[tuple[Any, ...]] = []
        self._idle: list[int] = []
        self._busy: set[int] = set()
        self._handlers = self._tick = 0
        self._sunset = self._checks = False
        self.work_min = 0.0

    @property
    def idle(self) -> bool:
        """True if no case is in work, waiting or due."""
        return not self._ahead and not self._waiting

    def still_min(self, now: float) -> float:
        """Return the minutes that steps begun before a minute still take."""
        return sum(minute - now for minute, *_, handler in self._ahead if handler is not None)

    def accept(self, case: Case, minute: float, miss_share: float) -> None:
        """Take a complaint that was put to an agent; it becomes a case if it is recorded."""
        if self._missing(case, RECORD, miss_share):
            return
        case.done_min[ACCEPTANCE] = minute
        self._due(minute, case, RECEIVING)

    def enter(self, case: Case, minute: float, stage: int) -> None:
        """Take a written case that has come as far as the stage before, by a minute."""
        for done in range(stage):
            case.done_min[done] = minute
        if stage == FOLLOW_UP:
            if not self._missing(case, RECHECK, self._miss_share):
                self._due(minute + self._recheck_min, case, FOLLOW_UP)
        elif stage == RECEIVING or not self._missing(case, HANDLE, self._miss_share):
            self._due(minute, case, stage)

    def until(
        self, end: float, start: float, handlers: int, sunset: bool, checks: bool = False
    ) -> float:
        """Work from ``start`` up to a minute, with so many handlers.

        The order is that of the sunset rule or not; each step is checked or not.

        Returns
        -------
        float
            Minutes worked by those beyond these handlers, who end their step before they go home.
        """
        stay_min = sum(
            min(minute, end) - start
            for minute, *_, handler in self._ahead
            if handler is not None and handler >= handlers
        )
        self._handlers, self._sunset, self._checks = handlers, sunset, checks
        self._idle = [handler for handler in range(handlers) if handler not in self._busy]
        self._waiting = [self._ranked(case, stage) for *_, stage, case in self._waiting]
        heapify(self._waiting)
        self._take(start)
        while self._ahead and self._ahead[0][0] < end:
            minute, _, case, stage, handler = heappop(self._ahead)
            if handler is None:
                heappush(self._waiting, self._ranked(case, stage))
            else:
                self._finish(case, stage, handler, minute)
            self._take(max(minute, start))
        return stay_min

    def _take(self, minute: float) -> None:
        while self._waiting and self._idle:
            *_, stage, case = heappop(self._waiting)
            handler = heappop(self._idle)
            laid_aside = stage in (EXPLANATION, SOLUTION) and case.done_min[stage - 1] < minute
            # Three steps end a link of the chain: taking on, solving, and the call afterwards.
            case.checked = self._checks and stage != EXPLANATION
            work = case.work_min[stage - 1] + (self._resume_min if laid_aside else 0.0)
            work += self._check_min if case.checked else 0.0
            work *= self._pace[handler]
            self.work_min += work
            self._busy.add(handler)
            self._push(minute + work, case, stage, handler)

    def _finish(self, case: Case, stage: int, handler: int, minute: float) -> None:
        case.done_min[stage] = minute
        self._busy.remove(handler)
        if handler < self._handlers:
            heappush(self._idle, handler)
        if stage == RECEIVING and self._missing(case, HANDLE, self._miss_share):
            return
        if stage == SOLUTION:
            if not self._missing(case, RECHECK, self._miss_share):
                self._due(minute + self._recheck_min, case, FOLLOW_UP)
        elif stage == FOLLOW_UP:
            self._missing(case, FEEDBACK, self._miss_share)
        else:
            heappush(self._waiting, self._ranked(case, stage + 1))

    def _missing(self, case: Case, link: int, share: float) -> bool:
        if case.links[link] < share * (self._check_misses if case.checked else 1.0):
            case.missed = link
            return True
        return False

    def _due(self, minute: float, case: Case, stage: int) -> None:
        self._push(minute, case, stage, None)

    def _push(self, minute: float, case: Case, stage: int, handler: int | None) -> None:
        self._tick += 1
        heappush(self._ahead, (minute, self._tick, case, stage, handler))

    def _ranked(self, case: Case, stage: int) -> tuple[Any, ...]:
        later = self._sunset and stage != RECEIVING
        return later, case.done_min[ACCEPTANCE], case.number, stage, case
