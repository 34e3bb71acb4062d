"""The process in which a submission runs: it is given cells and asked for values, no more.

It runs apart from the grader, on a course without keys, as ``python -I kernel.py``; requests come
as lines of JSON on its input, replies leave as lines of JSON on its output. For each request a
child is forked off, so that one lesson never costs another. Nothing it says is trusted: a student's
code may change all of it, and can thereby only say other values.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

MB = 1024 * 1024
AGAIN_S = 0.5
IDLE_S = 0.002
"""Processor time between two looks, in seconds, below which a cell was waiting."""
NICE = 5
PR_SET_CHILD_SUBREAPER = 36
MOST_SIGNS = 300
MOST_DEPTH = 8
MOST_PRINTED = 1000
MOST_VALUE_BYTES = 100_000
LARGEST = 1e300
TABLES = re.compile(r"\bpandas\b|\.log\b|\bcompare\(")
"""Code that needs pandas. Most hand-ins do without it, and it is half of all there is to load."""
SendReply = Callable[[Mapping[str, Any]], None]


class CellTimeoutError(BaseException):
    """A cell takes too much processor time; no Exception, so that hardly anything catches it."""


class CellWaitError(BaseException):
    """A cell waits too long without computing."""


class Printed:
    """Stand-in for the output of a cell; it keeps the first words."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        self.text += str(text)[: MOST_PRINTED - len(self.text)]
        return len(text)

    def flush(self) -> None:
        """Do nothing."""

    def isatty(self) -> bool:
        """Say that nobody is looking."""
        return False


def main() -> None:
    """Answer requests until there are no more; where nothing can be forked off, answer one."""
    requests, reply = _channels()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)  # the grader goes first, whatever runs in here
    _be_nobody()
    _adopt_orphans()
    _prepare()
    os.dup2(0, 2)
    reply({"ready": True})
    for line in requests:
        request = json.loads(line)
        if any(TABLES.search(cell["source"]) for cell in request.get("cells", ())):
            _load("pandas")  # here, so that the next lesson has it too
        answer = partial(_answer, reply, request["serial"])
        child = os.fork() if hasattr(os, "fork") else 0
        if not child:
            _run(request, answer)
        _, status = os.waitpid(child, 0)
        _end_others(child)
        answer({"ended": os.waitstatus_to_exitcode(status)})


def _answer(reply: SendReply, serial: int, said: Mapping[str, Any]) -> None:
    """Reply to the request of that number."""
    reply({**said, "of": serial})


def _channels() -> tuple[Iterator[str], SendReply]:
    """Input and output of their own; what is printed, and what is read, goes nowhere.

    Why it can't start may be seen on the error output; a student's code finds nothing there.
    """
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for place in (0, 1):
        os.dup2(nowhere, place)

    def reply(said: Mapping[str, Any]) -> None:
        data = json.dumps(said, allow_nan=False).encode() + b"\n"
        while data:
            data = data[os.write(replies, data) :]

    return iter(requests.readline, ""), reply


def _prepare() -> None:
    """Load what nearly every lesson needs, and put quiet things in place of what only shows."""
    sys.path.insert(0, os.environ["GRADE_COURSE"])
    from crmsim.grading.sandbox.inside.stubs import quiet_the_view

    quiet_the_view()
    _shell()
    _load("crmsim.runs.butterfly")


def _load(module: str) -> None:
    """Load a module for all lessons: a fork that looks for garbage would copy what is there."""
    import_module(module)
    gc.freeze()


def _shell() -> Any:
    """Make the shell that runs cells as a notebook does; each lesson has a fork of it."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config, colors="nocolor")
    shell.showtraceback = shell.showsyntaxerror = _does_nothing
    # magics such as %matplotlib ask for a window or a front end, which is not here
    shell.enable_gui = _does_nothing
    shell.enable_matplotlib = lambda *_: (None, "inline")
    shell.enable_pylab = lambda *_, **__: (None, "inline", ())
    return shell


def _run(request: Mapping[str, Any], reply: SendReply) -> NoReturn:
    """One request in a child of its own."""
    try:
        if hasattr(os, "fork"):
            os.setsid()
        _limit(request["limits"])
        _work(request["files"])
        if "sessions" in request:
            from crmsim.grading.sandbox.inside.replaying import replayed

            for name, record in request["sessions"].items():
                with contextlib.suppress(Exception):
                    reply({"session": name, "replayed": replayed(name, record)})
        else:
            _run_cells(request["cells"], request["limits"], reply)
        reply({"whole": True})
    except BaseException as error:
        with contextlib.suppress(BaseException):
            reply({"failed": type(error).__name__})
        os._exit(1)
    os._exit(0)


def _run_cells(
    cells: list[Mapping[str, Any]], limits: Mapping[str, float], reply: SendReply
) -> None:
    shell = _shell()
    timed = partial(_timed, cell_s=limits["cell_s"], wait_s=limits["wait_s"])
    for number, cell in enumerate(cells):
        printed = Printed()
        with contextlib.redirect_stdout(printed):  # type: ignore[type-var]
            said = timed(partial(_ran, shell, cell["source"]))
        reply({"cell": number, **said, "printed": printed.text})
        for ask in cell["asks"]:
            reply({"ask": ask["key"], **_asked(shell.user_ns, ask, timed, reply)})


def _does_nothing(*_: Any, **__: Any) -> None:
    """Stand in for what shows something; errors are told as values."""


def _timed(work: Callable[[], dict[str, Any]], cell_s: float, wait_s: float) -> dict[str, Any]:
    """Return what the work gives, or its error, which may be that it computes or waits too long.

    Processor time counts: a process that others slow down has done nothing wrong.
    """
    if not hasattr(signal, "setitimer"):
        return _attempted(work)
    try:
        signal.signal(signal.SIGPROF, partial(_too_long, cell_s))
        signal.signal(signal.SIGALRM, _IdleClock(wait_s))
        signal.setitimer(signal.ITIMER_PROF, cell_s, AGAIN_S)
        signal.setitimer(signal.ITIMER_REAL, AGAIN_S, AGAIN_S)
        try:
            return _attempted(work)
        finally:
            for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
                signal.setitimer(timer, 0)
    except BaseException as error:  # the timer may ring once more while it is put off
        return {"error": _told(error)}


def _attempted(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return work()
    except BaseException as error:
        return {"error": _told(error)}


def _too_long(most_s: float, *_: Any) -> NoReturn:
    raise CellTimeoutError(f"more than {most_s:g} s")


class _IdleClock:
    """A clock that goes on only while a cell waits, and rings when it has waited too long.

    A process that others slow down computes a little between two looks; where they slow it down so
    much that it is not even let to look, no look is counted.
    """

    def __init__(self, wait_s: float) -> None:
        self.wait_s, self.waited_s, self.computed_s = wait_s, 0.0, time.process_time()

    def __call__(self, *_: Any) -> None:
        """Look at what was computed since the last look."""
        now_s = time.process_time()
        if now_s - self.computed_s < IDLE_S:
            self.waited_s += AGAIN_S
        self.computed_s = now_s
        if self.waited_s > self.wait_s:
            raise CellWaitError(f"more than {self.wait_s:g} s")


def _ran(shell: Any, source: str) -> dict[str, Any]:
    """Run a cell; what went wrong in it."""
    done = shell.run_cell(source, silent=True)
    error = done.error_before_exec or done.error_in_exec
    return {} if error is None else {"error": _told(error)}


def _asked(
    names: dict[str, Any],
    ask: Mapping[str, Any],
    timed: Callable[[Callable[[], dict[str, Any]]], dict[str, Any]],
    reply: SendReply,
) -> dict[str, Any]:
    """Return the value of an expression, or of each call of the function it stands for."""
    if "probes" not in ask:
        return timed(lambda: _short(_value(eval(ask["expression"], names))))
    found: list[Any] = []
    first = timed(lambda: found.append(eval(ask["expression"], names)) or {})
    if "error" in first or found[0] is ...:
        return first or {"blank": True}
    calls = []
    for probe in ask["probes"]:
        calls.append(timed(lambda given=probe: _short(_value(found[0](*given)))))  # type: ignore[misc]
        reply({"called": len(calls)})  # each call has its own time
    return timed(lambda: _short({"calls": calls}))


def _short(said: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(said, allow_nan=False)) > MOST_VALUE_BYTES:
        raise ValueError("too long")
    return said


def _value(value: Any) -> dict[str, Any]:
    return {"blank": True} if value is ... else {"value": _plain(value), "type": _kind(value)}


def _plain(value: Any, depth: int = MOST_DEPTH) -> Any:
    """Turn a value into one that JSON has; name the type of a value that has no such form."""
    if depth == 0:
        raise ValueError("nested too deeply")
    if hasattr(value, "tolist"):
        value = value.tolist()
    elif hasattr(value, "to_list"):
        value = value.to_list()
    if isinstance(value, bool | str | None):
        return value
    if isinstance(value, int | float):
        return value if abs(value) < LARGEST else None
    if isinstance(value, Mapping):
        return {str(name): _plain(inner, depth - 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, depth - 1) for inner in value]
    return {"type": _kind(value)}


def _kind(value: Any) -> str:
    return type(value).__name__[:MOST_SIGNS]


def _told(error: BaseException) -> list[str]:
    try:
        said = str(error)
    except BaseException:
        said = ""
    return [type(error).__name__[:MOST_SIGNS], said[:MOST_SIGNS]]


def _limit(limits: Mapping[str, float]) -> None:
    """Set the limits of the operating system for this process and its children."""
    try:
        import resource
    except ImportError:
        return
    bounds = {
        "RLIMIT_CPU": int(limits["cpu_s"]),
        "RLIMIT_AS": int(limits["memory_mb"]) * MB,
        "RLIMIT_FSIZE": int(limits["written_mb"]) * MB,
        "RLIMIT_NOFILE": int(limits["files"]),
        "RLIMIT_NPROC": int(limits["processes"]),
        "RLIMIT_CORE": 0,
    }
    for name, bound in bounds.items():
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(getattr(resource, name), (bound, bound))


def _work(files: Mapping[str, str]) -> None:
    """Make a fresh place to work in, like a student's own, with her saved records."""
    place = Path(os.environ["HOME"]) / "work"
    shutil.rmtree(place, ignore_errors=True)
    (place / "progress").mkdir(parents=True)
    (place / "notebook").mkdir()
    for name, text in files.items():
        with contextlib.suppress(OSError, ValueError):
            (place / "progress" / name).write_text(text, "utf-8")
    os.environ["CRMSIM_WORK"] = str(place)
    os.chdir(place / "notebook")


def _be_nobody() -> None:
    """Give up the rights of the superuser, where the grader has them, for good."""
    if nobody := int(os.environ.get("GRADE_AS", "0")):
        os.setgroups([])
        os.setresgid(nobody, nobody, nobody)
        os.setresuid(nobody, nobody, nobody)


def _adopt_orphans() -> None:
    """Have whatever outlives a lesson handed to this process, where the platform can do that."""
    with contextlib.suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_others(child: int) -> None:
    """End everything a lesson left behind: all there is within a namespace, else its session."""
    if os.environ.get("GRADE_ALONE"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    while _orphans():
        pass


def _orphans() -> bool:
    """Kill and reap what has come to this process; whether there may be more."""
    with contextlib.suppress(OSError):
        for pid in Path("/proc/thread-self/children").read_text().split():
            with contextlib.suppress(OSError):
                os.kill(int(pid), signal.SIGKILL)
    try:
        return os.waitpid(-1, 0)[0] > 0
    except ChildProcessError:
        return False


if __name__ == "__main__":
    main()
