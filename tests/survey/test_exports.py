"""The questionnaire for paper and tools: what a tool gives back is read again by its codes."""

from __future__ import annotations

import csv
import io
import re

import pytest

from crmsim.common.words import LANGUAGES
from crmsim.survey.exports import limesurvey, paper_document, paper_page, qualtrics, wenjuanxing
from crmsim.survey.questions import QUESTIONS, code_in, wording

CODES = [question.code for question in QUESTIONS]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("export", [paper_page, limesurvey, qualtrics, wenjuanxing])
def test_every_question_is_there_once_under_its_code(export, lang):
    text = export(lang)
    for code in CODES:
        assert text.count(f"{code} {wording(code, lang)}") == 1, code


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_document_for_word_has_every_question(lang):
    from docx import Document

    document = Document(io.BytesIO(paper_document(lang)))
    said = [each.text for each in document.paragraphs]
    said += [row.cells[0].text for table in document.tables for row in table.rows]
    found = {code_in(each) for each in said} - {None}
    assert found == set(CODES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_to_print_has_a_box_for_each_answer(lang):
    assert paper_page(lang).count("☐") == 47 * 7 + 11 + 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_limesurvey_gets_rows_of_its_kinds_with_codes_that_it_takes(lang):
    rows = list(csv.DictReader(io.StringIO(limesurvey(lang).lstrip("\ufeff")), delimiter="\t"))
    kinds = [row["class"] for row in rows]
    assert kinds.count("SQ") == 47
    assert kinds.count("G") == 3
    assert kinds.count("Q") == 6
    assert kinds.count("A") == 3 * 7 + 11 + 3
    codes = [row["name"] for row in rows if row["class"] == "SQ"]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,4}", code) for code in codes)
    assert {row["language"] for row in rows[1:]} == {lang}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_qualtrics_gets_its_tags(lang):
    text = qualtrics(lang)
    assert text.startswith("[[AdvancedFormat]]\n")
    assert text.count("[[Question:Matrix]]") == 3
    assert text.count("[[Answer:7]]") == 3
    assert text.count("[[Choice:0]]") == 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("export", [limesurvey, qualtrics, wenjuanxing])
def test_each_says_that_nobody_has_tried_it_in_the_live_tool(export, lang):
    told = "live tool" if lang == "en" else "正式系统"
    assert told in export(lang)
