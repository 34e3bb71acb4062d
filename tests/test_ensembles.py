"""Ensembles: the same table whoever computes it."""

from concurrent.futures import ProcessPoolExecutor

from crmsim import compare


def first(seen):
    return seen.on_offer[0].id


def test_the_table_does_not_depend_on_the_executor():
    policies = {"usual": None, "first": first}
    here = compare("buick", policies, range(4))
    with ProcessPoolExecutor(2) as pool:
        there = compare("buick", policies, range(4), pool)
    assert here.equals(there)
    assert list(here.policy) == ["usual"] * 4 + ["first"] * 4
    assert list(here.seed) == [0, 1, 2, 3] * 2
