"""Code that does not come to an end is stopped, in whatever way it goes on."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.common.time_limit import TooLongError, count_ending, time_limit

SHORT_S = 0.05
needs_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer here")


def counts() -> None:
    for _ in itertools.count():
        pass


def waits() -> None:
    while True:
        pass


def sleeps() -> None:
    time.sleep(1000)


def catches_every_error() -> None:
    while True:
        try:
            waits()
        except:  # noqa: E722 - what a student may write
            continue


def catches_and_goes_on_in_the_handler() -> None:
    while True:
        try:
            waits()
        finally:
            continue  # noqa: B012 - what a student may write


def calls_in_turn() -> None:
    while True:
        sorted(range(100), key=lambda each: -each)


ENDLESS = [
    counts,
    waits,
    pytest.param(sleeps, marks=needs_timer),
    pytest.param(catches_every_error, marks=needs_timer),
    pytest.param(catches_and_goes_on_in_the_handler, marks=needs_timer),
    calls_in_turn,
]


@pytest.mark.parametrize("endless", ENDLESS)
def test_what_never_ends_is_stopped(endless):
    with (
        pytest.raises(TooLongError, match="longer than it may"),
        time_limit(SHORT_S, "longer than it may"),
    ):
        endless()
    assert sys.gettrace() is None or "coverage" in repr(sys.gettrace())


def test_what_ends_in_time_is_left_alone_and_no_timer_goes_on():
    with time_limit(60, "too long"):
        total = sum(range(1000))
    assert total == 499500
    if hasattr(signal, "setitimer"):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_error_of_the_code_stays_its_own():
    with pytest.raises(ZeroDivisionError), time_limit(60, "too long"):
        print(1 / 0)


@needs_timer
def test_a_limit_within_a_shorter_one_leaves_the_shorter_one_in_force():
    told = pytest.raises(TooLongError, match="outer")
    with told, time_limit(SHORT_S, "outer"), time_limit(60, "inner"):
        waits()


@needs_timer
def test_a_limit_within_a_longer_one_gives_it_back():
    with time_limit(60, "outer"):
        with pytest.raises(TooLongError, match="inner"), time_limit(SHORT_S, "inner"):
            waits()
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 0 < left < 60
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@needs_timer
def test_of_processor_time_waiting_counts_nothing():
    with time_limit(60, "too long", processor=True):
        left, _ = signal.getitimer(signal.ITIMER_PROF)
        assert left > 0
    with pytest.raises(TooLongError), time_limit(SHORT_S, "too long", processor=True):
        waits()


@pytest.mark.parametrize("endless", [counts, waits, calls_in_turn])
def test_in_another_thread_it_is_stopped_between_two_steps(endless):
    told: list[BaseException] = []

    def work() -> None:
        try:
            with time_limit(SHORT_S, "longer than it may"):
                endless()
        except TooLongError as error:
            told.append(error)
        with time_limit(60, "too long"):
            told.append(ValueError("went on"))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert list(map(str, told)) == ["longer than it may", "went on"]


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="no copy of the process to end")


def one_long_step() -> None:
    sum(iter(int, 1))


@on_linux
@pytest.mark.parametrize("endless", [one_long_step, counts, sleeps, catches_every_error])
def test_of_calls_those_before_the_one_without_end_are_counted(endless):
    assert count_ending([int, int, endless, int], SHORT_S) == 2


@on_linux
@given(st.lists(st.sampled_from([int, one_long_step]), max_size=4))
@settings(max_examples=4)
def test_wherever_the_first_call_without_end_stands(calls):
    first = calls.index(one_long_step) if one_long_step in calls else len(calls)
    assert count_ending(calls, SHORT_S) == first


def raises() -> None:
    raise ValueError


def leaves() -> None:
    raise SystemExit(1)


@pytest.mark.parametrize("call", [raises, leaves])
def test_a_call_that_ends_in_an_error_has_ended(call):
    assert count_ending([call, call], 60) == 2


@on_linux
@pytest.mark.parametrize("breaks", [lambda: os.kill(os.getpid(), 9), lambda: os._exit(1)])
def test_where_the_copy_breaks_nothing_is_known_and_every_call_counts(breaks):
    assert count_ending([int, breaks, int], 60) == 3


@on_linux
def test_what_the_copy_does_is_gone_with_it(capfd):
    kept: list[int] = []

    def does() -> None:
        kept.append(1)
        print("from the copy")
        print("a complaint", file=sys.stderr, flush=True)
        os.write(1, b"from below")

    assert count_ending([does], 60) == 1
    assert not kept
    assert capfd.readouterr() == ("", "")


def open_here() -> tuple[set[str], str]:
    """The open files and the children of this process."""
    thread = f"/proc/self/task/{threading.get_native_id()}"
    return set(os.listdir("/proc/self/fd")), Path(thread, "children").read_text()


@on_linux
def test_no_copy_and_no_pipe_is_left():
    before = open_here()
    count_ending([int, one_long_step], SHORT_S)
    assert open_here() == before


@on_linux
def test_ctrl_c_while_the_copy_works_ends_both():
    def press() -> None:
        # While a process forks, Python drops what is raised by a signal.
        time.sleep(0.3)
        os.kill(os.getppid(), signal.SIGINT)

    before = open_here()
    with pytest.raises(KeyboardInterrupt):
        count_ending([press, one_long_step], 60)
    assert open_here() == before
