"""The report says what was found, what is not known, and what the student wrote."""

from __future__ import annotations

import io
import re

import pytest
from layouts import people, plain_head, saved

from crmsim.common.words import LANGUAGES, words
from crmsim.survey.analysis import analyse
from crmsim.survey.document import report_document
from crmsim.survey.own_text import PARTS, begin_text, invited_in, read_own_text
from crmsim.survey.page import report_page
from crmsim.survey.reading import SurveyError, read_answers
from crmsim.survey.report import Bars, Grid, Heading, Paragraph, Quadrants, blocks_of

TEXT = dict.fromkeys(PARTS, "") | {
    "firm": "Xin Hua <b>Bookshop</b>",
    "product": "the reading room",
    "why": "To decide whether to open on Sundays.\n\nThe manager decides.",
}


@pytest.fixture
def answers(tmp_path):
    rows = people(60)
    rows[4][3] = "99"
    return read_answers(saved(tmp_path / "a.csv", [plain_head(), *rows]))


def report(answers, lang="en", invited=None, text=TEXT):
    return blocks_of(analyse(answers), answers, text, invited, lang)


def texts(blocks):
    return [each.text for each in blocks if isinstance(each, Heading | Paragraph)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_report_has_all_its_parts(answers, lang):
    blocks = report(answers, lang)
    say = words(lang)
    heads = [each.text for each in blocks if isinstance(each, Heading)]
    wanted = [say(f"survey.report.{each}") for each in ("summary", "sample", "results", "limits")]
    wanted += [say(f"survey.own.{each}") for each in ("why", "how_asked", "reading", "advice")]
    assert set(wanted) <= set(heads)
    kinds = {type(each) for each in blocks}
    assert {Grid, Bars, Quadrants} <= kinds
    assert "{" not in "".join(texts(blocks))


def test_what_the_student_wrote_stands_there_and_what_she_did_not_is_asked_for(answers):
    blocks = report(answers)
    own = [each.text for each in blocks if isinstance(each, Paragraph) and each.own]
    assert own == ["To decide whether to open on Sundays.", "The manager decides."]
    assert sum(isinstance(each, Paragraph) and each.wanting for each in blocks) == 5


def test_an_answer_that_was_set_aside_stands_in_the_appendix(answers):
    last = [each for each in report(answers) if isinstance(each, Grid)][-1]
    assert last.rows == (("6", "E04", "99", "outside 1 to 7: this answer set aside"),)


def test_the_limits_tell_the_silence_only_where_it_is_known(answers):
    def limits(invited):
        return " ".join(texts(report(answers, invited=invited)))

    assert "20 % answered" in limits(300)
    assert "not known how many were asked" in limits(None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_escapes_what_people_wrote_and_fetches_nothing(answers, lang):
    page = report_page(report(answers, lang), lang)
    assert "&lt;b&gt;Bookshop&lt;/b&gt;" in page
    assert "<b>Bookshop" not in page
    assert not re.search(r"<script|https?://(?!www\.w3\.org/2000/svg)", page)
    assert page.count("<svg") == 2
    assert page.count('role="img"') == 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_word_opens_the_document_and_finds_the_same_words(answers, lang):
    from docx import Document

    blocks = report(answers, lang)
    document = Document(io.BytesIO(report_document(blocks, lang)))
    found = [each.text for each in document.paragraphs]
    assert set(texts(blocks)) <= set(found)
    grids = [each for each in blocks if isinstance(each, Grid)]
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {text for each in grids for row in each.rows for text in row} <= cells


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_table_of_the_document_is_wider_than_its_text_and_names_have_room(answers, lang):
    from docx import Document

    document = Document(io.BytesIO(report_document(report(answers, lang), lang)))
    page = document.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    wide = [[column.width for column in table.columns] for table in document.tables]
    assert len(wide) > 3
    assert all(sum(columns) <= room * 1.01 for columns in wide)
    assert all(columns[0] >= room / 7 for columns in wide)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_student_s_file_is_laid_down_once_and_read_in_either_language(tmp_path, lang):
    path = begin_text(tmp_path, lang)
    assert read_own_text(path) == dict.fromkeys(PARTS, "")
    heading = f"## {words(lang)('survey.own.advice')}"
    written = path.read_text("utf-8").replace(heading, f"{heading}\nRing back within a day.")
    path.write_text(written, "utf-8")
    assert begin_text(tmp_path, lang) == path
    assert read_own_text(path)["advice"] == "Ring back within a day."
    assert not any(text for part, text in read_own_text(path).items() if part != "advice")


@pytest.mark.parametrize("said", ["many", "59", "-300", "60.5"])
def test_fewer_asked_than_answered_is_refused(tmp_path, said):
    with pytest.raises(SurveyError, match="Number of people asked"):
        invited_in(TEXT | {"invited": said}, 60, tmp_path / "my-text.md", "en")


@pytest.mark.parametrize(
    ("said", "number"), [("1,200", 1200), ("300人", 300), ("60", 60), ("", None)]
)
def test_the_number_of_people_asked_is_read_as_people_write_it(tmp_path, said, number):
    assert invited_in(TEXT | {"invited": said}, 60, tmp_path / "t", "en") == number
