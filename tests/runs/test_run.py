"""Runs: one chair for everybody, replayed from a record, changed in one place."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim import ActionError, RecordError, Run, load, replay, simulate, what_if
from crmsim.runs.run import valued


@given(seed=st.integers(0, 10_000), picks=st.lists(st.integers(0, 8), min_size=15, max_size=15))
@settings(max_examples=25, deadline=None)
def test_a_played_run_replays_from_its_record_through_json(seed, picks):
    ahead = iter(picks * 3)
    run = simulate("buick", lambda seen: seen.on_offer[next(ahead) % len(seen.on_offer)].id, seed)
    again = Run.from_record(json.loads(json.dumps(run.record)))
    assert again == run
    assert again.view == run.view
    assert simulate("buick", replay(run.actions), seed) == run


@pytest.mark.parametrize("name", ["buick", "buick-market", "southwest", "turnaround"])
def test_a_valued_run_is_the_simulated_one_and_its_value_needs_no_second_run(name, monkeypatch):
    """The parcel firm is closed by its bank on the way; a visit has no value of a firm."""
    case = load(name) if name == "buick" else load(name).change(people=200)
    run, usual = valued(case, seed=3), simulate(case, seed=3)
    assert (run, run.view.place) == (usual, usual.view.place)
    assert run.series.keys() == usual.series.keys()
    assert all(np.array_equal(run.series[column], usual.series[column]) for column in run.series)
    if name != "buick":
        value = usual.value
        monkeypatch.setattr("crmsim.runs.run.open_world", None)
        assert run.value == value


def test_a_changed_scenario_replays_too():
    chair = load("buick", "zh").change(seat="buyer", persona="lin-yue")
    run = simulate(chair, seed=4)
    assert Run.from_record(run.record).view == run.view


def test_a_market_run_replays_from_its_record():
    market = load("buick-market").change(years=1, people=500)
    run = simulate(market, lambda seen: {"capacity": 1.1} if seen.quarter == 2 else {}, seed=5)
    again = Run.from_record(json.loads(json.dumps(run.record)))
    assert again.log.equals(run.log)
    assert len(run.log) == 52


NUMBERS = [int, float, np.int8, np.int64, np.uint16, np.float32, np.float64, np.array]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("truth", [bool, np.bool_, np.array])
def test_whatever_simulate_takes_a_record_can_say(number, truth):
    """Seeds, levers and cards out of a table or an array are kept as plain values."""
    market = load("buick-market").change(years=0.5, people=300)
    action = {"capacity": number(1), "sunset-rule": truth(True)}
    seed = number(7) if np.asarray(number(7)).dtype.kind in "iu" else np.int64(7)
    run = simulate(market, lambda seen: dict(action) if seen.quarter == 1 else {}, seed)
    again = Run.from_record(json.loads(json.dumps(run.record)))
    assert again.log.equals(run.log)
    assert run.actions[1] == {"capacity": 1, "sunset-rule": True}
    plain = simulate(
        market, lambda seen: {"capacity": 1, "sunset-rule": True} if seen.quarter == 1 else {}, 7
    )
    assert plain.log.equals(run.log)


@pytest.mark.parametrize("number", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("case", ["buick", "sunset", "bus", "buick-market"])
def test_a_seed_out_of_an_array_is_the_same_luck_in_every_world(number, case):
    case = load(case).change(people=300, years=0.25) if case == "buick-market" else case
    run = simulate(case, seed=number(3))
    assert run == simulate(case, seed=3)
    assert type(json.loads(json.dumps(run.record))["seed"]) is int


def test_a_change_out_of_an_array_can_be_recorded():
    market = load("buick-market").change(years=np.int64(1), people=np.int64(300))
    run = simulate(market, seed=1)
    assert Run.from_record(json.loads(json.dumps(run.record))).log.equals(run.log)


def test_a_table_that_a_policy_uses_again_does_not_change_what_was_recorded():
    market = load("buick-market").change(years=1, people=300)
    table = {}

    def policy(seen):
        table["capacity"] = 1 + seen.quarter / 10
        return table

    run = simulate(market, policy, seed=1)
    assert [action["capacity"] for action in run.actions] == [1.0, 1.1, 1.2, 1.3]


def test_what_if_keeps_what_is_still_on_offer():
    run = simulate("buick", seed=2)
    assert run.actions
    for step, action in enumerate(run.actions):
        touchpoint = run.scenario.touchpoint(run.view.places[step])
        for choice in touchpoint.choices:
            other = what_if(run, step, choice.id)
            assert other.actions[step] == choice.id
            assert other.actions[:step] == run.actions[:step]
        assert what_if(run, step, action) == run


def test_what_if_in_a_market_changes_one_quarter():
    market = load("buick-market").change(years=1, people=500)
    run = simulate(market, seed=5)
    other = what_if(run, 2, {"capacity": 1.4})
    assert other.actions == ({}, {}, {"capacity": 1.4}, {})
    assert (other.log[:26] == run.log[:26]).all(axis=None)
    assert not (other.log[26:] == run.log[26:]).all(axis=None)


@pytest.mark.parametrize("step", [-1, 99])
def test_what_if_of_a_step_that_was_not_is_refused(step):
    with pytest.raises(ActionError, match="must be a whole number from 0 to"):
        what_if(simulate("buick", seed=2), step, "x")


def test_a_policy_that_forgets_to_return_is_told_so():
    with pytest.raises(ActionError, match="did you forget `return`"):
        simulate("buick", lambda seen: None)


def test_a_damaged_record_is_told_apart():
    record = simulate("buick", seed=2).record
    with pytest.raises(RecordError, match="not on offer"):
        Run.from_record(record | {"actions": ["bribe"] * 10})
    with pytest.raises(RecordError, match="end before"):
        Run.from_record(record | {"actions": record["actions"][:1]})
    with pytest.raises(RecordError):
        Run.from_record({})


SEVERAL = """
import hashlib, crmsim
towns = {"buick-market": {"people": 300}, "southwest": {"people": 300}, "sunset": {}, "buick": {}}
for name, changes in towns.items():
    log = crmsim.simulate(crmsim.load(name).change(**changes), seed=4).log
    print(name, hashlib.sha256(log.to_csv().encode()).hexdigest())
"""


def test_a_run_is_the_same_on_another_kind_of_processor():
    """Kinds differ in the order in which their libraries add up, and in their instructions."""

    def told(**kind: str) -> str:
        given = [sys.executable, "-c", SEVERAL]
        return subprocess.check_output(given, env=os.environ | kind, text=True)

    older = {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": "X86_V3"}
    assert told() == told(**older)
