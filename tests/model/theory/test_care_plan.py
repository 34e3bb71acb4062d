"""Care plans: whom, how often and with what proof; what lesson 33 says of them, over many seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.exercises.declared import exercise
from crmsim.figures.one_to_one import lesson_campaign
from crmsim.model.theory.care_plan import CarePlan, carried_out, expected_care
from crmsim.scenario.parameters import declared_numbers

NUMBERS = declared_numbers()
PEOPLE = 1000
SEEDS = [*range(20), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(20, 100))]
GOOD = CarePlan(300, by_effect=1, strength=1.9, annoyance=0.04, control=0.2)


@pytest.mark.parametrize("seed", SEEDS)
def test_those_whom_a_trial_shows_beat_the_silent_the_silent_the_best_and_all_annoy_most(seed):
    found = {
        name: expected_care(seed, PEOPLE, plan, NUMBERS)
        for name, plan in {
            "answered": GOOD,
            "silent": GOOD._replace(by_effect=0, by_readiness=-1),
            "best": GOOD._replace(by_effect=0, by_readiness=1),
            "all": GOOD._replace(by_effect=0, count=PEOPLE),
        }.items()
    }
    assert found["answered"].extra > 2 * found["silent"].extra
    assert found["silent"].extra > found["best"].extra
    assert found["all"].annoyed > 5 * found["answered"].annoyed
    assert found["answered"].extra * NUMBERS.care_margin - 2200 > 3000


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plan_of_the_key_reaches_its_aims_with_other_customers_too(seed):
    """The trial pays in every town that the lesson speaks of."""
    task = exercise("33-care")
    elsewhere = {**task.settings, "seed": seed}
    results = type(task)(
        **{name: getattr(task, name) for name in task.__struct_fields__} | {"settings": elsewhere}
    ).achieved(task.key)
    trial = {aim.of: aim.met(results[aim.of]) for aim in task.aims}
    assert trial["annoyed"]
    assert trial["proof"]
    assert results["net"] > 4000


@pytest.mark.parametrize("seed", SEEDS)
def test_the_report_says_much_more_than_the_calls_have_done(seed):
    found = lesson_campaign(seed)
    assert (found.contacted, found.control) == (240, 240)
    assert found.came_contacted >= 2.5 * found.uplift.points * found.contacted


def test_what_is_carried_out_lies_around_what_was_expected():
    gaps, errors = [], []
    for seed in range(100):
        plan = GOOD._replace(control=0.5)
        shown = carried_out(seed, PEOPLE, plan, NUMBERS).uplift
        gaps.append(shown.points - expected_care(seed, PEOPLE, plan, NUMBERS).uplift)
        errors.append(shown.standard_error)
    assert abs(np.mean(gaps)) < 0.02
    assert np.mean(np.abs(gaps) < 1.96 * np.array(errors)) >= 0.9


@given(st.integers(0, 500), st.integers(1, 11), st.floats(0.01, 0.5))
@settings(max_examples=40, deadline=None)
def test_one_contact_more_never_helps_by_itself(seed, contacts, annoyance):
    plan = GOOD._replace(contacts=contacts, annoyance=annoyance)
    less = expected_care(seed, 200, plan._replace(count=60), NUMBERS)
    more = expected_care(seed, 200, plan._replace(count=60, contacts=contacts + 1), NUMBERS)
    assert more.extra < less.extra
    assert more.annoyed > less.annoyed


def test_without_a_control_group_nothing_is_shown():
    assert expected_care(1, PEOPLE, GOOD._replace(control=0), NUMBERS).standard_error == math.inf
    sizes = [GOOD._replace(control=share) for share in (0.05, 0.2, 0.5)]
    errors = [expected_care(1, PEOPLE, plan, NUMBERS).standard_error for plan in sizes]
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize(
    "change",
    [{"count": 0}, {"count": 1001}, {"contacts": 0}, {"strength": -1}, {"control": 1.2}],
)
def test_what_is_no_plan_is_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        expected_care(1, PEOPLE, GOOD._replace(**change), NUMBERS)
