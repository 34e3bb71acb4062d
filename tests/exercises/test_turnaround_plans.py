"""The plans of lesson 41: the table says what their runs say, and what the exercise teaches."""

import pytest

from crmsim.exercises.declared import declared_exercise
from crmsim.exercises.turnaround_plans import LEVELS, led_through, plan_table, run_plan

TASK = declared_exercise("41-plan-click")
ITEMS = {item.id: item for item in TASK.items}


def answers():
    """Every whole plan within the budget."""
    plans = [[]]
    for group in TASK.groups:
        own = [item.id for item in TASK.items if item.group == group.id]
        plans = [[*plan, name] for plan in plans for name in own]
    return [plan for plan in plans if TASK.spent(plan) <= TASK.budget]


@pytest.mark.parametrize(
    "levels",
    [(0.0, 0.8, 0.85, 0.3, 0.5), (0.04, 0.6, 0.85, 0.3, 0.0), (0.0, 1.0, 1.0, 1.0, 0.5)],
)
def test_the_table_says_what_the_runs_say(levels):
    assert plan_table()[levels] == run_plan(levels)


@pytest.mark.long
def test_every_row_of_the_table_says_what_its_runs_say(monkeypatch):
    monkeypatch.setenv("CRMSIM_ENGINE", "numba")
    assert {levels: run_plan(levels) for levels in plan_table()} == plan_table()


def test_every_plan_of_the_menu_is_in_the_table():
    menu = {name: {i.effects[name] for i in TASK.items if name in i.effects} for name in LEVELS}
    assert menu == {name: set(levels) for name, levels in LEVELS.items()}
    assert len(plan_table()) == 3 * 4 * 2 * 2 * 2


def test_no_plan_with_the_promise_as_it_is_or_louder_lives_on_all_lucks():
    for plan in answers():
        if "kept" not in plan:
            assert TASK.achieved(plan)["open"] < 4, plan


def test_only_plans_with_an_honest_promise_and_half_of_the_hands_reach_every_aim():
    right = [plan for plan in answers() if TASK.mark(plan).verdict == "right"]
    assert list(TASK.key) in right
    assert all({"kept", "half"} <= set(plan) for plan in right)
    assert 1 < len(right) < len(answers()) / 5


def test_a_lever_that_a_plan_leaves_out_stays_as_the_old_owner_left_it():
    assert (
        led_through([{"promise": 0.0}], 0, {})
        == {"cost": 0} | plan_table()[0.0, 0.6, 0.85, 0.3, 0.0]
    )
