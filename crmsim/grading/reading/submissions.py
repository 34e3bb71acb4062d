"""Find what students handed in, and read it into memory under limits.

A folder of submissions may hold archives, folders and notebooks, and each of these several
hand-ins, of one student or of many. Each hand-in is a place of its own; none takes anything from
another.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from crmsim.common.text import plain, same
from crmsim.exercises.variants import clean_number
from crmsim.grading.options import Limits
from crmsim.grading.reading.archives import (
    MOST_ENTRIES,
    MOST_NESTED,
    Found,
    of_system,
    unzip,
    wanted,
)
from crmsim.grading.reading.untrusted_json import ReadingError, decoded, loads
from crmsim.grading.reading.uploaders import uploader
from crmsim.grading.result import Flag, Problem

MB = 1024 * 1024
GRADERS_OWN = (".csv", ".toml")
MOST_DEPTH = 8
MOST_IN_ALL = 50_000
"""Files in an archive or folder that holds many hand-ins."""
MOST_HEAD_BYTES = 2**20
MARGIN_S = 24 * 3600
"""Difference of clocks and time zones beyond which a claim cannot be true, in seconds."""
HAND_IN, STUDENT, STAMP = "handin.json", "student.json", "timestamp.txt"


@dataclass(frozen=True)
class HandInPlace:
    """Place of a hand-in.

    Attributes
    ----------
    path
        The file or folder among the submissions that it is, or lies in.
    name
        As the grader sees it: the whole way to it.
    root
        What goes before its names in `path`.
    names
        Its files in `path`; None: all of them.
    number
        The student's number as a platform, the class list or the name says it, for a hand-in that
        says none.
    stamped
        When the platform received it, in ISO form, or "".
    sent
        When it was put into the archive that holds it, in ISO form, or "".
    """

    path: Path
    name: str
    root: str = ""
    names: tuple[str, ...] | None = None
    number: str = ""
    stamped: str = ""
    sent: str = ""


@dataclass(frozen=True)
class Submission:
    """Files of one hand-in, in memory.

    Attributes
    ----------
    name
        As the grader sees it in the folder.
    sha256
        Of what can be looked at, with its names; of a file that is nothing of the course, of its
        bytes.
    files
        What can be looked at, by name.
    problems, flags
        What is to be said about the rest.
    newest
        When the file was last changed, in seconds since 1970; nobody can have made it later.
    """

    name: str
    sha256: str
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()
    flags: tuple[Flag, ...] = ()
    place: HandInPlace = field(default_factory=lambda: HandInPlace(Path(), ""))
    newest: float | None = None


def found(folder: Path) -> list[Path]:
    """Return what lies in a folder of submissions, in the order of the names.

    Other files than zips and notebooks count too, so that a student who hands in a wrong one is
    told; what a system left there, and the grader's own tables and options, do not. A folder or
    page that Moodle makes of the words beside a file is no hand-in of its own.

    Returns
    -------
    list of Path
        Zips, notebooks, folders and other files.
    """
    here = sorted(
        path
        for path in folder.iterdir()
        if not of_system(path.name) and not path.name.lower().endswith(GRADERS_OWN)
    )
    files = {uploader(path.name) for path in here if not _is_online_text(path.name)}
    return [p for p in here if not (_is_online_text(p.name) and uploader(p.name) in files)]


def places(path: Path, limits: Limits) -> list[HandInPlace]:
    """Return every hand-in in a file or folder: one, or as many as there are.

    A hand-in is what lies beside a ``handin.json``, else around the ``progress`` folder of a
    student, else in a folder that a platform named after one, else all that is there. Notebooks
    outside of it belong to it if nobody else's lie there.

    Parameters
    ----------
    path
        A file or folder that was handed in.
    limits
        What is read at most.

    Returns
    -------
    list of HandInPlace
        At least one.
    """
    read = Found(left=8 * limits.handed_in_mb * MB, most=MOST_IN_ALL)
    read.listing = (f"/{HAND_IN}", f"/{STUDENT}", HAND_IN, STUDENT, ".zip")
    stamps: dict[str, str] = {}
    for name, file in _walked(path, read, MOST_IN_ALL):
        if name.endswith(STAMP) and _is_stamp(path, name):
            stamps[name.removesuffix(STAMP)] = _first_line(file)
        elif wanted(name):
            read.times |= {name: read.times.get(name, "")}
            _list(read, name, file, path)
    owners = {name: _owner(path, name) for name in read.names}
    roots = _roots(read.names) | set(stamps)
    parts = {name: _deepest(name, roots) for name in read.names}
    used = {part for part in parts.values() if part is not None}
    boxes = used or {_box(name) for name in read.names}
    if len(boxes) <= 1 and len(set(owners.values())) <= 1:
        root = max(used, default="")
        stamped, sent = _stamped(stamps, root), _sent(read.times, root)
        return [HandInPlace(path, path.name, root, stamped=stamped, sent=sent)]
    return list(_split(path, read, owners, parts, stamps))


def opened(place: HandInPlace | Path, limits: Limits) -> Submission:
    """Return what a hand-in holds. It is never unpacked to disk, and no link in it is followed.

    Parameters
    ----------
    place
        The hand-in; a path stands for the latest one in it.
    limits
        What is read at most.
    """
    place = latest(place, limits) if isinstance(place, Path) else place
    path = place.path
    read = Found(left=limits.handed_in_mb * MB)
    if place.names is not None:
        read.most, read.chosen = MOST_IN_ALL, _chosen(place.names)
    digest = hashlib.sha256()
    others = False
    for name, file in _walked(path, read, read.most):
        others |= not wanted(name) and not any(map(of_system, name.split("/")))
        if file == path or (read.chosen(name) and wanted(name)):
            data = _take(read, name, file, path)
            digest.update(data or b"")
    files = {name.removeprefix(place.root): data for name, data in sorted(read.files.items())}
    for name, data in files.items():
        digest.update(f"\0{name}\0".encode("utf-8", "surrogateescape") + data)
    if not files and not read.problems:
        read.problem("wrong-file" if path.is_file() or others else "empty", path.name)
    return Submission(
        plain(place.name),
        digest.hexdigest(),
        files,
        tuple(read.problems),
        tuple(read.flags),
        place,
        path.stat().st_mtime if path.is_file() else None,
    )


def latest(path: Path, limits: Limits) -> HandInPlace:
    """Return the one hand-in that is meant where several lie: the one made last, as it says."""
    several = places(path, limits)
    if len(several) == 1:
        return several[0]

    def made(place: HandInPlace) -> tuple[str, int]:
        heads = opened(place, limits).files
        record = _record(heads.get(HAND_IN, b""))
        return str(record.get("made", "")), len(heads)

    return max(several, key=made)


def _chosen(names: Iterable[str]) -> Callable[[str], bool]:
    """Return a test for files of those names, the zips around them, and what lies in them."""
    ways = [name.split("/") for name in names]
    above = {"/".join(way[:end]) for way in ways for end in range(1, len(way) + 1)}
    zips = tuple(f"{name}/" for name in names if name.lower().endswith(".zip"))
    return lambda name: name in above or (bool(zips) and name.startswith(zips))


def _split(
    path: Path,
    read: Found,
    owners: Mapping[str, str],
    parts: Mapping[str, str | None],
    stamps: Mapping[str, str],
) -> Iterator[HandInPlace]:
    """Yield each of several hand-ins in one path."""
    for owner in sorted(set(owners.values())):
        own = [name for name in read.names if owners[name] == owner]
        loose = [name for name in own if parts[name] is None]
        roots = sorted({part for name in own if (part := parts[name]) is not None})
        numbers = {same(number) for root in roots if (number := _number(read.files, root))}
        # a student's loose notebooks go with each of her hand-ins, but never with another's
        shared = loose if roots and len(numbers) <= 1 else []
        alone = [name for name in loose if name not in shared]
        named = [(root, [n for n in own if parts[n] == root] + shared) for root in roots]
        boxes = sorted({_box(name) for name in alone})
        named += [(box, [n for n in alone if _box(n) == box]) for box in boxes]
        for root, names in named:
            within = root if root.startswith(owner) else owner
            name = f"{path.name}/{within}".rstrip("/")
            stamped, sent = _stamped(stamps, root), _sent(read.times, root)
            yield HandInPlace(path, name, root, tuple(names), "", stamped, sent)


def _roots(names: Iterable[str]) -> set[str]:
    """Return what goes before the names of each hand-in: the way to its folder or zip."""
    roots = set()
    for name in names:
        home, slash, last = name.rpartition("/")
        home += slash
        if last == HAND_IN:
            roots.add(home)
        elif last == STUDENT:
            in_progress = f"/{home}".endswith("/progress/")
            roots.add(home.removesuffix("progress/") if in_progress else home)
    return roots


def _box(name: str) -> str:
    """Return the way to the innermost zip that a file lies in, or to nothing."""
    before, zip_end, _ = name.lower().rpartition(".zip/")
    return name[: len(before + zip_end)] if zip_end else ""


def _stamped(stamps: Mapping[str, str], root: str) -> str:
    over = [way for way in stamps if root.startswith(way)]
    return stamps[max(over, key=len)] if over else ""


def _deepest(name: str, roots: Iterable[str]) -> str | None:
    within = [root for root in roots if name.startswith(root)]
    return max(within, key=len, default=None)


def _owner(path: Path, name: str) -> str:
    """Return the folder that a platform named after a student, and in which a file lies."""
    if uploader(path.name):
        return ""
    way = name.split("/")
    for end, part in enumerate(way, 1):
        if user := uploader(part):
            # a file of the platform's naming stands for all files of that student beside it
            folder = way[:end] if end < len(way) else [*way[: end - 1], user.key]
            return "/".join(folder) + "/"
    return ""


def _is_online_text(name: str) -> bool:
    return "_assignsubmission_onlinetext" in name


def _sent(times: Mapping[str, str], root: str) -> str:
    """Return when the innermost zip that holds a hand-in was put into its own."""
    way = root.split("/")
    ways = ("/".join(way[:end]) for end in range(len(way), 0, -1))
    return next((times[each] for each in ways if times.get(each)), "")


def _number(files: Mapping[str, bytes], root: str) -> str:
    """Return the student number of a hand-in, as it says itself."""
    told = _record(files.get(f"{root}{HAND_IN}", b"")).get("student")
    entered = [_record(files.get(f"{root}{p}{STUDENT}", b"")) for p in ("progress/", "")]
    said = [each.get("number") for each in (told, *entered) if isinstance(each, dict)]
    return next((clean_number(each) for each in said if isinstance(each, str | int)), "")


def _record(data: bytes) -> dict[str, object]:
    try:
        record = loads(decoded(data)) if data and len(data) <= MOST_HEAD_BYTES else None
    except ReadingError:
        record = None
    return record if isinstance(record, dict) else {}


def _is_stamp(path: Path, name: str) -> bool:
    """Tell whether a file is what nbgrader writes beside a hand-in: student, assignment, file."""
    return path.is_dir() and name.count("/") == 1 and uploader(path.name) is None


def _first_line(file: Path) -> str:
    try:
        return plain(file.read_bytes()[:100].decode("utf-8", "replace"))
    except OSError:
        return ""


def _list(read: Found, name: str, file: Path, path: Path) -> None:
    """Note a file of the disk by its name, and what a zip holds."""
    if name.lower().endswith(read.listing):
        _take(read, name, file, path)
    else:
        read.names[name] = None


def _take(read: Found, name: str, file: Path, path: Path) -> bytes | None:
    """Take a file of the disk, and return its bytes if it was no zip."""
    handle = _handle(file, read, name)
    if handle is None:
        return None
    with handle:
        if name.lower().endswith(".zip"):
            prefix = "" if file == path else f"{name}/"
            unzip(read, handle, name, prefix, MOST_NESTED - 1)
            return None
        too_large = os.fstat(handle.fileno()).st_size > read.left
        data = b"" if too_large else handle.read(read.left + 1)
    if too_large or len(data) > read.left:
        read.problem("too-large", name)
        return None
    if data and wanted(name):
        read.left -= len(data)
        read.add(name, data)
    return data


def _walked(path: Path, read: Found, most: int = MOST_ENTRIES) -> Iterator[tuple[str, Path]]:
    """Yield each regular file with its name, in a fixed order; a file alone is named by itself."""
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
            if count > most:
                read.problem("too-many-files", path.name)
                return
            yield (Path(folder) / name).relative_to(path).as_posix(), Path(folder) / name


def _handle(file: Path, read: Found, name: str) -> BinaryIO | None:
    """Open a regular file; None, and a word about it, where there is no such thing."""
    if file.is_symlink():
        read.flag("symlink", name)
        return None
    try:
        number = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | _WITHOUT_WAITING)
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            read.flag("no-plain-file", name)
            return None
        return os.fdopen(number, "rb")
    except OSError:
        read.problem("unreadable", name)
        return None


_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
