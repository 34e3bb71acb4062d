"""The Lorenz curve and the share of the best customers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.chance import Chance
from crmsim.model.theory.concentration import lorenz, share_of_top

MONEY = st.lists(st.floats(0.01, 1e9), min_size=1, max_size=50)


def test_equal_customers_lie_on_the_diagonal():
    customers, value = lorenz(np.full(7, 30.0))
    assert value == pytest.approx(customers)


def test_one_customer_in_five_can_bring_everything():
    assert share_of_top([0, 0, 0, 0, 9]) == pytest.approx(1)


def test_the_top_fifth_of_an_exponential_market_brings_52_per_cent():
    """In closed form q(1 − ln q): a gamma of shape 1, as the values of a visit are drawn."""
    values = Chance(1).generator("people").standard_exponential(200_000)
    assert share_of_top(values) == pytest.approx(0.2 * (1 - math.log(0.2)), abs=0.005)


def test_customers_who_bring_a_loss_push_the_share_of_the_best_beyond_all():
    customers, value = lorenz([-5, 5, 10])
    assert value.min() < 0
    assert share_of_top([-5, 0, 0, 0, 10]) == pytest.approx(2)
    assert customers[-1] == value[-1] == 1


@given(MONEY, st.floats(0, 1))
def test_the_best_bring_no_less_than_their_number(values, top):
    assert top - 1e-9 <= share_of_top(values, top) <= 1 + 1e-9


@given(MONEY, st.floats(0.01, 1e6))
def test_the_currency_does_not_matter(values, rate):
    assert share_of_top(np.array(values) * rate) == pytest.approx(share_of_top(values))


@pytest.mark.parametrize(
    ("values", "top", "said"),
    [
        ([], 0.2, "at least one customer"),
        ([1, math.nan], 0.2, "finite"),
        ([0, 0], 0.2, "positive total"),
        ([1, 2], 1.2, "share from 0 to 1"),
        ([1, 2], math.nan, "share from 0 to 1"),
    ],
)
def test_what_has_no_share_is_said(values, top, said):
    with pytest.raises(ValueError, match=said):
        share_of_top(values, top)
