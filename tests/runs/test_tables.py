"""A student reads a table in her own language, and its numbers stay as they are."""

import pytest
from pandas import DataFrame

from crmsim import load, simulate
from crmsim.runs.tables import readable, visit_table


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
