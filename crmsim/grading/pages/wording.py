"""Words for questions, answers and comments, in one language.

Answers come from outside: whatever one holds, it is told as plain text, never as anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from crmsim.common.errors import CrmsimError
from crmsim.common.text import plain, value_as_text
from crmsim.common.words import dictionary, words
from crmsim.course.python_errors import Meaning, meaning
from crmsim.exercises.declared import declared_exercise
from crmsim.exercises.exercise import Exercise
from crmsim.grading.marks.marks import GradeLine
from crmsim.grading.result import Flag, Item, Problem


@dataclass(frozen=True)
class AnswerPart:
    """One part of an answer: a row, a link, a try of a function."""

    asked: str
    said: str
    right: bool | None
    because: str = ""
    misconception: str = ""
    place: str = ""


@dataclass(frozen=True)
class Told:
    """One exercise as a student, or whoever grades her, reads about it."""

    id: str
    question: str
    said: str
    parts: tuple[AnswerPart, ...]
    business: str = ""
    hint: str = ""
    solution: str = ""
    came: str = ""
    gap: str = ""
    note: str = ""
    missing: int = 0


def told_of_exercise(line: GradeLine, lang: str, reveal: str = "reasons") -> Told:
    """One exercise, its answer and its reasons, as far as they may be told."""
    item = line.item
    task = task_of(item)
    if task is None:
        return Told(item.exercise, item.exercise, answer_line(None, item.answer, lang), ())
    why = reveal != "points"
    missed = item.verdict not in ("right", "predicted", "waiting")
    own = _parts(task, item, lang, why)
    places = task.own_places(item.answer)
    if places is not None:
        at = {value_as_text(place): number for number, place in enumerate(places)}
        named = [each for each in own if each.place in at]
        own = sorted(named, key=lambda each: at[each.place])
    return Told(
        item.exercise,
        task.question[lang],
        answer_line(task, item.answer, lang),
        tuple(_parts(task, item, lang, why)) if reveal == "answers" else tuple(own),
        business=task.business[lang] if why and task.business else "",
        hint=task.hints[0][lang] if task.hints and missed and why else "",
        solution=task.short_solution(lang) if reveal == "answers" and missed else "",
        came=answer_line(task, item.came, lang) if item.came is not None else "",
        gap=gap_words(item.gap, lang),
        note=_note(item, lang),
        missing=len(item.findings) - len(own) if reveal != "answers" else 0,
    )


def task_of(item: Item) -> Exercise | None:
    """Return the exercise in this student's version, or None if it is no longer declared.

    Parameters
    ----------
    item
        What was found about one exercise.
    """
    try:
        task = declared_exercise(item.exercise)
    except CrmsimError:
        return None
    varied = getattr(task, "variants", ())
    if not varied:
        return task
    return task.variant(item.variant if item.variant in range(len(varied)) else 0)


def answer_line(task: Exercise | None, answer: Any, lang: str) -> str:
    """Put an answer into one line of plain text.

    Examples
    --------
    >>> answer_line(declared_exercise("00-fruit"), "same", "en"), answer_line(None, {"a": 1}, "en")
    ('She is as delighted as the first time', '{"a": 1}')
    """
    if answer is None:
        return ""
    return value_as_text(answer) if task is None else task.said(answer, lang)


def gap_words(gap: str, lang: str) -> str:
    """Return the words for how far off a prediction was."""
    known = (f"lesson.gap.{gap}", f"lesson.curve.{gap}")
    key = next((key for key in known if key in dictionary()), None)
    return words(lang)(key) if key else ""


def sentence(group: str, kind: str, args: Mapping[str, Any], lang: str) -> str:
    """Put a problem, flag or note into words; if there are none, return its plain name.

    Parameters
    ----------
    group
        ``"problem"``, ``"flag"``, ``"note"`` or ``"limit"``.
    kind
        The name of it in the words.
    args
        What fills the places of the sentence, by name.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> sentence("grade.flag", "nothing-of-that-name", {}, "en")
    'nothing-of-that-name'
    """
    for key in (f"grade.{group}.{kind}", f"gradebook.{group}.{kind}"):
        if key in dictionary():
            named = {name for _, name, *_ in Formatter().parse(dictionary()[key][lang]) if name}
            return words(lang)(key, **{name: value_as_text(args.get(name, "…")) for name in named})
    return plain(kind)


def problem_words(problem: Problem, lang: str) -> str:
    """Return the sentence of a problem for the student.

    Parameters
    ----------
    problem
        What went wrong, and where.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    args = {"place": problem.place} | _with_meaning(problem.args, lang)
    return sentence("problem", problem.kind, args, lang)


def _with_meaning(args: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Add to the name and the words of an error what it means, in a sentence."""
    if "error" not in args:
        return dict(args)
    error, said = value_as_text(args["error"]), value_as_text(args.get("said", ""))
    found = args.get("means")
    means = Meaning(**found) if found else meaning(error, said, from_top=True)
    places = {name: value_as_text(value) for name, value in means.places.items()}
    evidence = f"{error}: {said}".removesuffix(": ")
    return {**args, "meaning": means._replace(places=places).said(lang), "evidence": evidence}


def flag_words(flag: Flag, lang: str) -> str:
    """Return the sentence of a flag for the grader."""
    return sentence("flag", flag.kind, {"place": flag.place} | dict(flag.args), lang)


def _parts(task: Exercise, item: Item, lang: str, why: bool) -> list[AnswerPart]:
    parts = []
    for found in item.findings:
        place, right = value_as_text(found.get("place", "")), bool(found.get("right"))
        because = _both(found.get("because"), lang) if why and not right else ""
        idea = _both(found.get("misconception"), lang) if why else ""
        chosen = task.chosen(item.answer, place, lang)
        parts.append(AnswerPart(task.asked(place, lang), chosen, right, because, idea, place))
    return parts


def _both(text: Any, lang: str) -> str:
    return str(text.get(lang) or "") if isinstance(text, Mapping) else ""


def _note(item: Item, lang: str) -> str:
    if not item.note:
        return ""
    return sentence("note", item.note, _with_meaning(item.note_args, lang), lang)
