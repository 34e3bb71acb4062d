"""The Market: thousands of people, one firm, and nothing that can't be."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim import ActionError, load, simulate
from crmsim.model.market.log import LOG_COLUMNS, NODES
from crmsim.model.market.market import Market

TOWN = load("buick-market").change(people=800, years=1)


def test_the_log_has_the_loop_and_a_row_a_week():
    log = simulate("buick-market", seed=1).log
    assert list(log.columns) == list(LOG_COLUMNS)
    assert set(NODES) <= set(log.columns)
    assert list(log.week) == list(range(156))
    assert not log.isna().any(axis=None)
    assert log.evaluation.between(1, 5).all()
    assert log.service.between(0, 1).all()
    assert log.reputation.between(0, 1).all()


@given(
    seed=st.integers(0, 1000),
    people=st.integers(0, 300),
    capacity=st.sampled_from([0.7, 1.0, 1.4]),
    bonus=st.sampled_from([0.0, 0.5, 1.0]),
)
@settings(max_examples=25, deadline=None)
def test_people_are_conserved_and_no_stock_is_negative(seed, people, capacity, bonus):
    town = TOWN.change(people=people)
    run = simulate(town, lambda seen: {"capacity": capacity, "bonus": bonus}, seed)
    series = run.series
    change = np.diff(series["customers"])
    assert np.array_equal(change, (series["joined"] - series["left"])[1:])
    for name in (
        "customers",
        "staff",
        "rookies",
        "standard",
        "time_given",
        "pay",
        "attitude",
        "sales",
    ):
        assert (series[name] >= 0).all(), name
    assert (series["customers"] <= people).all()
    assert np.isfinite(list(series.values())).all()


def test_same_seed_same_bytes_and_another_seed_another_year():
    one, again, other = (simulate(TOWN, seed=seed) for seed in (3, 3, 4))
    assert one.log.to_csv() == again.log.to_csv()
    assert one.log.to_csv() != other.log.to_csv()


def test_poor_service_turns_the_loop_downwards():
    """The signs of the source document's butterfly (A-15), in the mean over seeds."""
    poor = {"quality": dict.fromkeys(("reliability", "responsiveness", "empathy"), -0.2)}
    gaps = []
    for seed in range(5):
        usual = simulate("buick-market", seed=seed)
        worse = simulate(load("buick-market").change(style=poor), seed=seed)
        gaps.append([(worse.series[node] - usual.series[node])[52:].mean() for node in NODES])
    assert (np.mean(gaps, axis=0) < 0).all()


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"price": 1}, "'price' is not a lever; choose one of: "),
        ({"capacity": 9}, "must be between 0.7 and 1.4"),
        ({"capacity": float("nan")}, "must be between"),
        ({"capacity": "more"}, "must be a number"),
        ("more", "must be a table of levers"),
        (None, "must be a table of levers"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(action, said):
    market = Market(TOWN, 1)
    with pytest.raises(ActionError, match=said):
        market.step(action)
    assert market.observe().quarter == 0


def test_a_week_without_customers_is_defined():
    run = simulate(TOWN.change(parameters={"customers_at_start": 0.0, "joining": 0.0}), seed=1)
    assert (run.series["visits"] == 0).all()
    assert (run.series["evaluation"] == 4).all()
    assert (run.series["sales"] == 0).all()


def ties(people, person):
    return people.ties[person].tolist()


def test_a_tie_goes_both_ways():
    people = Market(TOWN, 1).people
    for person in range(0, 800, 97):
        assert len(ties(people, person)) == 16
        for other in ties(people, person):
            assert person in ties(people, other)


def test_a_market_without_a_bonus_lever_pays_the_declared_bonus():
    plain = TOWN.change(levers=[], policies=[])
    fixed = plain.change(parameters={"bonus_share": 0.0})
    assert np.allclose(simulate(fixed, seed=2).series["pay"], TOWN.numbers.wage_week)
    assert not np.allclose(simulate(plain, seed=2).series["pay"], TOWN.numbers.wage_week)


def test_ties_make_a_small_world():
    """Watts & Strogatz 1998: friends know each other, and yet nobody is far from anybody."""
    ties = Market(TOWN, 1).people.ties
    count, each = ties.shape
    friends = [set(row.tolist()) for row in ties]
    shared = [len(mine & friends[other]) for mine in friends[::20] for other in mine]
    steps, reached = 0, {0}
    while len(reached) < count:
        reached |= {other for person in reached for other in friends[person]}
        steps += 1
    assert np.mean(shared) / each > 5 * each / count
    assert steps <= 5


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda market: pickle.loads(pickle.dumps(market))]
)
def test_a_copy_of_a_market_lives_on_as_it_would_have(copied):
    market = Market(load("buick-market").change(people=300, years=1), seed=4)
    market.step({})
    other = copied(market)
    for each in (market, other):
        while not each.done:
            each.step({"training": 100})
    assert not np.shares_memory(other.people.held, market.people.held)
    assert np.shares_memory(other.people.will, other.people.held)
    for name, values in market.series.items():
        assert np.array_equal(values, other.series[name]), name
