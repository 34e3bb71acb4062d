"""Numbers are read as people type them, or not at all; none is changed without a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.numbers import number, typed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("−4000", -4000),
        ("–4,000", -4000),
        ("负4000", -4000),
        ("－３８００", -3800),
        ("-5万", -50_000),
        ("-4千", -4000),
        ("1.5百万", 1_500_000),
        ("１８５", 185),
        ("185分钟", 185),
        (" 12.5 % ", 12.5),
        ("¥1,234,567.5", 1_234_567.5),
        ("+3", 3),
        (".5", 0.5),
        ("1e3", 1000),
    ],
)
def test_what_people_type_is_read(text, value):
    assert typed(text) == value


NONE = ["", " ", "1/2", "3到5", "1,5", "12,34", "1.2.3", "1e999", "nan", "inf", "一百八十五"]
NONE += ["5 or 6", "5 dozen", "-", "负", "--3", "万", "0x10", "1_000", "²", "3²", "1½"]


@pytest.mark.parametrize("text", NONE)
def test_what_could_mean_something_else_is_not_read(text):
    assert typed(text) is None


@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_what_the_course_writes_can_be_typed_again(value, digits):
    assert typed(number(value, digits)) == pytest.approx(round(value, digits))


@given(st.text(max_size=20))
def test_whatever_is_typed_nothing_is_raised(text):
    assert typed(text) is None or isinstance(typed(text), float)
