"""A submission run apart: cells go in, values come out; nothing is believed or waited for long.

Each submission has a kernel of its own (see :mod:`crmsim.grading.sandbox.inside.kernel`), started
in a jail; a lesson that ends badly takes its kernel with it, and the next one gets a new one.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from crmsim.grading.options import Limits
from crmsim.grading.reading.untrusted_json import ReadingError, loads
from crmsim.grading.sandbox.inside.kernel import MOST_PRINTED
from crmsim.grading.sandbox.jail import ROOM, Jail, Level, jail

MB = 1024 * 1024
CHUNK = 65536
LOOK_S = 0.2
GRACE_S = 2.0
MOST_SIGNS = 300
START_S = 300
HELD_UP = 5
"""Time by the clock, as a multiple of what may be used, after which a busy machine is blamed."""
PATIENCE = 3
"""The same where nobody can see what a process uses."""
ALL_TOGETHER = 1.5
"""Memory that all processes together may hold, as a multiple of the limit of one."""
MOST_FILES = 20_000
"""Files in the room: an empty one takes no room there, but a kilobyte of the kernel's memory."""


class EndedError(Exception):
    """The kernel was ended, or ended itself: a key of ``grade.problem`` in the words."""


@dataclass(frozen=True)
class Asked:
    """An expression to ask for; with ``probes`` it stands for a function to call on each."""

    expression: str
    probes: Sequence[Sequence[Any]] | None = None


@dataclass(frozen=True)
class SandboxStep:
    """A cell to run, and what to ask for afterwards, by the caller's own keys."""

    source: str
    asks: Mapping[str, Asked] = field(default_factory=dict)


@dataclass
class Ran:
    """Outcome of running a lesson.

    Attributes
    ----------
    values
        The reply to each ask: with ``value`` and ``type``, ``calls``, ``blank`` or ``error``.
    errors
        The error of a cell, by the place of the cell.
    printed
        The first words that a cell printed, by its place.
    ended
        Why it did not come to its end, or "".
    """

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[int, list[str]] = field(default_factory=dict)
    printed: dict[int, str] = field(default_factory=dict)
    ended: str = ""


class Sandbox:
    """The kernel of one submission; use it in a ``with`` statement.

    Parameters
    ----------
    limits
        What the submission may use.
    files
        The records in the student's progress folder, by name.
    level
        How it is kept apart; None: as well as it can be here.
    """

    def __init__(
        self,
        limits: Limits,
        files: Mapping[str, str] | None = None,
        level: Level | None = None,
    ) -> None:
        self.limits, self.files, self.level = limits, dict(files or {}), level
        self._left_s = limits.submission_s
        self._kernel: Kernel | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End the kernel, and with it everything that runs in it."""
        if self._kernel:
            self._kernel.end()
            self._kernel = None

    def replay(self, sessions: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """Make sessions again, in a kernel in which nothing of the student's has run.

        Parameters
        ----------
        sessions
            Saved records by name.

        Returns
        -------
        tuple
            What became of each session, by its name; and why it ended early, or "".
        """
        self.end()
        found: dict[str, Any] = {}
        try:
            for said in self._frames({"sessions": sessions}):
                if said.get("session") in sessions and isinstance(said.get("replayed"), dict):
                    found.setdefault(said["session"], said["replayed"])
        except EndedError as error:
            return found, str(error)
        return found, ""

    def run(self, steps: Sequence[SandboxStep]) -> Ran:
        """Run the cells of a lesson, one after another.

        Parameters
        ----------
        steps
            The cells, in their order.
        """
        ran = Ran()
        known = {key for step in steps for key in step.asks}
        places = range(len(steps))
        try:
            for said in self._frames({"cells": list(map(_plain, steps))}):
                if said.get("ask") in known:
                    ran.values.setdefault(said["ask"], said)
                elif said.get("cell") in places:
                    _hear_cell(ran, said)
        except EndedError as error:
            ran.ended = str(error)
        return ran

    def _frames(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the replies of the kernel to a request, until it has done with it."""
        limits = to_builtins(self.limits)
        limits["processes"] += _processes_of_user()
        if self._left_s <= 0:
            raise EndedError("no-time-left")
        try:
            if self._kernel is None:
                self._kernel = Kernel(self.limits, self.level)
            kernel = self._kernel
            lesson_s = min(self.limits.lesson_s, self._left_s)
            try:
                whole = {**request, "files": self.files, "limits": limits}
                yield from kernel.asked(whole, lesson_s)
            finally:
                self._left_s -= kernel.spent_s
        except EndedError:
            self.end()
            raise
        if kernel.over:
            self.end()


class Kernel:
    """One process, or tree of processes, in its jail."""

    def __init__(self, limits: Limits, level: Level | None) -> None:
        self.limits = limits
        self._closing = contextlib.ExitStack()
        self._jail: Jail = self._closing.enter_context(jail(limits, level))
        self._process = subprocess.Popen(
            self._jail.command,
            env=dict(self._jail.environment),
            pass_fds=self._jail.files,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )
        self._chunks: queue.Queue[bytes] = queue.Queue(maxsize=16)
        self._gone = threading.Event()
        self._serial = 0
        self.over = False
        self.spent_s = 0.0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            # nothing of hers runs yet, so only a machine that can't start it is at fault
            said = next(self._lines(Allowed(START_S, START_S, START_S, START_S)), {})
        except EndedError:
            said = {}
        if said != {"ready": True}:
            self.end()
            raise EndedError("not-started")

    def asked(self, request: Mapping[str, Any], lesson_s: float) -> Iterator[dict[str, Any]]:
        """Send a request, and yield what it says to it; it may use so many seconds."""
        self._serial += 1
        self._send(json.dumps({**request, "serial": self._serial}).encode() + b"\n")
        whole = False
        wait_s = self.limits.wait_s if SEEN else PATIENCE * self.limits.cell_s
        allowed = Allowed(self.limits.cell_s, wait_s, lesson_s, HELD_UP * lesson_s)
        for said in self._lines(allowed):
            if said.get("of") != self._serial:
                continue
            whole = whole or "whole" in said
            if "ended" in said:
                if said["ended"] != 0 or not whole:
                    raise EndedError(_why(said["ended"]))
                return
            yield said
        self.over = True
        if not whole:
            raise EndedError("died")

    def end(self) -> None:
        """End the whole tree of processes."""
        self._gone.set()
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._reader.join(GRACE_S)
        self._process.stdin.close()  # type: ignore[union-attr]
        if not self._reader.is_alive():
            self._process.stdout.close()  # type: ignore[union-attr]
        self._closing.close()

    def _send(self, data: bytes) -> None:
        """Write a request without waiting for who does not read it."""

        def write() -> None:
            with contextlib.suppress(OSError, ValueError):
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(self._process.stdin.fileno(), rest) :]  # type: ignore[union-attr]

        threading.Thread(target=write, daemon=True).start()

    def _read(self) -> None:
        """Pass on what comes, a little at a time, so that a flood fills no memory."""
        pipe = self._process.stdout.fileno()  # type: ignore[union-attr]
        while not self._gone.is_set():
            try:
                chunk = os.read(pipe, CHUNK)
            except OSError:
                chunk = b""
            while not self._gone.is_set():
                with contextlib.suppress(queue.Full):
                    self._chunks.put(chunk, timeout=LOOK_S)
                    break
            if not chunk:
                return

    def _lines(self, allowed: Allowed) -> Iterator[dict[str, Any]]:
        """Yield each object that comes, as long as it comes in time and is not too much."""
        rest, size = b"", 0
        until = time.monotonic() + allowed.clock_s + GRACE_S
        cell, lesson = Spent(), Spent()
        lesson_wait_s = allowed.lesson_s if SEEN else PATIENCE * allowed.lesson_s
        now, used = time.monotonic(), _used(self._process.pid)
        while True:
            before, last = now, used
            now, used = time.monotonic(), _used(self._process.pid)
            for each in (cell, lesson):
                each.add(now - before, used, last)
            self.spent_s = lesson.cpu_s + lesson.waited_s
            computed_long = cell.cpu_s > allowed.cell_s + GRACE_S
            if computed_long or lesson.cpu_s > allowed.lesson_s + GRACE_S:
                raise EndedError("too-long")
            waited_long = cell.waited_s > allowed.wait_s + GRACE_S
            if waited_long or lesson.waited_s > lesson_wait_s + GRACE_S:
                raise EndedError("too-slow")
            if now > until:
                raise EndedError("held-up")
            if used.resident_mb > ALL_TOGETHER * self.limits.memory_mb or used.files > MOST_FILES:
                raise EndedError("too-much-memory")
            try:
                chunk = self._chunks.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            if not chunk:
                return
            size += len(chunk)
            if size > self.limits.output_mb * MB:
                raise EndedError("too-much-output")
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                cell = Spent()
                yield from _object(line)


def _hear_cell(ran: Ran, said: Mapping[str, Any]) -> None:
    """Keep the error of a cell and what it printed."""
    if isinstance(said.get("error"), list):
        told = [str(part)[:MOST_SIGNS] for part in said["error"][:2]]
        ran.errors.setdefault(said["cell"], told)
    if isinstance(said.get("printed"), str):
        ran.printed.setdefault(said["cell"], said["printed"][:MOST_PRINTED])


def _object(line: bytes) -> Iterator[dict[str, Any]]:
    try:
        said = loads(line.decode("utf-8", "replace"))
    except ReadingError:
        return
    if isinstance(said, dict):
        yield said


def _plain(step: SandboxStep) -> dict[str, Any]:
    asks = [
        {"key": key, "expression": ask.expression}
        | ({} if ask.probes is None else {"probes": ask.probes})
        for key, ask in step.asks.items()
    ]
    return {"source": step.source, "asks": asks}


def _why(code: object) -> str:
    """Return the meaning of an exit code: the operating system ends what takes too long."""
    timed_out = [-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGALRM")]
    return "too-long" if code in timed_out else "died"


def _processes_of_user() -> int:
    """Count the other processes of the grader's user; they count where users are not parted."""
    if sys.platform != "linux" or os.getuid() == 0:
        return 0
    mine = os.getuid()
    count = 0
    for status in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if status.stat().st_uid == mine:
                count += len(os.listdir(status / "task"))
    return count


SEEN = sys.platform == "linux"
"""True where one can see what a tree of processes uses."""


@dataclass(frozen=True)
class Used:
    """Memory and processor time that a tree of processes has used, and files in its room.

    ``running`` is True if one of them computes, or would if the processor were free.
    """

    resident_mb: float = 0.0
    cpu_s: float = 0.0
    files: int = 0
    running: bool = False


@dataclass(frozen=True)
class Allowed:
    """Time that may be spent, in seconds.

    Attributes
    ----------
    cell_s, wait_s
        Computing, and waiting without computing, in one cell.
    lesson_s
        Computing in all, and as much waiting.
    clock_s
        By the clock; then the machine is too busy.
    """

    cell_s: float
    wait_s: float
    lesson_s: float
    clock_s: float


@dataclass
class Spent:
    """Processor time, and time of waiting without need of the processor, in seconds."""

    cpu_s: float = 0.0
    waited_s: float = 0.0

    def add(self, passed_s: float, used: Used, last: Used) -> None:
        """Count the time that passed between two looks."""
        computed_s = max(0.0, used.cpu_s - last.cpu_s)
        self.cpu_s += computed_s
        if not used.running:
            # a long time between two looks says that the grader itself was not let to look
            longest_s = 2 * LOOK_S if SEEN else passed_s
            self.waited_s += max(0.0, min(passed_s, longest_s) - computed_s)


def _used(pid: int) -> Used:
    """Look at a process and all it has started, where that can be seen."""
    if not SEEN:
        return Used()
    pages, ticks, files, running, waiting = 0, 0, 0, False, [pid]
    while waiting:
        place = Path("/proc", str(waiting.pop()))
        with contextlib.suppress(OSError, ValueError, IndexError):
            said = _stat(place)
            ticks += sum(map(int, said[11:15]))  # its own, and of its children that have ended
            pages += int(said[21])
            with contextlib.suppress(OSError):  # outside of the jail there is no such place
                room = os.statvfs(f"{place}/root{ROOM}")
                files = max(files, room.f_files - room.f_ffree)
            for task in (place / "task").iterdir():
                running = running or _stat(task)[0] == "R"
                waiting += map(int, (task / "children").read_text().split())
    held_mb = pages * os.sysconf("SC_PAGE_SIZE") / MB
    return Used(held_mb, ticks / os.sysconf("SC_CLK_TCK"), files, running)


def _stat(place: Path) -> list[str]:
    """Return what Linux says of a process or a thread, from its state on."""
    # the name of the program, in brackets, may hold anything
    return (place / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
