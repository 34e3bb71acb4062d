"""Lifetime value against people who stay or go, and where it is not defined."""

import math

import numpy as np
import pytest

from crmsim.common.chance import Chance
from crmsim.model.theory.lifetime_value import (
    gain_of_points,
    lifetime_value,
    margin_multiple,
    retention_elasticity,
)


def test_it_is_the_mean_of_what_simulated_customers_bring():
    """A customer who stays with probability .8 pays 100 at each anniversary, at 10 % interest."""
    luck = Chance(1).uniform("recovery", 0, 100_000).astype(float)
    years = np.floor(np.log1p(-luck) / np.log(0.8))
    worth = 100 * (1 - 1.1**-years) / 0.1
    assert worth.mean() == pytest.approx(lifetime_value(100, 0.8, 0.1), rel=0.01)


def test_a_margin_paid_today_comes_on_top():
    assert lifetime_value(100, 0.8, 0.1, first_now=True) == lifetime_value(100, 0.8, 0.1) + 100


@pytest.mark.parametrize("retention", [0.2, 0.6, 0.9])
def test_the_elasticity_is_the_slope_in_logarithms(retention):
    step = 1e-6
    gain = math.log(
        margin_multiple(retention * (1 + step), 0.12) / margin_multiple(retention, 0.12)
    )
    assert gain / step == pytest.approx(retention_elasticity(retention, 0.12), rel=1e-4)


def test_five_points_are_worth_more_the_better_a_firm_keeps_its_customers():
    gains = [gain_of_points(retention, 0.05, 0.1) for retention in (0.7, 0.8, 0.9)]
    assert gains == sorted(gains)


@pytest.mark.parametrize("retention", [-0.1, 1.01, math.nan])
def test_a_retention_that_makes_no_sense(retention):
    with pytest.raises(ValueError, match="retention"):
        margin_multiple(retention, 0.1)


@pytest.mark.parametrize("interest", [-0.1, math.nan, math.inf])
def test_an_interest_that_makes_no_sense(interest):
    with pytest.raises(ValueError, match="interest"):
        margin_multiple(0.8, interest)


def test_margins_for_ever():
    assert margin_multiple(1.0, 0.1) == pytest.approx(10)
    with pytest.raises(ValueError, match="for ever"):
        margin_multiple(1.0, 0.0)
    with pytest.raises(ValueError, match="nothing"):
        gain_of_points(0.0, 0.05, 0.1)
