"""What runs apart says values and no more, however it is kept apart; what ends badly ends alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from crmsim.common.words import data_path
from crmsim.exercises.declared import read
from crmsim.exercises.kinds import Function
from crmsim.grading.options import Limits
from crmsim.grading.sandbox import jail as jail_module
from crmsim.grading.sandbox.jail import best_level, jail, limits_here
from crmsim.grading.sandbox.sandbox import Asked, Sandbox, Step

SHORT = Limits(cell_s=5, lesson_s=15, submission_s=60, output_mb=1, memory_mb=1024)
LEVELS = ["plain", "unshare", "bubblewrap"]
FUNCTIONS = [t for p in data_path("exercises").glob("*.toml") for t in read(p).values()]
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
        ran = sandbox.run([Step("1 / 0"), Step(source, asks)])
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
        ran = sandbox.run([Step(source, {"names": Asked("names")})])
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
        assert sandbox.run([Step(source)]).errors == {}
        listed = subprocess.run(["ps", "ax"], capture_output=True, text=True).stdout
        assert LEFT_BEHIND not in listed


def test_a_lesson_that_ends_badly_costs_the_next_nothing():
    with Sandbox(SHORT) as sandbox:
        bad = sandbox.run([Step("x = 1", {"x": Asked("x")}), Step("import os; os._exit(3)")])
        good = sandbox.run([Step("y = 2", {"y": Asked("y")})])
    assert (bad.ended, bad.values["x"]["value"]) == ("died", 1)
    assert (good.ended, good.values["y"]["value"]) == ("", 2)


def test_a_lesson_begins_with_nothing_of_the_one_before():
    with Sandbox(SHORT) as sandbox:
        sandbox.run([Step("import builtins, os; builtins.abs = None; os.environ['A'] = 'b'")])
        asks = {"abs": Asked("abs(-1)"), "a": Asked("__import__('os').environ.get('A')")}
        ran = sandbox.run([Step("", asks)])
    assert [ran.values[key]["value"] for key in asks] == [1, None]


def test_a_submission_has_only_its_own_time():
    limits = Limits(cell_s=1, lesson_s=2, submission_s=3, output_mb=1)
    started = time.monotonic()
    with Sandbox(limits) as sandbox:
        ends = [sandbox.run([Step("import time\ntime.sleep(0.9)")] * 5).ended for _ in range(4)]
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
        ran = sandbox.run([Step("import os, site, sys", asks)])
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
        ran = sandbox.run([Step(source, asks)])
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
        assert sandbox.run([Step(source)]).errors == {}


def test_what_is_missing_is_said():
    assert limits_here(Limits(), "bubblewrap") in ((), ("processes",))
    assert {"files", "network"} <= set(limits_here(Limits(), "plain"))
    assert "network" not in limits_here(Limits(), "unshare")


def test_nothing_is_left_on_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for level in ("plain", best_level()):
        with Sandbox(SHORT, level=level) as sandbox:  # type: ignore[arg-type]
            sandbox.run([Step("open('left', 'w').write('x')")])
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
            ran = sandbox.run([Step(f"x = {value}", {"x": Asked("x")})])
            assert (ran.ended, ran.values["x"]["value"]) == ("", value)
