"""Bots lead every market and desk in every way there is, and an auditor goes through the books."""

import numpy as np
import pytest

from crmsim import load, replay, scenarios, simulate
from crmsim.authoring.leaders import DeskLeaders, MarketLeaders
from crmsim.authoring.markets import review_market
from crmsim.common.words import words
from crmsim.model.market.firm import decision_of
from crmsim.model.market.flights import priced
from crmsim.model.market.in_force import Shifts
from crmsim.model.market.market import Market
from crmsim.model.market.trouble import drawn_shocks
from crmsim.scenario.policy_cards import policy_cards

MARKETS, DESKS = (
    [name for name, its in scenarios()[["id", "world"]].values if its == world]
    for world in ("market", "desk")
)

pytestmark = pytest.mark.usefixtures("compiled_engine")
SIGNED = {"profit", "word_of_mouth", "cash"}
SHARES = ("service", "reputation", "turned_away", "seats_filled")


class Auditor:
    """Keeps the books of a market a second time, from what was decided and what happened."""

    def __init__(self, market):
        self.market, self.case = market, market.scenario
        self.shifts = Shifts(self.case)
        self.refunds = np.array([mode.refund for mode in self.case.failures])
        self.staff = sum(market.firm_state[1:3])
        fresh = Market(self.case.change(before=()), market.seed)
        self.staff_at_start = sum(fresh.firm_state[1:3])
        self.numbers = self.case.numbers
        self.wage, self.fleet = market.firm_state[7], 1.0
        self.cash = self.case.cash.start if self.case.cash else 0.0
        self.closed = False
        self.customer = market.people.customer.copy()

    def quarter(self, action, seen):
        """Let what is decided begin or end; a card without an answer takes its usual course."""
        week = self.market.week
        for name, card in policy_cards().items():
            if action.get(name, seen.policies[name]) != seen.policies[name]:
                if action[name]:
                    self.shifts.begin(name, card.priced(self.case.numbers), week)
                else:
                    self.shifts.end(name)
        for card in seen.cards:
            self.shifts.begin(card.id, card.option(action.get(card.id, card.usual)), week)

    def week(self, happened):
        """A week that has passed; the last row of the log has to say the same."""
        log = {name: values[-1] for name, values in self.market.series.items()}
        if self.closed:
            self._closed(happened, log)
            return
        self.closed = self.market.closed
        for shock, quarter in drawn_shocks(self.case.shocks, self.market.seed):
            if log["week"] == quarter * 13 + shock.week:
                self.shifts.begin(shock.id, shock, log["week"])
        levers = decision_of(self.market.observe().decision, self.case.numbers)
        now = self.shifts.now(log["week"], levers)
        numbers = self.numbers = priced(now.numbers, now.decision.fare, self.fleet)
        self._customers(happened, log)
        ours = self._earned(happened, numbers) - self._spent(happened, numbers, now.decision)
        assert log["profit"] == pytest.approx(ours, abs=1e-3), "does _spent know every price?"
        vacant = self.staff_at_start * now.decision.capacity - self.staff
        hired = max(0, vacant / numbers.hiring_week + log["quits"])
        assert log["staff"] == pytest.approx(self.staff + hired - log["quits"], abs=1e-9)
        self.staff, self.wage, self.fleet = log["staff"], log["pay"], log.get("fleet", 1.0)
        if "cash" in log:
            self.cash += ours
            assert log["cash"] == pytest.approx(self.cash, abs=0.1)
            assert self.closed == (self.cash < self.case.cash.limit)

    def _closed(self, happened, log):
        """A week after the bank has closed the firm: nothing moves any more."""
        self._customers(happened, log)
        assert happened.takings == happened.came == log["sales"] == log["profit"] == 0
        assert log["staff"] == log["customers"] == 0
        assert log["cash"] == pytest.approx(self.cash, abs=0.1)

    def _customers(self, happened, log):
        self.customer[happened.joined] = True
        self.customer[happened.left] = False
        assert np.array_equal(self.customer, self.market.people.customer)
        assert log["customers"] == self.customer.sum()
        assert log["visits"] == len(happened.people) == len(np.unique(happened.people))
        assert np.isin(happened.buyers, happened.people).all()
        assert (happened.satisfaction >= 1).all()
        assert (happened.satisfaction <= 5).all()
        assert (happened.failed <= happened.came).all()

    def _earned(self, happened, numbers):
        bought = happened.bought * numbers.purchase_value
        visits = happened.takings - bought
        return visits * numbers.visit_margin + bought * numbers.purchase_margin

    def _spent(self, happened, numbers, levers):
        claims = numbers.claims_share * levers.empowerment * happened.came
        return (
            self.staff * (self.wage + levers.training)
            + numbers.fixed_cost_week
            + numbers.fleet_cost_week * (self.fleet - 1)
            + numbers.facilities_cost_week * (levers.facilities - 1)
            + numbers.channel_cost_week * levers.channel
            + numbers.empowerment_cost * levers.empowerment * (happened.complaints + claims)
            + numbers.attention_cost * levers.attention * happened.key_visits
            + (self.refunds @ happened.failed if len(self.refunds) else 0)
            + self.shifts.cost(happened.came, happened.complaints)
        )


def led(case, leader, seed):
    """Lead a market to its end, every week audited; gives the log and the actions."""
    market, actions = Market(case, seed), []
    auditor = Auditor(market)
    while not market.done:
        seen = market.observe()
        actions.append(leader(seen))
        auditor.quarter(actions[-1], seen)
        for happened in market.weeks(actions[-1]):
            auditor.week(happened)
    return market.series, actions


def whole(series, case):
    """A log that reaches the end, and in it nothing that can't be."""
    assert len(series["week"]) == case.years * 52
    assert np.isfinite(list(series.values())).all()
    for name, values in series.items():
        assert name in SIGNED or values.min() >= 0, name
    for name in SHARES:
        assert name not in series or series[name].max() <= 1, name
    assert (series["rookies"] <= series["staff"]).all()
    assert (series["customers"] <= case.people).all()
    assert (np.diff(series["customers"]) == (series["joined"] - series["left"])[1:]).all()


def worked(case, leader, seed):
    """Lead a desk through its day; gives the run, its books in order."""
    run = simulate(case, leader, seed)
    log, cases, outcome = run.log, run.cases, run.view.outcome
    assert len(log) == case.days * len(case.hours)
    assert np.isfinite(log.to_numpy()).all()
    assert (log >= 0).all(axis=None)
    assert (log.in_time + log.abandoned <= log.contacts).all()
    assert (log.unacknowledged <= log.open_cases).all()
    assert (log.handler_min[log.handlers == 0] == 0).all()
    assert log.complaints.sum() == (cases.fate != "silent").sum()
    assert log.acknowledged.sum() <= cases.receiving_h.notna().sum()
    assert log.closed.sum() <= cases.solution_h.notna().sum()
    later_h = (outcome["wages"] - log.wages.sum()) / case.numbers.desk_wage_h
    ends = cases[["receiving_h", "explanation_h", "solution_h", "follow_up_h"]].to_numpy()
    assert later_h > -1e-9
    assert (later_h > 1e-9) == (ends >= 24 * case.days).any()
    played = run.actions[0].get("cards", ())
    early_h = sum(card.work_h for card in case.cards if card.id in played)
    stay_h = log.wages / case.numbers.desk_wage_h - log.agents - log.handlers
    stay_h[0] -= early_h
    sent_home = np.maximum.accumulate(log.handlers) - log.handlers
    assert (stay_h > -1e-9).all()
    assert (stay_h < sent_home + 1e-9).all()
    stages = cases.filter(regex="^(arrives|acceptance|receiving|explanation|solution|follow_up)_h")
    assert not (np.diff(stages.to_numpy(), axis=1) < 0).any()
    return run


@pytest.mark.parametrize("name", MARKETS)
def test_every_way_of_leading_a_market_ends_with_its_books_in_order(name):
    case = load(name).change(people=300)
    leaders = MarketLeaders(case)
    for seed in range(6):
        series, actions = led(case, leaders.next(), seed)
        whole(series, case)
    assert leaders.never_done == []
    again = simulate(case, replay(actions), seed).series
    assert all(np.array_equal(again[column], values) for column, values in series.items())


@pytest.mark.parametrize("name", DESKS)
def test_every_way_of_leading_a_desk_ends_with_its_books_in_order(name):
    case = load(name)
    leaders = DeskLeaders(case)
    for seed in range(40):
        run = worked(case, leaders.next(), seed)
    assert leaders.never_done == []
    assert simulate(case, replay(run.actions), seed).log.equals(run.log)


@pytest.mark.parametrize("people", [900, 1000])
def test_the_author_of_a_small_town_is_told_that_chance_rules_it(people, monkeypatch):
    monkeypatch.setattr("crmsim.authoring.markets._RANDOM", 0)
    monkeypatch.setattr("crmsim.authoring.markets._policies", lambda case: {"": None})
    monkeypatch.setattr("crmsim.authoring.markets._levers", lambda *_: ())
    case = load("buick-market").change(people=people, years=0.5)
    told = review_market(case, words("en"), lambda policies, _: policies)
    assert any("ruled by chance" in line for line in told) == (people < 1000)
