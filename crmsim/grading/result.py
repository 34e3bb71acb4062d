"""Result of grading one submission: plain values that make the same JSON every time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from msgspec import to_builtins

Plain = Mapping[str, Any]
ItemVerdict = Literal[
    "right", "partly", "wrong", "blank", "nonsense", "predicted", "waiting", "lost"
]


@dataclass(frozen=True)
class Item:
    """One exercise of a submission, marked.

    Attributes
    ----------
    exercise, lesson
        Its id, and the number of its lesson, as in ``"10-stages"`` and ``"10"``.
    points, out_of
        What it earned of what it could earn; a prediction can earn nothing.
    verdict
        As marked; ``predicted`` where there is nothing to mark, ``waiting`` while a person has to
        read it, ``lost`` where no answer could be got out of what was handed in.
    findings
        ``place``, ``right``, ``misconception`` and ``because`` of each part of the answer, the
        last two in every language, or None.
    answer
        The answer as plain values, cut short where it is long.
    came, gap
        Of a prediction: what came, and how far off it was, a key of ``lesson.gap`` in the words.
    variant
        Which variant of the question the student had.
    note, note_args
        A key of ``grade.note`` in the words, where something is to be said, and its places.
    needs_person
        Whether a person has to give the points.
    """

    exercise: str
    lesson: str
    points: float
    out_of: float
    verdict: ItemVerdict
    findings: tuple[Plain, ...] = ()
    answer: Any = None
    came: Any = None
    gap: str = ""
    variant: int = 0
    note: str = ""
    note_args: Plain = field(default_factory=dict)
    needs_person: bool = False


@dataclass(frozen=True)
class Flag:
    """Something a grader should look at: a key of ``grade.flag``, where it is, what fills it in."""

    kind: str
    place: str = ""
    args: Plain = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """A sentence for the student: a key of ``grade.problem``, where it is, what fills it in."""

    kind: str
    place: str = ""
    args: Plain = field(default_factory=dict)


@dataclass(frozen=True)
class Played:
    """A session that was played, made again from its decisions; ``changed`` if its case was."""

    scenario: str
    seed: int
    persona: str | None
    seat: str
    actions: tuple[Any, ...]
    outcome: Plain = field(default_factory=dict)
    changed: bool = False


@dataclass(frozen=True)
class Result:
    """Points of one submission and their reasons; they do not depend on when or where it is graded.

    Attributes
    ----------
    submission
        The name of what was handed in.
    student, name, made
        Number, name and time as the submission gives them; None where it gives none.
    stamped, sent
        When the platform received it, and when it was put into the archive that holds it.
    lang
        The language to answer in: that of the notebooks handed in.
    code
        What the student wrote, by lesson, cut short where it is long.
    limits
        Keys of ``grade.limit``: what this platform could not enforce.
    versions
        Of everything the marks rest on.
    seeds
        The student's own seeds, by what they are for.
    sha256
        Of the bytes handed in.

    Examples
    --------
    >>> item = Item("10-stages", "10", 2, 3, "partly")
    >>> result = Result("lin.zip", "2026001", "林悦", "zh-Hans", (item,))
    >>> result.points, from_json(to_json(result)) == result
    (2, True)
    """

    submission: str
    student: str | None = None
    name: str | None = None
    lang: str = "en"
    items: tuple[Item, ...] = ()
    flags: tuple[Flag, ...] = ()
    problems: tuple[Problem, ...] = ()
    runs: tuple[Played, ...] = ()
    code: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    seeds: Mapping[str, int] = field(default_factory=dict)
    sha256: str = ""
    made: str | None = None
    stamped: str | None = None
    sent: str | None = None

    @property
    def points(self) -> float:
        """The sum of what was earned."""
        return sum(item.points for item in self.items)

    @property
    def out_of(self) -> float:
        """The sum of what could be earned."""
        return sum(item.out_of for item in self.items)


PARTS = {"items": Item, "flags": Flag, "problems": Problem, "runs": Played}


def to_json(result: Result) -> dict[str, Any]:
    """Turn a result into values that JSON knows."""
    return {"schema": 1} | to_builtins(result)


def from_json(plain: Mapping[str, Any]) -> Result:
    """Turn such values back into a result."""
    known = {each.name for each in fields(Result)}
    values: dict[str, Any] = {name: plain[name] for name in plain if name in known}
    for name, kind in PARTS.items():
        values[name] = tuple(kind(**_tupled(kind, each)) for each in values.get(name, ()))
    return Result(**_tupled(Result, values))


def _tupled(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn each list into a tuple where the fields of `kind` are tuples."""
    tuples = {each.name for each in fields(kind) if str(each.type).startswith("tuple")}
    return {name: tuple(v) if name in tuples else v for name, v in values.items()}
