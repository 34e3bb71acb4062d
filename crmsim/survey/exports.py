"""The questionnaire for paper and for survey tools; each question begins with its code.

LimeSurvey: tab-separated survey structure (its manual). Qualtrics: advanced text format (its
support pages). 问卷星: text to paste (from memory). None was tried in the live tool, and each file
or its note says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from crmsim.common.files import write
from crmsim.common.words import words
from crmsim.model.theory.survey import POINTS, RECOMMEND_MOST
from crmsim.survey.document import grid, new_document, saved
from crmsim.survey.page import survey_page
from crmsim.survey.questions import DID, OFTEN, SHOULD, wording

_WHOLE = ("QUA", "SAT", "CES")
_SEVEN = range(1, POINTS + 1)
_ELEVEN = range(RECOMMEND_MOST + 1)
_LIME_HEAD = (
    *("id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language"),
    *("validation", "mandatory", "other", "default", "same_default"),
)

STATEMENT_CM = 10.2
"""Width of the statements of the questionnaire on paper, in centimetres."""


def write_questionnaire(folder: Path, lang: str) -> list[Path]:
    """Write the questionnaire for paper and for three survey tools, and return the files.

    Parameters
    ----------
    folder
        Where they are written; files of the same name are replaced.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    list of Path
        The page, the document, then LimeSurvey, Qualtrics and 问卷星.
    """
    return [
        write(folder / "questionnaire.html", paper_page(lang)),
        write(folder / "questionnaire.docx", paper_document(lang)),
        write(folder / "questionnaire-limesurvey.txt", limesurvey(lang)),
        write(folder / "questionnaire-qualtrics.txt", qualtrics(lang)),
        write(folder / "questionnaire-wenjuanxing.txt", "\ufeff" + wenjuanxing(lang)),
    ]


def paper_page(lang: str) -> str:
    """Return the questionnaire as a page to print.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    say = words(lang)
    places = {"matrices": list(_matrices(lang)), "often": OFTEN, "t": say, "wording": wording}
    return survey_page("questionnaire", lang, say("survey.question.title"), **places)


def paper_document(lang: str) -> bytes:
    """Return the questionnaire as a file for Word.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    say, document = words(lang), new_document(lang)
    document.add_heading(say("survey.question.title"), 0)
    document.add_paragraph(say("survey.question.greeting"))
    for heading, codes in _matrices(lang):
        document.add_heading(heading, 1)
        document.add_paragraph(say("survey.question.scale7"))
        head = ("", *map(str, _SEVEN))
        rows = [(f"{code} {wording(code, lang)}", *["☐" for _ in _SEVEN]) for code in codes]
        grid(document, head, rows, STATEMENT_CM)
    document.add_paragraph(f"NPS {wording('NPS', lang)} {say('survey.question.scale10')}")
    document.add_paragraph("   ".join(f"☐ {point}" for point in _ELEVEN))
    document.add_paragraph(f"OFT {wording('OFT', lang)}")
    document.add_paragraph("   ".join(f"☐ {told}" for told in _often(lang)))
    document.add_paragraph(f"SAY {wording('SAY', lang)}")
    for _ in range(3):
        document.add_paragraph("_" * 70)
    return saved(document)


def limesurvey(lang: str) -> str:
    """Return the questionnaire as LimeSurvey's tab-separated survey structure.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, _LIME_HEAD, delimiter="\t", lineterminator="\n", restval="")
    table.writeheader()
    for row in _lime_rows(lang):
        table.writerow(row)
    return "\ufeff" + text.getvalue()


def qualtrics(lang: str) -> str:
    """Return the questionnaire in Qualtrics' advanced text format.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    say = words(lang)
    note = say("survey.question.untried", tool="Qualtrics")
    lines = ["[[AdvancedFormat]]", "", f"[[Block:{say('survey.question.title')}]]", ""]
    lines += ["[[Question:DB]]", say("survey.question.greeting"), f"({note})", ""]
    for name, (heading, codes) in zip(("E", "P", "W"), _matrices(lang), strict=True):
        lines += ["[[Question:Matrix]]", f"[[ID:{name}]]", heading, "[[AdvancedChoices]]"]
        for place, code in enumerate(codes, start=1):
            lines += [f"[[Choice:{place}]]", f"{code} {wording(code, lang)}"]
        lines.append("[[AdvancedAnswers]]")
        for point in _SEVEN:
            lines += [f"[[Answer:{point}]]", str(point)]
        lines += ["", "[[PageBreak]]", ""]
    for code, choices in (("NPS", [str(p) for p in _ELEVEN]), ("OFT", _often(lang))):
        lines += ["[[Question:MC:SingleAnswer:Horizontal]]", f"[[ID:{code}]]"]
        lines += [f"{code} {wording(code, lang)}", "[[AdvancedChoices]]"]
        for place, choice in enumerate(choices, start=0 if code == "NPS" else 1):
            lines += [f"[[Choice:{place}]]", choice]
        lines.append("")
    lines += ["[[Question:TE:Essay]]", "[[ID:SAY]]", f"SAY {wording('SAY', lang)}", ""]
    return "\n".join(lines)


def wenjuanxing(lang: str) -> str:
    """Return the questionnaire as text to paste into 问卷星.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    say, kinds = words(lang), words("zh")
    matrix, single, open_ = (
        kinds(f"survey.question.{kind}") for kind in ("matrix", "single", "open")
    )
    lines = [say("survey.question.title"), say("survey.question.greeting"), ""]
    number = 0
    for heading, codes in _matrices(lang):
        number += 1
        lines += [f"{number}. {heading}[{matrix}]", " ".join(map(str, _SEVEN))]
        lines += [f"{code} {wording(code, lang)}" for code in codes]
        lines.append("")
    for code, choices in (("NPS", [str(p) for p in _ELEVEN]), ("OFT", _often(lang))):
        number += 1
        lines += [f"{number}. {code} {wording(code, lang)}[{single}]", *choices, ""]
    lines += [f"{number + 1}. SAY {wording('SAY', lang)}[{open_}]", ""]
    return "\n".join([f"({say('survey.question.paste_how')})", "", *lines])


def _matrices(lang: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the heading of each table of statements, with the codes in it."""
    say = words(lang)
    for key, codes in (("should", SHOULD), ("did", DID), ("whole", _WHOLE)):
        yield say(f"survey.question.{key}"), codes


def _often(lang: str) -> list[str]:
    say = words(lang)
    return [
        f"{place} {say(f'survey.question.{name}')}" for place, name in enumerate(OFTEN, start=1)
    ]


def _lime_rows(lang: str) -> Iterator[dict[str, str]]:
    say, tag = words(lang), lang
    title, note = say("survey.question.title"), say("survey.question.untried", tool="LimeSurvey")
    yield {"class": "S", "name": "language", "text": tag}
    settings = (("title", title), ("description", note), ("welcometext", "greeting"))
    for name, text in settings:
        told = say("survey.question.greeting") if text == "greeting" else text
        yield {"class": "SL", "name": f"surveyls_{name}", "text": told, "language": tag}
    number = 0
    for place, (name, (heading, codes)) in enumerate(
        zip(("E", "P", "W"), _matrices(lang), strict=True), start=1
    ):
        common = {"relevance": "1", "language": tag}
        number += 1
        yield common | {"id": str(place), "class": "G", "type/scale": str(place), "name": heading}
        yield common | {
            "id": str(number),
            "class": "Q",
            "type/scale": "F",
            "name": name,
            "text": heading,
        }
        for code in codes:
            told = f"{code} {wording(code, lang)}"
            yield common | {"class": "SQ", "type/scale": "0", "name": code, "text": told}
        for point in _SEVEN:
            yield {"class": "A", "type/scale": "0", "name": str(point), "text": str(point)} | {
                "language": tag
            }
    for code, choices in (("NPS", [str(p) for p in _ELEVEN]), ("OFT", _often(lang)), ("SAY", [])):
        number += 1
        told = f"{code} {wording(code, lang)}"
        kind = "L" if choices else "T"
        yield {"id": str(number), "class": "Q", "type/scale": kind, "name": code, "text": told} | {
            "relevance": "1",
            "language": tag,
        }
        for place, choice in enumerate(choices, start=0 if code == "NPS" else 1):
            yield {"class": "A", "type/scale": "0", "name": str(place), "text": choice} | {
                "language": tag
            }
