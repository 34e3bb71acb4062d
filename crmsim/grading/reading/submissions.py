"""What students handed in, found and read into memory under limits, whatever it is."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crmsim.common.text import plain
from crmsim.grading.options import Limits
from crmsim.grading.reading.archives import MOST_ENTRIES, Found, wanted
from crmsim.grading.result import Flag, Problem

MB = 1024 * 1024
GRADERS_OWN = (".csv", ".toml")
MOST_DEPTH = 8


@dataclass(frozen=True)
class Submission:
    """What was handed in, in memory.

    Attributes
    ----------
    name
        As the grader sees it in the folder.
    sha256
        Of its bytes; in a folder, of the names too, and of what can be looked at.
    files
        What can be looked at, by name.
    problems, flags
        What is to be said about the rest.
    """

    name: str
    sha256: str
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()
    flags: tuple[Flag, ...] = ()


def found(folder: Path) -> list[Path]:
    """Every hand-in of a folder: a zip, a notebook or a folder each, in the order of their names.

    Other files count too, so that who hands in a wrong one is told; hidden ones and the grader's
    own tables and options do not.
    """
    return sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith((".", "__MACOSX"))
        and not path.name.lower().endswith(GRADERS_OWN)
    )


def opened(path: Path, limits: Limits) -> Submission:
    """What a hand-in holds. It is never unpacked to disk, and no link in it is followed."""
    read = Found(left=limits.handed_in_mb * MB)
    digest = hashlib.sha256()
    for name, file in _walked(path, read):
        data = _read(file, read, name) if wanted(name) or file == path else None
        if file != path:
            digest.update(f"\0{name}\0".encode("utf-8", "surrogateescape"))
        digest.update(data or b"")
        if data and wanted(name):
            read.left -= len(data)
            read.add(name, data)
    if not read.files and not read.problems:
        read.problem("wrong-file" if path.is_file() else "empty", path.name)
    return Submission(
        plain(path.name),
        digest.hexdigest(),
        dict(sorted(read.files.items())),
        tuple(read.problems),
        tuple(read.flags),
    )


def _walked(path: Path, read: Found) -> Iterator[tuple[str, Path]]:
    """Each regular file with its name, in a fixed order; a file alone is named by itself."""
    if path.is_symlink():
        read.flag("symlink", path.name)
        return
    if not path.is_dir():
        yield path.name, path
        return
    count = 0
    for folder, folders, names in os.walk(path):
        deep = len(Path(folder).relative_to(path).parts)
        for name in [name for name in folders if (Path(folder) / name).is_symlink()]:
            read.flag("symlink", name)
        folders[:] = sorted(folders) if deep < MOST_DEPTH else []
        for name in sorted(names):
            count += 1
            if count > MOST_ENTRIES:
                read.problem("too-many-files", path.name)
                return
            yield (Path(folder) / name).relative_to(path).as_posix(), Path(folder) / name


def _read(file: Path, read: Found, name: str) -> bytes | None:
    """The bytes of a regular file; None, and a word about it, where there is no such thing."""
    if file.is_symlink():
        read.flag("symlink", name)
        return None
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | _WITHOUT_WAITING)
        with os.fdopen(handle, "rb") as opened_file:
            known = os.fstat(handle)
            if not stat.S_ISREG(known.st_mode):
                read.flag("no-plain-file", name)
                return None
            too_large = known.st_size > read.left
            data = b"" if too_large else opened_file.read(read.left + 1)
    except OSError:
        read.problem("unreadable", name)
        return None
    if too_large or len(data) > read.left:
        read.problem("too-large", name)
        return None
    return data


_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
