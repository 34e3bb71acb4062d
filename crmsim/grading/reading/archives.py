"""A zip file that nobody vouches for, read in memory and never unpacked to disk.

A file in a zip in a zip is named by the whole way to it: ``outer.zip/inner.zip/10.ipynb``.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from crmsim.common.text import plain
from crmsim.grading.result import Flag, Problem

MOST_ENTRIES = 2000
MOST_NESTED = 4
"""Zips that are opened one within another: a platform's, a student's, and what she put into it."""
MOST_NOTES = 40
BOMB = 200
"""A file that unpacks to so many times its size is no honest one; plots reach about 20 times."""
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED, UTF8 = 0x1, 0x800
WANTED = (".ipynb", ".json", ".zip")
EXTENDED_TIME = 0x5455
SYSTEM_FILES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "icon\r", "@eadir",
                "$recycle.bin", "system volume information", "lost+found"}  # fmt: skip


@dataclass
class Found:
    """Files by their name, and what there is to say about them."""

    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    times: dict[str, str] = field(default_factory=dict)
    """Time at which each file was put into its zip, in ISO form, as far as the zip says."""
    names: dict[str, None] = field(default_factory=dict)
    """Every file that could be read, in the order in which it was met."""
    left: int = 0
    """Number of bytes that may still be read."""
    most: int = MOST_ENTRIES
    """Number of files that a zip may hold."""
    listing: tuple[str, ...] = ()
    """Endings of the files that are read even if only names are wanted."""
    chosen: Callable[[str], bool] = bool
    """Test of a name: the files to be read; a zip is opened if its own name passes."""

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

    def add(self, name: str, data: bytes, within: int = MOST_NESTED) -> None:
        """Take a file; a zip is opened where it lies, up to so many within one another."""
        if name.lower().endswith(".zip") and within:
            before = len(self.names)
            unzip(self, io.BytesIO(data), name, f"{name}/", within - 1)
            if self.listing and len(self.names) == before:
                self.names[name] = None  # nothing could be got out of it, and somebody is told so
        elif name in self.files:
            self.flag("twice-in-zip", name)
        else:
            self.names[name] = None
            self.files[name] = data


def wanted(name: str) -> bool:
    """Tell whether a file of that name is looked at, and was not left there by a system.

    Examples
    --------
    >>> wanted("notebooks/zh-Hans/10-买车.ipynb"), wanted("__MACOSX/10.ipynb"), wanted("a.docx")
    (True, False, False)
    """
    of_course = name.lower().endswith(WANTED) or ".ipynb." in name.lower()
    return of_course and not any(map(of_system, name.split("/")))


def of_system(name: str) -> bool:
    """Tell whether a file or folder was left there by an operating system or an office program.

    Examples
    --------
    >>> of_system("Thumbs.db"), of_system("~$essay.docx"), of_system("10-buying.ipynb")
    (True, True, False)
    """
    return name.startswith((".", "~$", "~lock")) or name.lower() in SYSTEM_FILES


def unzip(
    found: Found, file: BinaryIO, place: str, prefix: str = "", within: int = MOST_NESTED
) -> None:
    """Take the files of a zip, as far as they are harmless, and say what was left out and why.

    Parameters
    ----------
    found
        What takes them.
    file
        The zip.
    place
        Its name.
    prefix
        What goes before the names of its files.
    within
        How many zips may be opened one within another in it.
    """
    if _too_many(file, found.most):
        found.flag("zip-bomb", place)
        found.problem("too-many-files", place)
        return
    try:
        with zipfile.ZipFile(file) as archive:
            for entry, name in _harmless(found, archive, prefix):
                _take(found, archive, entry, name, within)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        found.problem("broken-zip", place)


def _too_many(file: BinaryIO, most: int) -> bool:
    """Count the entries of a zip without building any of them."""
    count, kept = 0, b""
    while chunk := file.read(2**22):
        count += (kept + chunk).count(b"PK\x01\x02")
        kept = chunk[-3:]  # shorter than the mark, so that none is counted twice
    file.seek(0)
    return count > most


def _harmless(
    found: Found, archive: zipfile.ZipFile, prefix: str
) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Yield the entries that are plain files of a name that stays inside, the smallest first."""
    harmless: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        inside = _name(entry).replace("\\", "/")
        name = prefix + inside
        if not found.chosen(name):
            continue
        if stat.S_ISLNK(entry.external_attr >> 16):
            found.flag("symlink", name)
        elif inside.startswith("/") or ".." in inside.split("/") or inside[1:2] == ":":
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
    if when := _time(entry):
        found.times[name] = when
    if found.listing and not name.lower().endswith(found.listing):
        found.names[name] = None
        return
    if found.listing and entry.file_size > found.left:
        found.names[name] = None
        return
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


def _time(entry: zipfile.ZipInfo) -> str:
    """Return when a file was put into its zip: in UTC where the zip says so, else local; or ""."""
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == EXTENDED_TIME and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return datetime.fromtimestamp(struct.unpack("<I", extra[5:9])[0], UTC).isoformat()
        extra = extra[4 + size :]
    try:
        # the course's own zips, and others that mean to say nothing, write the first day of 1980
        return datetime(*entry.date_time).isoformat() if entry.date_time[0] > 1980 else ""
    except ValueError:
        return ""


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name as it was meant: old tools write it in the system's own encoding."""
    if not entry.flag_bits & UTF8:
        raw = entry.filename.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    return entry.filename
