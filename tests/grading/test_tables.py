"""Tables go out safe for a spreadsheet, and come back from any of them."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsim.common.spreadsheets import TableError, _how_usual, cell, write_table
from crmsim.common.text import same, undressed
from crmsim.grading.marks.overrides import points_of, read_overrides
from crmsim.grading.marks.queue import read_queue
from crmsim.grading.marks.roster import Roster, read_roster, read_times
from crmsim.grading.marks.tables import read_table

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


TITLES = ["", "Class of spring,\n,\n", "sep={0}\n", '"sep={0}"\n', "Spring{0} 2026\n\n"]
WORDS = st.text("abc,;\t|'\" \nü林", max_size=12)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(WORDS, st.integers(0, 99)), min_size=1, max_size=4),
    st.sampled_from(",;\t|"),
    st.sampled_from(TITLES),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    st.sampled_from(["", "Essay: price, product, place, people, process (77)", "a;b;c;d|e|f"]),
)
def test_a_table_of_any_separator_title_and_encoding_is_read(
    tmp_path, rows, separator, title, encoding, more
):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([["姓名", more, "points"], *([name, "", points] for name, points in rows)])
    path = tmp_path / "t.csv"
    path.write_bytes((title.format(separator) + text.getvalue()).encode(encoding))
    got, doubts = read_table(path, NAMES)
    assert [int(row["points"]) for _, row in got] == [points for _, points in rows]
    assert [row["name"] for _, row in got] == [undressed(name) for name, _ in rows]
    assert doubts == []


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "iso8859-15"])
@pytest.mark.parametrize("name", ["José Núñez", "Zoë Müller", "François", "Åse Østgård"])
def test_an_encoding_that_is_guessed_is_told_and_the_names_are_right(tmp_path, encoding, name):
    path = tmp_path / "t.csv"
    path.write_bytes(f"name,points\n{name},2\n".encode(encoding))
    ((_, row),), (doubt,) = read_table(path, NAMES)
    assert row["name"] == name
    assert "read as Western European (Windows-1252); look at the names" in doubt


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp1253", "shift_jis", "mac_roman"])
def test_an_encoding_that_nobody_can_guess_is_never_taken_in_silence(tmp_path, encoding):
    names = {
        "cp1253": "Ελένη Παπαδοπούλου",
        "shift_jis": "ヤマダ タロウ",
        "mac_roman": "Zoë Ørsted",
    }
    path = tmp_path / "t.csv"
    path.write_bytes(f"name,points\n{names.get(encoding, 'Иван Иванов')},2\n".encode(encoding))
    try:
        _, doubts = read_table(path, NAMES)
    except TableError as error:
        doubts = [str(error)]
    assert any("CSV UTF-8" in doubt for doubt in doubts)


@pytest.mark.parametrize("names", [["林悦", "欧阳娜娜"], ["王小明", "李华", "张喆"], ["刘婷婷"]])
def test_chinese_as_excel_saves_it_is_read_without_a_word(tmp_path, names):
    path = tmp_path / "t.csv"
    path.write_bytes(("姓名,得分\n" + "".join(f"{name},2\n" for name in names)).encode("gb18030"))
    rows, doubts = read_table(path, NAMES)
    assert ([row["name"] for _, row in rows], doubts) == (names, [])


@pytest.mark.parametrize(
    ("cell_", "meant"),
    [
        ('"=""0042"""', "0042"),
        ("'0042", "0042"),
        ('"""0042"""', "0042"),
        ("  0042 ", "0042"),
        ("'=cmd", "=cmd"),
        ("'t Hooft", "'t Hooft"),
        ("O'Brien", "O'Brien"),
    ],
)
def test_a_cell_is_undressed(tmp_path, cell_, meant):
    path = tmp_path / "t.csv"
    path.write_text(f"name,points\n{cell_},1\n")
    assert read_table(path, NAMES).rows[0][1]["name"] == meant


def test_a_heading_that_is_there_twice_is_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("name,points,Points\nAna,1,2\n")
    rows, (doubt,) = read_table(path, NAMES)
    assert rows[0][1]["points"] == "1"
    assert doubt == (
        "t.csv: line 1: the heading 'points' is there twice; the first column of it is read"
    )


@given(st.floats(0, 10**9).map(lambda value: round(value, 2)))
def test_points_print_with_all_their_digits(points):
    assert float(cell(points)) == points
    assert "e" not in cell(points)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("2,5", 2.5),
        ("２．５", 2.5),
        ("0,125", 0.125),
        (".5", 0.5),
        ("1234567", 1234567),
        ("12,50", 12.5),
    ],
)
def test_points_are_read_as_people_write_them(text, points):
    assert points_of(text) == points


@pytest.mark.parametrize(
    "text",
    ["1,000", "12,000", "1_0", "1e1", "+3", "-1", "1,000,000", "1.000,5", "1 000", "٣", "", "two",
     "inf", "nan", "0x1", "5/10", "½"],
)  # fmt: skip
def test_points_that_can_mean_two_things_or_none_are_not_read(text):
    assert points_of(text) is None


@given(st.integers(0, 99_999), st.integers(0, 99), st.sampled_from(".,"))
def test_points_written_with_a_point_or_a_comma_are_the_same(whole, hundredths, sign):
    assert points_of(f"{whole}{sign}{hundredths:02}") == pytest.approx(whole + hundredths / 100)


def test_a_table_without_the_columns_says_which(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(TableError, match="line 1: must name one of the columns name, points"):
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


def listed(tmp_path, text):
    path = tmp_path / "class.csv"
    path.write_text(text, "utf-8")
    return read_roster(path)


@pytest.mark.parametrize("nothing", ["-", "—", "n/a", "N/A", "None", "无", "nan"])
def test_what_says_nothing_is_no_address(tmp_path, nothing):
    members, told = listed(tmp_path, f"number,name,email\n1,Ana,{nothing}\n2,Bo,{nothing}\n")
    assert ([each.email for each in members], told) == (["", ""], [])


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(["a", "b", "c"]), st.sampled_from("xyz")),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_that_collide_never_stop_a_class_and_each_is_told(tmp_path, rows):
    text = "number,login,email,name\n" + "".join(f"{n},{lo},{e},N{n}\n" for n, lo, e in rows)
    members, told = listed(tmp_path, text)
    assert [m.number for m in members] == [str(n) for n in dict.fromkeys(n for n, *_ in rows)]
    roster = Roster(tuple(members))
    for kind, place in (("number", 0), ("login", 1), ("email", 2)):
        said = [str(row[place]) for row in rows]
        for line, each in enumerate(said, 2):
            if each in said[: line - 2]:
                assert any(
                    t.startswith(f"class.csv: line {line}: {kind} = {each!r}: is on line ")
                    for t in told
                )
        for each in set(said):
            owners = [m for m in members if getattr(m, kind) == each]
            assert roster.by(kind, each) == (owners[0] if len(owners) == 1 else None)


def test_a_row_that_names_nobody_is_told(tmp_path):
    members, told = listed(tmp_path, "number,name,section\n1,Ana,A\n,,B\n")
    assert (len(members), told) == (1, ["class.csv: line 3: names nobody"])


@pytest.mark.parametrize("head", ["ID,name", "学号,姓名", "Student ID,Full name", "ID number,Name"])
def test_a_plain_list_has_one_column_of_numbers(tmp_path, head):
    (member,), _ = listed(tmp_path, f"{head}\n0042,Ana\n")
    assert (member.number, member.name) == ("0042", "Ana")


def test_times_that_stand_twice_are_told_and_the_later_counts(tmp_path):
    path = tmp_path / "times.csv"
    path.write_text("student,handed in\n7,2026-12-02 10:00\n 7,2026-12-01 10:00\n,2026-12-01\n")
    times, told = read_times(path, None)
    assert times["7"].when.day == 2
    assert told == [
        "times.csv: line 3: student = '7': is on line 2 too; the later time counts",
        "times.csv: line 4: student: is missing",
    ]


def test_overrides_that_stand_twice_are_told_and_the_later_holds(tmp_path):
    path = tmp_path / "overrides.csv"
    path.write_text("student,exercise,points\n7,10-why,1\n８,10-why,1\n７,10-WHY,2\n")
    made, told = read_overrides(path)
    assert {(same(each.student), each.points) for each in made} == {("7", 2), ("8", 1)}
    about = "student = '７', exercise = '10-why'"
    assert told == [f"overrides.csv: line 4: {about}: is on line 2 too; this line counts"]


def test_rows_of_the_queue_that_stand_twice_are_told(tmp_path):
    path = tmp_path / "queue.csv"
    path.write_text("row,exercise,student,points\nq-1,31-owner,7,1\nq-1,31-owner,7,2\nq-2,x,8,\n")
    filled = read_queue(path)
    assert filled.of("q-1")["points"] == "2"
    assert len(filled.mistakes) == 1
    assert filled.mistakes[0].startswith("queue.csv: line 3: row = 'q-1': is on line 2 too")


@pytest.mark.parametrize(
    ("text", "usual"),
    [("林悦", 2), ("啊", 1), ("、", 1), ("座", 1), ("亍", 0), ("丂", 0), ("ö", 0), ("plain", 0)],
)
def test_usual_characters_are_the_first_half_of_the_chinese_standard(text, usual):
    """GB 2312 orders its first level, 啊 to 座, by sound; 亍 begins the second, by strokes."""
    others = sum(not sign.isascii() for sign in text) - usual
    assert _how_usual(text) == (usual, others)
