"""The class list and the times of handing in: tables as a learning platform exports them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from crmsim.common.text import plain, same, same_loosely
from crmsim.grading.marks.tables import read_table

ROSTER_COLUMNS = {
    "number": ("number", "SIS User ID", "ID number", "student number", "student id", "学号"),
    "name": ("name", "full name", "姓名", "Student"),
    "first": ("First name", "名"),
    "last": ("Last name", "Surname", "姓"),
    "login": ("SIS Login ID", "username", "login", "用户名"),
    "email": ("Email address", "email", "邮箱", "电子邮件"),
    "canvas": ("ID",),
    "section": ("Section", "class", "班级"),
}
ID_KINDS = ("number", "login", "email", "canvas")
"""The kinds of ids, in the order in which a hand-in may mean them."""
TIMES = {
    "student": ("student", "number", "submission", "ID number", "学号"),
    "time": ("handed in", "time", "submitted", "提交时间"),
}
MOODLE_FORMS = (
    "%d %B %Y, %I:%M %p",
    "%d %B %Y, %H:%M",
    "%A, %d %B %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
)
"""The ways in which Moodle writes times in English."""
NOBODY = ("points possible", "student, test")
NOTHING = {"-", "--", "—", "–", "/", "n/a", "na", "nan", "none", "null", "#n/a", "无", "没有"}
"""Entries that people write into a cell that has nothing to hold."""


@dataclass(frozen=True)
class Member:
    """One of the class; what is not known is empty."""

    number: str = ""
    name: str = ""
    login: str = ""
    email: str = ""
    canvas: str = ""
    section: str = ""

    @property
    def key(self) -> str:
        """Name of this student in the tables."""
        return self.number or self.login or self.email or self.canvas or self.name


@dataclass(frozen=True)
class Roster:
    """The class, to be asked who somebody is. Ids of different kinds are never mixed."""

    members: tuple[Member, ...] = ()

    @cached_property
    def _by(self) -> Mapping[tuple[str, str], list[Member]]:
        found: dict[tuple[str, str], list[Member]] = defaultdict(list)
        for member in self.members:
            for kind in (*ID_KINDS, "name"):
                if said := getattr(member, kind):
                    found[kind, _key(kind, said)].append(member)
            if member.number:
                found["loosely", same_loosely(member.number)].append(member)
        return found

    def by(self, kind: str, said: str | None) -> Member | None:
        """Return who has that id of that kind, or that name, if it is one alone.

        Parameters
        ----------
        kind
            The kind of id, or ``"name"``.
        said
            The id as a hand-in gives it; None if it gives none.
        """
        found = self._by.get((kind, _key(kind, said or "")), ())
        return found[0] if len(found) == 1 else None

    def of(self, said: str | None) -> Member | None:
        """Return who goes by what a hand-in gives as the number: a number before any other id.

        Parameters
        ----------
        said
            The number, name or address of a hand-in; None if it gives nothing.
        """
        found = (self.by(kind, said) for kind in ID_KINDS)
        return next(filter(None, found), None) if said else None

    def nearly(self, said: str | None) -> Member | None:
        """Return the only member whose number differs by zeros before it or after its point."""
        return self.by("loosely", same_loosely(said)) if said else None

    def others(self, said: str | None, meant: Member) -> list[Member]:
        """Return who else of the class could be meant, by an id of another kind."""
        ids = (self._by.get((kind, _key(kind, said or "")), ()) for kind in ID_KINDS)
        return [each for found in ids for each in found if each != meant]


def read_roster(path: Path) -> tuple[list[Member], list[str]]:
    """Return the class, and a sentence for each line that can be used in part or not at all.

    Parameters
    ----------
    path
        A plain table, or the gradebook that Canvas or Moodle exports.

    Returns
    -------
    tuple of lists
        Members, and sentences.

    Raises
    ------
    TableError
        If it is no such table.
    """
    table = read_table(path, ROSTER_COLUMNS)
    members: list[Member] = []
    told = list(table.doubts)
    taken: dict[tuple[str, str], int] = {}
    known = {name for _, row in table.rows for name in row if row[name]}
    for line, row in table.rows:
        if row["name"].strip().casefold() in NOBODY:
            continue
        member = _member(row, known)
        if not member.key:
            told.append(f"{path.name}: line {line}: names nobody")
            continue
        twice = [
            k for k in ID_KINDS if (said := getattr(member, k)) and (k, _key(k, said)) in taken
        ]
        for kind in twice:
            before = taken[kind, _key(kind, getattr(member, kind))]
            what = "this line is not used" if kind == "number" else "it is used on neither line"
            told.append(
                f"{path.name}: line {line}: {kind} = {getattr(member, kind)!r}: "
                f"is on line {before} too; {what}"
            )
        for kind in ID_KINDS:
            if said := getattr(member, kind):
                taken.setdefault((kind, _key(kind, said)), line)
        if "number" not in twice:
            # an id of two is nobody's: Roster.by finds both, and so neither
            members.append(member)
    return members, told


def _member(row: Mapping[str, str], known: Iterable[str]) -> Member:
    """Return who a row is about; cells that say "nothing" are empty."""
    said = {name: "" if text.casefold() in NOTHING else text for name, text in row.items()}
    whole = said["name"] or " ".join(filter(None, (said["first"], said["last"])))
    ids = {kind: re.sub(r"^(\d+)\.0+$", r"\1", said[kind]) for kind in ID_KINDS}
    if not {"number", "login"} & set(known):
        # a plain list has one column of ids, and that is the number
        ids |= {"number": ids["canvas"], "canvas": ""}
    return Member(name=whole, section=said["section"], **ids)


class Handed(NamedTuple):
    """Time of handing in, and the place where it is written."""

    when: datetime
    place: str
    student: str


def read_times(path: Path, zone: tzinfo | None) -> tuple[dict[str, Handed], list[str]]:
    """Return when each handed in, by number or file, and a sentence for each doubtful line.

    Parameters
    ----------
    path
        A plain table, or what Canvas or Moodle exports.
    zone
        The time zone of times that name none; None: that of this machine.

    Returns
    -------
    tuple
        Times by number or file, and a list of sentences.

    Raises
    ------
    TableError
        If it is no such table.
    """
    table = read_table(path, TIMES)
    times: dict[str, Handed] = {}
    told = list(table.doubts)
    for line, row in table.rows:
        place = f"{path.name}: line {line}"
        when = time_in_text(row["time"], zone)
        if not row["student"]:
            told.append(f"{place}: student: is missing")
        elif when is None:
            allowed = "must be a time, such as 2026-12-01 23:59"
            told.append(f"{place}: handed in = {row['time']!r}: {allowed}; this line is not used")
        else:
            new = Handed(when, place, row["student"])
            old = times.setdefault(same(row["student"]), new)
            if old is not new:
                latest = max(old, new, key=lambda each: each.when)
                told.append(
                    f"{place}: student = {row['student']!r}: is on {old.place.split(': ')[1]} too; "
                    "the later time counts"
                )
                times[same(row["student"])] = latest
    return times, told


def time_in_text(text: str | None, zone: tzinfo | None) -> datetime | None:
    """Return the time that a text gives; None where it can't be read.

    A time without a zone is one of `zone`. In the hour that a change of clocks repeats, it is the
    earlier of the two, so that the doubt costs nobody anything.

    Examples
    --------
    >>> from datetime import UTC
    >>> time_in_text("2026/12/1 8:05", UTC).isoformat(), time_in_text("soon", UTC)
    ('2026-12-01T08:05:00+00:00', None)
    >>> time_in_text("2026-11-19 10:00:00.000000 UTC", None).isoformat()
    '2026-11-19T10:00:00+00:00'
    """
    said = plain(text or "", 60)
    said = re.sub(r"(\d{4})\s*[/.年-]\s*(\d{1,2})\s*[/.月-]\s*(\d{1,2})日?", _dashed, said)
    said = re.sub(r"\s*(UTC|GMT|Z)$", "+00:00", said)
    said = re.sub(r"(?<=[T ])(\d):", r"0\1:", said)
    said = re.sub(r"(:\d\d)\s+([+-]\d\d:?\d\d)$", r"\1\2", said)
    for form in ("", *MOODLE_FORMS):
        try:
            when = datetime.strptime(said, form) if form else datetime.fromisoformat(said)
        except ValueError:
            continue
        return when if when.tzinfo else when.replace(tzinfo=zone, fold=0)
    return None


def _dashed(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def _key(kind: str, said: str) -> str:
    return same_loosely(said) if kind == "loosely" else same(said)
