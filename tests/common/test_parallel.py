"""Processes of our own begin from any script and end without touching anybody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from crmsim.common.parallel import Processes, _Worker

SCRIPT = """
from crmsim import grade

report = grade("submissions", "results", options="grading.toml", workers=1, watched=False)
print(report.folder, len(report.findings.grades))
"""
WAYS = {
    "a file": [sys.executable, "mark.py"],
    "standard input": [sys.executable, "-"],
    "an argument": [sys.executable, "-c", SCRIPT],
    "a file in IPython, as in a notebook": [sys.executable, "-m", "IPython", "mark.py"],
    "a module": [sys.executable, "-m", "mark"],
}


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, marks=pytest.mark.long if way in ("an argument", "a module") else ())
        for way in WAYS
    ],
)
def test_the_three_lines_of_the_guide_grade_wherever_they_stand(way, tmp_path):
    (tmp_path / "submissions" / "2026001").mkdir(parents=True)
    (tmp_path / "submissions" / "2026001" / "notes.ipynb").write_text("{}")
    (tmp_path / "grading.toml").write_text('lessons = ["10"]\n')
    (tmp_path / "mark.py").write_text(SCRIPT)
    said = subprocess.run(
        WAYS[way],
        cwd=tmp_path,
        input=SCRIPT,
        capture_output=True,
        text=True,
        start_new_session=True,
        env=os.environ | {"IPYTHONDIR": str(tmp_path / ".ipython")},
    )
    assert (said.returncode, said.stdout.split()[:2]) == (0, ["results", "1"]), said.stderr


@pytest.fixture
def signals(monkeypatch):
    """Every process that is signalled, by its number; none really is."""
    sent: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: sent.append(pid))
    return sent


def test_a_worker_that_never_began_signals_nobody(signals):
    worker = _Worker("spawn")
    worker.end()
    worker.end()
    assert signals == []


def exits() -> None:
    """Begin a worker that ends at once."""
    os._exit(3)


def test_a_worker_that_cannot_begin_says_so_and_signals_no_group(signals):
    with Processes(1, begin=exits) as pool:
        lost = pool.submit(abs, -3)
        assert type(lost.exception(60)).__name__ == "BrokenProcessPool"
    assert [pid for pid in signals if pid <= 0 or pid == os.getpid()] == []


def test_a_worker_that_began_is_ended_by_its_own_number(signals, monkeypatch):
    worker = _Worker("spawn", alone=True)
    own = worker.do(os.getpid, (), 60)
    monkeypatch.undo()
    assert own not in (0, 1, os.getpid())
    worker.end()
    with pytest.raises(ProcessLookupError):
        os.kill(own, signal.SIGCONT if os.name != "nt" else 0)


def test_the_main_script_is_back_when_a_worker_has_begun():
    main = sys.modules["__main__"]
    before = {key: getattr(main, key, None) for key in ("__file__", "__spec__")}
    worker = _Worker("spawn", alone=True)
    worker.do(abs, (-3,), 60)
    worker.end()
    assert {key: getattr(main, key, None) for key in ("__file__", "__spec__")} == before
