"""From what was found in submissions to points: weights, lateness, what a person decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from crmsim.exercises.declared import exercise
from crmsim.grading.marks.attempts import JOINT, Clock, Lateness, merged
from crmsim.grading.marks.overrides import LATE, TOTAL, ManualPoints
from crmsim.grading.marks.owners import Owner, Owners
from crmsim.grading.marks.people import StudentIndex
from crmsim.grading.marks.roster import ID_KINDS, Handed, Member, Roster
from crmsim.grading.options import Options, exercises
from crmsim.grading.result import Flag, Item, Result

SAME_FILE = "same-file"
NOT_STARTED = "not-started"
GRADERS_OWN = (NOT_STARTED,)
"""Problems on the grader's side; the next run tries again."""

PointWeights = Mapping[str, float]
Decided = Mapping[tuple[str, str], ManualPoints]


@dataclass(frozen=True)
class GradeLine:
    """One exercise of one student: what was found, and the points it brings."""

    item: Item
    points: float
    out_of: float
    decision: ManualPoints | None = None

    @property
    def waits(self) -> bool:
        """True while a person has yet to give the points."""
        return self.item.needs_person and self.decision is None

    @property
    def overridden(self) -> bool:
        """True if a person replaced a mark that was there already."""
        return self.decision is not None and not self.item.needs_person

    @property
    def share(self) -> float | None:
        """Of what could be earned; None where there was nothing to earn."""
        return self.points / self.out_of if self.out_of else None


@dataclass(frozen=True)
class Grade:
    """The mark of one student, and everything it rests on."""

    key: str
    name: str
    result: Result | None
    lines: tuple[GradeLine, ...]
    member: Member | None = None
    late: Lateness = field(default_factory=Lateness)
    flags: tuple[Flag, ...] = ()
    late_by: Mapping[str, Lateness] = field(default_factory=dict)
    whole: Mapping[str, ManualPoints] = field(default_factory=dict)
    earlier: tuple[Result, ...] = ()

    @cached_property
    def earned(self) -> float:
        """Before lateness."""
        return round(sum(line.points for line in self.lines), 2)

    @cached_property
    def lost(self) -> float:
        """Points taken away for lateness."""
        if LATE in self.whole:
            return min(self.earned, self.whole[LATE].points)
        shares = ((line.points, self.late_by.get(line.item.lesson)) for line in self.lines)
        return round(sum(points * late.share for points, late in shares if late), 2)

    @cached_property
    def points(self) -> float:
        """Points that count."""
        if TOTAL in self.whole:
            return self.whole[TOTAL].points
        return round(self.earned - self.lost, 2)

    @cached_property
    def out_of(self) -> float:
        """Points that could be earned."""
        return round(sum(line.out_of for line in self.lines), 2)

    @cached_property
    def out_of_read(self) -> float:
        """Points that could be earned so far: without what a person has yet to read."""
        if TOTAL in self.whole:
            return self.out_of
        return round(sum(line.out_of for line in self.lines if not line.waits), 2)

    @property
    def waiting(self) -> int:
        """Number of exercises that a person has yet to mark."""
        return sum(line.waits for line in self.lines)

    @property
    def graded(self) -> bool:
        """True if all of it was read and run, as far as that depends on the grader."""
        return self.readable and complete(self.result)

    @property
    def readable(self) -> bool:
        """True if anything could be read in what was handed in."""
        return self.result is not None and bool(self.result.items)


def complete(result: Result | None) -> bool:
    """Return True if nothing went wrong on the grader's side.

    Parameters
    ----------
    result
        What was found in a submission; None if nothing was handed in.

    Examples
    --------
    >>> complete(Result("lin.zip"))
    True
    """
    return result is not None and not {p.kind for p in result.problems} & set(GRADERS_OWN)


def weights(results: Iterable[Result], options: Options) -> PointWeights:
    """Return the points that each graded exercise can bring, in the order of the lessons.

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
    times: Mapping[str, Handed] | None = None,
) -> list[Grade]:
    """Return one grade a student, those of the class who handed nothing in included.

    Of several hand-ins of one student the latest counts, lesson by lesson; a lesson that is not in
    it counts as it was handed in before.

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

    Returns
    -------
    list of Grade
        Points are in the units of the exercises.
    """
    can = weights(results, options)
    owners = Owners(results, Roster(tuple(members)))
    by_student: dict[str, list[tuple[Owner, Result]]] = {}
    for result in sorted(results, key=lambda each: (each.submission, each.sha256)):
        owner = owners.of(result)
        by_student.setdefault(owner.key, []).append((owner, result))
    copies = _copies((key, result) for key, own in by_student.items() for _, result in own)
    graded = []
    for key, several in by_student.items():
        clock = Clock(several, times or {}, options.late)
        found = merged([clock.attempt(*each) for each in several])
        member = next((owner.member for owner, _ in several if owner.member), None)
        grade = Grade(
            key=key,
            name=member.name if member and member.name else found.result.name or "",
            result=found.result,
            lines=_lines(found.result, can),
            member=member,
            late=max(found.late.values(), key=lambda each: (not each.known, each.days)),
            late_by=found.late,
            flags=(*found.result.flags, *found.flags, *_same_file(several, copies)),
            earlier=found.others,
        )
        graded.append(_overruled(grade, decided or {}))
    missing = [m for m in members if m.key not in by_student]
    nothing = [Grade(m.key, m.name, None, _lines(None, can), m) for m in missing]
    everyone = graded + [_overruled(grade, decided or {}) for grade in nothing]
    return sorted(everyone, key=lambda grade: (grade.member is None, grade.key))


def people(grades: Sequence[Grade]) -> StudentIndex:
    """Return the students by whatever each may be called in a table.

    Parameters
    ----------
    grades
        The class.
    """
    results = [(each, g.key) for g in grades for each in (g.result, *g.earlier) if each]
    ids = [[(getattr(g.member, kind), g.key) for g in grades if g.member] for kind in ID_KINDS]
    numbers = [(g.key, g.key) for g in grades] + ids[0]
    said = [(each.student or "", key) for each, key in results]
    files = [(name, key) for each, key in results for name in each.submission.split(JOINT)]
    return StudentIndex.called([numbers, said, files, *ids[1:]])


def _lines(result: Result | None, can: PointWeights) -> tuple[GradeLine, ...]:
    items = {item.exercise: item for item in (result.items if result else ())}
    lines = []
    for name, out_of in can.items():
        item = items.get(name) or Item(name, name.split("-")[0], 0, 0, "blank")
        share = min(1.0, max(0.0, item.points / item.out_of)) if item.out_of else 0.0
        lines.append(GradeLine(item, round(share * out_of, 2), out_of))
    return tuple(lines)


def _copies(handed_in: Iterable[tuple[str, Result]]) -> dict[str, list[str]]:
    """Return who handed in the same bytes, where that is more than one student."""
    owners: dict[str, set[str]] = {}
    for key, result in handed_in:
        if result.sha256 and result.items:
            owners.setdefault(result.sha256, set()).add(key)
    return {digest: sorted(keys) for digest, keys in owners.items() if len(keys) > 1}


def _same_file(
    several: Sequence[tuple[Owner, Result]], copies: Mapping[str, list[str]]
) -> Iterator[Flag]:
    for digest in dict.fromkeys(result.sha256 for _, result in several):
        if digest in copies:
            yield Flag(SAME_FILE, "", {"students": ", ".join(copies[digest])})


def _overruled(grade: Grade, decided: Decided) -> Grade:
    """Return the grade with each decision of a person in place of what was found."""
    mine = {what: made for (who, what), made in decided.items() if who == grade.key}
    lines = tuple(
        replace(line, points=mine[line.item.exercise].points, decision=mine[line.item.exercise])
        if line.item.exercise in mine
        else line
        for line in grade.lines
    )
    whole = {what: mine[what] for what in (TOTAL, LATE) if what in mine}
    return replace(grade, lines=lines, whole=whole)
