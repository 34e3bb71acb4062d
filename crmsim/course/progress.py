"""Where a student's sessions are kept: one small JSON file each, never lost and never fatal."""

from __future__ import annotations

import json
import os
import re
import tempfile
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

Record = dict[str, Any]

_SIGNS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', re.S)
_DEEPEST = 50


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
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    sound = text.encode("utf-8", "replace").decode("utf-8") == text
    return write(f"{name}.json", text if sound else json.dumps(record, indent=1) + "\n")


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

    A damaged file is renamed ``…damaged-N.json`` and kept, `on_damage` is told its new path, and
    what can still be read of it is saved in its place.
    """
    path = folder() / f"{name}.json"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        content = b""
    record = _read(content)
    if isinstance(record, dict):
        return record
    rest = salvaged(content)
    with suppress(OSError):
        aside = set_aside(name, "damaged")
        if on_damage and aside:
            on_damage(aside)
        if rest:
            save(name, rest)
    return rest


def salvaged(content: bytes) -> Record | None:
    """As much of a damaged file as makes sense, from its beginning on.

    Examples
    --------
    >>> salvaged(b'{"seed": 3, "acts": [["seat", "buyer"], ["choo')
    {'seed': 3, 'acts': [['seat', 'buyer'], []]}
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        text = content[: error.start].decode("utf-8")
    cuts = list(_cuts(text))
    good = bisect(cuts, False, key=lambda cut: _read(text[: cut[0]] + cut[1]) is None)
    record = _read(text[: cuts[good - 1][0]] + cuts[good - 1][1]) if good else None
    return record if record and isinstance(record, dict) else None


def _cuts(text: str) -> Iterator[tuple[int, str]]:
    """Where a text can be cut between two values, and what then closes it."""
    closers: list[str] = []
    for found in _SIGNS.finditer(text):
        sign = found[0]
        if sign in "{[":
            closers.append("}" if sign == "{" else "]")
            yield found.end(), "".join(reversed(closers))
        elif sign == "," and closers:
            yield found.start(), "".join(reversed(closers))
        elif sign in "}]":
            if not closers or closers.pop() != sign:
                return
            yield found.end(), "".join(reversed(closers))
        if len(closers) > _DEEPEST:
            return


def _read(text: str | bytes) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
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
