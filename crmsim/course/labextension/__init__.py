"""The notebook of the course: an extension of JupyterLab, and what the server tells it.

`crmsim/` holds what runs in the browser, as it runs there. The server names the cells that may run
by themselves: those of a lesson as it was released, opened in the student's own folder.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmsim.common.words import LANGUAGES, words
from crmsim.course.lessons import released

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

HERE = Path(__file__).parent
NAME = "crmsim"
SAID = ("code", "full-screen", "coming", "covered", "waits", "below")


def own_cells(notebook: Path, work: Path | None) -> dict[str, str]:
    """Name the code cells that may run by themselves when a notebook is opened.

    Parameters
    ----------
    notebook
        Where the notebook is, as it was asked for.
    work
        The student's own folder, which `crmsim lab` fills with lessons and names in
        ``$CRMSIM_WORK``; None where it was not named.

    Returns
    -------
    dict of str to str
        The released code of each cell by the id of the cell. Empty for every notebook but a lesson
        at its own place, reached by its own name, with no Python module beside it: such a module
        would run as soon as a cell imports something of the same name.
    """
    if work is None:
        return {}
    lang = notebook.parent.name
    folder = work.resolve() / lang
    if lang not in LANGUAGES or notebook != notebook.resolve() or notebook.parent != folder:
        return {}
    release = next((path for path in released(lang) if path.name == notebook.name), None)
    if release is None or _brings_modules(folder):
        return {}
    cells = json.loads(release.read_text("utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


def _brings_modules(folder: Path) -> bool:
    """Return True if Python would find a module or package in a folder."""
    suffixes = {".py", ".pyc", ".pyd", ".so", ".zip", ".egg", ".pth"}
    return any(
        path.suffix.lower() in suffixes or (path.is_dir() and any(path.glob("__init__.*")))
        for path in folder.iterdir()
    )


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": NAME, "dest": NAME}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "crmsim.course.labextension"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Answer what the notebook asks about a lesson."""
    from jupyter_server.base.handlers import APIHandler
    from jupyter_server.utils import url_path_join
    from tornado.web import authenticated

    root = Path(server.root_dir).resolve()
    work = Path(os.environ["CRMSIM_WORK"]) if "CRMSIM_WORK" in os.environ else None

    class LessonHandler(APIHandler):
        """Cells and words of the lesson at ``?path=``, as the file browser names it."""

        @authenticated
        def get(self) -> None:
            notebook = root / self.get_query_argument("path").strip("/")
            self.finish(json.dumps(answer(notebook, work)))

    address = url_path_join(server.web_app.settings["base_url"], NAME, "lesson")
    server.web_app.add_handlers(".*$", [(address, LessonHandler)])


def answer(notebook: Path, work: Path | None) -> dict[str, Any]:
    """Say which cells may run by themselves, and the words of the notebook's language."""
    lang = notebook.parent.name
    t = words(lang if lang in LANGUAGES else "en")
    return {
        "cells": own_cells(notebook, work),
        "words": {name: t(f"notebook.{name}") for name in SAID},
    }
