"""What ``crmsim grade`` and ``crmsim validate`` say, and the exit codes they end with."""

from __future__ import annotations

import sys
from pathlib import Path

from crmsim.common.errors import CrmsimError
from crmsim.common.words import language, words
from crmsim.grading.command import INTERRUPTED, USAGE, Report, grade
from crmsim.grading.options import load_options
from crmsim.grading.pages.wording import sentence
from crmsim.grading.sandbox.jail import limits_here
from crmsim.grading.validate import validate

FINE, MISSING = 0, 1


def run_grade(
    submissions: Path, out: Path, options: Path | None, resume: bool, workers: int | None, lang: str
) -> int:
    """Grade a folder, say how it went, and give the exit code."""
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
    """Say what is missing in a hand-in, and give the exit code: 0 where nothing is."""
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
    said = [t("gradebook.said.done", graded=graded, out=report.folder.as_posix())]
    if report.secret:
        said.append(t("gradebook.said.secret_made", path=report.secret))
    if report.unread:
        said.append(t("gradebook.said.unread", count=report.unread))
    if report.flagged or report.waiting:
        said.append(t("gradebook.said.person", flags=report.flagged, waiting=report.waiting))
    if found.mistakes:
        said += [t("gradebook.said.mistakes"), *found.mistakes]
    return said


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _speak_anything() -> None:
    """A terminal that lacks a letter shows another in its place, and goes on."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
