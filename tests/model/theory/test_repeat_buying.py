"""Repeat buying (Fader, Hardie & Lee 2005): the customers who buy again, and those who are gone."""

from math import exp, gamma, lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.model.theory.repeat_buying import (
    PUBLISHED,
    RepeatBuying,
    alive,
    fit,
    log_likelihood,
    purchases,
    simulated,
)

positive = st.floats(0.1, 20)
models = st.builds(RepeatBuying, r=positive, alpha_week=positive, a=positive, b=st.floats(1.1, 20))


def beta(one, two):
    return exp(lgamma(one) + lgamma(two) - lgamma(one + two))


@given(models, st.integers(0, 30), st.floats(0, 1), st.floats(1, 200))
def test_the_likelihood_is_that_of_the_published_formula(model, many, share, observed):
    """Equation 6 of Fader, Hardie & Lee, with gamma and beta functions, customer by customer."""
    last = share * observed if many else 0.0
    r, alpha, a, b, _ = model
    stays = beta(a, b + many) / beta(a, b) * gamma(r + many) * alpha**r
    likely = stays / gamma(r) / (alpha + observed) ** (r + many)
    if many:
        left = beta(a + 1, b + many - 1) / beta(a, b) * gamma(r + many) * alpha**r
        likely += left / gamma(r) / (alpha + last) ** (r + many)
    known = purchases([many], [last], [observed])
    assert log_likelihood(known, model) == pytest.approx(log(likely), abs=1e-7)


@given(st.integers(1, 20), st.floats(1, 50), st.floats(0.1, 50))
def test_the_longer_the_silence_the_less_likely_she_is_a_customer(many, last, silent):
    sooner, later = alive(
        purchases([many, many], [last, last], [last + silent / 2, last + silent]), PUBLISHED
    )
    assert 0 <= later < sooner <= 1


def test_who_bought_once_counts_as_a_customer():
    assert alive(purchases([0], [0], [39]), PUBLISHED).tolist() == [1.0]


def test_the_fit_finds_the_numbers_again_that_buyers_were_made_with():
    """Recovered: planted in simulated buyers, found by the course's own estimator."""
    planted = RepeatBuying(r=0.8, alpha_week=6.0, a=1.2, b=3.0)
    found = [fit(simulated(6000, 78, planted, seed)) for seed in range(5)]
    assert len(found) == 5
    mean = np.mean([each[:4] for each in found], axis=0)
    assert mean == pytest.approx(planted[:4], rel=0.12)


def test_nothing_near_the_fit_is_more_likely():
    town = simulated(1500, 52, PUBLISHED, seed=2)
    best = fit(town)
    nearby = [
        best._replace(**{name: getattr(best, name) * times})
        for name in ("r", "alpha_week", "a", "b")
        for times in (0.97, 1.03)
    ]
    assert len(nearby) == 8
    assert all(log_likelihood(town, each) < best.log_likelihood for each in nearby)


def test_the_first_half_is_the_same_however_long_one_looks():
    half, whole = (simulated(500, weeks, PUBLISHED, seed=4) for weeks in (39, 78))
    assert half.repeats.sum() > 0
    assert (whole.repeats >= half.repeats).all()
    stayed = whole.repeats == half.repeats
    assert (whole.last_week[stayed] == half.last_week[stayed]).all()


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        (([], [], []), "lengths 0, 0, 0"),
        (([1], [2, 3], [4, 5]), "lengths 1, 2, 2"),
        (([0, 1.5], [0, 1], [9, 9]), "customer 1: repeats must be whole"),
        (([-1], [0], [9]), "customer 0: repeats must be whole"),
        (([1], [10], [9]), "customer 0: last_week must lie"),
        (([0], [3], [9]), "customer 0: last_week must be 0"),
        (([float("nan")], [0], [9]), "must be finite"),
    ],
)
def test_customers_that_cannot_be_are_refused(given_, said):
    with pytest.raises(ValueError, match=said):
        purchases(*given_)


def test_where_nobody_bought_again_there_is_nothing_to_fit():
    with pytest.raises(ValueError, match="nobody bought again"):
        fit(purchases([0, 0], [0, 0], [39, 39]))
