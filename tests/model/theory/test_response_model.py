"""A model of who will buy, and what it is worth on those whom it has not seen (C-18)."""

from __future__ import annotations

import numpy as np
import pytest

from crmsim.common.chance import Chance
from crmsim.model.theory.response_model import RIDGE, learned_chance_to_buy, learned_weights
from crmsim.runs.buyers import real_buyers, simulated_buyers
from crmsim.runs.lift import found_by_model, lift_of_buyers


def drawn(seed, count=4000):
    """Customers whose chance follows from two columns; a third one means nothing."""
    chance = Chance(seed)
    known = np.column_stack([chance.normal("buying", week, count) for week in range(3)])
    true = np.array([-0.5, 1.0, -0.7, 0.0])
    share = learned_chance_to_buy(known, true)
    return known, chance.uniform("buying", 9, count) < share, true


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_the_weights_with_which_customers_were_drawn(seed):
    known, buys, true = drawn(seed)
    assert learned_weights(known, buys) == pytest.approx(true, abs=0.15)


def test_no_other_weights_are_more_likely():
    known, buys, _ = drawn(1, 300)
    best = learned_weights(known, buys)

    def likely(weights):
        share = learned_chance_to_buy(known, weights)
        fit = np.log(np.where(buys, share, 1 - share)).sum()
        return fit - RIDGE * (weights @ weights) / 2

    for place in range(len(best)):
        for step in (-0.01, 0.01):
            other = best.copy()
            other[place] += step
            assert likely(other) < likely(best)


@pytest.mark.parametrize("seed", [*range(10)])
def test_what_it_learned_by_heart_is_worth_nothing_elsewhere(seed):
    found = found_by_model(simulated_buyers(seed), seed)
    assert found["many_learned"][2] > found["many_held_back"][2]
    assert found["many_held_back"][2] < found["few_held_back"][2]
    assert found["few_held_back"][1] / 0.1 > 2


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_so_it_is_with_real_buyers_whichever_it_learns_from(seed):
    found = found_by_model(real_buyers(), seed)
    assert found["many_learned"][2] > found["many_held_back"][2]
    assert found["many_held_back"][1] < found["few_held_back"][1]
    assert 2.3 < found["few_held_back"][1] / 0.1 < 2.8


def test_the_file_holds_what_is_found_with_the_real_buyers():
    found, kept = found_by_model(real_buyers()), lift_of_buyers()
    assert found.keys() == kept.keys()
    for name, values in found.items():
        assert values == pytest.approx(kept[name], abs=2e-4), name


@pytest.mark.parametrize(
    ("known", "buys"),
    [([[1.0]], [1]), ([[1.0]], [True, False]), ([1.0], [True]), ([[float("nan")]], [True])],
)
def test_what_does_not_fit_is_refused(known, buys):
    with pytest.raises(ValueError, match=r"known|buys"):
        learned_weights(known, buys)
