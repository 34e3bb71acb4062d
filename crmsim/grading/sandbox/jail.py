"""Start a submission's process so that it sees and reaches as little as possible.

Under bubblewrap it sees Python, the course without its keys, and an empty place to write in; it has
no network. Where bubblewrap can't be used, only the limits of the operating system are left. What
is missing is said.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import crmsim
from crmsim.common.words import data_path
from crmsim.grading.options import Limits
from crmsim.grading.sandbox.seccomp import program

Level = Literal["bubblewrap", "plain"]

MB = 1024 * 1024
PACKAGE = Path(crmsim.__file__).parent
COURSE = Path("/course")
ROOM = Path("/room")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store")
FOR_LINKING = ("/etc/ld.so.cache", "/etc/alternatives")
INSIDE = Path("grading", "sandbox", "inside")
SHOWN_OF_GRADING = ("grading/__init__.py", "grading/sandbox/__init__.py", str(INSIDE))
FIRST_NOBODY = 60_000
NOBODIES = 5000
PROBE_S = 20


@dataclass(frozen=True)
class Jail:
    """Command and environment of a process that is kept apart, and files to hand over to it."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    files: tuple[int, ...] = ()


@contextmanager
def jail(limits: Limits, level: Level | None = None) -> Iterator[Jail]:
    """Make what the kernel of a submission needs to start, and take it away afterwards."""
    level = level or best_level()
    if level == "bubblewrap":
        with _filter() as (option, files):
            command = (*_bubblewrap(limits), *option, "--", *_python(COURSE / "kernel.py"))
            yield Jail(command, _environment(ROOM, COURSE), files)
    else:
        with tempfile.TemporaryDirectory(prefix="crmsim-", ignore_cleanup_errors=True) as room:
            kernel = _python(PACKAGE / INSIDE / "kernel.py")
            yield Jail(kernel, _environment(Path(room), PACKAGE.parent))


@contextmanager
def _filter() -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Open the filter of system calls, and yield the option that names it."""
    with tempfile.TemporaryFile() as file:
        file.write(program())
        file.seek(0)
        number = file.fileno()
        yield (("--seccomp", str(number)), (number,)) if program() else ((), ())


@cache
def best_level() -> Level:
    """Find the strongest level that works here by trying each."""
    if shutil.which("bwrap") and _works((*_bubblewrap(Limits()), "--", *_python("-c", "pass"))):
        return "bubblewrap"
    return "plain"


def limits_here(limits: Limits, level: Level | None = None) -> tuple[str, ...]:
    """Return the limits that this platform can't enforce: keys of ``grade.limit`` in the words.

    Parameters
    ----------
    limits
        What student code may use.
    level
        How it is kept apart; None: the best way that this machine has.

    Returns
    -------
    tuple of str
        Empty if every limit holds.

    Examples
    --------
    >>> limits_here(Limits(), "plain")[:2]
    ('files', 'network')
    """
    level = level or best_level()
    if level == "bubblewrap":
        return ("processes",) if os.getuid() == 0 and not _nobody() else ()
    missing = ["files", "network", "outliving"]
    if os.name == "nt":
        return (*missing, "nothing-held")
    if sys.platform == "darwin":
        missing.append("memory")
    if os.getuid() == 0:
        missing.append("superuser")
    return tuple(missing)


def _python(*arguments: str | Path) -> tuple[str, ...]:
    """Python without a user's own packages, start-up files or variables, writing no byte code."""
    return (sys.executable, "-I", "-B", "-X", "utf8", *map(str, arguments))


def _environment(room: Path, course: Path) -> dict[str, str]:
    one_thread = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return (
        kept
        | one_thread
        | {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(room),
            "TMPDIR": str(room),
            "TEMP": str(room),
            "IPYTHONDIR": str(room / "ipython"),
            "JUPYTER_PLATFORM_DIRS": "1",
            "GRADE_COURSE": str(course),
            "GRADE_ALONE": "1" if room == ROOM else "",
            "GRADE_AS": str(_nobody()) if room == ROOM else "0",
        }
    )


def _nobody() -> int:
    """Return a user id without rights if this process is the superuser, else 0."""
    root = os.name != "nt" and os.getuid() == 0
    return FIRST_NOBODY + os.getpid() % NOBODIES if root and _open_to_all() else 0


@cache
def _open_to_all() -> bool:
    """Say whether a user without rights could read the course."""
    files = (*PACKAGE.rglob("*.py"), *data_path().rglob("*.*"))
    return all(file.stat().st_mode & stat.S_IROTH for file in files)


def _bubblewrap(limits: Limits) -> tuple[str, ...]:
    space = ("--size", str(limits.written_mb * MB), "--perms", "0777", "--tmpfs")
    small = ("--size", str(MB), "--tmpfs")
    return (
        shutil.which("bwrap") or "bwrap",
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
        *("--unshare-cgroup-try",),
        *(() if _nobody() else ("--unshare-user", "--disable-userns")),
        *("--die-with-parent", "--new-session"),
        *_readable(),
        *_course(small),
        *("--proc", "/proc", "--dev", "/dev"),
        *(*small, "/dev/shm", "--remount-ro", "/dev"),
        *(*space, str(ROOM), "--chdir", str(ROOM), "--remount-ro", "/"),
    )


def _readable() -> Iterator[str]:
    """Python and the system's own libraries, to be read only."""
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", os.readlink(path), name)
        elif path.is_dir():
            yield from _bound(path, path)
    yield from ("--perms", "0755", "--dir", "/etc")
    for name in FOR_LINKING:
        yield from ("--ro-bind-try", name, name)
    prefixes = dict.fromkeys(map(Path, (sys.prefix, sys.base_prefix, sys.exec_prefix)))
    for path in prefixes:
        if not any(path.is_relative_to(name) for name in SYSTEM):
            yield from _bound(path, path)
        if PACKAGE.is_relative_to(path):
            yield from ("--tmpfs", str(PACKAGE))


def _bound(source: Path, target: Path) -> Iterator[str]:
    for parent in reversed(target.parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(parent))
    yield from ("--ro-bind", str(source), str(target))


def _course(small: tuple[str, ...]) -> Iterator[str]:
    """List the files of the course, without the grader and the exercises, which hold the keys."""
    package, data = COURSE / "crmsim", COURSE / "data"
    yield from _bound(PACKAGE, package)
    yield from (*small, str(package / "grading"))
    yield from ("--perms", "0755", "--dir", str(package / INSIDE.parent))
    for name in SHOWN_OF_GRADING:
        yield from ("--ro-bind", str(PACKAGE / name), str(package / name))
    yield from ("--remount-ro", str(package / "grading"))
    yield from ("--ro-bind", str(PACKAGE / INSIDE / "kernel.py"), str(COURSE / "kernel.py"))
    if data_path().is_relative_to(PACKAGE):
        data = package / "data"
    else:
        yield from ("--ro-bind", str(data_path()), str(data))
    yield from (*small, str(data / "exercises"), "--remount-ro", str(data / "exercises"))
    if (PACKAGE / "notebooks").is_dir():
        yield from (*small, str(package / "notebooks"))


def _works(command: tuple[str, ...]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=PROBE_S, env={})
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
