"""The firm of a Market: time per order, standards, staff, facilities, pay and mood, by the week.

The core is Oliva & Sterman (2001), in :mod:`crmsim.model.theory.standards`: work pressure shortens
the time given to an order, and the standard follows practice down but hardly ever up. Around it:
rookies and experienced staff, hiring with a delay, fatigue, skill, facilities that wear, pay that
follows profit, mood that follows pay, load and abuse, and quitting that follows mood.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
from msgspec.structs import astuple
from numpy.typing import NDArray

from crmsim.common.calendar import WEEKS_YEAR
from crmsim.model.market.week import Service, Week
from crmsim.model.theory.capital import next_capital
from crmsim.model.theory.standards import next_standard, time_per_order, work_pressure
from crmsim.scenario import DIMENSIONS, five
from crmsim.scenario.levers import Decision
from crmsim.scenario.market import MarketScenario


def decision_of(levers: Mapping[str, float], numbers: SimpleNamespace) -> Decision:
    """Return the levers as they stand; without a lever for it, the declared bonus is paid.

    Parameters
    ----------
    levers
        Values by the name of the lever; the others stay at their default.
    numbers
        The declared parameters (``scenario.numbers``).

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> decision_of({"pay": 1.1}, load("buick-market").numbers).bonus
    0.35
    """
    return Decision(**{"bonus": numbers.bonus_share} | dict(levers))


def pay_at_start(scenario: MarketScenario) -> float:
    """Return the base pay, against ``wage_week``, that staff have when a case begins.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> pay_at_start(load("buick-market")), pay_at_start(load("turnaround"))
    (1.0, 0.85)
    """
    paid = [lever.start for lever in scenario.levers if lever.id == "pay"]
    paid += [levers["pay"] for levers in scenario.before if "pay" in levers]
    return paid[-1] if paid else 1.0


_RESPONSIVENESS, _TANGIBLES = map(DIMENSIONS.index, ("responsiveness", "tangibles"))


class Firm:
    """Everything of the firm that moves; at rest every ratio is 1.

    ``standard`` and ``time`` are relative to the usual time per order, ``pressure`` is required
    over available capacity and at least 1, ``load`` the same against the start and with no such
    limit, ``attitude`` the mean mood of the staff, ``facilities`` the state of the hard service
    (E-18).
    """

    def __init__(self, scenario: MarketScenario, orders_week: float, gross_week: float) -> None:
        numbers = scenario.numbers
        self._style = scenario.style
        self._style_quality = five(scenario.style.quality)
        self._numbers = SimpleNamespace()
        self.under(numbers, np.array(astuple(scenario.quality)))
        quit_week = numbers.quit_year / WEEKS_YEAR
        self._rookies_usual = share = quit_week / (1 / numbers.training_week + quit_week)
        output = 1 - share * (1 - numbers.rookie_output)
        hours = orders_week * numbers.visit_h * (1 + numbers.slack)
        self._staff_usual = hours / (numbers.hours_week * output)
        self._skill_usual = 1 - share * (1 - numbers.rookie_quality)
        self.rookies = share * self._staff_usual
        self.experienced = self._staff_usual - self.rookies
        self.orders_smoothed = orders_week
        self.standard = self.time = self.pressure = 1.0
        self.attitude = self.skill = self.facilities = 1.0
        self.fatigue = self.quits = self.understated = 0.0
        self.handling_smoothed = self.generosity = 0.0
        self.abuse = numbers.abuse_usual
        self.wage = numbers.wage_week
        self._pay_usual, self.pay_cut = pay_at_start(scenario), 0.0
        wages = self._staff_usual * numbers.wage_week
        self._wages_usual = max(wages, 1.0)
        self._profit_usual = gross_week - wages - numbers.fixed_cost_week
        self._profit_smoothed = self._profit_usual
        self._load_usual = max(self._required(1.0), 1e-9)
        self.load = 1.0
        # A way of serving begins with the first week: before it, work was as usual.
        self.pressure = max(self._required(1.0), 1.0)

    def under(self, numbers: SimpleNamespace, quality: NDArray[np.float64]) -> None:
        """From now on these numbers are in force, and this is the usual quality delivered."""
        self._quality = quality.tolist()
        if numbers is not self._numbers:
            self._numbers = numbers
            self._time_links, self._mood_links = (self._links(each) for each in ("time", "mood"))

    @property
    def state(self) -> tuple[float, ...]:
        """Stocks of the firm.

        They are load, staff, skill, standard, facilities, fatigue, pay, the cut of pay that is
        remembered, profit, mood, what people have learned of a promise that is outdone, work on
        complaints, and the generosity that people are used to.
        """
        return (
            self.orders_smoothed,
            self.experienced,
            self.rookies,
            self.skill,
            self.standard,
            self.facilities,
            self.fatigue,
            self.wage,
            self.pay_cut,
            self._profit_smoothed,
            self.attitude,
            self.understated,
            self.handling_smoothed,
            self.generosity,
        )

    @property
    def staff(self) -> float:
        """Everybody on the floor."""
        return self.experienced + self.rookies

    @property
    def mistakes(self) -> float:
        """Frequency of mistakes by those who do the work, as a multiple of that at the start."""
        more = self._numbers.rookie_failures - 1
        share = self.rookies / self.staff if self.staff > 0 else 0.0
        return (1 + more * share) / (1 + more * self._rookies_usual) / self.skill

    def strain(self, decision: Decision) -> float:
        """Work pressure at the usual standard, which an eroded one can't hide."""
        return max(self._required(self._usual_time(decision)), 1.0)

    def service(self, decision: Decision) -> Service:
        """Return what customers meet this week.

        Parameters
        ----------
        decision
            The levers as they stand.
        """
        numbers = self._numbers
        share = self.rookies / self.staff if self.staff > 0 else 0.0
        skill = self.skill * (1 - share * (1 - numbers.rookie_quality)) / self._skill_usual
        practice, mood = self.time / self._usual_time(decision), self.attitude
        parts = zip(
            self._quality, self._style_quality, self._time_links, self._mood_links, strict=True
        )
        quality = [
            (usual + decision.adoption * style) * skill * practice**by_time * mood**by_mood
            for usual, style, by_time, by_mood in parts
        ]
        quality[_TANGIBLES] *= self.facilities**numbers.facilities_link
        quality[_RESPONSIVENESS] += numbers.empowered_quality * decision.empowerment
        return Service(
            quality=np.array([min(max(each, 0.0), 1.0) for each in quality]),
            surprise=decision.adoption * self._style.surprise,
            attention=numbers.attention_quality * decision.attention,
            resented=numbers.second_tier_anger * decision.attention**2,
            promise=decision.promise,
            believed=self._believed(decision.promise),
            channel=1 + numbers.channel_gain * decision.channel,
            solved=(1 + numbers.empowered_solved * decision.empowerment) * self.handled,
            fast=min(numbers.fast_share + numbers.sunset_fast * decision.sunset, 1.0)
            * self.handled,
            expected_lift=numbers.expected_lift * self.generosity,
        )

    def week(self, happened: Week, gross: float, decision: Decision, pay_set: float = 0.0) -> float:
        """Let a week pass in the firm, and return the profit.

        Parameters
        ----------
        happened
            What the customers did in the week.
        gross
            The gross margin of the week, in currency.
        decision
            The levers as they stand.
        pay_set
            Base pay as the manager has set it, where something else has lowered it: what a card
            takes from everybody is no cut of hers.

        Returns
        -------
        float
            The profit of the week, in currency.
        """
        numbers = self._numbers
        handling = numbers.complaint_visits + numbers.sunset_visits * decision.sunset
        work = handling * (happened.complaints + self._claims(happened, decision))
        visits = happened.came - happened.bought
        orders = visits + numbers.purchase_visits * happened.shoppers + work
        profit = gross - self._spent(happened, orders, decision)
        self.orders_smoothed += (orders - self.orders_smoothed) / numbers.pressure_week
        self.handling_smoothed += (work - self.handling_smoothed) / numbers.pressure_week
        self.generosity += (decision.empowerment - self.generosity) / numbers.claims_week
        unhappy = happened.unhappy / max(happened.came, 1)
        self.abuse += (unhappy - self.abuse) / numbers.abuse_week
        self._staffing(decision)
        self._load(decision)
        self._upkeep(decision)
        self._pay(profit, decision)
        self._remember_cut(max(decision.pay, pay_set))
        self.attitude += (self.mood - self.attitude) / numbers.mood_week
        understated = max(-decision.promise, 0.0)
        self.understated += (understated - self.understated) / numbers.modesty_week
        return profit

    def _believed(self, promise: float) -> float:
        """Return the quality (0–1 scale) that people add to what they expect, for a promise.

        They learn what a firm means that always does more than it says. After that, to speak as
        other firms do is to them a promise, and a boast is one more.
        """
        return promise + self.understated

    def _claims(self, happened: Week, decision: Decision) -> float:
        """Return the claims of a week by people to whom nothing happened: generosity draws them.

        Wirtz & Kum (2004, Journal of the Academy of Marketing Science 32:159) give the sign.
        """
        return self._numbers.claims_share * decision.empowerment * happened.came

    @property
    def handled(self) -> float:
        """Share (0–1) of the complaints for which there is time."""
        numbers = self._numbers
        hours = numbers.handlers_share * self._output * numbers.hours_week
        return min(hours / numbers.visit_h / max(self.handling_smoothed, 1e-9), 1.0)

    @property
    def _output(self) -> float:
        """Staff, a rookie counting as the part of a worker that she does the work of."""
        return self.experienced + self._numbers.rookie_output * self.rookies

    def _links(self, cause: str) -> list[float]:
        return [getattr(self._numbers, f"{cause}_{name}", 0.0) for name in DIMENSIONS]

    def _usual_time(self, decision: Decision) -> float:
        return 1 + decision.adoption * (self._style.minutes_ratio - 1)

    def _spent(self, happened: Week, orders: float, decision: Decision) -> float:
        """Wages, and what each lever costs."""
        numbers = self._numbers
        return (
            self.staff * (self.wage + decision.training)
            + numbers.fixed_cost_week
            + decision.adoption * self._style.cost * orders
            + decision.adoption * self._style.cost_purchase * happened.bought
            + numbers.empowerment_cost
            * decision.empowerment
            * (happened.complaints + self._claims(happened, decision))
            + numbers.channel_cost_week * decision.channel
            + numbers.attention_cost * decision.attention * happened.key_visits
            + numbers.facilities_cost_week * (decision.facilities - 1)
        )

    def _pressure(self, decision: Decision) -> float:
        """Return required over available capacity; idle time is not spent on stretching orders."""
        return max(self._required(self.standard * self._usual_time(decision)), 1.0)

    def _required(self, wanted: float) -> float:
        """Return required over available capacity if an order is to be given this much time."""
        numbers = self._numbers
        hours = max(self._output * numbers.hours_week * (1 - self.fatigue), 1e-9)
        return work_pressure(self.orders_smoothed, wanted, hours / numbers.visit_h)

    def _load(self, decision: Decision) -> None:
        """Work pressure, the time given, the standard that follows it, and fatigue."""
        numbers, usual = self._numbers, self._usual_time(decision)
        self.pressure = self._pressure(decision)
        self.load = self._required(self.standard * usual) / self._load_usual
        self.time = time_per_order(self.standard * usual, self.pressure, numbers)
        self.standard = next_standard(self.standard, self.time / usual, numbers)
        tired = min(numbers.fatigue_link * (self.pressure - 1), 0.5)
        self.fatigue += (tired - self.fatigue) / numbers.fatigue_week

    def _staffing(self, decision: Decision) -> None:
        """Vacancies are filled with a delay; rookies learn; people quit as their mood is."""
        numbers = self._numbers
        strain = numbers.quit_mood * (1 - self.attitude) + numbers.quit_pressure * (
            self.pressure - 1
        )
        quit_week = min(numbers.quit_year / WEEKS_YEAR * math.exp(min(strain, 5.0)), 0.5)
        trained = decision.training / max(numbers.wage_week, 1e-9)
        learning = (1 + numbers.training_speed * trained) / numbers.training_week
        learned = min(learning, 1 - quit_week) * self.rookies
        vacant = self._staff_usual * decision.capacity - self.staff
        hired = max(0.0, vacant / numbers.hiring_week + quit_week * self.staff)
        self.quits = quit_week * self.staff
        self.rookies += hired - learned - quit_week * self.rookies
        self.experienced += learned - quit_week * self.experienced
        skill = 1 + numbers.training_skill * min(trained, 1.0)
        self.skill = next_capital(self.skill, skill, numbers.skill_week)

    def _upkeep(self, decision: Decision) -> None:
        """Facilities wear, and follow what is spent on them."""
        life_week = self._numbers.facilities_week
        worn = next_capital(self.facilities, decision.facilities, life_week)
        self.facilities = max(worn, 0.05)

    def _pay(self, profit: float, decision: Decision) -> None:
        """Pay follows profit through the bonus."""
        numbers = self._numbers
        self._profit_smoothed += (profit - self._profit_smoothed) / numbers.profit_week
        bonus = decision.bonus * (self._profit_smoothed - self._profit_usual) / self._wages_usual
        wage = numbers.wage_week * decision.pay * min(max(1 + bonus, 0.5), 2.0)
        self.wage += (wage - self.wage) / numbers.pay_week

    def _remember_cut(self, pay: float) -> None:
        """Let a cut of base pay be felt at once and forgotten slowly; a smaller bonus is none."""
        cut = max(self._pay_usual - pay, 0.0) / max(self._pay_usual, 1e-9)
        self.pay_cut = max(cut, self.pay_cut * (1 - 1 / self._numbers.pay_week))

    @property
    def mood(self) -> float:
        """The mood that pay, a cut of it, load and abuse imply; the staff's attitude follows it."""
        numbers = self._numbers
        paid = max(self.wage, 1e-9) / max(numbers.wage_week, 1e-9)
        # Spare time relieves the staff a little; below the least load nobody feels more of it.
        load = max(self.load, numbers.least_load)
        mood = paid**numbers.mood_pay * load**numbers.mood_pressure
        mood *= 1 - numbers.mood_abuse * (self.abuse - numbers.abuse_usual)
        mood *= (1 - self.pay_cut) ** numbers.mood_pay_cut
        return min(max(mood, 0.3), 1.5)
