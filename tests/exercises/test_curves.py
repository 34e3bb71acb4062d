"""A drawn curve against the one that came: what is off is named, whatever their size and place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.exercises.curves import compare_curves, curve_of

START = 50
FALL = (0, -10, -8, -6, -4, -3, -2, -1, 0)
STEP = (0, -10, -10, -10, -10, -10, -10, -10, -10)
shapes = st.lists(st.integers(-20, 20), min_size=2, max_size=9).map(lambda rest: [0, *rest])


def curve(changes, times: float = 1) -> list[float]:
    return [START + times * change for change in changes]


@pytest.mark.parametrize(
    ("drawn", "came", "verdict"),
    [
        (FALL, FALL, ("right",)),
        ((0,) * 9, (0,) * 9, ("nothing",)),
        ((0,) * 9, FALL, ("no-effect",)),
        (FALL, (0,) * 9, ("none-came",)),
        ([-c for c in FALL], FALL, ("wrong-way",)),
        ([3 * c for c in FALL], FALL, ("right-shape", "strong")),
        (FALL, [3 * c for c in FALL], ("right-shape", "weak")),
        ((0, *STEP[:-1]), STEP, ("right-direction", "late")),
        (STEP, (0, 0, *STEP[:-2]), ("right-direction", "early")),
        ((0, -10, 0, 0, 0, 0, 0, 0, 0), FALL, ("right-direction", "too-soon")),
        (STEP, FALL, ("right-direction", "too-long")),
        ((0, 10, 5, 0, 0, 0), (0, 10, 8, 6, -8, -4), ("right-direction", "one-side")),
        ((0, 10, 8, 6, -8, -4), (0, 10, 8, 6, -8, -4), ("right",)),
        ((0, 10, 10, 10, 0, 0), (0, 10, 8, 6, -8, -4), ("right-direction", "too-long")),
        ((0, -11, -9, -7, -6, -5, -4, -3, -2), (0, -11, -8, -5, -4, -2, -1, -1, 0), ("right",)),
        ((0, 0, 0, -30, 0, 0, 0, 0, 0), FALL, ("right-direction", "late", "strong", "too-soon")),
    ],
)
def test_what_is_off_is_named(drawn, came, verdict):
    assert compare_curves(curve(drawn), curve(came), tolerance=2).verdict == verdict


@given(shapes, st.floats(-100, 100))
def test_a_curve_fits_itself_wherever_it_lies(changes, start):
    values = [start + change for change in changes]
    assert compare_curves(values, values, tolerance=0.5).slips == ()


@given(shapes, st.integers(1, 4))
def test_a_curve_moved_by_quarters_is_that_much_too_late_or_too_early(changes, quarters):
    late = curve([0] * quarters + changes)
    punctual = curve([*changes, *[changes[-1]] * quarters])
    moves = any(changes)
    assert compare_curves(late, punctual, tolerance=0.5).quarters == moves * quarters
    assert compare_curves(punctual, late, tolerance=0.5).quarters == -moves * quarters


@given(shapes, st.integers(16, 90).map(lambda tenths: tenths / 10))
def test_size_is_judged_apart_from_shape_and_time(changes, times):
    same = {(), ("strong",), ("weak",)}
    strong = compare_curves(curve(changes, times), curve(changes), tolerance=0.5)
    weak = compare_curves(curve(changes), curve(changes, times), tolerance=0.5)
    assert strong.slips in same
    assert strong.quarters == weak.quarters == 0
    if strong.slips:
        assert (strong.slips, weak.slips) == (("strong",), ("weak",))


@given(shapes, shapes)
def test_turned_upside_down_two_curves_compare_alike(drawn, came):
    plain = compare_curves(curve(drawn), curve(came), tolerance=1)
    assert compare_curves(curve(drawn, -1), curve(came, -1), tolerance=1).slips == plain.slips


@given(shapes, st.floats(0, 30))
def test_a_curve_without_change_is_one_within_its_tolerance(changes, tolerance):
    found = curve_of(curve(changes), tolerance)
    assert (found.change == 0) == (max(map(abs, changes)) <= tolerance)
