"""The firm: no lever is free."""

import numpy as np
import pytest

from crmsim import load
from crmsim.model.market.firm import Firm
from crmsim.model.market.week import Week
from crmsim.model.market.word_of_mouth import Tellings
from crmsim.runs.run import simulate
from crmsim.scenario.levers import Decision

SHOP = load("buick-market").change(style={"cost": 30}, parameters={"slack": 0.0})
NOBODY = np.arange(0)


def usual_week():
    """Two hundred visits, a fifth of them by key customers, and ten complaints."""
    return Week(
        people=np.arange(200),
        satisfaction=np.full(200, 4.0, np.float32),
        sales=np.zeros(200, np.float32),
        takings=0.0,
        buyers=NOBODY,
        shoppers=0,
        joined=NOBODY,
        left=NOBODY,
        complaints=10,
        unhappy=10,
        key_visits=40,
        praise=Tellings(NOBODY, np.zeros((0, 8), np.int32)),
        warnings=Tellings(NOBODY, np.zeros((0, 16), np.int32)),
    )


def two_years(**levers):
    """Profit and mean work pressure of two years in which customers stay as they are."""
    firm, decision = Firm(SHOP, 200.0, 110_000.0), Decision(**{"adoption": 0.0} | levers)
    week = usual_week()
    years = [(firm.week(week, 120_000.0, decision), firm.pressure) for _ in range(104)]
    return np.array(years).T


def test_what_a_purchase_costs_more_is_paid_for_each_purchase_and_for_no_visit():
    week = usual_week()
    week.buyers = np.arange(3)
    profits = []
    for style in ({}, {"cost_purchase": 700.0}):
        firm = Firm(load("buick-market").change(style=style), 200.0, 110_000.0)
        profits.append(firm.week(week, 120_000.0, Decision(adoption=0.5)))
    assert profits[0] - profits[1] == pytest.approx(3 * 0.5 * 700)


@pytest.mark.parametrize(
    "lever",
    [
        {"adoption": 1.0},
        {"capacity": 1.2},
        {"pay": 1.1},
        {"bonus": 0.5},
        {"training": 100.0},
        {"empowerment": 1.0},
        {"channel": 1.0},
        {"attention": 1.0},
        {"facilities": 1.5},
    ],
)
def test_what_pleases_costs_money(lever):
    assert two_years(**lever)[0].sum() < two_years()[0].sum()


def test_answers_before_sunset_cost_work():
    assert two_years(sunset=1.0)[1].mean() > two_years()[1].mean()


def test_a_promise_costs_no_money_and_is_expected():
    assert np.array_equal(two_years(promise=0.1), two_years())
    service = Firm(SHOP, 200.0, 0.0).service(Decision(promise=0.1))
    assert (service.promise, service.believed) == (0.1, 0.1)


def test_a_modest_promise_is_seen_through_and_a_loud_one_after_it_counts_twice():
    firm, weeks = Firm(SHOP, 200.0, 0.0), 5 * round(SHOP.numbers.modesty_week)

    def believed(promise):
        return firm.service(Decision(promise=promise)).believed

    def pass_weeks(promise):
        for _ in range(weeks):
            firm.week(usual_week(), 0.0, Decision(promise=promise))
            yield believed(promise)

    assert believed(-0.1) == -0.1
    modest = list(pass_weeks(-0.1))
    assert modest == sorted(modest)
    assert modest[-1] == pytest.approx(0, abs=0.002)
    # To speak as others do is a promise now, and a boast is one more; in time both are forgotten.
    assert believed(0.0) == pytest.approx(0.1, abs=0.002)
    assert believed(0.1) == pytest.approx(0.2, abs=0.002)
    loud = list(pass_weeks(0.1))
    assert loud == sorted(loud, reverse=True)
    assert loud[-1] == pytest.approx(0.1, abs=0.002)
    assert firm.service(Decision(promise=0.1)).promise == 0.1


def moods(levels):
    """Return attitude week by week; base pay has each of these levels for so many weeks."""
    felt = SHOP.change(parameters=SHOP.parameters | {"mood_pay_cut": 0.5})
    firm, week, found = Firm(felt, 200.0, 110_000.0), usual_week(), []
    for level, weeks in levels:
        for _ in range(weeks):
            firm.week(week, 120_000.0, Decision(adoption=0.0, bonus=0.0, pay=level))
            found.append(firm.attitude)
    return np.array(found)


def test_a_cut_of_pay_lowers_the_mood_more_than_an_equal_raise_lifts_it():
    """Kube, Maréchal & Puppe 2013 (sign)."""
    cut, usual, raised = (moods([(level, 104)]) for level in (0.9, 1.0, 1.1))
    assert (usual - cut > 1.5 * (raised - usual)).all()
    assert (raised > usual).all()


def test_a_cut_of_pay_hurts_at_once_and_is_remembered_when_pay_is_back():
    usual = moods([(1.0, 104)])
    lost, won = usual - moods([(0.8, 26), (1.0, 78)]), moods([(1.2, 26), (1.0, 78)]) - usual
    assert lost[3] > 3 * won[3]
    assert lost[60] > 2 * won[60] > 0


def test_a_smaller_bonus_is_no_cut():
    firm, fallen = Firm(SHOP, 200.0, 110_000.0), Decision(bonus=1.0)
    for _ in range(52):
        firm.week(usual_week(), 0.0, fallen)
    assert firm.wage < SHOP.numbers.wage_week
    assert firm.pay_cut == 0


@pytest.mark.parametrize("name", ["buick-market", "southwest", "turnaround", "discounter"])
def test_where_nobody_cuts_pay_nothing_depends_on_how_a_cut_feels(name):
    case = load(name)
    logs = [
        simulate(case.change(parameters=case.parameters | {"mood_pay_cut": size}), seed=1).series
        for size in (0.0, 2.0)
    ]
    for column in logs[0]:
        assert np.array_equal(*(log[column] for log in logs)), column
