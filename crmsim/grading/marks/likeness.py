"""Hand-ins that are more alike than two people's work is: shown side by side, never a penalty.

Everybody shares what is right, and many share a common mistake. What few share counts: a wrong
answer that hardly anybody gave, a prediction, a curve, a sentence, a line of code, a play decided
alike. A thing that k of n hold is worth log₂(n ÷ k) bits; two hand-ins that share many bits, and
far more than most pairs do, are told.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log2

import numpy as np

from crmsim.grading.marks.marks import Grade
from crmsim.grading.result import Result

LEAST_CLASS = 5
MORE_BITS = 4.0
BEYOND = 4.0
"""A pair is told if it shares so many times what the pairs of the class share on average."""
RARE = 0.1
MOST_HOLDERS = 3
LEAST_SIGNS = 12
MOST_SENTENCES = 60
MOST_STEPS = 400
MOST_TOLD = 40

Thing = tuple[str, str]
"""The exercise, lesson or case, and what was said, written or decided in it."""


@dataclass(frozen=True)
class Alike:
    """Two hand-ins, the bits that they share, and the rare things behind them."""

    first: Grade
    second: Grade
    bits: float
    shared: tuple[Thing, ...]


def alike(grades: Sequence[Grade]) -> list[Alike]:
    """Return the pairs of hand-ins that are more alike than chance explains, the likest first.

    Parameters
    ----------
    grades
        The class; below 5 hand-ins nothing can be said, and nothing is.

    Returns
    -------
    list of Alike
        Empty if no pair is.
    """
    handed_in = [grade for grade in grades if grade.result and grade.readable]
    if len(handed_in) < LEAST_CLASS:
        return []
    holders: dict[Thing, list[int]] = defaultdict(list)
    for place, grade in enumerate(handed_in):
        for thing in sorted(set(things(grade.result))):  # type: ignore[arg-type]
            holders[thing].append(place)
    most = max(MOST_HOLDERS, int(RARE * len(handed_in)))
    shared: dict[tuple[int, int], list[Thing]] = defaultdict(list)
    for thing, places in holders.items():
        if len(places) <= most:
            for pair in combinations(places, 2):
                shared[pair].append(thing)
    bits = {
        pair: sum(log2(len(handed_in) / len(holders[thing])) for thing in both)
        for pair, both in shared.items()
    }
    pairs = len(handed_in) * (len(handed_in) - 1) / 2
    # the highest few are what is looked for, and must not hide themselves in the average
    rest = np.sort(list(bits.values()))[: -max(1, len(handed_in) // 2)]
    # the more pairs there are, the more of them are alike by chance
    least = max(log2(pairs) + MORE_BITS, BEYOND * float(rest.sum()) / pairs)
    told = sorted((pair for pair in bits if bits[pair] >= least), key=lambda p: (-bits[p], p))
    return [
        Alike(handed_in[a], handed_in[b], round(bits[a, b], 1), tuple(sorted(shared[a, b])))
        for a, b in told[:MOST_TOLD]
    ]


def things(result: Result) -> Iterator[Thing]:
    """Yield everything in a hand-in that somebody else may have as well."""
    for item in result.items:
        if isinstance(item.answer, str) and item.needs_person:
            for sentence in _sentences(item.answer):
                yield item.exercise, sentence
        elif item.answer is not None and item.verdict != "right":
            said = json.dumps(item.answer, ensure_ascii=False, sort_keys=True)
            variant = f"/{item.variant}" if item.variant else ""
            yield item.exercise + variant, said[:MOST_STEPS]
    for lesson, code in result.code.items():
        for line in code.splitlines():
            bare = re.sub(r"\s+", " ", line).strip()
            if len(bare) >= LEAST_SIGNS:
                yield lesson, bare
    for run in result.runs:
        steps = json.dumps(run.actions, ensure_ascii=False, sort_keys=True)
        yield f"{run.scenario}, {run.seed}, {run.seat}", steps[:MOST_STEPS]


def _sentences(text: str) -> list[str]:
    """Split free words so that one changed word changes one sentence."""
    parts = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"[.!?;。！？；\n]", text))
    return [part.casefold() for part in parts if len(part) >= LEAST_SIGNS][:MOST_SENTENCES]
