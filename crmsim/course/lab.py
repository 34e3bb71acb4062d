"""A student's own copies of the lessons, and JupyterLab opened on the first of them."""

from __future__ import annotations

import json
import locale
import logging
import os
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from crmsim.common.errors import CrmsimError
from crmsim.common.extras import needs
from crmsim.common.files import PathError, expanded, read_json, reason, set_aside, sha256_of, write
from crmsim.common.words import LANGUAGES, Translate, data_path, language, words
from crmsim.course import labextension
from crmsim.course.lessons import released

FIRST_LESSON = "00-start-here.ipynb"
LOCALES = {"en": "default", "zh-Hans": "zh_CN"}
# The course brings no extension that would have to be built, so JupyterLab need not look for one.
PAGE_CONFIG = {"buildAvailable": False, "buildCheck": False}
CLOSED_SIDEBARS = {"left": {"collapsed": True}, "right": {"collapsed": True}}


class LabError(CrmsimError):
    """The course can't be opened in its folder."""


def system_language() -> str:
    """Return the course language nearest to the one the system speaks."""
    tags = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    spoken = next(filter(None, tags), None) or _spoken() or ""
    return "zh-Hans" if spoken.lower().startswith(("zh", "chinese")) else "en"


def _spoken() -> str | None:
    try:
        return locale.getlocale()[0]
    except ValueError:
        # macOS may name an encoding alone, such as LC_CTYPE=UTF-8.
        return None


def work_folder() -> Path:
    """Return the student's folder: ``$CRMSIM_WORK``, else ``work/`` of the current folder."""
    return expanded(os.environ.get("CRMSIM_WORK") or "work").resolve()


def hand_out(lang: str, work: Path) -> Iterator[str]:
    """Bring the student's copies of one language up to date; say what was done.

    A missing copy is made, an untouched one replaced by a newer release. One that was written in
    stays, and the newer release is put beside it with the version in its name. One that is no
    notebook any more, such as half a file after a crash, is renamed and replaced.

    Raises
    ------
    OSError
        If the folder can't be written.
    """
    t, folder = words(lang), work / language(lang)
    yield from made(folder, lang)
    record_file = folder / ".released.json"
    record = released_before(folder)
    for source in released(lang):
        yield from _place(source, folder / source.name, record, t)
    write(record_file, json.dumps(record, indent=1))


def made(folder: Path, lang: str) -> Iterator[str]:
    """Make a folder; a file in its place is renamed, and that is said."""
    if os.path.lexists(folder) and not folder.is_dir():
        aside = set_aside(folder, "file")
        yield words(lang)("house.aside", name=folder.name, aside=aside.name if aside else "")
    folder.mkdir(parents=True, exist_ok=True)


def _place(source: Path, copy: Path, record: dict[str, str], t: Translate) -> Iterator[str]:
    """Place one release; ``record`` holds the digest last handed out under each name."""
    newest, handed_out = sha256_of(source.read_bytes()), record.get(copy.name)
    try:
        content = copy.read_bytes()
    except FileNotFoundError:
        content = None
    except OSError:
        content = b""
    if content is None:
        write(copy, source.read_bytes())
    elif not is_notebook(content):
        aside = set_aside(copy, "damaged")
        write(copy, source.read_bytes())
        yield t("house.torn", name=copy.name, aside=aside.name if aside else "")
    elif sha256_of(content) == handed_out != newest:
        yield t("house.updated", name=copy.name)
        write(copy, source.read_bytes())
    elif newest not in (handed_out, sha256_of(content)):
        beside = copy.with_stem(f"{copy.stem} ({version('crmsim')})")
        yield t("house.beside", name=copy.name, beside=beside.name)
        yield from _place(source, beside, record, t)
    record[copy.name] = newest


def is_notebook(content: bytes) -> bool:
    """Return whether the bytes of a file are a whole notebook.

    Examples
    --------
    >>> is_notebook(b'{"cells": []}'), is_notebook(b'{"cells": ['), is_notebook(b"")
    (True, False, False)
    """
    try:
        book = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(book, dict) and isinstance(book.get("cells"), list)


def released_before(folder: Path) -> dict[str, str]:
    """Return the digest of each lesson as it was last handed out, by the name of its file.

    Without a readable record every copy counts as written in.
    """
    record = read_json(folder / ".released.json")
    pairs = record.items() if isinstance(record, dict) else ()
    return {name: digest for name, digest in pairs if isinstance(digest, str)}


def settings(lang: str, work: Path, page: str | None = None) -> list[str]:
    """Return options that give JupyterLab the course's calm look; the user's own settings stay.

    ``page`` is the notebook to open, as the work folder sees it; None: the first lesson.

    The look is a set of defaults; whatever the student has chosen in JupyterLab still wins.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    work
        The work folder.
    page
        The notebook to open, as the work folder sees it; None: the first lesson.

    Returns
    -------
    list of str
        Options of the command line.
    """
    os.environ |= _home(work)
    with needs("lab"):
        from jupyterlab_server.workspaces_handler import WorkspacesManager

    defaults = json.loads(data_path("lab", "overrides.json").read_text("utf-8"))
    defaults["@jupyterlab/translation-extension:plugin"] = {"locale": LOCALES[language(lang)]}
    state = work / ".jupyterlab"
    (state / "settings").mkdir(parents=True, exist_ok=True)
    (state / "settings" / "overrides.json").write_text(json.dumps(defaults, indent=1), "utf-8")
    (state / "settings" / "page_config.json").write_text(json.dumps(PAGE_CONFIG, indent=1), "utf-8")
    layout = {"data": {"layout-restorer:data": CLOSED_SIDEBARS}, "metadata": {"id": "default"}}
    WorkspacesManager(str(state / "workspaces")).save("default", json.dumps(layout))
    return [
        f"--ServerApp.root_dir={work}",
        f"--LabApp.default_url=/doc/tree/{page or f'{language(lang)}/{FIRST_LESSON}'}",
        f"--LabApp.app_settings_dir={state / 'settings'}",
        f"--LabApp.workspaces_dir={state / 'workspaces'}",
        f"--LabApp.extra_labextensions_path={labextension.HERE}",
        f"--ServerApp.jpserver_extensions={labextension.__name__}=True",
    ]


def open_lab(lang: str, options: list[str]) -> None:
    """Hand out the lessons and run JupyterLab on the first one until it is stopped.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    options
        Further options of JupyterLab.

    Raises
    ------
    ExtraError
        If JupyterLab is not installed.
    LabError
        If the folder can't be written.
    """
    work = work_folder()
    with needs("lab"):
        # Only looked for: it wants a home as soon as it is imported.
        if find_spec("jupyterlab") is None:
            raise ModuleNotFoundError(name="jupyterlab")
    try:
        state = work / ".jupyterlab"
        for folder in (work / "progress", state, state / "settings", state / "workspaces"):
            for line in made(folder, lang):
                print(line, flush=True)
        for each in LANGUAGES:
            for line in hand_out(each, work):
                print(line, flush=True)
        look = settings(lang, work)
    except OSError as error:
        why = reason(error, lang)
        raise LabError(words(lang)("house.unwritable", folder=work, reason=why)) from error
    by_hand = "--no-browser" in options
    said = words(lang)(
        "house.address" if by_hand else "house.opening", folder=work / language(lang)
    )
    print(said, flush=True)
    run_lab(work, look, options)


def run_lab(work: Path, look: list[str], options: list[str]) -> None:
    """Run JupyterLab in the work folder until it is stopped.

    Parameters
    ----------
    work
        The work folder.
    look
        What `settings` returned.
    options
        Further options of JupyterLab.

    Raises
    ------
    ExtraError
        If JupyterLab is not installed.
    """
    with needs("lab"):
        from jupyterlab.labapp import main as jupyterlab

    os.environ |= {"CRMSIM_WORK": str(work), "JUPYTER_PREFER_ENV_PATH": "1"}
    quiet = ["--log-level=WARN", "--LabApp.log_level=WARN"]
    logging.getLogger("tornado.general").addFilter(_concerns_the_user)
    jupyterlab(["--allow-root", *quiet, *look, *options])


def _concerns_the_user(record: logging.LogRecord) -> bool:
    """Return False for what only Jupyter and Tornado have to settle: seconds or milliseconds."""
    return "websocket_ping_timeout" not in record.getMessage()


def _home(work: Path) -> dict[str, str]:
    """Return variables that give JupyterLab a home where the user has none that can be written.

    A container may run under any user id, without a home or with one that belongs to somebody else.
    """
    try:
        if os.access(expanded("~"), os.W_OK):
            return {}
    except PathError:
        pass
    home = work / ".jupyterlab" / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {"HOME": str(home)}
