"""The lessons as they were given out: what each of them is called, asks, and lets one play."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crmsim.common.words import data_path, language

if TYPE_CHECKING:
    from crmsim.exercises.exercise import Exercise

NUMBERED = re.compile(r"^(\d\d)-.*\.ipynb$")
_HEADING = re.compile(r"^# (.+?)\s*(?:[:：].*)?$", re.M)


@dataclass(frozen=True)
class Lesson:
    """A lesson in one language: the ids of what it asks, and of the cases that are played."""

    number: str
    title: str
    predicted: tuple[str, ...]
    checked: tuple[str, ...]
    played: tuple[str, ...]
    coded: tuple[tuple[str, str], ...] = ()
    """Each exercise that is answered by code, and the name that its answer has there."""
    file: str = ""
    """The name of its notebook, beside those of the other lessons in its language."""

    @property
    def counted(self) -> list[tuple[Exercise, ...]]:
        """The exercises that are marked, each together with its twin."""
        from crmsim.exercises.declared import declared_exercise

        tasks = [declared_exercise(name) for name in self.checked]
        twins = {task.twin for task in tasks}
        alone = [task for task in tasks if task.id not in twins]
        return [(task, declared_exercise(task.twin)) if task.twin else (task,) for task in alone]


def released(lang: str) -> list[Path]:
    """Return the released student notebooks of one language.

    Returns
    -------
    list of Path
        In the order of the lessons.
    """
    return sorted((data_path().parent / "notebooks" / language(lang)).glob("*.ipynb"))


@cache
def lessons(lang: str = "en") -> tuple[Lesson, ...]:
    """Return every lesson in a language, in their order.

    Returns
    -------
    tuple of Lesson
        Of the notebooks that are there.

    Examples
    --------
    >>> first = lessons("en")[0]
    >>> first.number, first.title, first.played
    ('00', 'Start here', ('showroom',))
    """
    return tuple(_lesson(path) for path in released(lang) if NUMBERED.match(path.name))


def _lesson(path: Path) -> Lesson:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    prose = (_text(cell) for cell in cells if cell["cell_type"] == "markdown")
    heading = next(filter(None, map(_HEADING.search, prose)), None)
    calls = [call for cell in cells if cell["cell_type"] == "code" for call in _calls(_text(cell))]
    marked = [call for call in calls if call.func.id == "check" and not _has_came(call)]
    asked = (call for call in calls if call.func.id == "predict")
    plays = (call for call in calls if call.func.id == "play")
    return Lesson(
        path.name[:2],
        heading[1] if heading else path.stem,
        tuple(dict.fromkeys(name for call in asked for name in _names(call.args))),
        tuple(dict.fromkeys(name for call in marked for name in _names(call.args[:1]))),
        tuple(dict.fromkeys(name for call in plays for name in _names(call.args[:1]))),
        tuple(
            (name, call.args[1].id)
            for call in marked
            for name in _names(call.args[:1])
            if len(call.args) == 2 and isinstance(call.args[1], ast.Name)
        ),
        path.name,
    )


def _text(cell: dict[str, object]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)  # type: ignore[arg-type]


def _calls(source: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node


def _has_came(call: ast.Call) -> bool:
    return len(call.args) > 2 or any(word.arg == "came" for word in call.keywords)


def _names(arguments: list[ast.expr]) -> Iterator[str]:
    for each in arguments:
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
