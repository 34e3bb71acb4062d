"""Call-backs: fewer hang up, nobody is served twice, and a day without them is as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim import ActionError, load, simulate
from crmsim.model.desk.demand import Contact
from crmsim.model.desk.queue import Frontline

DAY = load("sunset")
SEEDS = range(40)


def offered(seen):
    return {"callbacks": True, "agents": max(seen.expected.agents - 1, 1)}


def short(seen):
    return {"agents": max(seen.expected.agents - 1, 1)}


def test_a_day_on_which_nobody_is_called_back_has_the_log_it_always_had():
    off = simulate(DAY, lambda seen: {"callbacks": False}, seed=3)
    never = simulate(DAY.change(callbacks=False), seed=3)
    assert off.log.equals(never.log)
    assert "called_back" not in off.series


def test_where_they_are_not_offered_they_can_not_be_decided():
    with pytest.raises(ActionError, match="'callbacks' can't be decided"):
        simulate(DAY.change(callbacks=False), lambda seen: {"callbacks": True})
    with pytest.raises(ActionError, match="callbacks = 'yes': must be True or False"):
        simulate(DAY, lambda seen: {"callbacks": "yes"})


def test_callers_who_leave_a_number_are_called_back_or_left_in_vain():
    run, without = (simulate(DAY, policy, seed=5).series for policy in (offered, short))
    assert run["called_back"].sum() > 0
    assert run["contacts"].sum() == without["contacts"].sum()
    assert (run["in_time"] + run["abandoned"] + run["called_back"] <= run["contacts"]).all()


def test_with_the_same_staff_call_backs_lose_fewer_callers_and_keep_those_in_line_waiting_longer():
    """Armony & Maglaras (2004): calls that would be lost are moved to minutes that are idle."""
    pairs = [[simulate(DAY, way, seed=s).series for way in (offered, short)] for s in SEEDS]
    lost = np.array([[run["abandoned"].sum() for run in pair] for pair in pairs])
    work = np.array([[run["agent_min"].sum() for run in pair] for pair in pairs])
    assert (lost[:, 0] < lost[:, 1]).mean() >= 0.95
    assert (work[:, 0] > work[:, 1]).mean() >= 0.95


callers = st.lists(
    st.tuples(st.floats(0, 59), st.floats(0.1, 20), st.floats(0, 10), st.booleans()),
    max_size=12,
)


@given(callers, st.integers(0, 3), st.booleans())
@settings(max_examples=60, deadline=None)
def test_everybody_is_over_once_however_they_call(callers, agents, on):
    come = [Contact(at, work, wait, None, leaves) for at, work, wait, leaves in sorted(callers)]
    front = Frontline([1.0] * 3, dial_min=0.5)
    over = front.until(float("inf"), 0.0, agents, come, on, 60.0)
    assert sorted(each.contact for each in over) == come
    assert sum(each.called_back for each in over) <= sum(contact.leaves_number for contact in come)
    called = [each for each in over if each.called_back]
    assert all(on and each.work_min == each.contact.handle_min + 0.5 for each in called)
    assert all(each.over_min - each.work_min < 60 for each in called)


def test_a_caller_in_the_line_comes_before_one_who_left_a_number():
    first = Contact(0.0, 10.0, 1.0, None)
    number = Contact(1.0, 2.0, 1.0, None, leaves_number=True)
    waits = Contact(9.0, 3.0, 30.0, None)
    over = Frontline([1.0]).until(60.0, 0.0, 1, [first, number, waits], True, 60.0)
    assert [each.contact for each in over] == [first, waits, number]
    assert [each.called_back for each in over] == [False, False, True]
    assert over[2].over_min == 15.0
