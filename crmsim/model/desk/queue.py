"""The queue at a desk: first come, first served, until patience runs out.

The agent who has been free longest takes the next caller. A caller hangs up when her patience ends
before an agent is free; so in the order of arrival it is enough to know when each agent is free
(Kiefer & Wolfowitz 1955). Where call-backs are offered, some leave a number instead, and are called
as soon as an agent is free and nobody is in the line (Armony & Maglaras 2004).
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
    called_back: bool = False


class Frontline:
    """Agents and the people who wait for them.

    Parameters
    ----------
    pace
        Of each agent, the time she takes against the usual time; as many as there are.
    dial_min
        Work of calling somebody back, beside the talk, in minutes.
    """

    def __init__(self, pace: Sequence[float], dial_min: float = 0.0) -> None:
        self._pace, self._dial_min = list(pace), dial_min
        self._free_min = [0.0] * len(self._pace)
        self._waiting: deque[Contact] = deque()
        self._numbers: deque[tuple[float, Contact]] = deque()

    def open(self, minute: float) -> None:
        """Begin a new day: overtime of the evening before is forgotten."""
        self._free_min = [min(free, minute) for free in self._free_min]

    def waiting_at(self, minute: float) -> int:
        """Return how many people are waiting and have not hung up."""
        return sum(contact.arrives_min + contact.patience_min > minute for contact in self._waiting)

    def numbers_at(self, minute: float) -> int:
        """Return how many people have left a number by a minute and wait for a call."""
        return sum(left <= minute for left, _ in self._numbers)

    def until(
        self,
        end: float,
        start: float,
        agents: int,
        come: Iterable[Contact],
        callbacks: bool = False,
        closes: float = NEVER,
    ) -> list[Answered]:
        """Serve the queue up to a minute, with so many agents from ``start`` on.

        Where ``callbacks`` are offered, callers who would hang up may leave a number. Nobody is
        called back from the minute ``closes`` on; numbers that are left then were left in vain.
        """
        self._waiting.extend(come)
        waiting, pace, answered = self._waiting, self._pace, []
        # A heap of (minute at which an agent is free, agent): the first is who takes the next one.
        crew = [(max(self._free_min[agent], start), agent) for agent in range(agents)]
        # Without agents nobody is ever served, and every caller hangs up in the end.
        crew = crew or [(NEVER, 0)]
        heapify(crew)
        while waiting or self._numbers:
            free, agent = crew[0]
            if self._numbers:
                left, contact = self._numbers[0]
                begins, turn = max(free, left), waiting[0].arrives_min if waiting else NEVER
                if begins < min(turn, end, closes):
                    self._numbers.popleft()
                    work = contact.handle_min * pace[agent] + self._dial_min
                    heapreplace(crew, (begins + work, agent))
                    wait = contact.patience_min
                    answered.append(Answered(contact, wait, begins + work, work, False, True))
                    continue
                if not waiting:
                    break
            contact = waiting[0]
            arrives, handle, patience, _, leaves_number = contact
            begins, gives_up = free if free > arrives else arrives, arrives + patience
            # Both her turn and her patience lie after the end: she and all behind her still wait.
            if begins >= end and gives_up >= end:
                break
            waiting.popleft()
            if gives_up < begins:
                if callbacks and leaves_number:
                    self._numbers.append((gives_up, contact))
                    continue
                answered.append(Answered(contact, patience, gives_up, 0.0, True))
                continue
            work = handle * pace[agent]
            heapreplace(crew, (begins + work, agent))
            answered.append(Answered(contact, begins - arrives, begins + work, work, False))
        if end >= closes:
            for left, contact in self._numbers:
                answered.append(Answered(contact, contact.patience_min, left, 0.0, True))
            self._numbers.clear()
        for free, agent in crew[:agents]:
            self._free_min[agent] = free
        return answered
