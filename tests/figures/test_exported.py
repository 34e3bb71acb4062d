"""A notebook that is exported to HTML shows its figures, without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter, SlidesExporter
from traitlets.config import JSONFileConfigLoader

from crmsim import plot, simulate
from crmsim.common.words import data_path
from crmsim.figures.exported import FIGURE

ROOT = Path(__file__).parents[2]
TEACHER = sorted((ROOT / "notebooks" / "teacher").glob("*/*.ipynb"))
DRAWN = re.compile(r"Plotly\.newPlot\(")


def figures(book: nbformat.NotebookNode) -> int:
    outputs = (output for cell in book.cells for output in cell.get("outputs", ()))
    return sum(FIGURE in output.get("data", {}) for output in outputs)


WITH_FIGURES = [path for path in TEACHER if FIGURE in path.read_text("utf-8")]


@pytest.mark.parametrize("name", ["nbconvert.json", "server.json"])
@pytest.mark.parametrize("exporter", [HTMLExporter, SlidesExporter])
def test_every_figure_of_a_lesson_is_in_the_page(name, exporter):
    config = JSONFileConfigLoader(name, str(data_path("lab"))).load_config()
    book = nbformat.read(WITH_FIGURES[0], as_version=4)
    assert figures(book) > 0
    page, _ = exporter(config=config).from_notebook_node(book)
    assert len(DRAWN.findall(page)) == figures(book)
    assert page.count("plotly.js v") == 1, "what draws them is there, and once"


@pytest.mark.long
@pytest.mark.parametrize("path", WITH_FIGURES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_command_of_jupyter_exports_every_lesson_with_its_figures(path, tmp_path):
    settings = tmp_path / "settings"
    settings.mkdir()
    shutil.copy(data_path("lab", "nbconvert.json"), settings / "jupyter_nbconvert_config.json")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(tmp_path)]
    here = os.environ | {"JUPYTER_CONFIG_PATH": str(settings)}
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, env=here)
    assert done.returncode == 0, done.stderr
    assert "not able to be represented" not in done.stderr
    page = (tmp_path / f"{path.stem}.html").read_text("utf-8")
    assert len(DRAWN.findall(page)) == figures(nbformat.read(path, as_version=4))


def test_a_figure_of_ones_own_is_exported_too():
    bundle = plot(simulate("buick", seed=1)).to_plotly_json()
    output = nbformat.v4.new_output("display_data", {FIGURE: bundle})
    cells = [nbformat.v4.new_code_cell("plot(run)", outputs=[output, output])]
    config = JSONFileConfigLoader("nbconvert.json", str(data_path("lab"))).load_config()
    page, _ = HTMLExporter(config=config).from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    assert len(DRAWN.findall(page)) == 2


def test_a_notebook_without_figures_stays_small():
    config = JSONFileConfigLoader("nbconvert.json", str(data_path("lab"))).load_config()
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Service")])
    page, _ = HTMLExporter(config=config).from_notebook_node(book)
    assert len(page) < 1_000_000


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*/*.ipynb")), ids=str)
def test_a_lesson_as_a_script_is_a_file_of_python(path):
    said = nbformat.read(path, as_version=4).metadata.language_info
    assert said.file_extension == ".py"


def test_the_settings_are_installed_with_the_course():
    setup = (ROOT / "pyproject.toml").read_text("utf-8")
    assert '"data/lab/nbconvert.json" = "etc/jupyter/jupyter_nbconvert_config.json"' in setup
