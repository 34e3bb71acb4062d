"""The firm: no lever is free."""

import numpy as np
import pytest

from crmsim import load
from crmsim.model.market.firm import Firm
from crmsim.model.market.week import Week
from crmsim.model.market.word_of_mouth import Tellings
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


def test_a_modest_promise_is_seen_through_and_a_loud_one_believed_anew():
    firm, weeks = Firm(SHOP, 200.0, 0.0), 5 * round(SHOP.numbers.modesty_week)
    for promise, later in ((-0.1, 0.0), (0.1, 0.1)):
        decision = Decision(promise=promise)
        believed = [firm.service(decision).believed]
        for _ in range(weeks):
            firm.week(usual_week(), 0.0, decision)
            believed.append(firm.service(decision).believed)
        assert believed[0] == promise
        assert believed == sorted(believed)
        assert believed[-1] == pytest.approx(later, abs=0.002)
    assert firm.service(decision).promise == 0.1
