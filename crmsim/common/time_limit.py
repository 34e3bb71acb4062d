"""Limits of time for code that somebody else wrote and that runs in this very process."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

AGAIN_S = 0.5
"""Seconds after which code that went on all the same is stopped once more."""


class TooLongError(BaseException):
    """Code takes too long; no Exception, so that hardly anything catches it."""


@contextmanager
def time_limit(seconds: float, said: str, processor: bool = False) -> Iterator[None]:
    """Raise an error in the code of this block when it takes too long.

    A timer of the operating system stops it where there is one, even while it sleeps or waits for
    input. Elsewhere (Windows, or another thread than the first) it is stopped between two steps of
    Python. One long step of compiled code, such as ``sum(iter(int, 1))``, can't be stopped here.

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


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    what = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
