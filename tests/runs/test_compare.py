"""Ensembles: the same table whoever computes it, and nothing finished is ever lost."""

import os
import sys
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext

import pytest

from crmsim import ActionError, compare, load
from crmsim.common import parallel
from crmsim.common.errors import EnsembleError, EnsembleStopped

TOWN = load("buick-market").change(people=300, years=0.5)


def first(seen):
    return seen.on_offer[0].id


def thrifty(seen):
    return {"capacity": 0.8} if seen.quarter else {}


POLICIES = {"usual": None, "first": first}


def test_the_table_does_not_depend_on_the_executor():
    here = compare("buick", POLICIES, range(6))
    for executor in (ProcessPoolExecutor(2), ThreadPoolExecutor(3)):
        with executor:
            assert compare("buick", POLICIES, range(6), executor).equals(here)
    assert list(here.policy) == ["usual"] * 6 + ["first"] * 6
    assert list(here.seed) == [*range(6)] * 2


@pytest.fixture(scope="module")
def cluster():
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        Client(local) as client,
    ):
        yield client.get_executor()


def test_a_cluster_gives_the_same_table(cluster):
    policies = {"usual": None, "thrifty": thrifty}
    there = compare(TOWN, policies, range(5), cluster)
    assert there.equals(compare(TOWN, policies, range(5)))


class Counting(Executor):
    """Counts the pieces of each chunk."""

    def __init__(self):
        self.pool, self.waiting, self.sizes = ThreadPoolExecutor(1), [], []

    def submit(self, work, /, *arguments):
        self.sizes.append(len(arguments[1]))
        return self.pool.submit(work, *arguments)


def test_work_is_sent_in_chunks_worth_sending(monkeypatch):
    monkeypatch.setattr(parallel, "CHUNKS", 2)
    executor = Counting()
    assert len(compare("buick", POLICIES, range(10), executor)) == 20
    assert executor.sizes == [10, 10]


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor(1)])
def test_a_policy_that_fails_is_named_and_the_finished_rows_are_kept(executor):
    def rash(seen):
        return "bribe"

    with pytest.raises(EnsembleError, match=r"buick: policy 'rash', seed 0: .*'bribe'") as failure:
        compare("buick", {"usual": None, "rash": rash}, range(3), executor)
    assert list(failure.value.table.policy) == ["usual"] * 3
    if executor is None:
        assert isinstance(failure.value.__cause__, ActionError)


def leaves(seen):
    sys.exit("had enough")


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor, ProcessPoolExecutor])
def test_a_policy_that_exits_python_is_one_that_fails(pool):
    policies = {"usual": None, "leaves": leaves}
    with (
        pool(1) if pool else nullcontext() as executor,
        pytest.raises(EnsembleError, match="'leaves', seed 0: SystemExit: had enough") as failure,
    ):
        compare("buick", policies, range(3), executor)
    assert list(failure.value.table.policy) == ["usual"] * 3


@pytest.mark.parametrize("executor", [3, 0, "threads", ThreadPoolExecutor])
def test_what_is_no_executor_is_refused(executor):
    with pytest.raises(ActionError, match=r"executor = .*: must be one of concurrent\.futures"):
        compare("buick", {"usual": None}, range(3), executor)


class Deadly:
    """Kills the process it runs in, every time or only once, at the fourth touchpoint."""

    def __init__(self, mark=None):
        self.mark = mark

    def __call__(self, seen):
        spared = self.mark is not None and self.mark.exists()
        if len(seen.journey) == 3 and not spared:
            if self.mark is not None:
                self.mark.touch()
            os._exit(1)
        return seen.on_offer[0].id


def test_a_worker_that_dies_costs_no_finished_result(tmp_path):
    policies = {"usual": None, "deadly": Deadly(tmp_path / "died")}
    with ProcessPoolExecutor(2) as pool:
        table = compare("buick", policies, range(8), pool)
    assert (tmp_path / "died").exists()
    assert table.equals(compare("buick", policies, range(8)))


def test_a_worker_of_a_cluster_that_dies_costs_no_finished_result(cluster, tmp_path):
    policies = {"usual": None, "deadly": Deadly(tmp_path / "died")}
    table = compare("buick", policies, range(8), cluster)
    assert (tmp_path / "died").exists()
    assert table.equals(compare("buick", policies, range(8)))


def test_a_policy_that_kills_every_worker_is_named():
    with ProcessPoolExecutor(2) as pool, pytest.raises(EnsembleError) as failure:
        compare("buick", {"usual": None, "deadly": Deadly()}, range(8), pool)
    assert "buick: policy 'deadly', seed 0: its worker could not do it" in str(failure.value)
    assert list(failure.value.table.policy) == ["usual"] * 8


def test_a_policy_that_cannot_be_sent_is_named():
    with (
        ProcessPoolExecutor(1) as pool,
        pytest.raises(EnsembleError, match=r"'here', seed 0: .*pickle"),
    ):
        compare("buick", {"here": lambda seen: seen.on_offer[0].id}, range(2), pool)


def test_what_is_done_is_kept_when_it_is_stopped():
    def stops(seen):
        raise KeyboardInterrupt

    with pytest.raises(EnsembleStopped, match="stopped after 4 of 8 runs") as stopped:
        compare("buick", {"usual": None, "stops": stops}, range(4))
    assert list(stopped.value.table.seed) == [0, 1, 2, 3]


def test_desks_are_compared_by_their_own_yardstick():
    table = compare("sunset", {"rota": None}, range(2))
    assert {"value", "satisfied", "in_time"} <= set(table.columns)
