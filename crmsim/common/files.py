"""Files that are written as a whole or not at all, so that any moment is safe to stop."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path
from typing import Any

DRAFT = ".draft-"
_drafts = count()


def write(path: Path, text: str, private: bool = False) -> Path:
    """Put a text in place of what the file held; a reader sees the old one or the new one.

    Line ends are kept as they are, so that the same text makes the same bytes everywhere. A private
    file can be read by its owner alone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{DRAFT}{os.getpid()}-{next(_drafts)}")
    try:
        opener = _for_owner if private else None
        with open(draft, "w", -1, "utf-8", "replace", newline="", opener=opener) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return path


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def write_json(path: Path, value: Any) -> Path:
    """Write plain values so that the same ones make the same bytes."""
    return write(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """Return the values of a file, or None if it is missing or not whole."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def clear_drafts(folder: Path) -> None:
    """Remove drafts that an interrupted batch had begun to write."""
    for draft in folder.rglob(f"{DRAFT}*"):
        draft.unlink(missing_ok=True)
