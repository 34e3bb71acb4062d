"""An effect arrives node by node; where a decision acts itself, it does not come along an arrow."""

import pytest

from crmsim import load, simulate
from crmsim.course.sessions.market_runs import RunCache
from crmsim.model.market.log import NODES
from crmsim.runs.arrivals import arrivals, arrivals_of_decision, recent_decisions

TOWN = load("buick-market").change(people=600, years=1)
BETTER = TOWN.change(style={"quality": {"empathy": 0.2}})


@pytest.fixture(scope="module")
def runs():
    return RunCache(load("southwest").change(people=600), 1)


def test_nothing_arrives_without_a_difference():
    run = simulate(TOWN, seed=1)
    assert arrivals(run, run) == []
    assert arrivals_of_decision(run, run, 0, range(52)) == []


def test_better_service_enters_at_service_and_comes_along_the_arrows():
    found = arrivals(simulate(BETTER, seed=1), simulate(TOWN, seed=1))
    assert [each.node for each in found][:3] == ["service", "evaluation", "word_of_mouth"]
    assert [each.direct for each in found][:3] == [True, False, False]
    assert [each.sign for each in found][:3] == [1, 1, 1]
    assert [each.week for each in found] == sorted(each.week for each in found)
    assert len({each.node for each in found}) == len(found)


def test_a_price_does_not_come_in_through_service(runs):
    found = arrivals_of_decision(runs.run([{"fare": 0.8}, {}, {}]), runs.usual(3), 0, range(39))
    nodes = [each.node for each in found]
    assert nodes.index("sales") < nodes.index("service")
    assert {each.quarter for each in found} == {0}


@pytest.mark.parametrize("node", NODES)
def test_an_arrival_along_an_arrow_has_the_node_before_it_earlier(runs, node):
    found = arrivals_of_decision(
        runs.run([{"fare": 0.8, "capacity": 1.2}, {}, {}, {}]), runs.usual(4), 0, range(52)
    )
    assert len(found) >= 5
    by_node = {each.node: each for each in found}
    before = by_node.get(NODES[NODES.index(node) - 1])
    if node in by_node and not by_node[node].direct:
        assert before is not None
        assert found.index(before) < found.index(by_node[node])


def test_each_quarter_shows_only_what_arrives_in_it_and_together_they_show_all(runs):
    actions = [{"fare": 0.8}, {}, {"capacity": 1.2}, {}]
    seen = []
    for quarters in range(1, 5):
        found = runs.arrivals(actions[:quarters])
        assert all(each.week // 13 == quarters - 1 for each in found)
        assert {each.quarter for each in found} <= {0, 2}
        seen += found
    assert {each.quarter for each in seen} == {0, 2}
    assert len({(each.node, each.quarter) for each in seen}) == len(seen)


def test_only_the_last_decisions_are_followed():
    assert recent_decisions([{}, {"a": 1}, {}, {"b": 1}, {"c": 1}], 2) == [3, 4]
    assert recent_decisions([{}, {}], 4) == []
