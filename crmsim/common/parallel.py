"""Work done piece by piece on any executor, which may lose a worker at any time.

:func:`work_through` sends the pieces, yields each outcome as it is finished, and tries a piece that
lost its worker once more. :class:`Processes` is an executor of our own: a process that dies or
hangs is replaced, and costs no other piece anything.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmsim.common.errors import ActionError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

CHUNKS = 64
"""Chunks that many pieces are sent in: a piece alone costs more to send than to do where it takes
a millisecond, and with fewer chunks a worker of a large machine would have nothing to do."""

Work = Callable[..., Any]
Piece = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The reason why a piece could not be done; ``lost`` if it took its worker with it."""

    reason: str
    error: BaseException | None = None
    lost: bool = False


def work_through(
    work: Work,
    pieces: Sequence[Piece],
    executor: Executor | None = None,
    *,
    chunk: int | None = None,
    most_s: float | None = None,
    start: str | None = None,
    watched: bool = True,
) -> Iterator[tuple[int, Any]]:
    """Yield the index of each piece and its outcome, in the order in which they are finished.

    Parameters
    ----------
    work
        The function to call: ``work(*piece)``.
    pieces
        The arguments of each call.
    executor
        Any executor of ``concurrent.futures``; None: this process, one piece after another.
        A piece that lost its worker is tried once more at the end, alone, in a process of ours.
    chunk
        Pieces to send at a time; None: so many that there are at most 64 chunks.
    most_s
        Time within which some piece must be finished, in seconds; after that, all that are left
        count as lost. None: no limit.
    start
        How a process of ours is started: ``"spawn"``, ``"fork"`` or None, the platform's own way.
    watched
        Show a bar of progress if it takes longer than a second.

    Yields
    ------
    tuple
        The index and what ``work`` returned, or :class:`Failed` if it raised an error.

    Raises
    ------
    ActionError
        If ``executor`` is not an executor.
    """
    if not isinstance(executor, Executor | None):
        rule = "must be one of concurrent.futures, such as ProcessPoolExecutor(2), or None"
        raise ActionError(f"executor = {executor!r}: {rule}")
    from tqdm.auto import tqdm  # slow to load, and most programs never come here

    with tqdm(total=len(pieces), delay=1, leave=False, disable=not watched) as bar:
        if executor is None:
            for place, piece in enumerate(pieces):
                yield place, _attempt(work, piece)
                bar.update()
            return
        lost: list[int] = []
        for place, result in _sent(work, pieces, executor, chunk, most_s, lost):
            yield place, result
            bar.update()
        for place, result in _alone(work, pieces, lost, most_s, start):
            yield place, result
            bar.update()


def _sent(
    work: Work,
    pieces: Sequence[Piece],
    executor: Executor,
    chunk: int | None,
    most_s: float | None,
    lost: list[int],
) -> Iterator[tuple[int, Any]]:
    """Send all pieces and yield what comes back; ``lost`` collects the indices that don't."""
    size = chunk or -(-len(pieces) // CHUNKS)  # rounded up
    sent: dict[Future[list[Any]], range] = {}
    try:
        for first in range(0, len(pieces), max(size, 1)):
            places = range(first, min(first + size, len(pieces)))
            try:
                future = executor.submit(_chunk, work, [pieces[place] for place in places])
            except Exception:  # an executor that lost a worker may refuse any further work
                lost.extend(places)
            else:
                sent[future] = places
        while sent:
            done, _ = wait(sent, most_s, FIRST_COMPLETED)
            for future in sorted(done or sent, key=lambda each: sent[each].start):
                places = sent.pop(future)
                try:
                    results = future.result(timeout=0)
                except (Exception, CancelledError):  # errors of the work itself are results
                    future.cancel()
                    lost.extend(places)
                else:
                    yield from zip(places, results, strict=True)
    finally:
        for future in sent:
            future.cancel()


def _alone(
    work: Work,
    pieces: Sequence[Piece],
    places: Sequence[int],
    most_s: float | None,
    start: str | None,
) -> Iterator[tuple[int, Any]]:
    """Do one piece at a time in a process of ours, so that one that ends its process is known."""
    worker = _Worker(start)
    try:
        for place in places:
            try:
                yield place, worker.do(_chunk, (work, [pieces[place]]), most_s)[0]
            except Exception as error:
                worker.end()
                reason = f"{type(error).__name__}: {error}".removesuffix(": ")
                yield place, Failed(f"its worker could not do it, twice: {reason}", error, True)
    finally:
        worker.end()


def _chunk(work: Work, pieces: Sequence[Piece]) -> list[Any]:
    results = [_attempt(work, piece) for piece in pieces]
    # an error may hold things that can't be sent between processes; its words always can
    return [Failed(each.reason) if isinstance(each, Failed) else each for each in results]


def _attempt(work: Work, piece: Piece) -> Any:
    try:
        return work(*piece)
    except (Exception, SystemExit) as error:  # a policy may well end in sys.exit()
        return Failed(f"{type(error).__name__}: {error}".removesuffix(": "), error)


class Processes(Executor):
    """Processes of this machine; one that dies or takes too long is replaced.

    Parameters
    ----------
    workers
        Number of processes.
    most_s
        Time that a call may take before its process is ended, in seconds; None: no limit.
    begin
        A function that each process calls when it begins.
    """

    def __init__(
        self, workers: int, most_s: float | None = None, begin: Callable[[], None] | None = None
    ) -> None:
        self._threads = ThreadPoolExecutor(workers)
        self._most_s, self._begin = most_s, begin
        self._own = threading.local()
        self._workers: list[_Worker] = []
        self._stopped = False

    def submit(self, fn: Work, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function in the next process that is free."""
        return self._threads.submit(self._do, fn, args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End every process at once, whatever it is doing."""
        self._stopped = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in tuple(self._workers):
            worker.end()
        self._threads.shutdown(wait)

    def _do(self, work: Work, piece: Piece) -> Any:
        if not hasattr(self._own, "worker"):
            self._own.worker = _Worker("spawn", self._begin, alone=True)
            self._workers.append(self._own.worker)
        try:
            if self._stopped:
                raise CancelledError
            return self._own.worker.do(work, piece, self._most_s)
        except BaseException:
            self._own.worker.end()
            raise


class _Worker:
    """A process that can be ended at any time, and begins again when it is needed.

    Parameters
    ----------
    start
        How it is started; None: the platform's own way.
    begin
        A function that it calls when it begins.
    alone
        Whether it does without the main script, so that a script need not guard its first line.
    """

    def __init__(
        self,
        start: str | None = None,
        begin: Callable[[], None] | None = None,
        alone: bool = False,
    ) -> None:
        import multiprocessing

        self._context, self._first = multiprocessing.get_context(start), begin
        self._alone = alone
        self._pool: ProcessPoolExecutor | None = None
        self._pid: int | None = None

    def do(self, work: Work, piece: Piece, most_s: float | None) -> Any:
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor

            self._pool = ProcessPoolExecutor(1, self._context, _begin, (self._first,))
            with _main_hidden() if self._alone else nullcontext():
                begun = self._pool.submit(os.getpid)
            self._pid = begun.result()
        return self._pool.submit(work, *piece).result(most_s)

    def end(self) -> None:
        pool, self._pool = self._pool, None
        pid, self._pid = self._pid, None
        # Without a number of our own there is nothing to signal: 0 would be this whole group.
        if pid:
            with suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


_hiding = threading.Lock()


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Start a process inside of this block that doesn't run the main script once more.

    ``spawn`` runs the file of ``__main__`` in every new process. A script of three lines would
    begin its work there again, and one read from standard input is in no file at all.
    """
    main = sys.modules["__main__"]
    with _hiding:
        kept = {key: getattr(main, key) for key in ("__file__", "__spec__") if hasattr(main, key)}
        try:
            main.__file__ = main.__spec__ = None  # type: ignore[assignment]
            yield
        finally:
            del main.__file__, main.__spec__
            for name, value in kept.items():
                setattr(main, name, value)


def _begin(first: Callable[[], None] | None) -> None:
    """Leave Ctrl-C to the process that started this one, and end when that one does."""
    if first is not None:
        first()
    signal.signal(signal.SIGINT, lambda *_: None)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    import multiprocessing

    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
