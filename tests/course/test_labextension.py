"""Cells that may run by themselves: those of a lesson as released, in the student's own folder."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copyfile

import pytest

from crmsim.common.words import LANGUAGES
from crmsim.course.labextension import HERE, NAME, SAID, answer, own_cells
from crmsim.course.lessons import released

LESSON = "10-buying-a-buick.ipynb"


@pytest.fixture
def work(tmp_path) -> Path:
    """A student's folder as `crmsim lab` fills it."""
    for lang in LANGUAGES:
        (tmp_path / "work" / lang).mkdir(parents=True)
        for lesson in released(lang):
            copyfile(lesson, tmp_path / "work" / lang / lesson.name)
    return tmp_path / "work"


def sources(notebook: Path) -> dict[str, str]:
    """The code cells of a notebook, by id."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return {c["id"]: "".join(c["source"]) for c in cells if c["cell_type"] == "code"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_cell_of_a_lesson_at_home_may_run(work, lang):
    for lesson in released(lang):
        found = own_cells(work / lang / lesson.name, work)
        assert found == sources(lesson) != {}


def test_what_is_written_into_a_lesson_is_not_what_may_run(work):
    lesson = work / "en" / LESSON
    lesson.write_text(lesson.read_text("utf-8").replace("predict", "evil"), "utf-8")
    allowed, there = own_cells(lesson, work), sources(lesson)
    assert allowed.keys() == there.keys()
    assert "evil" not in "".join(allowed.values())
    assert any(allowed[name] != there[name] for name in there)


def elsewhere(work: Path, *parts: str) -> Path:
    place = work.joinpath(*parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    return Path(copyfile(work / "en" / LESSON, place))


@pytest.mark.parametrize(
    "parts",
    [
        ("handins", "2026001", "notebooks", "en", LESSON),
        ("handins", "en", LESSON),
        (LESSON,),
        ("en", "another-name.ipynb"),
        ("fr", LESSON),
        ("zh-Hans", "deeper", "en", LESSON),
        ("..", "en", LESSON),
    ],
)
def test_nothing_runs_anywhere_else(work, parts):
    assert own_cells(elsewhere(work, *parts), work) == {}


def test_nothing_runs_where_nobody_named_a_folder_of_her_own(work):
    assert own_cells(work / "en" / LESSON, None) == {}


def test_no_link_makes_a_place_her_own(work, tmp_path):
    stranger = tmp_path / "handed-in"
    stranger.mkdir()
    (stranger / LESSON).symlink_to(work / "en" / LESSON)
    assert own_cells(stranger / LESSON, work) == {}
    (tmp_path / "en").symlink_to(work / "en")
    assert own_cells(tmp_path / "en" / LESSON, work) == {}
    (work / "en" / LESSON).rename(stranger / "kept.ipynb")
    (work / "en" / LESSON).symlink_to(stranger / "kept.ipynb")
    assert own_cells(work / "en" / LESSON, work) == {}
    assert own_cells(work / "zh-Hans" / ".." / "en" / "12-satisfaction.ipynb", work) == {}


@pytest.mark.parametrize(
    "brought", ["crmsim.py", "numpy.pyc", "pandas.so", "PLOTLY.PY", "json/__init__.py"]
)
def test_nothing_runs_beside_a_module_that_would_run_with_it(work, brought):
    module = work / "en" / brought
    module.parent.mkdir(exist_ok=True)
    module.write_text("raise SystemExit")
    assert own_cells(work / "en" / LESSON, work) == {}
    assert own_cells(work / "zh-Hans" / LESSON, work) != {}


def test_a_lesson_that_is_missing_or_no_notebook_is_no_error(work):
    assert own_cells(work / "en" / "nothing.ipynb", work) == {}
    (work / "en" / LESSON).write_bytes(b"\x00 not a notebook")
    assert own_cells(work / "en" / LESSON, work) == sources(released("en")[1])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_come_in_the_language_of_the_lesson(work, lang):
    found = answer(work / lang / LESSON, work)["words"]
    assert found.keys() == set(SAID)
    assert ("显示代码" in found.values()) == (lang == "zh-Hans")


def test_the_extension_is_found_by_jupyterlab_with_its_script_and_style():
    from jupyterlab_server.config import get_federated_extensions

    build = get_federated_extensions([str(HERE)])[NAME]["jupyterlab"]["_build"]
    assert (HERE / NAME / build["load"]).is_file()
    assert (HERE / NAME / "notebook.css").is_file()
