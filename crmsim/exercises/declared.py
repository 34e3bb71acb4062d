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

from msgspec import ValidationError

from crmsim.common.conversion import convert
from crmsim.common.words import data_path
from crmsim.exercises.exercise import Exercise, ExerciseError, Varied
from crmsim.exercises.kinds import KINDS
from crmsim.exercises.parts import PLACE, unknown
from crmsim.exercises.run_values import NAMES
from crmsim.exercises.variants import variant_of
from crmsim.scenario.mistakes import type_mistakes
from crmsim.scenario.parts import Part
from crmsim.scenario.wiring import listed, repeated_ids


class _File(Part):
    exercises: tuple[dict[str, Any], ...]


def exercise(exercise_id: str, number: str | None = None) -> Exercise:
    """Return the declared exercise of that id, in the version that belongs to a student number.

    Parameters
    ----------
    exercise_id
        The id of the exercise.
    number
        The student number; None: nobody's.

    Raises
    ------
    ExerciseError
        If there is no such exercise, or its file has mistakes.

    Examples
    --------
    >>> exercise("10-stages").kind
    'match'
    """
    whole = declared_exercise(exercise_id)
    if not isinstance(whole, Varied):
        return whole
    return whole.variant(variant_of(number, exercise_id, len(whole.variants)))


def declared_exercise(exercise_id: str) -> Exercise:
    """Return the declared exercise of that id, with all its variants.

    Raises
    ------
    ExerciseError
        If there is no such exercise, or its file has mistakes.
    """
    lesson = exercise_id.split("-")[0]
    tasks = {name: task for path in _files(lesson) for name, task in read_exercises(path).items()}
    if exercise_id not in tasks:
        raise ExerciseError(
            f"{exercise_id!r}: is not an exercise; those of lesson {lesson} are: {', '.join(tasks)}"
        )
    return tasks[exercise_id]


def every_exercise() -> tuple[Exercise, ...]:
    """Return every declared exercise.

    Returns
    -------
    tuple of Exercise
        With all their variants, in the order of the lessons.

    Raises
    ------
    ExerciseError
        If a file has mistakes.

    Examples
    --------
    >>> every_exercise()[0].id
    '00-same-room'
    """
    return tuple(task for path in _files() for task in read_exercises(path).values())


@cache
def _files(lesson: str = "") -> tuple[Path, ...]:
    """Return the files of exercises, all or those of one lesson: ``10.toml``, ``10-….toml``."""
    files = sorted(data_path("exercises").glob("*.toml"))
    return tuple(path for path in files if lesson in ("", path.stem.split("-")[0]))


@cache
def read_exercises(path: Path) -> dict[str, Exercise]:
    """Read every exercise of a file, by its id.

    Parameters
    ----------
    path
        A file of TOML.

    Returns
    -------
    dict of Exercise
        By id, in the order of the file.

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
    mistakes, tasks = list(repeated_ids(ids, "exercises")), {}
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


def _declared(table: Mapping[str, Any]) -> Exercise | list[str]:
    """Return the exercise of a table, or its mistakes."""
    if str(kind := table.get("kind")) not in KINDS:
        return [f"kind = {kind!r}: must be one of {', '.join(KINDS)}"]
    try:
        task = convert(table, KINDS[kind])
    except ValidationError:
        return type_mistakes(KINDS[kind], dict(table))
    return [*task.wiring(), *_own(table)] or task


def _own(raw: object) -> Iterator[str]:
    """Find the places of counter-examples that no run can fill."""
    if isinstance(raw, Mapping):
        places = PLACE.findall(str(raw.get("own", "")))
        yield from (f"own: {{{name}}}: no run has this" for name in places if name not in NAMES)
        raw = list(raw.values())
    if isinstance(raw, list):
        yield from (mistake for part in raw for mistake in _own(part))


def _twin(task: Exercise, ids: list[str]) -> Iterator[str]:
    """Find a twin that is the exercise itself, or is not there."""
    if task.twin == task.id:
        yield f"twin = {task.twin!r}: must be another exercise"
    elif task.twin is not None:
        yield from unknown("twin", task.twin, ids)
