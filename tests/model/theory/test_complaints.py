"""After a problem: fates, justice, remedies."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim import load, simulate
from crmsim.model.equations import visit_terms
from crmsim.model.theory.complaints import (
    REMEDIES,
    justice,
    most_mended,
    promptness,
    repurchase_when_contacted,
    satisfied,
    stay_chances,
    staying,
    staying_after,
)

SHARES = st.floats(0, 1)


@pytest.fixture(scope="module")
def numbers():
    return load("sunset").numbers


@pytest.mark.parametrize("severity", ["serious", "small"])
def test_a_better_fate_keeps_more_customers(numbers, severity):
    chances = list(stay_chances(numbers, severity).values())
    assert chances == sorted(chances)
    assert staying(0.0, 0.5, 0.5, numbers, severity) == chances[0]
    assert staying(1.0, 1.0, 1.0, numbers, severity) == chances[-1]


def test_small_problems_are_forgiven_more_often(numbers):
    small, serious = (stay_chances(numbers, severity) for severity in ("small", "serious"))
    assert all(small[fate] > serious[fate] for fate in serious)


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_that_makes_no_sense(numbers, share):
    for place, name in enumerate(("complain", "resolved", "fast")):
        shares = [0.5] * 3
        shares[place] = share
        with pytest.raises(ValueError, match=name):
            staying(*shares, numbers)


def test_the_weights_of_justice_are_in_their_published_order(numbers):
    """Orsingher, Valentini & de Angelis 2010: distributive > interactional > procedural."""
    parts = np.eye(3)
    weights = [justice(*part, numbers) for part in parts]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) == pytest.approx(1)


def test_an_apology_satisfies_beside_money_and_without_it(numbers):
    fairness = {name: justice(*remedy, 0.5, numbers) for name, remedy in REMEDIES.items()}
    happy = {name: satisfied(fair, numbers) for name, fair in fairness.items()}
    assert happy["money-and-apology"] > happy["money"] > happy["apology"] > happy["nothing"]
    assert happy["money-and-apology"] / happy["money"] == pytest.approx(2, abs=0.1)


def test_both_clocks_count_and_the_response_first(numbers):
    at_once, slow = promptness(0.0, 24.0, numbers), promptness(6.0, 24.0, numbers)
    assert 1 > at_once > slow > promptness(6.0, 48.0, numbers) > 0
    assert promptness(np.inf, np.inf, numbers) == 0


def test_a_recovery_that_comes_late_wins_back_fewer(numbers):
    chance = repurchase_when_contacted(np.array([0.0, 10.0, 132.0, 264.0, np.inf]), numbers)
    assert (np.diff(chance) < 0).all()
    assert chance[[2, 3, 4]] == pytest.approx(chance[0] * np.array([0.5, 0.25, 0.0]))


def test_the_worse_the_failure_the_less_of_it_can_be_mended(numbers):
    """E-12: very bad quality cannot be mended; a trifle may end above no failure (F14)."""
    mended = most_mended(np.linspace(0, 1, 11), numbers)
    assert (np.diff(mended) < 0).all()
    assert mended[0] > 1 > mended[5] > mended[-1] > 0


@pytest.mark.parametrize("severity", [-0.1, 1.1, float("nan"), "bad"])
def test_a_severity_that_makes_no_sense(numbers, severity):
    with pytest.raises(ValueError, match="severity"):
        most_mended(severity, numbers)


@given(fairness=SHARES, severity=SHARES, days=st.floats(0, 1000))
def test_a_fairer_a_milder_and_a_quicker_recovery_keeps_more(fairness, severity, days):
    numbers = load("sunset").numbers
    stays = staying_after(fairness, severity, days, numbers)
    assert 0 <= stays <= 1
    assert stays <= staying_after(1, severity, days, numbers)
    assert stays <= staying_after(fairness, 0, days, numbers)
    assert stays <= staying_after(fairness, severity, 0, numbers)


def test_staying_lies_between_the_two_ends_that_tarp_published(numbers):
    """TARP 1979/86, at once: unresolved .19 and fast .82 (serious), .46 and .95 (small)."""
    ends = [staying_after(fair, bad, 0, numbers) for bad in (1, 0) for fair in (0, 1)]
    assert ends == pytest.approx([0.19, 0.82, 0.46, 0.95])
    assert staying_after(1, 1, 132, numbers) == pytest.approx(0.82 / 2)


def test_in_a_market_a_severe_failure_is_mended_less():
    """The same complaints, put right as often; only how bad the failures were differs."""
    town = load("buick-market").change(people=2000, years=1)
    usual = simulate(town, seed=1)
    off = simulate(town.change(parameters=town.parameters | {"failure_severity": 0.0}), seed=1)
    pd.testing.assert_frame_equal(usual.log, off.log)
    least, most = (visit_terms(_with(town, s), "asymmetric").lifted_to[3:] for s in (0.0, 1.0))
    assert np.allclose(least, [3.8, 4.3])
    assert (np.asarray(most) < least).all()
    assert (np.asarray(most) > town.numbers.talk_bad_at).all()


def _with(town, severity):
    return town.change(parameters=town.parameters | {"failure_severity": severity}).numbers
