"""One submission graded: opened, rebuilt, run apart, asked for values, and judged outside."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from crmsim.common.text import plain
from crmsim.common.time_limit import TooLongError, time_limit
from crmsim.course.python_errors import meaning
from crmsim.exercises.declared import declared_exercise, exercise
from crmsim.exercises.variants import seed_of
from crmsim.grading.marks.elsewhere import own_names, printed_right, shown
from crmsim.grading.marks.judging import AnswerEvidence, Judge
from crmsim.grading.marks.outcomes import CameReplies, shared_replies
from crmsim.grading.options import Options
from crmsim.grading.reading.code_names import unusual
from crmsim.grading.reading.contents import Contents, Record, contents
from crmsim.grading.reading.rebuild import CellStep, Rebuilt, needed_code, rebuilt
from crmsim.grading.reading.released import (
    Ask,
    ReleasedLesson,
    digest,
    given_to_check,
    own_seeds,
    released_lessons,
)
from crmsim.grading.reading.submissions import HandInPlace, opened
from crmsim.grading.reading.untrusted_json import kept
from crmsim.grading.result import Item, Played, Problem, Result
from crmsim.grading.sandbox.jail import limits_here
from crmsim.grading.sandbox.sandbox import Asked, Ran, Sandbox, SandboxStep

MOST_SESSIONS = 40
MOST_CODE, MOST_INDENT = 20_000, 40
TRUSTED_S = 60.0
"""Processor time in which a submission must be read and judged, in seconds; 1 or 2 is usual."""
BROKE = "broke-grader"
HERS = "hers "
"""Before an exercise: the answer that she herself gave to ``check``."""


@dataclass
class SubmissionRun:
    """Outcome of running a submission, by lesson, and its sessions made again.

    ``came`` is what came of each lesson as it was given out.
    """

    built: dict[str, Rebuilt] = field(default_factory=dict)
    ran: dict[str, Ran] = field(default_factory=dict)
    runs: list[Played] = field(default_factory=list)
    came: Mapping[str, CameReplies] = field(default_factory=dict)


def grade_one(path: str | Path | HandInPlace, options: Options, secret: bytes) -> Result:
    """Return the points of a submission and the reasons; the same bytes whenever it is graded.

    Parameters
    ----------
    path
        What was handed in: a zip, a notebook, or a folder; or the place of one hand-in among
        others.
    options
        What the grader has set.
    secret
        The secret of the course, known to the grader alone.
    """
    place = path if isinstance(path, HandInPlace) else Path(path)
    try:
        said = f"more than {TRUSTED_S:g} s of the grader's own processor time"
        with time_limit(TRUSTED_S, said, processor=True):
            return _graded(place, options, secret)
    except (Exception, TooLongError) as error:
        # reading has limits of its own; what gets past them is told as this hand-in's own
        reason = plain(f"{type(error).__name__}: {error}".removesuffix(": "))
        return Result(plain(place.name), problems=(Problem(BROKE, "", {"reason": reason}),))


def _graded(path: Path | HandInPlace, options: Options, secret: bytes) -> Result:
    submission = opened(path, options.limits)
    read = contents(submission)
    judge = Judge(read.known, secret)
    chosen = [n for n in released_lessons(read.lang) if not options.lessons or n in options.lessons]
    found = _run(read, judge, chosen, options)
    items = tuple(_items(read, judge, chosen, found)) if read.books or _answered(read) else ()
    return Result(
        submission=submission.name,
        student=read.number,
        name=read.name,
        lang=read.lang,
        items=items,
        flags=tuple(read.flags),
        problems=tuple(read.problems),
        runs=tuple(found.runs),
        code={number: _own_code(built) for number, built in sorted(found.built.items())},
        limits=limits_here(options.limits),
        versions=versions(),
        seeds=own_seeds(read.known),
        sha256=submission.sha256,
        made=read.made,
        stamped=submission.place.stamped or None,
        sent=submission.place.sent or None,
    )


def versions() -> dict[str, str]:
    """Return the versions that the marks rest on."""
    return {
        "crmsim": version("crmsim"),
        "lessons": digest(),
        "numpy": np.__version__,
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


def _answered(read: Contents) -> bool:
    return any(read.answers.values())


def _answered_in(read: Contents, chosen: Sequence[str]) -> list[str]:
    """Return the lessons of which an answer was saved."""
    saved = {name for by in read.answers.values() for name in by}
    given_out = (released_lessons(read.lang)[number] for number in chosen)
    return [each.number for each in given_out if saved & {*each.checked, *each.predicted}]


def _run(read: Contents, judge: Judge, chosen: list[str], options: Options) -> SubmissionRun:
    """Make the sessions again, then run each lesson that was handed in."""
    found = SubmissionRun(came=shared_replies(_answered_in(read, chosen)))
    written = {number: book for number, book in read.books.items() if number in chosen}
    if not written and not read.sessions:
        return found
    with Sandbox(options.limits, _progress(read)) as sandbox:
        if read.sessions:
            _replay(read, sandbox, found)
        for number, book in sorted(written.items()):
            built = rebuilt(released_lessons(book.lang)[number], book)
            if any(step.mine for step in built.steps):
                found.built[number] = built
                found.ran[number] = ran = _run_lesson(sandbox, built, judge)
                _say(read, number, built, ran)
        for number in found.ran:
            _look_elsewhere(read, sandbox, judge, found, number)
    _scan(read, [step.source for b in found.built.values() for step in b.steps if step.mine])
    return found


def _own_code(built: Rebuilt) -> str:
    """Return what a student wrote into a lesson, as a person may look at it."""
    own = [step.source.strip() for step in built.steps if step.mine]
    lines = "\n\n".join(own)[:MOST_CODE].splitlines()
    indents = (min(len(line) - len(line.lstrip()), MOST_INDENT) for line in lines)
    return "\n".join(" " * i + plain(line) for i, line in zip(indents, lines, strict=True))


def _scan(read: Contents, sources: list[str]) -> None:
    """Point the grader to code that an exercise does not need."""
    if names := unusual(sources):
        read.flag("unusual-code", "", names=", ".join(names))


def _progress(read: Contents) -> dict[str, str]:
    """Return the student's own records, as her notebooks find them."""
    files = {"student.json": {"schema": 1, "number": read.known, "name": read.name or ""}}
    files |= {f"{kind}-{n}.json": r for kind, by in read.answers.items() for n, r in by.items()}
    files |= read.sessions
    return {name: json.dumps(record) for name, record in files.items() if "/" not in name}


def _run_lesson(sandbox: Sandbox, built: Rebuilt, judge: Judge) -> Ran:
    """Run what the student wrote and what it needs; all of the lesson where a name is missing."""
    wanted = [ask.expression for step in built.steps for ask in _answers(step)]
    ran = sandbox.run(list(_steps(built, judge, needed_code(built.steps, wanted))))
    if not ran.ended and any(told[:1] == ["NameError"] for told in ran.errors.values()):
        whole = [step.source for step in built.steps]
        ran = sandbox.run(list(_steps(built, judge, whole)))
    return ran


def _look_elsewhere(
    read: Contents, sandbox: Sandbox, judge: Judge, found: SubmissionRun, number: str
) -> None:
    """Tell a right answer that stands where it does not count: under another name, or printed."""
    built, ran = found.built[number], found.ran[number]
    mine = [place for place, step in enumerate(built.steps) if step.mine]
    for ask in [ask for step in built.steps for ask in _answers(step)]:
        task = exercise(ask.exercise, read.known)
        if _marked(read, judge, found, number, ask.exercise).verdict == "right":
            continue
        sources = [built.steps[place].source for place in mine]
        named, bare = own_names(sources, ask.expression), shown(sources)
        right = _right_one(sandbox, built, judge, ask.exercise, [*named, *bare])
        printed = printed_right(task, [ran.printed.get(place, "") for place in mine])
        told = {"exercise": ask.exercise, "wanted": ask.expression}
        if right in named:
            read.problem("other-name", number, found=right, **told)
        elif right or printed:
            read.problem("printed-only", number, found=right or printed, **told)


def _right_one(
    sandbox: Sandbox, built: Rebuilt, judge: Judge, name: str, own: Sequence[str]
) -> str:
    """Return the first of her own names and values that is a right answer to an exercise, or ""."""
    if not own:
        return ""
    task = declared_exercise(name)
    probes = judge.probes(task) if task.BY_CALLS else None
    steps = list(map(SandboxStep, needed_code(built.steps, own)))
    ran = sandbox.run([*steps, SandboxStep("", {each: Asked(each, probes) for each in own})])
    replies = ((each, ran.values.get(each)) for each in own)
    right = (
        each
        for each, reply in replies
        if judge.marked(name, AnswerEvidence(reply)).verdict == "right"
    )
    return next(right, "")


def _answers(step: CellStep) -> list[Ask]:
    return [ask for ask in step.asks if ask.wanted == "answer"]


def _by_code(built: Rebuilt) -> set[str]:
    """Return the ids of the exercises that are answered by code."""
    return {ask.exercise for step in built.steps for ask in _answers(step)}


def _steps(built: Rebuilt, judge: Judge, code: Sequence[str]) -> Iterator[SandboxStep]:
    """Yield the steps for the sandbox; one that need not run is empty and keeps its place."""
    for step, source in zip(built.steps, code, strict=True):
        asks = {}
        for ask in _answers(step):
            task = declared_exercise(ask.exercise)
            probes = judge.probes(task) if task.BY_CALLS else None
            asks[ask.exercise] = Asked(ask.expression, probes)
            hers = given_to_check(step.source, ask.exercise) if step.mine else None
            if hers not in (None, ask.expression):
                asks[HERS + ask.exercise] = Asked(str(hers), probes)
        yield SandboxStep(source, asks)


def _replay(read: Contents, sandbox: Sandbox, found: SubmissionRun) -> None:
    """Make the played sessions again; one that can't be made is told to the grader."""
    names = sorted(read.sessions)
    chosen = {name: read.sessions[name] for name in names[:MOST_SESSIONS]}
    if len(names) > MOST_SESSIONS:
        read.flag("many-sessions", "", count=len(names))
    again, ended = sandbox.replay(chosen)
    for name in chosen:
        told = again.get(name)
        if told is None:
            read.flag("not-replayed", name, why=ended)
        elif told.get("fault"):
            read.flag(str(told["fault"]), name, act=_act(told.get("at")))
        else:
            found.runs += [_played(run) for run in told.get("runs", ()) if isinstance(run, dict)]
            if told.get("older") is True:
                read.flag("older-version", name)
    _strange_seeds(read)


def _act(at: object) -> int | str:
    return at + 1 if isinstance(at, int) else "–"


def _played(run: Record) -> Played:
    return Played(
        scenario=str(run.get("scenario")),
        seed=int(run.get("seed", 0)),
        persona=run.get("persona"),
        seat=str(run.get("seat")),
        actions=tuple(kept(run.get("actions", []))),
        outcome=kept(run.get("outcome", {})),
        changed=bool(run.get("changed")),
    )


def _strange_seeds(read: Contents) -> None:
    """Flag a case that every student plays with a seed of her own, and this one only with another.

    Who entered her number late played with everybody's seed, or her earlier one; that is no matter.
    """
    numbers = (read.known, None, *read.earlier)
    own: dict[str, set[int]] = {}
    for lesson in released_lessons().values():
        for case, seed in lesson.plays:
            seeds = {seed_of(each, seed) for each in numbers} if isinstance(seed, str) else {seed}
            own.setdefault(case, set()).update(each for each in seeds if isinstance(each, int))
    named = {
        case
        for one in released_lessons().values()
        for case, seed in one.plays
        if isinstance(seed, str)
    }
    for case in sorted(named):
        said = (r.get("seed") for r in read.sessions.values() if r.get("scenario") == case)
        seeds = {seed for seed in said if isinstance(seed, int | str)}
        if seeds and not seeds & own[case]:
            read.flag("other-seed", case, seeds=", ".join(sorted(map(str, map(kept, seeds)))))


def _say(read: Contents, number: str, built: Rebuilt, ran: Ran) -> None:
    """Tell the student what went wrong in her own cells, and why a lesson did not end."""
    if ran.ended:
        read.problem(ran.ended, number)
    for place, told in ran.errors.items():
        if built.steps[place].mine:
            error, said = [*map(kept, told), "", ""][:2]
            cell = sum(1 for step in built.steps[: place + 1] if step.id)
            means = meaning(error, said, built.steps[place].source, from_top=True)._asdict()
            args = {"error": error, "said": said, "means": kept(means)}
            read.problem("cell-error", number, cell=cell, **args)


def _items(read: Contents, judge: Judge, chosen: list[str], found: SubmissionRun) -> Iterator[Item]:
    """Every exercise of the lessons that count, in their order."""
    seen: set[str] = set()
    given_out = [released_lessons(read.lang)[number] for number in chosen]
    twins = {declared_exercise(name).twin for lesson in given_out for name in lesson.checked}
    checked = {name for lesson in given_out for name in lesson.checked}
    for lesson in given_out:
        if lesson.number not in read.books and (lesson.checked or lesson.predicted):
            _missing(read, lesson)
        for name in dict.fromkeys((*lesson.predicted, *lesson.checked)):
            if name in seen or name in twins:
                continue
            given = _given(read, found, lesson.number, name)
            if name in lesson.checked and not declared_exercise(name).prediction:
                item = _marked(read, judge, found, lesson.number, name)
            elif name not in checked:
                item = judge.predicted(name, given)
            else:
                continue
            seen.add(name)
            yield item
            _claims(read, item, given.record)


def _marked(read: Contents, judge: Judge, found: SubmissionRun, lesson: str, name: str) -> Item:
    """Return the item of an exercise that counts."""
    twin = declared_exercise(name).twin
    other = _given(read, found, lesson, twin) if twin else None
    return judge.marked(name, _given(read, found, lesson, name), other)


def _missing(read: Contents, lesson: ReleasedLesson) -> None:
    """Say that a lesson is missing, or its notebook; the course's zip leaves out unchanged ones."""
    answered = {name for by in read.answers.values() for name in by}
    if not answered & {*lesson.checked, *lesson.predicted}:
        read.problem("lesson-missing", lesson.number)
    elif not read.packed and any(cell.open for cell in lesson.cells):
        read.problem("notebook-missing", lesson.number)


def _given(read: Contents, found: SubmissionRun, lesson: str, name: str) -> AnswerEvidence:
    ran = found.ran.get(lesson)
    values: Mapping[str, Any] = ran.values if ran else {}
    reply = values.get(name)
    if reply is None or "blank" in reply or "error" in reply:
        # nothing under the name of the lesson: what she gave to check by another one counts
        reply = values.get(HERS + name, reply)
    saved = read.answers["answer"].get(name)
    if saved is None or (declared_exercise(name).prediction is False and _only_before(name)):
        saved = read.answers["before"].get(name, saved)
    came = found.came.get(lesson, {})
    return AnswerEvidence(
        reply=reply,
        record=saved or {},
        came=came.get(f"came {name}") if saved else None,
        own=came.get(f"own {name}") if saved else None,
        lost=ran.ended if ran and name in _by_code(found.built[lesson]) else "",
    )


def _only_before(name: str) -> bool:
    """Say whether an exercise that has a key is only asked beforehand."""
    return not any(name in lesson.checked for lesson in released_lessons().values())


def _claims(read: Contents, item: Item, record: Mapping[str, Any]) -> None:
    """Flag a record that says it was marked better than the answer in it is."""
    if record.get("verdict") != "right" or item.note == "other-variant":
        return
    # the answer in the record, not what came of her code here: that may have another reason
    found = Judge(read.number, b"").recorded(item.exercise, record)
    if found in ("wrong", "nonsense", "blank"):
        read.flag("claims-right", f"answer-{item.exercise}.json", found=found)
