"""Our worlds beside their twins: the same rules, the same numbers, another engine."""

from __future__ import annotations

import gc
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from benchmarks.desk_simpy import desk
from benchmarks.engine import run_weeks, town
from benchmarks.limits import cpu_seconds
from benchmarks.market_mesa import COLUMNS, Town
from crmsim.common.calendar import WEEKS_YEAR
from crmsim.model.desk.desk import Desk
from crmsim.model.market.compiled.engine import ENGINES
from crmsim.model.market.market import Market
from crmsim.scenario import load
from crmsim.scenario.desk import DeskScenario
from crmsim.scenario.market import MarketScenario

WORLDS = ("mesa", *ENGINES)
DAY_MIN = 24 * 60
AGENTS, HANDLE_MIN = 10, 3.0
STEADY = {"busyness_spread": 0.0, "skill_spread": 0.0, "handle_min": HANDLE_MIN}


def market_seconds(people: int, weeks: int, rounds: int) -> list[tuple[float, ...]]:
    """CPU seconds of the weeks alone, a row a round: in Mesa, in ours, and in ours compiled.

    Each has a process of its own, so that none has to tidy up behind another one's objects, and
    they take turns.
    """
    scenario = town(people, weeks)
    with ExitStack() as stack:
        chairs = [stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"))) for _ in WORLDS]
        return [
            tuple(
                chair.submit(_weeks_seconds, world, scenario, seed).result()
                for chair, world in zip(chairs, WORLDS, strict=True)
            )
            for seed in range(rounds)
        ]


def _weeks_seconds(world: str, scenario: MarketScenario, seed: int) -> float:
    if world == "mesa":
        there = Town(scenario, seed)
        gc.collect()
        return cpu_seconds(lambda: _pass(there, round(scenario.years * WEEKS_YEAR)))
    os.environ["CRMSIM_ENGINE"] = world
    run_weeks(Market(town(100, 4), 1))
    here = Market(scenario, seed)
    gc.collect()
    return cpu_seconds(lambda: run_weeks(here))


def market_means(people: int, weeks: int, seeds: int) -> tuple[NDArray, NDArray]:
    """The mean over the weeks of each of ``COLUMNS``, a row a seed: in Mesa, and ours."""
    scenario = town(people, weeks)
    there = [_pass(Town(scenario, seeds + seed), weeks) for seed in range(seeds)]
    series = [run_weeks(Market(scenario, seed)).series for seed in range(seeds)]
    here = np.array([[each[name].mean() for name in COLUMNS] for each in series])
    return np.array([each.to_numpy().mean(axis=0) for each in there]), here


def z_scores(one: NDArray, other: NDArray) -> NDArray[np.float64]:
    """Difference of the means of two samples of runs, in standard errors."""
    error = one.var(axis=0, ddof=1) / len(one) + other.var(axis=0, ddof=1) / len(other)
    return (one.mean(axis=0) - other.mean(axis=0)) / np.sqrt(error)


def erlang_desk(load_erlang: float, days: int, patience_min: float = 1e9) -> DeskScenario:
    """A desk under Erlang's assumptions, open round the clock."""
    hour = {"questions": 60 * load_erlang / HANDLE_MIN, "problems": 0, "agents": AGENTS}
    changed = load("sunset").change(
        opens=0, sunset=24, days=days, agents=AGENTS, handlers=1, service="exponential",
        hours=[hour | {"handlers": 0}] * 24, parameters=STEADY | {"patience_min": patience_min},
    )  # fmt: skip
    assert isinstance(changed, DeskScenario)
    return changed


def desk_waits(load_erlang: float, days: int, seed: int) -> tuple[float, float]:
    """Mean minutes in the queue: in SimPy, and ours."""
    waits, _ = desk(AGENTS, load_erlang, HANDLE_MIN, days * DAY_MIN, seed)
    series = _open(erlang_desk(load_erlang, days), seed).series
    return float(waits.mean()), float(
        np.average(series["wait_min"], weights=np.maximum(series["contacts"], 1e-9))
    )


def desk_seconds(load_erlang: float, days: int, seed: int) -> tuple[float, float]:
    """CPU seconds of a desk: in SimPy, and ours."""
    scenario = erlang_desk(load_erlang, days)
    slow = cpu_seconds(lambda: desk(AGENTS, load_erlang, HANDLE_MIN, days * DAY_MIN, seed))
    return slow, cpu_seconds(lambda: _open(scenario, seed))


def _open(scenario: DeskScenario, seed: int) -> Desk:
    desk_of_ours = Desk(scenario, seed)
    while not desk_of_ours.done:
        desk_of_ours.step({})
    return desk_of_ours


def _pass(there: Town, weeks: int):
    for _ in range(weeks):
        there.step()
    return there.datacollector.get_model_vars_dataframe()[list(COLUMNS)]
