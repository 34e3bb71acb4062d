"""Keep a student's sessions, one small JSON file each: a damaged one is set aside."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from crmsim.common import files

Record = dict[str, Any]


def folder() -> Path:
    """Return the folder of saved sessions.

    ``$CRMSIM_WORK/progress`` where that is set, else as :func:`folder_here`.
    """
    work = os.environ.get("CRMSIM_WORK")
    return files.expanded(work).resolve() / "progress" if work else folder_here()


def folder_here() -> Path:
    """Return the folder of saved sessions as the place of the notebook alone decides it.

    A student's copy lies in ``work/<language>/``: then ``work/progress``; anywhere else
    ``progress`` beside the notebook.
    """
    here = Path.cwd()
    return (here.parent if here.parent.name == "work" else here) / "progress"


def save(name: str, record: Record) -> Path:
    """Write a record whole or not at all, so that a crash never leaves half a file.

    Parameters
    ----------
    name
        The name of the record, without ``.json``.
    record
        What JSON can hold.

    Raises
    ------
    OSError
        If the folder can't be written.
    """
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    sound = text.encode("utf-8", "replace").decode("utf-8") == text
    return write_in_folder(f"{name}.json", text if sound else json.dumps(record, indent=1) + "\n")


def write_in_folder(filename: str, text: str) -> Path:
    """Write a file of the folder whole or not at all.

    Parameters
    ----------
    filename
        The name of the file.
    text
        All that it will hold.

    Raises
    ------
    OSError
        If the folder can't be written.
    """
    return files.write(folder() / filename, text)


def load_record(name: str, on_damage: Callable[[Path], None] | None = None) -> Record | None:
    """Return a saved record, or None if there is none that can be read.

    Parameters
    ----------
    name
        The name under which it was saved.
    on_damage
        Called with the new path of a damaged file: it is renamed ``…damaged-N.json`` and kept.
    """
    path = folder() / f"{name}.json"
    try:
        record = json.loads(files.patiently(path.read_bytes), strict=False)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        record = None
    if isinstance(record, dict):
        return record
    # Where nothing can be renamed, nothing can be written over either.
    with suppress(OSError):
        aside = set_record_aside(name, "damaged")
        if on_damage and aside:
            on_damage(aside)
    return None


def set_record_aside(name: str, why: str) -> Path | None:
    """Rename a saved session so that a new one can begin; the old file is kept.

    Parameters
    ----------
    name
        The name of the record, without ``.json``.
    why
        A word for the new name of the file.

    Returns
    -------
    Path or None
        Where the old file is now; None if there was no such file.
    """
    return files.set_aside(folder() / f"{name}.json", why)
