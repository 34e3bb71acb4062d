"""The Market: thousands of individual customers and one firm, by the week, decided by the quarter.

A week, in the order in which a customer meets it: the firm delivers; those whose time has come
visit or buy; each perceives, compares, remembers; some complain, some leave, some tell; those who
are told change their minds; the takings become profit, the profit pay, the pay mood, and the mood
next week's service (A-15).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmsim.chance import Chance
from crmsim.customers import Customers, Week
from crmsim.errors import ActionError
from crmsim.firm import WEEKS_QUARTER, WEEKS_YEAR, Decision, Firm
from crmsim.people import Floats, People
from crmsim.scenario.market import Incident, Lever, MarketScenario

NODES = ("service", "evaluation", "word_of_mouth", "sales", "profit", "pay", "attitude")
"""The butterfly loop, in the order of the source document (A-15)."""

COLUMNS = (
    "week",
    *NODES,
    "reputation",
    "customers",
    "visits",
    "joined",
    "left",
    "complaints",
    "expectation",
    "standard",
    "time_given",
    "work_pressure",
    "staff",
    "rookies",
    "quits",
    "positive_tellings",
    "negative_tellings",
)

_EVALUATION = COLUMNS.index("evaluation")

Action = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class MarketView:
    """What a manager sees at the end of a quarter: the weeks so far, and the levers."""

    quarter: int
    quarters: int
    levers: tuple[Lever, ...]
    decision: Mapping[str, float]
    series: Mapping[str, NDArray[np.float64]]

    @property
    def place(self) -> int:
        """Where the run stands: the quarter."""
        return self.quarter

    @property
    def places(self) -> tuple[int, ...]:
        """Where each action so far was done."""
        return tuple(range(self.quarter))

    def allows(self, action: object) -> bool:
        """True if the action is on offer here."""
        return isinstance(action, Mapping)


class Market:
    """A firm and its customers: ``done``, ``observe()``, ``step(action)``.

    An action is a table of levers to set, such as ``{"training": 200}``; a lever left out stays
    where it is.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> market = Market(load("buick-market"), seed=1)
    >>> market.step({})
    >>> market.observe().quarter
    1
    """

    def __init__(self, scenario: MarketScenario, seed: int = 0) -> None:
        self.scenario, self.seed = scenario, seed
        numbers = self._numbers = scenario.numbers
        chance = Chance(seed)
        self._weeks = round(scenario.years * WEEKS_YEAR)
        self._customers = Customers(scenario, chance)
        visits, shoppers, bought = self._customers.usual_flows()
        orders = visits + numbers.purchase_visits * shoppers
        gross = (
            visits * numbers.visit_value * numbers.visit_margin
            + bought * numbers.purchase_value * numbers.purchase_margin
        )
        self._firm = Firm(scenario, orders, gross)
        self._levers = {lever.id: lever.start for lever in scenario.levers}
        self._history = np.zeros((self._weeks, len(COLUMNS)))
        self._week = 0
        self._weights = np.array(list(scenario.weights.shares().values()))

    @property
    def done(self) -> bool:
        """True when the last week has passed."""
        return self._week >= self._weeks

    @property
    def series(self) -> dict[str, NDArray[np.float64]]:
        """Each column of the log so far, a value a week."""
        return {name: self._history[: self._week, slot] for slot, name in enumerate(COLUMNS)}

    def baseline(self) -> Action:
        """Leave every lever where it is."""
        return {}

    def observe(self) -> MarketView:
        """What can be seen now."""
        quarters = -(-self._weeks // WEEKS_QUARTER)
        quarter = -(-self._week // WEEKS_QUARTER)
        return MarketView(quarter, quarters, self.scenario.levers, dict(self._levers), self.series)

    def step(self, action: Action) -> None:
        """Set levers, then let a quarter (13 weeks) pass.

        Raises
        ------
        ActionError
            If a lever is not known, or its value out of range, or the run is over.
        """
        if self.done:
            raise ActionError(f"{self.scenario.id}: the run is over; nothing can be done any more")
        for _ in self.weeks(action):
            pass

    def weeks(self, action: Action) -> Iterator[Week]:
        """As :meth:`step`, a week at a time, each with what the customers did."""
        self._set(action)
        for _ in range(min(WEEKS_QUARTER, self._weeks - self._week)):
            yield self.pass_week()

    def pass_week(self) -> Week:
        """One week with the levers as they are; gives what the customers did."""
        decision = Decision(**{"bonus": self._numbers.bonus_share} | self._levers)
        service = self._firm.service(decision)
        happened = self._customers.week(self._week, service, self._incident())
        profit = self._firm.week(happened, self.gross(happened), decision)
        self._write(happened, float(self._weights @ service.quality), profit)
        self._week += 1
        return happened

    def gross(self, happened: Week) -> float:
        """Gross margin of a week, in currency."""
        numbers = self._numbers
        purchases = len(happened.buyers) * numbers.purchase_value
        visits = float(happened.sales.sum(dtype=np.float64)) - purchases
        return visits * numbers.visit_margin + purchases * numbers.purchase_margin

    @property
    def people(self) -> People:
        """The people of the market."""
        return self._customers.people

    @property
    def week(self) -> int:
        """Weeks that have passed."""
        return self._week

    @property
    def firm_state(self) -> tuple[float, ...]:
        """Everything of the firm that moves."""
        return self._firm.state

    def _set(self, action: Action) -> None:
        if not isinstance(action, Mapping):
            raise ActionError(
                f"{self.scenario.id}: action = {action!r}: should be a table of levers, such as "
                f"{{{', '.join(f'{name!r}: {value:g}' for name, value in self._levers.items())}}}"
            )
        known = {lever.id: lever for lever in self.scenario.levers}
        for name, value in action.items():
            if name not in known:
                raise ActionError(
                    f"{self.scenario.id}: {name!r} is no lever; "
                    f"there are: {', '.join(known) or 'none'}"
                )
            lever = known[name]
            if isinstance(value, bool) or not isinstance(value, int | float | np.number):
                raise ActionError(
                    f"{self.scenario.id}: lever {name!r} = {value!r}: should be a number"
                )
            if not lever.low <= value <= lever.high:
                raise ActionError(
                    f"{self.scenario.id}: lever {name!r} = {value!r}: should lie between "
                    f"{lever.low:g} and {lever.high:g}"
                )
        self._levers |= {name: float(value) for name, value in action.items()}

    def _incident(self) -> Incident | None:
        incident = self.scenario.incident
        happens = incident is not None and incident.week == self._week
        return incident if happens and self.people.visitor is not None else None

    def _write(self, happened: Week, service: float, profit: float) -> None:
        firm, people, numbers = self._firm, self.people, self._numbers
        good, bad = len(happened.praise[1]), len(happened.warnings[1])
        at_rest = numbers.satisfaction_at_expectation
        before = self._history[self._week - 1, _EVALUATION] if self._week else at_rest
        self._history[self._week] = (
            self._week,
            service,
            _mean(happened.satisfaction, before),
            (good - bad) / max(people.count, 1) * 1000,
            happened.sales.sum(dtype=np.float64),
            profit,
            firm.wage,
            firm.attitude,
            _mean(people.opinion, numbers.opinion_at_rest),
            np.count_nonzero(people.customer),
            len(happened.people),
            len(happened.joined),
            len(happened.left),
            happened.complaints,
            _mean(people.will, 0.0),
            firm.standard,
            firm.time,
            firm.pressure,
            firm.staff,
            firm.rookies,
            firm.quits,
            good,
            bad,
        )


def _mean(values: Floats, otherwise: float) -> float:
    return float(values.sum()) / len(values) if len(values) else otherwise
