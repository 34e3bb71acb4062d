"""Differences between the marks of this run and of the one before, each with its cause."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RunRecord = Mapping[str, Any]
"""A run as it stands in ``results.json``, or one grade of it."""

CHANGE_CAUSES = ("new", "gone", "person", "handed-in", "options", "version", "other")
NEW, GONE, PERSON, HANDED_IN, OPTIONS, VERSION, OTHER = CHANGE_CAUSES


@dataclass(frozen=True)
class PointChange:
    """The points of a student that are no longer what they were.

    Attributes
    ----------
    student, name
        Whose they are.
    exercises
        Each exercise that changed, with its points before and now; None where it had none.
    before, now
        The points in all; None where there were none.
    cause
        Why, as far as can be told: one of ``CHANGE_CAUSES``.
    """

    student: str
    name: str
    exercises: tuple[tuple[str, float | None, float | None], ...]
    before: float | None
    now: float | None
    cause: str


def changes(before: RunRecord, now: RunRecord) -> list[PointChange]:
    """Return what changed between two runs: the whole of their ``results.json``.

    A class that was never graded has not changed.

    Parameters
    ----------
    before, now
        All that ``results.json`` holds, of the run before and of this one.

    Returns
    -------
    list of PointChange
        In the order of the students' keys.

    Examples
    --------
    >>> lin = {"student": "1", "submission": "1.zip", "points": 2.0, "exercises": {"10-why": 2.0}}
    >>> grown = lin | {"points": 3.0, "exercises": {"10-why": 3.0}}
    >>> (change,) = changes({"grades": [lin]}, {"grades": [grown]})
    >>> change.exercises, change.cause
    ((('10-why', 2.0, 3.0),), 'other')
    """
    if not before.get("grades"):
        return []
    old = {each["student"]: each for each in before["grades"]}
    new = {each["student"]: each for each in now["grades"]}
    files = _files(before), _files(now)
    found = []
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key, {}), new.get(key, {})
        moved = tuple(_moved(one.get("exercises", {}), other.get("exercises", {})))
        points = one.get("points"), other.get("points")
        if moved or points[0] != points[1]:
            name = other.get("name") or one.get("name") or ""
            cause = _cause(one, other, [name for name, *_ in moved], files, before, now)
            found.append(PointChange(key, name, moved, *points, cause))
    return found


def _moved(
    old: Mapping[str, float], new: Mapping[str, float]
) -> Iterator[tuple[str, float | None, float | None]]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _files(run: RunRecord) -> dict[str, str]:
    return {each["submission"]: each["sha256"] for each in run.get("results", ())}


def _cause(
    one: RunRecord,
    other: RunRecord,
    moved: Sequence[str],
    files: tuple[Mapping[str, str], Mapping[str, str]],
    before: RunRecord,
    now: RunRecord,
) -> str:
    if not one or not other:
        return NEW if not one else GONE
    decided = one.get("decided", {}), other.get("decided", {})
    about = [*moved, "total", "late"]
    if any(decided[0].get(name) != decided[1].get(name) for name in about):
        return PERSON
    handed_in = one.get("submission"), other.get("submission")
    if handed_in[0] is None:
        return NEW
    shas = [
        {by.get(n) for n in str(names).split("; ")}
        for by, names in zip(files, handed_in, strict=True)
    ]
    if handed_in[0] != handed_in[1] or shas[0] != shas[1]:
        return HANDED_IN
    # what was written down has lists where options have tuples
    if _text(before.get("options")) != _text(now.get("options")):
        return OPTIONS
    return VERSION if before.get("versions") != now.get("versions") else OTHER


def _text(options: object) -> str:
    return json.dumps(options, sort_keys=True)
