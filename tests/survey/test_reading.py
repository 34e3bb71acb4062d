"""Twelve awkward files, as survey tools and people write them, give the answers in them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts import (
    CODES,
    limesurvey,
    people,
    plain_head,
    qualtrics,
    saved,
    wenjuanxing,
    workbook,
)

from crmsim.common.spreadsheets import TableError
from crmsim.common.words import LANGUAGES
from crmsim.survey.questions import QUESTIONS, code_in
from crmsim.survey.reading import Responses, SurveyError, read_answers

ROWS = people(8)
SCALED = [question.code for question in QUESTIONS if question.scaled]


def same_as_given(responses: Responses, rows: list[list[str]] = ROWS) -> bool:
    table = responses.table
    expected = [[float(value) for value in row[: len(SCALED)]] for row in rows]
    return table[SCALED].to_numpy().tolist() == expected and list(table["SAY"]) == [
        row[-1] for row in rows
    ]


def with_value(row: int, code: str, value: str) -> list[list[str]]:
    changed = [list(each) for each in ROWS]
    changed[row][CODES.index(code)] = value
    return changed


# 1 to 4: how it was saved


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("layout", [wenjuanxing, limesurvey, qualtrics])
def test_a_tool_s_file_is_read_however_it_was_saved(tmp_path, layout, encoding, separator):
    path = saved(tmp_path / "a.csv", layout(ROWS), encoding, separator)
    found = read_answers(path)
    assert same_as_given(found)
    assert set(found.table["OFT"]) == {"often_1", "often_2", "often_3"}
    assert found.aside == []


def test_a_plain_sheet_with_titles_above_and_a_total_below(tmp_path):
    total = ["合计", *["99"] * (len(CODES) - 1)]
    rows = [["满意度调查 2026"], [], plain_head(), *ROWS, total]
    found = read_answers(saved(tmp_path / "a.csv", rows))
    assert same_as_given(found)
    assert [(each.row, each.code, each.found, each.why) for each in found.aside] == [
        (12, "", "合计", "total")
    ]


@pytest.mark.parametrize("word", ["总计", "平均值", "Total", "Mean", "AVERAGE:"])
def test_a_total_by_any_name_is_no_person(tmp_path, word):
    rows = [["Name", *plain_head()], *([f"p{i}", *row] for i, row in enumerate(ROWS))]
    rows.append([word, *["5"] * len(CODES)])
    found = read_answers(saved(tmp_path / "a.csv", rows))
    assert same_as_given(found)
    assert [each.why for each in found.aside] == ["total"]


def test_an_excel_workbook_of_several_sheets(tmp_path):
    numbers = [[int(v) if v.isdecimal() else v for v in row] for row in ROWS]
    sheets = {"说明": [["请勿修改"]], "答卷": [plain_head(), *numbers]}
    found = read_answers(workbook(tmp_path / "a.xlsx", sheets))
    assert same_as_given(found)
    assert any("答卷" in doubt for doubt in found.doubts)


# 5 to 12: what stands in it


def test_skipped_answers_count_as_none_and_are_told(tmp_path):
    for skipped in ("", "-3", "(跳过)", "（跳过）", "N/A", "-99", "(空)"):
        found = read_answers(
            saved(tmp_path / "a.csv", [plain_head(), *with_value(3, "P07", skipped)])
        )
        assert math.isnan(found.table["P07"].iloc[3])
        assert [(each.row, each.code, each.why) for each in found.aside] == [(5, "P07", "skipped")]
        assert found.table["P07"].notna().sum() == len(ROWS) - 1


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("完全同意", 7),
        ("Strongly disagree", 1),
        ("比较同意（5分）", 5),
        ("A6", 6),
        ("4 - neutral", 4),
    ],
)
def test_an_answer_in_words_is_recoded_and_told(tmp_path, said, value):
    found = read_answers(saved(tmp_path / "a.csv", [plain_head(), *with_value(0, "SAT", said)]))
    assert found.table["SAT"].iloc[0] == value
    told = [(each.row, each.code, each.found, each.why) for each in found.aside]
    assert told == [(2, "SAT", said, "recoded")]


@pytest.mark.parametrize(
    ("code", "value", "why"),
    [
        ("P01", "8", "range"),
        ("P01", "0", "range"),
        ("NPS", "11", "range"),
        ("SAT", "4.5", "range"),
        ("SAT", "-2", "range"),
        ("SAT", "不知道", "words"),
        ("NPS", "likely", "words"),
    ],
)
def test_an_answer_off_the_scale_is_set_aside_with_its_row(tmp_path, code, value, why):
    found = read_answers(saved(tmp_path / "a.csv", [plain_head(), *with_value(6, code, value)]))
    assert math.isnan(found.table[code].iloc[6])
    told = [(each.row, each.code, each.found, each.why) for each in found.aside]
    assert told == [(8, code, value, why)]


def test_the_ends_of_each_scale_are_on_it(tmp_path):
    ends = [
        [str(q.low) for q in QUESTIONS if q.scaled],
        [str(q.high) for q in QUESTIONS if q.scaled],
    ]
    found = read_answers(saved(tmp_path / "a.csv", [SCALED, *ends]))
    assert found.table.to_numpy().tolist() == [[float(v) for v in row] for row in ends]
    assert found.aside == []


def test_an_answer_sheet_that_came_twice_counts_once(tmp_path):
    rows = [*ROWS, ROWS[2]]
    found = read_answers(saved(tmp_path / "a.csv", [plain_head(), *rows]))
    assert same_as_given(found)
    assert [(each.row, each.why, each.places) for each in found.aside] == [
        (10, "again", {"first": "4"})
    ]


def test_a_number_that_came_twice_is_one_person_who_changed_her_mind(tmp_path):
    rows = limesurvey(ROWS)
    later = [*rows[3][:5], *ROWS[7]]
    found = read_answers(saved(tmp_path / "a.csv", [*rows, later]))
    assert same_as_given(found)
    assert [each.why for each in found.aside] == ["again"]


def test_two_people_who_tick_one_box_throughout_are_two_people_and_told(tmp_path):
    straight = ["4" for _ in SCALED] + ["1", ""]
    found = read_answers(saved(tmp_path / "a.csv", [plain_head(), *ROWS, straight, straight]))
    assert len(found.table) == len(ROWS) + 2
    assert any("2" in doubt for doubt in found.doubts)


def test_previews_and_unfinished_sheets_are_set_aside(tmp_path):
    rows = qualtrics(ROWS)
    preview = list(rows[-1])
    preview[2], preview[5] = "Survey Preview", "R_9999"
    half = [*rows[-1][:5], "R_9998", *ROWS[0][:20], *[""] * (len(CODES) - 20)]
    found = read_answers(saved(tmp_path / "a.csv", [*rows, preview, half]))
    assert same_as_given(found)
    assert [(each.row, each.why) for each in found.aside] == [(12, "preview"), (13, "unfinished")]


def test_a_heading_that_is_there_twice_is_read_once_and_told(tmp_path):
    rows = [[*plain_head(), "P03 again"], *([*row, "1"] for row in ROWS)]
    found = read_answers(saved(tmp_path / "a.csv", rows))
    assert same_as_given(found)
    assert any("P03" in doubt for doubt in found.doubts)


def test_the_group_that_qualtrics_adds_is_not_the_answer(tmp_path):
    rows = qualtrics(ROWS)
    place = rows[1].index(next(each for each in rows[1] if "NPS" in each))
    for row, value in zip(rows, ["QNPS_NPS_GROUP", "NPS How likely - Group", "{}"], strict=False):
        row.insert(place, value)
    for row in rows[3:]:
        row.insert(place, "Detractor")
    assert same_as_given(read_answers(saved(tmp_path / "a.csv", rows)))


def test_columns_in_any_order_with_others_between(tmp_path):
    head, body = plain_head()[::-1], [row[::-1] for row in ROWS]
    rows = [["who", *head[:9], "remark", *head[9:]]]
    rows += [[f"p{i}", *row[:9], "x", *row[9:]] for i, row in enumerate(body)]
    assert same_as_given(read_answers(saved(tmp_path / "a.csv", rows)))


# what can't be used


def refused(path: Path, lang: str = "en") -> str:
    with pytest.raises(SurveyError) as told:
        read_answers(path, lang)
    return str(told.value)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_without_codes_says_what_was_found_and_what_to_do(tmp_path, lang):
    said = refused(saved(tmp_path / "a.csv", [["name", "满意吗"], ["Lin", "5"]]), lang)
    assert "a.csv" in said
    assert "满意吗" in said
    assert "E01" in said
    assert "crmsim survey --out" in said


def test_a_file_of_totals_alone_has_nobody_in_it(tmp_path):
    said = refused(saved(tmp_path / "a.csv", [plain_head(), ["合计", "3"]]))
    assert "no row has answers" in said
    assert "total" in said


@pytest.mark.parametrize("name", ["a.xls", "a.docx", "answers"])
def test_a_file_of_another_kind_is_refused_by_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"PK")
    assert ".xlsx" in refused(path)


def test_a_workbook_that_is_none_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"not a workbook")
    assert "can’t be opened" in refused(path)


def test_an_empty_file_is_refused(tmp_path):
    assert "names a question" in refused(saved(tmp_path / "a.csv", []))


@pytest.mark.parametrize("heading", ["Q1_E3x", "BEE01", "E23", "P00", "E100", "OFTEN", "sat"])
def test_a_heading_that_only_looks_like_a_code_is_none(heading):
    assert code_in(heading) is None


CELLS = st.one_of(
    st.sampled_from(
        ["E01", "P1 x", "SAT", "NPS", "7", "", "-3", "合计", "同意", "1,5", '"', "2;3", "=1+1"]
    ),
    st.text(max_size=8),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(CELLS, max_size=6), max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([",", ";", "\t"]),
)
def test_whatever_stands_in_a_file_it_is_read_or_refused_in_words(
    tmp_path, rows, encoding, separator
):
    rows = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in rows]
    path = saved(tmp_path / "a.csv", rows, encoding, separator)
    try:
        found = read_answers(path)
    except (SurveyError, TableError):
        return
    kept = set(found.table.index)
    assert kept
    assert kept.isdisjoint(each.row for each in found.aside if not each.code)


@given(content=st.binary(max_size=200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_of_any_kind_are_no_answers_and_said_to_be_none(tmp_path, content):
    for name in ("a.csv", "a.xlsx"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises((SurveyError, TableError), match=name):
            read_answers(tmp_path / name)
