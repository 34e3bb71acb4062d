"""Results of a survey are those that a person gets by hand, and the truth where it is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmsim.model.theory.estimation import cronbach_alpha
from crmsim.runs.polled import poll
from crmsim.runs.run import simulate
from crmsim.scenario import DIMENSIONS, load
from crmsim.survey.analysis import LEAST_FOR_WEIGHTS, analyse
from crmsim.survey.questions import DID, SHOULD
from crmsim.survey.reading import Responses
from crmsim.survey.report import ipa_map
from crmsim.survey.simulated import simulated_answers

SHOWROOM = {
    "reliability": 0.52,
    "responsiveness": 0.58,
    "assurance": 0.62,
    "empathy": 0.60,
    "tangibles": 0.74,
}
SEEDS = [*range(40, 44), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(44, 60))]


def table(count: int, seed: int = 1, **columns: object) -> pd.DataFrame:
    luck = np.random.default_rng(seed)
    values = {code: luck.integers(1, 8, count).astype(float) for code in (*SHOULD, *DID, "SAT")}
    return pd.DataFrame(values | columns, index=range(2, count + 2))


def test_gaps_and_alpha_are_those_by_hand():
    given = table(30)
    found = analyse(Responses(given)).dimensions[1]
    assert found.name == DIMENSIONS[1]
    did, should = given[list(DID[5:9])], given[list(SHOULD[5:9])]
    apart = did.mean(axis=1) - should.mean(axis=1)
    assert found.gap.value == pytest.approx(apart.mean())
    assert found.gap.high - found.gap.value == pytest.approx(2.045 * apart.sem(), rel=1e-3)
    assert found.alpha == pytest.approx(cronbach_alpha(did))


def test_scores_are_those_by_hand():
    given = table(10, SAT=[7.0] * 4 + [5.0] * 6, NPS=[10.0] * 5 + [8.0] * 2 + [3.0] * 3)
    scores = {each.name: each.found for each in analyse(Responses(given)).scores}
    assert scores["CSAT"].value == pytest.approx(40)
    assert scores["NPS"].value == pytest.approx(20)
    assert scores["CSAT"].low < 40 < scores["CSAT"].high


def test_a_missing_answer_leaves_the_person_in_the_rest():
    given = table(30)
    given.loc[given.index[3], ["P01", "E07"]] = np.nan
    found = analyse(Responses(given))
    assert found.count == 30
    assert found.dimensions[0].did.count == 30
    given.loc[given.index[3], list(DID[:5])] = np.nan
    assert analyse(Responses(given)).dimensions[0].did.count == 29


def test_without_expectations_there_are_no_gaps_but_the_rest():
    found = analyse(Responses(table(30).drop(columns=list(SHOULD))))
    assert all(each.gap is None and each.should is None for each in found.dimensions)
    assert all(each.alpha is not None for each in found.dimensions)


def test_too_few_people_make_no_map():
    assert ipa_map(analyse(Responses(table(LEAST_FOR_WEIGHTS - 1))), "en") is None
    assert ipa_map(analyse(Responses(table(LEAST_FOR_WEIGHTS + 5))), "en") is not None


def test_small_groups_are_not_shown():
    often = ["often_1"] * 20 + ["often_2"] * 6 + ["often_3"] * 4
    groups = analyse(Responses(table(30, OFT=often))).groups
    assert [(each.name, each.satisfaction.count) for each in groups] == [
        ("often_1", 20),
        ("often_2", 6),
    ]


def test_silence_leaves_as_much_open_as_there_is_silence():
    found = analyse(Responses(table(10, SAT=[7.0] * 4 + [5.0] * 6)))
    assert found.bounds(10) == pytest.approx((40, 40))
    assert found.bounds(40) == pytest.approx((10, 85))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_survey_of_simulated_people_finds_what_was_put_in(seed):
    """Reliability is worst and matters most, the showroom is best: so it stands on the map."""
    town = load("buick-market").change(quality=SHOWROOM, years=2)
    results = analyse(simulated_answers(poll(simulate(town, seed=seed), 104, 1200)))
    gaps = {each.name: each.gap.value for each in results.dimensions}
    assert max(gaps, key=gaps.get) == "tangibles"
    assert sorted(gaps, key=gaps.get).index("reliability") <= 1
    assert all(0.65 < each.alpha < 0.95 for each in results.dimensions)
    assert all(each.gap.high < 0 for each in results.dimensions)
    found = ipa_map(results, "en")
    assert "Reliability" in found.within("fix")
    weights = {each.name: each.weight for each in results.dimensions}
    assert weights["tangibles"] < weights["reliability"]
    assert max(found.points, key=lambda point: point[1])[0] == "Tangibles"
