"""How long the engine takes, in this process and in processes of its own."""

from __future__ import annotations

import itertools
import os
import resource
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.limits import cpu_seconds, interleaved
from crmsim.market import Market
from crmsim.occasions import forget_towns
from crmsim.scenario import load
from crmsim.scenario.market import MarketScenario

IMPORT = "import crmsim"
REST = "import numpy.random"
FIRST_ARRAYS = "import crmsim; crmsim.simulate('buick-market').series"


def town(people: int, weeks: int) -> MarketScenario:
    """The course's market, of another size."""
    market = load("buick-market").change(people=people, years=weeks / 52)
    assert isinstance(market, MarketScenario)
    return market


def run_weeks(market: Market) -> Market:
    """All the weeks of a market that is ready to begin."""
    while not market.done:
        market.step({})
    return market


def ns_customer_week(people: int, weeks: int, rounds: int = 5) -> float:
    """Nanoseconds a customer and week, the making of the people left aside, luck included."""
    forget_towns()
    ready = [Market(town(people, weeks), seed) for seed in range(rounds)]
    seconds = statistics.median(cpu_seconds(lambda m=market: run_weeks(m)) for market in ready)
    return seconds / people / weeks * 1e9


def dearer_weeks(people: int, many: int, few: int, rounds: int = 7) -> float:
    """What a week costs in a long run against one in short runs as long together, in turns."""

    def long(seed: int) -> float:
        market = Market(town(people, many), seed)
        return cpu_seconds(lambda: run_weeks(market))

    def short(seed: int) -> float:
        markets = [Market(town(people, few), seed + turn) for turn in range(many // few)]
        return cpu_seconds(lambda: [run_weeks(market) for market in markets])

    forget_towns()
    turns = [(long(20 * seed + 1), short(20 * seed + 2)) for seed in range(rounds)]
    return statistics.median(one / other for one, other in turns)


def run_ms(people: int, weeks: int, rounds: int = 9) -> tuple[float, float]:
    """Milliseconds of a whole run, people and luck included: the first of a seed, and another."""
    scenario, seeds = town(people, weeks), itertools.count()
    first = interleaved(rounds, lambda: run_weeks(Market(scenario, next(seeds))))[0]
    return 1000 * first, 1000 * interleaved(rounds, lambda: run_weeks(Market(scenario, 0)))[0]


@contextmanager
def compiled() -> Iterator[None]:
    """Let the compiled engine do the work, its code made before anything is timed."""
    os.environ["CRMSIM_ENGINE"] = "numba"
    try:
        run_weeks(Market(town(100, 4), 1))
        yield
    finally:
        del os.environ["CRMSIM_ENGINE"]


def cold_seconds(code: str, rounds: int = 9) -> tuple[float, float]:
    """Median seconds of a fresh Python process, its bytecode kept: by the clock, and of CPU."""
    clock, cpu = [], []
    around = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", code], check=True, env=around)
    for _ in range(rounds):
        before, start = _children_cpu(), time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=around)
        clock.append(time.perf_counter() - start)
        cpu.append(_children_cpu() - before)
    return statistics.median(clock), statistics.median(cpu)


def bytes_a_customer(few: int = 100_000, many: int = 1_000_000) -> float:
    """Bytes that a further customer adds to the most memory a run ever holds."""
    return (_peak_bytes(many) - _peak_bytes(few)) / (many - few)


def _peak_bytes(people: int) -> int:
    scenario = town(people, 5)
    tracemalloc.start()
    try:
        run_weeks(Market(scenario, 1))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
