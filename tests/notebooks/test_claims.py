"""Claims of the lessons about their runs hold for other luck as well."""

from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks import lesson_31
from benchmarks.model_digest import model_digest
from crmsim import load, replay, simulate, what_if
from crmsim.authoring.build_lessons import NOTEBOOKS, read_source
from crmsim.exercises.declared import exercise
from crmsim.exercises.variants import seed_of
from crmsim.runs.run import Run
from crmsim.widgets.exercises.outcome import quarterly

pytestmark = pytest.mark.usefixtures("compiled_engine")

SEEDS = (3, 12, 31)
each_luck = pytest.mark.parametrize("seed", SEEDS)


@cache
def usual_run(name: str, seed: int) -> Run:
    return simulate(name, seed=seed)


@cache
def louder(seed: int) -> Run:
    """A dealership that promises more from its third quarter on."""
    return what_if(usual_run("buick-market", seed), 2, {"promise": 0.1})


def of_quarter(run: Run, column: str, quarter: int) -> float:
    return float(np.mean(run.series[column][13 * quarter : 13 * quarter + 13]))


@each_luck
def test_a_bigger_promise_costs_satisfaction_at_once_and_service_only_later(seed):
    usual, loud = usual_run("buick-market", seed), louder(seed)
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
    usual, loud = usual_run("buick-market", seed), louder(seed)
    came, would_have = (run.series["joined"][26:39].sum() for run in (loud, usual))
    assert -5 < came - would_have < 15


@each_luck
def test_a_smaller_promise_pleases_at_once_and_is_seen_through_within_a_year(seed):
    usual = usual_run("buick-market", seed)
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


@each_luck
def test_a_storm_costs_a_tenth_of_a_point_and_satisfaction_rises_again_in_the_next_quarter(seed):
    usual = usual_run("southwest", seed)
    before, storm, after = (of_quarter(usual, "evaluation", quarter) for quarter in (10, 11, 12))
    assert before - storm == pytest.approx(0.1, abs=0.05)
    assert after > storm + 0.5 * (before - storm)


def test_the_deed_is_cheap_the_rule_is_expensive_and_the_students_pay():
    years = [usual_run("southwest", seed) for seed in SEEDS]

    def gain(quarter: int, card: str, option: str) -> float:
        changed = [what_if(usual, quarter, {card: option}) for usual in years]
        runs = zip(changed, years, strict=True)
        return sum(float(a.series["profit"].sum() - b.series["profit"].sum()) for a, b in runs) / 3

    once = gain(1, "missed-flight", "light-aircraft")
    rule = gain(1, "missed-flight", "make-it-a-rule")
    assert -12_000 < once < -2_000
    assert rule < 10 * once
    assert gain(2, "five-students", "retime") > 1_000


# -- lesson 31, for the luck of each of 200 students ------------------------------------------


@pytest.fixture(scope="module")
def shown() -> pd.DataFrame:
    """The stored table of what lesson 31 shows to each of 200 students."""
    return lesson_31.stored()


def test_the_table_of_200_students_is_of_the_model_as_it_is(shown):
    assert list(shown.number) == list(lesson_31.NUMBERS)
    assert set(shown.model) == {model_digest("buick-market")}, "python -m benchmarks.lesson_31"


@pytest.mark.parametrize("number", [1, 74])
def test_the_table_tells_what_a_student_sees(shown, number):
    (seen,) = lesson_31.table([number]).to_dict("records")
    assert seen == pytest.approx(shown[shown.number == number].to_dict("records")[0], abs=0.01)


@pytest.mark.long
def test_the_table_tells_what_every_student_sees(shown):
    pd.testing.assert_frame_equal(lesson_31.table(), shown, check_dtype=False, atol=0.01)


def test_saving_leads_at_first_and_is_far_behind_after_five_years_for_everybody(shown):
    assert (shown.saver_mean_year_2 > 0).all()
    assert (shown.saver_most > 50_000).all()
    assert shown.saver_most.median() == pytest.approx(100_000, rel=0.25)
    assert (shown.saver_end < -100_000).all()
    assert shown.saver_end.median() == pytest.approx(-500_000, rel=0.2)


def test_caring_ends_a_little_ahead_but_not_for_everybody(shown):
    assert (shown.carer_least_year_1 < 0).all()
    assert 0.9 < (shown.carer_end > 0).mean() < 1
    assert shown.carer_end.median() == pytest.approx(100_000, rel=0.4)
    assert (shown.carer_end > shown.saver_end).all()


def test_the_saver_mostly_leads_until_the_third_year(shown):
    weeks = lesson_31.BAD_QUARTER_ENDS + shown.saver_behind
    assert (weeks > 78).all()
    assert weeks.between(104, 156).mean() > 0.7


def test_a_bad_quarter_is_felt_in_reputation_for_years_and_costs_a_tenth_of_profit(shown):
    for column, points in {"38": 16, "51": 12, "116": 4, "155": 2}.items():
        assert (shown[f"fell_week_{column}"] - points).abs().max() < 3
        assert shown[f"fell_week_{column}"].median() == pytest.approx(points, abs=0.5)
    assert (shown["31-bet-quarter"] + 10).abs().median() < 1.5
    assert shown["31-bet-quarter"].between(-15, -5).all()


def test_those_who_were_hit_make_most_of_the_damage_and_no_link_is_the_largest_for_everybody(shown):
    assert (shown.lost_visitors / shown.lost_pay).median() == pytest.approx(0.6, abs=0.05)
    assert shown["31-bet-link"].value_counts(normalize=True).between(0.15, 0.6).all()
    assert shown["31-bet-link"].nunique() == 3


def test_the_verdict_of_each_bet_agrees_with_what_the_figures_show(shown):
    for row in shown.to_dict("records"):
        assert row["31-bet-quarter"] == pytest.approx(-row["lost_pay"], abs=0.01)
        steps = ("lost_visitors", "lost_word_of_mouth", "lost_attitude", "lost_pay")
        added = [row[after] - row[before] for before, after in pairwise(steps)]
        links = ("word-of-mouth", "attitude", "pay")
        ends = {"waiter": 0.0, "saver": row["saver_end"], "carer": row["carer_end"]}
        weeks, half_a_year, two_years = row["saver_behind"], 26, 104
        behind = "at-once" if weeks < half_a_year else "two-years" if weeks < two_years else "later"
        right = {
            "31-bet-link": links[int(np.argmax(added))],
            "31-bet-five": max(ends, key=ends.__getitem__),
            "31-bet-behind": "never" if weeks < 0 else behind,
        }
        for name, option in right.items():
            bet = exercise(name)
            for each in bet.options:
                verdict = "right" if each.id == option else "other"
                assert bet.fared(each.id, row[name]) == verdict, (row["number"], name)


@pytest.mark.parametrize("number", [1, 2])
def test_evaluation_is_back_as_soon_as_the_service_is(number):
    names: dict[str, Any] = {"load": load, "lang": "en", "simulate": simulate}
    (source,) = NOTEBOOKS.glob("source/31-*.md")
    cells = {cell.id: cell.en for cell in read_source(source)}
    exec(cells["quarter-run"].partition("usual, slip")[0], names)
    luck = seed_of(f"2026{number:03}", "31")
    policies = (names["as_usual"], names["bad_quarter"])
    usual, slip = (simulate(names["town"], each, luck) for each in policies)
    assert abs(of_quarter(slip, "evaluation", 3) - of_quarter(usual, "evaluation", 3)) < 0.15


@pytest.fixture(scope="module", params=[50, pytest.param(200, marks=pytest.mark.long)])
def tea_house(request) -> Any:
    """Mean satisfaction of both guests where some gaps of the tea house of lesson 11 are closed."""
    evenings = range(100, 100 + request.param)
    (source,) = NOTEBOOKS.glob("source/11-*.md")
    cells = {cell.id: cell.en for cell in read_source(source)}
    names: dict[str, Any] = {}
    exec(cells["gaps-there"], names)
    case = load("tea")

    @cache
    def satisfied(*closed: str) -> dict[str, float]:
        left = {gap: lost for gap, lost in names["gaps"].items() if gap not in closed}
        found = {}
        for who in ("gao", "lu"):
            there = case.change(gaps=left, persona=who)
            runs = [simulate(there, replay(["ask", "glance"]), seed=seed) for seed in evenings]
            found[who] = float(np.mean([run.view.satisfaction for run in runs]))
        return found

    satisfied.gaps = names["gaps"]
    return satisfied


def test_the_widest_gap_is_not_the_one_that_helps_most(tea_house):
    width = {gap: sum(lost.values()) for gap, lost in tea_house.gaps.items()}
    helped = {gap: tea_house(gap)["lu"] for gap in tea_house.gaps}
    assert max(width, key=width.get) == "performance"
    assert max(helped, key=helped.get) == "listening"
    assert helped["listening"] > helped["performance"] + 0.1
    assert helped["promise"] == pytest.approx(helped["performance"], abs=0.1)


def test_the_puzzle_of_the_tea_house_has_one_cheapest_answer(tea_house):
    price = {"listening": 3, "standards": 2, "performance": 4, "promise": 1}
    gaps = list(tea_house.gaps)
    sets = [c for count in range(5) for c in combinations(gaps, count)]
    met = [closed for closed in sets if min(tea_house(*closed).values()) >= 3.7]
    cheapest = sorted(met, key=lambda closed: sum(price[gap] for gap in closed))
    assert set(cheapest[0]) == {"standards", "promise"}
    assert sum(price[gap] for gap in cheapest[1]) > 3
    assert max(tea_house(gap)["gao"] for gap in gaps) < 3.35


def talk(case: str, who: str, acts: list[str], seed: int) -> Any:
    """Return one talk about a complaint of lesson 20, with a call at the end."""
    return simulate(load(case).change(persona=who), replay([*acts, "ring-up"]), seed=seed)


@each_luck
@pytest.mark.parametrize("who", ["lin-yue", "zhou-min", "ma-jun"])
def test_a_talk_is_fairest_that_begins_with_listening_and_least_fair_that_begins_with_money(
    who, seed
):
    rest = ["ask-and-note", "two-ways"]
    starts = (["hear-out", "own-apology"], ["own-apology", "hear-out"], ["money-first", "hear-out"])
    listen, apologise, money = (
        talk("buick-complaint", who, [*start, *rest], seed).view.recovery["fairness"]
        for start in starts
    )
    assert listen > apologise + 0.01
    assert apologise > money + 0.05


@each_luck
@pytest.mark.parametrize("who", ["lin-yue", "zhou-min", "ma-jun"])
def test_the_same_money_satisfies_more_with_an_apology(who, seed):
    phrase, apology = (
        talk("buick-complaint", who, ["hear-out", word, "ask-and-note", "money-only"], seed)
        for word in ("set-phrase", "own-apology")
    )
    satisfied = [each.view.recovery["satisfied"] for each in (phrase, apology)]
    assert satisfied[1] > 1.1 * satisfied[0]
    assert phrase.view.cost == apology.view.cost


def test_a_ruined_wedding_is_not_put_right_by_money_but_a_good_talk_keeps_twice_as_many():
    start = ["hear-out", "own-apology", "ask-and-note"]
    good, free = (
        talk("buick-complaint", "ma-jun", [*start, offer], 20).view
        for offer in ("two-ways", "all-of-it")
    )
    usual = simulate(load("buick-complaint").change(persona="ma-jun"), None, seed=20).view
    assert [round(100 * each.recovery["stays"]) for each in (good, usual)] == [37, 18]
    assert free.recovery["satisfied"] - good.recovery["satisfied"] < 0.02
    assert free.cost - good.cost == pytest.approx(4000, abs=50)


@each_luck
@pytest.mark.parametrize("who", ["wan-qing", "qi-lei", "tan-hong"])
def test_a_parcel_promised_for_tonight_pleases_until_the_evening_and_costs_more_next_morning(
    who, seed
):
    start = ["hear-out", "own-apology", "ask-and-note"]
    tonight, honest = (
        talk("parcel", who, [*start, *end], seed).log.set_index("touchpoint")["satisfaction"]
        for end in (["tonight", "my-promise"], ["date-that-holds"])
    )
    brought = tonight["solving"] - honest["solving"]
    assert brought > 0
    assert tonight["solving"] - tonight["next-morning"] > brought
