"""Least squares and reliability, against cases that can be worked out by hand."""

import numpy as np
import pytest

from crmsim.common.chance import Chance
from crmsim.model.theory.estimation import (
    cronbach_alpha,
    mean_estimate,
    regression,
    share_estimate,
)


def test_a_line_is_found_again():
    causes = np.arange(20.0).reshape(10, 2) ** 1.5
    found = regression(2 + causes @ [3, -1] + 0.01 * (-1) ** np.arange(10), causes)
    assert found.effect == pytest.approx([3, -1], abs=0.02)
    assert found.constant == pytest.approx(2, abs=0.1)
    assert found.r_squared == pytest.approx(1, abs=1e-4)


def test_t_is_the_effect_over_its_standard_error():
    """Of y on x = 1 … 5 by hand: slope .9, squares left .7 of 3 free, Σ(x − x̄)² = 10."""
    found = regression([1, 3, 3, 4, 5], [[1], [2], [3], [4], [5]])
    assert found.effect[0] == pytest.approx(0.9)
    assert found.t[0] == pytest.approx(0.9 / np.sqrt(0.7 / 3 / 10))


def test_a_t_of_two_is_as_rare_as_it_should_be():
    luck = Chance(1).generator("respondents")
    t = [abs(regression(luck.random(60), luck.random((60, 1))).t[0]) for _ in range(1000)]
    assert np.mean(np.array(t) > 2.0) == pytest.approx(0.05, abs=0.015)


def test_a_noisy_cause_is_weakened_by_half_and_asking_again_restores_it():
    luck = Chance(2).generator("respondents")
    true = luck.standard_normal(50_000)
    first, again = true[:, None] + luck.standard_normal((2, 50_000, 1))[:, :, 0, None]
    assert regression(true, first).effect[0] == pytest.approx(0.5, abs=0.02)
    assert regression(true, first, again).effect[0] == pytest.approx(1, abs=0.03)


def test_alpha_of_parallel_items_follows_spearman_and_brown():
    """k items that correlate by r: α = k·r ÷ (1 + (k − 1)·r); here r = .5."""
    luck = Chance(3).generator("respondents")
    person = luck.standard_normal((50_000, 1))
    for items in (2, 4, 5):
        answers = person + luck.standard_normal((50_000, items))
        assert cronbach_alpha(answers) == pytest.approx(items / (items + 1), abs=0.01)


def test_alpha_of_items_that_have_nothing_in_common_is_zero():
    assert cronbach_alpha([[1, 1], [1, 2], [2, 1], [2, 2]]) == pytest.approx(0)


def test_what_cannot_be_estimated_is_said():
    with pytest.raises(ValueError, match="more people"):
        regression([1, 2], [[1], [2]])
    with pytest.raises(ValueError, match="leave it out"):
        regression([1, 2, 3, 4], [[1, 2], [2, 4], [3, 6], [4, 8]])
    with pytest.raises(ValueError, match="2 people"):
        cronbach_alpha([[1, 2, 3]])
    with pytest.raises(ValueError, match="nothing to explain"):
        cronbach_alpha([[1, 2], [1, 2]])


@pytest.mark.parametrize(("count", "t"), [(4, 3.182), (6, 2.571), (11, 2.228), (31, 2.042)])
def test_the_interval_of_a_mean_is_that_of_student_s_t(count, t):
    values = np.arange(count, dtype=float)
    found = mean_estimate([*values, np.nan])
    error = values.std(ddof=1) / np.sqrt(count)
    assert (found.value, found.count) == (values.mean(), count)
    assert (found.high - found.value) / error == pytest.approx(t, rel=0.03)


def test_a_share_of_none_or_all_still_has_an_interval():
    none, everybody = share_estimate(0, 20), share_estimate(20, 20)
    assert none.low == pytest.approx(0, abs=1e-12)
    assert none.high == pytest.approx(0.161, abs=1e-3)
    assert everybody.low == pytest.approx(1 - none.high)


@pytest.mark.parametrize(("yes", "count"), [(0, 0), (3, 2), (-1, 5)])
def test_a_share_of_nobody_is_refused(yes, count):
    with pytest.raises(ValueError, match="somebody asked"):
        share_estimate(yes, count)
