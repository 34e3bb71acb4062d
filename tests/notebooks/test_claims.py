"""Claims of the lessons about their runs hold for other luck as well."""

from __future__ import annotations

import numpy as np
import pytest

from crmsim import load, replay, simulate, what_if
from crmsim.exercises.declared import exercise
from crmsim.runs.run import Run
from crmsim.widgets.exercises.outcome import quarterly

SEEDS = (3, 12, 31)
each_luck = pytest.mark.parametrize("seed", SEEDS)


def of_quarter(run: Run, column: str, quarter: int) -> float:
    return float(np.mean(run.series[column][13 * quarter : 13 * quarter + 13]))


@each_luck
def test_a_bigger_promise_costs_satisfaction_at_once_and_service_only_later(seed):
    usual = simulate("buick-market", seed=seed)
    loud = what_if(usual, 2, {"promise": 0.1})
    fell = of_quarter(usual, "evaluation", 2) - of_quarter(loud, "evaluation", 2)
    assert fell > 0.45
    assert of_quarter(loud, "service", 2) == pytest.approx(
        of_quarter(usual, "service", 2), abs=0.01
    )
    assert of_quarter(usual, "service", 11) - of_quarter(loud, "service", 11) > 0.05
    assert loud.series["customers"][-1] < 0.85 * usual.series["customers"][-1]
    course = exercise("12-promise")
    assert np.allclose(course.given[-1], quarterly(course, loud)[0], atol=course.tolerance)


@each_luck
def test_a_bigger_promise_draws_in_nobody_that_one_could_see(seed):
    usual = simulate("buick-market", seed=seed)
    loud = what_if(usual, 2, {"promise": 0.1})
    came, would_have = (run.series["joined"][26:39].sum() for run in (loud, usual))
    assert came == pytest.approx(would_have, rel=0.15)


@each_luck
def test_a_smaller_promise_pleases_at_once_and_is_seen_through_within_a_year(seed):
    usual = simulate("buick-market", seed=seed)
    modest = what_if(usual, 2, {"promise": -0.1})
    better = [
        of_quarter(modest, "evaluation", quarter) - of_quarter(usual, "evaluation", quarter)
        for quarter in range(2, 12)
    ]
    assert 0.2 < better[0] < 0.35
    assert better[1] < 0.6 * better[0]
    assert np.abs(better[4:]).max() < 0.05
    assert modest.series["joined"].sum() < usual.series["joined"].sum()
    assert modest.series["customers"][-1] == pytest.approx(usual.series["customers"][-1], rel=0.05)


@each_luck
def test_an_unsteady_dealer_loses_by_the_asymmetric_rule_only(seed):
    town = load("buick-market")
    rules = ("ratio", "difference", "asymmetric")
    mean = {
        rule: simulate(town.change(rule=rule), seed=seed).series["evaluation"].mean()
        for rule in rules
    }
    assert mean["asymmetric"] < 3.9
    assert min(mean["ratio"], mean["difference"]) > 3.95


@each_luck
def test_delight_leaps_fades_and_falls_below_where_it_began(seed):
    wash = load("buick-market").change(
        style={"surprise": 1, "cost": 30}, parameters={"surprise_half_life_visits": 2}
    )
    washed = [{"adoption": 0}] * 2 + [{"adoption": 1}] * 6 + [{"adoption": 0}] * 4
    course = exercise("12-delight")
    start, *quarters = quarterly(course, simulate(wash, replay(washed), seed=seed))
    assert quarters[0] > start + 0.6
    assert quarters[:6] == sorted(quarters[:6], reverse=True)
    assert quarters[6] < start - 0.3


def test_delays_take_most_from_the_passengers_of_an_airline():
    airline = load("southwest")
    weights = airline.weights.shares()
    taken = {
        mode.id: mode.rate * sum(weights[part] * loss for part, loss in mode.severity.items())
        for mode in airline.failures
    }
    assert max(taken, key=taken.get) == "delay"
    assert taken["delay"] > 2 * sorted(taken.values())[-2]


@each_luck
def test_growth_that_outruns_training_slides_beneath_its_rise(seed):
    airline = load("southwest")
    rest = [{}] * (16 - len(airline.history.actions))
    rose = simulate(airline, replay([*airline.history.actions, *rest]), seed=seed)
    passengers = quarterly(exercise("32-growth"), rose)
    assert max(passengers) > 1.35 * passengers[0]
    assert passengers.index(max(passengers)) in (4, 5, 6)
    assert passengers[12] < 1.05 * passengers[0]
    satisfied = [of_quarter(rose, "evaluation", quarter) for quarter in range(5)]
    assert satisfied[4] < satisfied[0] - 0.1
    assert of_quarter(rose, "profit", 4) < 0 < of_quarter(rose, "profit", 1)


def test_the_deed_is_cheap_the_rule_is_expensive_and_the_students_pay():
    years = [simulate("southwest", seed=seed) for seed in range(4)]

    def gain(quarter: int, card: str, option: str) -> float:
        changed = [what_if(usual, quarter, {card: option}) for usual in years]
        runs = zip(changed, years, strict=True)
        return sum(float(a.series["profit"].sum() - b.series["profit"].sum()) for a, b in runs) / 4

    once = gain(1, "missed-flight", "light-aircraft")
    rule = gain(1, "missed-flight", "make-it-a-rule")
    assert -12_000 < once < -2_000
    assert rule < 10 * once
    assert gain(2, "five-students", "retime") > 1_000
