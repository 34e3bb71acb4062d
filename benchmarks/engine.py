"""How long the engine takes, in this process and in processes of its own."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
import tracemalloc

from benchmarks.limits import cpu_seconds, interleaved
from crmsim.market import Market
from crmsim.scenario import load
from crmsim.scenario.market import MarketScenario

IMPORT = "import crmsim"
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
    """Nanoseconds a customer and week, the making of the people left aside."""
    ready = [Market(town(people, weeks), 1) for _ in range(rounds)]
    seconds = statistics.median(cpu_seconds(lambda m=market: run_weeks(m)) for market in ready)
    return seconds / people / weeks * 1e9


def run_ms(people: int, weeks: int, rounds: int = 9) -> float:
    """Milliseconds of a whole run, the making of the people included."""
    scenario = town(people, weeks)
    return 1000 * interleaved(rounds, lambda: run_weeks(Market(scenario, 1)))[0]


def cold_seconds(code: str, rounds: int = 9) -> tuple[float, float]:
    """Median seconds of a fresh Python process: by the clock, and of CPU."""
    clock, cpu = [], []
    for _ in range(rounds):
        before, start = _children_cpu(), time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
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
