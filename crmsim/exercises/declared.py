"""Exercises, each declared once in ``data/exercises/*.toml``; nothing in a file is ever executed.

Lesson, widget, teacher's guide and grader share the declaration: question, key, hints, and for
each wrong answer the misconception behind it and a case that contradicts it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import ValidationError, convert

from crmsim.common.errors import CrmsimError
from crmsim.common.words import data_path
from crmsim.exercises.clicked import Choose, Explain, Line, Match, Number, Order, Rows
from crmsim.exercises.drawn import Diagram, Draw, Link, Span
from crmsim.exercises.functions import Function
from crmsim.exercises.parts import (
    PLACE,
    Exercise,
    NearMiss,
    Option,
    Row,
    Slip,
    Variant,
    Varied,
    twice,
    unknown,
)
from crmsim.exercises.run_values import NAMES
from crmsim.exercises.variants import variant_of
from crmsim.scenario.mistakes import type_mistakes
from crmsim.scenario.parts import Part
from crmsim.scenario.wiring import listed

__all__ = [
    "KINDS",
    "AnyExercise",
    "Choose",
    "Diagram",
    "Draw",
    "Exercise",
    "ExerciseError",
    "Explain",
    "Function",
    "Line",
    "Link",
    "Match",
    "NearMiss",
    "Number",
    "Option",
    "Order",
    "Row",
    "Rows",
    "Slip",
    "Span",
    "Variant",
    "Varied",
    "declared",
    "exercise",
    "read",
    "solution",
]

AnyExercise = Choose | Number | Match | Order | Draw | Diagram | Function | Explain
KINDS = {
    "choose": Choose,
    "number": Number,
    "match": Match,
    "order": Order,
    "draw": Draw,
    "loop": Diagram,
    "function": Function,
    "explain": Explain,
}


class ExerciseError(CrmsimError):
    """An exercise file has mistakes, a line each, or there is no exercise of that id."""


class _File(Part):
    exercises: tuple[dict[str, Any], ...]


def exercise(exercise_id: str, number: str | None = None) -> AnyExercise:
    """The declared exercise of that id, in the version that belongs to a student number.

    Raises
    ------
    ExerciseError
        If there is none, or its file has mistakes.

    Examples
    --------
    >>> exercise("10-stages").kind
    'match'
    """
    whole = declared(exercise_id)
    if not isinstance(whole, Varied):
        return whole
    return whole.variant(variant_of(number, exercise_id, len(whole.variants)))


def declared(exercise_id: str) -> AnyExercise:
    """The declared exercise of that id, with all its variants.

    Raises
    ------
    ExerciseError
        If there is none, or its file has mistakes.
    """
    path = data_path("exercises", f"{exercise_id.split('-')[0]}.toml")
    tasks = read(path) if path.is_file() else {}
    if exercise_id not in tasks:
        raise ExerciseError(f"no exercise {exercise_id!r}; {path.name} has: {', '.join(tasks)}")
    return tasks[exercise_id]


@cache
def read(path: Path) -> dict[str, AnyExercise]:
    """Every exercise of a file by its id.

    Raises
    ------
    ExerciseError
        Listing every mistake in the file.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        tables = convert(raw, _File).exercises
    except ValidationError:
        raise ExerciseError(listed(type_mistakes(_File, raw), path.name)) from None
    except ValueError as error:
        raise ExerciseError(f"{path.name}: not readable as TOML: {error}") from None
    ids = [str(table.get("id")) for table in tables]
    mistakes, tasks = list(twice(ids, "exercises")), {}
    for table in tables:
        found = _declared(table)
        if isinstance(found, list):
            mistakes += [f"{table.get('id')}: {mistake}" for mistake in found]
        else:
            tasks[found.id] = found
    mistakes += [f"{task.id}: {mistake}" for task in tasks.values() for mistake in _twin(task, ids)]
    if mistakes:
        raise ExerciseError("\n".join(f"{path.name}: {mistake}" for mistake in mistakes))
    return tasks


def solution(task: AnyExercise, lang: str) -> str:
    """The right answer in one line, for a teacher's guide; of variants, each one's.

    Examples
    --------
    >>> solution(exercise("10-qualities"), "en").rsplit("→ ")[-1]
    '**Functional quality**'
    """
    if isinstance(task, Varied) and task.variants:
        return " / ".join(solution(task.variant(i), lang) for i in range(len(task.variants)))
    if isinstance(task, Match):
        names = {option.id: option.text[lang] for option in task.options}
        return f"{task.question[lang]} " + " · ".join(
            f"{row.text[lang]} → **{names[str(row.key)]}**" for row in task.rows
        )
    return f"{task.question[lang]} → **{_right(task, lang)}**"


def _right(task: AnyExercise, lang: str) -> str:
    match task:
        case Choose():
            return next(o.text[lang] for o in task.options if o.id == task.key)
        case Number():
            return f"{task.key:g}{task.unit[lang]}"
        case Order():
            return " → ".join(row.text[lang] for row in task.rows)
        case Diagram():
            nodes = {node.id: node.text[lang] for node in task.nodes}
            return " · ".join(
                f"{nodes[link.source]} →({link.sign.replace('-', '−')}) {nodes[link.target]}"
                for link in task.links
            )
        case Function():
            return " · ".join(f"{task.called(e)} = {e.gives}" for e in task.examples)
        case Explain():
            return " · ".join(f"({line.points}) {line.text[lang]}" for line in task.rubric)
    raise ExerciseError(f"{task.id}: nobody knows before the run")


def _declared(table: Mapping[str, Any]) -> AnyExercise | list[str]:
    if str(kind := table.get("kind")) not in KINDS:
        return [f"kind = {kind!r}: allowed is {', '.join(KINDS)}"]
    try:
        task = convert(table, KINDS[kind])
    except ValidationError:
        return type_mistakes(KINDS[kind], dict(table))
    return [*task.wiring(), *_own(table)] or task


def _own(raw: object) -> Iterator[str]:
    """A sentence for each place of a counter-example that no run can fill."""
    if isinstance(raw, Mapping):
        places = PLACE.findall(str(raw.get("own", "")))
        yield from (f"own: {{{name}}}: no run has this" for name in places if name not in NAMES)
        raw = list(raw.values())
    if isinstance(raw, list):
        yield from (mistake for part in raw for mistake in _own(part))


def _twin(task: AnyExercise, ids: list[str]) -> Iterator[str]:
    if task.twin == task.id:
        yield f"twin = {task.twin!r}: is itself"
    elif task.twin is not None:
        yield from unknown("twin", task.twin, ids)
