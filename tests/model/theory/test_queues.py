"""Erlang's formulas against the chain they solve, and at their limits."""

import math

import numpy as np
import pytest

from crmsim.model.theory.queues import (
    agents_for,
    blocking,
    impatient,
    mean_wait_min,
    service_level,
    waiting,
)


def chain(agents, load, patience, states=3000):
    """Shares of time with so many callers in the system, from the balance of births and deaths.

    Time is counted in handling times; ``patience`` too, and it may be endless.
    """
    number = np.arange(1, states)
    leaving = np.minimum(number, agents) + np.maximum(number - agents, 0) / patience
    log = np.concatenate([[0.0], np.cumsum(np.log(load / leaving))])
    share = np.exp(log - log.max())
    return share / share.sum()


@pytest.mark.parametrize(("agents", "load"), [(1, 0.5), (3, 2.9), (10, 7.0), (100, 90.0)])
def test_erlang_c_solves_the_chain(agents, load):
    share = chain(agents, load, patience=math.inf)
    queue = np.maximum(np.arange(len(share)) - agents, 0)
    assert waiting(agents, load) == pytest.approx(share[agents:].sum())
    assert mean_wait_min(agents, load, 3.0) == pytest.approx(3.0 * (share @ queue) / load)


@pytest.mark.parametrize(
    ("agents", "load", "patience"), [(1, 4.0, 0.5), (10, 9.0, 2.0), (10, 30.0, 5.0)]
)
def test_erlang_a_solves_the_chain_even_overloaded(agents, load, patience):
    share = chain(agents, load, patience)
    queue = np.maximum(np.arange(len(share)) - agents, 0)
    desk = impatient(agents, load, 3.0, 3.0 * patience)
    assert desk.waiting == pytest.approx(share[agents:].sum())
    assert desk.abandoning == pytest.approx(share @ queue / patience / load)
    assert desk.wait_min == pytest.approx(3.0 * (share @ queue) / load)


def test_blocking_is_what_happens_when_nobody_can_wait():
    share = chain(4, 3.0, math.inf, states=5)
    assert blocking(4, 3.0) == pytest.approx(share[4])
    assert impatient(4, 3.0, 3.0, 0.0).abandoning == blocking(4, 3.0)


def test_with_endless_patience_erlang_a_becomes_erlang_c():
    assert impatient(10, 9.0, 3.0, 1e7).waiting == pytest.approx(waiting(10, 9.0), abs=1e-5)
    assert impatient(10, 9.0, 3.0, 1e7).wait_min == pytest.approx(
        mean_wait_min(10, 9.0, 3.0), rel=1e-3
    )


def test_the_wait_explodes_near_full_load():
    waits = [mean_wait_min(10, 10 * load, 3.0) for load in (0.8, 0.9, 0.99, 0.999)]
    assert waits == sorted(waits)
    assert waits[-1] > 100 * waits[1]
    assert mean_wait_min(10, 10.0, 3.0) == math.inf
    assert (waiting(10, 12.0), service_level(10, 12.0, 3.0, 1.0)) == (1.0, 0.0)


def test_nobody_comes():
    assert (waiting(3, 0.0), mean_wait_min(3, 0.0, 3.0), service_level(3, 0.0, 3.0, 0.0)) == (
        0,
        0,
        1,
    )
    assert impatient(3, 0.0, 3.0, 6.0) == (impatient(1, 0.0, 1.0, 1.0))


@pytest.mark.parametrize("load", [0.0, 0.3, 7.0, 55.5])
def test_the_fewest_agents_who_meet_the_target(load):
    agents = agents_for(load, 3.0, 1 / 3, 0.8)
    assert service_level(agents, load, 3.0, 1 / 3) >= 0.8
    assert agents == 1 or service_level(agents - 1, load, 3.0, 1 / 3) < 0.8


@pytest.mark.parametrize("load", [-1, math.nan, math.inf])
def test_a_load_that_makes_no_sense(load):
    with pytest.raises(ValueError, match="load"):
        waiting(10, load)


@pytest.mark.parametrize("agents", [0, -3, 2.5, True])
def test_agents_that_make_no_sense(agents):
    with pytest.raises(ValueError, match="agents"):
        waiting(agents, 1.0)


def test_a_target_nobody_can_meet():
    with pytest.raises(ValueError, match="share"):
        agents_for(7.0, 3.0, 0.0, 1.0)
