"""The gain of the butterfly loop: below one it damps, above one it runs away (A-15).

The loop is cut at attitude: hold the mood of the staff a little off its rest, let the market come
to rest, and see what mood its pay, pressure and complaints imply. Implied over held, both as
deviations from rest, is the gain. Luck is averaged out (``market.average_week``), and the standards
that would adapt, the firm's own and what customers expect, stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from crmsim.common.checks import is_number, is_whole, require
from crmsim.model.market.average_week import Crowd
from crmsim.model.market.firm import Firm, decision_of
from crmsim.scenario import load
from crmsim.scenario.levers import LEVERS
from crmsim.scenario.market import MarketScenario

PERSON_KINDS = 40
SETTLING_WEEKS = 3000
NUDGE = -0.002
"""Distance at which attitude is held from its rest, which is 1."""
SHOCK_WEEKS = 13


class RestingMarket:
    """A market without chance, at rest, its standards fixed.

    Parameters
    ----------
    scenario
        A market, its name or the path of its file; its levers are where they start.
    adapting
        True: customers come to expect the quality that they get.
    settling_weeks
        Weeks in which it comes to rest before anything is measured.
    kinds
        How many kinds of people stand for all.

    Examples
    --------
    Where no pay follows profit, the loop damps:

    >>> from crmsim.scenario import load
    >>> loop = RestingMarket(load("buick-market"), settling_weeks=200, kinds=20)
    >>> 0 < loop.gain(weeks=300, bonus=0.0) < 1
    True
    """

    def __init__(
        self,
        scenario: str | Path | MarketScenario,
        adapting: bool = False,
        settling_weeks: int = SETTLING_WEEKS,
        kinds: int = PERSON_KINDS,
    ) -> None:
        scenario = load(scenario)
        if not isinstance(scenario, MarketScenario):
            raise ValueError(f"{scenario.id}: is not a market; only a market has this loop")
        require(scenario.people > 0, "people", scenario.people, "somebody at least")
        for name, value in (("settling_weeks", settling_weeks), ("kinds", kinds)):
            require(is_whole(value, 1), name, value, "a whole number from 1 up")
        start = {lever.id: lever.start for lever in scenario.levers}
        self.decision = decision_of(start, scenario.numbers)
        few = scenario.change(people=min(scenario.people, int(kinds)), incident=None)
        self._crowd = Crowd(few, scale=scenario.people / max(few.people, 1))
        usual_service = Firm(few, orders_week=1.0, gross_week=0.0).service(self.decision)
        # Let expectations come to rest first, then hold them if they do not adapt.
        for adapts in (True, adapting):
            self._crowd.adapting = adapts
            for _ in range(int(settling_weeks)):
                flow = self._crowd.expected_week(usual_service)
        unhappy = flow.unhappy / max(flow.came, 1)
        usual = few.change(parameters=few.parameters | {"abuse_usual": unhappy})
        numbers = usual.numbers
        orders = flow.came - flow.bought + numbers.purchase_visits * flow.shoppers
        orders += numbers.complaint_visits * flow.complaints
        self._firm = Firm(usual, orders, flow.gross)

    def gain(self, weeks: int = SETTLING_WEEKS, **levers: float) -> float:
        """Return attitude implied ÷ attitude held, as deviations from rest; levers as named."""
        require(is_whole(weeks, 1), "weeks", weeks, "a whole number from 1 up")
        usual, low = self._pair(levers)
        for _ in range(int(weeks)):
            usual._firm.attitude, low._firm.attitude = 1.0, 1 + NUDGE
            usual._pass_week()
            low._pass_week()
        return float(low._firm.mood - usual._firm.mood) / NUDGE

    def after_a_shock(self, weeks: int, **levers: float) -> NDArray[np.float64]:
        """Return what is left of a quarter of low spirits, week by week, with the loop closed.

        Returns
        -------
        array of float, shape (weeks,)
            Shares of the shock to attitude.
        """
        require(is_whole(weeks, 0), "weeks", weeks, "a whole number from 0 up")
        usual, low = self._pair(levers)
        left = np.empty(int(weeks))
        for week in range(len(left)):
            if week < SHOCK_WEEKS:
                low._firm.attitude = 1 + NUDGE
            usual._pass_week()
            low._pass_week()
            left[week] = (low._firm.attitude - usual._firm.attitude) / NUDGE
        return left

    def _pair(self, levers: Mapping[str, float]) -> tuple[RestingMarket, RestingMarket]:
        for name, value in levers.items():
            if name not in LEVERS:
                raise ValueError(
                    f"lever {name!r}: is not a lever; choose one of: {', '.join(LEVERS)}"
                )
            require(is_number(value), f"lever {name!r}", value, "an ordinary number")
        usual, low = deepcopy(self), deepcopy(self)
        usual.decision = low.decision = replace(self.decision, **levers)
        return usual, low

    def _pass_week(self) -> None:
        service = self._firm.service(self.decision)
        flow = self._crowd.expected_week(service)
        self._firm.week(flow, flow.gross, self.decision)
        self._firm.standard = 1.0
