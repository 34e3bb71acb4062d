"""A small notebook that plays a case of one's own."""

from __future__ import annotations

from pathlib import Path

from crmsim.common.extras import needs
from crmsim.common.words import words
from crmsim.scenario import Scenario, load
from crmsim.scenario.worlds import WORLDS


def write_notebook(path: Path, lang: str, folder: Path) -> Path:
    """Write ``<id>.ipynb``, a notebook that plays a case, and return its path.

    An older one is replaced: everything in it can be made again. What was played is kept elsewhere.

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
    """
    with needs("lab"):
        from nbformat import v4, write

    case = load(path.resolve(), lang)
    head = words(case.lang)("author.play.head", title=case.title[case.lang])
    folded = {"jupyter": {"source_hidden": True}}
    cells = [
        v4.new_markdown_cell(head, id="head"),
        v4.new_code_cell(_code(path, case), id="play", metadata=folded),
    ]
    target = folder / f"{case.id}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    write(v4.new_notebook(cells=cells, metadata=_METADATA), target)
    return target


def _code(path: Path, case: Scenario) -> str:
    file, lang = path.resolve().as_posix(), case.lang
    if WORLDS[case.world].play:
        return f'from crmsim import play\n\nplay({file!r}, lang="{lang}")'
    return f'from crmsim import load, plot, simulate\n\nplot(simulate(load({file!r}, "{lang}")))'


_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
