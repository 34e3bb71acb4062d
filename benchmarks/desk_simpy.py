"""The front of a Desk in SimPy, under Erlang's assumptions: Poisson arrivals, exponential handling,
agents all alike, first come first served, and (with patience) callers who hang up.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy
from numpy.typing import NDArray

from crmsim.common.chance import Chance


def desk(
    agents: int,
    load: float,
    handle_min: float,
    minutes: float,
    seed: int,
    patience_min: float | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Minutes in the queue, and who was answered, an entry for each who called."""
    env = simpy.Environment()
    staff = simpy.Resource(env, capacity=agents)
    luck = Chance(seed).generator("arrivals")
    waits, answered = [], []

    def caller() -> Generator[simpy.Event, object, None]:
        came = env.now
        with staff.request() as turn:
            if patience_min is None:
                yield turn
            else:
                yield turn | env.timeout(luck.exponential(patience_min))
            waits.append(env.now - came)
            answered.append(turn.triggered)
            if turn.triggered:
                yield env.timeout(luck.exponential(handle_min))

    def arrivals() -> Generator[simpy.Event, object, None]:
        while True:
            yield env.timeout(luck.exponential(handle_min / load))
            env.process(caller())

    env.process(arrivals())
    env.run(until=minutes)
    return np.array(waits), np.array(answered)
