"""Options of a grader: one small TOML file, and the secret of the course beside it."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, ValidationError, field

from crmsim.common.conversion import convert
from crmsim.common.errors import CrmsimError
from crmsim.common.files import expanded, write
from crmsim.common.text import same
from crmsim.exercises.declared import every_exercise
from crmsim.scenario.mistakes import type_mistakes
from crmsim.scenario.parts import Part
from crmsim.scenario.wiring import hint, listed

DAY_S = 24 * 3600
SECRET_BYTES = 32
SECRET_NAME = "course-secret.txt"
TAKEN_TITLES = (
    *("Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Integration ID", "Root Account"),
    *("ID number", "Email address", "Full name", "First name", "Last name", "Department"),
    *(f"{part} {what}" for part in ("Current", "Unposted Current", "Final", "Unposted Final")
      for what in ("Score", "Grade", "Points")),
)  # fmt: skip
"""Columns of Canvas and Moodle; one of these names would not be taken for an assignment."""

LessonNumber = Annotated[str, Meta(pattern=r"^[0-9]{2}\Z", description="two digits, such as 10")]
DUE_RULE = "a date and time with its time zone, such as 2026-12-01T23:59:00+08:00"
Due = Annotated[datetime, Meta(tz=True, description=DUE_RULE)]
PointShare = Annotated[float, Meta(ge=0, le=1)]
Points = Annotated[float, Meta(ge=0, le=1000)]
File = Annotated[str, Meta(min_length=1, max_length=500)]


class OptionsError(CrmsimError):
    """The options can't be used; the message lists every mistake, a line each."""


class Limits(Part):
    """Limits of what a submission may use.

    Attributes
    ----------
    cell_s, lesson_s
        Processor time of one cell or call of a function, and of everything in one lesson, in
        seconds.
    wait_s
        Time that a cell or call may wait without computing, in seconds; what waits for a busy
        processor does not wait in this sense. A lesson may wait for ``lesson_s``.
    submission_s
        Computing and waiting of the whole submission, in seconds.
    cpu_s
        Processor time of each process, in seconds.
    memory_mb
        Address space of each process.
    processes, files
        At a time.
    written_mb
        Written to disk.
    output_mb
        Printed and shown in one lesson.
    handed_in_mb
        The submission itself, unpacked.
    """

    cell_s: Annotated[float, Meta(gt=0, le=DAY_S)] = 30.0
    lesson_s: Annotated[float, Meta(gt=0, le=DAY_S)] = 120.0
    wait_s: Annotated[float, Meta(gt=0, le=DAY_S)] = 10.0
    submission_s: Annotated[float, Meta(gt=0, le=DAY_S)] = 300.0
    cpu_s: Annotated[float, Meta(gt=0, le=DAY_S)] = 120.0
    memory_mb: Annotated[int, Meta(ge=256)] = 2048
    processes: Annotated[int, Meta(ge=8)] = 64
    files: Annotated[int, Meta(ge=64)] = 128
    written_mb: Annotated[int, Meta(ge=1)] = 64
    output_mb: Annotated[int, Meta(ge=1)] = 4
    handed_in_mb: Annotated[int, Meta(ge=1)] = 256


class Late(Part):
    """Cost of handing in late: a share of the points for each day begun.

    ``zone``, such as ``Europe/Berlin``, is where times that name no zone were read off a clock.
    """

    due: Due
    grace_min: Annotated[float, Meta(ge=0, le=1e9)] = 0.0
    per_day: PointShare = 0.1
    at_most: PointShare = 1.0
    times: File | None = None
    zone: Annotated[str, Meta(min_length=1, max_length=60)] | None = None

    @property
    def zone_info(self) -> tzinfo:
        """The zone of times that name none; without one, that of the due time."""
        return ZoneInfo(self.zone) if self.zone else self.due.tzinfo  # type: ignore[return-value]


class Options(Part):
    """Everything a grader may set; what is left out is as here.

    ``comments`` is the bank of comments; without it one lies among the results.

    Examples
    --------
    >>> Options().reveal, Options().limits.memory_mb
    ('reasons', 2048)
    """

    title: Annotated[str, Meta(min_length=1, max_length=120)] = "crmsim"
    lessons: tuple[LessonNumber, ...] = ()
    reveal: Literal["points", "reasons", "answers"] = "reasons"
    points: dict[str, Points] = field(default_factory=dict)
    late: Late | None = None
    limits: Limits = Limits()
    roster: File | None = None
    secret: File = SECRET_NAME
    comments: File | None = None


def load_options(path: str | Path | None = None) -> Options:
    """Read the options of a file; without one, return the defaults.

    Raises
    ------
    OptionsError
        Listing every mistake by place, key, what was found and what is allowed.

    Examples
    --------
    >>> load_options().lessons
    ()
    """
    if path is None:
        return Options()
    path = Path(path)
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise OptionsError(f"{path.name}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise OptionsError(f"{path.name}: not readable as TOML: {error}") from None
    mistakes = list(_unknown_names(raw))
    try:
        options = convert(raw, Options)
    except ValidationError:
        mistakes = type_mistakes(Options, raw) + mistakes
    if mistakes:
        raise OptionsError(listed(mistakes, path.name))
    return options


def exercises() -> tuple[str, ...]:
    """List the id of every declared exercise, in the order of the lessons.

    Returns
    -------
    tuple of str
        Ids.
    """
    return tuple(task.id for task in every_exercise())


def secret_file(options: Options, file: str | Path | None = None) -> Path:
    """Return the file of the course's secret: beside the options, else in the user's own settings.

    Examples
    --------
    >>> secret_file(Options(), "spring/grading.toml").as_posix()
    'spring/course-secret.txt'
    """
    if file is not None:
        return Path(file).parent / expanded(options.secret)
    home = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA")
    return (Path(home) if home else expanded("~/.config")) / "crmsim" / SECRET_NAME


def read_secret(path: Path, *apart_from: Path) -> tuple[bytes, bool]:
    """Read the secret, or make a new one that only its owner can read.

    Parameters
    ----------
    path
        Its file.
    apart_from
        Folders in which it must not lie: those that students wrote, or will be shown.

    Returns
    -------
    secret : bytes
    made : bool
        True if the secret is new.

    Raises
    ------
    OptionsError
        If it lies in one of them, can't be read or written, or is too short to keep anything.
    """
    for folder in apart_from:
        if path.resolve().is_relative_to(folder.resolve()):
            raise OptionsError(
                f"secret = {str(path)!r}: must not lie within {folder}; choose another place"
            )
    try:
        made = _make_secret(path)
        secret = path.read_bytes().strip()
    except OSError as error:
        raise OptionsError(f"secret = {str(path)!r}: {error.strerror}") from None
    if len(secret) < SECRET_BYTES // 2:
        short = f"must hold at least {SECRET_BYTES // 2} characters"
        raise OptionsError(
            f"secret = {str(path)!r}: {short}; delete the file, and a new secret is made"
        )
    return secret, made


def _make_secret(path: Path) -> bool:
    if path.exists():
        return False
    write(path, secrets.token_hex(SECRET_BYTES) + "\n", private=True)
    return True


def _unknown_names(raw: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each name that is not what it is taken for."""
    title = raw.get("title")
    if isinstance(title, str) and same(title) in map(same, TAKEN_TITLES):
        yield f"title: {title!r}: is a column of Canvas or Moodle itself; choose another name"
    late = raw.get("late")
    zone = late.get("zone") if isinstance(late, dict) else None
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, LookupError):
            allowed = "must be the name of a time zone, such as Europe/Berlin"
            yield f"late: zone = {zone[:60]!r}: {allowed}"
    known = exercises()
    points = raw.get("points")
    for name in points if isinstance(points, dict) else ():
        if name not in known:
            yield f"points: {name[:60]!r}: no exercise has this id{hint(name, known)}"
    numbers = sorted({name.split("-")[0] for name in known})
    lessons = raw.get("lessons")
    for lesson in lessons if isinstance(lessons, list) else ():
        if isinstance(lesson, str) and lesson not in numbers:
            yield f"lessons: {lesson[:60]!r}: must be one of: {', '.join(numbers)}"
