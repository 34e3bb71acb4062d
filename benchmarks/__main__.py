"""Print the table of the engine's speed: ``python -m benchmarks`` (``make bench``)."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import nullcontext

from benchmarks import engine, kernel, limits, twins

ROUNDS = 9


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured, the figure, and its aim."""
    market = twins.market_seconds(10_000, 52, ROUNDS)
    yield "Mesa ÷ ours, 10,000 × 52 weeks", f"{_ratio(market):.0f} ×", "≥ 100"
    yield "Mesa ÷ ours compiled, 10,000 × 52 weeks", f"{_ratio(market, 2):.0f} ×", "≥ 100"
    larger = twins.market_seconds(100_000, 6, rounds=1)
    yield "Mesa ÷ ours, 100,000 × 6 weeks", f"{_ratio(larger):.0f} ×", "≥ 100"
    yield "Mesa ÷ ours compiled, 100,000 × 6 weeks", f"{_ratio(larger, 2):.0f} ×", "≥ 100"
    desk = [twins.desk_seconds(8.0, 5, seed) for seed in range(ROUNDS)]
    yield "SimPy ÷ ours, a desk of 10, 5 days", f"{_ratio(desk):.1f} ×", "> 1"
    week, copy = engine.ns_customer_week(10_000, 156), limits.copy_gb_s()
    yield "ns a customer-week, 10,000 × 156", f"{week:.1f}", "≤ 60 at 37 GB/s"
    yield "float32 array copy", f"{copy:.1f} GB/s", ""
    with engine.compiled():
        fast = engine.ns_customer_week(10_000, 156)
    yield "ns a customer-week, 10,000 × 156, compiled", f"{fast:.1f}", "≤ 60 at 37 GB/s"
    yield "bytes copied in a customer-week's time", f"{week * copy:.0f}", "≤ 2,220"
    longer = engine.dearer_weeks(10_000, 520, 52)
    yield "a week's cost, of 520 weeks ÷ of 52", f"{longer:.2f}", "1"
    for people, weeks in ((10_000, 52), (100_000, 52), (1_000_000, 13)):
        cost = engine.ns_customer_week(people, weeks, 3)
        yield f"ns a customer-week, {people:,} × {weeks}", f"{cost:.1f}", "linear"
    for name, chosen in (("", nullcontext), (", compiled", engine.compiled)):
        with chosen():
            first, again = engine.run_ms(5_000, 156)
            trip = kernel.round_trip_ms(10_000)
        yield f"a run of 5,000 × 156{name}", f"{first:.0f} ms", "≤ 60 ms"
        yield f"another of the same seed{name}", f"{again:.0f} ms", "≤ 60 ms"
        yield f"kernel round trip, 10,000 × 156{name}", f"{trip:.0f} ms", "≤ 100 ms"
    yield "bytes a further customer", f"{engine.bytes_a_customer():.0f}", "≤ 300"
    cold = engine.cold_seconds((engine.IMPORT, engine.FIRST_ARRAYS, engine.NUMPY))
    (light, _), (first, whole), (_, numpy) = cold
    yield "import crmsim, cold", f"{light:.2f} s", "≤ 0.15 s"
    yield "cold process to first arrays", f"{first:.2f} s", "≤ 0.3 s"
    yield "and until it has ended", f"{whole:.2f} s", ""
    yield "a whole process of import numpy", f"{numpy:.2f} s", "usually 0.12 s"
    yield "to first arrays ÷ import numpy", f"{first / numpy:.1f} ×", "≤ 2.5"


def _ratio(seconds: list[tuple[float, ...]], place: int = 1) -> float:
    """Return how many times longer the twin takes than the entry in that place."""
    columns = list(zip(*seconds, strict=True))
    return statistics.median(columns[0]) / statistics.median(columns[place])


def main() -> None:
    """Print each row as soon as it is measured."""
    print(f"{'what':42}{'figure':>22}   aim")
    for what, figure, aim in rows():
        print(f"{what:42}{figure:>22}   {aim}", flush=True)


if __name__ == "__main__":
    main()
