"""Townspeople: who is a customer week by week, and since when two runs differ about somebody."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim import aftermath, load, simulate
from crmsim.runs.townspeople import NEVER, apart_since, customers_by_week, flight_of

TOWN = load("buick-market").change(people=300, years=0.5)


def test_customers_week_by_week_are_those_of_the_log():
    run = simulate(TOWN, lambda seen: {"capacity": 0.8}, seed=2)
    seen = customers_by_week(run)
    assert seen.shape == (len(run.log) + 1, 300)
    assert seen[1:].sum(axis=1).tolist() == run.series["customers"].astype(int).tolist()


def test_a_visit_has_no_townspeople():
    with pytest.raises(ValueError, match="is not a market"):
        customers_by_week(simulate("buick", seed=1))
    assert customers_by_week(aftermath(simulate("buick", seed=1))).shape[1] == 5000


def test_a_flight_carries_people_of_its_week_once_each_and_the_late_ones_are_struck():
    run = simulate(load("southwest").change(people=1500), seed=4)
    for week in (0, 7, 125):
        flight, all_of_week = (flight_of(run, week, seats) for seats in (20, 10_000))
        aboard = flight.passengers.tolist()
        assert len(set(aboard)) == 20
        assert set(aboard) <= set(all_of_week.passengers.tolist())
        assert len(all_of_week.passengers) == run.series["visits"][week]
        assert all_of_week.late.sum() == run.series["delay"][week]


@given(st.integers(1, 9), st.integers(1, 7), st.randoms(use_true_random=False))
def test_two_runs_differ_from_the_row_that_is_told_to_the_end_and_not_in_the_row_before(
    weeks, people, luck
):
    mine, other = (
        np.array([[luck.random() < 0.5 for _ in range(people)] for _ in range(weeks)])
        for _ in range(2)
    )
    for person, since in enumerate(apart_since(mine, other)):
        differ = (mine != other)[:, person]
        if since == NEVER:
            assert not differ[-1]
        else:
            assert differ[since:].all()
            assert since == 0 or not differ[since - 1]
