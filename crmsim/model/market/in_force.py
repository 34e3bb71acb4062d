"""Numbers, levers, quality and failure rates that are in force in a week, after every shift.

Policy cards, decision cards and shocks all work through this one mechanism; where nothing is in
force, the scenario's own numbers are used as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace
from numpy.typing import NDArray

from crmsim.model.market.failures import MOST_FAILING
from crmsim.scenario import DIMENSIONS
from crmsim.scenario.effects import Effect, Shift
from crmsim.scenario.levers import BOUNDS, Decision
from crmsim.scenario.market import MarketScenario
from crmsim.scenario.parameters import Numbers, declared_parameters

Values = dict[str, float]


class InForce(Struct, frozen=True):
    """The quantities of a week; ``quality`` by dimension, ``rate`` by failure mode."""

    numbers: Numbers
    decision: Decision
    quality: NDArray[np.float64]
    rate: NDArray[np.float64]


class Shifts:
    """The effects that have begun, each by a name, and what they come to week by week.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> shifts = Shifts(load("buick-market"))
    >>> louder = Effect(cost_week=50, shifts=(Shift(of="talk_good", times=1.2, weeks=2),))
    >>> shifts.begin("ask-for-praise", louder, week=0)
    >>> [round(shifts.now(week, Decision()).numbers.talk_good, 2) for week in (0, 1, 2)]
    [0.54, 0.54, 0.45]
    >>> shifts.cost(visits=40, complaints=3)
    50.0
    """

    def __init__(self, scenario: MarketScenario) -> None:
        self._numbers = scenario.numbers
        self._quality = {f"quality.{d}": v for d, v in asdict(scenario.quality).items()}
        self._rates = {f"failures.{mode.id}": mode.rate for mode in scenario.failures}
        self._usual = self._arrays(self._quality | self._rates)
        self._begun: dict[str, tuple[Effect, int]] = {}
        self._due = 0.0
        self._last: tuple[Any, ...] = ((), None, None)

    def begin(self, name: str, effect: Effect, week: int) -> None:
        """From this week on the effect is in force; what it costs once falls due."""
        self._begun[name] = effect, week
        self._due += effect.cost

    def end(self, name: str) -> None:
        """End the effect of this name."""
        self._begun.pop(name, None)

    def now(self, week: int, decision: Decision) -> InForce:
        """Return what is in force this week, the levers being at ``decision``."""
        shifts = tuple(self._holding(week))
        if (shifts, decision) != self._last[:2]:
            self._last = shifts, decision, self._after(shifts, decision)
        return self._last[2]

    def _after(self, shifts: tuple[Shift, ...], decision: Decision) -> InForce:
        if not shifts:
            return InForce(self._numbers, decision, *self._usual)
        usual = vars(self._numbers) | self._quality | self._rates
        usual |= {f"levers.{name}": value for name, value in asdict(decision).items()}
        values = shifted(usual, shifts)
        levers = {name: bounds.clip(values[f"levers.{name}"]) for name, bounds in BOUNDS.items()}
        numbers = Numbers(**{name: values[name] for name in vars(self._numbers)})
        return InForce(numbers, replace(decision, **levers), *self._arrays(values))

    def cost(self, visits: float, complaints: float) -> float:
        """Return the cost of all effects this week, with what fell due once, in currency."""
        due, self._due = self._due, 0.0
        for effect, _ in self._begun.values():
            due += effect.cost_week + effect.cost_visit * visits
            due += effect.cost_complaint * complaints
        return due

    def _holding(self, week: int) -> Iterator[Shift]:
        for effect, since in self._begun.values():
            for shift in effect.shifts:
                passed = week - since - shift.after
                if passed >= 0 and (shift.weeks is None or passed < shift.weeks):
                    yield shift

    def _arrays(self, values: Mapping[str, float]) -> tuple[NDArray[np.float64], ...]:
        quality = np.clip([values[f"quality.{d}"] for d in DIMENSIONS], 0, 1)
        return quality, np.clip(np.array([values[name] for name in self._rates]), 0, MOST_FAILING)


def shifted(usual: Values, shifts: Iterable[Shift]) -> Values:
    """Apply these shifts to the quantities, one after another: value · times + plus, in its range.

    Examples
    --------
    >>> shifted({"talk_good": 0.7}, [Shift(of="talk_good", times=2)])
    {'talk_good': 1.0}
    >>> shifted({"quality.empathy": 0.5}, [Shift(of="quality", plus=0.1)])
    {'quality.empathy': 0.6}
    """
    values = dict(usual)
    for shift in shifts:
        for name in _meant(shift.of, values):
            value = values[name] * shift.times + shift.plus
            known = declared_parameters().get(name)
            values[name] = min(max(value, known.low), known.high) if known else value
    return values


def _meant(name: str, values: Values) -> list[str]:
    """Return the quantities that a name stands for: itself, or all of a kind."""
    if name in ("quality", "failures"):
        return [each for each in values if each.startswith(f"{name}.")]
    return [name]
