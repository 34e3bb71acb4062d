"""Submissions worked off by several processes, of which any may die at any time.

A worker has one submission at a time, so a death costs that one another try, in a new process,
and no other submission anything.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import suppress
from typing import Any

TRIES = 2
SPARE_S = 300
"""How much longer than it may a submission takes before its worker is given up, in seconds."""

Work = Callable[..., Any]
Piece = tuple[Any, ...]


class Died(Exception):  # noqa: N818
    """What was being worked on took its worker with it, every time; says how."""


class Worker:
    """A process of ours that is replaced when it dies or hangs."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._pid = 0

    def do(self, work: Work, piece: Piece, most_s: float) -> Any:
        """The outcome of a piece; its own errors come through as they are."""
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, context, _begin)
            self._pid = self._pool.submit(os.getpid).result()
        return self._pool.submit(work, *piece).result(most_s)

    def end(self) -> None:
        """Stop it at once, whatever it is doing."""
        pool, self._pool = self._pool, None
        if pool is not None:
            with suppress(OSError):
                os.kill(self._pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            pool.shutdown(wait=True, cancel_futures=True)


def work_off(
    work: Work,
    pieces: Sequence[Piece],
    workers: int,
    most_s: float,
    executor: Executor | None = None,
) -> Iterator[tuple[int, Any]]:
    """Each piece's place and its outcome, or :class:`Died`, in the order they are finished.

    Parameters
    ----------
    work
        What is done with a piece: ``work(*piece)``.
    pieces
        The arguments of each piece.
    workers
        How many are worked on at a time.
    most_s
        When a piece is given up, in seconds; nothing that obeys its own limits ever gets there.
    executor
        Where it is done, say on a cluster; None: in processes of ours.
    """
    own: list[Worker] = []
    here, stopping = threading.local(), threading.Event()

    def one(piece: Piece) -> Any:
        reason = ""
        for _ in range(TRIES):
            try:
                if executor is not None:
                    return executor.submit(work, *piece).result(most_s)
                if not hasattr(here, "worker"):
                    here.worker = Worker()
                    own.append(here.worker)
                return here.worker.do(work, piece, most_s)
            except (Exception, CancelledError) as error:  # its worker died, or it failed
                reason = f"{type(error).__name__}: {error}".removesuffix(": ")
                if executor is None:
                    here.worker.end()
                if stopping.is_set():
                    break
        return Died(reason)

    with ThreadPoolExecutor(workers) as threads:
        places: dict[Future[Any], int] = {}
        rest = iter(enumerate(pieces))
        try:
            while True:
                for place, piece in rest:
                    places[threads.submit(one, piece)] = place
                    if len(places) >= workers:
                        break
                if not places:
                    break
                done, _ = wait(places, return_when=FIRST_COMPLETED)
                for future in done:
                    yield places.pop(future), future.result()
        finally:
            stopping.set()
            for worker in own:
                worker.end()


def _begin() -> None:
    """Leave Ctrl-C to the process that started this one, and end when that one does."""
    signal.signal(signal.SIGINT, lambda *_: None)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
