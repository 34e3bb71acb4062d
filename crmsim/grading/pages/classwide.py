"""Results of a class as a whole: spread, hard questions, common mistakes, runs worth comparing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from crmsim.exercises.gain import asked_in_tests
from crmsim.grading.marks.marks import Grade
from crmsim.grading.pages.plays import has_number
from crmsim.grading.result import Item, Played
from crmsim.model.theory.estimation import cronbach_alpha

MOST_LISTED = 8
MOST_COMPARED = 60
LEAST_JUDGED = 5
NO_SURPRISE = ("", "right", "none")
MEASURES = ("value", "profit", "satisfaction", "evaluation", "earned")
"""Measures of the end of a run: the first of these that it has."""


@dataclass(frozen=True)
class Wrong:
    """A wrong answer, or a prediction that did not come true, and how many gave it."""

    item: Item
    count: int
    all: int


@dataclass(frozen=True)
class PlayPair:
    """Two plays of one case that were decided much alike and ended far apart."""

    first: Played
    second: Played
    measure: str
    differing: tuple[int, ...]

    @property
    def same_luck(self) -> bool:
        """Say whether both met the same chance events."""
        one, other = self.first, self.second
        return (one.seed, one.persona) == (other.seed, other.persona)


def shares(grades: Sequence[Grade]) -> list[float]:
    """Return percent of the points so far of everybody whose hand-in can be read.

    Answers that a person has yet to read are left out, not counted as 0.
    """
    return [100 * g.points / g.out_of_read for g in grades if g.readable and g.out_of_read]


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile.

    Examples
    --------
    >>> quartiles([10, 20, 30, 40, 50])
    (20.0, 30.0, 40.0)
    """
    low, middle, high = np.percentile(values, [25, 50, 75]) if len(values) else (0, 0, 0)
    return float(low), float(middle), float(high)


def share_of_points(grades: Sequence[Grade]) -> dict[str, float]:
    """Return the mean share of points (0–1) of those who answered, by exercise, hardest first."""
    sums: dict[str, list[float]] = {}
    for grade in grades:
        for line in grade.lines if grade.readable else ():
            if line.out_of and not line.waits and line.item.answer is not None:
                sums.setdefault(line.item.exercise, []).append(line.points / line.out_of)
    means = {name: float(np.mean(values)) for name, values in sums.items()}
    return dict(sorted(means.items(), key=lambda pair: (pair[1], pair[0])))


@dataclass(frozen=True)
class ItemStatistics:
    """An exercise over a class: how many answered it, how hard it was, and what it tells apart."""

    exercise: str
    answered: int
    share: float
    discrimination: float | None


def questions(grades: Sequence[Grade]) -> list[ItemStatistics]:
    """Return each question that brings points, the hardest first.

    The discrimination is the correlation of its points with those of all the others, over those
    who answered it (corrected item-total correlation); None below 5 or where all did the same.
    """
    table = _points(grades)
    found = []
    for name, share in share_of_points(grades).items():
        both = [(row[name], sum(row.values()) - row[name]) for row in table if name in row]
        own, rest = np.array(both).T if both else (np.zeros(0), np.zeros(0))
        known = len(both) >= LEAST_JUDGED and own.std() > 0 and rest.std() > 0
        told = float(np.corrcoef(own, rest)[0, 1]) if known else None
        found.append(ItemStatistics(name, len(both), share, told))
    return found


def reliability(grades: Sequence[Grade]) -> tuple[float, int] | None:
    """Return Cronbach's α of the points, and the number of students it rests on.

    None below 5 who answered, or where everybody has the same points.
    """
    table = _points(grades)
    names = sorted({name for row in table for name in row})
    if len(table) < LEAST_JUDGED or len(names) < 2:
        return None
    try:
        # what was left out earned nothing; what is unread is in no row, for nobody
        return cronbach_alpha([[row.get(name, 0.0) for name in names] for row in table]), len(table)
    except ValueError:
        return None


def _points(grades: Sequence[Grade]) -> list[dict[str, float]]:
    """Return the points of each student for each question that she answered and that was read."""
    return [
        {
            line.item.exercise: line.points
            for line in grade.lines
            if line.out_of and not line.waits and line.item.answer is not None
        }
        for grade in grades
        if grade.readable
    ]


def common_mistakes(grades: Sequence[Grade]) -> list[Wrong]:
    """Wrong answers that more than one student gave, the commonest first.

    Of an answer in rows each wrong row counts by itself.
    """
    return _commonest(grades, _mistakes)


def common_surprises(grades: Sequence[Grade]) -> list[Wrong]:
    """Predictions that more than one student made, and that came out otherwise."""
    return _commonest(grades, _surprises)


def worth_comparing(grades: Sequence[Grade], least: int = 2) -> PlayPair | None:
    """Find the two plays of one case that end most differently for the decisions they differ in.

    Where two met the same luck, only such pairs count: then the decisions alone differ.

    Parameters
    ----------
    grades
        The class.
    least
        The number of students that must have played a case.
    """
    found: list[tuple[bool, float, PlayPair]] = []
    for measure, runs in _played(grades, least).values():
        ends = [float(run.outcome[measure]) for run in runs]
        spread = max(ends) - min(ends)
        for one, other in combinations(range(min(len(runs), MOST_COMPARED)), 2):
            steps = _differing(runs[one], runs[other])
            if steps and spread:
                apart = abs(ends[one] - ends[other]) / spread
                first, second = sorted((one, other), key=lambda place: ends[place])
                pair = PlayPair(runs[first], runs[second], measure, steps)
                found.append((pair.same_luck, apart / (1 + len(steps)), pair))
    return max(found, key=lambda each: each[:2], default=(False, 0.0, None))[2]


def class_outcomes(grades: Sequence[Grade], least: int = 2) -> tuple[str, str, list[float]] | None:
    """Return the case that most students played, the measure of its end, and each one's value.

    None where no case was played by `least` students.
    """
    played = _played(grades, least)
    if not played:
        return None
    key = max(played, key=lambda key: (len(played[key][1]), key))
    measure, runs = played[key]
    return key, measure, [float(run.outcome[measure]) for run in runs]


def _commonest(grades: Sequence[Grade], of: Any) -> list[Wrong]:
    counts: Counter[str] = Counter()
    examples: dict[str, Item] = {}
    answered: Counter[str] = Counter()
    for grade in grades:
        for line in grade.lines if grade.readable else ():
            answered[line.item.exercise] += line.item.answer is not None
            for key, item in of(line.item):
                counts[key] += 1
                examples.setdefault(key, item)
    several = [(key, count) for key, count in counts.items() if count > 1]
    several.sort(key=lambda pair: (-pair[1], pair[0]))
    return [
        Wrong(examples[key], count, answered[examples[key].exercise])
        for key, count in several[:MOST_LISTED]
    ]


def _mistakes(item: Item) -> Iterator[tuple[str, Item]]:
    if item.verdict not in ("wrong", "partly") or item.answer is None:
        return
    if item.exercise in asked_in_tests():  # told by themselves, before and after
        return
    if isinstance(item.answer, Mapping):
        for found in item.findings:
            place = str(found.get("place"))
            if not found.get("right") and place in item.answer:
                only = replace(item, answer={place: item.answer[place]}, findings=(found,))
                yield f"{item.exercise}\0{place}\0{item.answer[place]!r}", only
    elif not isinstance(item.answer, list | tuple):
        yield f"{item.exercise}\0{item.answer!r}", item


def _surprises(item: Item) -> Iterator[tuple[str, Item]]:
    if item.verdict == "predicted" and item.gap not in NO_SURPRISE and item.answer is not None:
        said = item.gap if isinstance(item.answer, list | tuple) else repr(item.answer)
        yield f"{item.exercise}\0{said}", item


def _played(grades: Sequence[Grade], least: int) -> dict[str, tuple[str, list[Played]]]:
    """One play of each student of each case from one chair, with what its end is measured by.

    A student who hands in forty plays of a case counts once, as everybody does.
    """
    by_case: dict[str, list[Played]] = {}
    for grade in grades:
        hers: dict[str, Played] = {}
        for run in grade.result.runs if grade.result else ():
            if not run.changed:  # else a case of her own making; its words are hers too
                hers.setdefault(f"{run.scenario}\0{run.seat}", run)
        for key, run in hers.items():
            by_case.setdefault(key, []).append(run)
    found = {}
    for key, runs in by_case.items():
        measure = next(
            (name for name in MEASURES if all(has_number(run, name) for run in runs)), None
        )
        if measure and len(runs) >= least:
            found[key] = (measure, runs)
    return found


def _differing(one: Played, other: Played) -> tuple[int, ...]:
    """Return the steps at which two plays were decided differently."""
    both = max(len(one.actions), len(other.actions))
    padded = [(*run.actions, *[None] * (both - len(run.actions))) for run in (one, other)]
    return tuple(place for place in range(both) if padded[0][place] != padded[1][place])
