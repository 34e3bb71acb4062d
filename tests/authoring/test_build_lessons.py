"""The notebooks are what their sources say: in both languages, for students and for teachers."""

from __future__ import annotations

import re
import unicodedata
from statistics import median

import nbformat
import pytest

from crmsim.authoring import build_lessons
from crmsim.authoring.build_lessons import (
    NOTEBOOKS,
    BilingualCell,
    LessonError,
    build,
    notebook,
    read_source,
    stale,
    without_solution,
)
from crmsim.common.words import LANGUAGES
from crmsim.runs.run import simulate
from crmsim.scenario import load

SOURCES = sorted(NOTEBOOKS.glob("source/*.md"))
each_lesson = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def code(cells: list[BilingualCell], lang: str) -> list[str]:
    return [c.source for c in notebook(cells, lang, True).cells if c.cell_type == "code"]


@each_lesson
def test_the_published_notebooks_match_their_source(source):
    assert build(source, check=True) == []


@each_lesson
def test_code_is_the_same_in_both_languages_but_for_the_line_that_names_it(source):
    cells = read_source(source)
    english, chinese = (code(cells, lang) for lang in LANGUAGES)
    differing = [(e, c) for e, c in zip(english, chinese, strict=True) if e != c]
    assert len(differing) == 1
    assert differing[0][0].replace('"en"', '"zh-Hans"') == differing[0][1]


@each_lesson
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_teacher_gets_notes_and_solutions_more_than_a_student_and_nothing_else(source, lang):
    cells = read_source(source)
    notes = {cell.id for cell in cells if cell.kind == "note"}
    student = {cell.id: cell.source for cell in notebook(cells, lang, False).cells}
    teacher = {cell.id: cell.source for cell in notebook(cells, lang, True).cells}
    assert teacher.keys() - student.keys() == notes
    for name, text in student.items():
        assert text == teacher[name] or ("..." in text and "BEGIN SOLUTION" in teacher[name])


def test_the_bus_of_lesson_12_is_the_one_it_tells_of():
    """Whoever plays the passenger gets on, stands, and meets what the table shows afterwards."""
    cells = code(read_source(NOTEBOOKS / "source" / "12-satisfaction.md"), "en")
    seeds = [
        int(seed) for cell in cells if "bus" in cell for seed in re.findall(r"\bseed=(\d+)", cell)
    ]
    assert len(seeds) == 3
    assert len(set(seeds)) == 1
    for who in ("runner", "planner"):
        played, shown = (
            simulate(load("bus").change(persona=who, seat=seat), seed=seeds[0])
            for seat in ("buyer", "seller")
        )
        assert "ride" in list(played.log["touchpoint"])
        assert played.view.perceived == shown.view.perceived


@each_lesson
def test_nbgrader_is_told_of_the_cells_that_students_write_in_and_of_no_others(source):
    book = notebook(read_source(source), "en", False)
    told = {c.id: c.metadata["nbgrader"] for c in book.cells if "nbgrader" in c.metadata}
    blank = re.compile(r"^ *(\w+ = )?\.\.\.$", re.M)
    assert told.keys() == {
        c.id for c in book.cells if c.cell_type == "code" and blank.search(c.source)
    }
    for name, metadata in told.items():
        known = {"grade_id": name, "solution": True, "grade": False, "locked": False}
        assert metadata == known | {"schema_version": 3, "task": False}


@each_lesson
def test_there_are_ten_words_of_prose_to_a_line_of_code_and_cells_are_short(source):
    book = notebook(read_source(source), "en", False)
    code = [c.source.splitlines() for c in book.cells if c.cell_type == "code"]
    lines = [len([line for line in cell if line]) for cell in code]
    prose = " ".join(c.source for c in book.cells if c.cell_type == "markdown")
    words = len(re.sub(r"\(data:[^)]*\)", "", prose).split())
    told = f"{words} words to {sum(lines)} lines of code: "
    assert words >= 10 * sum(lines), f"{told}write more, or move code into crmsim"
    assert max(lines) <= 10, "a cell has more than ten lines: split it, or move code into crmsim"
    assert median(lines) <= 3, "most cells should have at most three lines of code"


def source_of(tmp_path, text: str):
    path = tmp_path / "99-try.md"
    path.write_text('%% code setup\nlang = "en"\n' + text, "utf-8")
    return path


def test_a_lesson_that_cannot_be_built_is_told_in_a_line_and_stops_no_other(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(build_lessons, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(build_lessons, "build", lambda source, _: read_source(source) and [])
    (tmp_path / "source").mkdir()
    for name in ("98-try.md", "99-try.md"):
        (tmp_path / "source" / name).write_text("%% text goal\nBuy a car.", "utf-8")
    assert build_lessons.main(["--check"])
    told = capsys.readouterr().err
    for name in ("98-try.md", "99-try.md"):
        assert f"{name}: goal: has no '%% zh'" in told


def test_a_changed_english_text_is_reported_until_its_chinese_was_looked_at_again(tmp_path):
    text = "%% text goal\nBuy a car.\n%% zh 00000000\n买一辆车。"
    (told,) = stale(read_source(source_of(tmp_path, text)))
    seen = told.split("'%% zh ")[1][:8]
    assert stale(read_source(source_of(tmp_path, text.replace("00000000", seen)))) == []
    changed = text.replace("00000000", seen).replace("a car", "two cars")
    assert len(stale(read_source(source_of(tmp_path, changed)))) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("%% text goal\nBuy.", "goal: has no '%% zh'"),
        ("%% zh 1\n买。", "follows no English text"),
        ("%% code a\n### BEGIN SOLUTION\nx = 1", "must have a line BEGIN and a line END"),
        ("%% code a\nx = 1\n### END SOLUTION", "must have a line BEGIN and a line END"),
        ("%% code setup\nx = 1", "setup: this id stands more than once"),
        ('%% code again\nlang = "en"', "exactly one names the language"),
    ],
)
def test_a_source_that_cannot_be_built_is_refused_with_its_place(tmp_path, text, told):
    with pytest.raises(LessonError, match=re.escape(told)):
        read_source(source_of(tmp_path, text))


def test_a_solution_becomes_a_blank_that_still_runs():
    blank = without_solution(
        "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\nf(1)"
    )
    assert blank == "def f(x):\n    ...\nf(1)"
    exec(compile(blank, "blank", "exec"), {})


def test_a_notebook_out_of_step_with_its_source_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr("crmsim.authoring.build_lessons.NOTEBOOKS", tmp_path)
    source = source_of(tmp_path, "")
    assert len(build(source, check=True)) == 4
    book = notebook(read_source(source), "en", False)
    (tmp_path / "en").mkdir()
    nbformat.write(book, tmp_path / "en" / "99-try.ipynb")
    assert len(build(source, check=True)) == 3


def outside(sign):
    """True of a sign that is no letter: CommonMark treats these alike next to a pair of stars."""
    return sign.isspace() or unicodedata.category(sign)[0] in "PS"


def stars_that_stay(text):
    """The pairs of stars of a line that Markdown shows as stars, by CommonMark's flanking rule."""
    stay, opens = [], True
    for pair in re.finditer(r"\*\*", text):
        before = text[pair.start() - 1 : pair.start()] or " "
        after = text[pair.end() : pair.end() + 1] or " "
        inner, outer = (after, before) if opens else (before, after)
        if inner.isspace() or (outside(inner) and not outside(outer)):
            stay.append(text[max(0, pair.start() - 12) : pair.end() + 12])
        opens = not opens
    return stay


@pytest.mark.parametrize(
    ("text", "stays"),
    [("**接下来：**还有", 1), ("**接下来：** 还有", 0), ("一份**《报告》**。", 1), ("**yes**", 0)],
)
def test_stars_beside_chinese_punctuation_are_found(text, stays):
    assert len(stars_that_stay(text)) == stays


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_what_is_meant_to_be_bold_is_shown_so(source):
    lines = [
        line
        for cell in read_source(source)
        if cell.kind in ("text", "note")
        for line in (*cell.en.splitlines(), *cell.zh.splitlines())
    ]
    assert any("**" in line for line in lines)
    assert [stay for line in lines for stay in stars_that_stay(line)] == []
