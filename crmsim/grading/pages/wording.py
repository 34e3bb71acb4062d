"""What was asked, what was answered, and what to say about it, in one language.

Answers come from outside: whatever one holds, it is told as plain text, never as anything else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from crmsim.common.errors import CrmsimError
from crmsim.common.text import plain
from crmsim.common.words import dictionary, words
from crmsim.exercises.declared import AnyExercise, exercise, solution
from crmsim.grading.marks.marks import Line
from crmsim.grading.result import Flag, Item, Problem

MOST = 600
Words = Callable[..., str]


@dataclass(frozen=True)
class Part:
    """One part of an answer: a row, a link, a try of a function."""

    asked: str
    said: str
    right: bool | None
    because: str = ""
    misconception: str = ""


@dataclass(frozen=True)
class Told:
    """One exercise as a student, or whoever grades her, reads about it."""

    id: str
    kind: str
    question: str
    said: str
    parts: tuple[Part, ...]
    business: str = ""
    hint: str = ""
    solution: str = ""
    came: str = ""
    gap: str = ""
    note: str = ""


def told(line: Line, lang: str, reveal: str = "reasons") -> Told:
    """One exercise, its answer and its reasons, as far as they may be told."""
    item = line.item
    task = task_of(item)
    if task is None:
        return Told(item.exercise, "", item.exercise, said(None, item.answer, lang), ())
    why = reveal != "points"
    missed = item.verdict not in ("right", "predicted", "waiting")
    return Told(
        item.exercise,
        task.kind,
        task.question[lang],
        said(task, item.answer, lang),
        tuple(_parts(task, item, lang, why)),
        business=task.business[lang] if why else "",
        hint=task.hints[0][lang] if task.hints and missed and why else "",
        solution=_solution(task, lang) if reveal == "answers" and missed else "",
        came=said(task, item.came, lang) if item.came is not None else "",
        gap=gap_words(item.gap, lang),
        note=_note(item, lang),
    )


def task_of(item: Item) -> AnyExercise | None:
    """The exercise as this student was asked it; None where it is declared no more."""
    try:
        task = exercise(item.exercise)
    except CrmsimError:
        return None
    varied = getattr(task, "variants", ())
    return task.variant(item.variant) if item.variant in range(len(varied)) else task


def said(task: AnyExercise | None, answer: Any, lang: str) -> str:
    """An answer in one line.

    Examples
    --------
    >>> said(exercise("00-fruit"), "same", "en"), said(None, {"a": 1}, "en")
    ('She is as delighted as the first time', '{"a": 1}')
    """
    t = words(lang)
    if answer is None:
        return ""
    kind = getattr(task, "kind", "")
    if kind == "choose":
        return _names(task.options, lang).get(_text(answer), _text(answer))  # type: ignore[union-attr]
    if kind == "number" and isinstance(answer, int | float) and not isinstance(answer, bool):
        return f"{_number(answer)}{task.unit[lang]}"  # type: ignore[union-attr]
    if kind == "match" and isinstance(answer, Mapping):
        rows, options = _names(task.rows, lang), _names(task.options, lang)  # type: ignore[union-attr]
        both = (
            (rows.get(_text(r), _text(r)), options.get(_text(o), "—")) for r, o in answer.items()
        )
        return _joined((f"{row}: {option}" for row, option in both), t("gradebook.semicolon"))
    if kind == "order" and isinstance(answer, Sequence):
        rows = _names(task.rows, lang)  # type: ignore[union-attr]
        return _joined((rows.get(_text(row), _text(row)) for row in answer), " → ")
    if kind == "loop" and isinstance(answer, Sequence):
        return _joined((_link(task, link, lang) for link in answer), t("gradebook.semicolon"))
    if kind == "draw" and isinstance(answer, Sequence) and not isinstance(answer, str):
        return _joined((_number(value) for value in answer), " · ")
    return _text(answer)


def gap_words(gap: str, lang: str) -> str:
    """How far off a prediction was."""
    known = (f"lesson.gap.{gap}", f"lesson.curve.{gap}")
    key = next((key for key in known if key in dictionary()), None)
    return words(lang)(key) if key else ""


def sentence(group: str, kind: str, args: Mapping[str, Any], lang: str) -> str:
    """The words of a problem, flag or note; where there are none, its plain name.

    Examples
    --------
    >>> sentence("grade.flag", "nothing-of-that-name", {}, "en")
    'nothing-of-that-name'
    """
    for key in (f"grade.{group}.{kind}", f"gradebook.{group}.{kind}"):
        if key in dictionary():
            named = {name for _, name, *_ in Formatter().parse(dictionary()[key][lang]) if name}
            return words(lang)(key, **{name: _text(args.get(name, "…")) for name in named})
    return plain(kind)


def problem_words(problem: Problem, lang: str) -> str:
    """What to tell a student that happened."""
    return sentence("problem", problem.kind, {"place": problem.place} | dict(problem.args), lang)


def flag_words(flag: Flag, lang: str) -> str:
    """What to tell a grader to look at."""
    return sentence("flag", flag.kind, {"place": flag.place} | dict(flag.args), lang)


def _parts(task: AnyExercise, item: Item, lang: str, why: bool) -> list[Part]:
    options = _names(getattr(task, "options", ()), lang)
    answer = item.answer if isinstance(item.answer, Mapping) else {}
    parts = []
    for found in item.findings:
        place, right = _text(found.get("place", "")), bool(found.get("right"))
        chosen = options.get(_text(answer.get(place, "")), "—") if task.kind == "match" else ""
        because = _both(found.get("because"), lang) if why and not right else ""
        idea = _both(found.get("misconception"), lang) if why else ""
        parts.append(Part(_asked(task, place, lang), chosen, right, because, idea))
    return parts


def _asked(task: AnyExercise, place: str, lang: str) -> str:
    """What a part of an answer is about."""
    if task.kind == "loop":
        return _link(task, place, lang)
    if task.kind in ("choose", "number"):
        return ""
    return _names(getattr(task, "rows", ()), lang).get(place, plain(place))


def _both(text: Any, lang: str) -> str:
    return str(text.get(lang) or "") if isinstance(text, Mapping) else ""


def _solution(task: AnyExercise, lang: str) -> str:
    """The right answer, where it can be said in a line."""
    if task.prediction or task.kind in ("explain", "function"):
        return ""
    line = solution(task, lang).replace("**", "")
    return line.removeprefix(task.question[lang]).strip().removeprefix("→").strip()


def _note(item: Item, lang: str) -> str:
    return sentence("note", item.note, item.note_args, lang) if item.note else ""


def _names(parts: Sequence[Any], lang: str) -> dict[str, str]:
    return {part.id: part.text[lang] for part in parts}


def _link(task: AnyExercise, link: Any, lang: str) -> str:
    """A link of a diagram, as ``["a", "+", "b"]`` or as ``"a→b"``."""
    nodes = _names(task.nodes, lang)  # type: ignore[union-attr]
    if isinstance(link, str):
        ends = link.split("→")
        return " → ".join(nodes.get(end, plain(end)) for end in ends)
    if not isinstance(link, Sequence) or len(link) != 3:
        return _text(link)
    source, sign, target = map(_text, link)
    return f"{nodes.get(source, source)} →({sign.replace('-', '−')}) {nodes.get(target, target)}"


def _number(value: Any) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return _text(value)
    try:
        return f"{round(value, 2):,.10g}".replace("-", "−")
    except OverflowError:
        return _text(value)


def _joined(parts: Any, between: str) -> str:
    return plain(between.join(parts), MOST * 4)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return plain(value, MOST, lines=True)
    try:
        return plain(json.dumps(value, ensure_ascii=False), MOST)
    except (TypeError, ValueError, RecursionError):
        return plain(type(value).__name__)
