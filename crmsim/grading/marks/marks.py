"""From what was found in a submission to points: weights, lateness, what a person decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from math import ceil

from crmsim.common.text import same
from crmsim.exercises.declared import exercise
from crmsim.grading.marks.overrides import LATE, TOTAL, Decision
from crmsim.grading.marks.roster import Member, member_of, moment
from crmsim.grading.options import Late, Options, exercises
from crmsim.grading.result import Flag, Item, Result

DAY_MIN = 24 * 60
TWICE, SAME_FILE, NOT_LISTED = "twice", "same-file", "not-listed"
NOT_STARTED = "not-started"
GRADERS_OWN = (NOT_STARTED,)
"""What went wrong on the grader's side; it is tried again by the next run."""

Weights = Mapping[str, float]
Decided = Mapping[tuple[str, str], Decision]


@dataclass(frozen=True)
class Line:
    """One exercise of one student: what was found, and the points it brings."""

    item: Item
    points: float
    out_of: float
    decision: Decision | None = None

    @property
    def waits(self) -> bool:
        """Whether a person has yet to give the points."""
        return self.item.needs_person and self.decision is None

    @property
    def overridden(self) -> bool:
        """Whether a person decided over a mark that there was already."""
        return self.decision is not None and not self.item.needs_person

    @property
    def share(self) -> float | None:
        """Of what could be earned; None where there was nothing to earn."""
        return self.points / self.out_of if self.out_of else None


@dataclass(frozen=True)
class Lateness:
    """How late something was handed in, and the share of the points this takes away."""

    days: int = 0
    share: float = 0
    known: bool = True


@dataclass(frozen=True)
class Grade:
    """The mark of one student, and everything it rests on."""

    key: str
    name: str
    result: Result | None
    lines: tuple[Line, ...]
    member: Member | None = None
    late: Lateness = Lateness()
    flags: tuple[Flag, ...] = ()
    whole: Mapping[str, Decision] = field(default_factory=dict)
    earlier: tuple[Result, ...] = ()

    @cached_property
    def earned(self) -> float:
        """Before lateness."""
        return round(sum(line.points for line in self.lines), 2)

    @cached_property
    def lost(self) -> float:
        """What lateness takes away."""
        if LATE in self.whole:
            return min(self.earned, self.whole[LATE].points)
        return round(self.earned * self.late.share, 2)

    @cached_property
    def points(self) -> float:
        """What counts."""
        if TOTAL in self.whole:
            return self.whole[TOTAL].points
        return round(self.earned - self.lost, 2)

    @cached_property
    def out_of(self) -> float:
        """What could be earned."""
        return round(sum(line.out_of for line in self.lines), 2)

    @cached_property
    def out_of_read(self) -> float:
        """Points that could be earned so far: without what a person has yet to read."""
        if TOTAL in self.whole:
            return self.out_of
        return round(sum(line.out_of for line in self.lines if not line.waits), 2)

    @property
    def waiting(self) -> int:
        """How many exercises a person has yet to mark."""
        return sum(line.waits for line in self.lines)

    @property
    def graded(self) -> bool:
        """Whether all of it was read and run, as far as that lies with the grader."""
        return self.readable and complete(self.result)

    @property
    def readable(self) -> bool:
        """Whether anything could be got out of what was handed in."""
        return self.result is not None and bool(self.result.items)


def complete(result: Result | None) -> bool:
    """Whether nothing went wrong on the grader's side.

    Examples
    --------
    >>> complete(Result("lin.zip"))
    True
    """
    return result is not None and not {p.kind for p in result.problems} & set(GRADERS_OWN)


def weights(results: Iterable[Result], options: Options) -> Weights:
    """What each exercise that is graded can bring, in the order of the lessons.

    Examples
    --------
    >>> lin = Result("lin.zip", items=(Item("10-stages", "10", 2, 3, "partly"),))
    >>> weights([lin], Options(points={"10-stages": 6}))
    {'10-stages': 6.0}
    """
    found: dict[str, float] = {}
    for result in results:
        for item in result.items:
            found[item.exercise] = max(item.out_of, found.get(item.exercise, 0))
    order = {name: place for place, name in enumerate(exercises())}
    names = sorted(found, key=lambda name: (order.get(name, len(order)), name))
    worth = {name: exercise(name).worth if name in order else found[name] for name in names}
    return {n: float(options.points.get(n, worth[n])) if found[n] else 0.0 for n in names}


def grades(
    results: Sequence[Result],
    options: Options,
    members: Sequence[Member] = (),
    decided: Decided | None = None,
    times: Mapping[str, datetime] | None = None,
) -> list[Grade]:
    """One grade a student, those of the class who handed nothing in included.

    Of several hand-ins of one student the latest counts, by the times that are known.

    Parameters
    ----------
    results
        What was found in each submission.
    options
        What the grader set.
    members
        The class.
    decided
        What a person decided, by the key of the student's grade and exercise.
    times
        When each handed in, by number or name of the submission.
    """
    can = weights(results, options)
    by_student: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda each: each.submission):
        by_student.setdefault(_key(result, members), []).append(result)
    copies = _copies(results, members)
    graded = []
    for key, several in by_student.items():
        member = member_of(several[0].student, members)
        *earlier, last = sorted(several, key=lambda each: _order(each, times or {}, options.late))
        grade = Grade(
            key=key,
            name=member.name if member and member.name else last.name or "",
            result=last,
            lines=_lines(last, can),
            member=member,
            late=_lateness(last, times or {}, options.late),
            flags=last.flags + _across(last, earlier, copies, bool(members) and member is None),
            earlier=tuple(earlier),
        )
        graded.append(_overruled(grade, decided or {}))
    missing = [m for m in members if m.key not in by_student]
    nothing = [Grade(m.key, m.name, None, _lines(None, can), m) for m in missing]
    everyone = graded + [_overruled(grade, decided or {}) for grade in nothing]
    return sorted(everyone, key=lambda grade: (grade.member is None, grade.key))


def names(grades: Sequence[Grade]) -> dict[str, str]:
    """The key of each student by whatever she may be called in a table.

    Nobody gets another's points by calling a file like her.
    """
    found = {same(grade.key): grade.key for grade in grades}
    for grade in grades:
        for name in sorted(_called(grade)):
            found.setdefault(name, grade.key)
    return found


def _called(grade: Grade) -> set[str]:
    names = {grade.key, *(each.submission for each in (grade.result, *grade.earlier) if each)}
    names |= {each.student for each in (grade.result,) if each and each.student}
    return {same(name) for name in names} | (grade.member.goes_by() if grade.member else set())


def _key(result: Result, members: Sequence[Member]) -> str:
    member = member_of(result.student, members)
    return member.key if member else result.student or result.submission


def _lines(result: Result | None, can: Weights) -> tuple[Line, ...]:
    items = {item.exercise: item for item in (result.items if result else ())}
    lines = []
    for name, out_of in can.items():
        item = items.get(name) or Item(name, name.split("-")[0], 0, 0, "blank")
        share = min(1.0, max(0.0, item.points / item.out_of)) if item.out_of else 0.0
        lines.append(Line(item, round(share * out_of, 2), out_of))
    return tuple(lines)


def _time(result: Result, times: Mapping[str, datetime], late: Late | None) -> datetime | None:
    zone = late.due.tzinfo if late else None
    for name in filter(None, (result.student, result.submission)):
        if same(name) in times:
            return times[same(name)]
    made = moment(result.made, zone)
    return made if made and made.tzinfo else None


def _order(
    result: Result, times: Mapping[str, datetime], late: Late | None
) -> tuple[bool, float, str]:
    """Readable ones after those that are not, later ones after earlier ones."""
    when = _time(result, times, late)
    return bool(result.items), when.timestamp() if when else 0.0, result.submission


def _lateness(result: Result, times: Mapping[str, datetime], late: Late | None) -> Lateness:
    if late is None:
        return Lateness()
    when = _time(result, times, late)
    if when is None:
        return Lateness(known=False)
    over_min = (when - late.due).total_seconds() / 60 - late.grace_min
    days = ceil(over_min / DAY_MIN) if over_min > 0 else 0
    return Lateness(days, min(late.at_most, late.per_day * days))


def _copies(results: Iterable[Result], members: Sequence[Member]) -> dict[str, list[str]]:
    """Who handed in the same bytes, where that is more than one student."""
    owners: dict[str, set[str]] = {}
    for result in results:
        if result.sha256 and result.items:
            owners.setdefault(result.sha256, set()).add(_key(result, members))
    return {digest: sorted(keys) for digest, keys in owners.items() if len(keys) > 1}


def _across(
    result: Result, earlier: Sequence[Result], copies: Mapping[str, list[str]], unlisted: bool
) -> tuple[Flag, ...]:
    """What only shows beside the other submissions."""
    flags = []
    if earlier:
        others = ", ".join(each.submission for each in earlier)
        flags.append(Flag(TWICE, result.submission, {"others": others}))
    if result.sha256 in copies:
        flags.append(Flag(SAME_FILE, "", {"students": ", ".join(copies[result.sha256])}))
    if unlisted:
        flags.append(Flag(NOT_LISTED, "", {"student": result.student or ""}))
    return tuple(flags)


def _overruled(grade: Grade, decided: Decided) -> Grade:
    """The grade with what a person decided in place of what was found."""
    mine = {what: made for (who, what), made in decided.items() if who == grade.key}
    lines = tuple(
        replace(line, points=mine[line.item.exercise].points, decision=mine[line.item.exercise])
        if line.item.exercise in mine
        else line
        for line in grade.lines
    )
    whole = {what: mine[what] for what in (TOTAL, LATE) if what in mine}
    return replace(grade, lines=lines, whole=whole)
