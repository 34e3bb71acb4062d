"""A batch: no submission costs another, and no moment is a bad one to be stopped."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fakes
import numpy as np
import pytest

from crmsim.common.parallel import Failed, Processes, work_through
from crmsim.common.words import data_path
from crmsim.grading import batch
from crmsim.grading.batch import BatchError
from crmsim.grading.marks.marks import complete
from crmsim.grading.options import Limits, Options

NAMES = ["ana", "bo", "林悦", "=cmd", "dan", "eve"]


def whole(folder: Path) -> dict[str, bytes]:
    """Every file of the results by its name, but for what is kept to go on from."""
    files = (path for path in (folder / "out").rglob("*") if path.is_file())
    files = (path for path in files if path.parent.name != "graded")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("name", ["parameters.csv", "reference/normal.npy", "names.toml"])
def test_results_are_not_kept_past_a_change_of_any_file_of_the_data(tmp_path, monkeypatch, name):
    data = tmp_path / "data"
    shutil.copytree(data_path(), data)
    monkeypatch.setattr(batch, "data_path", data.joinpath)
    before = batch.course_digest()
    (data / name).write_bytes((data / name).read_bytes() + b"\n")
    assert batch.course_digest() != before


def test_each_is_graded_once_and_grading_again_gives_the_same_bytes(tmp_path):
    fakes.hand_in(tmp_path, *NAMES)
    fakes.run(tmp_path)
    assert fakes.notes(tmp_path) == dict.fromkeys(NAMES, 1)
    first = whole(tmp_path)
    fakes.run(tmp_path)
    assert fakes.notes(tmp_path) == dict.fromkeys(NAMES, 2)
    assert whole(tmp_path) == first


def test_a_worker_that_dies_costs_its_submission_another_try_and_no_other_anything(tmp_path):
    fakes.hand_in(tmp_path, "ana", "dies", "bo", "dies-once", "raises")
    found = {r.submission: r for r in fakes.run(tmp_path, fakes.wicked)}
    assert fakes.notes(tmp_path, "begun") == {
        "ana": 1, "bo": 1, "dies": 2, "dies-once": 2, "raises": 1,
    }  # fmt: skip
    assert {n for n, r in found.items() if not r.items} == {"dies.zip", "raises.zip"}
    assert found["dies-once.zip"].items == found["ana.zip"].items
    page = next((tmp_path / "out" / "feedback").glob("raises*.html")).read_text()
    assert "a mistake of the grader" in page
    # what breaks the grader is told as the hand-in's own, and paid for once
    again = {r.submission: r for r in fakes.run(tmp_path, fakes.wicked, resume=True)}
    assert sum(fakes.notes(tmp_path, "begun").values()) == 7
    for name in ("dies.zip", "raises.zip"):
        assert [problem.kind for problem in again[name].problems] == ["broke-grader"]


def test_what_hangs_is_given_up():
    with Processes(2, most_s=2) as processes:
        done = dict(work_through(time.sleep, [(60,), (0,)], processes, chunk=1, most_s=2))
    assert done[1] is None
    assert isinstance(done[0], Failed)
    assert done[0].lost


def test_resuming_grades_only_what_is_new_or_has_changed(tmp_path):
    folder = fakes.hand_in(tmp_path, *NAMES)
    fakes.run(tmp_path)
    fakes.hand_in(tmp_path, "new")
    (folder / "bo.zip").write_text("something else")
    (folder / "dan.zip").unlink()
    found = fakes.run(tmp_path, resume=True)
    assert fakes.notes(tmp_path) == dict.fromkeys(NAMES, 1) | {"bo": 2, "new": 1}
    assert len(found) == len(NAMES)
    assert not list((tmp_path / "out").rglob("*dan*"))


@pytest.mark.parametrize(
    ("change", "graded"),
    [
        ({"options": Options(points={"10-why": 5})}, 1),
        ({"options": Options(limits=Limits(cell_s=3))}, 2),
        ({"options": Options(lessons=("10",))}, 2),
        ({"secret": b"another secret of the course"}, 2),
    ],
)
def test_resuming_grades_again_where_something_else_was_asked(tmp_path, change, graded):
    fakes.hand_in(tmp_path, "ana")
    fakes.run(tmp_path)
    fakes.run(tmp_path, resume=True, **change)
    assert fakes.notes(tmp_path) == {"ana": graded}


def test_what_went_wrong_on_the_graders_side_is_tried_again(tmp_path):
    fakes.hand_in(tmp_path, "ana", "unlucky")
    with ThreadPoolExecutor(1) as here:
        fakes.run(tmp_path, fakes.wicked, executor=here)
        found = fakes.run(tmp_path, fakes.wicked, resume=True, executor=here)
    assert fakes.notes(tmp_path, "begun") == {"ana": 1, "unlucky": 2}
    assert all(complete(each) for each in found)


def test_what_ran_out_of_time_among_others_is_done_again_alone(tmp_path):
    fakes.hand_in(tmp_path, "ana", "bo", "crowded", "waits")
    found = {r.submission: r for r in fakes.run(tmp_path, fakes.wicked)}
    assert fakes.notes(tmp_path, "begun") == {"ana": 1, "bo": 1, "crowded": 2, "waits": 2}
    assert found["crowded.zip"].problems == ()
    assert [problem.kind for problem in found["waits.zip"].problems] == ["too-slow"]
    kept = fakes.run(tmp_path, fakes.wicked, resume=True)
    assert sum(fakes.notes(tmp_path, "begun").values()) == 6
    assert len(kept) == 4


def test_half_a_file_counts_as_none(tmp_path):
    fakes.hand_in(tmp_path, "ana")
    fakes.run(tmp_path)
    (kept,) = (tmp_path / "out" / "graded").iterdir()
    kept.write_bytes(kept.read_bytes()[:200])
    fakes.run(tmp_path, resume=True)
    assert fakes.notes(tmp_path) == {"ana": 2}


def started(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    script = [sys.executable, fakes.__file__, str(folder), *more]
    return subprocess.Popen(script, stderr=subprocess.DEVNULL)


def test_killed_at_any_moment_nothing_is_lost_or_counted_twice(tmp_path):
    fakes.hand_in(tmp_path, *(f"s{number:02}" for number in range(40)))
    fakes.run(tmp_path)
    undisturbed = whole(tmp_path)
    shutil.rmtree(tmp_path / "out")

    kills = 0
    for wait_s in np.random.default_rng(5).uniform(0.5, 3, size=5):
        batch = started(tmp_path, "--resume")
        try:
            batch.wait(wait_s)
        except subprocess.TimeoutExpired:
            batch.kill()
            kills += 1
        batch.wait()
        for kept in (tmp_path / "out" / "graded").glob("*.json"):
            assert json.loads(kept.read_text("utf-8"))["result"]["items"]
    assert started(tmp_path, "--resume").wait(60) == 0
    assert kills >= 2
    assert whole(tmp_path) == undisturbed


def test_no_worker_outlives_a_batch_that_was_killed(tmp_path):
    fakes.hand_in(tmp_path, "hangs", "ana")
    script = f"import fakes, pathlib; fakes.run(pathlib.Path({str(tmp_path)!r}), fakes.wicked)"
    here = {"PYTHONPATH": str(Path(fakes.__file__).parent)}
    batch = subprocess.Popen([sys.executable, "-c", script], env=os.environ | here)
    note = tmp_path / "notes" / "hangs-begun"
    assert _soon(note.exists)
    batch.send_signal(signal.SIGKILL)
    batch.wait()
    worker = int(note.read_text().split()[0])
    assert _soon(lambda: not _alive(worker))


def test_ctrl_c_keeps_what_was_finished(tmp_path):
    fakes.hand_in(tmp_path, *(f"s{number:02}" for number in range(60)))
    graded = tmp_path / "out" / "graded"
    batch = started(tmp_path)
    assert _soon(lambda: any(graded.glob("*.json")))
    batch.send_signal(signal.SIGINT)
    batch.wait(20)
    assert batch.returncode != 0
    kept = len(list(graded.glob("*.json")))
    assert 0 < kept < 60
    done = sum(fakes.notes(tmp_path).values())
    fakes.run(tmp_path, resume=True)
    assert sum(fakes.notes(tmp_path).values()) - done == 60 - kept


def test_any_executor_serves(tmp_path):
    fakes.hand_in(tmp_path, *NAMES)
    fakes.run(tmp_path)
    here = whole(tmp_path)
    with ThreadPoolExecutor(3) as executor:
        fakes.run(tmp_path, executor=executor)
    assert whole(tmp_path) == here


def test_a_cluster_serves(tmp_path):
    distributed = pytest.importorskip("distributed")
    fakes.hand_in(tmp_path, *NAMES)
    fakes.run(tmp_path)
    here = whole(tmp_path)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        fakes.run(tmp_path, executor=client.get_executor())
    assert whole(tmp_path) == here


@pytest.mark.parametrize("out", ["submissions", "submissions/out"])
def test_results_never_lie_among_the_submissions(tmp_path, out):
    fakes.hand_in(tmp_path, "ana")
    batch = fakes.Batch(tmp_path / "submissions", tmp_path / out, Options(), fakes.SECRET)
    with pytest.raises(BatchError, match="must not lie in the folder of submissions"):
        list(fakes.grade_all(batch))


@pytest.mark.parametrize("name", ["graded", "feedback"])
def test_submissions_never_lie_where_results_are_kept(tmp_path, name):
    fakes.hand_in(tmp_path, "ana").rename(tmp_path / name)
    batch = fakes.Batch(tmp_path / name, tmp_path, Options(), fakes.SECRET)
    with pytest.raises(BatchError, match="must not lie in the folder of results"):
        list(fakes.grade_all(batch))


def test_nothing_but_its_own_earlier_results_is_ever_taken_away(tmp_path):
    fakes.hand_in(tmp_path, "ana", "bo")
    others = [
        tmp_path / "out" / "graded" / "mine.json",
        tmp_path / "out" / "feedback" / "mine.html",
    ]
    for path in others:
        path.parent.mkdir(parents=True)
        path.write_text("[1, 2]")
    fakes.run(tmp_path)
    (tmp_path / "submissions" / "bo.zip").unlink()
    fakes.run(tmp_path)
    assert all(path.exists() for path in others)
    assert not list((tmp_path / "out").rglob("bo*"))


def test_an_empty_folder_is_told(tmp_path):
    fakes.hand_in(tmp_path)
    with pytest.raises(BatchError, match="must hold at least one"):
        fakes.run(tmp_path)


def _soon(true_yet, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true_yet():
            return True
        time.sleep(0.05)
    return False


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
