"""Demand at a desk: who comes when, with how much work and patience, drawn before any decision.

Arrivals are a Poisson process whose rate changes by the hour; handling is lognormal (Brown et al.
2005, JASA 100:36); a day can be busier or quieter than others as a whole (Avramidis, Deslauriers &
L'Ecuyer 2004).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import itemgetter
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from crmsim.common.arrays import Doubles, Singles
from crmsim.common.chance import Chance, normal_of
from crmsim.model.desk.cases import Case
from crmsim.scenario.desk import DeskScenario

HOUR_MIN = 60.0
QUESTIONS, PROBLEMS = 0, 1


class Contact(NamedTuple):
    """Somebody in the queue, in minutes since the desk first opened; ``case`` if she complains.

    ``leaves_number`` is True for callers who would rather be called back than hang up.
    """

    arrives_min: float
    handle_min: float
    patience_min: float
    case: Case | None
    leaves_number: bool = False


class Demand:
    """The customers of a desk, hour by hour."""

    def __init__(self, scenario: DeskScenario, chance: Chance) -> None:
        self._scenario, self._chance = scenario, chance
        self._numbers: SimpleNamespace = scenario.numbers
        self._cases = 0

    def hour(self, step: int) -> tuple[list[Contact], list[Case]]:
        """Return the contacts of an hour in order of arrival, and every problem, voiced or not.

        Returns
        -------
        contacts : list of Contact
            Questions and complaints.
        cases : list of Case
            Problems, also those of customers who stay silent.
        """
        day, place = divmod(step, len(self._scenario.hours))
        hour, busy = self._scenario.hours[place], self._busyness(day)
        counts = self._chance.generator("arrivals", step).poisson(
            [hour.questions * busy, hour.problems * busy]
        )
        cases = self._problems(step, int(counts[PROBLEMS]))
        asks = self._contacts(step, QUESTIONS, [None] * int(counts[QUESTIONS]))
        speaks = [
            each for each in self._contacts(step, PROBLEMS, cases) if each.case and each.case.voiced
        ]
        return sorted(asks + speaks, key=itemgetter(0)), cases

    def _busyness(self, day: int) -> float:
        spread = self._numbers.busyness_spread
        if spread == 0:
            return 1.0
        luck = self._chance.generator("arrivals", day, occasion=9)
        return float(luck.gamma(spread**-2, spread**2))

    def _contacts(self, step: int, kind: int, cases: Sequence[Case | None]) -> list[Contact]:
        if not cases:
            return []
        arrives = self._arrivals(step, kind, len(cases)).tolist()
        handle = self._handling(step, kind, len(cases)).tolist()
        luck = self._chance.uniform("patience", step, len(cases), kind).astype(np.float64)
        patience = (-self._numbers.patience_min * np.log1p(-luck)).tolist()
        if not self._scenario.callbacks:
            return list(map(Contact, arrives, handle, patience, cases))
        lots = self._chance.uniform("patience", step, len(cases), 2 + kind)
        leaves = (lots < self._numbers.callback_share).tolist()
        return list(map(Contact, arrives, handle, patience, cases, leaves))

    def _arrivals(self, step: int, kind: int, count: int) -> Doubles:
        place = self._chance.uniform("arrivals", step, count, 1 + kind).astype(np.float64)
        return HOUR_MIN * (step + place)

    def _handling(self, step: int, kind: int, count: int) -> Doubles:
        mean = self._numbers.handle_min
        if self._scenario.service == "exponential":
            luck = self._chance.uniform("handling", step, count, kind).astype(np.float64)
            return -mean * np.log1p(-luck)
        bits = self._chance.bits("handling", step, count, 16, kind)
        return lognormal(mean, self._numbers.handle_cv, normal_of(bits))

    def _problems(self, step: int, count: int) -> list[Case]:
        if not count:
            return []
        numbers, chance = self._numbers, self._chance
        means = (numbers.receive_min, numbers.explain_min, numbers.solve_min, numbers.recheck_min)
        luck = chance.normal("case", step, 4 * count).reshape(count, 4)
        work = lognormal(np.array(means), numbers.case_cv, luck).tolist()
        lots = chance.uniform("case", step, 8 * count, occasion=1).reshape(count, 8).tolist()
        arrives = self._arrivals(step, PROBLEMS, count).tolist()
        first, self._cases = self._cases, self._cases + count
        return [
            Case(
                number=first + place,
                step=step,
                arrives_min=arrives[place],
                voiced=lot[0] < numbers.complaint_share,
                solvable=lot[1] < numbers.recovery_share,
                work_min=tuple(work[place]),
                links=tuple(lot[4:]),
                lots=(lot[2], lot[3]),
            )
            for place, lot in enumerate(lots)
        ]


def lognormal(mean: float | Doubles, spread: float, normal: Singles) -> Doubles:
    """Turn standard normal values into lognormal ones of a mean and coefficient of variation.

    Examples
    --------
    >>> [round(float(value), 2) for value in lognormal(4.0, 1.2, np.array([-1.0, 0.0, 1.0]))]
    [1.0, 2.56, 6.58]
    """
    width = math.sqrt(math.log1p(spread**2))
    return mean * np.exp(width * normal.astype(np.float64) - width**2 / 2)
