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
from crmsim.grading.sandbox.inside.kernel import MOST_PRINTED, PATIENCE
from crmsim.grading.sandbox.jail import ROOM, Jail, Level, jail

MB = 1024 * 1024
CHUNK = 65536
LOOK_S = 0.2
GRACE_S = 2.0
MOST_SIGNS = 300
START_S = 60
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
        self._until = time.monotonic() + limits.submission_s
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
        if self._until <= time.monotonic():
            raise EndedError("no-time-left")
        try:
            if self._kernel is None:
                self._kernel = Kernel(self.limits, self.level)
            lesson_s = PATIENCE * self.limits.lesson_s
            until = min(self._until, time.monotonic() + lesson_s + GRACE_S)
            yield from self._kernel.asked({**request, "files": self.files, "limits": limits}, until)
        except EndedError:
            self.end()
            raise
        if self._kernel.over:
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
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            said = next(self._lines(time.monotonic() + START_S), {})
        except EndedError:
            said = {}
        if said != {"ready": True}:
            self.end()
            raise EndedError("not-started")

    def asked(self, request: Mapping[str, Any], until: float) -> Iterator[dict[str, Any]]:
        """Send a request; what it says to it."""
        self._serial += 1
        self._send(json.dumps({**request, "serial": self._serial}).encode() + b"\n")
        whole = False
        for said in self._lines(until):
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

    def _lines(self, until: float) -> Iterator[dict[str, Any]]:
        """Yield each object that comes, as long as it comes in time and is not too much."""
        rest, size = b"", 0
        begun = _used(self._process.pid)
        heard_s, heard = begun.cpu_s, time.monotonic()
        cell_s, lesson_s = self.limits.cell_s + GRACE_S, self.limits.lesson_s + GRACE_S
        while True:
            now, used = time.monotonic(), _used(self._process.pid)
            if used.cpu_s - heard_s > cell_s or used.cpu_s - begun.cpu_s > lesson_s:
                raise EndedError("too-long")
            if now > until or now - heard > PATIENCE * cell_s:
                raise EndedError("too-slow")
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
                heard_s, heard = used.cpu_s, now
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


@dataclass(frozen=True)
class Used:
    """Memory and processor time that a tree of processes has used, and files in its room."""

    resident_mb: float = 0.0
    cpu_s: float = 0.0
    files: int = 0


def _used(pid: int) -> Used:
    """Look at a process and all it has started, where that can be seen."""
    if sys.platform != "linux":
        return Used()
    pages, ticks, files, waiting = 0, 0, 0, [pid]
    while waiting:
        place = Path("/proc", str(waiting.pop()))
        with contextlib.suppress(OSError, ValueError, IndexError):
            # the name of the program, in brackets, may hold anything
            said = (place / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            ticks += sum(map(int, said[11:15]))  # its own, and of its children that have ended
            pages += int(said[21])
            with contextlib.suppress(OSError):  # outside of the jail there is no such place
                room = os.statvfs(f"{place}/root{ROOM}")
                files = max(files, room.f_files - room.f_ffree)
            for task in (place / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
    held_mb = pages * os.sysconf("SC_PAGE_SIZE") / MB
    return Used(held_mb, ticks / os.sysconf("SC_CLK_TCK"), files)
