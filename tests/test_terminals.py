"""Every command, in each language, on any terminal: the work is done, without a traceback."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from crmsim.authoring.skeleton import lay_down
from crmsim.cli import main
from crmsim.common.words import LANGUAGES
from crmsim.course import progress, student

ROOT = Path(__file__).parents[1]
LONG = pytest.mark.long
COMMANDS = {
    "lint": "lint my-shop.toml",
    "new": "new other --like bus",
    "handin": "handin --out 作业😀",
    "validate": "validate work/notes.zip",
    "grade": "grade sub --out out --options grading.toml",
    "nothing": "validate nowhere.zip",
    "help": "grade -h",
}
MADE = {"new": "other.toml", "handin": "作业😀/handin-2026001.zip", "grade": "out/results.json"}
FINE = {"lint": 0, "new": 0, "handin": 0, "validate": 1, "grade": 1, "nothing": 1, "help": 0}
"""The exit code of each command; what is not fit to hand in or can't be read gives 1."""


DEAR = [("lint", "en"), ("grade", "en")]
"""Commands that take seconds: each time in Chinese, which has more letters to lack."""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with a case, some work of a student's, and a hand-in to grade."""
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path / "work"))
    lay_down("my-shop", "sunset", tmp_path)  # looked through sooner than a visit
    student.enter("2026001", "林悦 “Ana” −½")
    progress.save("answer-10-why", {"answer": "pity", "tries": 1})
    (tmp_path / "work" / "notes.zip").write_bytes(b"PK no zip")
    (tmp_path / "sub" / "2026001 林悦 −").mkdir(parents=True)
    (tmp_path / "sub" / "2026001 林悦 −" / "x.ipynb").write_text("{}")
    (tmp_path / "grading.toml").write_text('lessons = ["10"]\n')
    return tmp_path


def ran(folder: Path, command: str, lang: str, encoding: str = "utf-8", **more):
    asked = COMMANDS[command].split()
    asked += [] if command == "help" else [f"--lang={lang}"]
    env = os.environ | {"PYTHONIOENCODING": encoding, "XDG_CONFIG_HOME": str(folder / "config")}
    return subprocess.run(
        [sys.executable, "-m", "crmsim.cli", *asked],
        cwd=folder,
        env=env | more.pop("env", {}),
        stderr=subprocess.PIPE,
        **more,
    )


def in_order(said, folder: Path, command: str) -> None:
    """The work was done, and what was said is no traceback."""
    assert b"Traceback" not in said.stderr
    assert said.returncode == FINE[command], said.stderr
    if command in MADE:
        assert (folder / MADE[command]).is_file()


@pytest.mark.parametrize(
    ("command", "lang"),
    [
        pytest.param(command, lang, marks=LONG if (command, lang) in DEAR else ())
        for command in COMMANDS
        for lang in LANGUAGES
    ],
)
@pytest.mark.parametrize(
    "encoding",
    ["gbk", *(pytest.param(each, marks=LONG) for each in ("ascii", "cp1252", "cp437", "big5"))],
)
def test_a_terminal_that_lacks_letters_gets_others_in_their_place(encoding, command, lang, folder):
    said = ran(folder, command, lang, encoding, stdout=subprocess.PIPE)
    in_order(said, folder, command)
    (said.stdout + said.stderr).decode(encoding)
    assert said.stdout or said.stderr


@pytest.mark.skipif(os.name == "nt", reason="no shell that closes a stream")
@pytest.mark.parametrize(
    "closed",
    ["<&- >&- 2>&-", *(pytest.param(each, marks=LONG) for each in (">&-", "<&-", "> /dev/full"))],
)
@pytest.mark.parametrize("command", ["lint", "new", "handin"])
def test_the_work_is_done_where_the_terminal_is_gone(closed, command, folder):
    shell = f'"$0" "$@" {closed}'
    asked = [sys.executable, "-m", "crmsim.cli", *COMMANDS[command].split(), "--lang=zh"]
    said = subprocess.run(["sh", "-c", shell, *asked], cwd=folder, capture_output=True)
    assert b"Traceback" not in said.stderr
    if command in MADE:
        assert (folder / MADE[command]).is_file()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "locale",
    ["POSIX", *(pytest.param(each, marks=LONG) for each in ("C", "zh_CN.GBK", "xx_YY.nonsense"))],
)
@pytest.mark.parametrize("command", ["validate", pytest.param("lint", marks=LONG)])
def test_any_locale_will_do(command, locale, lang, folder):
    env = {"LC_ALL": locale, "PYTHONIOENCODING": ""}
    in_order(ran(folder, command, lang, env=env, stdout=subprocess.PIPE), folder, command)


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "Stopped."), ("zh", "已停止。")], ids=["en", "zh"]
)
@pytest.mark.parametrize(
    ("command", "place"),
    [
        ("lab", "crmsim.cli.open_lab"),
        ("handin", "crmsim.course.handin.run_handin"),
        ("new x", "crmsim.authoring.new"),
        ("lint x.toml", "crmsim.authoring.lint"),
        ("play x.toml", "crmsim.authoring.play_in_lab"),
        ("validate x.zip", "crmsim.grading.command.run_validate"),
    ],
)
def test_ctrl_c_ends_a_command_with_a_word_and_130(command, place, lang, says, monkeypatch, capsys):
    def stops(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(place, stops)
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), f"--lang={lang}"])
    assert ended.value.code == 130
    assert capsys.readouterr().err.strip() == says


ASKS = """
import fcntl, termios
from crmsim.cli import main
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for _ in range({times}):
    try:
        main(["handin", "--lang=en"])
    except SystemExit as ended:
        print(f"ended with {{ended.code}}.", flush=True)
"""
QUESTION = b"Student number: "


def typed(keys: bytes, work: Path, times: int = 1) -> str:
    """Type keys at a terminal at the moment when it asks for the number; give all it said."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKS.format(times=times)],
        env=os.environ | {"CRMSIM_WORK": str(work), "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said, asked = b"", 0
    # Where the other side has closed its end, Linux gives an error.
    with suppress(OSError):
        while select.select([ours], [], [], 60)[0] and (more := os.read(ours, 1000)):
            said += more
            if said.count(QUESTION) > asked:
                asked += 1
                os.write(ours, keys)
    # A command that waits on ends here too: its terminal is gone.
    os.close(ours)
    asking.wait()
    return said.decode()


def test_ctrl_c_at_the_moment_of_the_question_ends_it(tmp_path):
    said = typed(b"\x03", tmp_path, times=200)
    assert said.count("Stopped.") == 200
    assert said.count("ended with 130.") == 200


def test_ctrl_d_at_the_number_is_no_number(tmp_path):
    said = typed(b"\x04", tmp_path)
    assert "ended with 2." in said
    assert "Enter your student number first" in said


def test_the_number_and_the_name_can_be_typed(tmp_path):
    said = typed("2026001\n林悦\n".encode(), tmp_path)
    assert "ended with 2." in said
    assert "Name: " in said
    kept = json.loads((tmp_path / "progress" / "student.json").read_text("utf-8"))
    assert (kept["number"], kept["name"]) == ("2026001", "林悦")


def test_a_mistake_of_the_course_itself_has_an_exit_code_of_its_own(monkeypatch, capsys):
    def breaks(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("crmsim.grading.command.run_validate", breaks)
    with pytest.raises(SystemExit) as ended:
        main(["validate", "x.zip"])
    assert ended.value.code == 70
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_without_a_home_the_grader_says_what_to_do(folder, monkeypatch, capsys):
    pwd = pytest.importorskip("pwd")

    def nobody(_):
        raise KeyError

    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(SystemExit) as ended:
        main(["grade", str(folder / "sub"), "--out", str(folder / "out"), "--lang=en"])
    assert ended.value.code == 2
    assert "this user has no home folder" in capsys.readouterr().err
