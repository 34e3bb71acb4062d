"""The runs of a day at a desk that a session needs, each made once, and how they compare."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from crmsim.course.sessions.predictions import Outcome
from crmsim.model.desk.box import NOON
from crmsim.model.desk.case_table import chain
from crmsim.model.desk.desk import SWITCHES
from crmsim.model.theory.control_chart import ControlChart
from crmsim.runs.controls import controls_by_day
from crmsim.runs.run import Run, open_world, recorded
from crmsim.scenario.desk import DeskScenario

USUAL_DAYS = 20
"""Days from which the limits of the control charts are."""

LEEWAY = {
    "kept": 1.0,
    "response_h": 0.1,
    "resolution_h": 0.1,
    "satisfied": 0.01,
    "value": 100.0,
}
"""The largest difference of a result of the day that still counts as about the same."""

SAME_SHARE, SAME_COUNT = 0.15, 1.0
"""Counts are about the same within this share of them, or within so many."""


class DeskRuns:
    """Runs of one desk with one seed, by their actions.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> runs = DeskRuns(load("sunset"), 1)
    >>> usual, ruled = runs.ruled("fifo"), runs.ruled("sunset")
    >>> result(ruled, "response_h") < result(usual, "response_h")
    True
    """

    def __init__(self, scenario: DeskScenario, seed: int) -> None:
        self._scenario, self._seed = scenario, seed
        self._made: dict[str, Run] = {}
        self._charts: dict[str, dict[str, ControlChart]] = {}

    @property
    def hours(self) -> int:
        """The number of hours that are led."""
        return self._scenario.days * len(self._scenario.hours)

    def run(self, actions: Sequence[Mapping[str, Any]]) -> Run:
        """Return the desk after these actions."""
        key = json.dumps([dict(action) for action in actions], sort_keys=True)
        if key not in self._made:
            world = open_world(self._scenario, self._seed)
            for action in actions:
                world.step(action)
            self._made[key] = recorded(world, actions)
        return self._made[key]

    def ruled(self, discipline: str) -> Run:
        """Return the day by the rota under one order of work, without messages."""
        return self.run([{"discipline": discipline}] * self.hours)

    def usual(self, actions: Sequence[Mapping[str, Any]], hours: int) -> Run:
        """Return the day by the rota, with the box of some actions, as far as so many hours."""
        box = [{"box": action["box"]} for action in actions[:1] if "box" in action]
        return self.run([*box, *({} for _ in range(hours - len(box)))])

    def without(
        self, actions: Sequence[Mapping[str, Any]], hour: int, name: str, action: Mapping[str, Any]
    ) -> Run:
        """Return a whole day with one decision left out; a rule stays out up to its next change."""
        changed, was = [dict(each) for each in actions], actions[hour].get(name)
        changed[hour] = dict(action)
        if name in ("discipline", *SWITCHES):
            for later in changed[hour + 1 :]:
                if later.get(name) != was:
                    break
                later[name] = action[name]
        return self.run(changed)

    def controls(self, run: Run) -> dict[str, ControlChart]:
        """Return the chart of each control: a point for each of some usual days, then the run's.

        The usual days are other days of the same desk, led by the rota.
        """
        usual = open_world(self._scenario.change(days=USUAL_DAYS), self._seed)
        key = json.dumps([dict(action) for action in run.actions], sort_keys=True)
        if key not in self._charts:
            if "" not in self._made:
                while not usual.done:
                    usual.step({})
                self._made[""] = recorded(usual, [])
            logs, hours = (self._made[""].series, run.series), len(self._scenario.hours)
            self._charts[key] = controls_by_day(logs, hours, USUAL_DAYS)
        return self._charts[key]


def bet_steps(scenario: DeskScenario) -> tuple[int, ...]:
    """Return the hours, counted from the first, before which something is bet on.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> bet_steps(load("sunset"))
    (4, 10)
    """
    last = len(scenario.hours)
    steps = {NOON - scenario.opens, scenario.sunset - scenario.opens}
    found = sorted(step for step in steps if 0 < step < last)
    return tuple(found) or ((last // 2,) if last > 1 else ())


def spans(scenario: DeskScenario) -> dict[int, tuple[int, int, int]]:
    """Return for each bet the hours that it is about: those before, from, and to where.

    Parameters
    ----------
    scenario
        The case of the desk.

    Returns
    -------
    dict of tuple
        Three hours by the hour of the bet.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> spans(load("sunset"))
    {4: (0, 4, 10), 10: (4, 10, 12)}
    """
    edges = [0, *bet_steps(scenario), len(scenario.hours)]
    return {edges[i]: (edges[i - 1], edges[i], edges[i + 1]) for i in range(1, len(edges) - 1)}


def foreseen(run: Run, step: int, measure: str) -> tuple[float, float]:
    """Return a measure before a bet and after it: callers lost an hour, or open cases.

    Parameters
    ----------
    run
        The run of a day.
    step
        The hour of the bet, from 0.
    measure
        A column of its log.

    Returns
    -------
    tuple of float
        In the unit of the measure.
    """
    before, start, end = spans(run.scenario)[step]  # type: ignore[arg-type]
    column = run.series[measure]
    if measure == "open_cases":
        return float(column[start - 1]), float(column[end - 1])
    return float(column[before:start].mean()), float(column[start:end].mean())


def after_bet(run: Run, step: int, measure: str) -> Outcome:
    """Return the outcome of a bet: how the measure went on from there.

    Parameters
    ----------
    run
        The run of a day.
    step
        The hour of the bet, from 0.
    measure
        A column of its log.
    """
    before, after = foreseen(run, step, measure)
    least = SAME_COUNT if measure == "open_cases" else SAME_COUNT / 2
    return Outcome(after - before, max(SAME_SHARE * before, least))


def result(run: Run, measure: str) -> float:
    """Return a result of a whole day: of its outcome, or the sum of a column of its log.

    ``kept`` are the complaints, out of 100, that came through all links of the chain.

    Parameters
    ----------
    run
        The run of a day.
    measure
        A name of its outcome, or a column of its log.

    Returns
    -------
    float
        In the unit of the measure.
    """
    if measure == "kept":
        put, *_, fed = chain(run.view.cases)
        return 100 * fed / put if put else 100.0
    outcome = run.view.outcome
    return float(outcome[measure] if measure in outcome else run.series[measure].sum())


def of_day(run: Run, base: Run, measure: str) -> Outcome:
    """Return the outcome of a result of the day against another day.

    Parameters
    ----------
    run, base
        Two runs of one desk with the same callers.
    measure
        A name of their outcome, or a column of their log.
    """
    mine, other = result(run, measure), result(base, measure)
    return Outcome(mine - other, LEEWAY.get(measure, max(SAME_SHARE * other, SAME_COUNT)))
