"""The arrivals of an effect at the nodes of the loop: where, in which week, and from where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.model.market.log import NODES
from crmsim.runs.butterfly import onset_week, smooth
from crmsim.runs.run import Run

FELT_SHARE = 0.005
"""An effect of one decision is felt at a node from this share of the usual level on.

It does not depend on what comes later, so it can be used while a firm is still being led. Choice:
half a per cent is about what a change of one lever by a step does to the node on which it acts.
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The moment in which an effect reaches a node.

    ``week`` counts from 0. ``sign`` is 1 if the node is above its base case in the quarter that
    begins then, else −1.
    ``direct`` is True if the effect did not come along the arrow, because the node before had not
    been reached: here the decision itself acts. ``quarter`` is the quarter, from 0, of the decision
    whose effect it is; None if all decisions are looked at together.
    """

    node: str
    week: int
    sign: int
    direct: bool
    quarter: int | None = None


def arrivals(run: Run, base: Run, unseen: float = 5e-4) -> list[Arrival]:
    """Return the arrivals of the whole difference between two runs, in the order of time.

    Parameters
    ----------
    run, base
        Two runs of one market with the same seed.
    unseen
        A node whose gap never exceeds this share of its usual level is left out.

    Returns
    -------
    list of Arrival
        At most one for each node; empty if the runs do not differ.

    Examples
    --------
    >>> from crmsim.runs.butterfly import aftermath
    >>> from crmsim.runs.run import simulate
    >>> usual = aftermath(simulate("buick", seed=1))
    >>> arrivals(usual, usual)
    []
    """
    found: dict[str, tuple[int, float]] = {}
    for node in NODES:
        gap = run.series[node] - base.series[node]
        usual = float(np.abs(base.series[node]).mean()) or 1.0
        week = onset_week(gap)
        if week is not None and np.abs(smooth(gap)).max() >= unseen * usual:
            found[node] = week, _early(gap, week)
    return _in_order(found, None)


def arrivals_of_decision(run: Run, base: Run, quarter: int, weeks: range) -> list[Arrival]:
    """Return the arrivals of one quarter's decision that fall into some weeks.

    `run` and `base` differ in the decisions of that quarter alone.

    Parameters
    ----------
    run, base
        Two runs of one market with the same seed that differ in that quarter's decision alone.
    quarter
        The quarter of the decision, from 0.
    weeks
        The weeks, from 0, in which an arrival is looked for.

    Returns
    -------
    list of Arrival
        In the order of time, at most one for each node.
    """
    found: dict[str, tuple[int, float]] = {}
    for node in NODES:
        gap = smooth(run.series[node] - base.series[node], 4)
        felt = np.flatnonzero(np.abs(gap) >= FELT_SHARE * _usual(base, node))
        if len(felt):
            found[node] = int(felt[0]), _early(gap, int(felt[0]))
    return [arrival for arrival in _in_order(found, quarter) if arrival.week in weeks]


def _early(gap: NDArray[np.float64], week: int) -> float:
    """Return the mean gap of the quarter that begins with the arrival."""
    return float(gap[week : week + WEEKS_QUARTER].mean())


def _usual(base: Run, node: str) -> float:
    """Return the usual size of a node; that of profit is at least a tenth of sales."""
    size = float(np.abs(base.series[node]).mean())
    return max(size, float(base.series["sales"].mean()) / 10) if node == "profit" else size or 1.0


def _in_order(found: Mapping[str, tuple[int, float]], quarter: int | None) -> list[Arrival]:
    """Sort by week, and within a week along the loop, beginning after a node not yet reached."""

    def direct(node: str) -> bool:
        before = NODES[NODES.index(node) - 1]
        return before not in found or found[before][0] > found[node][0]

    made = [
        Arrival(node, week, 1 if gap > 0 else -1, direct(node), quarter)
        for node, (week, gap) in found.items()
    ]
    return sorted(made, key=lambda each: (each.week, _steps(each.node, found)))


def _steps(node: str, found: Mapping[str, tuple[int, float]]) -> int:
    """Count the arrows that an effect of one week has passed before it comes to a node."""
    steps = 0
    while steps < len(NODES):
        before = NODES[NODES.index(node) - 1]
        if before not in found or found[before][0] != found[node][0]:
            break
        node, steps = before, steps + 1
    return steps


def recent_decisions(actions: Sequence[object], most: int) -> list[int]:
    """Return the last quarters, from 0, in which something was decided.

    Parameters
    ----------
    actions
        What was decided in each quarter; empty where it was nothing.
    most
        The number of quarters wanted at most.

    Returns
    -------
    list of int
        In rising order.

    Examples
    --------
    >>> recent_decisions([{"fare": 1}, {}, {"fare": 2}], 4)
    [0, 2]
    """
    return [quarter for quarter, action in enumerate(actions) if action][-most:]
