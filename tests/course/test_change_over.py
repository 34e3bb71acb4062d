"""Two students at one computer: each hands in her own work, and nothing of it is lost."""

from __future__ import annotations

import json
import os
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.course import change_over as module
from crmsim.course import handin, lab, progress, student
from crmsim.course.change_over import change_over
from crmsim.course.student import StudentError

LESSON = "en/10-buying-a-buick.ipynb"
NUMBERS = ["2026001", "2026002", "L 7/8", "../../etc", "学号三"]


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    list(lab.hand_out("en", tmp_path))
    return tmp_path


def works(who: str, folder: Path) -> None:
    """Do something that can be told to be hers: a record, code in a lesson, a hand-in."""
    progress.save("answer-10-why", {"answer": f"as {who} thinks"})
    lesson = json.loads((folder / LESSON).read_text("utf-8"))
    lesson["cells"].append({"cell_type": "code", "id": "own", "metadata": {}, "source": f"# {who}"})
    (folder / LESSON).write_text(json.dumps(lesson, ensure_ascii=False), "utf-8")


def everything(folder: Path) -> str:
    """All that a hand-in of now would hold."""
    with ZipFile(handin.pack()) as package:
        return "".join(package.read(name).decode() for name in package.namelist())


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_second_student_begins_anew_and_hands_in_nothing_of_the_first(work):
    student.enter("2026001", "Ana")
    works("Ana", work)
    handin.pack()
    aside = change_over("2026002", "Bo")
    assert aside == work / "of-2026001"
    assert student.current() == student.Student("2026002", "Bo")
    assert list(work.glob("handin-*.zip")) == []
    with pytest.raises(handin.HandInError, match="nothing"):
        handin.pack()
    works("Bo", work)
    packed = everything(work)
    assert "# Bo" in packed
    assert "Ana" not in packed
    assert "2026001" not in packed


def test_whoever_comes_back_finds_all_as_she_left_it(work):
    student.enter("2026001", "Ana")
    works("Ana", work)
    left = content(work)
    change_over("2026002", "Bo")
    works("Bo", work)
    change_over(" ２０２６００１ ")
    assert student.current() == student.Student("2026001", "Ana")
    now = content(work)
    others = {name for name in now if name.startswith("of-2026002")}
    assert others
    assert {name: now[name] for name in now.keys() - others - {"progress/student.json"}} == {
        name: left[name] for name in left.keys() - {"progress/student.json"}
    }
    assert not (work / "of-2026001").exists()


@settings(max_examples=3)
@given(st.lists(st.sampled_from(NUMBERS), min_size=2, max_size=4))
def test_however_often_they_change_each_finds_her_own(tmp_path_factory, turns):
    folder = tmp_path_factory.mktemp("room")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRMSIM_WORK", str(folder))
        list(lab.hand_out("en", folder))
        been: set[str] = set()
        student.enter(turns[0])
        for who in turns:
            change_over(who)
            record = progress.load_record("answer-10-why")
            assert record == ({"answer": f"as {who} thinks"} if who in been else None)
            if who not in been:
                works(who, folder)
            been.add(who)
            packed = everything(folder)
            assert f"# {who}" in packed
            assert not any(f"# {other}" in packed for other in been - {who})
        assert not (folder.parent / "etc").exists()


@pytest.mark.parametrize("fails_at", range(1, 5))
def test_where_a_file_cannot_be_moved_all_are_where_they_were(fails_at, work, monkeypatch):
    student.enter("2026001", "Ana")
    works("Ana", work)
    handin.pack()
    before, count, replace = content(work), [0], os.replace

    def sometimes(source, target):
        count[0] += 1
        if count[0] == fails_at:
            raise OSError("No space left on device")
        replace(source, target)

    monkeypatch.setattr(module.os, "replace", sometimes)
    with pytest.raises(OSError, match="No space"):
        change_over("2026002", "Bo")
    assert content(work) == before


def test_the_same_number_typed_otherwise_is_no_other_student(work):
    student.enter("2026001", "Ana")
    works("Ana", work)
    assert change_over("２０２６００１", "Ana Li") is None
    assert student.current() == student.Student("2026001", "Ana Li")
    assert "# Ana" in everything(work)


def test_before_anybody_has_said_who_she_is_what_is_there_is_hers(work):
    works("Ana", work)
    assert change_over("2026001", "Ana") is None
    assert "# Ana" in everything(work)


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b"])
def test_no_number_changes_nothing(nothing, work):
    student.enter("2026001", "Ana")
    works("Ana", work)
    before = content(work)
    with pytest.raises(StudentError):
        change_over(nothing)
    assert content(work) == before
