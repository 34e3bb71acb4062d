"""The page from which a student learns what her answers are worth, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup

from crmsim.common.numbers import exact
from crmsim.common.text import plain
from crmsim.common.words import language, words
from crmsim.grading.marks.marks import Grade, GradeLine
from crmsim.grading.marks.overrides import LATE, TOTAL, WHOLE
from crmsim.grading.marks.requests import RegradeRequest
from crmsim.grading.options import Options
from crmsim.grading.pages.charts import meter, two_curves
from crmsim.grading.pages.gains import told_of_student
from crmsim.grading.pages.pages import lesson_title, page
from crmsim.grading.pages.plays import case_title, ended
from crmsim.grading.pages.wording import Told, gap_words, problem_words, task_of, told_of_exercise
from crmsim.grading.result import Item, Result

SURE = 0.8
"""The share of a lesson's points from which it is called sure ground."""

FORESEEN = "right"
POINTERS = 3
MOST_PLAYS = 8


def feedback(
    grade: Grade,
    options: Options,
    default_lang: str = "en",
    requests: Sequence[RegradeRequest] = (),
) -> str:
    """Build the page of one student, in the language of what she handed in.

    Parameters
    ----------
    grade
        Her mark and all it rests on.
    options
        What the grader set.
    default_lang
        The language where nothing that she handed in could be read.
    requests
        Her requests to look again, with the replies.
    """
    lang = spoken(grade.result, default_lang)
    result = grade.result
    lines = [(line, told_of_exercise(line, lang, options.reveal)) for line in grade.lines]
    shown = {
        "grade": grade,
        "title": options.title,
        "name": plain(grade.name or grade.key),
        "number": plain(result.student) if result and result.student else "",
        "meter": meter(_share(grade), f"{exact(grade.points)}/{exact(grade.out_of)}"),
        "late_set": LATE in grade.whole,
        "total_set": TOTAL in grade.whole,
        "comments": [made.comment for made in grade.whole.values() if made.comment],
        "pointers": pointers(lines, lang) if options.reveal != "points" else [],
        "problems": _problems(result, lang),
        "lessons": [_lesson(name, lines, lang) for name in _lessons(grade)],
        "gain": told_of_student(grade, lang) if options.reveal != "points" else None,
        "requests": {each.exercise: each for each in requests},
        "of_the_whole": [each for each in requests if each.exercise in WHOLE],
        "plays": _plays(result, lang),
        "version": result.versions.get("crmsim", "") if result else "",
        "sha": result.sha256[:16] if result else "",
    }
    return page("feedback", lang, shown)


def spoken(result: Result | None, default: str) -> str:
    """Return the language of what was handed in."""
    return language(result.lang) if result and result.items else language(default)


def pointers(lines: Sequence[tuple[GradeLine, Told]], lang: str) -> list[str]:
    """Return up to three points to take from the page: sure ground, a mistake, a surprise."""
    t = words(lang)
    marked = [(line, each) for line, each in lines if line.out_of and not line.waits]
    predicted = [(line.item, each) for line, each in lines if line.item.gap not in ("", "none")]
    said = [*_missed(marked, t), *_surprised(predicted, t), *_sure(marked, lang, t)]
    return said[:POINTERS]


def _missed(marked: Sequence[tuple[GradeLine, Told]], t: Any) -> Iterator[str]:
    """Yield the dearest mistake, the idea that came back, and what was left blank."""
    lost = [(line.out_of - line.points, line, each) for line, each in marked]
    wrong = [found for found in lost if found[0] > 0 and found[1].item.verdict != "blank"]
    blank = [each for _, line, each in lost if line.item.verdict == "blank"]
    if marked and not wrong and not blank:
        yield t("gradebook.pointer.all_right", question=marked[-1][1].question)
    if wrong:
        points, _, each = max(wrong, key=lambda found: found[0])
        yield t("gradebook.pointer.next", question=each.question, lost=exact(points))
    ideas = Counter(p.misconception for _, _, each in wrong for p in each.parts if p.misconception)
    for idea, times in ideas.most_common(1):
        if times > 1:
            yield t("gradebook.pointer.misconception", idea=idea)
    if len(blank) == 1:
        yield t("gradebook.pointer.blank_one", question=blank[0].question)
    elif blank:
        yield t("gradebook.pointer.blank", count=len(blank))


def _surprised(predicted: Sequence[tuple[Item, Told]], t: Any) -> Iterator[str]:
    if not predicted:
        return
    off = [each for item, each in predicted if item.gap != FORESEEN]
    counts = {"count": len(predicted), "right": len(predicted) - len(off)}
    one = "_one" if len(predicted) == 1 else ""
    if off:
        yield t(f"gradebook.pointer.surprise{one}", question=off[0].question, **counts)
    else:
        yield t(f"gradebook.pointer.foreseen{one}", **counts)


def _sure(marked: Sequence[tuple[GradeLine, Told]], lang: str, t: Any) -> Iterator[str]:
    """Yield the lesson that went best, if it went well and not all of them went as well."""
    sums: dict[str, list[float]] = {}
    for line, _ in marked:
        both = sums.setdefault(line.item.lesson, [0.0, 0.0])
        both[0] += line.points
        both[1] += line.out_of
    if not sums:
        return
    best, (points, out_of) = max(sums.items(), key=lambda pair: pair[1][0] / pair[1][1])
    if out_of and points / out_of >= SURE:
        of = t("gradebook.points_of", points=exact(points), out_of=exact(out_of))
        yield t("gradebook.pointer.strong", lesson=lesson_title(best, lang), points=of)


def _lesson(name: str, lines: Sequence[tuple[GradeLine, Told]], lang: str) -> dict[str, Any]:
    mine = [(line, each) for line, each in lines if line.item.lesson == name]
    unmarked = [line for line, _ in mine if _unmarked(line)]
    kept = [(line, each) for line, each in mine if not _prediction(line) and not _unmarked(line)]
    return {
        "unmarked": len(unmarked),
        "after": any(task.parallel for line in unmarked if (task := task_of(line.item))),
        "unmarked_answered": sum(line.item.answer is not None for line in unmarked),
        "title": lesson_title(name, lang),
        "points": round(sum(line.points for line, _ in mine), 2),
        "out_of": round(sum(line.out_of for line, _ in mine), 2),
        "questions": [_question(line, each, lang) for line, each in kept],
        "predictions": [
            {"told": each, "gap": gap_words(line.item.gap, lang), "curve": _curve(line.item, lang)}
            for line, each in mine
            if _prediction(line)
        ],
    }


def _plays(result: Result | None, lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each case that was played to its end, and how the last play of it ended."""
    last = {(run.scenario, run.persona, run.seat): run for run in (result.runs if result else ())}
    shown = [(case_title(run.scenario, lang), ended(run, lang)) for run in last.values()]
    return [(title, facts) for title, facts in shown if facts][:MOST_PLAYS]


def _prediction(line: GradeLine) -> bool:
    task = task_of(line.item)
    return line.item.verdict == "predicted" or bool(task and task.prediction)


def _unmarked(line: GradeLine) -> bool:
    """Say whether it is a question of the test before the course, or of the one after it."""
    return not line.out_of and not line.item.needs_person and not _prediction(line)


def _rubric(line: GradeLine, lang: str) -> list[tuple[str, float, float]]:
    """Return each line of a rubric that a person marked by, with its points and their most."""
    task = task_of(line.item)
    given = line.decision.by_line if line.decision else ()
    lines = getattr(task, "rubric", ())
    pairs = zip(lines, given, strict=False)
    return [(each.text[lang], points, each.points) for each, points in pairs]


def _question(line: GradeLine, each: Told, lang: str) -> dict[str, Any]:
    verdict = "read" if line.item.needs_person and line.decision else line.item.verdict
    return {
        "line": line,
        "told": each,
        "verdict": verdict,
        "rubric": _rubric(line, lang),
        "ideas": [part for part in each.parts if part.misconception],
        "rows": [part for part in each.parts if part.asked],
    }


def _curve(item: Item, lang: str) -> Markup | str:
    """Draw a predicted curve and the outcome, if both are curves."""
    said, came = item.answer, item.came
    courses = [
        values
        for values in (said, came)
        if isinstance(values, Sequence)
        and not isinstance(values, str)
        and len(values) > 1
        and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    ]
    if len(courses) < 2:
        return ""
    return two_curves(courses[0], courses[1], words(lang)("gradebook.feedback.curve"))


def _problems(result: Result | None, lang: str) -> list[str]:
    if result is None:
        return [words(lang)("gradebook.nothing")]
    return [problem_words(problem, lang) for problem in result.problems]


def _lessons(grade: Grade) -> list[str]:
    return list(dict.fromkeys(line.item.lesson for line in grade.lines))


def _share(grade: Grade) -> float:
    return grade.points / grade.out_of if grade.out_of else 0.0
