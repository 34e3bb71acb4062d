"""The firm of a Market: time per order, standards, staff, pay and mood, a week at a time.

The core is Oliva & Sterman (2001): work pressure shortens the time given to an order, and the
standard follows practice down but hardly ever up. Around it: rookies and experienced staff, pay
that follows profit, mood that follows pay and pressure, quitting that follows mood.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from crmsim.scenario import DIMENSIONS, MarketScenario, five
from crmsim.standards import next_standard, time_per_order, work_pressure

WEEKS_YEAR = 52
WEEKS_QUARTER = 13


@dataclass(slots=True)
class Decision:
    """What the manager decided for the quarter."""

    adoption: float
    capacity: float
    training: float
    bonus: float


class Firm:
    """Everything of the firm that moves.

    ``time`` and ``standard`` are relative to the usual time per order (1), ``pressure`` is
    required over available capacity, ``attitude`` and ``pay`` relative to rest are 1 at rest.
    """

    def __init__(self, scenario: MarketScenario, orders_week: float, gross_week: float) -> None:
        self._numbers: SimpleNamespace = scenario.numbers
        numbers, self._style = self._numbers, scenario.style
        self._quality = np.array(five(scenario.quality.model_dump()))
        self._style_quality = np.array(five(scenario.style.quality))
        self._time_links = _links(numbers, "time")
        self._mood_links = _links(numbers, "mood")
        self.orders_smoothed = orders_week
        self.experienced = orders_week * numbers.visit_h * (1 + numbers.slack) / numbers.hours_week
        self.rookies = 0.0
        self.standard = self.time = self.pressure = 1.0
        self.attitude, self.wage = 1.0, numbers.wage_week
        self.quits = 0.0
        self._staff_usual = self.experienced
        self._profit_usual = gross_week - self.experienced * self.wage - numbers.fixed_cost_week
        self._profit_smoothed = self._profit_usual
        self._load(Decision(0.0, 1.0, 0.0, numbers.bonus_share))

    @property
    def state(self) -> tuple[float, ...]:
        """The stocks: load, staff, standard, pay, mood."""
        return (
            self.orders_smoothed,
            self.experienced,
            self.rookies,
            self.standard,
            self.wage,
            self.attitude,
            self._profit_smoothed,
        )

    def delivered(self, decision: Decision) -> np.ndarray:
        """Quality delivered on each dimension this week, 0 to 1."""
        numbers = self._numbers
        staff = self.experienced + self.rookies
        share = self.rookies / staff if staff > 0 else 0.0
        skill = 1 - share * (1 - numbers.rookie_quality)
        given = self.time / self._usual_time(decision)
        quality = self._quality + decision.adoption * self._style_quality
        quality = quality * skill * given**self._time_links * self.attitude**self._mood_links
        return np.clip(quality, 0.0, 1.0)

    def week(self, orders: float, gross: float, decision: Decision) -> float:
        """A week passes: orders came in, ``gross`` margin was earned; gives the profit."""
        numbers = self._numbers
        self.orders_smoothed += (orders - self.orders_smoothed) / numbers.pressure_week
        staff = self.experienced + self.rookies
        spent = staff * (self.wage + decision.training) + numbers.fixed_cost_week
        profit = gross - spent - decision.adoption * self._style.cost * orders
        self._staffing(decision)
        self._load(decision)
        self._pay(profit, decision)
        return profit

    def _usual_time(self, decision: Decision) -> float:
        return 1 + decision.adoption * (self._style.minutes_ratio - 1)

    def _load(self, decision: Decision) -> None:
        """Work pressure, the time given, and the standard that follows it."""
        numbers = self._numbers
        output = self.experienced + numbers.rookie_output * self.rookies
        capacity = max(output * numbers.hours_week / numbers.visit_h, 1e-9)
        wanted = self.standard * self._usual_time(decision)
        self.pressure = work_pressure(self.orders_smoothed, wanted, capacity)
        self.time = time_per_order(wanted, self.pressure, numbers)
        practice = self.time / self._usual_time(decision)
        self.standard = next_standard(self.standard, practice, numbers)

    def _staffing(self, decision: Decision) -> None:
        """Vacancies are filled with a delay; rookies learn; people quit as their mood is."""
        numbers = self._numbers
        over = max(0.0, self.pressure - 1)
        mood = math.exp(-numbers.quit_mood * (self.attitude - 1) + numbers.quit_pressure * over)
        quit_week = min(numbers.quit_year / WEEKS_YEAR * mood, 0.5)
        learned = self.rookies / numbers.training_week * (1 + decision.training / numbers.wage_week)
        self.quits = quit_week * (self.rookies + self.experienced)
        wanted = self._staff_usual * decision.capacity - self.experienced - self.rookies
        hired = max(0.0, wanted / numbers.hiring_week + self.quits)
        self.rookies += hired - learned - quit_week * self.rookies
        self.experienced += learned - quit_week * self.experienced

    def _pay(self, profit: float, decision: Decision) -> None:
        """Pay follows profit through the bonus; mood follows pay and pressure."""
        numbers = self._numbers
        self._profit_smoothed += (profit - self._profit_smoothed) / WEEKS_QUARTER
        wage_bill = max(self._staff_usual * numbers.wage_week, 1.0)
        bonus = decision.bonus * (self._profit_smoothed - self._profit_usual) / wage_bill
        wage = numbers.wage_week * min(max(1 + bonus, 0.5), 2.0)
        self.wage += (wage - self.wage) / numbers.pay_week
        paid = max(self.wage, 1e-9) / max(numbers.wage_week, 1e-9)
        mood = paid**numbers.mood_pay * self.pressure**numbers.mood_pressure
        self.attitude += (min(max(mood, 0.3), 1.5) - self.attitude) / numbers.mood_week


def _links(numbers: SimpleNamespace, cause: str) -> np.ndarray:
    return np.array([getattr(numbers, f"{cause}_{name}", 0.0) for name in DIMENSIONS])
