"""The things that lesson 30 says of its runs are so."""

import ast

import pytest

from crmsim import load, simulate
from crmsim.authoring.build_lessons import NOTEBOOKS, read_source
from crmsim.exercises.declared import declared_exercise
from crmsim.model.theory.repeat_buying import RepeatBuying, alive, purchases
from crmsim.runs.buyers import reference
from crmsim.runs.person import history
from crmsim.runs.run import valued
from crmsim.runs.tables import market_table
from crmsim.runs.traits import traits

pytestmark = pytest.mark.usefixtures("compiled_engine")

TOWN = load("buick-market")
CELLS = {cell.id: cell.en for cell in read_source(NOTEBOOKS / "source" / "30-loyalty.md")}
HUANG, TANG = 2042, 99


@pytest.fixture(scope="module")
def usual():
    return simulate(TOWN, seed=30)


def test_the_cell_names_the_two_customers_of_this_test():
    assert f"huang, tang = {HUANG}, {TANG}" in CELLS["setup"]


def test_the_loyal_customer_leaves_and_the_newcomer_stays(usual):
    his, hers = traits(usual, HUANG), traits(usual, TANG)
    assert his["loyalty"].iloc[0] > 0.9 > 0.1 > hers["loyalty"].iloc[0]
    assert (bool(his["customer"].iloc[-1]), bool(hers["customer"].iloc[-1])) == (False, True)
    assert hers["loyalty"].iloc[-1] > 0.7


def test_his_story_has_the_weeks_that_the_text_names(usual):
    lived = history(usual, HUANG).set_index("event")
    weeks = {name: lived.loc[[name], "week"].to_numpy() + 1 for name in set(lived.index)}
    assert 65 in weeks["unresolved"]
    assert 70 in weeks["purchase"]
    assert 70 in weeks["praised"]
    assert weeks["left"].tolist() == [142]


def test_she_came_more_than_thirty_times_and_mostly_it_went_well(usual):
    lived = history(usual, TANG)
    visits = lived[lived["event"].isin(["visit", "purchase"])]
    assert 30 < len(visits) < 40
    assert (visits["satisfaction"] >= 3.5).mean() > 0.6


def owners():
    """Return the ways of the three owners as the lesson's cell has them."""
    for statement in ast.parse(CELLS["eras-run"]).body:
        if isinstance(statement, ast.Assign) and statement.targets[0].id == "owners":
            return ast.literal_eval(statement.value)
    raise AssertionError("the cell names no owners")


@pytest.mark.parametrize(
    "seed", [30, 0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 20))]
)
def test_the_three_owners_come_out_in_this_order_whatever_the_luck(seed):
    led = {n: valued(TOWN, lambda seen, way=w: way, seed=seed) for n, w in owners().items()}
    base = simulate(TOWN, seed=seed)
    worth = sorted(led, key=lambda name: led[name].value.total)
    assert worth == ["market-oriented", "product-centred", "customer-centred"]
    more = {name: run.series["customers"][-1] - base.series["customers"][-1] for name, run in led.items()}
    assert more["customer-centred"] > 0 > max(more["product-centred"], more["market-oriented"])


def test_the_order_of_the_silent_is_that_of_the_model():
    rows = [int(row.text["en"].split(" orders")[0]) for row in declared_exercise("30-silent").rows]
    silent = [int(row.text["en"].split()[-3]) for row in declared_exercise("30-silent").rows]
    assert (rows, silent) == ([13, 2, 5, 2, 13], [2, 6, 16, 32, 20])
    known = purchases([n - 1 for n in rows], [39 - week for week in silent], [39] * 5)
    chance = alive(known, RepeatBuying(**reference()["repeat_buying"]))
    assert chance.tolist() == sorted(chance, reverse=True)
    assert min(chance[:-1] - chance[1:]) > 0.1


def test_the_puzzle_is_solved_in_three_moves_as_its_guide_says(usual):
    opens = {"training": (0, 40), "sunset": (2, 1), "attention": (3, 1)}

    def solution(seen):
        return {name: value for name, (quarter, value) in opens.items() if seen.quarter >= quarter}

    before, after = market_table(simulate(TOWN, solution, seed=30), usual).to_numpy().tolist()
    assert after[-1] == 3
    assert after[0] >= before[0] + 30
    assert after[2] >= before[2]


def test_the_shares_that_the_text_gives_are_those_of_the_buyers():
    shop = reference()
    assert round(100 * shop["spent_of_best"][20], 1) == 62.9
    assert 'came=62.9' in CELLS["fifth-came"]
    tiers = shop["tiers"]
    assert round(100 * tiers["A"]["spent"]) == 58
    assert round(100 * tiers["A"]["spent_later"]) == 68
    assert 0.6 < tiers["A"]["order_later"] < 0.7
    assert tiers["C"]["order_later"] == pytest.approx(1 / 7, abs=0.01)
    assert shop["with_orders"][0] > shop["buyers"] / 2
