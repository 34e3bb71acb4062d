"""Seeds and variants follow from a student number, however it is typed, and never change."""

from __future__ import annotations

import pytest

from crmsim.exercises.variants import same_number, seed_of, variant_of


def test_seeds_are_pinned_so_that_a_grader_finds_them_again_next_year():
    assert seed_of("2026001", "visit") == 363296187
    assert seed_of(None, "visit") != seed_of(None, "market")


@pytest.mark.parametrize(
    "typed", ["2026a01", " 2026A01 ", "２０２６ａ０１", "2026a01\u200b", "\ufeff2026a01\n"]
)
def test_one_number_typed_in_another_way_is_the_same_student(typed):
    assert seed_of(typed, "visit") == seed_of("2026A01", "visit")
    assert variant_of(typed, "12-ratio", 9) == variant_of("2026A01", "12-ratio", 9)


def test_a_class_gets_every_variant_about_as_often():
    drawn = [variant_of(str(2026000 + i), "12-ratio", 4) for i in range(400)]
    assert all(70 < drawn.count(each) < 130 for each in range(4))


def test_without_a_number_everybody_gets_the_first_variant():
    assert variant_of(None, "12-ratio", 5) == variant_of("", "12-ratio", 5) == 0
    assert variant_of("2026001", "12-ratio", 0) == 0


def test_two_numbers_are_one_student_only_where_they_are_typed_alike():
    assert same_number(" ２０２６ａ", "2026A")
    assert not same_number("2026A", "2026B")
