"""Arrivals in a week: customers visit, shoppers buy here or elsewhere, rivals lure some away."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim import load
from crmsim.common.chance import Chance
from crmsim.model.market.draws import Rates, draw_weeks, settle
from crmsim.model.market.shopping import arrive, chance_to_buy

TOWN = load("buick-market").change(people=3000)
NUMBERS = TOWN.numbers


def town(seed=1):
    """The people of the town, and what chance has for them in its first week."""
    people, occasions = settle(TOWN, Chance(seed))
    return people, occasions.week(0, Rates(1.0, 0.05), draw_weeks)


def set_all(people, **held):
    """Let everybody be so."""
    for name, value in held.items():
        getattr(people, name)[:] = value
    return people


@given(seed=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_nobody_comes_twice_and_nobody_who_buys_is_lost(seed):
    people, lot = town(seed)
    comes, buyers, joined, lost = arrive(people, lot, 0, 0.0, NUMBERS)
    assert set(buyers) <= set(lot.people[comes])
    assert set(joined) == {one for one in buyers if not people.customer[one]}
    assert not set(lost) & set(lot.people[comes])
    assert people.customer[lost].all()
    visitors = np.setdiff1d(lot.people[comes], lot.people[lot.shop])
    assert people.customer[visitors].all()


def test_nobody_wholly_loyal_is_lured_away():
    people, lot = town()
    shoppers = set(lot.people[lot.shop])
    lured = set(arrive(people, lot, 0, 0.0, NUMBERS).lost) - shoppers
    assert lured
    assert set(arrive(set_all(people, loyalty=1.0), lot, 0, 0.0, NUMBERS).lost) <= shoppers


@pytest.mark.parametrize(
    ("customer", "better", "worse"),
    [
        (True, {"satisfaction": 4.5}, {"satisfaction": 4.0}),
        (True, {"loyalty": 0.8}, {"loyalty": 0.3}),
        (True, {"failed_week": -40}, {"failed_week": 0}),
        (False, {"opinion": 0.8}, {"opinion": 0.6}),
        (False, {"awareness": 0.5}, {"awareness": 0.3}),
    ],
)
def test_what_makes_one_buy(customer, better, worse):
    people, _ = town()
    everybody = np.arange(people.count)
    set_all(people, customer=customer)
    likely, less = (
        chance_to_buy(set_all(people, **held), everybody, 1, 0.0, NUMBERS)
        for held in (better, worse)
    )
    assert (likely > less).all()


def test_a_promise_draws_strangers_only():
    people, _ = town()
    everybody = np.arange(people.count)
    plain, promised = (chance_to_buy(people, everybody, 1, p, NUMBERS) for p in (0.0, 0.1))
    assert (promised[~people.customer] > plain[~people.customer]).all()
    assert (promised[people.customer] == plain[people.customer]).all()
