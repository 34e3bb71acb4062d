"""The five traits of a loyal customer, read off the market (C-03, C-04)."""

import numpy as np
import pytest

from crmsim import load, simulate
from crmsim.model.market.market import Market
from crmsim.runs.traits import TRAITS, traits

TOWN = load("buick-market").change(people=300, years=1)


@pytest.fixture(scope="module")
def run():
    return simulate(TOWN, seed=2)


def ever_customers(run):
    start = Market(run.scenario, run.seed).people.customer
    return np.flatnonzero(start)[:12]


def test_the_five_rise_and_fall_with_loyalty(run):
    people = ever_customers(run)
    assert len(people) == 12
    changes = 0
    for person in people:
        lived = traits(run, int(person))
        moved = lived["loyalty"].diff().fillna(0).to_numpy()
        changes += int((moved != 0).sum())
        for name in ("basket", "praise", "immune", "tolerance"):
            step = lived[name].diff().fillna(0).to_numpy()
            assert (
                np.sign(step[np.abs(moved) > 1e-3]) == np.sign(moved[np.abs(moved) > 1e-3])
            ).all()


def test_each_trait_stays_within_what_it_can_be(run):
    for person in ever_customers(run):
        lived = traits(run, int(person))
        assert len(lived) == 52
        for name in ("loyalty", "again", "praise", "immune"):
            assert lived[name].between(0, 1).all()
        for name in ("basket", "tolerance"):
            assert lived[name].between(0.5, 1.5).all()


def test_reading_them_changes_nothing(run):
    before = run.log.copy()
    traits(run, 3)
    assert run.log.equals(before)
    assert simulate(TOWN, seed=2).log.equals(before)


def test_who_is_a_customer_agrees_with_the_market(run):
    market = Market(run.scenario, run.seed)
    for action in run.actions:
        for _ in market.weeks(action):
            pass
    ends = [traits(run, person)["customer"].iloc[-1] for person in range(20)]
    assert ends == market.people.customer[:20].tolist()
    assert True in ends


def test_every_trait_has_its_words():
    from crmsim.common.words import dictionary

    assert all(f"figures.traits.{name}" in dictionary() for name in TRAITS)


@pytest.mark.parametrize("person", [-1, 300, 1.5, "Tang"])
def test_nobody_with_that_number_is_refused(run, person):
    with pytest.raises(ValueError, match=r"person = .*: must be a whole number from 0 to 299"):
        traits(run, person)


def test_only_a_market_has_customers_for_years():
    with pytest.raises(ValueError, match="bus: is not a market"):
        traits(simulate("bus", seed=1), 0)
