"""Runs with levers moved; those that may be asked for next are made while the student looks.

A lever then shows its effect at once. The work is done a quarter of a market at a time, between
whatever else the kernel has to do, so that nobody waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from crmsim.model.market.market import Market
from crmsim.runs.run import Run, recorded
from crmsim.scenario.market import MarketScenario
from crmsim.widgets.turn import in_turn

Levers = tuple[tuple[str, float], ...]
RunRequest = tuple[MarketScenario, int, Levers]

KEPT = 200
"""Runs remembered; each holds some 30 kB."""

BEGUN = 4
"""Runs remembered that are made in part; each holds a whole market."""

CALM_S, BREATH_S = 0.05, 0.001
"""Seconds after which nothing seems to be asked for, and between two pieces of work."""


class Idle:
    """Work done piece by piece, whenever the kernel has nothing else to do."""

    def __init__(self) -> None:
        self._pieces: Iterator[None] = iter(())
        self._next: asyncio.TimerHandle | None = None

    def do(self, pieces: Iterator[None]) -> None:
        """Do this from now on, and not what is left of other work; outside a kernel, nothing.

        Parameters
        ----------
        pieces
            The work; between two pieces the kernel can do something else.
        """
        self._pieces = pieces
        if self._next:
            self._next.cancel()
        try:
            self._later(asyncio.get_running_loop(), CALM_S)
        except RuntimeError:
            self._next = None

    def _later(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._next = loop.call_later(seconds, partial(self._work, loop))

    @in_turn
    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        if next(self._pieces, self) is None:
            self._later(loop, BREATH_S)


class Ahead:
    """A memory of runs with levers moved, and those to make ahead of time."""

    def __init__(self) -> None:
        self._runs: dict[tuple[int, int, Levers], tuple[MarketScenario, Run]] = {}
        self._begun: dict[tuple[int, int, Levers], tuple[Market, list[dict[str, float]]]] = {}
        self._idle = Idle()

    def run(self, scenario: MarketScenario, seed: int, levers: Levers) -> Run:
        """Return the run with these levers from the first quarter on.

        Parameters
        ----------
        scenario
            The case of the market.
        seed
            The luck.
        levers
            Names and values of the levers.
        """
        for _ in self._made((scenario, seed, levers)):
            pass
        return self._runs[id(scenario), seed, levers][1]

    def expect(self, wanted: Iterable[RunRequest], then: Callable[[], None] = lambda: None) -> None:
        """Make these runs, first things first, whenever the kernel has nothing else to do.

        Parameters
        ----------
        wanted
            A scenario, a seed and levers for each run.
        then
            Called when all of them are made.
        """
        self._idle.do(self._pieces(tuple(wanted), then))

    def _pieces(self, wanted: Iterable[RunRequest], then: Callable[[], None]) -> Iterator[None]:
        for each in wanted:
            yield from self._made(each)
        then()

    def _made(self, wanted: RunRequest) -> Iterator[None]:
        """Make a run, or the rest of one, pausing after every quarter; a known one is ready."""
        scenario, seed, levers = wanted
        key = id(scenario), seed, levers
        if key in self._runs:
            return
        if key not in self._begun:
            if len(self._begun) >= BEGUN:
                self._begun.pop(next(iter(self._begun)))
            self._begun[key] = Market(scenario, seed), []
        market, actions = self._begun[key]
        while not market.done:
            actions.append(dict(levers))
            market.step(actions[-1])
            yield
        if not self._begun.pop(key, None):
            return
        if len(self._runs) >= KEPT:
            self._runs.pop(next(iter(self._runs)))
        self._runs[key] = scenario, recorded(market, actions)
