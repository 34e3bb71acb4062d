"""The queue at a desk: first come, first served, until patience runs out.

Whoever has been free longest takes the next one. A caller hangs up when her patience ends before
an agent is free; so in the order of arrival it is enough to know when each agent is free
(Kiefer & Wolfowitz 1955).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from heapq import heapify, heapreplace
from typing import NamedTuple

from crmsim.model.desk.demand import Contact

NEVER = float("inf")


class Answered(NamedTuple):
    """A contact that is over: the wait, the minute it ended, the work it took, and how it ended."""

    contact: Contact
    wait_min: float
    over_min: float
    work_min: float
    gave_up: bool


class Frontline:
    """Agents and the people who wait for them.

    Parameters
    ----------
    pace
        Of each agent, the time she takes against the usual time; as many as there are.
    """

    def __init__(self, pace: Sequence[float]) -> None:
        self._pace = list(pace)
        self._free_min = [0.0] * len(self._pace)
        self._waiting: deque[Contact] = deque()

    def open(self, minute: float) -> None:
        """Begin a new day: overtime of the evening before is forgotten."""
        self._free_min = [min(free, minute) for free in self._free_min]

    def waiting_at(self, minute: float) -> int:
        """Return how many people are waiting and have not hung up."""
        return sum(contact.arrives_min + contact.patience_min > minute for contact in self._waiting)

    def until(
        self, end: float, start: float, agents: int, come: Iterable[Contact]
    ) -> list[Answered]:
        """Serve the queue up to a minute, with so many agents from ``start`` on."""
        self._waiting.extend(come)
        waiting, pace, answered = self._waiting, self._pace, []
        # A heap of (minute at which an agent is free, agent): the first is who takes the next one.
        crew = [(max(self._free_min[agent], start), agent) for agent in range(agents)]
        # Without agents nobody is ever served, and every caller hangs up in the end.
        crew = crew or [(NEVER, 0)]
        heapify(crew)
        while waiting:
            contact = waiting[0]
            arrives, handle, patience, _ = contact
            free, agent = crew[0]
            begins, gives_up = free if free > arrives else arrives, arrives + patience
            # Both her turn and her patience lie after the end: she and all behind her still wait.
            if begins >= end and gives_up >= end:
                break
            waiting.popleft()
            if gives_up < begins:
                answered.append(Answered(contact, patience, gives_up, 0.0, True))
                continue
            work = handle * pace[agent]
            heapreplace(crew, (begins + work, agent))
            answered.append(Answered(contact, begins - arrives, begins + work, work, False))
        for free, agent in crew[:agents]:
            self._free_min[agent] = free
        return answered
