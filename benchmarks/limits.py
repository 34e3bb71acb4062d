"""Limits of the machine itself, so that a figure holds on any machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

COPIED_FLOATS = 25_000_000


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of this process for a piece of work; others who share the machine count little."""
    start = time.process_time()
    work()
    return time.process_time() - start


def interleaved(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Median CPU seconds of each work, all done in turns, so that a slow minute hits all alike."""
    turns = [[cpu_seconds(work) for work in works] for _ in range(rounds)]
    return [statistics.median(each) for each in zip(*turns, strict=True)]


def copy_gb_s(rounds: int = 9) -> float:
    """Gigabytes a second that copying a float32 array reads and writes."""
    source = np.ones(COPIED_FLOATS, np.float32)
    target = np.empty_like(source)
    seconds = min(cpu_seconds(lambda: np.copyto(target, source)) for _ in range(rounds))
    return 2 * source.nbytes / seconds / 1e9
