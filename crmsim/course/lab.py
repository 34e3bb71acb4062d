"""A student's own copies of the lessons, and JupyterLab opened on the first of them."""

from __future__ import annotations

import hashlib
import json
import locale
import os
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile

from crmsim.common.extras import needs
from crmsim.common.files import expanded
from crmsim.common.words import LANGUAGES, data_path, language, words
from crmsim.course.lessons import released

Words = Callable[..., str]
FIRST_LESSON = "00-start-here.ipynb"
LOCALES = {"en": "default", "zh-Hans": "zh_CN"}
CLOSED_SIDEBARS = {"left": {"collapsed": True}, "right": {"collapsed": True}}


def system_language() -> str:
    """The course language nearest to the one the system speaks."""
    tags = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    spoken = next(filter(None, tags), None) or locale.getlocale()[0] or ""
    return "zh-Hans" if spoken.lower().startswith(("zh", "chinese")) else "en"


def work_folder() -> Path:
    """Where a student's own files are: ``$CRMSIM_WORK``, else ``work/`` of the current folder."""
    return expanded(os.environ.get("CRMSIM_WORK") or "work").resolve()


def hand_out(lang: str, work: Path) -> Iterator[str]:
    """Bring the student's copies of one language up to date; say what was done.

    A missing copy is made, an untouched one replaced by a newer release. One that was written in
    stays, and the newer release is put beside it with the version in its name.
    """
    folder = work / language(lang)
    folder.mkdir(parents=True, exist_ok=True)
    record_file = folder / ".released.json"
    record = _read(record_file)
    for source in released(lang):
        yield from _place(source, folder / source.name, record, words(lang))
    record_file.write_text(json.dumps(record, indent=1), "utf-8")


def _place(source: Path, copy: Path, record: dict[str, str], t: Words) -> Iterator[str]:
    """Place one release; ``record`` holds the digest last handed out under each name."""
    newest, handed_out = _digest(source), record.get(copy.name)
    if not copy.exists():
        copyfile(source, copy)
    elif newest != handed_out and _digest(copy) not in (newest, handed_out):
        beside = copy.with_stem(f"{copy.stem} ({version('crmsim')})")
        yield t("house.beside", name=copy.name, beside=beside.name)
        yield from _place(source, beside, record, t)
    elif newest != handed_out:
        yield t("house.updated", name=copy.name)
        copyfile(source, copy)
    record[copy.name] = newest


def settings(lang: str, work: Path, page: str | None = None) -> list[str]:
    """Options that give JupyterLab the course's calm look, leaving the user's own settings alone.

    ``page`` is the notebook to open, as the work folder sees it; None: the first lesson.

    The look is a set of defaults; whatever the student has chosen in JupyterLab still wins.
    """
    with needs("lab"):
        from jupyterlab_server.workspaces_handler import WorkspacesManager

    defaults = json.loads(data_path("lab", "overrides.json").read_text("utf-8"))
    defaults["@jupyterlab/translation-extension:plugin"] = {"locale": LOCALES[language(lang)]}
    state = work / ".jupyterlab"
    (state / "settings").mkdir(parents=True, exist_ok=True)
    (state / "settings" / "overrides.json").write_text(json.dumps(defaults, indent=1), "utf-8")
    layout = {"data": {"layout-restorer:data": CLOSED_SIDEBARS}, "metadata": {"id": "default"}}
    WorkspacesManager(str(state / "workspaces")).save("default", json.dumps(layout))
    return [
        f"--ServerApp.root_dir={work}",
        f"--LabApp.default_url=/doc/tree/{page or f'{language(lang)}/{FIRST_LESSON}'}",
        f"--LabApp.app_settings_dir={state / 'settings'}",
        f"--LabApp.workspaces_dir={state / 'workspaces'}",
    ]


def open_lab(lang: str, options: list[str]) -> None:
    """Hand out the lessons and run JupyterLab on the first one until it is stopped."""
    work = work_folder()
    for each in LANGUAGES:
        for line in hand_out(each, work):
            print(line, flush=True)
    print(words(lang)("house.opening", folder=work / language(lang)), flush=True)
    run_lab(work, settings(lang, work), options)


def run_lab(work: Path, look: list[str], options: list[str]) -> None:
    """Run JupyterLab in the work folder until it is stopped."""
    with needs("lab"):
        from jupyterlab.labapp import main as jupyterlab

    os.environ |= {"CRMSIM_WORK": str(work), "JUPYTER_PREFER_ENV_PATH": "1"}
    quiet = ["--log-level=WARN", "--LabApp.log_level=WARN"]
    jupyterlab(["--allow-root", *quiet, *look, *options])


def _read(record_file: Path) -> dict[str, str]:
    """What was handed out before; without a readable record every copy counts as written in."""
    try:
        return json.loads(record_file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
