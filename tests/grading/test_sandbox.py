"""Code in the sandbox returns values and no more; a submission that ends badly ends alone."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from crmsim.common.words import data_path
from crmsim.exercises.declared import read_exercises
from crmsim.exercises.kinds import Function
from crmsim.grading.options import Limits
from crmsim.grading.sandbox import jail as jail_module
from crmsim.grading.sandbox import sandbox as sandbox_module
from crmsim.grading.sandbox import seccomp
from crmsim.grading.sandbox.jail import best_level, jail, limits_here
from crmsim.grading.sandbox.sandbox import Asked, Sandbox, SandboxStep, Spent, Used
from crmsim.grading.sandbox.seccomp import program

SHORT = Limits(cell_s=5, lesson_s=15, submission_s=60, output_mb=1, memory_mb=1024)
LEVELS = ["plain", "bubblewrap"]
FUNCTIONS = [t for p in data_path("exercises").glob("*.toml") for t in read_exercises(p).values()]
REFERENCES = [task.reference for task in FUNCTIONS if isinstance(task, Function)]
LEFT_BEHIND = "marker-of-a-process-that-was-left-behind"


def here(level: str) -> bool:
    return LEVELS.index(best_level()) >= LEVELS.index(level)


def test_the_room_to_write_in_covers_neither_python_nor_any_usual_place_of_the_course():
    places = (sys.prefix, sys.base_prefix, tempfile.gettempdir(), "/home", "/opt", "/srv")
    assert not any(Path(place).is_relative_to(jail_module.ROOM) for place in places)


@pytest.mark.parametrize("level", LEVELS)
def test_values_come_back_as_plain_values(level: str):
    if not here(level):
        pytest.skip(f"{level} does not work here")
    asks = {
        "number": Asked("np.float64(2.5)"),
        "list": Asked("np.arange(3)"),
        "table": Asked("pd.Series([1.0, 2.0])"),
        "blank": Asked("..."),
        "missing": Asked("nowhere"),
        "calls": Asked("half", [[4], [[1, 2]]]),
    }
    source = "import numpy as np, pandas as pd\ndef half(x): return x / 2"
    with Sandbox(SHORT, level=level) as sandbox:  # type: ignore[arg-type]
        ran = sandbox.run([SandboxStep("1 / 0"), SandboxStep(source, asks)])
    assert (ran.ended, ran.errors) == ("", {0: ["ZeroDivisionError", "division by zero"]})
    said = ran.values
    assert [said[key].get("value") for key in ("number", "list", "table")] == [
        2.5,
        [0, 1, 2],
        [1.0, 2.0],
    ]
    assert said["blank"]["blank"]
    assert said["missing"]["error"][0] == "NameError"
    assert said["calls"]["calls"][0]["value"] == 2
    assert said["calls"]["calls"][1]["error"][0] == "TypeError"


@pytest.mark.parametrize("level", LEVELS[1:])
def test_there_is_no_network(level: str):
    if not here(level):
        pytest.skip(f"{level} does not work here")
    source = "import socket\nnames = [name for _, name in socket.if_nameindex()]"
    with Sandbox(SHORT, level=level) as sandbox:  # type: ignore[arg-type]
        ran = sandbox.run([SandboxStep(source, {"names": Asked("names")})])
    assert set(ran.values["names"]["value"]) <= {"lo"}


@pytest.mark.parametrize("level", LEVELS)
def test_what_a_lesson_leaves_behind_is_ended(level: str):
    if not here(level):
        pytest.skip(f"{level} does not work here")
    source = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', '{LEFT_BEHIND}'],"
        " start_new_session=True)"
    )
    with Sandbox(SHORT, level=level) as sandbox:  # type: ignore[arg-type]
        assert sandbox.run([SandboxStep(source)]).errors == {}
        listed = subprocess.run(["ps", "ax"], capture_output=True, text=True).stdout
        assert LEFT_BEHIND not in listed


def test_a_lesson_that_ends_badly_costs_the_next_nothing():
    with Sandbox(SHORT) as sandbox:
        bad = sandbox.run(
            [SandboxStep("x = 1", {"x": Asked("x")}), SandboxStep("import os; os._exit(3)")]
        )
        good = sandbox.run([SandboxStep("y = 2", {"y": Asked("y")})])
    assert (bad.ended, bad.values["x"]["value"]) == ("died", 1)
    assert (good.ended, good.values["y"]["value"]) == ("", 2)


def test_a_lesson_begins_with_nothing_of_the_one_before():
    with Sandbox(SHORT) as sandbox:
        sandbox.run(
            [SandboxStep("import builtins, os; builtins.abs = None; os.environ['A'] = 'b'")]
        )
        asks = {"abs": Asked("abs(-1)"), "a": Asked("__import__('os').environ.get('A')")}
        ran = sandbox.run([SandboxStep("", asks)])
    assert [ran.values[key]["value"] for key in asks] == [1, None]


def test_a_submission_has_only_its_own_time():
    limits = Limits(cell_s=1, lesson_s=2, submission_s=3, output_mb=1)
    started = time.monotonic()
    with Sandbox(limits) as sandbox:
        ends = [
            sandbox.run([SandboxStep("import time\ntime.sleep(0.9)")] * 5).ended for _ in range(4)
        ]
    assert ends[-1] == "no-time-left"
    assert time.monotonic() - started < 20


def test_its_surroundings_are_bare():
    asks = {
        "names": Asked("sorted(os.environ)"),
        "site": Asked("site.ENABLE_USER_SITE"),
        "path": Asked("[place for place in sys.path if 'tests' in place]"),
        "here": Asked("os.listdir('.')"),
    }
    with Sandbox(SHORT) as sandbox:
        ran = sandbox.run([SandboxStep("import os, site, sys", asks)])
    said = {key: reply["value"] for key, reply in ran.values.items()}
    assert not [
        name for name in said["names"] if name.startswith(("PYTEST", "CI", "SSH", "VIRTUAL"))
    ]
    assert (said["site"], said["path"], said["here"]) == (False, [], [])


@pytest.mark.skipif(best_level() != "bubblewrap", reason="only bubblewrap hides files")
def test_the_course_in_there_has_no_keys_no_references_and_no_grader():
    assert len(REFERENCES) >= 3
    asks = {
        "keys": Asked("os.listdir(data_path('exercises'))"),
        "grader": Asked("sorted(os.listdir(os.path.dirname(crmsim.grading.__file__)))"),
        "references": Asked("[name for name in names if there(*name.rsplit('.', 1))]"),
        "copies": Asked("[name for name in defined() if name in stems]"),
    }
    source = (
        "import ast, os, crmsim.grading\nfrom pathlib import Path\n"
        "from importlib import import_module\n"
        "from crmsim.common.words import data_path\n"
        f"names = {REFERENCES}\nstems = {{name.rsplit('.', 1)[1] for name in names}}\n"
        "def there(module, name):\n"
        "    try: return hasattr(import_module(module), name)\n"
        "    except ImportError: return False\n"
        "def defined():\n"
        "    files = Path(crmsim.__file__).parent.rglob('*.py')\n"
        "    trees = [ast.walk(ast.parse(file.read_text('utf-8'))) for file in files]\n"
        "    return [n.name for tree in trees for n in tree if isinstance(n, ast.FunctionDef)]"
    )
    with Sandbox(Limits()) as sandbox:
        ran = sandbox.run([SandboxStep(source, asks)])
    said = {key: reply.get("value", reply) for key, reply in ran.values.items()}
    grader = ["__init__.py", "sandbox"]
    assert said == {"keys": [], "grader": grader, "references": [], "copies": []}


def test_every_part_of_the_course_still_loads_without_its_references():
    source = (
        "import crmsim, pkgutil\nfrom importlib import import_module\n"
        "for each in pkgutil.walk_packages(crmsim.__path__, 'crmsim.'):\n"
        "    if each.name.split('.')[1] not in ('cli', 'widgets', 'grading', 'authoring'):\n"
        "        import_module(each.name)\n"
    )
    with Sandbox(Limits()) as sandbox:
        ran = sandbox.run([SandboxStep(source)])
    assert (ran.errors, ran.ended) == ({}, "")


def test_what_is_missing_is_said():
    assert limits_here(Limits(), "bubblewrap") in ((), ("processes",))
    assert {"files", "network"} <= set(limits_here(Limits(), "plain"))


def test_nothing_is_left_on_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for level in ("plain", best_level()):
        with Sandbox(SHORT, level=level) as sandbox:  # type: ignore[arg-type]
            ran = sandbox.run([SandboxStep("open('left', 'w').write('x')")])
        assert (ran.errors, ran.ended) == ({}, "")
    assert os.listdir(tmp_path) == []


def test_a_jail_says_how_it_would_start():
    with jail(Limits(), "plain") as plain:
        assert "-I" in plain.command
        assert "HOME" in plain.environment


def test_where_nothing_can_be_forked_off_a_kernel_answers_one_request(monkeypatch):
    """As on Windows; the grader then starts a new one for each lesson."""
    without = (
        "import os, runpy, sys; del os.fork; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    )
    python = jail_module._python
    monkeypatch.setattr(
        jail_module, "_python", lambda kernel: (*python("-c", without), str(kernel))
    )
    with Sandbox(SHORT, level="plain") as sandbox:
        for value in (1, 2):
            ran = sandbox.run([SandboxStep(f"x = {value}", {"x": Asked("x")})])
            assert (ran.ended, ran.values["x"]["value"]) == ("", value)


REFUSED = {
    "memory in no process": "os.memfd_create('x')",
    "shared memory of System V": "call(libc.shmget, 0, 4096, 0o1600)",
    "messages of System V": "call(libc.msgget, 0, 0o1600)",
    "semaphores of System V": "call(libc.semget, 0, 1, 0o1600)",
    "a mapping that outlives its process": "mmap.mmap(-1, 4096)",
    "the keyring of the session": "call(libc.syscall, {keyctl}, 0, -3, 1)",
    "a key of its own": "call(libc.syscall, {add_key}, b'user', b'a', b'b', 1, -3)",
    "a key that is asked for": "call(libc.syscall, {request_key}, b'user', b'a', 0, 0)",
    "a look into another process": "call(libc.ptrace, 0, 0, 0, 0)",
    "a name space of its own": "call(libc.unshare, 0x20000000)",
    "a filter in the kernel": "call(libc.syscall, {bpf}, 0, 0, 0)",
    "a ring of requests": "call(libc.syscall, {io_uring_setup}, 1, 0)",
}


@pytest.mark.skipif(best_level() != "bubblewrap", reason="only bubblewrap takes a filter")
@pytest.mark.skipif(not program(), reason="the system calls of this machine are not known")
def test_what_holds_memory_or_keys_outside_of_every_limit_is_refused():
    column = ["x86_64", "aarch64"].index(platform.machine())
    numbers = {name: each[column] for name, each in seccomp.REFUSED.items()}
    source = (
        "import ctypes, mmap, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "def call(function, *given):\n"
        "    if function(*given) == -1: raise OSError(ctypes.get_errno(), '')\n"
    )
    asks = {name: Asked(work.format(**numbers)) for name, work in REFUSED.items()}
    allowed = "len(mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))"
    with Sandbox(SHORT) as sandbox:
        ran = sandbox.run([SandboxStep(source, asks | {"memory": Asked(allowed)})])
    errors = {name: reply.get("error", ["none"])[0] for name, reply in ran.values.items()}
    assert errors == dict.fromkeys(REFUSED, "PermissionError") | {"memory": "none"}


def test_waiting_is_not_computing():
    limits = Limits(cell_s=1, lesson_s=6, wait_s=2, submission_s=60, output_mb=1)
    with Sandbox(limits) as sandbox:
        ran = sandbox.run([SandboxStep("import time\ntime.sleep(1.5)", {"x": Asked("1")})])
        slow = sandbox.run([SandboxStep("import time\ntime.sleep(30)")])
    assert (ran.ended, ran.errors, ran.values["x"]["value"]) == ("", {}, 1)
    assert slow.errors[0][0] == "CellWaitError"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what a tree uses")
def test_a_kernel_that_sleeps_is_ended_long_before_one_that_may_compute():
    limits = Limits(cell_s=60, lesson_s=60, wait_s=1, submission_s=120, output_mb=1)
    stop = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"
    with Sandbox(limits) as sandbox:
        ran = sandbox.run([SandboxStep("x = 1", {"x": Asked("x")}), SandboxStep(stop)])
        assert 1 < 120 - sandbox._left_s < 15
    assert (ran.ended, ran.values["x"]["value"]) == ("too-slow", 1)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what a tree uses")
def test_who_is_not_let_to_compute_is_not_waiting():
    """Two looks at a process that computes, as if it had been given no processor in between."""
    spent, used = Spent(), Used(cpu_s=1.0, running=True)
    spent.add(60.0, used, used)
    assert (spent.cpu_s, spent.waited_s) == (0, 0)
    spent.add(0.2, replace(used, running=False), used)
    assert spent.waited_s == pytest.approx(0.2)
    spent.add(60.0, replace(used, running=False), used)
    assert spent.waited_s < 1, "the grader itself was not let to look"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what a tree uses")
@pytest.mark.parametrize("begun", ["Popen", "Popen_and_left", "fork", "thread"])
def test_processor_time_counts_wherever_in_the_lesson_it_is_spent(begun: str, monkeypatch):
    monkeypatch.setattr(sandbox_module, "HELD_UP", 100)
    monkeypatch.setattr(sandbox_module, "GRACE_S", 0.5)
    busy = {
        "Popen": "subprocess.Popen([sys.executable, '-c', 'while True: pass'])",
        "Popen_and_left": "subprocess.Popen(['sh', '-c', 'while :; do :; done & exit'])",
        "fork": "\n    if os.fork() == 0:\n        while True: pass",
        "thread": "threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()",
    }[begun]
    source = f"import os, subprocess, sys, threading\nfor _ in range(3): {busy}"
    limits = Limits(cell_s=1.5, lesson_s=1.5, submission_s=120, cpu_s=60, output_mb=1)
    with Sandbox(limits) as sandbox:
        ran = sandbox.run(
            [SandboxStep(source), *[SandboxStep("import time; time.sleep(0.5)")] * 200]
        )
    assert ran.ended == "too-long"


def test_each_call_of_a_function_has_its_own_time():
    limits = Limits(cell_s=1.5, lesson_s=60, submission_s=120, output_mb=1)
    source = (
        "import time\ndef slow(n):\n    until = time.process_time() + n\n"
        "    while time.process_time() < until: pass\n    return n"
    )
    with Sandbox(limits) as sandbox:
        ran = sandbox.run(
            [SandboxStep(source, {"slow": Asked("slow", [[0.3], [0.4], [20], [0.5]])})]
        )
    said = ran.values["slow"]["calls"]
    assert [each.get("value") for each in said] == [0.3, 0.4, None, 0.5]
    # a machine that is busy with other things may be the reason
    assert said[2]["error"][0] in ("CellTimeoutError", "CellWaitError")


def test_magics_that_ask_for_a_front_end_do_nothing():
    with Sandbox(SHORT) as sandbox:
        for magic in (
            "matplotlib inline",
            "matplotlib notebook",
            "matplotlib widget",
            "gui qt",
            "pylab",
        ):
            ran = sandbox.run([SandboxStep(f"%{magic}\nx = 3", {"x": Asked("x")})])
            assert ran.values["x"].get("value") == 3, magic
