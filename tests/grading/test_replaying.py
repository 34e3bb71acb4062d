"""Records made again from their decisions: a visit, a firm, a desk; whole, begun, or forged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.course.progress import save
from crmsim.course.sessions.session import SESSION_SCHEMA
from crmsim.grading.options import Limits
from crmsim.grading.sandbox.inside.replaying import replayed, saved_run, session
from crmsim.grading.sandbox.sandbox import Asked, Sandbox, SandboxStep
from crmsim.runs.run import simulate
from crmsim.scenario import load

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
QUARTER = [("guess", "profit=same"), ("guess", "reputation=same"), ("run", ""), ("continue", "")]


def record(case: str, seed: int, acts: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "schema": SESSION_SCHEMA,
        "scenario": case,
        "sha256": load(case).sha256,
        "seed": seed,
        "done": False,
        "acts": [list(act) for act in acts],
    }


def led_to_its_end(case: str, seed: int) -> list[tuple[str, str]]:
    """The acts of somebody who leads a firm by leaving it alone."""
    firm = session(load(case), seed)
    acts = [("begin", "")]
    firm.do(*acts[0])
    while not firm.done:
        for act in QUARTER:
            if firm.do(*act):
                acts.append(act)
    return acts


def test_a_firm_that_was_led_is_led_again():
    acts = led_to_its_end("buick-market", 7)
    again = replayed("buick-market-7.json", record("buick-market", 7, acts))
    assert again["fault"] == ""
    (run,) = again["runs"]
    by_itself = simulate("buick-market", seed=7)
    assert run["outcome"]["reputation"] == pytest.approx(
        by_itself.series["reputation"][-1], abs=1e-6
    )


def a_day_at_the_desk() -> list[tuple[str, str]]:
    """The acts of somebody who answers one message, and lets the day run."""
    bets = [("guess", "abandoned=same"), ("guess", "open_cases=same"), ("run_on", "")]
    rule = [("rule", f"{name}=same") for name in ("response_h", "resolution_h", "satisfied")]
    box = [
        ("open", "rice"),
        ("kind", "delivery"),
        ("reply", "van"),
        ("send", ""),
        ("shut", ""),
        ("doors", ""),
    ]
    return [
        ("begin", ""),
        *rule,
        ("lock", ""),
        ("continue", ""),
        *box,
        ("run_on", ""),
        *bets,
        *bets,
    ]


def test_a_day_at_the_desk_is_led_again_with_its_box():
    again = replayed("sunset-7.json", record("sunset", 7, a_day_at_the_desk()))
    assert again["fault"] == ""
    (run,) = again["runs"]
    assert [each["message"] for each in run["actions"][0]["box"]] == ["rice"]
    made = simulate("sunset", lambda seen: run["actions"][seen.step], seed=7)
    assert run["outcome"]["value"] == pytest.approx(made.view.outcome["value"], abs=1e-6)


def test_a_bet_that_was_left_out_of_a_day_is_found():
    acts = a_day_at_the_desk()
    acts.remove(("guess", "open_cases=same"))
    again = replayed("sunset-7.json", record("sunset", 7, acts))
    assert (again["fault"], again["at"]) == (
        "never-on-offer",
        acts.index(("guess", "abandoned=same")) + 1,
    )


def test_a_firm_that_is_still_led_is_no_fault_and_has_no_outcome():
    begun = record("buick-market", 7, [("begin", ""), *QUARTER])
    assert replayed("buick-market-7.json", begun) == {"fault": "", "at": None, "runs": []}


def test_a_quarter_that_was_never_foreseen_is_not_flown():
    forged = record("buick-market", 7, [("begin", ""), ("run", "")])
    again = replayed("buick-market-7.json", forged)
    assert (again["fault"], again["at"]) == ("never-on-offer", 1)


@pytest.mark.parametrize("case", ["buick", "sunset", "buick-market"])
def test_the_record_of_a_run_comes_to_what_the_run_came_to(case: str):
    run = simulate(case, seed=5)
    again = replayed("mine.json", run.record)
    assert again["fault"] == ""
    assert again["runs"][0]["actions"] == list(run.actions)


def test_a_run_that_is_not_whole_is_told_as_none():
    half = simulate("buick", seed=5).record
    half["actions"] = half["actions"][:3]
    assert replayed("mine.json", half) == {"fault": "", "at": None, "runs": []}


@given(st.dictionaries(st.sampled_from(["scenario", "seed", "acts", "actions", "changes"]), PLAIN))
@settings(max_examples=25, deadline=None)
def test_nothing_that_a_record_can_hold_ends_in_an_error(odd: dict[str, Any]):
    for base in (record("buick", 3, []), simulate("buick", seed=3).record):
        assert replayed("buick-3.json", base | odd)["runs"] is not None


def test_a_notebook_finds_the_run_that_was_played():
    first = simulate("buick", seed=6).actions[0]
    save("buick-6", record("buick", 6, [("seat", "seller"), ("choose", first)]))
    assert saved_run("buick", 6).actions[0] == first


def test_it_finds_it_where_it_runs_apart_too():
    first = simulate("buick", seed=6).actions[0]
    acts = [("seat", "seller"), ("choose", first)]
    files = {"buick-6.json": json.dumps(record("buick", 6, acts))}
    source = "from crmsim import play, check, reveal\ngame = play('buick', seed=6)\nreveal(game)"
    with Sandbox(Limits(), files) as sandbox:
        ran = sandbox.run([SandboxStep(source, {"first": Asked("game.run.actions[0]")})])
    assert (ran.errors, ran.values["first"]["value"]) == ({}, first)
