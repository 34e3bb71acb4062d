"""A day at the desk: nobody is lost, luck is shared, clocks run, and nothing is known too early."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsim import ActionError, ScenarioError, load, replay, simulate, what_if
from crmsim.model.desk.cases import STAGES, Case, Casework
from crmsim.model.desk.desk import Desk
from crmsim.model.theory.control_chart import control_chart
from crmsim.model.theory.queues import impatient
from crmsim.runs.run import Run

DAY = load("sunset")
FLAT = {"questions": 0, "problems": 12, "agents": 3, "handlers": 3}


def day(parameters=None, **changes):
    """The day of the case, changed."""
    return DAY.change(parameters=DAY.parameters | (parameters or {}), **changes)


def sunset(_):
    return {"discipline": "sunset"}


def test_everybody_who_comes_is_answered_or_hangs_up():
    run = simulate("sunset", seed=4)
    log, cases = run.log, run.cases
    assert len(log) == len(DAY.hours)
    assert (log.in_time + log.abandoned <= log.contacts).all()
    busier = simulate("sunset", lambda _: {"agents": 1}, seed=4)
    assert busier.log.contacts.sum() == log.contacts.sum()
    assert busier.log.abandoned.sum() > log.abandoned.sum()
    assert log.complaints.sum() == (cases.fate != "silent").sum()
    assert log.omissions.sum() == cases.missed.notna().sum()


def test_decisions_do_not_change_who_comes():
    one, other = (simulate("sunset", policy, seed=9) for policy in (None, sunset))
    assert (one.cases.arrives_h == other.cases.arrives_h).all()
    front = ["contacts", "waited", "abandoned", "agent_min"]
    assert one.log[front].equals(other.log[front])
    assert not one.log.acknowledged.equals(other.log.acknowledged)


def test_hours_before_a_decision_are_the_same_whatever_it_is():
    run = simulate("sunset", seed=2)
    other = what_if(run, 6, {"agents": 1, "handlers": 0})
    for name in ("contacts", "waited", "wait_min", "agent_min", "handler_min", "acknowledged"):
        assert (run.series[name][:6] == other.series[name][:6]).all()
    assert (run.series["wait_min"][6:] != other.series["wait_min"][6:]).any()


def test_a_run_replays_from_its_record():
    run = simulate("sunset", sunset, seed=3)
    again = Run.from_record(run.record)
    assert again == run
    assert again.log.equals(run.log)
    assert simulate("sunset", replay(run.actions), seed=3).cases.equals(run.cases)


def test_stages_follow_one_another():
    cases = simulate(day(days=5), seed=1).cases
    stages = cases[["arrives_h", *(f"{stage}_h" for stage in STAGES)]].to_numpy()
    steps = np.diff(stages, axis=1)
    assert not (steps < 0).any()
    finite = np.isfinite(stages)
    assert (finite[:, 1:] <= finite[:, :-1]).all()
    assert (cases.fate.isin(["resolved", "fast"]) <= cases.solution_h.notna()).all()
    assert cases[cases.fate == "silent"].acceptance_h.isna().all()


def test_nights_count_on_both_clocks():
    run = simulate(day(parameters={"miss_share": 0.0}), seed=1)
    hour = run.cases.solution_h.dropna() % 24
    assert (hour <= len(DAY.hours)).all()
    late = run.cases[run.cases.solution_h > 24]
    assert len(late)
    assert (late.resolution_h >= 12).all()
    assert (late.fate != "fast").all()


def test_the_sunset_rule_answers_more_before_sunset_and_solves_no_sooner():
    first, by_rule = (
        [simulate(DAY, policy, seed).view.outcome for seed in range(20)]
        for policy in (None, sunset)
    )

    def mean(outcomes, name):
        return np.mean([outcome[name] for outcome in outcomes])

    assert mean(by_rule, "before_sunset") > mean(first, "before_sunset")
    assert mean(by_rule, "response_h") < 0.5 * mean(first, "response_h")
    assert mean(by_rule, "resolution_h") > mean(first, "resolution_h")


def backlog(discipline):
    """Three cases at once and one handler; ten minutes of work at each stage, two to resume."""
    cases = [
        Case(number, 0, 0.0, True, True, (10.0, 10.0, 10.0, 10.0), (1.0,) * 4, (0.5, 0.5))
        for number in range(3)
    ]
    back = Casework([1.0], resume_min=2.0, recheck_min=1000.0, miss_share=0.0)
    for case in cases:
        back.accept(case, 0.0, 0.0)
    back.until(5000.0, 0.0, 1, discipline == "sunset")
    assert back.idle
    return [case.done_min[1:4] for case in cases]


def test_first_in_first_out_works_a_case_through():
    assert backlog("fifo") == [[10, 20, 30], [40, 50, 60], [70, 80, 90]]


def test_the_sunset_rule_acknowledges_first_and_pays_for_resuming():
    assert backlog("sunset") == [[10, 42, 52], [20, 64, 74], [30, 86, 96]]


def test_a_chain_with_weak_links_loses_problems():
    """Note to E-17: 95 % kept at each of four links leave 81.5 %."""
    kept = day(
        parameters={"miss_when_busy": 1.0}, days=100, hours=[FLAT | {"handlers": 8}] * 4, sunset=12
    )
    cases = simulate(kept, seed=1).cases
    spoken = cases[cases.fate != "silent"]
    assert spoken.missed.isna().mean() == pytest.approx(0.95**4, abs=0.02)
    assert list(spoken.missed.value_counts().sort_index().index) == [
        "feedback", "handle", "recheck", "record",
    ]  # fmt: skip
    unrecorded = spoken[spoken.missed == "record"]
    assert (unrecorded.fate == "unresolved").all()


def test_a_hurried_agent_forgets_to_record_more_often():
    def unrecorded(agents):
        runs = [simulate(DAY, lambda _: {"agents": agents}, seed) for seed in range(30)]
        return np.mean([case.missed == "record" for run in runs for case in run.view.cases])

    assert unrecorded(agents=4) > unrecorded(agents=12)


def test_the_three_controls_go_on_control_charts():
    log = simulate(day(days=20), seed=6).log.groupby("day").sum()
    for bad, of in (
        (log.complaints, log.contacts),
        (log.omissions, log.complaints),
        (log.dissatisfied, log.rechecked),
    ):
        chart = control_chart(bad, of)
        assert 0 < chart.centre < 1
        assert (chart.low <= chart.centre).all()
        assert (chart.centre <= chart.high).all()
        assert chart.signals.sum() <= 2


def test_a_change_shows_on_the_chart_and_chance_does_not():
    usual, worse = day(days=20), day(parameters={"miss_share": 0.3}, days=5)
    log = [simulate(each, seed=6).log.groupby("day").sum() for each in (usual, worse)]
    bad, of = (np.concatenate([part[name] for part in log]) for name in ("omissions", "complaints"))
    before = control_chart(bad[:20], of[:20])
    assert not before.signals.any()
    margin = before.high[0] - before.centre
    assert (bad[20:] / of[20:] > before.centre + margin).sum() >= 3
    assert math.isnan(control_chart([0], [0]).centre)
    with pytest.raises(ValueError, match="bad"):
        control_chart([3], [2])


def test_the_queue_agrees_with_erlang_a_when_patience_is_exponential():
    flat = {"questions": 180, "problems": 0, "agents": 10, "handlers": 0}
    desk = day(
        parameters={"handle_min": 3, "patience_min": 6, "busyness_spread": 0, "skill_spread": 0},
        hours=[flat] * 24, opens=0, sunset=24, days=15, service="exponential",
    )  # fmt: skip
    series = simulate(desk, seed=1).series
    exact, contacts = impatient(10, 9.0, 3.0, 6.0), series["contacts"][24:].sum()
    assert series["abandoned"][24:].sum() / contacts == pytest.approx(exact.abandoning, abs=0.02)
    assert series["waited"][24:].sum() / contacts == pytest.approx(exact.waiting, abs=0.02)


def test_handling_is_lognormal_with_the_declared_mean_and_spread():
    flat = {"questions": 200, "problems": 0, "agents": 40, "handlers": 0}
    desk = day(parameters={"skill_spread": 0}, hours=[flat] * 12, agents=40, days=10)
    series = simulate(desk, seed=1).series
    mean = series["agent_min"].sum() / series["contacts"].sum()
    assert mean == pytest.approx(desk.numbers.handle_min, rel=0.03)


def test_value_neglect_is_worst_and_overspending_satisfies_most_without_paying():
    """The yardstick of a desk, on common seeds."""
    policies = {
        "neglect": lambda _: {"agents": 3, "handlers": 1},
        "rota": None,
        "overspend": lambda _: {"agents": 12, "handlers": 8},
    }
    seen = [
        {name: simulate(DAY, policy, seed).view.outcome for name, policy in policies.items()}
        for seed in range(20)
    ]
    assert np.mean([one["neglect"]["value"] < one["rota"]["value"] for one in seen]) >= 0.95
    assert np.mean([one["overspend"]["value"] < one["rota"]["value"] for one in seen]) >= 0.95
    happy = {name: np.mean([one[name]["satisfied"] for one in seen]) for name in policies}
    assert happy["neglect"] < happy["rota"] < happy["overspend"]


def test_nothing_is_known_too_early():
    desk = Desk(DAY, seed=5)
    for _ in range(5):
        desk.step({})
    seen = desk.observe()
    assert seen.outcome == {}
    assert {case.fate for case in seen.cases} <= {"open", "unresolved", "resolved", "fast"}
    assert all(case.stays is None and case.missed is None for case in seen.cases)
    times = [value for case in seen.cases for value in case[6:11] if not math.isnan(value)]
    assert times
    assert max(times) < 5
    assert all(math.isnan(case.justice) for case in seen.cases if case.fate == "open")
    assert len(seen.series["contacts"]) == 5


def test_an_empty_day_is_defined():
    nobody = {"questions": 0, "problems": 0, "agents": 0, "handlers": 0}
    run = simulate(day(hours=[nobody] * 12), seed=1)
    assert run.log.contacts.sum() == 0
    assert len(run.cases) == 0
    assert run.view.outcome["value"] == 0


def test_without_handlers_no_case_is_ever_closed():
    run = simulate(DAY, lambda _: {"handlers": 0}, seed=1)
    assert set(run.cases.fate) == {"silent", "unresolved"}
    assert run.log.acknowledged.sum() == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "agents": st.integers(0, 12),
                "handlers": st.integers(0, 8),
                "discipline": st.sampled_from(["fifo", "sunset"]),
            },
        ),
        min_size=12,
        max_size=12,
    ),
    st.integers(0, 2**64 - 1),
)
def test_any_day_keeps_its_books(actions, seed):
    run = simulate("sunset", replay(actions), seed)
    usual, log = simulate("sunset", seed=seed).log, run.log
    assert log.contacts.sum() == usual.contacts.sum()
    assert (log.drop(columns="wait_min") >= 0).all(axis=None)
    assert log.complaints.sum() == (run.cases.fate != "silent").sum()
    assert (log.unacknowledged <= log.open_cases).all()
    stay_h = log.wages / 40 - log.agents - log.handlers
    sent_home = np.maximum.accumulate(log.handlers) - log.handlers
    assert (stay_h > -1e-9).all()
    assert (stay_h < sent_home + 1e-9).all()


@pytest.mark.parametrize("seed", range(3))
def test_who_is_sent_home_ends_her_step_and_is_paid_for_it(seed):
    run = simulate(DAY, lambda seen: {"handlers": 6 if seen.step == 2 else 0}, seed)
    ends_h = run.cases[["receiving_h", "explanation_h", "solution_h"]].to_numpy()
    late_h = ends_h[(ends_h > 3) & (ends_h < len(DAY.hours))] - 3
    heads = (run.log.agents + run.log.handlers).sum()
    assert 1 < len(late_h) <= 6
    assert run.log.wages.sum() == pytest.approx(40 * (heads + late_h.sum()))


@pytest.mark.parametrize("handlers", [1, 3])
def test_who_works_off_on_the_following_days_what_is_left_is_paid_for_it(handlers):
    """With steps of a fixed length, so that it can be told from when each of them took."""
    same = {"case_cv": 0.0, "skill_spread": 0.0, "resume_min": 0.0}
    run = simulate(day(parameters=same), lambda _: {"handlers": handlers}, seed=3)
    numbers, hours = run.scenario.numbers, len(DAY.hours)
    steps = ("receive", "explain", "solve", "recheck")
    work_h = np.array([getattr(numbers, f"{step}_min") for step in steps]) / 60
    ends = run.cases[[f"{stage}_h" for stage in STAGES[1:]]].to_numpy()
    ends_h = hours * (ends // 24) + ends % 24
    later_h = np.nansum(np.clip(ends_h - hours, 0, work_h))
    assert later_h > 4
    paid = run.view.outcome["wages"] - run.log.wages.sum()
    assert paid == pytest.approx(numbers.desk_wage_h * later_h)


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("sunset", "must be a table"),
        ({"agent": 3}, "'agent' can't be decided; choose from: agents, handlers, discipline"),
        ({"agents": 13}, "agents = 13: must be a whole number from 0 to 12"),
        ({"agents": -1}, "agents = -1"),
        ({"handlers": 2.5}, "handlers = 2.5"),
        ({"handlers": math.nan}, "handlers = nan"),
        ({"handlers": True}, "handlers = True"),
        ({"discipline": "lifo"}, "must be 'fifo' or 'sunset'"),
    ],
)
def test_what_can_not_be_decided(action, says):
    with pytest.raises(ActionError, match="sunset: ") as told:
        Desk(DAY).step(action)
    assert says in str(told.value)


def test_a_run_that_is_over_stays_over():
    desk = Desk(day(hours=[FLAT], sunset=9))
    desk.step({})
    assert desk.done
    with pytest.raises(ActionError, match="over"):
        desk.step({})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"opens": 20}, "must end by 24:00"),
        ({"sunset": 22}, "must be within the opening hours (8 to 20)"),
        ({"agents": 3}, "agents = 4: must be at most 3"),
        ({"hours": [FLAT | {"problems": -1}]}, "hours no. 1: problems = -1"),
        ({"discipline": "lifo"}, "discipline = 'lifo': must be 'fifo' or 'sunset'"),
        ({"world": "counter"}, "world = 'counter'"),
    ],
)
def test_mistakes_in_a_desk_are_said_with_their_place(change, says):
    with pytest.raises(ScenarioError) as told:
        DAY.change(**change)
    assert says in str(told.value)
