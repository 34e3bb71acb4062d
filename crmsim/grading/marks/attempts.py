"""Several hand-ins of one student: when each was made, which counts for what, and how late it is.

The time of a hand-in is the platform's (the table of times by file, nbgrader's stamp, the table by
number), then that of the archive it was sent in, and last what the student's own computer wrote,
which is never later than those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil

from crmsim.common.text import same
from crmsim.grading.marks.owners import Owner
from crmsim.grading.marks.roster import ID_KINDS, Handed, time_in_text
from crmsim.grading.options import Late
from crmsim.grading.result import Flag, Item, Problem, Result

DAY_MIN = 24 * 60
JOINT = "; "
"""Between the names of hand-ins that count together."""
TWICE, TWO_NAMES, ORDER_UNKNOWN = "twice", "two-names", "order-unknown"
EARLIER_BETTER = "earlier-better"
LESSON_MISSING = "lesson-missing"


@dataclass(frozen=True)
class Lateness:
    """Lateness of a hand-in, in days begun, and the share of points that it takes away."""

    days: int = 0
    share: float = 0
    known: bool = True


@dataclass(frozen=True)
class HandIn:
    """One of a student's hand-ins.

    Attributes
    ----------
    owner, result
        Whose it is, and what was found in it.
    when
        The time to order it by, in seconds since 1970; None where nothing says it.
    late
        How late it is.
    """

    owner: Owner
    result: Result
    when: float | None
    late: Lateness

    @property
    def lessons(self) -> dict[str, tuple[Item, ...]]:
        """Its exercises by lesson, of those lessons in which anything was done."""
        found: dict[str, tuple[Item, ...]] = {}
        for item in self.result.items:
            found[item.lesson] = (*found.get(item.lesson, ()), item)
        return {n: items for n, items in found.items() if any(i.verdict != "blank" for i in items)}

    def worth(self, lesson: str) -> float:
        """Return the points of a lesson, less what lateness takes of them."""
        return sum(item.points for item in self.lessons[lesson]) * (1 - self.late.share)

    @property
    def order(self) -> tuple[bool, bool, float, float, str]:
        """Order attempts; the last counts: readable over not, said over guessed, late over early.

        The name of a file plays no part. Where no time is known, the better one counts.
        """
        known = self.when if self.when is not None else float("-inf")
        result = self.result
        return bool(result.items), self.owner.says, known, result.points, result.sha256


@dataclass(frozen=True)
class Merged:
    """The part of a student's hand-ins that counts: result, lateness by lesson, the rest."""

    result: Result
    late: Mapping[str, Lateness]
    others: tuple[Result, ...]
    flags: tuple[Flag, ...]


class Clock:
    """Tells when each hand-in of one student was made, and how late that is."""

    def __init__(
        self,
        several: Sequence[tuple[Owner, Result]],
        times: Mapping[str, Handed],
        late: Late | None,
    ) -> None:
        self.times, self.late = times, late
        self.zone = late.zone_info if late else None
        names = {owner.key for owner, _ in several} | {r.student or "" for _, r in several}
        members = [owner.member for owner, _ in several if owner.member]
        names |= {getattr(member, kind) for member in members for kind in ID_KINDS}
        found = (times[same(name)].when for name in names if same(name) in times)
        self.by_student = max(found, default=None, key=_seconds)

    def attempt(self, owner: Owner, result: Result) -> HandIn:
        """Return a hand-in with its time."""
        way = result.submission.split("/")
        files = (same(name) for name in (result.submission, way[-1], way[0]))
        by_file = next((self.times[name].when for name in files if name in self.times), None)
        platform = by_file or time_in_text(result.stamped, self.zone)
        archive = time_in_text(result.sent, self.zone)
        claim = time_in_text(result.made, None)
        claim = claim if claim and claim.tzinfo else None
        when = platform or archive or claim
        if when and self.by_student and not platform:
            when = min(when, self.by_student, key=_seconds)  # hers is never later than that
        counts = platform or self.by_student or when
        return HandIn(
            owner,
            result,
            None if when is None and counts is None else _seconds(when or counts),  # type: ignore[arg-type]
            lateness(counts, self.late),
        )


def lateness(when: datetime | None, late: Late | None) -> Lateness:
    """Return how late a time is.

    Days are counted by the clock and by the calendar of the zone, whichever is fewer: they differ
    where clocks are changed.
    """
    if late is None:
        return Lateness()
    if when is None:
        return Lateness(known=False)
    zone = late.zone_info
    passed_min = (when - late.due).total_seconds() / 60
    wall = when.astimezone(zone).replace(tzinfo=None) - late.due.astimezone(zone).replace(
        tzinfo=None
    )
    over_min = min(passed_min, wall.total_seconds() / 60) - late.grace_min
    days = ceil(over_min / DAY_MIN) if over_min > 0 else 0
    return Lateness(days, min(late.at_most, late.per_day * days))


def merged(attempts: Sequence[HandIn]) -> Merged:
    """Return what counts of a student's hand-ins.

    The latest counts, lesson by lesson; what it lacks is taken from the one before, unless another
    name stands in that. Handed in again unchanged, a lesson keeps the time at which it came first.
    Where no platform says that both are hers, the latest takes no points away: anybody can write
    her number and her name into a file.
    """
    ordered = sorted(attempts, key=lambda each: each.order)
    last = ordered[-1]
    alike = [a for a in ordered if _same_name(a.result, last.result)]
    chosen: dict[str, HandIn] = {}
    unsure = False
    better: list[str] = []
    for attempt in alike:
        for lesson, items in attempt.lessons.items():
            before = chosen.get(lesson)
            lowers = before is not None and before.worth(lesson) > attempt.worth(lesson)
            if before and lowers and not _of_one_user(before, attempt):
                better.append(lesson)
                continue
            if before is None or before.lessons[lesson] != items:
                unsure |= before is not None and before.when == attempt.when
                chosen[lesson] = attempt
    items: dict[str, tuple[Item, ...]] = {}
    for item in last.result.items:
        items[item.lesson] = (*items.get(item.lesson, ()), item)
    items |= {lesson: attempt.lessons[lesson] for lesson, attempt in chosen.items()}
    used = [a for a in ordered if a is last or any(each is a for each in chosen.values())]
    added = [a for a in used if a is last or chosen.keys() - last.lessons.keys() & a.lessons.keys()]
    result = _joined(last, [a for a in used if a is not last], added, items, set(chosen))
    unused = [flag for each in ordered if each not in used for flag in each.result.flags]
    flags = [*unused, *(flag for each in ordered for flag in each.owner.flags)]
    flags += _across(ordered, last, added, unsure, len(alike) < len(ordered))
    if better:
        named = ", ".join(sorted(set(better)))
        flags.append(Flag(EARLIER_BETTER, last.result.submission, {"lessons": named}))
    late = {lesson: attempt.late for lesson, attempt in chosen.items()} or {"": last.late}
    others = tuple(a.result for a in ordered if a is not last)
    return Merged(result, late, others, _each_once(flags))


def _joined(
    last: HandIn,
    rest: Sequence[HandIn],
    added: Sequence[HandIn],
    items: Mapping[str, tuple[Item, ...]],
    held: set[str],
) -> Result:
    """Return the last result with what comes from earlier ones."""
    result = last.result
    if not rest:
        return result
    theirs = [attempt.result for attempt in rest]

    def still(problem: Problem) -> bool:
        return not (problem.kind == LESSON_MISSING and problem.place in held)

    problems = [p for each in (result, *theirs) for p in each.problems if p.kind != LESSON_MISSING]
    missing = [p for p in result.problems if p.kind == LESSON_MISSING and still(p)]
    return replace(
        result,
        submission=JOINT.join(sorted(attempt.result.submission for attempt in added)),
        items=tuple(item for lesson in sorted(items) for item in items[lesson]),
        problems=_each_once([*problems, *missing]),
        flags=_each_once([flag for each in (result, *theirs) for flag in each.flags]),
        runs=_each_once([run for each in (result, *theirs) for run in each.runs]),
        code={name: code for each in (*theirs, result) for name, code in each.code.items()},
    )


def _each_once(things: Sequence[object]) -> tuple:  # type: ignore[type-arg]
    found: list[object] = []  # what holds a dict has no hash
    for each in things:
        if each not in found:
            found.append(each)
    return tuple(found)


def _across(
    ordered: Sequence[HandIn],
    last: HandIn,
    added: Sequence[HandIn],
    unsure: bool,
    two_names: bool,
) -> list[Flag]:
    """Return what only shows beside the student's other hand-ins."""
    others = [each for each in ordered if each is not last]
    if not others:
        return []
    # a platform says who handed in; without it anybody can write anybody's number into a file
    users = {each.owner.uploader for each in ordered}
    named = ", ".join(each.result.submission for each in others if each not in added)
    flags = []
    if len(users) > 1 or None in users:
        left = named or "–"
        flags.append(Flag(TWICE, last.result.submission, {"others": left}))
    if unsure:
        flags.append(Flag(ORDER_UNKNOWN, last.result.submission))
    if two_names:
        names = sorted({each.result.name or "" for each in ordered} - {""})
        flags.append(Flag(TWO_NAMES, "", {"names": ", ".join(names)}))
    return flags


def _of_one_user(one: HandIn, other: HandIn) -> bool:
    """Say whether a platform tells that one person handed in both."""
    return one.owner.uploader is not None and one.owner.uploader == other.owner.uploader


def _same_name(one: Result, other: Result) -> bool:
    return not one.name or not other.name or same(one.name) == same(other.name)


def _seconds(when: datetime) -> float:
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
