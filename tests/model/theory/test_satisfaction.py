"""Satisfaction: a comparison on one scale, whatever the rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim import load
from crmsim.model.theory.satisfaction import repurchase, satisfaction

RULES = ("ratio", "difference", "asymmetric")
NUMBERS = load("buick-market").numbers
quality = st.floats(0, 1, allow_nan=False)


@given(level=st.floats(0.05, 1), rule=st.sampled_from(RULES))
def test_what_was_expected_satisfies_alike_under_every_rule(level, rule):
    assert satisfaction(level, level, NUMBERS, rule) == pytest.approx(4)


@given(perceived=quality, better=quality, expected=quality, rule=st.sampled_from(RULES))
def test_better_is_never_less_satisfying_and_the_scale_holds(perceived, better, expected, rule):
    low, high = sorted((perceived, better))
    worse, nicer = (satisfaction(q, expected, NUMBERS, rule) for q in (low, high))
    assert 1 <= worse <= nicer + 1e-12 <= 5 + 1e-12


@given(perceived=quality, expected=quality, more=quality, rule=st.sampled_from(RULES))
def test_who_expects_more_is_never_more_satisfied(perceived, expected, more, rule):
    low, high = sorted((expected, more))
    assert (
        satisfaction(perceived, high, NUMBERS, rule)
        <= satisfaction(perceived, low, NUMBERS, rule) + 1e-12
    )


@pytest.mark.parametrize("rule", RULES)
def test_arrays_and_numbers_agree(rule):
    perceived, expected = np.linspace(0, 1, 7), np.full(7, 0.6)
    together = satisfaction(perceived, expected, NUMBERS, rule)
    alone = [satisfaction(float(q), 0.6, NUMBERS, rule) for q in perceived]
    assert np.allclose(together, alone)


def test_repurchase_rises_with_satisfaction():
    curve = repurchase(np.linspace(1, 5, 9), NUMBERS)
    assert (np.diff(curve) > 0).all()
