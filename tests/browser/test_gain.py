"""The test after the course in JupyterLab: fourteen clicks, then the table of what has changed."""

from __future__ import annotations

import json

import nbformat
import pytest
from playwright.sync_api import expect

from crmsim.common.words import words
from crmsim.exercises.gain import form_pairs

LESSON = "41-widgets"
PAIRS = form_pairs()


@pytest.fixture
def both_cells(notebook):
    """A function that opens a notebook with the questions and the table."""

    def open_in(lang: str) -> None:
        asked = ", ".join(repr(pair.after.id) for pair in PAIRS)
        code = [
            "from crmsim import gain, predict",
            f"predict({asked}, lang={lang!r})",
            f"gain(lang={lang!r})",
        ]
        made = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(line) for line in code],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(made, notebook.lab.work / lang / f"{LESSON}.ipynb")
        notebook.open_file(f"{lang}/{LESSON}")
        notebook.run_all()
        stages = notebook.page.locator(".crmsim-stage[data-screen=exercise]")
        expect(stages).to_have_count(len(PAIRS) + 1, timeout=30_000)

    yield open_in
    for lang in ("en", "zh-Hans"):
        (notebook.lab.work / lang / f"{LESSON}.ipynb").unlink(missing_ok=True)


@pytest.mark.parametrize("lang", ["en", pytest.param("zh-Hans", marks=pytest.mark.long)])
def test_fourteen_clicks_and_what_has_changed(notebook, both_cells, lang):
    both_cells(lang)
    t, stages = words(lang), notebook.page.locator(".crmsim-stage[data-screen=exercise]")
    table = stages.nth(len(PAIRS))
    for place, pair in enumerate(PAIRS):
        stage, right = stages.nth(place), place % 2 == 0
        expect(stage).to_contain_text(t("lesson.number_of", number=place + 1, all=len(PAIRS)))
        option = next(o for o in pair.after.options if (o.slip is None) == right)
        stage.locator(f"input[data-value='{option.id}']").check()
        expect(stage.locator(".ex-note")).to_have_text(t("lesson.saved"))
        expect(table.locator(".ex-gain")).to_have_count(0)
    expect(table).to_contain_text(t("gain.how", answered=14, all=14))
    table.get_by_role("button", name=t("gain.show")).click()
    rows = table.locator(".ex-gain tbody tr")
    expect(rows).to_have_count(14)
    expect(rows.locator("td.ex-right")).to_have_count(7)
    expect(rows.locator("td.ex-wrong")).to_have_count(7)
    expect(table).to_contain_text(t("gain.no_before", after=7, of=14))
    expect(stages.nth(0).locator("input:disabled")).to_have_count(4)
    kept = json.loads(
        (notebook.lab.work / "progress" / f"before-{PAIRS[0].after.id}.json").read_text()
    )
    assert kept["answer"] == PAIRS[0].after.key
