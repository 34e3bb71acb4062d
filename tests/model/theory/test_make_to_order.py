"""Stock against order: the newsvendor, and where the border lies (B-16, B-18)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crmsim.model.theory.make_to_order import best_stock, order_wins_from, to_order, to_stock
from crmsim.scenario.parameters import declared_numbers

NUMBERS = declared_numbers()


def changed(**values):
    return SimpleNamespace(**{**vars(NUMBERS), **values})


@given(st.floats(0.5, 400), st.floats(10, 1000), st.floats(10, 1000))
def test_the_best_stock_is_that_of_a_library(mean, margin, loss):
    share = margin / (margin + loss)
    expected = int(stats.poisson.ppf(share, mean))
    assert abs(best_stock(mean, margin, loss) - expected) <= 1
    assert stats.poisson.cdf(best_stock(mean, margin, loss), mean) >= share - 1e-9


@given(st.integers(1, 60))
def test_no_other_stock_earns_more(variants):
    mean = NUMBERS.buffet_customers / variants
    best = best_stock(mean, NUMBERS.buffet_margin, NUMBERS.buffet_leftover_loss)

    def profit(stock):
        wanted = range(int(mean + 12 * mean**0.5 + 12))
        return sum(
            stats.poisson.pmf(x, mean)
            * (
                NUMBERS.buffet_margin * min(x, stock)
                - NUMBERS.buffet_leftover_loss * max(stock - x, 0)
            )
            for x in wanted
        )

    assert profit(best) >= max(profit(best + 1), profit(max(best - 1, 0))) - 1e-6
    assert variants * profit(best) == pytest.approx(to_stock(variants, NUMBERS).profit, rel=1e-6)


def test_more_variants_cost_the_warehouse_and_not_the_small_wok():
    seasons = [to_stock(variants, NUMBERS) for variants in (1, 5, 20, 80)]
    profits = [each.profit for each in seasons]
    left_over = [each.left_over for each in seasons]
    assert profits == sorted(profits, reverse=True)
    assert left_over == sorted(left_over)
    assert len({to_order(variants, NUMBERS) for variants in (1, 5, 20, 80)}) == 1


def test_where_customers_are_alike_stock_wins():
    assert to_stock(1, NUMBERS).profit > to_order(1, NUMBERS).profit
    assert order_wins_from(NUMBERS) > 1


def test_the_border_moves_as_the_lesson_says():
    """A longer wait to the right, a dearer leftover to the left."""
    border = order_wins_from(NUMBERS)
    assert order_wins_from(changed(buffet_waits=0.75)) > border
    assert order_wins_from(changed(buffet_leftover_loss=400)) < border
    assert order_wins_from(changed(buffet_waits=0.05), most=200) is None


def test_with_very_many_variants_it_is_best_to_keep_none():
    assert to_stock(1000, NUMBERS).sold == to_stock(1000, NUMBERS).burden == 0
