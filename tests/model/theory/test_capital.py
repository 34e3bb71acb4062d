"""Capital that wears: the stocks of the firm follow it, and each has a life of its own."""

import pytest

from crmsim import load
from crmsim.model.market.market import Market
from crmsim.model.theory.capital import next_capital


@pytest.mark.parametrize(("life", "left"), [(200, 0.77), (52, 0.36)])
def test_a_year_without_spending_leaves_so_much(life, left):
    capital = 1.0
    for _ in range(52):
        capital = next_capital(capital, 0.0, life)
    assert capital == pytest.approx(left, abs=0.005)


def test_spending_as_today_keeps_a_capital_as_it_is():
    assert next_capital(1.0, 1.0, 52) == 1.0


def test_the_facilities_of_a_store_lose_in_three_years_what_the_formula_says():
    case = load("department").change(people=300)
    market = Market(case, seed=1)
    market.step({"facilities": 0})
    while not market.done:
        market.step({})
    facilities = market.firm_state[5]
    assert facilities == pytest.approx((1 - 1 / case.numbers.facilities_week) ** 156, rel=1e-9)
