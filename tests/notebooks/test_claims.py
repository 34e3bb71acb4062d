"""Claims of the lessons about their runs hold for other luck as well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crmsim import load, replay, simulate, what_if
from crmsim.authoring.build_lessons import NOTEBOOKS, read
from crmsim.exercises.declared import exercise
from crmsim.exercises.variants import seed_of
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
    assert 0.4 < fell < 0.65
    assert of_quarter(loud, "service", 2) == pytest.approx(
        of_quarter(usual, "service", 2), abs=0.01
    )
    assert of_quarter(usual, "service", 11) - of_quarter(loud, "service", 11) > 0.05
    assert loud.series["customers"][-1] < 0.85 * usual.series["customers"][-1]
    course = exercise("12-promise")
    assert np.allclose(course.given[-1], quarterly(course, loud)[0], atol=course.tolerance)


@each_luck
def test_a_bigger_promise_draws_in_a_handful_at_most(seed):
    usual = simulate("buick-market", seed=seed)
    loud = what_if(usual, 2, {"promise": 0.1})
    came, would_have = (run.series["joined"][26:39].sum() for run in (loud, usual))
    assert -5 < came - would_have < 15


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


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    """The policies of lesson 31 as its own cells declare them."""
    names: dict[str, Any] = {"load": load, "lang": "en", "simulate": simulate}
    (source,) = NOTEBOOKS.glob("source/31-*.md")
    cells = {cell.id: cell.en for cell in read(source)}
    exec(cells["quarter-run"].partition("usual, slip")[0], names)
    for name in ("saver", "carer"):
        exec(cells[name], names)
    return names


def five_years(lesson: dict[str, Any], number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what the saver and the carer have earned more than the waiter, week by week."""
    luck = seed_of(f"2026{number:03}", "31")
    town = lesson["town"].change(years=5)
    policies = (lesson["bad_quarter"], lesson["saver"], lesson["carer"])
    waited, saved, cared = (simulate(town, each, luck).series["profit"] for each in policies)
    return (saved - waited).cumsum(), (cared - waited).cumsum()


@pytest.mark.parametrize("number", [1, 2, 74])
def test_saving_leads_for_more_than_a_year_and_is_far_behind_after_five(lesson, number):
    saver, carer = five_years(lesson, number)
    assert saver[51:91].min() > 0
    assert saver.max() > 60_000
    assert saver[-1] < -100_000
    assert carer[:52].min() < 0
    assert carer[-1] > saver[-1]


@pytest.mark.long
def test_waiting_saving_and_caring_end_as_the_lesson_tells_for_200_students(lesson):
    runs = [five_years(lesson, number) for number in range(1, 201)]
    assert all(saver[51:78].min() > 0 > saver[-1] for saver, _ in runs)
    ends = np.array([(saver[-1], carer[-1]) for saver, carer in runs])
    assert -1_000_000 < ends[:, 0].min() < -150_000 > np.percentile(ends[:, 0], 90)
    assert (ends[:, 1] > 0).mean() > 0.9
    assert 50_000 < np.median(ends[:, 1]) < 200_000


@pytest.mark.parametrize("number", [1, 2])
def test_a_bad_quarter_is_gone_from_evaluation_at_once_and_from_reputation_in_years(lesson, number):
    luck = seed_of(f"2026{number:03}", "31")
    policies = (lesson["as_usual"], lesson["bad_quarter"])
    usual, slip = (simulate(lesson["town"], each, luck) for each in policies)
    fell = [
        100 * (slip.series["reputation"][week] - usual.series["reputation"][week])
        for week in (38, 51, 116, 155)
    ]
    assert -19 < fell[0] < -13
    assert -15 < fell[1] < -9
    assert -6 < fell[2] < -2
    assert -4 < fell[3] < -1
    back = of_quarter(slip, "evaluation", 3) - of_quarter(usual, "evaluation", 3)
    assert abs(back) < 0.15
    assert -0.14 < slip.series["profit"].sum() / usual.series["profit"].sum() - 1 < -0.07
