"""Limits of time for code that somebody else wrote and that runs in this very process."""

from __future__ import annotations

import ctypes
import math
import os
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_STOPPED = 3
"""The exit code of a copy in which a call was stopped."""

AGAIN_S = 0.5
"""Seconds after which code that went on all the same is stopped once more."""


class TooLongError(BaseException):
    """Code takes too long; no Exception, so that hardly anything catches it."""


@contextmanager
def time_limit(seconds: float, said: str, processor: bool = False) -> Iterator[None]:
    """Raise an error in the code of this block when it takes too long.

    A timer of the operating system stops it where there is one, even while it sleeps or waits for
    input. Elsewhere (Windows, or another thread than the first) it is stopped between two steps of
    Python. One long step of compiled code, such as ``sum(iter(int, 1))``, can't be stopped here:
    see :func:`count_ending`.

    Parameters
    ----------
    seconds
        The longest time it may take.
    said
        The message of the error.
    processor
        True: only the processor time of this process counts; without a timer, nothing does.

    Raises
    ------
    TooLongError
        Within the block.

    Examples
    --------
    >>> with time_limit(0.05, "more than 0.05 s"):
    ...     while True:
    ...         pass
    Traceback (most recent call last):
    crmsim.common.time_limit.TooLongError: more than 0.05 s
    """
    first = threading.current_thread() is threading.main_thread()
    if first and hasattr(signal, "setitimer"):
        limit = _by_timer(seconds, said, processor, sys._getframe(2))
    elif processor:
        yield
        return
    else:
        limit = _by_thread(seconds)
    with limit:
        try:
            yield
        except TooLongError as error:
            raise (error if error.args else TooLongError(said)) from None


@contextmanager
def _by_timer(seconds: float, said: str, processor: bool, home: FrameType) -> Iterator[None]:
    """Let the operating system ring; a timer that was set before goes on afterwards."""
    timer, sign = (
        (signal.ITIMER_PROF, signal.SIGPROF) if processor else (signal.ITIMER_REAL, signal.SIGALRM)
    )
    rung = False

    def ring(_: int, frame: FrameType | None) -> NoReturn:
        nonlocal rung
        if rung:
            _raise_in_handlers(frame, home, said)
        rung = True
        raise TooLongError(said)

    traced, begun = sys.gettrace(), time.monotonic()
    left, again = signal.getitimer(timer)
    if 0 < left < seconds:
        yield  # whoever set that timer stops it sooner
        return
    before = signal.signal(sign, ring)
    signal.setitimer(timer, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        sys.settrace(traced)
        signal.signal(sign, before)
        if left:
            signal.setitimer(timer, max(0.001, left - (time.monotonic() - begun)), again)


def _raise_in_handlers(frame: FrameType | None, home: FrameType, said: str) -> None:
    """Stop code that catches everything, in the frames out to the one that set the limit.

    An error that is raised while another is being handled is not caught in the same place.
    """

    def look(*_: Any) -> Any:
        if isinstance(sys.exc_info()[1], TooLongError):
            raise TooLongError(said)
        return look

    sys.settrace(lambda *_: None)
    while frame is not None and frame is not home:
        frame.f_trace = look
        frame = frame.f_back


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    """Let another thread raise the error in this one."""
    over, lock, here = threading.Event(), threading.Lock(), threading.get_ident()

    def ring() -> None:
        wait_s = seconds
        while not over.wait(wait_s):
            with lock:
                if not over.is_set():
                    _raise_in(here, TooLongError)
            wait_s = AGAIN_S

    threading.Thread(target=ring, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            over.set()
        _raise_in(here, None)  # what was raised too late is taken back


def count_ending(calls: Sequence[Callable[[], object]], seconds: float) -> int:
    """Return how many calls come to an end, one after the other, before one that does not.

    A copy of this process makes the calls. It can be ended even within one long step of compiled
    code, which no error can stop. What the calls print, raise or change is gone with the copy.

    Parameters
    ----------
    calls
        Functions of no argument.
    seconds
        The longest time that each may take; within one step of compiled code, processor time, in
        whole seconds.

    Returns
    -------
    int
        The number of calls that end; all of them where the system knows no such copies or the
        copy breaks.

    Examples
    --------
    >>> count_ending([lambda: 1, lambda: 1 / 0], 5)
    2
    """
    if sys.platform != "linux":
        return len(calls)
    reads, writes = os.pipe()
    with warnings.catch_warnings():
        # Python warns since the copy has none of the other threads; the calls need none.
        warnings.simplefilter("ignore", DeprecationWarning)
        copy = os.fork()
    if copy == 0:
        _make_calls(calls, seconds, writes)
    os.close(writes)
    ended, more = 0, b"."
    try:
        while more:
            # A wait without an end could miss a Ctrl+C that comes just before it.
            if select.select([reads], [], [], AGAIN_S)[0]:
                more = os.read(reads, len(calls) + 1)
                ended += len(more)
    finally:
        os.close(reads)
        os.kill(copy, signal.SIGKILL)
        _, status = os.waitpid(copy, 0)
    stopped = os.waitstatus_to_exitcode(status) in (_STOPPED, -signal.SIGXCPU)
    return ended if stopped else len(calls)


def _make_calls(calls: Sequence[Callable[[], object]], seconds: float, pipe: int) -> NoReturn:
    """Make the calls in the copy, write a byte after each, and end the copy."""
    code = 0
    try:
        # Signals, streams and the loop of events are those of the process that was copied.
        signal.set_wakeup_fd(-1)
        for stream in (0, 1, 2):
            os.dup2(os.open(os.devnull, os.O_RDWR), stream)
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, most_s = resource.getrlimit(resource.RLIMIT_CPU)
        for call in calls:
            until_s = math.ceil(time.process_time() + seconds)
            resource.setrlimit(resource.RLIMIT_CPU, (until_s, most_s))
            with suppress(Exception, SystemExit), time_limit(seconds, "stopped"):
                call()
            os.write(pipe, b".")
    except TooLongError:
        code = _STOPPED
    finally:
        os._exit(code)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    what = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
