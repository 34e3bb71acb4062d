"""The twins in other engines say what ours says."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from benchmarks.desk_simpy import desk
from crmsim.model.theory.queues import impatient, mean_wait_min

SEEDS = 6


@pytest.fixture(scope="module")
def twins():
    """The twins, imported only where they are run: Mesa takes seconds to import."""
    from benchmarks import twins

    return twins


@pytest.fixture(scope="module")
def means(twins):
    """Means of the market there and here, a row for each luck."""
    return twins.market_means(people=500, weeks=26, seeds=4 * SEEDS)


def test_the_market_and_its_twin_in_mesa_agree(twins, means):
    there, here = (each[:SEEDS] for each in means)
    assert there.shape == here.shape == (SEEDS, len(twins.COLUMNS))
    assert np.abs(twins.z_scores(there, here)).max() < 4


def test_runs_of_both_are_drawn_from_one_distribution(means):
    there, here = means
    same = [ks_2samp(*columns).pvalue for columns in zip(there.T, here.T, strict=True)]
    other = [ks_2samp(*columns).pvalue for columns in zip(there.T, here.T * 1.1, strict=True)]
    assert min(same) > 0.01 > max(other)
    wider = there.std(axis=0, ddof=1) / here.std(axis=0, ddof=1)
    assert ((wider > 0.5) & (wider < 2)).all()


def test_a_twin_with_other_numbers_would_be_noticed(twins, means):
    there, here = (each[:SEEDS] for each in means)
    assert np.abs(twins.z_scores(there, here * 1.1)).max() > 4


def test_the_desk_its_twin_in_simpy_and_erlang_agree(twins):
    waits = np.array([twins.desk_waits(8.0, days=4, seed=seed) for seed in range(SEEDS)])
    error = waits.std(axis=0, ddof=1) / SEEDS**0.5
    exact = mean_wait_min(twins.AGENTS, 8.0, twins.HANDLE_MIN)
    assert (np.abs(waits.mean(axis=0) - exact) < 4 * error).all()


def test_the_twin_of_impatient_callers_follows_erlang_a(twins):
    runs = [desk(10, 12.0, 3.0, 2 * twins.DAY_MIN, seed, patience_min=6.0) for seed in range(SEEDS)]
    gave_up = [1 - answered.mean() for _, answered in runs]
    exact = impatient(10, 12.0, 3.0, 6.0).abandoning
    assert np.mean(gave_up) == pytest.approx(exact, abs=0.02)
