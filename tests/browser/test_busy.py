"""A busy kernel and a slow machine, as a student sees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import nbformat
import pytest
from playwright.sync_api import expect

from crmsim.common.words import words

QUESTION = "from crmsim import check\ncheck('10-why', lang='{lang}')"

# What other messages from the kernel can do while a cell runs: JupyterLab takes it to be idle.
TAKE_FOR_IDLE = """
() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel._updateStatus("idle")
"""

# On a slow machine a script does not load in the two seconds that anywidget allows.
TOO_SLOW = """
() => {
  window.allowed = AbortSignal.timeout;
  AbortSignal.timeout = () => window.allowed.call(AbortSignal, 0);
}
"""
IN_TIME = "() => { AbortSignal.timeout = window.allowed; }"


@contextmanager
def own_lesson(notebook, lang: str, *sources: str) -> Iterator[str]:
    """A notebook of these cells, by its path without its ending."""
    path = notebook.lab.work / lang / "99-own.ipynb"
    cells = [nbformat.v4.new_code_cell(source.format(lang=lang)) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    try:
        yield f"{lang}/99-own"
    finally:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh-Hans"])
def test_who_waits_for_a_cell_without_end_is_told_how_to_stop_it(notebook, lang):
    with own_lesson(notebook, lang, QUESTION, "while True:\n    pass") as path:
        notebook.open_file(path)
        notebook.run_all()
        stage = notebook.page.locator(".crmsim-stage[data-screen=exercise]")
        stage.wait_for()
        notebook.page.evaluate(TAKE_FOR_IDLE)
        stage.get_by_role("radio").first.click()
        expect(stage).to_have_attribute("data-waiting", "long", timeout=30_000)
        assert stage.get_attribute("data-stuck") == words(lang)("play.busy")
        (running,) = notebook.lab.ask("GET", "kernels")
        notebook.lab.ask("POST", f"kernels/{running['id']}/interrupt")
        told = notebook.page.locator(".jp-OutputArea", has_text=words(lang)("python.stopped"))
        expect(told.first).to_be_visible(timeout=30_000)
        expect(stage).not_to_have_attribute("data-waiting", "long", timeout=30_000)


def test_a_stage_whose_script_loads_too_slowly_comes_and_answers(notebook):
    with own_lesson(notebook, "en", QUESTION) as path:
        notebook.open_file(path)
        notebook.page.evaluate(TOO_SLOW)
        try:
            notebook.run_all()
            stage = notebook.page.locator(".crmsim-stage[data-screen=exercise]")
            stage.get_by_role("radio").first.click()
            stage.get_by_role("button", name="Check my answer").click()
            expect(stage.locator(".ex-verdict")).to_be_visible()
        finally:
            notebook.page.evaluate(IN_TIME)
