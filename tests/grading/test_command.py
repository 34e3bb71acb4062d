"""From the command line: a folder in, results out, and an exit code that says how it went."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import fakes
import pytest

import crmsim
from crmsim.cli import main
from crmsim.common.words import LANGUAGES
from crmsim.course.lab import released
from crmsim.exercises.declared import exercise
from crmsim.grading.command import GRADED, PERSON, UNREAD, USAGE, Report, publish, run_grade
from crmsim.grading.options import Options
from crmsim.grading.result import Flag, Problem
from crmsim.grading.validate import told_of_submission


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))


def command(*arguments) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A real batch: an unfinished notebook and a wrong file."""
    folder = tmp_path_factory.mktemp("batch")
    (folder / "submissions").mkdir()
    lesson = next(path for path in released("zh-Hans") if path.name.startswith("10"))
    shutil.copy(lesson, folder / "submissions" / "林悦.ipynb")
    (folder / "submissions" / "essay.docx").write_bytes(b"PK\x03\x04 not quite")
    (folder / "grading.toml").write_text('title = "Service"\nlessons = ["10"]\n')
    args = (folder / "submissions", folder / "out", folder / "grading.toml")
    return folder, crmsim.grade(*args, workers=2, watched=False)


def test_a_folder_of_submissions_becomes_marks_and_reasons(graded):
    folder, report = graded
    assert report.status == UNREAD
    assert set(report.table["student"]) == {"林悦.ipynb", "essay.docx"}
    assert (folder / "course-secret.txt").exists()
    for name in ("grades", "grades-canvas", "grades-moodle", "overrides"):
        assert (folder / "out" / f"{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    pages = {path.name[:4]: path.read_text() for path in (folder / "out" / "feedback").iterdir()}
    assert '<html lang="zh-Hans">' in next(p for n, p in pages.items() if n.startswith("林悦"))


def test_the_results_hold_versions_hashes_and_seeds_and_no_secret(graded):
    folder, _ = graded
    found = json.loads((folder / "out" / "results.json").read_text())
    assert found["versions"]["crmsim"]
    assert all(len(each["sha256"]) == 64 for each in found["results"])
    assert all("seeds" in each for each in found["results"])
    secret = (folder / "course-secret.txt").read_text().strip()
    for path in (folder / "out").rglob("*"):
        assert path.is_dir() or secret not in path.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, GRADED),
        ({"items": ()}, UNREAD),
        ({"problems": (Problem("not-started", "10"),)}, UNREAD),
        ({"flags": (Flag("never-on-offer", "buick-1.json"),)}, PERSON),
        ({"items": (fakes.item("31-owner", "words"),)}, PERSON),
    ],
)
def test_the_exit_code_says_how_it_went(tmp_path, more, status):
    found = publish(tmp_path, [fakes.result(**more)], Options(), fakes.NOTHING, "en")
    assert Report(tmp_path, found).status == status


def test_what_can_not_be_used_is_said_and_ends_with_its_own_code(tmp_path, capsys):
    assert command("grade", tmp_path / "nowhere", "--out", tmp_path / "out") == USAGE
    assert "is not a folder" in capsys.readouterr().err
    (tmp_path / "o.toml").write_text("colour = 1")
    fakes.hand_in(tmp_path, "ana")
    given = ("grade", tmp_path / "submissions", "--out", tmp_path / "out")
    assert command(*given, "--options", tmp_path / "o.toml") == USAGE
    assert "colour: this key is not known" in capsys.readouterr().err
    assert command(*given, "--lang", "fr") == USAGE
    assert command("grade", tmp_path / "submissions") == USAGE


def test_code_that_nobody_trusts_never_runs_as_the_superuser(tmp_path, monkeypatch, capsys):
    fakes.hand_in(tmp_path, "ana")
    monkeypatch.setattr("crmsim.grading.command.limits_here", lambda _: ("files", "superuser"))
    given = ("grade", tmp_path / "submissions", "--out", tmp_path / "out")
    assert command(*given) == USAGE
    assert "Install bubblewrap, or grade as an ordinary user" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_being_stopped_is_said_with_its_own_code(tmp_path, monkeypatch, capsys):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("crmsim.grading.command.grade", stopped)
    assert run_grade(tmp_path, tmp_path / "out", None, False, None, "en") == 130
    assert "--resume" in capsys.readouterr().err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_student_is_told_what_is_missing_and_no_answer(lang, capsys):
    lesson = next(path for path in released(lang) if path.name.startswith("10"))
    assert command("validate", lesson, "--lang", lang) == 1
    said = capsys.readouterr().out
    task = exercise("10-why")
    assert task.question[lang] in said
    right = next(option for option in task.options if option.id == task.key)
    assert right.text[lang] not in said


def test_whether_an_answer_is_right_is_not_said():
    task = exercise("10-why")
    wrong = next(option.id for option in task.options if option.slip)
    said = [
        told_of_submission(fakes.result(items=(fakes.item("10-why", answer),)), "a.zip", "en")
        for answer in (task.key, wrong)
    ]
    assert said[0] == said[1]
    assert said[0][1]


@pytest.mark.parametrize("content", [b"", b"{", b'{"cells": 7}', b"\x80\x81"])
def test_a_broken_notebook_is_told_and_fails(tmp_path, content, capsys):
    (tmp_path / "10-mine.ipynb").write_bytes(content)
    assert command("validate", tmp_path / "10-mine.ipynb", "--lang", "en") == 1
    assert "10-mine.ipynb" in capsys.readouterr().out


def test_what_is_not_there_is_told(tmp_path, capsys):
    assert command("validate", tmp_path / "10.ipynb", "--lang", "zh") == 1
    assert "没有这个文件" in capsys.readouterr().out


def test_what_was_answered_by_clicking_is_found_beside_the_notebook(tmp_path, capsys):
    lesson = next(path for path in released("en") if path.name.startswith("10"))
    task = exercise("10-why")
    (tmp_path / "progress").mkdir()
    (tmp_path / "en").mkdir()
    shutil.copy(lesson, tmp_path / "en")
    answer = json.dumps({"schema": 1, "answer": task.key})
    (tmp_path / "progress" / "answer-10-why.json").write_text(answer)
    assert command("validate", tmp_path / "en" / lesson.name, "--lang", "en") == 1
    said = capsys.readouterr().out
    assert "no answer: 10-rights" in said
    assert "10-why" not in said


def test_a_tilde_is_the_home_folder_in_every_path_that_a_grader_writes(tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / "sub" / "2026001").mkdir(parents=True)
    (home / "sub" / "2026001" / "notes.ipynb").write_text("{}")
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(home))
    monkeypatch.chdir(tmp_path)
    (home / "class.csv").write_text("number,name\n2026001,Ana\n2026002,Bo\n")
    (home / "times.csv").write_text("number,time\n2026001,2026-12-01T20:00:00+08:00\n")
    (home / "comments.csv").write_text("name,text\nloop,A loop has two ends.\n")
    (home / "grading.toml").write_text(
        'lessons = ["10"]\nroster = "~/class.csv"\ncomments = "~/comments.csv"\n'
        'secret = "~/keys/secret.txt"\n'
        '[late]\ndue = 2026-12-01T23:59:00+08:00\ntimes = "~/times.csv"\n'
    )
    report = crmsim.grade(
        "~/sub", "~/out", "~/grading.toml", workers=1, executor=ThreadPoolExecutor(1), watched=False
    )
    assert {grade.key: grade.name for grade in report.findings.grades} == {
        "2026001": "Ana",
        "2026002": "Bo",
    }
    assert report.findings.grades[0].late.known
    assert (home / "out" / "results.json").is_file()
    assert (home / "keys" / "secret.txt").is_file()
    assert not (tmp_path / "~").exists()
