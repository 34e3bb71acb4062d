"""Time that the engine takes, in this process and in processes of its own."""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.limits import cpu_seconds, interleaved
from crmsim.model.market.draws import forget_towns
from crmsim.model.market.market import Market
from crmsim.scenario import load
from crmsim.scenario.market import MarketScenario

IMPORT = "import crmsim"
NUMPY = "import numpy"
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
    """Measure the cost of a week in a long run against one in equally many weeks of short runs."""

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


def cold_seconds(codes: Sequence[str], rounds: int = 15) -> list[tuple[float, float]]:
    """Median seconds of fresh Python processes in turns, their bytecode kept, for each of the
    codes: until it is done, and until the process is gone."""
    starts: list[list[tuple[float, float]]] = [[_cold(code) for code in codes]]
    starts += [[_cold(code) for code in codes] for _ in range(rounds)]
    return [
        tuple(map(statistics.median, zip(*one, strict=True)))  # type: ignore[misc]
        for one in zip(*starts[1:], strict=True)
    ]


def _cold(code: str) -> tuple[float, float]:
    around = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", f"{code}\nprint(flush=True)"]
    start = time.perf_counter()
    with subprocess.Popen(command, env=around, stdout=subprocess.PIPE) as process:
        done = process.stdout.readline()  # type: ignore[union-attr]
        ready = time.perf_counter() - start
    if not done or process.returncode:
        raise RuntimeError(f"{code!r} ended with {process.returncode}")
    return ready, time.perf_counter() - start


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
