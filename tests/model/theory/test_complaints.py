"""After a problem: fates, justice, remedies."""

import numpy as np
import pytest

from crmsim import load
from crmsim.model.theory.complaints import (
    REMEDIES,
    justice,
    promptness,
    repurchase_when_contacted,
    satisfied,
    stay_chances,
    staying,
)


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
