"""Causal loop diagrams: every link compared once, loops closed, and which kind they are."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crmsim.exercises.declared import exercise
from crmsim.model.theory.causal_loop import compare_links, longest_loop, polarity, route, score

TASK = exercise("31-loop")
KEY = [[link.source, link.sign, link.target] for link in TASK.links]
nodes = st.sampled_from("abcde")
pairs = st.tuples(nodes, nodes).filter(lambda pair: pair[0] != pair[1])
graphs = st.dictionaries(pairs, st.sampled_from("+-"), max_size=12)


def outcomes(answer) -> list[str]:
    return [each.outcome for each in TASK.compared(answer)]


def test_the_key_closes_a_reinforcing_loop_over_all_nodes():
    signs = {(source, target): sign for source, sign, target in KEY}
    loop = longest_loop(signs)
    assert set(loop) == {node.id for node in TASK.nodes}
    assert polarity(loop, signs) == "reinforcing"


def test_each_way_of_missing_a_link_has_its_name():
    (source, _, target), *rest = KEY
    assert outcomes(rest)[-1] == "missing"
    assert outcomes([[source, "-", target], *rest])[0] == "wrong-sign"
    assert outcomes([[target, "+", source], *rest])[0] == "reversed"
    assert outcomes([*KEY, [target, "+", source]])[-1] == "extra"
    assert outcomes([*KEY, ["service", "+", "pay"]])[-1] == "extra"
    assert outcomes([*KEY, ["sales", "-", "service"]])[-1] == "more"


def test_a_true_link_that_was_not_asked_for_costs_nothing():
    marked = TASK.mark([*KEY, ["sales", "-", "service"]])
    assert (marked.verdict, marked.points, marked.out_of) == ("right", 7, 7)


def test_drawing_every_arrow_there_is_gains_nothing():
    names = [node.id for node in TASK.nodes]
    marked = TASK.mark([[a, "+", b] for a in names for b in names if a != b])
    assert marked.verdict == "partly"
    assert marked.points / marked.out_of < 0.2


@given(graphs, graphs)
def test_every_link_drawn_and_every_link_of_the_key_is_met_once(drawn, key):
    found = compare_links(drawn, key, {})
    assert [each.link for each in found if each.outcome != "missing"] == list(drawn)
    about = [each.about for each in found if each.about]
    assert sorted(about) == sorted(key)
    points, out_of = score(found)
    assert 0 <= points <= len(key) <= out_of
    assert (points == out_of) == (drawn == key)


@given(graphs)
def test_a_loop_goes_round_along_its_links_and_repeats_no_node(drawn):
    loop = longest_loop(drawn)
    assert len(set(loop)) == len(loop)
    assert all(way in drawn for way in zip(loop, [*loop[1:], *loop[:1]], strict=True))
    back = [source for source, target in drawn if route(target, source, drawn)]
    assert bool(loop) == bool(back)


@given(graphs.filter(longest_loop))
def test_one_sign_turned_makes_of_either_kind_of_loop_the_other(drawn):
    loop = longest_loop(drawn)
    first = (loop[0], loop[1])
    turned = drawn | {first: "-" if drawn[first] == "+" else "+"}
    assert {polarity(loop, drawn), polarity(loop, turned)} == {"reinforcing", "balancing"}


@given(graphs, nodes, nodes)
def test_a_route_goes_along_the_links(drawn, start, goal):
    way = route(start, goal, drawn)
    if way:
        assert (way[0], way[-1]) == (start, goal)
    assert all(step in drawn for step in pairwise(way))
