"""Files that are written as a whole or not at all, so that any moment is safe to stop."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar

from crmsim.common.errors import CrmsimError
from crmsim.common.words import words

DRAFT = ".draft-"
TRIES, TRY_AGAIN_S = 5, 0.05
"""Times that a file is tried that another program holds open, and seconds between them."""

T = TypeVar("T")


class PathError(CrmsimError):
    """A path that can't be followed."""


def sha256_of(content: bytes | str) -> str:
    """Return the SHA-256 digest of a content, 64 hexadecimal digits; of a text, in UTF-8.

    Examples
    --------
    >>> sha256_of("")[:8]
    'e3b0c442'
    """
    whole = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(whole).hexdigest()


def write(path: Path, content: str | bytes, private: bool = False) -> Path:
    """Put new content in place of what a file held; a reader sees the old one or the new one.

    Line ends are kept as they are, so that the same text makes the same bytes everywhere.

    Parameters
    ----------
    path
        The file; its folder is made if it is not there.
    content
        A text is written as UTF-8, with ``?`` for what UTF-8 can't hold.
    private
        Whether its owner alone can read it; else the rights are those of any new file.

    Raises
    ------
    OSError
        If it can't be written. Then the file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    draft = path.with_name(f"{DRAFT}{os.getpid()}-{token_hex(4)}")
    try:
        with open(draft, "xb", opener=_for_owner if private else None) as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        patiently(partial(os.replace, draft, path))
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return path


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def patiently(act: Callable[[], T]) -> T:
    """Read or replace a file; one that another program holds open is tried again for a while.

    On Windows a scanner for viruses, or another thread, keeps a file shut for a moment.

    Parameters
    ----------
    act
        What reads or replaces it; it is called again after a ``PermissionError``.

    Raises
    ------
    OSError
        If it fails each time.

    Examples
    --------
    >>> patiently(lambda: 42)
    42
    """
    for _ in range(TRIES - 1):
        with suppress(PermissionError):
            return act()
        time.sleep(TRY_AGAIN_S)
    return act()


def write_json(path: Path, value: Any) -> Path:
    """Write plain values so that the same ones make the same bytes.

    Parameters
    ----------
    path
        The file; it is replaced as a whole or not at all.
    value
        What JSON can hold.
    """
    return write(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """Return the values of a file, or None if it is missing or not whole.

    Parameters
    ----------
    path
        A file of JSON.

    Returns
    -------
    Any
        Tables, lists, texts and numbers as JSON has them, or None.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def set_aside(path: Path, why: str) -> Path | None:
    """Rename a file or folder so that a new one can take its place; nothing of it is lost.

    Parameters
    ----------
    path
        What stands in the way.
    why
        A word for the new name, as in ``lesson.damaged-1.ipynb``.

    Returns
    -------
    Path or None
        Its new path; None if there is nothing under the old one.
    """
    if not os.path.lexists(path):
        return None
    numbers = (path.with_name(f"{path.stem}.{why}-{number}{path.suffix}") for number in count(1))
    aside = next(place for place in numbers if not os.path.lexists(place))
    os.replace(path, aside)
    return aside


def expanded(path: str | Path) -> Path:
    """Return a path with the home folder in place of ``~``.

    Raises
    ------
    PathError
        If it begins with ``~`` and the user has no home folder.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise PathError(f"{path}: this user has no home folder; write the whole path") from None


def reason(error: OSError, lang: str) -> str:
    """Return why a file could not be read or written, and what helps, in a language.

    Parameters
    ----------
    error
        What the operating system raised.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> reason(OSError(errno.ENOSPC, "No space left on device"), "en")
    'the disk is full: delete something, then try again'
    """
    kind = _REASONS.get(error.errno or 0)
    return words(lang)(f"house.reason.{kind}") if kind else str(error.strerror or error)


_REASONS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read-only",
    errno.EACCES: "not-allowed",
    errno.EPERM: "not-allowed",
    errno.ENOTDIR: "in-the-way",
    errno.EEXIST: "in-the-way",
    errno.EISDIR: "in-the-way",
    errno.ENOENT: "missing",
    errno.ENAMETOOLONG: "too-long",
}


def clear_drafts(folder: Path) -> None:
    """Remove drafts that an interrupted batch had begun to write.

    Parameters
    ----------
    folder
        Where to look, with all folders in it.
    """
    for draft in folder.rglob(f"{DRAFT}*"):
        draft.unlink(missing_ok=True)
