"""A small notebook that plays a case of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crmsim.common.words import words
from crmsim.scenario import load

_FOLDED = {"jupyter": {"source_hidden": True}}


def write_notebook(path: Path, lang: str, folder: Path) -> Path:
    """Write ``<id>.ipynb``, which plays the case in its file; gives the notebook's path.

    An older one is replaced: there is nothing in it that can't be made again. What was played is
    kept elsewhere.

    Raises
    ------
    ScenarioError
        If the file has mistakes.
    """
    case = load(path.resolve(), lang)
    head = words(case.lang)("author.play.head", title=case.title[case.lang])
    cells = [_cell("markdown", "head", head), _cell("code", "play", _code(path, case))]
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    target = folder / f"{case.id}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return target


def _code(path: Path, case: Any) -> str:
    file = path.resolve().as_posix()
    if case.world != "desk":
        return f'from crmsim import play\n\nplay({file!r}, lang="{case.lang}")'
    return (
        f'from crmsim import load, plot, simulate\n\nplot(simulate(load({file!r}, "{case.lang}")))'
    )


def _cell(kind: str, name: str, source: str) -> dict[str, Any]:
    code = {"execution_count": None, "outputs": [], "metadata": _FOLDED} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source} | code
