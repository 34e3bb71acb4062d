"""A student reads a table in her own language, and its numbers stay as they are."""

import pytest
from pandas import DataFrame

from crmsim import load, simulate
from crmsim.runs.tables import market_table, readable, tier_table, visit_table


def test_columns_rows_and_entries_stand_in_chinese():
    table = DataFrame({"how sure": ["from memory"]}, index=["reliability"]).rename_axis("quarter")
    shown = readable(table, "zh")
    assert list(shown.columns) == ["比例的来源"]
    assert list(shown.index) == ["可靠性"]
    assert shown.index.name == "季度"
    assert shown.iloc[0, 0] == "凭记忆"


def test_names_without_words_and_numbers_stay_as_they_are():
    table = DataFrame({"profit": [1.5, 2.5], "A": [3, 4]}, index=["x", "y"])
    shown = readable(table, "zh")
    assert shown.to_numpy().tolist() == table.to_numpy().tolist()
    assert list(shown.columns) == ["利润", "A"]
    assert list(table.columns) == ["profit", "A"]


@pytest.mark.parametrize(("lang", "first"), [("en", "Enquiry"), ("zh-Hans", "咨询")])
def test_a_visit_names_its_touchpoints_by_title_and_its_answers_as_what_if_takes_them(lang, first):
    run = simulate(load("buick", lang=lang), seed=4)
    shown = visit_table(run)
    assert shown.iloc[0, 0] == first
    assert shown.iloc[:, 1].tolist() == run.log["choice"].tolist()
    assert len(shown) == len(run.log) > 5


@pytest.mark.parametrize(("lang", "unit"), [("en", 1_000), ("zh-Hans", 10_000)])
def test_years_of_a_market_stand_beside_the_usual_ones(lang, unit):
    town = load("buick-market", lang=lang).change(people=400, years=1)
    ways = [
        {},
        {"training": 40},
        {"training": 40, "channel": 0.5},
        {"training": 40, "channel": 0.5},
    ]
    usual, run = simulate(town, seed=3), simulate(town, lambda seen: ways[seen.quarter], seed=3)
    shown = market_table(run, usual)
    assert shown.shape == (2, 4)
    assert shown.iloc[:, -1].tolist() == [0, 2]
    for row, each in enumerate((usual, run)):
        assert shown.iloc[row, 0] == round(float(each.series["customers"][-1]))
        assert shown.iloc[row, 2] == round(each.value.total / unit)


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_the_tiers_of_buyers_bring_all_that_is_brought(lang):
    shown = tier_table(seed=2, lang=lang)
    assert shown.index.tolist() == ["A", "B", "C"]
    assert shown.iloc[:, 0].sum() in (23_570, 2_357)
    assert shown.iloc[:, 1].sum() == pytest.approx(100, abs=1)
    assert shown.iloc[:, 2].sum() == pytest.approx(100, abs=1)
    assert shown.iloc[0, 3] > shown.iloc[1, 3] > shown.iloc[2, 3]
