"""Right functions of the exercises: what they are by theory, and that only the grader has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.grading.references import carried_min, ripples


@given(st.floats(0, 0.9))
def test_below_one_the_ripples_die_away_and_at_one_they_never_do(gain):
    assert ripples(gain, 400) == pytest.approx(1 / (1 - gain))
    assert ripples(1.0, 9) == 10


@given(st.integers(1, 8), st.integers(0, 30), st.integers(0, 30))
def test_what_a_turn_makes_up_is_never_more_than_the_delay_it_meets(legs, added, recovered):
    late = carried_min(legs, added, recovered)
    assert late == max(added + (legs - 1) * (added - recovered), added)
