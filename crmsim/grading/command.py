"""From a folder of submissions to marks, reasons and reports: ``crmsim grade``, and ``grade()``."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from crmsim.common.errors import CrmsimError
from crmsim.common.files import expanded, read_json, write, write_json
from crmsim.common.text import file_name
from crmsim.common.words import language, words
from crmsim.grading.batch import LOOK, PAGES, Batch, grade_all
from crmsim.grading.marks.changes import changes
from crmsim.grading.marks.comments import CommentBank, begin_bank, read_bank
from crmsim.grading.marks.gradebook import write_gradebook
from crmsim.grading.marks.likeness import alike
from crmsim.grading.marks.marks import Grade, grades, people
from crmsim.grading.marks.overrides import (
    ManualPoints,
    begin_overrides,
    misplaced,
    read_overrides,
    twice,
)
from crmsim.grading.marks.queue import Filled, decisions, read_queue, reading_queue, write_queue
from crmsim.grading.marks.requests import RegradeRequest, addressed, begin_requests, read_requests
from crmsim.grading.marks.roster import Handed, Member, Roster, read_roster, read_times
from crmsim.grading.options import Options, load_options, read_secret, secret_file
from crmsim.grading.pages.feedback import feedback
from crmsim.grading.pages.report import (
    ClassResults,
    changes_page,
    debrief,
    look,
    queue_page,
    report,
)
from crmsim.grading.pages.wording import sentence
from crmsim.grading.result import Result, to_json
from crmsim.grading.sandbox.jail import limits_here
from crmsim.grading.validate import validate

if TYPE_CHECKING:
    import pandas as pd

GRADED, UNREAD, USAGE, PERSON, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes of grade: all done; some could not be; wrong usage; a person has to look; stopped."""
REQUESTS, COMMENTS, CHANGES = "requests.csv", "comments.csv", "changes.html"
FINE, MISSING = 0, 1
"""Exit codes of validate."""


@dataclass(frozen=True)
class Report:
    """The outcome of a graded batch; its files lie in ``folder``.

    Attributes
    ----------
    folder
        Where the results are.
    findings
        Every grade and everything that a person has to look at.
    secret
        The file of the course's secret where it was made just now, else None.
    """

    folder: Path
    findings: ClassResults
    secret: Path | None = None

    @property
    def table(self) -> pd.DataFrame:
        """One row a student: points, what they are out of, and how many answers wait."""
        import pandas as pd

        rows = [
            {
                "student": grade.key,
                "name": grade.name,
                "points": grade.points,
                "out_of": grade.out_of,
                "waiting": grade.waiting,
                "flags": len(grade.flags),
            }
            for grade in self.findings.grades
        ]
        return pd.DataFrame(rows)

    @property
    def unread(self) -> int:
        """Number of submissions that could not be read or graded."""
        return sum(g.result is not None and not g.graded for g in self.findings.grades)

    @property
    def flagged(self) -> int:
        """Number of students with something that a grader should look at."""
        return sum(bool(g.flags) or not g.late.known for g in self.findings.grades)

    @property
    def waiting(self) -> int:
        """Number of answers that a person has yet to mark."""
        return sum(g.waiting for g in self.findings.grades)

    @property
    def status(self) -> int:
        """The exit code of ``crmsim grade``."""
        if self.unread:
            return UNREAD
        found = self.findings
        asked = any(each.open for each in found.requests)
        looked_at = self.flagged or self.waiting or found.mistakes or found.alike or asked
        return PERSON if looked_at else GRADED


class PrivilegeError(CrmsimError):
    """Student code would run with rights that it must not have."""


def grade(
    submissions: str | Path,
    out: str | Path,
    options: str | Path | None = None,
    *,
    resume: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    lang: str = "en",
    watched: bool = True,
) -> Report:
    """Grade a folder of what students handed in.

    Nothing a submission holds is believed: its decisions are played again, its code runs apart
    and is asked for values, and these are judged here. See the handbook for graders.

    Parameters
    ----------
    submissions
        The folder: a zip, a notebook or a folder for each hand-in.
    out
        Where the results go; what a person filled in there (``overrides.csv``, ``queue.csv``)
        is read and kept.
    options
        A TOML file; see :class:`crmsim.grading.options.Options`.
    resume
        Whether submissions that were graded before and have not changed are left as they are.
    workers
        How many are graded at a time; None: one for each core.
    executor
        Any ``concurrent.futures.Executor``, say that of a cluster; None: processes of this
        machine.
    lang
        The language of the report.
    watched
        Whether a bar shows how far it is.

    Raises
    ------
    CrmsimError
        If the folder, the options or a table can't be used; the message says what and why.
    PrivilegeError
        If the grader runs as the superuser, and the limits of student code would not hold.
    """
    folder, place, tag = expanded(submissions), expanded(out), language(lang)
    options = expanded(options) if options else None
    given = load_options(options)
    if "superuser" in limits_here(given.limits):
        raise PrivilegeError(words(tag)("grade.limit.superuser"))
    keys = secret_file(given, options)
    secret, made = read_secret(keys, folder, place)
    tables = read_tables(given, options.parent if options else Path(), place)
    roster = Roster(tuple(tables.members))
    batch = Batch(folder, place, given, secret, tag, roster=roster)
    results = list(grade_all(batch, resume, workers, executor, watched))
    found = publish(place, results, given, tables, tag)
    return Report(place, found, keys if made else None)


@dataclass(frozen=True)
class Tables:
    """Tables that people wrote beside the submissions."""

    members: Sequence[Member]
    times: Mapping[str, Handed]
    overrides: Sequence[ManualPoints]
    filled: Filled
    mistakes: Sequence[str]
    bank: CommentBank = field(default_factory=CommentBank)
    requests: Sequence[RegradeRequest] = ()


def publish(
    out: Path, results: Sequence[Result], options: Options, tables: Tables, lang: str
) -> ClassResults:
    """Write everything that is made of the results, and take away what is no longer so."""
    ordered = sorted(results, key=lambda each: each.submission)
    # once without what people decided: only then is known who is there and which answers wait,
    # and a decision names both
    bare = grades(ordered, options, tables.members, {}, tables.times)
    filled = tables.filled
    waiting = reading_queue(bare, filled)
    read, unread = decisions(waiting, filled)
    who = people(bare)
    graded = {line.item.exercise for grade in bare for line in grade.lines}
    astray = dict(misplaced(tables.overrides, who, graded))
    decided: dict[tuple[str, str], ManualPoints] = {}
    lines = {each.place for each in tables.overrides}

    def by_hand(made: ManualPoints) -> bool:
        return made.place in lines

    again, unnamed = [], list(tables.bank.mistakes)
    for made in [*read, *(each for each in tables.overrides if each not in astray)]:
        made, unknown = tables.bank.written_out(made)
        unnamed += unknown
        about = who.of(made.student) or made.student, made.exercise
        if about in decided and by_hand(made) and by_hand(decided[about]):
            again.append(twice(decided[about], made))
        decided[about] = made
    late = [
        f"{each.place}: student = {each.student!r}: {who.why_not(each.student)}"
        for each in tables.times.values()
        if who.of(each.student) is None
    ]
    wanted, unasked = addressed(tables.requests, who, graded, decided)
    final = grades(ordered, options, tables.members, decided, tables.times)
    limits = sorted({*limits_here(options.limits), *(k for r in ordered for k in r.limits)})
    mistakes = [*tables.mistakes, *unread, *astray.values(), *again, *late]
    mistakes += [*dict.fromkeys(unnamed), *unasked]
    versions = {name: version for r in reversed(ordered) for name, version in r.versions.items()}
    found = ClassResults(
        options.title, final, waiting, mistakes, limits, versions, alike(final), wanted
    )
    whole = _all(found, ordered, options)
    found = replace(found, changes=changes(read_json(out / "results.json") or {}, whole))
    _write(out, found, whole, options, tables, lang)
    return found


def read_tables(options: Options, beside: Path, out: Path) -> Tables:
    """Read what people wrote, before anything is graded."""

    def place(name: str) -> Path:
        return beside / expanded(name)

    late = options.late
    members, in_class = read_roster(place(options.roster)) if options.roster else ([], [])
    times, in_times = {}, []
    if late and late.times:
        times, in_times = read_times(place(late.times), late.zone_info)
    overrides, mistakes = [], []
    if (out / "overrides.csv").exists():
        overrides, mistakes = read_overrides(out / "overrides.csv")
    filled = read_queue(out / "queue.csv")
    requests, in_requests = read_requests(out / REQUESTS)
    told = [*in_class, *in_times, *mistakes, *in_requests]
    bank = read_bank(place(options.comments) if options.comments else out / COMMENTS)
    return Tables(members, times, overrides, filled, told, bank, requests)


def _write(
    out: Path,
    found: ClassResults,
    whole: Mapping[str, Any],
    options: Options,
    tables: Tables,
    lang: str,
) -> None:
    before = read_json(out / "results.json") or {}
    pages = {file_name(g.key): g for g in found.grades if g.result}
    for name in {file_name(each["student"]) for each in before.get("grades", ())} - pages.keys():
        for folder in (PAGES, LOOK):
            (out / folder / f"{name}.html").unlink(missing_ok=True)
    for name, each in pages.items():
        asked = [request for request in found.requests if request.student == each.key]
        write(out / PAGES / f"{name}.html", feedback(each, options, lang, asked))
        write(out / LOOK / f"{name}.html", look(each, options.title, lang))
    write_gradebook(out, found.grades, options.title, lang)
    if found.changes:  # else what is there is still the last that changed
        write(out / CHANGES, changes_page(found, lang))
    write(out / "report.html", report(found, lang, (out / CHANGES).exists()))
    write(out / "debrief.html", debrief(found, lang))
    begin_overrides(out / "overrides.csv", lang)
    begin_requests(out / REQUESTS, lang)
    if found.waiting or tables.filled.rows:
        if not options.comments:
            begin_bank(out / COMMENTS, lang)
        write_queue(out / "queue.csv", found.waiting, tables.filled, lang)
        write(out / "queue.html", queue_page(found.waiting, options.title, lang, tables.bank))
    write_json(out / "results.json", whole)


def _all(found: ClassResults, results: Sequence[Result], options: Options) -> dict[str, Any]:
    """Everything that was found, without times, so that the same gives the same bytes."""
    return {
        "schema": 1,
        "options": to_builtins(options),
        "versions": dict(found.versions),
        "limits": list(found.limits),
        "grades": [_grade(each) for each in found.grades],
        "results": [to_json(each) for each in results],
    }


def _grade(each: Grade) -> dict[str, Any]:
    made = {line.item.exercise: line.decision for line in each.lines if line.decision}
    return {
        "student": each.key,
        "name": each.name,
        "submission": each.result.submission if each.result else None,
        "points": each.points,
        "out_of": each.out_of,
        "earned": each.earned,
        "lost": each.lost,
        "days_late": each.late.days if each.late.known else None,
        "exercises": {line.item.exercise: line.points for line in each.lines},
        "flags": [asdict(flag) | {"args": dict(flag.args)} for flag in each.flags],
        "decided": {name: asdict(by) for name, by in (made | dict(each.whole)).items()},
    }


def run_grade(
    submissions: Path, out: Path, options: Path | None, resume: bool, workers: int | None, lang: str
) -> int:
    """Grade a folder, print how it went, and return the exit code (``crmsim grade``).

    Parameters
    ----------
    submissions, out, options, resume, workers, lang
        As for `grade`.

    Returns
    -------
    int
        ``FINE`` or ``USAGE``, or what the report says.
    """
    _speak_anything()
    try:
        lang = language(lang)
        limits = [
            sentence("limit", limit, {}, lang)
            for limit in limits_here(load_options(options).limits)
        ]
        if limits:
            _say(words(lang)("gradebook.said.limits", limits="; ".join(limits)))
        report = grade(submissions, out, options, resume=resume, workers=workers, lang=lang)
    except CrmsimError as error:
        _say(str(error))
        return USAGE
    except OSError as error:
        _say(f"{error.filename or out}: {error.strerror or error}")
        return USAGE
    except KeyboardInterrupt:
        _say(words(lang)("gradebook.said.interrupted"))
        return INTERRUPTED
    for line in _summary(report, lang):
        _say(line)
    return report.status


def run_validate(file: Path, lang: str) -> int:
    """Say what is missing in a hand-in, and give the exit code: 0 where nothing is.

    Parameters
    ----------
    file
        The hand-in: a zip, a notebook or a folder.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    _speak_anything()
    try:
        said, fine = validate(file, lang)
    except CrmsimError as error:
        _say(str(error))
        return USAGE
    print("\n".join(said))
    return FINE if fine else MISSING


def _summary(report: Report, lang: str) -> list[str]:
    t = words(lang)
    found = report.findings
    graded = sum(1 + len(grade.earlier) for grade in found.grades if grade.result)
    said = [
        t(
            f"gradebook.said.done{'_one' if graded == 1 else ''}",
            graded=graded,
            out=report.folder.as_posix(),
        )
    ]
    if report.secret:
        said.append(t("gradebook.said.secret_made", path=report.secret))
    if report.unread:
        said.append(t("gradebook.said.unread", count=report.unread))
    if report.flagged or report.waiting:
        said.append(t("gradebook.said.person", flags=report.flagged, waiting=report.waiting))
    if found.changes:
        said.append(t("gradebook.said.changed", count=len(found.changes), page=CHANGES))
    if found.mistakes:
        said += [t("gradebook.said.mistakes"), *found.mistakes]
    return said


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _speak_anything() -> None:
    """Let a terminal that lacks a letter show another in its place."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
