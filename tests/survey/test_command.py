"""``crmsim survey``: one command from a file of answers to the report."""

from __future__ import annotations

import pytest
from layouts import people, plain_head, saved, wenjuanxing

from crmsim.cli import main
from crmsim.common.words import LANGUAGES
from crmsim.survey import document


def ended(*arguments: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(each) for each in arguments])
    return int(end.value.code)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_answers_become_a_report_with_the_student_s_text_beside_it(tmp_path, lang, capsys):
    rows = people(60)
    rows[3][5] = "12"
    path, out = saved(tmp_path / "a.csv", wenjuanxing(rows), "gb18030"), tmp_path / "report"
    assert ended("survey", path, "--out", out, "--lang", lang) == 0
    own = "my-text.md" if lang == "en" else "我的文字.md"
    names = {each.name for each in out.iterdir()}
    assert names == {"report.html", "report.docx", "set-aside.csv", own}
    assert own in capsys.readouterr().out
    before = (out / own).read_text("utf-8")
    heading = before.split("## ")[1].split("\n")[0]
    (out / own).write_text(before.replace(f"## {heading}", f"## {heading}\n新华书店"), "utf-8")
    assert ended("survey", path, "--out", out, "--lang", lang) == 0
    assert "新华书店" in (out / "report.html").read_text("utf-8")
    assert "新华书店" in (out / own).read_text("utf-8")
    assert "12" in (out / "set-aside.csv").read_text("utf-8-sig").splitlines()[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_answers_the_questionnaire_is_written(tmp_path, lang, capsys):
    assert ended("survey", "--out", tmp_path / "q", "--lang", lang) == 0
    assert len(list((tmp_path / "q").iterdir())) == 5
    assert "limesurvey" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["name"], ["Lin"]], "none of its first 20 rows names a question"),
        ([plain_head()[:30], *[row[:30] for row in people(9)]], "question P09, P10"),
        ([plain_head(), *people(4)], "4 answers; the report needs at least 5"),
    ],
)
def test_what_can_t_become_a_report_is_refused_and_nothing_is_written(tmp_path, rows, told, capsys):
    path, out = saved(tmp_path / "a.csv", rows), tmp_path / "report"
    assert ended("survey", path, "--out", out, "--lang", "en") == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_file_that_is_not_there_and_a_folder_that_is_a_file_are_told(tmp_path, capsys):
    assert ended("survey", tmp_path / "no.csv", "--out", tmp_path / "r", "--lang", "en") == 2
    assert "no.csv" in capsys.readouterr().err
    path = saved(tmp_path / "a.csv", [plain_head(), *people(9)])
    assert ended("survey", path, "--out", path, "--lang", "en") == 2
    assert "name a folder" in capsys.readouterr().err


def test_where_the_extra_is_missing_its_command_is_told(tmp_path, monkeypatch, capsys):
    def missing(*_):
        from crmsim.common.extras import ExtraError

        raise ExtraError("docx", "survey")

    monkeypatch.setattr(document, "new_document", missing)
    path = saved(tmp_path / "a.csv", [plain_head(), *people(9)])
    assert ended("survey", path, "--out", tmp_path / "r", "--lang", "en") == 2
    assert 'pip install "crmsim[survey]"' in capsys.readouterr().err
