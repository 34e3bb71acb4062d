"""One zip holds what a student has done; it is whole, named safely, and says nothing of keys."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim import check, predict
from crmsim.cli import main
from crmsim.common import files
from crmsim.course import handin, lab, lessons, passport, student
from crmsim.course.handin import HandInError, handin_name, pack, still_missing
from crmsim.widgets.visit.play import play

WRITTEN = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    return tmp_path


def done_something() -> None:
    predict("10-bet-floor").on_act("answer", "answer=8")
    asked = check("10-why")
    asked.on_act("answer", "pity")
    asked.on_act("done", "")
    play("showroom", seed=17).on_act("seat", "buyer")


def test_the_zip_holds_progress_and_the_notebooks_written_in_with_their_hashes(work):
    done_something()
    list(lab.hand_out("zh", work))
    (work / "zh-Hans" / "10-buying-a-buick.ipynb").write_text(WRITTEN)
    (work / "zh-Hans" / "my own notes.ipynb").write_text(WRITTEN)
    student.enter("2026001", "林悦")
    path = pack(lang="zh")
    assert path == work / "handin-2026001.zip"
    with ZipFile(path) as package:
        assert package.testzip() is None
        manifest = json.loads(package.read("handin.json"))
        held = {name: package.read(name) for name in package.namelist() if name != "handin.json"}
    assert manifest["schema"] == 1
    assert manifest["student"] == {"number": "2026001", "name": "林悦"}
    assert manifest["lang"] == "zh-Hans"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", manifest["made"])
    assert manifest["files"] == {n: hashlib.sha256(c).hexdigest() for n, c in held.items()}
    assert {name for name in held if name.startswith("notebooks/")} == {
        "notebooks/zh-Hans/10-buying-a-buick.ipynb"
    }
    assert {"progress/answer-10-why.json", "progress/showroom-17.json"} <= held.keys()


def test_without_a_number_or_without_work_there_is_no_file_but_a_sentence(work):
    with pytest.raises(HandInError, match="number"):
        pack()
    student.enter("2026001")
    with pytest.raises(HandInError, match="没有可以交"):
        pack(lang="zh")
    assert list(work.glob("*.zip")) == []


def test_a_failed_hand_in_leaves_the_old_one(work, monkeypatch):
    done_something()
    student.enter("2026001")
    old = pack().read_bytes()

    def full_disk(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(files.os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        pack()
    assert (work / "handin-2026001.zip").read_bytes() == old
    assert [path.name for path in work.iterdir() if path.is_file()] == ["handin-2026001.zip"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize(("mask", "rights"), [(0o022, 0o644), (0o007, 0o660), (0o077, 0o600)])
def test_what_is_handed_in_has_the_rights_of_any_new_file(mask, rights, work):
    student.enter("2026001", "林悦")
    done_something()
    before = os.umask(mask)
    try:
        made = pack()
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.stat().st_mode) == rights


def test_what_is_missing_is_counted_and_no_answer_told():
    done_something()
    lines = still_missing(passport.stamps("en"), "en")
    assert [line[:2] for line in lines] == ["00", "10"]
    assert "predictions: 3, exercises: 12, games: 1" in lines[1]
    assert still_missing(passport.stamps("zh-Hans"), "zh")[0].startswith("00 · 从这里开始：")


@given(st.text(max_size=60))
def test_the_name_of_the_file_is_safe_in_any_script(number):
    name = handin_name(number)
    assert len(name.encode()) < 140
    assert re.fullmatch(r"handin-[^\W_][\w-]*\.zip|handin-[\w-]+\.zip", name)
    assert not set(name) & set('/\\:*?"<>| \0\n')
    assert os.path.basename(name) == name


@pytest.mark.parametrize(
    "number", ["２０２６", "2026/../../etc", "学号七", "طالب-٧", "=cmd|' /C'!A0"]
)
def test_a_hand_in_of_any_number_can_be_opened(number, work):
    done_something()
    student.enter(number)
    path = pack()
    assert path.parent == work
    with ZipFile(path) as package:
        assert json.loads(package.read("handin.json"))["student"]["number"]


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["handin", *words, "--lang=en"])
    return ended.value.code


@pytest.mark.parametrize("here", [".", "work", "work/en"])
def test_from_the_command_line_it_finds_the_work_folder_and_asks_who_it_is(
    here, work, monkeypatch, capsys
):
    place = work / "work"
    monkeypatch.setenv("CRMSIM_WORK", str(place))
    done_something()
    list(lab.hand_out("en", place))
    monkeypatch.delenv("CRMSIM_WORK")
    monkeypatch.chdir(work / here)
    assert run() == 2
    assert "student number" in capsys.readouterr().err
    monkeypatch.delenv("CRMSIM_WORK")
    assert run("--number=2026001", "--name=林悦", f"--out={work / 'out'}") == 0
    assert (work / "out" / "handin-2026001.zip").is_file()
    assert "10 · Buying a Buick: predictions: 3" in capsys.readouterr().out
    assert run("--number=2026002") == 2
    assert "2026001" in capsys.readouterr().err


def test_at_a_terminal_it_asks(work, monkeypatch, capsys):
    done_something()
    monkeypatch.setattr("crmsim.course.handin.select", lambda *_: (["a line"], [], []))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    answers = iter(["2026001\n", "林悦\n"])
    monkeypatch.setattr("sys.stdin.readline", lambda: next(answers), raising=False)
    assert run() == 0
    assert "Student number: " in capsys.readouterr().out
    assert student.current() == student.Student("2026001", "林悦")


RATIO = "def satisfaction(perceived, expected):\n    return perceived / expected"
HOME = "12-satisfaction.ipynb"


def answered_by_code(place: Path, cell: str = "function-check", source: str = RATIO) -> Path:
    """Run a right function in lesson 12, and save it to a notebook at a place."""
    check("12-satisfaction", lambda perceived, expected: perceived / expected)
    (released,) = (path for path in lessons.released("en") if path.name == HOME)
    book = json.loads(released.read_text("utf-8"))
    next(each for each in book["cells"] if each["id"] == cell)["source"] = source
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(book), "utf-8")
    return place


def packed() -> tuple[list[str], list[str]]:
    """The notebooks in a new hand-in, and what is said of those that are not."""
    student.enter("2026001")
    with ZipFile(pack()) as package:
        names = package.namelist()
    return [name for name in names if name.startswith("notebooks/")], handin.unpacked("en")


@pytest.mark.parametrize(
    "place",
    [
        f"en/{HOME}",
        "en/Ana-12-satisfaction.ipynb",
        "en/Copy of 12-satisfaction.ipynb",
        "en/12_satisfaction.IPYNB",
        "en/我的作业 😀.ipynb",
        f"en/week 3/{HOME}",
        HOME,
        "zh-Hans/12-satisfaction.ipynb",
        "mine/deep/er/x.ipynb",
    ],
)
def test_a_lesson_is_packed_wherever_it_was_moved_and_whatever_it_is_called(place, work):
    list(lab.hand_out("en", work))
    answered_by_code(work / place)
    names, said = packed()
    assert names == [f"notebooks/en/{Path(place).name}"]
    assert said == []


def test_two_notebooks_of_one_name_are_both_packed(work):
    answered_by_code(work / "en" / HOME)
    answered_by_code(work / "en" / "old" / HOME)
    assert packed() == ([f"notebooks/en/{HOME}", "notebooks/en/12-satisfaction-2.ipynb"], [])


def test_beside_the_notebook_where_there_is_no_work_folder(tmp_path, monkeypatch):
    """A repository pulled into a hub, VS Code, Colab: progress lies beside the notebooks."""
    place = tmp_path / "hub" / "crm"
    place.mkdir(parents=True)
    monkeypatch.delenv("CRMSIM_WORK")
    monkeypatch.chdir(place)
    answered_by_code(place / HOME)
    assert packed() == ([f"notebooks/en/{HOME}"], [])
    assert (place / "handin-2026001.zip").is_file()


@pytest.mark.parametrize("what", ["unsaved", "deleted", "elsewhere", "blank", "torn"])
def test_what_was_written_but_is_in_no_notebook_is_said_by_name(what, work, tmp_path_factory):
    list(lab.hand_out("en", work))
    place = work / "en" / HOME
    if what == "unsaved":
        before = place.read_bytes()
        answered_by_code(place).write_bytes(before)
    elif what == "deleted":
        answered_by_code(place).unlink()
    elif what == "elsewhere":
        answered_by_code(tmp_path_factory.mktemp("usb") / HOME)
    elif what == "blank":
        answered_by_code(place, source="def satisfaction(perceived, expected):\n    ...")
    else:
        torn = answered_by_code(place).read_bytes()[:900]
        place.write_bytes(torn)
    _, (line,) = packed()
    assert "12-satisfaction of lesson 12 · Satisfaction is a comparison" in line
    assert "Ctrl+S" in line


def test_a_notebook_older_than_its_answer_was_not_saved_since(work):
    place = answered_by_code(work / "en" / "mine.ipynb")
    os.utime(place, (1, 1))
    names, (line,) = packed()
    assert names == ["notebooks/en/mine.ipynb"]
    assert "mine.ipynb was not saved after you last ran it" in line


@pytest.mark.parametrize(
    ("cell", "source"),
    [
        ("guests-check", RATIO),
        ("function-check", f"{RATIO}\n\n\ncheck('12-satisfaction', satisfaction, lang='en')"),
        ("guests-check", "satisfaction = lambda perceived, expected: perceived / expected"),
    ],
)
def test_an_answer_counts_in_whatever_cell_it_was_written(cell, source, work):
    answered_by_code(work / "en" / HOME, cell, source)
    assert packed() == ([f"notebooks/en/{HOME}"], [])


def test_what_was_never_tried_is_not_missed(work):
    done_something()
    list(lab.hand_out("en", work))
    assert packed() == ([], [])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="every file can be read here")
def test_a_notebook_that_cannot_be_read_is_said_by_name(work):
    answered_by_code(work / "en" / HOME).chmod(0)
    names, said = packed()
    assert names == []
    assert HOME in said[0]


def test_an_unreadable_notebook_is_said_by_name(work, monkeypatch):
    answered_by_code(work / "en" / HOME)
    whole = Path.read_bytes

    def unreadable(path):
        if path.parent == work / "en":
            raise PermissionError
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", unreadable)
    assert [line.split()[0] for line in handin.unpacked("en")] == [HOME, "12-satisfaction"]


def test_what_the_hand_in_misses_is_printed_too(work, capsys):
    answered_by_code(work / "en" / HOME).unlink()
    assert run("--number=2026001") == 0
    assert "! 12-satisfaction of lesson 12" in capsys.readouterr().out
