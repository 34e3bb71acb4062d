"""The cases of a desk as a table, by the hour, and what became of every problem in the end.

At a minute ``now`` the table holds only what has happened by then. At the end ``now`` is infinite,
and the table also holds customers who never complained.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.model.chair import Series
from crmsim.model.desk.cases import (
    ACCEPTANCE,
    CHAIN,
    FOLLOW_UP,
    RECEIVING,
    RECORD,
    SOLUTION,
    STAGES,
    Case,
    Letter,
)
from crmsim.model.theory.complaints import REMEDIES, justice, promptness, satisfied, stay_chances
from crmsim.scenario.desk import DeskScenario

HOUR_MIN = 60.0
NEVER = math.inf

CASE_COLUMNS = (
    "complaints", "acknowledged", "closed", "open_cases", "unacknowledged", "omissions",
    "rechecked", "dissatisfied",
)  # fmt: skip
"""Columns of the log that follow from cases; the last three belong to the hour she came in."""


class CaseSeen(NamedTuple):
    """A case as a row of a table; times in hours since the desk first opened, nights included.

    ``response_h`` and ``resolution_h`` are the two clocks, from the customer's arrival on.
    ``justice`` is how fair the handling felt (0–1), ``satisfied`` the chance that she is satisfied
    with it. ``before_sunset`` is None for customers who arrived after sunset. ``message`` names
    the message with which the case came in, if it was written. ``stay_chance`` is the chance that
    decided ``stays``, known like it at the end.
    """

    case: int
    day: int
    hour: int
    fate: str
    missed: str | None
    arrives_h: float
    acceptance_h: float
    receiving_h: float
    explanation_h: float
    solution_h: float
    follow_up_h: float
    response_h: float
    resolution_h: float
    before_sunset: bool | None
    justice: float
    satisfied: float
    stays: bool | None
    message: str | None = None
    stay_chance: float = math.nan


class Casebook:
    """Every problem that customers of the desk met, whether they complained or not."""

    def __init__(self, scenario: DeskScenario) -> None:
        self._scenario, self._numbers = scenario, scenario.numbers
        self._day_min = HOUR_MIN * len(scenario.hours)
        self._stay = stay_chances(self._numbers)
        self.cases: list[Case] = []
        self._rows: dict[tuple[int, int, bool, bool], CaseSeen] = {}

    def seen(self, now: float) -> tuple[CaseSeen, ...]:
        """Return the cases on record by a minute; at the end every problem.

        Returns
        -------
        tuple of CaseSeen
            In the order in which the problems arose.
        """
        known = [c for c in self.cases if now == NEVER or c.done_min[ACCEPTANCE] < now]
        if now == NEVER:
            return tuple(self._row(case, now) for case in known)
        return tuple(self._kept_row(case, now) for case in known)

    def _kept_row(self, case: Case, now: float) -> CaseSeen:
        """Return a row of an hour in the run; one that is as it was is not made again."""
        stages = sum(minute < now for minute in case.done_min)
        key = (case.number, stages, case.voiced, case.gave_up)
        if key not in self._rows:
            self._rows[key] = self._row(case, now)
        return self._rows[key]

    def series(self, hours: int, now: float) -> dict[str, NDArray[np.float64]]:
        """Return the columns that the cases add to the log, a value an hour.

        Returns
        -------
        dict
            An array of float by name, a value an hour.
        """
        edges = HOUR_MIN * np.arange(hours + 1)
        done = np.array([case.done_min for case in self.cases]).reshape(-1, len(STAGES))
        done = np.where(done < now, done, np.nan)
        came = np.array([case.arrives_min for case in self.cases])
        unrecorded = self._flags(case.missed == RECORD for case in self.cases)
        put = np.isfinite(done[:, ACCEPTANCE]) | unrecorded
        missed = put & self._flags(case.missed is not None for case in self.cases)
        checked = np.isfinite(done[:, FOLLOW_UP])
        unhappy = checked.copy()
        for place in np.flatnonzero(checked):
            case = self.cases[place]
            unhappy[place] = case.lots[0] >= self._judged(case)[1]
        accepted, acknowledged, closed = (
            np.histogram(done[:, stage], edges)[0] for stage in (ACCEPTANCE, RECEIVING, SOLUTION)
        )
        columns = (
            np.histogram(came[put], edges)[0],
            acknowledged,
            closed,
            np.cumsum(accepted - closed),
            np.cumsum(accepted - acknowledged),
            *(np.histogram(came[which], edges)[0] for which in (missed, checked, unhappy)),
        )
        return {
            name: column.astype(float) for name, column in zip(CASE_COLUMNS, columns, strict=True)
        }

    def outcome(
        self, log: Series, rows: Sequence[CaseSeen], paid: float, later: float
    ) -> dict[str, float]:
        """Return the result over all cases: shares, mean times of the complaints, money.

        ``value`` is what the customers who stay are still worth, less questions nobody answered,
        less wages, also those of who works ``later`` on what is left over, and what was ``spent``
        on replies and cards: the yardstick of a desk.

        Returns
        -------
        dict
            Shares from 0 to 1, ``response_h`` and ``resolution_h`` in hours, ``wages``,
            ``spent`` and ``value`` in currency.
        """
        numbers = self._numbers
        voiced = [row for row in rows if row.fate != "silent"]
        stays = sum(bool(row.stays) for row in rows)
        unanswered = float(log["abandoned"].sum()) - sum(case.gave_up for case in self.cases)
        worth = sum(
            case.letter.worth if case.letter else 1.0
            for case, row in zip(self.cases, rows, strict=True)
            if row.stays
        )
        kept, missed = worth * numbers.customer_worth, unanswered * numbers.contact_worth
        wages = float(log["wages"].sum()) + later
        return {
            "satisfied": _mean([row.satisfied for row in voiced]),
            "stays": stays / len(rows) if rows else math.nan,
            "complains": len(voiced) / len(rows) if rows else math.nan,
            "before_sunset": _mean([row.before_sunset for row in voiced]),
            "response_h": _mean([row.response_h for row in voiced]),
            "resolution_h": _mean([row.resolution_h for row in voiced]),
            "in_time": float(log["in_time"].sum() / max(log["contacts"].sum(), 1)),
            "wages": wages,
            "spent": paid,
            "value": kept - missed - wages - paid,
        }

    def _row(self, case: Case, now: float) -> CaseSeen:
        fate, done = self._fate(case, now), now == NEVER
        stages = [self._clock_h(minute if minute < now else math.nan) for minute in case.done_min]
        came, day = self._clock_h(case.arrives_min), int(case.arrives_min // self._day_min)
        sunset = 24 * day + self._scenario.sunset - self._scenario.opens
        closed = fate not in ("silent", "open")
        fairness, happy = self._judged(case) if closed else (math.nan, math.nan)
        chance = self._staying(case, fate, fairness) if done else math.nan
        return CaseSeen(
            case.number,
            day,
            self._scenario.opens + int(case.arrives_min % self._day_min // HOUR_MIN),
            fate,
            CHAIN[case.missed] if done and case.missed is not None else None,
            came,
            *stages,
            response_h=stages[RECEIVING] - came,
            resolution_h=stages[SOLUTION] - came,
            before_sunset=stages[RECEIVING] <= sunset if came < sunset else None,
            justice=fairness,
            satisfied=happy,
            stays=case.lots[1] < chance if done else None,
            message=case.letter.message if case.letter else None,
            stay_chance=chance,
        )

    def _staying(self, case: Case, fate: str, fairness: float) -> float:
        """Return the chance that she stays; of a written case it also depends on the reply.

        Fair treatment carries over to buying again through satisfaction with the handling
        (Orsingher, Valentini & de Angelis 2010): a solution without any fairness is worth no more
        than none.
        """
        chance = self._stay[fate]
        if case.letter is None or case.letter.remedy is None or fate not in ("fast", "resolved"):
            return chance
        least = self._stay["unresolved"]
        return least + (chance - least) * fairness

    def _fate(self, case: Case, now: float) -> str:
        if not case.voiced or case.gave_up:
            return "silent"
        solution = case.done_min[SOLUTION]
        if not solution < now:
            return "unresolved" if now == NEVER else "open"
        if not case.solvable:
            return "unresolved"
        waited_h = self._clock_h(solution) - self._clock_h(case.arrives_min)
        # A broken promise, or having to ask twice, makes the quickest solution a slow one (Dixon,
        # Freeman & Toman 2010: repeated contacts are what drives customers away).
        letter = case.letter
        if letter and (letter.remedy is None or solution > letter.promised_min):
            return "resolved"
        return "fast" if waited_h <= self._numbers.fast_h else "resolved"

    def _judged(self, case: Case) -> tuple[float, float]:
        """Return how fair the handling felt to a customer, and the chance that she is satisfied."""
        numbers, came = self._numbers, self._clock_h(case.arrives_min)
        result, treatment = REMEDIES[self._scenario.remedy]
        heard, answered = (math.isfinite(case.done_min[stage]) for stage in (RECEIVING, SOLUTION))
        response_h = self._clock_h(case.done_min[RECEIVING]) - came if heard else NEVER
        resolution_h = self._clock_h(case.done_min[SOLUTION]) - came if answered else NEVER
        if case.letter and case.letter.remedy:
            result, treatment = case.letter.remedy
        if case.letter and case.letter.promised_min < NEVER:
            kept = case.done_min[SOLUTION] <= case.letter.promised_min
            resolution_h *= self._comfort(case.letter) if kept else numbers.wait_broken
        fairness = justice(
            float(result * (case.solvable and answered)),
            treatment * heard,
            promptness(response_h, resolution_h, numbers),
            numbers,
        )
        return fairness, float(satisfied(fairness, numbers))

    def _comfort(self, letter: Letter) -> float:
        """Return how long a wait feels whose end was named and kept to, against one of no end.

        A time that lies far off comforts less, by the same half-life as a wait.
        """
        named_h, numbers = self._clock_h(letter.promised_min), self._numbers
        near = 0.5 ** (named_h / numbers.resolution_half_h)
        return 1 - (1 - numbers.wait_promised) * float(near)

    def _clock_h(self, minute: float) -> float:
        """Return the hours since the desk first opened, nights included."""
        days, rest = divmod(minute, self._day_min)
        return 24 * days + rest / HOUR_MIN

    def _flags(self, values: object) -> NDArray[np.bool_]:
        return np.fromiter(values, dtype=bool, count=len(self.cases))  # type: ignore[call-overload]


def chain(rows: Sequence[CaseSeen]) -> list[int]:
    """Return how many complaints were put to the desk, and how many were left after each link.

    Parameters
    ----------
    rows
        The cases of a run that is over.

    Returns
    -------
    list of int
        Five counts: put, recorded, handled, re-checked, fed back.

    Examples
    --------
    >>> from crmsim.runs.run import simulate
    >>> chain(simulate("sunset", seed=21).view.cases)
    [51, 48, 48, 42, 40]
    """
    put = [row for row in rows if row.fate != "silent"]
    left = [len(put)]
    for link in CHAIN:
        left.append(left[-1] - sum(row.missed == link for row in put))
    return left


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None and not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan
