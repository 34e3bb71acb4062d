"""Campaigns: who is chosen, what a contact does, and what a control group shows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.chance import Chance
from crmsim.model.theory.campaigns import (
    aimed_score,
    best,
    bought,
    control_group,
    cost_of_winning,
    draw_customers,
    kinds,
    lift,
    uplift,
)
from crmsim.runs.buyers import buyers, rfm, simulated_buyers

SEEDS = range(100)
PEOPLE = 2000


def gain(customers, chosen, **harm):
    """Count the buyers that the contacts add to those who buy if nobody is contacted."""
    nobody = np.zeros(customers.luck.size, dtype=bool)
    return int(bought(customers, chosen, **harm).sum()) - int(bought(customers, nobody).sum())


def test_those_at_risk_are_not_those_whom_a_contact_moves():
    """Ascarza (2018): aim at the effect, not at the risk; risk alone does about as well as lots."""
    by_effect, by_risk, by_lot = [], [], []
    for seed in SEEDS:
        chance = Chance(seed)
        customers = draw_customers(chance, PEOPLE)
        lots = chance.uniform("buying", 0, PEOPLE)
        by_effect.append(gain(customers, best(aimed_score(chance, customers.effect, 1.0), 600)))
        by_risk.append(gain(customers, best(aimed_score(chance, -customers.base, 1.0), 600)))
        by_lot.append(gain(customers, best(lots, 600)))
    assert all(effect > risk for effect, risk in zip(by_effect, by_risk, strict=True))
    assert np.mean(by_risk) == pytest.approx(np.mean(by_lot), rel=0.25)
    assert np.mean(by_effect) > 2 * np.mean(by_lot)


def test_a_contact_with_everybody_is_not_best_and_none_with_anybody_neither():
    for seed in SEEDS:
        chance = Chance(seed)
        customers = draw_customers(chance, PEOPLE)
        seen = aimed_score(chance, customers.effect, 0.5)
        some, everybody = (gain(customers, best(seen, n), annoyance=0.3) for n in (1000, PEOPLE))
        assert some > max(everybody, 0)


def test_a_worse_aim_wins_fewer():
    means = []
    for error in (0.0, 1.0, 4.0):
        each = []
        for seed in SEEDS:
            chance = Chance(seed)
            customers = draw_customers(chance, PEOPLE)
            each.append(gain(customers, best(aimed_score(chance, customers.effect, error), 600)))
        means.append(np.mean(each))
    assert means[0] > means[1] > means[2] > 0


@given(st.integers(0, 10_000), st.integers(1, 20), st.floats(0, 2))
def test_pestering_never_wins_a_buyer(seed, times, annoyance):
    customers = draw_customers(Chance(seed), 200)
    less = bought(customers, np.full(200, times), annoyance)
    more = bought(customers, np.full(200, times + 1), annoyance)
    assert not (more & ~less).any()


def test_customers_who_see_what_others_get_make_the_uplift_look_too_good():
    """Feinberg, Krishna & Zhang (2002): those left out like the firm less."""
    measured, true = [], []
    for seed in SEEDS:
        chance = Chance(seed)
        customers = draw_customers(chance, PEOPLE)
        everybody = np.ones(PEOPLE, dtype=bool)
        control = control_group(chance, everybody, 0.5)
        buys = bought(customers, ~control, envy=1.0)
        measured.append(uplift(buys, ~control, control).points)
        true.append(gain(customers, ~control, envy=1.0) / (~control).sum())
    assert np.mean(measured) > np.mean(true) + 0.1


def test_without_envy_the_control_group_shows_the_true_effect():
    shown, errors, true = [], [], []
    for seed in SEEDS:
        chance = Chance(seed)
        customers = draw_customers(chance, PEOPLE)
        control = control_group(chance, np.ones(PEOPLE, dtype=bool), 0.5)
        found = uplift(bought(customers, ~control), ~control, control)
        shown.append(found.points)
        errors.append(found.standard_error)
        true.append(gain(customers, np.ones(PEOPLE, dtype=bool)) / PEOPLE)
    off = np.abs(np.subtract(shown, true))
    assert np.mean(shown) == pytest.approx(np.mean(true), abs=0.01)
    assert np.mean(off < 1.96 * np.array(errors)) >= 0.9


@given(st.integers(0, 10_000), st.floats(0, 2))
def test_each_customer_is_of_one_kind_and_the_kinds_add_up_to_the_gain(seed, annoyance):
    customers = draw_customers(Chance(seed), 300)
    found = kinds(customers, annoyance)
    assert sum(found.values()) == 300
    difference = gain(customers, np.ones(300, dtype=bool), annoyance=annoyance)
    assert found["persuadable"] - found["sleeping"] == difference


@given(st.integers(0, 10_000), st.integers(1, 100), st.integers(0, 100))
def test_more_customers_leave_the_first_ones_as_they_were(seed, few, more):
    short, long = (draw_customers(Chance(seed), n) for n in (few, few + more))
    assert all((a == b[:few]).all() for a, b in zip(short, long, strict=True))


def test_base_and_effect_hang_together_as_asked():
    customers = draw_customers(Chance(3), 20_000, correlation=-0.6)
    assert np.corrcoef(customers.base, customers.effect)[0, 1] == pytest.approx(-0.6, abs=0.02)


def test_the_lift_of_a_score_that_says_nothing_and_of_one_that_says_all():
    buys = np.arange(1000) < 200
    assert lift(buys.astype(float), buys, top=0.2) == pytest.approx(5)
    lots = Chance(1).uniform("buying", 0, 1000)
    assert lift(lots, buys, top=0.5) == pytest.approx(1, abs=0.15)
    assert lift(lots, buys, top=1) == 1


@pytest.mark.parametrize("table", [buyers()[0], *map(simulated_buyers, range(20))])
def test_recency_frequency_and_money_of_one_half_find_the_buyers_of_the_next(table):
    """The second half was held back: the score has not seen it (C-18)."""
    later = (table["later_orders"] > 0).to_numpy()
    assert lift(rfm(table)["score"], later, top=0.2) > 1.7


@given(st.lists(st.booleans(), min_size=1, max_size=50), st.floats(0, 1), st.integers(0, 99))
def test_the_control_group_is_of_those_whom_the_campaign_is_meant_for(meant, share, seed):
    control = control_group(Chance(seed), meant, share)
    assert not (control & ~np.array(meant)).any()
    assert control.sum() == round(share * sum(meant))


def test_a_campaign_that_wins_nobody_has_no_price():
    assert cost_of_winning(1, 0) == cost_of_winning(1, -0.1) == math.inf


CUSTOMERS = draw_customers(Chance(1), 3)
YES, NO = [True] * 3, [False] * 3


@pytest.mark.parametrize(
    ("says", "call"),
    [
        ("count", lambda: draw_customers(Chance(1), 0)),
        ("effect", lambda: draw_customers(Chance(1), 3, effect=math.nan)),
        ("base_spread", lambda: draw_customers(Chance(1), 3, base_spread=-1)),
        ("correlation", lambda: draw_customers(Chance(1), 3, correlation=1.1)),
        ("contacts", lambda: bought(CUSTOMERS, [0, 1])),
        ("contacts", lambda: bought(CUSTOMERS, [0, 1, 0.5])),
        ("contacts", lambda: bought(CUSTOMERS, [0, 1, -1])),
        ("annoyance", lambda: bought(CUSTOMERS, YES, annoyance=-1)),
        ("envy", lambda: bought(CUSTOMERS, YES, envy=math.inf)),
        ("truth", lambda: aimed_score(Chance(1), [], 1)),
        ("error", lambda: aimed_score(Chance(1), [1, 2], -1)),
        ("scores", lambda: best([1, math.nan], 1)),
        ("contacts", lambda: best([1, 2], 3)),
        ("chosen", lambda: control_group(Chance(1), [1, 0], 0.5)),
        ("share", lambda: control_group(Chance(1), YES, 1.5)),
        ("control group", lambda: uplift(YES, YES, NO)),
        ("choose one", lambda: uplift(YES, YES, YES)),
        ("3, 3 and 2 places", lambda: uplift(YES, YES, NO[:2])),
        ("no buyer", lambda: lift([1, 2, 3], NO)),
        ("places", lambda: lift([1, 2], YES)),
        ("top", lambda: lift([1, 2, 3], YES, top=0)),
        ("cost_per_contact", lambda: cost_of_winning(-1, 0.1)),
        ("points", lambda: cost_of_winning(1, 2)),
    ],
)
def test_a_wrong_argument_is_named(says, call):
    with pytest.raises(ValueError, match=says):
        call()
