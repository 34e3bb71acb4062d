"""A student's copies are handed out, kept apart from the released files, and never overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crmsim.cli import main
from crmsim.course import lab

NAME = "00-start-here.ipynb"


@pytest.fixture
def release(tmp_path, monkeypatch):
    """Publish the text of lesson 00, as a new version of the course would."""
    source = tmp_path / "released" / NAME
    source.parent.mkdir()
    monkeypatch.setattr(lab, "released", lambda lang: [source])
    monkeypatch.setattr(lab, "version", lambda package: "0.2.0")
    return source.write_text


@pytest.fixture
def hand_out(tmp_path):
    """Hand out the lessons; return the files of the student and what was said."""

    def update() -> tuple[dict[str, str], list[str]]:
        said = list(lab.hand_out("en", tmp_path / "work"))
        return {path.name: path.read_text() for path in mine.glob("*.ipynb")}, said

    mine = tmp_path / "work" / "en"
    update.folder = mine
    return update


def test_a_missing_copy_is_made_without_a_word(release, hand_out):
    release("first")
    assert hand_out() == ({NAME: "first"}, [])


def test_what_a_student_wrote_stays(release, hand_out):
    release("first")
    hand_out()
    (hand_out.folder / NAME).write_text("my work")
    assert hand_out() == ({NAME: "my work"}, [])


def test_an_untouched_copy_follows_the_course(release, hand_out):
    release("first")
    hand_out()
    release("second")
    files, said = hand_out()
    assert files == {NAME: "second"}
    assert [NAME in line for line in said] == [True]


def test_a_newer_lesson_is_put_beside_a_students_own_once(release, hand_out):
    release("first")
    hand_out()
    (hand_out.folder / NAME).write_text("my work")
    release("second")
    files, said = hand_out()
    assert files == {NAME: "my work", "00-start-here (0.2.0).ipynb": "second"}
    assert "00-start-here (0.2.0).ipynb" in said[0]
    assert hand_out() == (files, [])


def test_nothing_is_overwritten_even_when_the_record_is_lost(release, hand_out):
    release("first")
    hand_out()
    (hand_out.folder / NAME).write_text("my work")
    (hand_out.folder / ".released.json").write_text("{half a rec")
    release("second")
    assert hand_out()[0] == {NAME: "my work", "00-start-here (0.2.0).ipynb": "second"}


@pytest.mark.parametrize(
    ("spoken", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
    ],
)
def test_the_system_decides_the_language(spoken, lang, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, spoken.get(name, ""))
    assert lab.system_language() == lang


def test_the_course_opens_on_lesson_00_and_hands_its_options_on(tmp_path, monkeypatch, capsys):
    handed_on = []
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    monkeypatch.setattr("jupyterlab.labapp.main", handed_on.extend)
    with pytest.raises(SystemExit) as ended:
        main(["lab", "--lang=zh", "--no-browser", "--port=8890"])
    assert ended.value.code == 0
    assert {"--no-browser", "--port=8890"} <= set(handed_on)
    assert f"--LabApp.default_url=/doc/tree/zh-Hans/{NAME}" in handed_on
    assert (tmp_path / "zh-Hans" / NAME).is_file()
    assert (tmp_path / "en" / NAME).is_file()
    assert str(tmp_path) in capsys.readouterr().out


def test_jupyterlab_is_set_up_in_the_work_folder_alone(tmp_path):
    options = dict(option.split("=", 1) for option in lab.settings("zh", tmp_path))
    folder = Path(options["--LabApp.app_settings_dir"])
    look = json.loads((folder / "overrides.json").read_text("utf-8"))
    assert folder.is_relative_to(tmp_path)
    assert Path(options["--LabApp.workspaces_dir"]).is_relative_to(tmp_path)
    assert look["@jupyterlab/translation-extension:plugin"] == {"locale": "zh_CN"}
    assert look["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
