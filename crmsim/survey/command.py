"""The command ``crmsim survey``: a questionnaire, and from a file of answers the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crmsim.common.files import write
from crmsim.common.spreadsheets import write_table
from crmsim.common.words import language, words
from crmsim.survey.analysis import LEAST_PEOPLE, analyse
from crmsim.survey.document import report_document
from crmsim.survey.own_text import begin_text, invited_in, read_own_text
from crmsim.survey.page import report_page
from crmsim.survey.questions import DID
from crmsim.survey.reading import Responses, SurveyError, read_answers
from crmsim.survey.report import Block, aside_table, blocks_of

ASIDE = "set-aside.csv"


def run_survey(answers: Path | None, out: Path, lang: str) -> int:
    """Write the report of a file of answers, or the questionnaire if there are no answers yet.

    Parameters
    ----------
    answers
        The file of answers, or None.
    out
        The folder for what is written; it is made if it is not there.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Raises
    ------
    SurveyError
        If the file can't be used; it says where, what was found, what is allowed and what to do.
    """
    say, lang = words(lang), language(lang)
    if out.exists() and not out.is_dir():
        raise SurveyError(say("survey.error.out", out=out))
    if answers is None:
        from crmsim.survey.exports import write_questionnaire

        files = write_questionnaire(out, lang)
        print(say("survey.command.laid_down", files=_named(files)))
        return 0
    responses = checked_answers(answers, lang)
    own = begin_text(out, lang)
    text = read_own_text(own)
    invited = invited_in(text, len(responses.table), own, lang)
    files = write_report(out, blocks_of(analyse(responses), responses, text, invited, lang), lang)
    if responses.aside:
        files.append(write_table(out / ASIDE, *aside_table(responses.aside, say)))
        singles = len(responses.aside) - responses.rows_aside
        places = {"rows": responses.rows_aside, "answers": singles, "file": ASIDE}
        print(say("survey.command.aside", **places))
    for doubt in responses.doubts:
        print(doubt)
    print(say("survey.command.wrote", count=len(responses.table), files=_named(files)))
    if not any(text.values()):
        print(say("survey.command.write_now", file=own))
    return 0


def checked_answers(path: Path, lang: str) -> Responses:
    """Read a file of answers that is fit for a report.

    Parameters
    ----------
    path
        The file.
    lang
        The language of messages, ``"en"`` or ``"zh-Hans"``.

    Raises
    ------
    SurveyError
        If it can't be read, lacks questions, or has too few people.
    """
    say, responses = words(lang), read_answers(path, lang)
    missing = [code for code in (*DID, "SAT") if code not in responses.table]
    if missing:
        found = ", ".join(responses.table.columns) or "—"
        places = {"code": ", ".join(missing), "found": found}
        raise SurveyError(say("survey.error.missing", file=path.name, **places))
    count = int(responses.table["SAT"].notna().sum())
    if count < LEAST_PEOPLE:
        raise SurveyError(say("survey.error.few", file=path.name, count=count, least=LEAST_PEOPLE))
    return responses


def write_report(folder: Path, blocks: Sequence[Block], lang: str) -> list[Path]:
    """Write a report as a page and for Word, and return the files.

    Parameters
    ----------
    folder
        Where they are written; files of the same name are replaced.
    blocks
        The report.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    list of Path
        The page, then the document.
    """
    document = report_document(blocks, lang)
    return [
        write(folder / "report.html", report_page(blocks, lang)),
        write(folder / "report.docx", document),
    ]


def _named(files: Sequence[Path]) -> str:
    return ", ".join(str(file) for file in files)
