"""Authoring: write a case of your own, have it checked, and play it; build the lessons.

Each is a command of ``crmsim``: it says in the terminal what it did and gives the exit code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crmsim.authoring.notebook import write_notebook
from crmsim.authoring.report import mistake_lines, review
from crmsim.authoring.skeleton import lay_down
from crmsim.common.errors import CrmsimError, ScenarioError
from crmsim.common.words import language, words
from crmsim.course.lab import run_lab, settings, work_folder
from crmsim.scenario import load


def new(name: str, like: str, only: str | None, lang: str) -> int:
    """Lay down a new case in the current folder.

    Parameters
    ----------
    name
        The name of the new case; its file is ``<name>.toml``.
    like
        The case of the course that it is made after.
    only
        The one language of the case; None: both.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    int
        The exit code: 0 if it was written.
    """
    t = words(lang)
    try:
        path = lay_down(name, like, Path.cwd(), language(only) if only else None)
    except CrmsimError as error:
        return _refused(str(error))
    print(t("author.new.done", file=path.name, title=load(like).title[language(lang)]))
    return 0


def lint(path: Path, lang: str) -> int:
    """Print every mistake of a case; if there is none, what a bot found playing it.

    Parameters
    ----------
    path
        The file of the case.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    int
        The exit code: 0 if there is no mistake, else 1.
    """
    try:
        for line in review(path, lang, progress=_shown):
            print(line, flush=True)
    except ScenarioError as error:
        for line in mistake_lines(error, path, lang):
            print(line)
        return 1
    print(f"\n{words(lang)('author.lint.next', file=path)}")
    return 0


def play_in_lab(path: Path, lang: str, options: list[str]) -> int:
    """Open JupyterLab on a small notebook that plays the case.

    Parameters
    ----------
    path
        The file of the case.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    options
        Further options of JupyterLab.

    Returns
    -------
    int
        The exit code: 0 if JupyterLab was opened.
    """
    t, work = words(lang), work_folder()
    try:
        if not path.suffix:
            return _refused(t("author.play.course", name=str(path)))
        notebook = write_notebook(path, lang, work)
    except ScenarioError as error:
        return _refused("\n".join(mistake_lines(error, path, lang)))
    print(t("author.play.opening", notebook=notebook), flush=True)
    run_lab(work, settings(lang, work, notebook.name), options)
    return 0


def _refused(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


def _shown(work: Iterable[Any], title: str) -> Iterable[Any]:
    """Return the same work, with a bar in the terminal that shows how far it has come."""
    from tqdm import tqdm

    return tqdm(work, desc=title, leave=False, disable=None, delay=1)
