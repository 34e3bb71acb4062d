"""Where a student's sessions are kept: one small JSON file each, never lost and never fatal."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def folder() -> Path:
    """The folder of saved sessions.

    ``$CRMSIM_WORK/progress`` where that is set, else as :func:`folder_here`.
    """
    work = os.environ.get("CRMSIM_WORK")
    return Path(work).expanduser().resolve() / "progress" if work else folder_here()


def folder_here() -> Path:
    """The folder of saved sessions as the place of the notebook alone decides it.

    A student's copy lies in ``work/<language>/``: then ``work/progress``; anywhere else
    ``progress`` beside the notebook.
    """
    here = Path.cwd()
    return (here.parent if here.parent.name == "work" else here) / "progress"


def save(name: str, record: Record) -> Path:
    """Write `record` whole or not at all, so that a crash never leaves half a file."""
    return write(f"{name}.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def write(filename: str, text: str) -> Path:
    """Write a file of the folder whole or not at all."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{filename}.", dir=place)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, place / filename)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return place / filename


def load(name: str, on_damage: Callable[[Path], None] | None = None) -> Record | None:
    """The saved record, or None where there is none that can be read.

    A file that cannot be read is renamed ``…damaged-N.json`` and kept; `on_damage` is told its
    new path.
    """
    path = folder() / f"{name}.json"
    try:
        record = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError):
        record = None
    if isinstance(record, dict):
        return record
    aside = set_aside(name, "damaged")
    if on_damage and aside:
        on_damage(aside)
    return None


def set_aside(name: str, why: str) -> Path | None:
    """Rename a saved session so that a new one can begin; the old file is kept."""
    path = folder() / f"{name}.json"
    if not path.exists():
        return None
    number = 1
    while (aside := path.with_name(f"{name}.{why}-{number}.json")).exists():
        number += 1
    os.replace(path, aside)
    return aside
