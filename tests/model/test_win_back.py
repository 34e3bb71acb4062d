"""Winning back a lost customer: whom, when, at what price (F15), over many seeds."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest

from crmsim import load, simulate
from crmsim.model.theory.complaints import repurchase_when_contacted
from crmsim.runs.run import Run

SEEDS = range(20)
WORDS = ("offer-first", "why-gone", "one-minute")
PRICES = ("half-price", "mend", "open-door", "all-of-it")
WAYS = [*product(("now", "autumn"), WORDS, PRICES), *(("peace", price) for price in PRICES)]


@cache
def played(person, way) -> list[Run]:
    case = load("win-back").change(persona=person)

    def decide(seen):
        offered = {choice.id for choice in seen.on_offer}
        return next(choice for choice in way if choice in offered)

    return [simulate(case, decide, seed=seed) for seed in SEEDS]


def worth(person, way) -> float:
    return float(np.mean([run.view.worth for run in played(person, way)]))


def stays(person, way) -> float:
    return float(np.mean([run.view.recovery["stays"] for run in played(person, way)]))


@pytest.mark.parametrize("person", ["huang", "ren"])
@pytest.mark.parametrize(("word", "price"), list(product(WORDS, PRICES)))
def test_to_wait_until_autumn_loses_chance_and_money_whatever_is_said(person, word, price):
    early, late = ("now", word, price), ("autumn", word, price)
    assert stays(person, early) > stays(person, late)
    assert worth(person, early) > worth(person, late)


def test_four_months_take_what_they_take_of_any_lost_customer():
    numbers = load("win-back").numbers
    lost = repurchase_when_contacted(141, numbers) / repurchase_when_contacted(21, numbers)
    ratio = stays("ren", ("autumn", "one-minute", "mend")) / stays(
        "ren", ("now", "one-minute", "mend")
    )
    assert ratio == pytest.approx(lost, abs=0.08)


def test_each_is_won_back_in_a_way_of_her_own():
    """The one who was hurt wants to be heard, the one who has moved wants it short."""
    best = {person: max(WAYS, key=lambda way: worth(person, way)) for person in ("huang", "ren")}
    assert best == {
        "huang": ("now", "why-gone", "mend"),
        "ren": ("now", "one-minute", "open-door"),
    }


@pytest.mark.parametrize("person", ["huang", "ren"])
def test_money_first_is_worth_less_than_a_question_and_all_of_it_least_of_the_generous(person):
    assert worth(person, ("now", "offer-first", "mend")) < worth(
        person, ("now", "one-minute", "mend")
    )
    assert worth(person, ("now", "one-minute", "all-of-it")) < worth(
        person, ("now", "one-minute", "mend")
    )


def test_to_be_left_in_peace_costs_the_hurt_one_more_than_the_one_who_has_moved():
    """Both are good: to call, and to leave in peace."""
    lost = {
        person: 1 - worth(person, ("peace", price)) / worth(person, ("now", "one-minute", price))
        for person, price in (("huang", "open-door"), ("ren", "open-door"))
    }
    assert 0 < lost["ren"] < lost["huang"]
