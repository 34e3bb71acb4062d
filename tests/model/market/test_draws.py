"""Draws of a week are the same for everybody who asks, and nobody can change them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim import load, simulate
from crmsim.common.chance import Chance
from crmsim.model.market.draws import (
    DRAWN_AT_ONCE,
    Occasions,
    Rates,
    draw_weeks,
    forget_towns,
    settle,
)
from crmsim.model.market.people import People

TOWN = load("buick-market").change(people=400, years=0.5)
USUAL = Rates(1.0, 0.001)


def drawn(people, week, surely=None, seed=5):
    """The lot of one week of a town of so many."""
    chance = Chance(seed)
    town = Occasions(People(TOWN.change(people=people), chance), chance)
    return town.week(week, USUAL, draw_weeks, surely)


@given(week=st.integers(0, 200), people=st.sampled_from([0, 1, 300, DRAWN_AT_ONCE]))
@settings(max_examples=12, deadline=None)
def test_a_weeks_lot_is_in_the_order_of_places(week, people):
    lot = drawn(people, week)
    assert (np.diff(lot.people) > 0).all()
    assert lot.luck.shape == (4, len(lot.people))
    assert len(lot.shop) == len(lot.shop_lot)
    for shares in (lot.shop_lot, lot.rival_lot, *lot.luck[1:]):
        assert ((shares >= 0) & (shares <= 1)).all()
    assert not set(lot.people[lot.shop].tolist()) & set(lot.rivals.tolist())


def test_weeks_drawn_together_are_those_drawn_alone():
    """Compare with a week in which one person comes surely: such a week is drawn alone."""
    for week in (3, 12, 13, 40):
        usual = drawn(300, week)
        anyhow = drawn(300, week, surely=int(usual.people[0]))
        assert np.array_equal(anyhow.people, usual.people)
        assert np.array_equal(anyhow.luck, usual.luck)


def test_who_comes_surely_comes_and_is_not_tempted():
    lot = next(lot for lot in (drawn(400, week) for week in range(50)) if len(lot.rivals))
    week = next(week for week in range(50) if len(drawn(400, week).rivals))
    her = int(lot.rivals[0])
    sure = drawn(400, week, surely=her)
    assert her in sure.people
    assert her not in sure.rivals


def test_runs_of_one_seed_share_their_luck_and_not_their_lives():
    forget_towns()
    one, once = settle(TOWN, Chance(1))
    other, again = settle(TOWN.change(levers=[], policies=[]), Chance(1))
    assert once is again
    assert not np.shares_memory(one.held, other.held)
    assert not np.shares_memory(one.customer, other.customer)
    assert settle(TOWN, Chance(2))[1] is not once


def test_a_run_is_the_same_first_or_again_and_in_threads():
    forget_towns()
    first = simulate(TOWN, seed=9).series
    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(lambda seed: simulate(TOWN, seed=seed).series, [9, 1, 9, 2, 3, 9]))
    for again in (runs[0], runs[2], runs[5], simulate(TOWN, seed=9).series):
        assert all(np.array_equal(again[name], first[name]) for name in first)
