"""A cell that does not end is told as such, and the button ■ that stops it is named."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import expect

from crmsim.common.words import words

CELLS = ["from crmsim import check\ncheck('10-why', lang='{lang}')", "while True:\n    pass"]

# What other messages from the kernel can do while a cell runs: JupyterLab takes it to be idle.
TAKE_FOR_IDLE = """
() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel._updateStatus("idle")
"""


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh-Hans"])
def test_who_waits_for_a_cell_without_end_is_told_how_to_stop_it(notebook, lang):
    path = notebook.lab.work / lang / "99-endless.ipynb"
    cells = [nbformat.v4.new_code_cell(source.format(lang=lang)) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    try:
        notebook.open_file(f"{lang}/99-endless")
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
    finally:
        path.unlink(missing_ok=True)
