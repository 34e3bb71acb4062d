"""A student number in any script gives seeds and variants of its own, the same everywhere."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.text import one_line
from crmsim.course import progress, student
from crmsim.course.student import MOST_NAME, Student, StudentError
from crmsim.exercises.variants import MOST_NUMBER, clean_number, seed_of


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))


def test_without_a_number_everything_works_and_is_the_same_for_all():
    assert student.current() is None
    assert student.student_number() is None
    assert student.seed("visit") == seed_of(None, "visit") == seed_of("", "visit")
    assert student.variant("12-ratio", 5) == 0


def test_who_she_is_outlives_the_kernel_and_who_was_there_before_stays_on_record():
    student.enter(" 2026001 ", "林 悦")
    student.enter("2026001", "林悦")
    student.enter("2026002", "Zoë O’Brien")
    assert student.current() == Student("2026002", "Zoë O’Brien")
    assert progress.load_record("student")["earlier"] == [{"number": "2026001", "name": "林悦"}]


@pytest.mark.parametrize("nothing", ["", "  ", "\u202e", "\x00", None])
def test_a_number_that_is_none_is_refused(nothing):
    with pytest.raises(StudentError):
        student.enter(nothing or "")
    assert student.current() is None


@given(st.text(), st.text())
def test_whatever_is_typed_is_one_short_line_without_tricks(number, name):
    for clean, again, most in (
        (clean_number(number), clean_number, MOST_NUMBER),
        (one_line(name, MOST_NAME), lambda text: one_line(text, MOST_NAME), MOST_NAME),
    ):
        assert len(clean) <= most
        assert again(clean) == clean
        assert not set("\n\r\t\x00\u202e\u2066") & set(clean)
    assert 0 <= seed_of(number, name) < 2**31


@pytest.mark.parametrize("wreck", [{}, {"number": 7}, {"number": ["x"]}, {"earlier": "me"}, []])
def test_a_damaged_identity_is_no_obstacle(wreck):
    progress.write_in_folder("student.json", json.dumps(wreck))
    student.current()
    assert student.enter("2026003").number == student.student_number() == "2026003"
