"""A student's copies are handed out, kept apart from the released files, and never overwritten."""

from __future__ import annotations

import errno
import json
import logging
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crmsim.cli import main
from crmsim.course import handin, lab, progress

NAME = "00-start-here.ipynb"


@pytest.fixture
def release(tmp_path, monkeypatch):
    """Publish the text of lesson 00, as a new version of the course would."""
    source = tmp_path / "released" / NAME
    source.parent.mkdir()
    monkeypatch.setattr(lab, "released", lambda lang: [source])
    monkeypatch.setattr(lab, "version", lambda package: "0.2.0")
    return lambda text: source.write_text(book(text))


def book(text: str) -> str:
    """A notebook of one cell."""
    return json.dumps({"cells": [{"cell_type": "markdown", "source": text}]})


def text_of(path: Path) -> str:
    return json.loads(path.read_text("utf-8"))["cells"][0]["source"]


@pytest.fixture
def hand_out(tmp_path):
    """Hand out the lessons; return what the student's files say, and what was said."""

    def update() -> tuple[dict[str, str], list[str]]:
        said = list(lab.hand_out("en", tmp_path / "work"))
        books = [path for path in mine.glob("*.ipynb") if "damaged" not in path.name]
        return {path.name: text_of(path) for path in books}, said

    mine = tmp_path / "work" / "en"
    update.folder = mine
    return update


def test_a_missing_copy_is_made_without_a_word(release, hand_out):
    release("first")
    assert hand_out() == ({NAME: "first"}, [])


def test_what_a_student_wrote_stays(release, hand_out):
    release("first")
    hand_out()
    (hand_out.folder / NAME).write_text(book("my work"))
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
    (hand_out.folder / NAME).write_text(book("my work"))
    release("second")
    files, said = hand_out()
    assert files == {NAME: "my work", "00-start-here (0.2.0).ipynb": "second"}
    assert "00-start-here (0.2.0).ipynb" in said[0]
    assert hand_out() == (files, [])


def test_nothing_is_overwritten_even_when_the_record_is_lost(release, hand_out):
    release("first")
    hand_out()
    (hand_out.folder / NAME).write_text(book("my work"))
    (hand_out.folder / ".released.json").write_text("{half a rec")
    release("second")
    assert hand_out()[0] == {NAME: "my work", "00-start-here (0.2.0).ipynb": "second"}


@pytest.mark.parametrize("record", ["", "[]", "null", "3", '"x"', '{"a"', '{"a": 1}', "\0\0"])
def test_any_record_of_what_was_handed_out_is_a_record_or_none(record, release, hand_out):
    release("first")
    hand_out()
    (hand_out.folder / ".released.json").write_text(record)
    assert hand_out() == ({NAME: "first"}, [])


@given(cut=st.integers(0, 80), tail=st.sampled_from([b"", b"\0", b"\0" * 40, b"}", b"\xff"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_torn_lesson_is_replaced_told_and_kept(cut, tail, release, hand_out):
    release("first")
    hand_out()
    whole = book("my work").encode()
    wreck = whole[:cut] + tail
    assume(not lab.is_notebook(wreck))
    (hand_out.folder / NAME).write_bytes(wreck)
    files, said = hand_out()
    assert files[NAME] == "first"
    (line,) = said
    aside = re.search(r"00-start-here\.damaged-\d+\.ipynb", line)[0]
    assert (hand_out.folder / aside).read_bytes() == wreck
    assert hand_out()[1] == []


@pytest.mark.parametrize("odd", ["a folder", "a link to nowhere", "[]", "null", '{"cells": 3}'])
def test_whatever_lies_in_the_place_of_a_lesson_the_lesson_is_there_afterwards(
    odd, release, hand_out
):
    release("first")
    hand_out()
    place = hand_out.folder / NAME
    place.unlink()
    if odd == "a folder":
        place.mkdir()
    elif odd.startswith("a link"):
        place.symlink_to("nowhere.ipynb")
    else:
        place.write_text(odd)
    assert hand_out()[0][NAME] == "first"


def test_a_full_disk_leaves_no_half_of_a_lesson(release, hand_out, monkeypatch):
    release("first")
    monkeypatch.setattr(lab, "write", no_space)
    with pytest.raises(OSError, match="No space"):
        hand_out()
    monkeypatch.undo()
    assert [path.name for path in hand_out.folder.iterdir()] == []


def no_space(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, {"en": "the disk is full", "zh": "磁盘已满"}),
        (errno.EROFS, {"en": "copy the folder to another place", "zh": "只读"}),
        (errno.EACCES, {"en": "choose a folder of your own", "zh": "没有写入权限"}),
        (errno.EIO, {"en": "broken disk", "zh": "broken disk"}),
    ],
)
def test_a_folder_that_cannot_be_written_gets_a_sentence(
    lang, number, says, tmp_path, monkeypatch, capsys
):
    def fails(*_):
        raise OSError(number, "broken disk")

    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    monkeypatch.setattr(lab, "write", fails)
    with pytest.raises(SystemExit) as ended:
        main(["lab", f"--lang={lang}"])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert says[lang] in said
    assert str(tmp_path) in said
    assert "Traceback" not in said


@pytest.mark.parametrize("place", ["progress", ".jupyterlab", ".jupyterlab/settings", "en"])
def test_a_file_in_the_place_of_a_folder_is_renamed(place, tmp_path, monkeypatch, capsys):
    opened = []
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    monkeypatch.setattr("jupyterlab.labapp.main", opened.extend)
    wreck = tmp_path / place
    wreck.parent.mkdir(exist_ok=True)
    wreck.write_text("mine")
    with pytest.raises(SystemExit) as ended:
        main(["lab", "--lang=en"])
    assert ended.value.code == 0
    assert opened
    assert wreck.is_dir()
    aside = f"{Path(place).name}.file-1"
    assert wreck.with_name(aside).read_text() == "mine"
    assert aside in capsys.readouterr().out


def test_a_file_in_the_place_of_the_work_folder_gets_a_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "work").write_text("mine")
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path / "work"))
    with pytest.raises(SystemExit) as ended:
        main(["lab", "--lang=en"])
    assert ended.value.code == 2
    assert "there is a file where a folder should be" in capsys.readouterr().err
    assert (tmp_path / "work").read_text() == "mine"


def test_one_folder_with_a_tilde_for_the_lab_the_kernels_and_the_hand_in(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("CRMSIM_WORK", "~/crm")
    monkeypatch.chdir(tmp_path)
    assert lab.work_folder() == progress.folder().parent == tmp_path / "crm"
    assert handin.work() == tmp_path / "crm"


@pytest.mark.parametrize("command", ["lab", "handin"])
def test_a_tilde_without_a_home_is_told(command, monkeypatch, capsys):
    monkeypatch.setenv("CRMSIM_WORK", "~nobody-of-this-name/crm")
    with pytest.raises(SystemExit) as ended:
        main([command, "--lang=en", *(["--number=1"] if command == "handin" else [])])
    assert ended.value.code == 2
    assert "this user has no home folder; write the whole path" in capsys.readouterr().err


def test_without_a_home_jupyterlab_gets_one_in_the_work_folder(tmp_path, monkeypatch):
    def nobody(_):
        raise KeyError

    pwd = pytest.importorskip("pwd")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert lab._home(tmp_path) == {"HOME": str(tmp_path / ".jupyterlab" / "home")}
    assert (tmp_path / ".jupyterlab" / "home").is_dir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert lab._home(tmp_path) == {}


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
    said = capsys.readouterr().out
    assert str(tmp_path) in said
    assert "请在浏览器里打开下面的网址" in said


@pytest.mark.parametrize(
    ("options", "says"), [([], "is opening lesson 00"), (["--no-browser"], "Open the address")]
)
def test_who_opens_the_browser_is_told(options, says, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    monkeypatch.setattr("jupyterlab.labapp.main", lambda options: None)
    with pytest.raises(SystemExit):
        main(["lab", "--lang=en", *options])
    assert says in capsys.readouterr().out


def test_what_jupyter_and_tornado_settle_by_themselves_is_not_shown(tmp_path, monkeypatch, caplog):
    """Tornado warns of a number of milliseconds that it reads as seconds."""
    general = logging.getLogger("tornado.general")
    monkeypatch.setattr(general, "filters", [])
    # A cluster that another test started in this process lets Tornado tell errors alone.
    caplog.set_level(logging.WARNING, "tornado.general")
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    told = ("The websocket_ping_timeout (90000) cannot be longer", "Something else is wrong")
    monkeypatch.setattr("jupyterlab.labapp.main", lambda options: [*map(general.warning, told)])
    with pytest.raises(SystemExit):
        main(["lab", "--lang=en"])
    assert caplog.messages == [told[1]]


def test_jupyterlab_is_set_up_in_the_work_folder_alone(tmp_path):
    options = dict(option.split("=", 1) for option in lab.settings("zh", tmp_path))
    folder = Path(options["--LabApp.app_settings_dir"])
    look = json.loads((folder / "overrides.json").read_text("utf-8"))
    assert folder.is_relative_to(tmp_path)
    assert Path(options["--LabApp.workspaces_dir"]).is_relative_to(tmp_path)
    assert look["@jupyterlab/translation-extension:plugin"] == {"locale": "zh_CN"}
    assert look["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
