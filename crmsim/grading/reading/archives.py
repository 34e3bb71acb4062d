"""A zip file that nobody vouches for, read in memory and never unpacked to disk."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from crmsim.common.text import plain
from crmsim.grading.result import Flag, Problem

MOST_ENTRIES = 2000
MOST_NOTES = 40
BOMB = 200
"""A file that unpacks to so many times its size is no honest one; plots reach about 20 times."""
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED, UTF8 = 0x1, 0x800
WANTED = (".ipynb", ".json", ".zip")


@dataclass
class Found:
    """Files by their name, and what there is to say about them."""

    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    left: int = 0
    """How many bytes more may be read."""

    def problem(self, kind: str, place: str = "", **args: object) -> None:
        """Note a sentence for the student, once."""
        self._note(self.problems, Problem(kind, plain(place), args))

    def flag(self, kind: str, place: str = "", **args: object) -> None:
        """Note something for the grader, once."""
        self._note(self.flags, Flag(kind, plain(place), args))

    def _note(self, noted: list[Any], said: Problem | Flag) -> None:
        # nobody reads more, and a report of a class has to stay one
        if len(noted) < MOST_NOTES and said not in noted:
            noted.append(said if len(noted) < MOST_NOTES - 1 else type(said)("and-more"))

    def add(self, name: str, data: bytes, within: int = 1) -> None:
        """Take a file; a zip is opened where it lies, but not one within that one's zips."""
        if name.lower().endswith(".zip") and within:
            unzip(self, data, name, within - 1)
        elif name in self.files:
            self.flag("twice-in-zip", name)
        else:
            self.files[name] = data


def wanted(name: str) -> bool:
    """Whether a file of that name is looked at: none that a system left there.

    Examples
    --------
    >>> wanted("notebooks/zh-Hans/10-买车.ipynb"), wanted("__MACOSX/10.ipynb"), wanted("a.docx")
    (True, False, False)
    """
    parts = name.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and (name.lower().endswith(WANTED) or ".ipynb." in name.lower())


def unzip(found: Found, data: bytes, place: str, within: int = 1) -> None:
    """Take the files of a zip, as far as they are harmless, and say what was left out and why."""
    if data.count(b"PK\x01\x02") > MOST_ENTRIES:
        found.flag("zip-bomb", place)
        found.problem("too-many-files", place)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry, name in _harmless(found, archive):
                _take(found, archive, entry, name, within)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        found.problem("broken-zip", place)


def _harmless(found: Found, archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Yield the entries that are plain files of a name that stays inside, the smallest first."""
    harmless: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        name = _name(entry).replace("\\", "/")
        if stat.S_ISLNK(entry.external_attr >> 16):
            found.flag("symlink", name)
        elif name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
            found.flag("path-outside", name)
        elif entry.flag_bits & ENCRYPTED:
            found.problem("encrypted", name)
        elif name in harmless:
            found.flag("twice-in-zip", name)
        elif not entry.is_dir() and wanted(name):
            harmless[name] = entry
    # what is too large uses up the space, and must not cost what comes after it
    for name, entry in sorted(harmless.items(), key=lambda each: each[1].file_size):
        yield entry, name


def _take(
    found: Found, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, within: int
) -> None:
    if entry.compress_type not in METHODS:
        found.problem("broken-file", name)
        return
    try:
        with archive.open(entry) as file:
            data = file.read(found.left + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        found.problem("broken-file", name)
        return
    if len(data) > found.left:
        if len(data) > BOMB * max(entry.compress_size, 1):
            found.flag("zip-bomb", name)
        found.left = 0
        found.problem("too-large", name)
        return
    found.left -= len(data)
    found.add(name, data, within)


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: old tools write it in the system's own encoding."""
    if not entry.flag_bits & UTF8:
        raw = entry.filename.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    return entry.filename
