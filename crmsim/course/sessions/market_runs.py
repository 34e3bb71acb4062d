"""Runs of a firm by the actions of its quarters; one quarter more costs one quarter's work."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.model.market.decisions import MarketAction
from crmsim.model.market.market import Market
from crmsim.model.market.outcome import OutcomeValue, discounted
from crmsim.runs.arrivals import Arrival, arrivals_of_decision, recent_decisions
from crmsim.runs.run import Run, recorded
from crmsim.scenario.market import MarketScenario

Key = tuple[tuple[tuple[str, Any], ...], ...]

MOST_RUNS, MOST_WORLDS = 1000, 12
"""Most that are remembered; a run holds some 30 kB, a world that can go on about a megabyte."""

MOST_DECISIONS = 4
"""Quarters with decisions, the last ones, whose effects are followed."""


class RunCache:
    """The runs of one scenario with one seed, remembered.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> runs = RunCache(load("buick-market"), seed=1)
    >>> len(runs.run([{}]).series["week"]), len(runs.usual(2).series["week"])
    (13, 26)
    """

    def __init__(self, scenario: MarketScenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        self._runs: dict[Key, Run] = {}
        self._worlds: dict[Key, Market] = {}
        self._discounted: dict[Key, NDArray[np.float64]] = {}
        market = Market(scenario, seed)
        self.quarters = market.observe().quarters
        people = market.people
        self.start = {
            "reputation": float(people.opinion.mean()) if people.count else 0.0,
            "customers": float(people.customer.sum()),
        }

    def run(self, actions: Sequence[MarketAction]) -> Run:
        """Return the run after these actions, one for each quarter.

        Raises
        ------
        ActionError
            If one of them was not on offer.
        """
        key = _key(actions)
        if key not in self._runs:
            world = self._world_after(key, actions)
            run = recorded(world, [dict(action) for action in actions])
            _remember(self._runs, key, run, MOST_RUNS)
            _remember(self._worlds, key, world, MOST_WORLDS)
        return self._runs[key]

    def discounted(self, actions: Sequence[MarketAction]) -> NDArray[np.float64]:
        """Return the profit of a whole run and of the years after it, for its value.

        Parameters
        ----------
        actions
            One for each quarter of the run.

        Returns
        -------
        array
            One value a week, in currency, discounted to the start; after the weeks of the run
            those of `YEARS_ON` more years, every lever and policy card as at the start.
        """
        key = _key(actions)
        if key not in self._discounted:
            self.run(actions)
            world = self._worlds.pop(key, None) or self._world_after(key, actions)
            world.carry_on()
            profit = discounted(world.series, self.scenario.numbers)
            _remember(self._discounted, key, profit, MOST_RUNS)
        return self._discounted[key]

    def value(self, actions: Sequence[MarketAction]) -> OutcomeValue:
        """Return the value of the firm after a whole run, as `Run.value` does.

        Parameters
        ----------
        actions
            One for each quarter of the run.

        Examples
        --------
        >>> from crmsim.scenario import load
        >>> runs = RunCache(load("buick-market"), seed=1)
        >>> quarters = [{}] * runs.quarters
        >>> runs.value(quarters) == runs.run(quarters).value
        True
        """
        profit, weeks = self.discounted(actions), len(self.run(actions).series["week"])
        return OutcomeValue(float(profit[:weeks].sum()), float(profit[weeks:].sum()))

    def whole(self, actions: Sequence[MarketAction]) -> Run:
        """Return the run to the end; in the quarters without an action nothing is changed.

        Parameters
        ----------
        actions
            What was decided, an action for each quarter so far.
        """
        return self.run([*actions, *({} for _ in range(self.quarters - len(actions)))])

    def usual(self, quarters: int) -> Run:
        """Return the run of the untouched firm.

        Parameters
        ----------
        quarters
            The number of quarters that are run.
        """
        return self.run([{}] * quarters)

    def arrivals(self, actions: Sequence[MarketAction]) -> list[Arrival]:
        """Return what arrived in the last quarter of the effects of recent decisions.

        The effect of a quarter's decisions is the difference to the same actions without them and
        without all that was decided later.

        Parameters
        ----------
        actions
            What was decided, an action for each quarter so far.

        Returns
        -------
        list of Arrival
            In the order of time.
        """
        quarters = len(actions)
        weeks = range((quarters - 1) * WEEKS_QUARTER, quarters * WEEKS_QUARTER)
        found = []
        for decided, with_it, without in self._compared(actions):
            run, base = self.run(with_it), self.run(without)
            found += arrivals_of_decision(run, base, decided, weeks)
        return sorted(found, key=lambda arrival: arrival.week)

    def ahead(self, actions: Sequence[MarketAction]) -> Iterator[None]:
        """Make the run of these actions and all that `arrivals` needs, one run at a time.

        Parameters
        ----------
        actions
            What was decided, an action for each quarter so far.

        Yields
        ------
        None
            After each run, so that something else can be done.
        """
        self.run(actions)
        yield
        self.usual(len(actions))
        yield
        for _, with_it, without in self._compared(actions):
            self.run(with_it)
            yield
            self.run(without)
            yield

    @staticmethod
    def _compared(
        actions: Sequence[MarketAction],
    ) -> Iterator[tuple[int, list[MarketAction], list[MarketAction]]]:
        """Yield recent quarters with decisions, and the actions up to them with and without."""
        for decided in recent_decisions(actions, MOST_DECISIONS):
            with_it, without = (
                [*actions[:known], *[{}] * (len(actions) - known)]
                for known in (decided + 1, decided)
            )
            yield decided, with_it, without

    def _world_after(self, key: Key, actions: Sequence[MarketAction]) -> Market:
        """Return a world after these actions; one that has come nearly so far is used up."""
        world = self._worlds.pop(key[:-1], None) if key else None
        if world is None:
            world = Market(self.scenario, self.seed)
        quarters_done = math.ceil(world.week / WEEKS_QUARTER)
        for action in actions[quarters_done:]:
            world.step(action)
        return world


def _key(actions: Sequence[MarketAction]) -> Key:
    return tuple(tuple(sorted(action.items())) for action in actions)


def _remember(memory: dict[Key, Any], key: Key, value: Any, most: int) -> None:
    """Remember a value, and forget the oldest one if there are too many."""
    if len(memory) >= most:
        memory.pop(next(iter(memory)))
    memory[key] = value
