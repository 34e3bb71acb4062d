"""Tables go out safe for a spreadsheet, and come back from any of them."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.grading.marks.roster import read_roster, read_times
from crmsim.grading.marks.tables import TableError, cell, read_table, write_table

NAMES = {"name": ("name", "姓名"), "points": ("points", "得分")}


@given(st.text(max_size=60))
def test_no_cell_is_a_formula(text):
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1", "-1+1", "@SUM(A1)", "\t=1", "＝1+1"])
def test_a_formula_comes_back_as_it_was_meant(tmp_path, name):
    path = write_table(tmp_path / "t.csv", ["name", "points"], [[name, 1]])
    assert read_table(path, NAMES).rows[0][1]["name"] == name.strip()


def test_a_spreadsheet_sees_utf8(tmp_path):
    path = write_table(tmp_path / "t.csv", ["姓名"], [["林悦"]])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_numbers_stay_numbers():
    assert (cell(-2.5), cell(3), cell(0.1 + 0.2)) == ("-2.5", "3", "0.3")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_however_a_spreadsheet_saved_it(tmp_path, encoding, separator):
    path = tmp_path / "t.csv"
    path.write_text(
        separator.join(["姓名", "得分"]) + "\n" + separator.join(["林悦", "2"]), encoding
    )
    assert read_table(path, NAMES) == ([(2, {"name": "林悦", "points": "2"})], [])


def test_a_table_without_the_columns_says_which(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(TableError, match="line 1: none of the columns name, points"):
        read_table(path, NAMES)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"\xff\xfe\x00", b'"' * 200_000])
def test_whatever_is_no_table_is_told_so(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"t\.csv"):
        read_table(path, NAMES)


def test_the_class_is_read_from_what_canvas_exports(tmp_path):
    path = tmp_path / "canvas.csv"
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Essay (77)"]
    rows = [
        ["    Points Possible", "", "", "", "", "10"],
        ["Lin, Yue", "4711", "2026001", "yue.lin", "A", "8"],
        ["Student, Test", "9", "", "abc", "A", ""],
    ]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    (member,), told = read_roster(path)
    assert told == []
    assert (member.name, member.number, member.canvas) == ("Lin, Yue", "2026001", "4711")
    assert member.login == "yue.lin"


def test_the_class_is_read_from_what_moodle_exports(tmp_path):
    path = tmp_path / "moodle.csv"
    path.write_text(
        "First name,Last name,ID number,Email address\nYue,Lin,2026001,yue@example.org\n"
    )
    (member,), told = read_roster(path)
    assert told == []
    assert (member.name, member.number, member.email) == ("Yue Lin", "2026001", "yue@example.org")


def test_two_of_one_number_are_told(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text("number,name\n7,Ana\n7,Bo\n")
    members, told = read_roster(path)
    assert [each.name for each in members] == ["Ana"]
    assert told == ["class.csv: line 3: number = '7': is on line 2 too; this line is not used"]


def test_a_time_that_is_none_is_told_by_line(tmp_path):
    path = tmp_path / "times.csv"
    path.write_text("student,handed in\n7,2026-12-01 10:00\n8,soon\n")
    times, told = read_times(path, None)
    assert list(times) == ["7"]
    assert told[0].startswith("times.csv: line 3: handed in = 'soon': must be a time")
