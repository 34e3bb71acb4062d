"""Four steps with twelve customers: each needs the one before (B-17)."""

from __future__ import annotations

from itertools import product

import pytest

from crmsim.model.theory.one_to_one import FourSteps, KnownCustomer, take_steps
from crmsim.runs.known_customers import customer_table, known_customers

PEOPLE = known_customers()
WELL = FourSteps(True, "potential", 4, learns=0.9, contacts=1, fit=0.5, guess=0.05)


def test_of_the_four_with_the_largest_receipt_none_is_among_those_who_could_buy_most():
    """The bet of lesson 33."""
    receipt = take_steps(PEOPLE, WELL._replace(by="last_receipt")).picked
    potential = take_steps(PEOPLE, WELL).picked
    assert len(set(receipt)) == len(set(potential)) == 4
    assert set(receipt).isdisjoint(potential)


@pytest.mark.parametrize(
    "left_out",
    [{"together": False}, {"by": "last_receipt"}, {"learns": 0.0}, {"fit": 0.05}],
    ids=["identify", "differentiate", "interact", "customise"],
)
def test_without_any_one_of_the_steps_more_than_half_of_the_gain_is_lost(left_out):
    whole, less = take_steps(PEOPLE, WELL), take_steps(PEOPLE, WELL._replace(**left_out))
    assert less.gain < whole.gain / 2


def test_who_lies_in_three_records_is_called_three_times():
    apart = take_steps(PEOPLE, WELL._replace(together=False))
    assert apart.annoyed == 2
    assert take_steps(PEOPLE, WELL).annoyed == 0


def test_nobody_bears_a_message_every_week():
    assert take_steps(PEOPLE, WELL._replace(contacts=12, count=12)).annoyed == len(PEOPLE)


def test_a_customer_in_several_records_looks_smaller_than_she_is():
    one = KnownCustomer(3, 900, 60, 800, 2)
    other = KnownCustomer(1, 400, 400, 60, 2)
    for together, first in product((True, False), repeat=2):
        people = [one, other] if first else [other, one]
        picked = take_steps(people, WELL._replace(together=together, by="last_year", count=1))
        assert people[picked.picked[0]] is (one if together else other)


@pytest.mark.parametrize(
    "change",
    [{"by": "name"}, {"count": 0}, {"count": 13}, {"contacts": 0}, {"learns": 1.5}, {"fit": -1}],
)
def test_what_is_no_step_is_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        take_steps(PEOPLE, WELL._replace(**change))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_known_only_afterwards_does_not_stand_in_the_first_table(lang):
    seen, whole = customer_table(lang), customer_table(lang, whole=True)
    assert list(whole.columns[:3]) == list(seen.columns)
    # every name of a column has its words
    assert not {"bears", "last_receipt", "last_year", "need", "potential"} & set(whole.columns)
    assert list(seen.index) == list(whole.index)
