"""The time per order alone: rest, pressure, and what stays when the pressure has gone."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.model.theory.standards import (
    LEAST_TIME,
    erosion,
    next_standard,
    noisy_orders,
    time_per_order,
)
from crmsim.scenario import load

NUMBERS = load("buick-market").numbers
YEAR = 52


def test_orders_that_fit_the_standard_change_nothing():
    weeks = erosion([0.8] * 2 * YEAR, NUMBERS, standard=1.25)
    assert weeks.standard == pytest.approx(1.25, abs=1e-9)
    assert weeks.pressure == pytest.approx(1, abs=1e-9)
    assert weeks.completed == pytest.approx(0.8, abs=1e-9)


def test_slack_does_not_raise_the_standard():
    """Oliva & Sterman 2001: the standard rises with τ = 8.1 million weeks, that is never."""
    weeks = erosion([0.9] * 12 + [1.0] * 40, NUMBERS)
    assert weeks.time[0] > 1.05
    assert weeks.standard[-1] == pytest.approx(1, abs=1e-6)


def test_the_busier_the_spell_the_more_is_lost_for_ever():
    lasting = [
        erosion([1 + busy] * 12 + [1.0] * 92, NUMBERS).standard[-1] for busy in (0, 0.1, 0.2)
    ]
    assert lasting == pytest.approx([1, 0.969, 0.943], abs=0.001)


def test_time_is_never_less_than_the_least():
    assert time_per_order(1.0, 1e6, NUMBERS) == LEAST_TIME
    assert next_standard(LEAST_TIME, LEAST_TIME, NUMBERS) == LEAST_TIME


@given(st.lists(st.floats(0, 50), max_size=30))
def test_more_orders_than_came_in_are_never_done_and_nothing_is_negative(orders):
    weeks = erosion(orders, NUMBERS)
    assert (weeks.completed <= orders).all()
    assert all((series >= 0).all() for series in (weeks.time, weeks.standard, weeks.completed))


def test_noisy_orders_are_unbiased_and_as_noisy_and_as_slow_as_declared():
    orders = np.array([noisy_orders(104, seed, NUMBERS) for seed in range(200)]) - 1
    assert orders.mean() == pytest.approx(0, abs=0.01)
    assert orders.std() == pytest.approx(NUMBERS.demand_noise, rel=0.05)
    after = (orders[:, :-4] * orders[:, 4:]).mean() / orders.var()
    assert after == pytest.approx(np.exp(-4 / NUMBERS.demand_memory_week), abs=0.05)


def test_the_start_of_a_series_does_not_depend_on_its_length():
    assert (noisy_orders(10, 5, NUMBERS) == noisy_orders(104, 5, NUMBERS)[:10]).all()
    without = SimpleNamespace(**vars(NUMBERS) | {"demand_noise": 0.0})
    assert (noisy_orders(10, 5, without) == 1).all()


@pytest.mark.parametrize("orders", [-1.0, np.nan, np.inf])
def test_orders_that_are_no_orders_are_said_with_their_week(orders):
    with pytest.raises(ValueError, match="week 1: orders"):
        erosion([1.0, orders], NUMBERS)


def test_without_capacity_there_is_no_pressure_to_speak_of():
    with pytest.raises(ValueError, match="capacity = 0"):
        erosion([1.0], NUMBERS, capacity=0)
