"""The notebooks as they were given out, and what each of them asks of a student."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from crmsim.common.files import sha256_of
from crmsim.common.words import LANGUAGES
from crmsim.course import lessons as published
from crmsim.exercises.variants import seed_of
from crmsim.grading.reading.code_names import parsed

ValueKind = Literal["answer", "came", "own"]

OWN_RUN = "__import__('crmsim.exercises.run_values', fromlist=['values']).values({})"


@dataclass(frozen=True)
class Ask:
    """A value to ask for once a cell has run: an answer, what came, or values of her own run."""

    exercise: str
    wanted: ValueKind
    expression: str


@dataclass(frozen=True)
class ReleasedCell:
    """A code cell; where ``open`` is true the student writes in it."""

    id: str
    source: str
    open: bool = False
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class ReleasedLesson:
    """The code of a lesson in one language, and the exercises that it asks and marks."""

    number: str
    lang: str
    cells: tuple[ReleasedCell, ...]
    predicted: tuple[str, ...]
    checked: tuple[str, ...]
    sha256: str

    @cached_property
    def plays(self) -> tuple[tuple[str, int | str | None], ...]:
        """Each case that is played, with its seed, the name of the student's own seed, or None."""
        bound: dict[str, int | str | None] = {}
        played = []
        for cell in self.cells:
            for node in ast.walk(_parsed(cell.source)):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    bound[node.targets[0].id] = _luck(node.value, bound)
                elif _calls(node, "play") and node.args and _text(node.args[0]):
                    luck = _argument(node, 1, "seed")
                    seed = 0 if luck is None else _luck(luck, bound)
                    played.append((_text(node.args[0]), seed))
        return tuple(dict.fromkeys(played))


@cache
def released_lessons(lang: str = "en") -> Mapping[str, ReleasedLesson]:
    """Return every lesson that was given out in a language, by its number.

    Returns
    -------
    mapping
        Of numbers such as ``"01"`` to lessons.

    Examples
    --------
    >>> lesson = released_lessons("en")["10"]
    >>> [ask.expression for cell in lesson.cells for ask in cell.asks if ask.wanted == "answer"]
    ['minutes']
    """
    asked = {lesson.number: lesson for lesson in published.lessons(lang)}
    found = {}
    for path in published.released(lang):
        if told := asked.get(path.name[:2]):
            data = path.read_bytes()
            raw = json.loads(data)["cells"]
            cells = tuple(_cell(cell) for cell in raw if cell["cell_type"] == "code")
            sha256 = sha256_of(data)
            found[told.number] = ReleasedLesson(
                told.number, lang, cells, told.predicted, told.checked, sha256
            )
    return found


def digest() -> str:
    """One hash for everything that was given out."""
    each = [
        f"{lang}{n}{one.sha256}" for lang in LANGUAGES for n, one in released_lessons(lang).items()
    ]
    return sha256_of("".join(each))[:16]


def own_seeds(number: str | None) -> dict[str, int]:
    """Return the student's own seeds that the lessons play with, by their name.

    Parameters
    ----------
    number
        The student number; None: nobody's.

    Returns
    -------
    dict of int
        Seeds by name.
    """
    names = {seed for lesson in released_lessons().values() for _, seed in lesson.plays}
    return {name: seed_of(number, name) for name in sorted(filter(_is_name, names))}


def asked_in(source: str) -> list[str]:
    """List the exercises that code names, even if it can't be parsed.

    Examples
    --------
    >>> asked_in('check("10-minutes", minutes')
    ['10-minutes']
    """
    return re.findall(r"""\b(?:check|predict)\(\s*["'](\d\d-[\w-]{1,60})["']""", source)


def given_to_check(source: str, exercise: str) -> str | None:
    """Return the expression that code gives to ``check`` as the answer of an exercise, if any.

    Parameters
    ----------
    source
        The code of a cell.
    exercise
        The id of the exercise.

    Examples
    --------
    >>> given_to_check('check("10-minutes", total / 60)', "10-minutes")
    'total / 60'
    """
    tree = parsed(source)
    calls = [node for node in ast.walk(tree) if _calls(node, "check")] if tree else []
    try:
        asks = [ask for call in calls for ask in _asks(call)]  # type: ignore[arg-type]
    except RecursionError:  # an expression nested deeper than anybody writes one
        return None
    mine = [a.expression for a in asks if (a.exercise, a.wanted) == (exercise, "answer")]
    return mine[-1] if mine else None


def _is_name(seed: object) -> bool:
    return isinstance(seed, str)


def _cell(raw: Mapping[str, object]) -> ReleasedCell:
    source = raw["source"]
    text = source if isinstance(source, str) else "".join(source)  # type: ignore[arg-type]
    asks = tuple(ask for call in _called(text, "check") for ask in _asks(call))
    return ReleasedCell(str(raw["id"]), text, _has_blank(text), asks)


def _asks(call: ast.Call) -> Iterator[Ask]:
    exercise = _text(call.args[0]) if call.args else None
    if exercise is None:
        return
    if (answer := _argument(call, 1, "answer")) is not None:
        yield Ask(exercise, "answer", ast.unparse(answer))
    if (came := _argument(call, 2, "came")) is not None:
        yield Ask(exercise, "came", ast.unparse(came))
    if (run := _argument(call, None, "run")) is not None:
        yield Ask(exercise, "own", OWN_RUN.format(ast.unparse(run)))


def _has_blank(source: str) -> bool:
    """Return True if a blank is left for the student: ``...`` alone or assigned."""
    places = (
        node.value
        for node in ast.walk(_parsed(source))
        if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return)
    )
    return any(isinstance(place, ast.Constant) and place.value is ... for place in places)


def _called(source: str, function: str) -> list[ast.Call]:
    return [node for node in ast.walk(_parsed(source)) if _calls(node, function)]  # type: ignore[misc]


def _calls(node: ast.AST, function: str) -> bool:
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return named and node.func.id == function  # type: ignore[attr-defined]


def _argument(call: ast.Call, place: int | None, name: str) -> ast.expr | None:
    by_name = (word.value for word in call.keywords if word.arg == name)
    by_place = call.args[place] if place is not None and place < len(call.args) else None
    return next(by_name, by_place)


def _luck(node: ast.expr, bound: Mapping[str, int | str | None]) -> int | str | None:
    """Return a seed that is written down, or the name of a student's own seed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name):
        return bound.get(node.id)
    return _text(node.args[0]) if _calls(node, "seed") and node.args else None  # type: ignore[attr-defined]


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)
