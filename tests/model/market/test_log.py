"""Every column of a market's log has one record, a kind, and words in every language."""

from __future__ import annotations

import pytest

from crmsim import load, simulate
from crmsim.common.words import LANGUAGES, dictionary
from crmsim.model.market.log import BY_NAME, LOG_COLUMNS, NODES, columns_of, kind_of

KINDS = {"stock", "flow", "index"}


@pytest.mark.parametrize("name", LOG_COLUMNS)
def test_every_column_that_all_markets_have_has_a_name_and_a_unit_in_every_language(name):
    known = dictionary()
    table = "node" if name in NODES else "column"
    for key in (f"model.{table}.{name}", f"model.unit.{name}"):
        assert key in known, f"give {name!r} its words in data/words/model.toml: {key}"
        assert set(known[key]) == set(LANGUAGES)


@pytest.mark.parametrize("case", ["buick-market", "southwest", "turnaround"])
def test_the_log_has_the_columns_of_its_records_in_their_order(case):
    scenario = load(case)
    run = simulate(scenario, seed=1)
    assert list(run.log.columns) == [column.name for column in columns_of(scenario)]
    assert {kind_of(name) for name in run.log.columns} <= KINDS


def test_money_is_told_by_its_unit():
    assert {name for name, column in BY_NAME.items() if column.money} == {
        "sales",
        "profit",
        "pay",
        "cash",
    }
