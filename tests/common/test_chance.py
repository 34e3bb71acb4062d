"""Chance: a draw depends on its seed, cause, week and customer, and on nothing else."""

from concurrent.futures import ThreadPoolExecutor
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.common.chance import CAUSES, Chance, normal_of

seeds = st.integers(0, 2**63)


@given(
    seed=seeds, week=st.integers(0, 5000), count=st.integers(1, 300), cause=st.sampled_from(CAUSES)
)
@settings(max_examples=50, deadline=None)
def test_a_customers_draw_does_not_depend_on_how_many_there_are(seed, week, count, cause):
    few, many = (
        Chance(seed).uniform(cause, week, count),
        Chance(seed).uniform(cause, week, count + 50),
    )
    assert np.array_equal(few, many[:count])


def test_runs_in_several_threads_that_share_the_luck_get_the_draws_of_one():
    shared, alone = Chance(3), Chance(3)
    expected = {week: alone.raw("visit", week, 20_000) for week in range(40)}
    with ThreadPoolExecutor(4) as threads:
        weeks = [week for week in range(40) for _ in range(4)]
        drawn = list(threads.map(lambda week: shared.raw("visit", week, 20_000), weeks))
    assert all(np.array_equal(got, expected[week]) for week, got in zip(weeks, drawn, strict=True))


@given(seed=seeds, week=st.integers(0, 5000))
@settings(max_examples=30, deadline=None)
def test_a_draw_does_not_depend_on_the_draws_before_it(seed, week):
    fresh, used = Chance(seed), Chance(seed)
    used.uniform("visit", week + 1, 37)
    used.uniform("occasion", week, 5)
    assert np.array_equal(fresh.uniform("visit", week, 20), used.uniform("visit", week, 20))


def test_weeks_causes_and_seeds_are_apart():
    draws = [
        Chance(seed).uniform(cause, week, 1000)
        for seed in (1, 2)
        for cause in ("visit", "occasion")
        for week in (0, 1)
    ]
    for i, one in enumerate(draws):
        for other in draws[i + 1 :]:
            assert abs(np.corrcoef(one, other)[0, 1]) < 0.12
            assert len(np.intersect1d(one, other)) < 5


def test_normal_draws_are_standard_normal():
    drawn = Chance(3).normal("perception", 0, 200_000)
    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.std() - 1) < 0.01
    assert abs((np.abs(drawn) < 1.959964).mean() - 0.95) < 0.003


def test_the_kept_table_is_the_inverse_of_the_normal_distribution():
    made = [NormalDist().inv_cdf((place + 0.5) / 2**13) for place in range(2**13)]
    bits = np.arange(2**13, dtype=np.uint16) << 3
    assert np.abs(normal_of(bits) - np.array(made)).max() < 5e-7


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True, 2**64])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="must be a whole number"):
        Chance(seed)
