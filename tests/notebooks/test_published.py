"""The notebooks as they are published: small, clean, and not vacuously green."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from crmsim.authoring.build_lessons import NOTEBOOKS
from crmsim.common.words import LANGUAGES, words

STUDENT = [path for lang in LANGUAGES for path in sorted((NOTEBOOKS / lang).glob("*.ipynb"))]
RUN = ("en/00-start-here", "zh-Hans/33-one-to-one")
TEACHER = sorted((NOTEBOOKS / "teacher").glob("*/*.ipynb"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def test_every_lesson_is_published_for_both_and_in_both_languages():
    assert len(STUDENT) == len(TEACHER) == 2 * len(list(NOTEBOOKS.glob("source/*.md"))) > 0


@pytest.mark.parametrize("path", [*STUDENT, *TEACHER], ids=name)
def test_it_is_small_valid_and_names_no_place_of_this_machine(path: Path):
    text = path.read_text("utf-8")
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert len(text.encode()) < 300_000
    assert '"widgets"' not in text
    for place in (str(Path.home()), str(NOTEBOOKS.parent), "/tmp/"):
        assert place not in text


@pytest.mark.parametrize("path", STUDENT, ids=name)
def test_a_student_gets_no_solution_and_no_output(path: Path):
    assert code_cells(path)
    for cell in code_cells(path):
        assert "SOLUTION" not in cell.source
        assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("path", TEACHER, ids=name)
def test_a_teacher_gets_every_output_without_an_error_and_nbval_has_something_to_compare(
    path: Path,
):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [o for o in outputs if o.output_type in ("error", "stream")]
    assert sum("text/plain" in output.get("data", {}) for output in outputs) >= 3


@pytest.mark.parametrize("path", TEACHER, ids=name)
def test_every_answer_that_a_teacher_is_given_by_code_is_right(path: Path):
    right = words(path.parent.name)("lesson.verdict.right")
    for cell in code_cells(path):
        if "BEGIN SOLUTION" in cell.source:
            assert cell.outputs[-1].data["text/plain"] == right


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.long] * (name(path) not in RUN), id=name(path))
        for path in STUDENT
    ],
)
def test_a_student_runs_it_from_top_to_bottom_blanks_and_all(path: Path):
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert all(cell.execution_count for cell in book.cells if cell.cell_type == "code")
