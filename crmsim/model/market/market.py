"""The Market: thousands of individual customers and one firm, by the week, decided by the quarter.

A week, in the order in which a customer meets it: the firm delivers; those whose time has come
visit or buy; each perceives, compares, remembers; some complain, some leave, some tell; those who
are told change their minds; the takings become profit, the profit pay, the pay mood, and the mood
next week's service (A-15).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from msgspec.structs import replace

from crmsim.common.arrays import Doubles, Singles
from crmsim.common.calendar import WEEKS_QUARTER, WEEKS_YEAR, quarters_of
from crmsim.common.chance import Chance
from crmsim.common.checks import require
from crmsim.common.errors import ActionError
from crmsim.common.sums import dot
from crmsim.model.market.card_effects import lot_of, touch
from crmsim.model.market.customers import Customers
from crmsim.model.market.decisions import Decisions, MarketAction, MarketView, policies
from crmsim.model.market.failures import Failures
from crmsim.model.market.firm import Firm, decision_of
from crmsim.model.market.flights import Flights, priced
from crmsim.model.market.in_force import Shifts
from crmsim.model.market.log import WeekEnd, closed_row, column, columns_of
from crmsim.model.market.outcome import YEARS_ON, managed, market_outcome
from crmsim.model.market.people import People
from crmsim.model.market.trouble import Till, drawn_shocks, week_of
from crmsim.model.market.week import Service, Week, nothing_happened
from crmsim.scenario.levers import Decision
from crmsim.scenario.market import Incident, MarketScenario
from crmsim.scenario.parameters import Numbers


class Market:
    """A firm and its customers: ``done``, ``observe()``, ``step(action)``.

    An action is a table of what to set: the number of a lever, a policy card on or off, the option
    of a card that is due, such as ``{"training": 200}``. What is left out stays as it is, and a
    card that is not answered takes its usual course.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> market = Market(load("buick-market"), seed=1)
    >>> market.step({})
    >>> market.observe().quarter
    1
    """

    def __init__(self, scenario: MarketScenario, seed: int = 0) -> None:
        require(
            isinstance(scenario, MarketScenario),
            "scenario",
            scenario,
            "a market, as load(…) gives it",
        )
        self.scenario, self.seed = scenario, seed
        numbers = self._numbers = scenario.numbers
        chance = self._chance = Chance(seed)
        self._origin = len(scenario.before) * WEEKS_QUARTER
        self._weeks = self._led_until = self._origin + round(scenario.years * WEEKS_YEAR)
        self._customers = Customers(scenario, chance)
        visits, shoppers, bought = self._customers.usual_flows()
        orders = visits + numbers.purchase_visits * shoppers
        gross = (
            visits * numbers.visit_value * numbers.visit_margin
            + bought * numbers.purchase_value * numbers.purchase_margin
        )
        self._firm = Firm(scenario, orders, gross)
        self._failures = Failures(scenario.failures)
        self._flights = (
            Flights(scenario.flights.delays, visits + bought, numbers) if scenario.flights else None
        )
        self._decisions = Decisions(scenario)
        self._usual = decision_of(self._decisions.levers, numbers)
        self._shifts = Shifts(scenario)
        self._names = [each.name for each in columns_of(scenario)]
        self._history = np.zeros((self._weeks, len(self._names)))
        self._week = 0
        self._weights = np.array(list(scenario.weights.shares().values()))
        self._till = Till(scenario.cash)
        self._coming = [
            (shock, week_of(shock, quarter))
            for shock, quarter in drawn_shocks(scenario.shocks, self.seed)
        ]
        self._lead_before()

    @property
    def done(self) -> bool:
        """True when the last week has passed."""
        return self._week >= self._weeks

    @property
    def series(self) -> dict[str, Doubles]:
        """Each column of the log so far, a value a week."""
        led = slice(self._origin, self._week)
        return {name: self._history[led, slot] for slot, name in enumerate(self._names)}

    @property
    def closed(self) -> bool:
        """True if the cash has run out and the bank has closed the firm."""
        return self._till.closed

    reference = staticmethod(managed)

    @staticmethod
    def table(_: MarketView, series: Mapping[str, Doubles]) -> dict[str, Any]:
        """Return the log of a run, a row a week.

        Parameters
        ----------
        series
            The columns of the log, a value a week.

        Returns
        -------
        dict
            Arrays by the name of the column.
        """
        return dict(series)

    @staticmethod
    def outcome(_: MarketScenario, __: MarketView, series: Mapping[str, Doubles]) -> dict[str, Any]:
        """Return the totals and last values of a run.

        Parameters
        ----------
        series
            The columns of the log, a value a week.

        Returns
        -------
        dict
            Numbers by name.
        """
        return market_outcome(series)

    def baseline(self) -> MarketAction:
        """Leave every lever where it is."""
        return {}

    def observe(self) -> MarketView:
        """Return what can be seen now."""
        quarter = quarters_of(self.week)
        decisions, series = self._decisions, self.series
        return MarketView(
            quarter=quarter,
            quarters=quarters_of(self._weeks - self._origin),
            levers=self.scenario.levers,
            decision=dict(decisions.levers),
            series=series,
            on_offer=decisions.on_offer(quarter),
            cards=() if self.done else decisions.due(quarter),
            answers=dict(decisions.answers),
            switched=dict(decisions.switched),
            failures={m.id: int(series[column(m.id)].sum()) for m in self.scenario.failures},
        )

    def step(self, action: MarketAction) -> None:
        """Decide, then let a quarter (13 weeks) pass.

        Parameters
        ----------
        action
            What is decided for the quarter: values of levers, policy cards, options of decision
            cards.

        Raises
        ------
        ActionError
            If something is not on offer, or a value out of range, or the run is over.
        """
        if self.done:
            raise ActionError(f"{self.scenario.id}: the run is over; nothing can be done any more")
        for _ in self.weeks(action):
            pass

    def carry_on(self, years: float = YEARS_ON) -> None:
        """Let the firm go on for so many years, every lever and policy card as at the start.

        A firm that the bank has closed stays closed. For one that is open nobody counts the cash
        any more: whoever buys it brings money along.
        """
        more = round(years * WEEKS_YEAR)
        self._weeks = self._week + more
        self._history = np.vstack([self._history[: self._week], np.zeros((more, len(self._names)))])
        view = self.observe()
        usual: dict[str, Any] = {lever.id: lever.start for lever in view.on_offer}
        usual |= {card: False for card, on in view.switched.items() if on}
        for quarter in range(quarters_of(more)):
            self.step({} if quarter else usual)

    def weeks(self, action: MarketAction) -> Iterator[Week]:
        """Decide, then let a quarter pass, a week at a time.

        Parameters
        ----------
        action
            What is decided for the quarter, as for :meth:`step`.

        Yields
        ------
        Week
            What the customers did in a week.
        """
        self._decide(action)
        for _ in range(min(WEEKS_QUARTER, self._weeks - self._week)):
            yield self.pass_week()

    def pass_week(self) -> Week:
        """One week with the levers as they are; gives what the customers did."""
        if self.closed:
            return self._stand_still()
        self._befall()
        now, flights = self._shifts.now(self._week, self._usual), self._flights
        decision = now.decision
        numbers = priced(now.numbers, decision.fare, flights.fleet if flights else 1.0)
        self._numbers = numbers
        self._firm.under(numbers, now.quality)
        self._customers.under(numbers)
        service, delivered = self._service(decision, now.rate)
        happened = self._customers.week(self._week, service, self._incident())
        gross = self.gross(happened) - self._extra(happened)
        profit = self._firm.week(happened, gross, decision, self._usual.pay)
        if flights:
            flights.week(decision, happened.came, service.seats)
        if self._origin <= self._week < self._led_until:
            self._till.week(profit)
        self._write(happened, float(dot(self._weights, delivered)), profit)
        self._week += 1
        return happened

    def _stand_still(self) -> Week:
        """Return a week in which the firm is closed, and write it down; its customers leave."""
        left = self.people.customer.nonzero()[0]
        self.people.customer[left] = False
        row = closed_row(self._history[self._week - 1], self.scenario, self.week)
        row[self._names.index("left")] = len(left)
        self._history[self._week] = row
        self._week += 1
        return nothing_happened(left, len(self.scenario.failures))

    def gross(self, happened: Week) -> float:
        """Return the gross margin of a week.

        Parameters
        ----------
        happened
            What the customers did in the week.

        Returns
        -------
        float
            In currency.
        """
        numbers = self._numbers
        purchases = len(happened.buyers) * numbers.purchase_value
        visits = happened.takings - purchases
        return visits * numbers.visit_margin + purchases * numbers.purchase_margin

    @property
    def people(self) -> People:
        """The people of the market."""
        return self._customers.people

    @property
    def numbers(self) -> Numbers:
        """The numbers in force: those of the last week that passed."""
        return self._numbers

    @property
    def week(self) -> int:
        """Weeks that have passed since the case began."""
        return self._week - self._origin

    @property
    def firm_state(self) -> tuple[float, ...]:
        """Everything of the firm that moves."""
        return self._firm.state

    def _decide(self, action: MarketAction) -> None:
        """Set what the action sets; what is taken up begins, what is given up ends."""
        switched, taken = self._decisions.set(action, self.week // WEEKS_QUARTER)
        self._usual = decision_of(self._decisions.levers, self.scenario.numbers)
        for name, on in switched.items():
            if on:
                self._shifts.begin(name, policies()[name].priced(self.scenario.numbers), self._week)
            else:
                self._shifts.end(name)
        for place, card in enumerate(self.scenario.cards):
            if card.id in taken:
                option = card.option(taken[card.id])
                self._shifts.begin(card.id, option, self._week)
                touch(self._customers, card, option, lot_of(place, self._chance, self.people.count))

    def _befall(self) -> None:
        """Shocks of this week begin."""
        for shock, week in self._coming:
            if self.week == week:
                self._shifts.begin(shock.id, shock, self._week)

    def _lead_before(self) -> None:
        """Let the quarters pass that lie before the case, as they were led."""
        for levers in self.scenario.before:
            self._decisions.levers |= levers
            self._usual = decision_of(self._decisions.levers, self.scenario.numbers)
            for _ in range(WEEKS_QUARTER):
                self.pass_week()

    def _service(self, decision: Decision, rate: Singles) -> tuple[Service, Singles]:
        """Return what customers meet this week, and the mean quality delivered, by dimension.

        A visit in which nothing fails is better than the usual one by what failures usually take.
        """
        firm, flights = self._firm, self._flights
        service = firm.service(decision)
        if flights:
            flights.under(self._numbers)
            believed = service.believed + flights.owed(decision.fare)
            service = replace(service, seats=flights.seats(decision.buffer), believed=believed)
        if not len(rate):
            return service, service.quality
        failing = self._failures.week(
            rate, firm.strain(decision), firm.mistakes, flights, decision.buffer
        )
        quality = (service.quality + self._failures.loss_at_rest).clip(0, 1)
        service = replace(service, quality=quality, failing=failing)
        return service, (quality - failing.loss).clip(0, 1)

    def _extra(self, happened: Week) -> float:
        """Return the cost (currency) of refunds, effects in force and more aircraft this week."""
        cost = self._failures.refunds(happened.failed)
        cost += self._shifts.cost(happened.came, happened.complaints)
        return cost + (self._flights.cost if self._flights else 0.0)

    def _incident(self) -> Incident | None:
        incident = self.scenario.incident
        happens = incident is not None and incident.week == self.week
        return incident if happens and self.people.visitor is not None else None

    def _write(self, happened: Week, service: float, profit: float) -> None:
        """Write a row of the log."""
        before = self._numbers.satisfaction_at_expectation
        if self._week:
            before = self._history[self._week - 1, self._names.index("evaluation")]
        end = WeekEnd(
            week=self.week,
            service=service,
            profit=profit,
            evaluation_before=before,
            happened=happened,
            firm=self._firm,
            people=self.people,
            numbers=self._numbers,
            flights=self._flights,
            cash=self._till.amount,
        )
        self._history[self._week] = [each.value(end) for each in columns_of(self.scenario)]
