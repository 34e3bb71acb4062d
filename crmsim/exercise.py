"""Exercises, each declared once in ``data/exercises/*.toml``; nothing in a file is ever executed.

Lesson, widget, teacher's guide and grader share the declaration: question, key, hints, and for
each wrong answer the misconception behind it and a case that contradicts it.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from crmsim import curves
from crmsim.errors import CrmsimError
from crmsim.scenario.check import type_mistakes
from crmsim.scenario.parts import Id, Part, Text
from crmsim.words import data_path


class ExerciseError(CrmsimError):
    """An exercise file has mistakes, a line each, or there is no exercise of that id."""


class Slip(Part):
    """A known way of going wrong: its name, and a case that contradicts it."""

    misconception: Text
    counter: Text


class Option(Part):
    """Something to choose; a wrong one names the misconception that leads to it."""

    id: Id
    text: Text
    slip: Slip | None = None


class Row(Part):
    """Something to match with an option, or to put in its place, and why it belongs there."""

    id: Id
    text: Text
    key: Id | None = None
    because: Text


class NearMiss(Slip):
    """A wrong number that gives away how it was found."""

    value: float


class Exercise(Part):
    """What every exercise declares."""

    id: Id
    question: Text
    business: Text
    hints: tuple[Text, ...] = ()
    concepts: tuple[str, ...] = Field(min_length=1)

    @property
    def prediction(self) -> bool:
        """Whether it has no key, because only a run can tell what is right."""
        return getattr(self, "key", self) is None


class Choose(Exercise):
    """One of several options; without a key it is a prediction, and the run will tell."""

    kind: Literal["choose"]
    options: tuple[Option, ...] = Field(min_length=2, max_length=7)
    key: Id | None = None

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: an option's id."""
        return isinstance(answer, str) and answer in [option.id for option in self.options]

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        ids = [option.id for option in self.options]
        yield from _twice(ids, "options")
        if self.key is not None:
            yield from _unknown("key", self.key, ids)
        for option in self.options:
            if self.key is not None and (option.slip is None) != (option.id == self.key):
                yield f"option {option.id!r}: slip: each wrong option needs one, the right one none"


class Number(Exercise):
    """A number, right within a tolerance; without a key it is a prediction."""

    kind: Literal["number"]
    unit: Text
    low: float
    high: float
    step: float = Field(default=1, gt=0)
    key: float | None = None
    tolerance: float = Field(ge=0)
    slips: tuple[NearMiss, ...] = ()

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: a number, or one as it was typed."""
        try:
            return not isinstance(answer, bool) and isfinite(float(answer))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return False

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        between = f"should lie between low ({self.low}) and high ({self.high})"
        for name, value in [("key", self.key), *(("slips: value", s.value) for s in self.slips)]:
            if value is not None and not self.low <= value <= self.high:
                yield f"{name} = {value}: {between}"
        for slip in self.slips:
            if self.key is not None and abs(slip.value - self.key) <= self.tolerance:
                yield f"slips: value = {slip.value}: counts as right (key {self.key}); take it out"


class Rows(Exercise):
    """An exercise whose rows are shown in an order that gives nothing away, always the same."""

    rows: tuple[Row, ...] = Field(min_length=2, max_length=10)

    def shuffled(self) -> list[str]:
        """The rows as they are first shown."""
        names = [row.id for row in self.rows]
        mixed = sorted(names, key=lambda name: hashlib.sha256(f"{self.id}{name}".encode()).digest())
        return mixed if mixed != names else mixed[::-1]


class Match(Rows):
    """Each row goes with one of the options."""

    kind: Literal["match"]
    options: tuple[Option, ...] = Field(min_length=2, max_length=9)

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: options by row."""
        return isinstance(answer, Mapping)

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        ids = [option.id for option in self.options]
        yield from _twice(ids, "options")
        yield from _twice([row.id for row in self.rows], "rows")
        for row in self.rows:
            yield from _unknown(f"row {row.id!r}: key", row.key, ids)


class Order(Rows):
    """Rows to put in order; the file has them in the right one."""

    kind: Literal["order"]

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: each row once."""
        rows = [row.id for row in self.rows]
        return isinstance(answer, list | tuple) and sorted(map(str, answer)) == sorted(rows)

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        yield from _twice([row.id for row in self.rows], "rows")


class Span(Part):
    """What happens between two quarters, counted from the start of a drawing."""

    start: float
    stop: float
    text: Text


class Draw(Exercise):
    """The course of one column of a market, drawn from a given start on; always a prediction.

    ``given`` are the values known: at the beginning of the run and at the end of each quarter, the
    last one now; ``quarters`` says how many more are drawn. Values are those of the run's `column`
    times ``scale``. A change up to ``tolerance`` is none.
    """

    kind: Literal["draw"]
    column: str
    axis: Text
    unit: Text
    scale: float = Field(default=1, gt=0)
    given: tuple[float, ...] = Field(min_length=1, max_length=5)
    quarters: int = Field(ge=2, le=12)
    low: float
    high: float
    step: float = Field(default=1, gt=0)
    tolerance: float = Field(gt=0)
    event: Span | None = None
    slips: dict[curves.Slip, Slip] = Field(default={})

    @property
    def prediction(self) -> bool:
        """Only a run can tell."""
        return True

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: a value within the picture for every quarter."""
        return (
            isinstance(answer, list | tuple)
            and len(answer) == self.quarters
            and all(_is_number(value) and self.low <= value <= self.high for value in answer)
        )

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        for value in self.given:
            if not self.low <= value <= self.high:
                yield f"given = {value}: should lie between low ({self.low}) and high ({self.high})"


class Link(Part):
    """One link of a causal loop diagram: ``+`` if both ends move the same way, else ``-``."""

    source: Id
    target: Id
    sign: Literal["+", "-"]
    because: Text


class Diagram(Exercise):
    """A causal loop diagram, built link by link from given nodes.

    ``links`` are the key; ``more`` are links that are true as well, but not asked for.
    """

    kind: Literal["loop"]
    nodes: tuple[Option, ...] = Field(min_length=2, max_length=9)
    links: tuple[Link, ...] = Field(min_length=1, max_length=20)
    more: tuple[Link, ...] = ()

    def takes(self, answer: object) -> bool:
        """Whether this can be an answer: links as ``(source, sign, target)``, each pair once."""
        if not isinstance(answer, list | tuple) or not answer:
            return False
        nodes = [node.id for node in self.nodes]
        pairs = []
        for link in answer:
            if not isinstance(link, list | tuple) or len(link) != 3:
                return False
            if not all(isinstance(part, str) for part in link):
                return False
            source, sign, target = link
            if source not in nodes or target not in nodes or sign not in ("+", "-"):
                return False
            pairs.append((source, target))
        return len(set(pairs)) == len(pairs) and all(start != end for start, end in pairs)

    def wiring(self) -> Iterator[str]:
        """What is wrong between the parts."""
        nodes = [node.id for node in self.nodes]
        yield from _twice(nodes, "nodes")
        links = [*self.links, *self.more]
        yield from _twice([f"{link.source} → {link.target}" for link in links], "links")
        for link in links:
            yield from _unknown("links: source", link.source, nodes)
            yield from _unknown("links: target", link.target, nodes)
            if link.source == link.target:
                yield f"links: {link.source!r}: leads back to itself"


AnyExercise = Choose | Number | Match | Order | Draw | Diagram
KINDS = {
    "choose": Choose,
    "number": Number,
    "match": Match,
    "order": Order,
    "draw": Draw,
    "loop": Diagram,
}


def exercise(exercise_id: str) -> AnyExercise:
    """The declared exercise of that id.

    Raises
    ------
    ExerciseError
        If there is none, or its file has mistakes.

    Examples
    --------
    >>> exercise("10-stages").kind
    'match'
    """
    path = data_path("exercises", f"{exercise_id.split('-')[0]}.toml")
    declared = read(path) if path.is_file() else {}
    if exercise_id not in declared:
        raise ExerciseError(f"no exercise {exercise_id!r}; {path.name} has: {', '.join(declared)}")
    return declared[exercise_id]


@cache
def read(path: Path) -> dict[str, AnyExercise]:
    """Every exercise of a file by its id.

    Raises
    ------
    ExerciseError
        Listing every mistake in the file.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("exercises", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExerciseError(f"{path.name}: not readable as TOML: {error}") from None
    ids = [str(table.get("id")) for table in tables]
    mistakes, declared = list(_twice(ids, "exercises")), {}
    for table in tables:
        found = _declared(table)
        if isinstance(found, list):
            mistakes += [f"{table.get('id')}: {mistake}" for mistake in found]
        else:
            declared[found.id] = found
    if mistakes:
        raise ExerciseError("\n".join(f"{path.name}: {mistake}" for mistake in mistakes))
    return declared


def solution(task: AnyExercise, lang: str) -> str:
    """The right answer in one line, for a teacher's guide.

    Examples
    --------
    >>> solution(exercise("10-qualities"), "en").rsplit("→ ")[-1]
    '**Functional quality**'
    """
    names = {option.id: option.text[lang] for option in getattr(task, "options", ())}
    match task:
        case Choose():
            right = names[str(task.key)]
        case Number():
            right = f"{task.key:g}{task.unit[lang]}"
        case Match():
            return f"{task.question[lang]} " + " · ".join(
                f"{row.text[lang]} → **{names[str(row.key)]}**" for row in task.rows
            )
        case Order():
            right = " → ".join(row.text[lang] for row in task.rows)
        case Diagram():
            nodes = {node.id: node.text[lang] for node in task.nodes}
            right = " · ".join(
                f"{nodes[link.source]} →({link.sign.replace('-', '−')}) {nodes[link.target]}"
                for link in task.links
            )
    return f"{task.question[lang]} → **{right}**"


def _declared(table: Mapping[str, Any]) -> AnyExercise | list[str]:
    if (kind := table.get("kind")) not in KINDS:
        return [f"kind = {kind!r}: allowed is {', '.join(KINDS)}"]
    try:
        task = KINDS[kind].model_validate(table)
    except ValidationError as error:
        return type_mistakes(error, dict(table))
    return list(task.wiring()) or task


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _twice(ids: list[str], place: str) -> Iterator[str]:
    for name in dict.fromkeys(name for name in ids if ids.count(name) > 1):
        yield f"{place}: id = {name!r}: stands more than once"


def _unknown(place: str, found: object, allowed: list[str]) -> Iterator[str]:
    if found not in allowed:
        yield f"{place} = {found!r}: is none of {', '.join(allowed)}"
