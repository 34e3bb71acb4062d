"""The page of the grader, the page to show the class, and the answers that wait to be read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup, escape

from crmsim.common.numbers import brief, exact, number, percent, round_values
from crmsim.common.text import file_name, joined, plain
from crmsim.common.words import words
from crmsim.grading.marks.changes import PointChange
from crmsim.grading.marks.comments import CommentBank
from crmsim.grading.marks.gradebook import by_hand
from crmsim.grading.marks.likeness import Alike, Thing
from crmsim.grading.marks.marks import Grade, GradeLine
from crmsim.grading.marks.queue import WaitingAnswer, pages
from crmsim.grading.marks.requests import RegradeRequest
from crmsim.grading.pages import classwide
from crmsim.grading.pages.charts import histogram, meter
from crmsim.grading.pages.gains import told_of_class
from crmsim.grading.pages.pages import lesson_title, page
from crmsim.grading.pages.plays import case_title, deed, ended, measured
from crmsim.grading.pages.stories import coded_stories
from crmsim.grading.pages.wording import (
    answer_line,
    flag_words,
    gap_words,
    problem_words,
    sentence,
    task_of,
)
from crmsim.grading.result import Flag, Item, Played

LEAST_SHOWN = 5
"""Fewer plays or predictions than this could be told to be one person's."""

BINS = 20
MOST_STEPS = 6
MOST_SHARED = 12
MOST_SIGNS = 200
"""Characters of something that two hand-ins share: enough to see what it is."""
MOST_PLAYS, MOST_LOOKED_AT = 40, 60
NOT_HARD = 0.9
MOST_QUESTIONS = 20
"""Questions of the report that are seen at once; the others are folded."""
UNUSUAL = "unusual-code"


@dataclass(frozen=True)
class ClassResults:
    """Everything that the pages about a class are made of."""

    title: str
    grades: Sequence[Grade]
    waiting: Sequence[WaitingAnswer]
    mistakes: Sequence[str]
    limits: Sequence[str]
    versions: Mapping[str, str]
    alike: Sequence[Alike] = ()
    requests: Sequence[RegradeRequest] = ()
    changes: Sequence[PointChange] = ()


def report(found: ClassResults, lang: str, changed: bool = False) -> str:
    """Build the page of the grader.

    Parameters
    ----------
    found
        Everything about the class.
    lang
        The language of the page.
    changed
        Whether there is a page of changes to go to.
    """
    grades = found.grades
    graded = [line for grade in grades[:1] for line in grade.lines if line.out_of]
    lessons = list(dict.fromkeys(line.item.lesson for line in graded))
    shares = classwide.shares(grades)
    low, median, high = classwide.quartiles(shares)
    unread = [g for g in grades if g.result and not g.graded]
    shown = {
        "found": found,
        "students": len(grades),
        "submissions": sum(1 + len(g.earlier) for g in grades if g.result),
        "mean": percent(sum(shares) / len(shares) / 100) if shares else "—",
        "median": percent(median / 100) if shares else "—",
        "open": sum(not each.points and not each.like for each in found.waiting),
        "unread": [(g, _problems(g, lang)) for g in unread],
        "nothing": [g for g in grades if g.result is None],
        "flags": [(g, _flags(g, lang)) for g in grades if g.flags or not g.late.known],
        "spread": _spread(shares, low, high, lang),
        "questions": _questions(grades, lang),
        "gain": told_of_class(grades, LEAST_SHOWN, lang),
        "wrong": [_wrong(each, lang) for each in classwide.common_mistakes(grades)],
        "surprises": [_wrong(each, lang) for each in classwide.common_surprises(grades)],
        "decided": [row for g in grades for row in _decided(g)],
        "problems": [(g, _problems(g, lang)) for g in grades if g.graded and g.result.problems],  # type: ignore[union-attr]
        "limits": [sentence("limit", limit, {}, lang) for limit in found.limits],
        "everyone": [(g, file_name(g.key), by_hand(g), _by_lesson(g, lessons)) for g in grades],
        "alike": [
            (each, [in_common(thing, lang) for thing in each.shared[:MOST_SHARED]])
            for each in found.alike
        ],
        "requests": [_requested(each, grades, lang) for each in found.requests],
        "asked": sum(each.open for each in found.requests),
        "lessons": lessons,
        "changed": changed,
        "file_name": file_name,
    }
    return page("report", lang, shown)


def look(grade: Grade, title: str, lang: str) -> str:
    """Make the page behind the flags of a student: code, answers and plays as they were read.

    Parameters
    ----------
    grade
        The grade of one student.
    title
        The title of the course or class.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    result = grade.result
    code = result.code if result else {}
    told = (str(f.args.get("names", "")) for f in grade.flags if f.kind == UNUSUAL)
    odd = {name for names in told for name in names.split(", ") if name}
    shown = {
        "title": title,
        "name": plain(grade.name or grade.key),
        "submission": result.submission if result else "",
        "page": file_name(grade.key) if result else "",
        "flags": _flags(grade, lang),
        "problems": _problems(grade, lang),
        # escaped here: whatever else goes through a page loses the spaces that code begins with
        "code": [
            (lesson_title(name, lang), _marked(text, odd)) for name, text in sorted(code.items())
        ],
        "others": [(each, _said(each.items, lang)) for each in grade.earlier],
        "plays": [_steps(run, lang) for run in (result.runs if result else ())][:MOST_PLAYS],
        "items": _said([line.item for line in grade.lines], lang),
    }
    return page("look", lang, shown)


def _said(items: Sequence[Item], lang: str) -> list[tuple[Item, str]]:
    """Return each exercise that was answered, and the answer in words."""
    answered = [item for item in items if item.answer is not None]
    return [(item, answer_line(task_of(item), item.answer, lang)) for item in answered]


def _marked(code: str, odd: Container[str]) -> Markup:
    """Return code with the lines marked in which a name stands that was flagged."""
    lines = (
        Markup("<mark>{}</mark>").format(line)
        if any(word in odd for word in re.findall(r"\w+|/proc/|/etc/|\.\./", line))
        else escape(line)
        for line in code.splitlines()
    )
    return Markup("\n").join(lines)


def _by_lesson(grade: Grade, chosen: Sequence[str]) -> list[float]:
    return [
        round(sum(line.points for line in grade.lines if line.item.lesson == name), 2)
        for name in chosen
    ]


def _requested(each: RegradeRequest, grades: Sequence[Grade], lang: str) -> dict[str, Any]:
    """Return a request with the answer that it is about, and what that brought."""
    grade = next(grade for grade in grades if grade.key == each.student)
    line = next((line for line in grade.lines if line.item.exercise == each.exercise), None)
    task = task_of(line.item) if line else None
    points, out_of = (line.points, line.out_of) if line else (grade.points, grade.out_of)
    return {
        "request": each,
        "grade": grade,
        "question": task.question[lang] if task else "",
        "said": answer_line(task, line.item.answer, lang) if line else "",
        "points": words(lang)("gradebook.points_of", points=exact(points), out_of=exact(out_of)),
    }


def changes_page(found: ClassResults, lang: str) -> str:
    """Return the page of what changed since the run before.

    Parameters
    ----------
    found
        All that was found about the class.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    t = words(lang)
    rows = [
        (
            each,
            file_name(each.student),
            [(name, _points(one), _points(other)) for name, one, other in each.exercises],
            (_points(each.before), _points(each.now)),
            t(f"gradebook.changes.{each.cause}"),
        )
        for each in found.changes
    ]
    return page("changes", lang, {"title": found.title, "rows": rows})


def _points(points: float | None) -> str:
    return "—" if points is None else exact(points)


def _steps(run: Played, lang: str) -> tuple[str, int, list[str]]:
    steps = range(min(len(run.actions), MOST_LOOKED_AT))
    return case_title(run.scenario, lang), run.seed, [deed(run, step, lang) for step in steps]


def debrief(found: ClassResults, lang: str) -> str:
    """Build the page to show the class; it names nobody.

    Parameters
    ----------
    found
        All that was found about the class.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    grades = found.grades
    shown = {
        "title": found.title,
        "ends": _ends(grades, lang),
        "surprise": _most_surprising(grades, lang),
        "pair": _pair(grades, lang),
        "hard": _hardest(grades, lang),
        "gain": told_of_class(grades, LEAST_SHOWN, lang),
        "coded": coded_stories(grades, LEAST_SHOWN, lang),
    }
    return page("debrief", lang, shown)


def queue_page(waiting: Sequence[WaitingAnswer], title: str, lang: str, bank: CommentBank) -> str:
    """Build the page of answers that a person reads, with what counts in them and what is at hand.

    Parameters
    ----------
    waiting
        The answers.
    title
        The title of the assignment.
    lang
        The language of the page.
    bank
        The stored comments.
    """
    shown = {
        "title": title,
        "pages": pages(waiting, lang),
        "bank": {each.exercise: bank.of(each.exercise) for each in waiting},
        "numbers": {each.row: _numbers(each, lang) for each in waiting},
        "sums": {each.exercise: "+".join(map(exact, each.lines)) for each in waiting},
    }
    return page("queue", lang, shown)


def _numbers(each: WaitingAnswer, lang: str) -> dict[str, Any]:
    """Return the numbers of a student's own plays and predictions, to hold her words against."""
    tasks = [(task_of(item), item) for item in each.foreseen]
    return {
        "plays": [(case_title(run.scenario, lang), ended(run, lang)) for run in each.runs],
        "foreseen": [
            (
                task.question[lang],
                answer_line(task, item.answer, lang),
                answer_line(task, item.came, lang),
            )
            for task, item in tasks
            if task and not isinstance(item.came, list | tuple)
        ],
    }


def _flags(grade: Grade, lang: str) -> list[str]:
    """Return the flags of a student in words; what was found in several places is told once."""
    places: dict[str, list[str]] = {}
    kinds: dict[str, Flag] = {}
    for flag in grade.flags:
        kind = json.dumps((flag.kind, flag.args), sort_keys=True, default=str)
        kinds.setdefault(kind, flag)
        places.setdefault(kind, []).append(flag.place)
    between = words(lang)("gradebook.semicolon")
    told = [
        flag_words(replace(flag, place=joined(places[kind], between)), lang)
        for kind, flag in kinds.items()
    ]
    return told if grade.late.known else [*told, sentence("flag", "no-time", {}, lang)]


def _problems(grade: Grade, lang: str) -> list[str]:
    problems = grade.result.problems if grade.result else ()
    return [problem_words(problem, lang) for problem in problems]


def _spread(shares: Sequence[float], low: float, high: float, lang: str) -> dict[str, Any]:
    t = words(lang)
    said_so = t("gradebook.report.spread_found", low=number(low), high=number(high))
    axis, counted = t("gradebook.report.spread_axis"), t("gradebook.report.spread_count")
    return {"found": said_so, "chart": histogram(shares, 0, 100, BINS, axis, counted, said_so)}


def _questions(grades: Sequence[Grade], lang: str) -> dict[str, Any] | None:
    found = classwide.questions(grades)
    if not found:
        return None
    t, hardest = words(lang), found[0]
    share = number(100 * hardest.share)
    said_so = t("gradebook.report.questions_found", exercise=hardest.exercise, share=share)
    asked = _questions_asked(grades, lang)
    alpha = classwide.reliability(grades)

    def row(each: classwide.ItemStatistics) -> tuple[classwide.ItemStatistics, str, Markup]:
        return each, asked(each.exercise), meter(each.share, "")

    return {
        "found": said_so,
        "shown": [row(each) for each in found[:MOST_QUESTIONS]],
        "folded": [row(each) for each in found[MOST_QUESTIONS:]],
        "alpha": number(alpha[0], 2) if alpha else "",
        "count": alpha[1] if alpha else 0,
    }


def _questions_asked(grades: Sequence[Grade], lang: str) -> Callable[[str], str]:
    """Return a function that gives the question of each exercise, in the words of one variant."""
    lines: dict[str, GradeLine] = {each.item.exercise: each for g in grades for each in g.lines}

    def asked(name: str) -> str:
        task = task_of(lines[name].item) if name in lines else None
        return task.question[lang] if task else name

    return asked


def _wrong(each: classwide.Wrong, lang: str) -> dict[str, Any]:
    task = task_of(each.item)
    course = isinstance(each.item.answer, list | tuple)
    reasons = each.item.findings
    ideas = [found.get("misconception") or found.get("because") for found in reasons]
    idea = next((text.get(lang, "") for text in ideas if text), "")
    return {
        "exercise": each.item.exercise,
        "question": task.question[lang] if task else "",
        "said": "" if course else answer_line(task, each.item.answer, lang),
        "came": "" if course or each.item.came is None else answer_line(task, each.item.came, lang),
        "gap": _first_sentence(gap_words(each.item.gap, lang)),
        "idea": idea,
        "count": each.count,
        "all": each.all,
    }


def _first_sentence(text: str) -> str:
    """Return a text without what asks the student to go on."""
    return re.split(r"(?<=[.!?。！？])\s*", text)[0]


def _decided(grade: Grade) -> list[dict[str, Any]]:
    """Return the decisions of a person that replace what was found."""
    lines = [(line.item.exercise, line.decision, line) for line in grade.lines if line.overridden]
    whole = [(what, made, None) for what, made in grade.whole.items()]
    return [
        {
            "grade": grade,
            "what": what,
            "made": made,
            "found": f"{exact(line.item.points)} / {exact(line.item.out_of)}" if line else "",
        }
        for what, made, line in [*lines, *whole]
    ]


def in_common(thing: Thing, lang: str) -> tuple[str, str]:
    """Put what two hand-ins share into words: where it stands, and what was said or decided there.

    Examples
    --------
    >>> in_common(("12-everybody/3", "74.0"), "en"), in_common(("12", "half = 0.5  # of all"), "en")
    (('12-everybody', '74%'), ('12', 'half = 0.5  # of all'))
    """
    place, what = thing
    try:
        value = json.loads(what)
    except ValueError:  # code, words, or what was too long to be kept whole
        return place, what
    if isinstance(value, list) and place.count(", ") == 2:
        case, seed, seat = place.split(", ")
        run = Played(case, 0, None, seat, tuple(value))
        steps = (deed(run, step, lang) for step in range(len(value)))
        return f"{case_title(case, lang)}, {seed}", plain(joined(steps, " → "), MOST_SIGNS)
    exercise, _, variant = place.partition("/")
    task = task_of(Item(exercise, "", 0, 0, "", variant=int(variant or 0)))
    return exercise, plain(answer_line(task, value, lang), MOST_SIGNS)


def _ends(grades: Sequence[Grade], lang: str) -> dict[str, Any] | None:
    found = classwide.class_outcomes(grades, LEAST_SHOWN)
    if found is None:
        return None
    key, measure, ends = found
    t = words(lang)
    lowest, highest = brief(min(ends)), brief(max(ends))
    said_so = t("gradebook.debrief.spread_found", low=lowest, high=highest)
    axis = measured(key.split("\0")[0], measure, lang)
    plays = t("gradebook.debrief.plays")
    edges = round_values(ends, most=11)
    bins = len(edges) - 1
    chart = histogram(ends, edges[0], edges[-1], bins, axis, plays, said_so)
    case = case_title(key.split("\0")[0], lang)
    return {"case": case, "count": len(ends), "found": said_so, "chart": chart}


def _most_surprising(grades: Sequence[Grade], lang: str) -> dict[str, Any] | None:
    wrong = classwide.common_surprises(grades)
    if not wrong or wrong[0].all < LEAST_SHOWN:
        return None
    told = _wrong(wrong[0], lang)
    return told | {"said": told["said"] or told["gap"]}


def _pair(grades: Sequence[Grade], lang: str) -> dict[str, Any] | None:
    pair = classwide.worth_comparing(grades, LEAST_SHOWN)
    if pair is None:
        return None
    both = (pair.first, pair.second)
    first, second = (brief(float(run.outcome[pair.measure])) for run in both)
    return {
        "case": case_title(pair.first.scenario, lang),
        "found": words(lang)(
            f"gradebook.debrief.contrast_{'same' if pair.same_luck else 'luck'}",
            steps=len(pair.differing),
            first=first,
            second=second,
        ),
        "measure": measured(pair.first.scenario, pair.measure, lang),
        "ends": (first, second),
        "steps": [[deed(run, step, lang) for run in both] for step in pair.differing[:MOST_STEPS]],
    }


def _hardest(grades: Sequence[Grade], lang: str) -> dict[str, Any] | None:
    asked = [each for each in classwide.questions(grades) if each.answered >= LEAST_SHOWN]
    if not asked or asked[0].share > NOT_HARD:
        return None
    name = asked[0].exercise
    ideas = [w for w in classwide.common_mistakes(grades) if w.item.exercise == name]
    idea = _wrong(ideas[0], lang)["idea"] if ideas else ""
    share = words(lang)("gradebook.debrief.hard_share", share=f"{100 * asked[0].share:.0f}")
    return {"question": _questions_asked(grades, lang)(name), "share": share, "idea": idea}
