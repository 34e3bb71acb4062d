"""The things that lesson 40 says of its runs are so."""

import ast

import numpy as np
import pytest

from crmsim import load, simulate
from crmsim.authoring.build_lessons import NOTEBOOKS, read_source
from crmsim.exercises.declared import declared_exercise
from crmsim.exercises.plan_outcomes import survey_plan
from crmsim.figures.polled import come_again
from crmsim.model.theory.survey import (
    chance_to_answer,
    importance,
    net_promoter_estimate,
    net_promoter_score,
)
from crmsim.runs.polled import poll
from crmsim.survey.analysis import analyse
from crmsim.survey.simulated import simulated_answers

pytestmark = pytest.mark.usefixtures("compiled_engine")

CELLS = {cell.id: cell.en for cell in read_source(NOTEBOOKS / "source" / "40-survey.md")}
SHOWROOM = next(
    ast.literal_eval(statement.value)
    for statement in ast.parse(CELLS["setup"]).body
    if isinstance(statement, ast.Assign) and statement.targets[0].id == "showroom"
)
TOWN = load("buick-market").change(quality=SHOWROOM)


def survey_of(seed):
    return poll(simulate(TOWN, seed=seed), week=104, invited=1200)


@pytest.fixture(scope="module")
def asked():
    return survey_of(41)


def test_the_cell_makes_the_survey_of_this_test():
    assert "simulate(town, seed=41), week=104, invited=1200" in CELLS["setup"]


def test_the_numbers_that_the_text_gives_are_those_of_the_survey(asked):
    recommend = asked.answers.recommend
    found = net_promoter_estimate(recommend[asked.answered])
    told = (round(found.value), round(found.low), round(found.high))
    assert (asked.answered.sum(), told) == (235, (15, 7, 23)) or told == (15, 6, 23)
    assert round(net_promoter_score(recommend[asked.had])) == 5
    assert asked.lost.sum() == 234
    assert net_promoter_score(recommend[asked.lost]) < -10


def test_one_in_three_who_care_answers_and_one_in_fifteen_who_do_not(asked):
    likely, loyalty = chance_to_answer(asked.held, TOWN.numbers), asked.held.loyalty
    assert likely[loyalty > 0.85].mean() == pytest.approx(1 / 3, abs=0.04)
    assert likely[loyalty < 0.15].mean() == pytest.approx(1 / 15, abs=0.02)


def test_reliability_is_worst_and_matters_most_and_the_showroom_is_best(asked):
    results = analyse(simulated_answers(asked))
    gaps = {each.name: each.gap for each in results.dimensions}
    order = sorted(gaps, key=lambda name: gaps[name].value)
    assert (order[0], order[-1]) == ("reliability", "tangibles")
    assert all(gap.high < 0 for gap in gaps.values())
    apart = gaps["tangibles"].value - gaps["reliability"].value
    assert apart == pytest.approx(0.5, abs=0.1)
    assert all(0.8 < each.alpha < 0.9 for each in results.dimensions)
    weights = dict(zip(gaps, importance(asked.answers.survey.of(asked.answered)), strict=True))
    assert max(weights, key=weights.get) == "reliability"
    assert weights["responsiveness"] == pytest.approx(weights["reliability"] / 2, rel=0.2)
    did = {each.name: each.did.value for each in results.dimensions}
    assert did["responsiveness"] < np.mean(list(did.values()))


def test_the_visits_tell_who_comes_again_and_the_scores_do_not(asked):
    shares = come_again(asked)
    assert [round(each) for each in shares.pop("visits")] == [63, 92]
    assert all(0 < high - low < 7.5 for low, high in shares.values())


@pytest.fixture(
    scope="module",
    params=[range(40, 60), pytest.param(range(40, 140), marks=pytest.mark.long)],
    ids=["20", "100"],
)
def towns(request):
    return [survey_of(seed) for seed in request.param]


def test_in_every_town_those_who_answer_give_too_much_and_the_interval_often_misses(towns):
    found = [net_promoter_estimate(each.answers.recommend[each.answered]) for each in towns]
    truth = [net_promoter_score(each.answers.recommend[each.had]) for each in towns]
    above = np.array([one.value for one in found]) - truth
    assert above.min() > 0
    assert above.mean() == pytest.approx(9, abs=1)
    missed = [not one.low <= there <= one.high for one, there in zip(found, truth, strict=True)]
    if len(towns) == 100:
        assert sum(missed) == 63
    assert 0.4 < np.mean(missed) < 0.85


def test_in_every_town_the_visits_foretell_most(towns):
    for each in towns:
        apart = {name: high - low for name, (low, high) in come_again(each).items()}
        assert apart.pop("visits") > 26
        assert max(map(abs, apart.values())) < 10


def test_the_cheapest_plan_is_the_one_of_the_guide_and_large_samples_do_not_help():
    task = declared_exercise("40-plan")
    right = {}
    for list_ in ("members", "both"):
        for many in ("three-hundred", "six", "thousand", "two-thousand"):
            for channel in ("text", "phone"):
                for again in ("none", "one", "three", "gift"):
                    plan = [list_, many, channel, again]
                    if task.mark(plan).verdict == "right":
                        right[tuple(plan)] = task.spent(plan)
    assert min(right, key=right.get) == ("both", "six", "text", "three")
    assert min(right.values()) == 980
    assert all(plan[0] == "both" and plan[1] != "two-thousand" for plan in right)
    assert 1 < len(right) < 8


def test_no_number_of_people_cures_who_is_missing():
    few, many = (survey_plan([{"people": n, "times": 1}], 0, {}) for n in (300, 100_000))
    assert many["margin"] < few["margin"] / 10
    assert many["bias"] == pytest.approx(few["bias"])
    again = survey_plan([{"people": 300, "times": 20, "lost": 1}], 0, {})
    assert again["bias"] < few["bias"] / 4
