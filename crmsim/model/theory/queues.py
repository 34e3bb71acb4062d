"""The queue at a desk, exactly: Erlang's formulas for agents, load and patience (C-13).

``load`` is the work offered, in erlangs: arrivals per minute × minutes of handling each. Assumed:
(1) arrivals are Poisson at a steady rate; (2) handling is exponential; (3) all agents are alike;
(4) first come, first served; (5) under Erlang C everybody waits, under Erlang A patience is
exponential.

References
----------
Erlang 1917, "Solution of some problems in the theory of probabilities"; Palm 1957; Garnett,
Mandelbaum & Reiman 2002, "Designing a call center with impatient customers", M&SOM 4:208.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crmsim.common.checks import MORE_THAN_0, is_number, is_whole, require

ENOUGH = 1e-16


@dataclass(frozen=True, slots=True)
class Impatient:
    """A desk whose callers hang up: who waits, who hangs up, the mean wait; each of all callers."""

    waiting: float
    abandoning: float
    wait_min: float


def blocking(agents: int, load: float) -> float:
    """Erlang B: the share turned away if nobody could wait, by recursion on the agents.

    Examples
    --------
    >>> round(blocking(10, 7.0), 4)
    0.0787
    """
    _check(agents, load)
    blocked = 1.0
    for agent in range(1, agents + 1):
        blocked = load * blocked / (agent + load * blocked)
    return blocked


def waiting(agents: int, load: float) -> float:
    """Erlang C: the share who have to wait; 1 where load is not below the agents.

    Examples
    --------
    >>> [round(waiting(10, load), 3) for load in (7, 8, 9, 9.5)]
    [0.222, 0.409, 0.669, 0.826]
    """
    blocked = blocking(agents, load)
    if load >= agents:
        return 1.0
    return blocked / (1 - load / agents * (1 - blocked))


def mean_wait_min(agents: int, load: float, handle_min: float) -> float:
    """Return the mean wait over everybody (Erlang C).

    It is endless where the load is not below the agents.

    Parameters
    ----------
    agents
        The number of people who answer.
    load
        Work offered, in agents that are busy on average (Erlang).
    handle_min
        The mean time of a contact, in minutes.

    Returns
    -------
    float
        In minutes.

    Examples
    --------
    >>> [round(mean_wait_min(10, load, 3.0), 2) for load in (7, 9, 9.9, 10)]
    [0.22, 2.01, 28.91, inf]
    """
    _check(agents, load)
    _check_minutes(handle_min=handle_min)
    if load >= agents:
        return math.inf
    return waiting(agents, load) * handle_min / (agents - load)


def service_level(agents: int, load: float, handle_min: float, target_min: float) -> float:
    """Erlang C: the share answered within the target.

    Examples
    --------
    >>> [round(service_level(10, load, 3.0, 20 / 60), 3) for load in (7, 8, 9, 9.5)]
    [0.841, 0.672, 0.402, 0.219]
    """
    _check(agents, load)
    _check_minutes(target_min, handle_min=handle_min)
    if load >= agents:
        return 0.0
    return 1 - waiting(agents, load) * math.exp(-(agents - load) * target_min / handle_min)


def agents_for(load: float, handle_min: float, target_min: float, share: float) -> int:
    """Return the fewest agents who answer that share within the target.

    Examples
    --------
    >>> agents_for(7.0, 3.0, 20 / 60, 0.8)
    10
    """
    require(is_number(share, 0) and share < 1, "share", share, "at least 0 and below 1")
    _check(1, load)
    agents = max(1, math.floor(load) + 1)
    while service_level(agents, load, handle_min, target_min) < share:
        agents += 1
    return agents


def impatient(agents: int, load: float, handle_min: float, patience_min: float) -> Impatient:
    """Erlang A: those who wait, those who hang up, and the mean wait, at any load.

    Garnett, Mandelbaum & Reiman (2002), section 2: with A = 1 + Σ y^j / ((x+1)…(x+j)), x = agents ×
    patience ÷ handling, y = load × patience ÷ handling, and Erlang B's E, the share waiting is
    A·E / (1 + (A − 1)·E), and of those the share 1 + (1/A − 1) / ρ hang up.

    Examples
    --------
    >>> desk = impatient(10, 12.0, 3.0, 6.0)
    >>> round(desk.waiting, 3), round(desk.abandoning, 3), round(desk.wait_min, 2)
    (0.85, 0.196, 1.17)
    """
    blocked = blocking(agents, load)
    _check_minutes(handle_min=handle_min)
    require(is_number(patience_min, 0), "patience_min", patience_min, _MINUTES)
    if load == 0:
        return Impatient(0.0, 0.0, 0.0)
    if patience_min == 0:
        return Impatient(blocked, blocked, 0.0)
    served, come = agents * patience_min / handle_min, load * patience_min / handle_min
    total = term = 1.0
    step = 1
    while term > total * ENOUGH:
        term *= come / (served + step)
        total += term
        step += 1
    share = 1 / (1 + (1 - blocked) / (total * blocked)) if blocked else 0.0
    gives_up = share * (1 + (1 / total - 1) * agents / load)
    return Impatient(share, gives_up, gives_up * patience_min)


_MINUTES = "a number of minutes, 0 or more"


def _check(agents: int, load: float) -> None:
    require(is_whole(agents, 1), "agents", agents, "a whole number from 1 on")
    require(is_number(load, 0), "load", load, "a number of erlangs, 0 or more")


def _check_minutes(target_min: float = 0.0, *, handle_min: float) -> None:
    more = "a number of minutes, more than 0"
    require(is_number(handle_min, MORE_THAN_0), "handle_min", handle_min, more)
    require(is_number(target_min, 0), "target_min", target_min, _MINUTES)
