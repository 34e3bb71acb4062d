"""Runs of a firm as far as they have come; a quarter more costs one quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.model.market.market import Market
from crmsim.runs.run import Run, recorded
from crmsim.scenario.market import MarketScenario

Action = Mapping[str, Any]
Key = tuple[tuple[tuple[str, Any], ...], ...]

KEPT_RUNS, KEPT_WORLDS = 1000, 6
"""What is remembered; a run holds some 30 kB, a world that can go on about a megabyte."""


class Courses:
    """A memory of the runs of one scenario with one seed.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> courses = Courses(load("buick-market"), seed=1)
    >>> len(courses.run([{}]).series["week"]), len(courses.usual(2).series["week"])
    (13, 26)
    """

    def __init__(self, scenario: MarketScenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        self._runs: dict[Key, Run] = {}
        self._worlds: dict[Key, Market] = {}
        begun = Market(scenario, seed)
        self.quarters = begun.observe().quarters
        people = begun.people
        self.start = {
            "reputation": float(people.opinion.mean()) if people.count else 0.0,
            "customers": float(people.customer.sum()),
        }

    def run(self, actions: Sequence[Action]) -> Run:
        """What happened after these actions, a quarter each.

        Raises
        ------
        ActionError
            If one of them was not on offer.
        """
        key = tuple(tuple(sorted(action.items())) for action in actions)
        if key not in self._runs:
            world = self._flown(key, actions)
            run = recorded(world, [dict(action) for action in actions])
            _remember(self._runs, key, run, KEPT_RUNS)
            if not world.done:
                _remember(self._worlds, key, world, KEPT_WORLDS)
        return self._runs[key]

    def whole(self, actions: Sequence[Action]) -> Run:
        """The run to the end; in the quarters that have no action everything stays as it is."""
        return self.run([*actions, *({} for _ in range(self.quarters - len(actions)))])

    def usual(self, quarters: int) -> Run:
        """The untouched firm after so many quarters."""
        return self.run([{}] * quarters)

    def _flown(self, key: Key, actions: Sequence[Action]) -> Market:
        """A world in which all this has been done; one that has come as far as the last goes on."""
        world = self._worlds.pop(key[:-1], None) if key else None
        if world is None:
            world = Market(self.scenario, self.seed)
        for action in actions[-(-world.week // WEEKS_QUARTER) :]:
            world.step(action)
        return world


def _remember(memory: dict[Key, Any], key: Key, value: Any, most: int) -> None:
    """Keep a value, and forget the oldest one where there are too many."""
    if len(memory) >= most:
        memory.pop(next(iter(memory)))
    memory[key] = value
