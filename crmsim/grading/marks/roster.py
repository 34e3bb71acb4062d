"""Who is in the class, and when each handed in: tables as a learning platform exports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from crmsim.common.text import same
from crmsim.grading.marks.tables import TableError, read_table

COLUMNS = {
    "number": ("number", "SIS User ID", "ID number", "student number", "学号"),
    "name": ("name", "full name", "姓名", "Student"),
    "first": ("First name", "名"),
    "last": ("Last name", "Surname", "姓"),
    "login": ("SIS Login ID", "username", "login", "用户名"),
    "email": ("Email address", "email", "邮箱", "电子邮件"),
    "canvas": ("ID",),
    "section": ("Section", "class", "班级"),
}
TIMES = {
    "student": ("student", "number", "submission", "ID number", "学号"),
    "time": ("handed in", "time", "submitted", "提交时间"),
}
NOBODY = ("points possible", "student, test")


@dataclass(frozen=True)
class Member:
    """One of the class; what is not known is empty."""

    number: str = ""
    name: str = ""
    login: str = ""
    email: str = ""
    canvas: str = ""
    section: str = ""

    def goes_by(self) -> set[str]:
        """Whatever a hand-in may give as the student's number."""
        known = (self.number, self.login, self.email, self.canvas)
        return {same(name) for name in known if name}

    @property
    def key(self) -> str:
        """What this student is called in the tables."""
        return self.number or self.login or self.email or self.canvas or self.name


def read_roster(path: Path) -> list[Member]:
    """The class, from a plain table or the gradebook that Canvas or Moodle exports.

    Raises
    ------
    TableError
        If it is no such table, or two of the class share a number, login or address.
    """
    members, mistakes = [], []
    taken: dict[str, int] = {}
    for line, row in read_table(path, COLUMNS):
        if row["name"].strip().casefold() in NOBODY:
            continue
        whole = row["name"] or " ".join(filter(None, (row["first"], row["last"])))
        kept = {name: row[name] for name in ("number", "login", "email", "canvas", "section")}
        member = Member(name=whole, **kept)
        for name in sorted(member.goes_by()):
            if taken.setdefault(name, line) != line:
                mistakes.append(f"{path.name}: line {line}: {name!r} is on line {taken[name]} too")
        members.append(member)
    if mistakes:
        raise TableError("\n".join(mistakes))
    return members


def member_of(number: str | None, members: Sequence[Member]) -> Member | None:
    """Who of the class goes by that number, if any."""
    return next((m for m in members if number and same(number) in m.goes_by()), None)


def read_times(path: Path, zone: tzinfo | None) -> dict[str, datetime]:
    """When each handed in, by number or by the name of what was handed in.

    Raises
    ------
    TableError
        Listing each time that can't be read.
    """
    times, mistakes = {}, []
    for line, row in read_table(path, TIMES):
        when = moment(row["time"], zone)
        if when is None:
            allowed = "must be a time, such as 2026-12-01 23:59"
            mistakes.append(f"{path.name}: line {line}: handed in = {row['time']!r}: {allowed}")
        else:
            times[same(row["student"])] = when
    if mistakes:
        raise TableError("\n".join(mistakes))
    return times


def moment(text: str | None, zone: tzinfo | None) -> datetime | None:
    """A time in ISO form, in that zone where it names none; None where it can't be read.

    Examples
    --------
    >>> from datetime import UTC
    >>> moment("2026/12/1 8:05", UTC).isoformat(), moment("soon", UTC)
    ('2026-12-01T08:05:00+00:00', None)
    """
    said = (text or "").strip()[:40]
    for form in ("", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M %z"):
        try:
            when = datetime.strptime(said, form) if form else datetime.fromisoformat(said)
        except ValueError:
            continue
        return when if when.tzinfo else when.replace(tzinfo=zone)
    return None
