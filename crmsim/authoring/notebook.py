"""A small notebook that plays a case of one's own."""

from __future__ import annotations

import os
from itertools import chain, count
from pathlib import Path

from crmsim.common.extras import needs
from crmsim.common.files import read_json, write
from crmsim.common.words import words
from crmsim.scenario import Scenario, load
from crmsim.scenario.worlds import WORLDS


def write_notebook(path: Path, lang: str, folder: Path) -> Path:
    """Write ``<id>.ipynb``, a notebook that plays a case, and return its path.

    One that plays the case already is left as it is, with all that was written in it. If another
    file has the name, the notebook is called ``<id>-2.ipynb``, and so on.

    Parameters
    ----------
    path
        The file of the case.
    lang
        The language of the notebook, if the case has both.
    folder
        Where to write; made if it is not there.

    Raises
    ------
    ScenarioError
        If the file has mistakes.
    ExtraError
        If JupyterLab is not installed.
    OSError
        If the folder can't be written.
    """
    with needs("lab"):
        from nbformat import v4, writes

    case = load(path.resolve(), lang)
    head = words(case.lang)("author.play.head", title=case.title[case.lang])
    folded = {"jupyter": {"source_hidden": True}}
    code = _code(path, case)
    cells = [
        v4.new_markdown_cell(head, id="head"),
        v4.new_code_cell(code, id="play", metadata=folded),
    ]
    numbered = (folder / f"{case.id}-{number}.ipynb" for number in count(2))
    for target in chain([folder / f"{case.id}.ipynb"], numbered):
        if not os.path.lexists(target):
            return write(target, writes(v4.new_notebook(cells=cells, metadata=_METADATA)))
        if code in _sources(target):
            return target
    raise AssertionError("there is always another number")


def _sources(notebook: Path) -> list[str]:
    """Return the source of each cell of a notebook, as far as it can be read."""
    book = read_json(notebook)
    cells = book.get("cells") if isinstance(book, dict) else None
    found = [cell.get("source") for cell in cells or () if isinstance(cell, dict)]
    return ["".join(each) if isinstance(each, list) else str(each) for each in found]


def _code(path: Path, case: Scenario) -> str:
    file, lang = path.resolve().as_posix(), case.lang
    if WORLDS[case.world].play:
        return f'from crmsim import play\n\nplay({file!r}, lang="{lang}")'
    return f'from crmsim import load, plot, simulate\n\nplot(simulate(load({file!r}, "{lang}")))'


_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python"},
}
