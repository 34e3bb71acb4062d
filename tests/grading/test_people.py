"""Decisions of people: the queue of free answers, and overrides that last."""

import csv
from datetime import UTC, datetime

import fakes
import pytest

from crmsim.common.text import same
from crmsim.grading.command import grade, publish
from crmsim.grading.marks.overrides import begin_overrides, read_overrides
from crmsim.grading.marks.people import StudentIndex
from crmsim.grading.marks.queue import read_queue
from crmsim.grading.marks.roster import Handed
from crmsim.grading.options import Late, Options

ESSAY = "31-owner"
TEXT = "The owner loses customers first,\nthen wages. =1+1"


@pytest.fixture
def results():
    return [
        fakes.result("2026001", items=(fakes.item(ESSAY, TEXT), fakes.item("10-why", None))),
        fakes.result("0042", items=(fakes.item(ESSAY, "一句话。"),)),
        fakes.result("0043", items=(fakes.item(ESSAY, "一句话。"),)),
    ]


def published(out, results, **more):
    """The grades of a run that reads what people filled in before."""
    overrides, mistakes = [], []
    if (out / "overrides.csv").exists():
        overrides, mistakes = read_overrides(out / "overrides.csv")
    filled = read_queue(out / "queue.csv")
    tables = type(fakes.NOTHING)((), {}, overrides, filled, mistakes)
    found = publish(out, results, Options(**more), tables, "en")
    return found, {each.key: each for each in found.grades}


def table(path):
    """The rows of a table of ours."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def fill(path, who, **values):
    """Fill in the row of a student, as a spreadsheet would."""
    rows = table(path)
    for row in rows:
        if row["student"] == who:
            row.update(values)
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_points_filled_in_count_in_the_next_run_and_stay(tmp_path, results):
    found, by_key = published(tmp_path, results)
    assert by_key["2026001"].waiting == 1
    fill(tmp_path / "queue.csv", "2026001", points="2,5", comment="Good, but who pays?")
    for _ in range(2):
        found, by_key = published(tmp_path, results)
        assert by_key["2026001"].points == 2.5
        assert by_key["2026001"].waiting == 0
        assert [each.points for each in found.waiting].count("2,5") == 1
    page = (tmp_path / "feedback" / "2026001.html").read_text()
    assert "Good, but who pays?" in page


def test_a_number_that_a_spreadsheet_spoilt_still_finds_its_student(tmp_path, results):
    published(tmp_path, results)
    fill(tmp_path / "queue.csv", "0042", points="1", student="42")
    assert published(tmp_path, results)[1]["0042"].points == 1


def test_points_for_an_answer_that_has_changed_are_kept_but_do_not_count(tmp_path, results):
    published(tmp_path, results)
    fill(tmp_path / "queue.csv", "2026001", points="3", comment="Kept")
    again = fakes.result("2026001", items=(fakes.item(ESSAY, "Something else."),))
    _, by_key = published(tmp_path, [again, *results[1:]])
    assert by_key["2026001"].waiting == 1
    sheet = (tmp_path / "queue.csv").read_text("utf-8-sig")
    assert "Kept" in sheet
    assert "the answer has changed since" in sheet
    assert published(tmp_path, results)[1]["2026001"].points == 3


@pytest.mark.parametrize("points", ["99", "-1", "good", "NaN", "2+", "1+good"])
def test_points_that_can_not_be_are_told_by_line(tmp_path, results, points):
    published(tmp_path, results)
    fill(tmp_path / "queue.csv", "0042", points=points)
    found, by_key = published(tmp_path, results)
    assert by_key["0042"].waiting == 1
    (mistake,) = found.mistakes
    sheet = (tmp_path / "queue.csv").read_text("utf-8-sig").splitlines()
    (line,) = (number for number, text in enumerate(sheet, 1) if "0042" in text)
    assert mistake.startswith(f"queue.csv: line {line}: ")
    assert f"points = {points!r}: must be a number f" in mistake


def test_a_row_of_the_queue_that_belongs_to_no_answer_is_told_by_line(tmp_path, results):
    published(tmp_path, results)
    fill(tmp_path / "queue.csv", "0042", points="1", row="q-spoilt")
    found, by_key = published(tmp_path, results)
    assert by_key["0042"].waiting == 1
    (mistake,) = found.mistakes
    assert "row = 'q-spoilt': no answer of this name waits; its points do not count" in mistake


def test_points_may_be_given_for_each_line_of_the_rubric(tmp_path, results):
    published(tmp_path, results)
    before = published(tmp_path, results)[1]["0042"]
    fill(tmp_path / "queue.csv", "0042", points="1+2+0+1")
    found, by_key = published(tmp_path, results)
    assert found.mistakes == []
    assert by_key["0042"].waiting == before.waiting - 1
    assert by_key["0042"].points > before.points


def test_a_row_without_points_that_belongs_to_no_answer_is_no_mistake(tmp_path, results):
    published(tmp_path, results)
    fill(tmp_path / "queue.csv", "0042", comment="to be read", row="q-spoilt")
    assert published(tmp_path, results)[0].mistakes == []
    assert "to be read" in (tmp_path / "queue.csv").read_text("utf-8-sig"), "nothing is lost"


def test_two_lines_that_call_one_student_differently_are_told(tmp_path, results):
    published(tmp_path, results)
    text = "student,exercise,points\n0042,10-why,1\n0042.zip,10-why,2\n"
    (tmp_path / "overrides.csv").write_text(text)
    found, by_key = published(tmp_path, results)
    assert by_key["0042"].points == 2
    (mistake,) = found.mistakes
    assert mistake.startswith("overrides.csv: line 3: ")
    assert mistake.endswith("is on line 2 too; this line counts")


def test_a_time_for_nobody_is_told_by_line(tmp_path, results):
    due = datetime(2026, 12, 1, tzinfo=UTC)
    times = {n: Handed(due, f"times.csv: line {k}", n) for k, n in enumerate(("0042", "42"), 2)}
    tables = type(fakes.NOTHING)((), times, (), fakes.Filled(), ())
    found = publish(tmp_path, results, Options(late=Late(due=due)), tables, "en")
    (mistake,) = found.mistakes
    assert mistake == (
        "times.csv: line 3: student = '42': nobody of that number or file is here; "
        "did you mean '0042'?"
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [("7", "0000007"), ("2026O01", "2026001"), ("7.0", "0000007"), ("somebody", None)],
)
def test_a_name_that_nobody_has_is_told_with_who_may_be_meant(said, meant):
    """Zeros that a spreadsheet took, or a slip of the finger; no guess where nothing is near."""
    index = StudentIndex.called([[(name, name) for name in ("0000007", "2026001", "3000000")]])
    assert index.of(said) is None
    hint = f"; did you mean {meant!r}?" if meant else ""
    assert index.why_not(said) == f"nobody of that number or file is here{hint}"


def test_the_same_words_from_two_students_are_pointed_out(tmp_path, results):
    published(tmp_path, results)
    page = (tmp_path / "queue.html").read_text()
    assert "2 hand-ins have these very words." in page
    assert "the same words as 1 other answers" in (tmp_path / "queue.csv").read_text("utf-8-sig")


def test_points_for_one_of_the_same_words_count_for_all_without_any(tmp_path, results):
    published(tmp_path, results)
    fill(tmp_path / "queue.csv", "0043", points="2", comment="Whose idea is it?")
    _, by_key = published(tmp_path, results)
    for key in ("0042", "0043"):
        (line,) = (each for each in by_key[key].lines if each.item.exercise == ESSAY)
        assert (line.points, line.decision.comment) == (2, "Whose idea is it?")
    assert by_key["2026001"].waiting == 1
    sheet = {row["student"]: row["points"] for row in table(tmp_path / "queue.csv")}
    assert sheet == {"2026001": "", "0042": "", "0043": "2"}


def test_points_that_differ_for_the_same_words_are_left_as_they_are(tmp_path, results):
    other = fakes.result("0044", items=(fakes.item(ESSAY, "一句话。"),))
    published(tmp_path, [*results, other])
    fill(tmp_path / "queue.csv", "0043", points="2")
    published(tmp_path, [*results, other])  # the sheet is written again, as UTF-8
    fill(tmp_path / "queue.csv", "0044", points="1")
    _, by_key = published(tmp_path, [*results, other])
    assert [by_key[key].points for key in ("0042", "0043", "0044")] == [0, 2, 1]
    assert by_key["0042"].waiting == 1


def test_answers_are_read_without_names(tmp_path, results):
    published(tmp_path, results)
    page = (tmp_path / "queue.html").read_text()
    assert results
    for result in results:
        assert result.name not in page
        assert f">{result.student}<" not in page


def test_the_sheet_holds_no_formula_and_the_page_no_markup(tmp_path, results):
    hostile = fakes.result("7", items=(fakes.item(ESSAY, "=cmd|' /c calc'!A1 <img src=x>"),))
    published(tmp_path, [*results, hostile])
    with (tmp_path / "queue.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "<img" not in (tmp_path / "queue.html").read_text()


def test_an_override_counts_lasts_and_is_marked_everywhere(tmp_path, results):
    published(tmp_path, results)
    path = tmp_path / "overrides.csv"
    path.write_text("student,exercise,points,comment\n2026001,10-why,1,Seen in class\n")
    for _ in range(2):
        _, by_key = published(tmp_path, results)
        assert by_key["2026001"].lines[0].points == 1
    assert "Seen in class" in path.read_text()
    page = (tmp_path / "feedback" / "2026001.html").read_text()
    assert "A person set these points." in page
    assert "Seen in class" in page
    assert "Seen in class" in (tmp_path / "report.html").read_text()
    by_hand = {row["student"]: row["set by hand"] for row in table(tmp_path / "grades.csv")}
    assert by_hand == {"2026001": "10-why", "0042": "", "0043": ""}


WRONG = """student,exercise,points,comment
,10-why,1,
2026001,,1,
2026001,10-why,lots,
42,10-why,1,
2026001,10-nothing,1,
nobody,10-why,1,
"""


TOLD = """
overrides.csv: line 2: student: is missing
overrides.csv: line 3: exercise: is missing
overrides.csv: line 4: points = 'lots': must be a number, 0 or more, such as 2.5
overrides.csv: line 5: student = '42': nobody of that number or file is here; did you mean '0042'?
overrides.csv: line 6: exercise = '10-nothing': is not graded here; or write total or late
overrides.csv: line 7: student = 'nobody': nobody of that number or file is here
"""


def test_every_wrong_line_is_told_and_the_others_count(tmp_path, results):
    published(tmp_path, results)
    (tmp_path / "overrides.csv").write_text(WRONG + "0043,10-why,1,\n")
    found, by_key = published(tmp_path, results)
    assert found.mistakes == TOLD.strip().splitlines()
    assert by_key["0043"].points == 1
    assert by_key["2026001"].points == 0


def test_a_table_begun_is_never_overwritten(tmp_path):
    begin_overrides(tmp_path / "overrides.csv", "zh-Hans")
    (tmp_path / "overrides.csv").write_text("学号,题目,得分\n1,10-why,1\n", "gb18030")
    begin_overrides(tmp_path / "overrides.csv", "en")
    (made,), _ = read_overrides(tmp_path / "overrides.csv")
    assert (made.student, made.exercise, made.points) == ("1", "10-why", 1)


def test_grading_says_where_a_table_is_no_table(tmp_path):
    fakes.hand_in(tmp_path, "ana")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "overrides.csv").write_text("\x00")
    with pytest.raises(ValueError, match=r"overrides\.csv: must be saved as UTF-8"):
        grade(tmp_path / "submissions", tmp_path / "out", watched=False)


ONE = {
    "a letter in another case": ["L2026002", "l2026002"],
    "full-width digits": ["2026002", "２０２６００２"],
    "spaces": ["2026002", " 2026 002 "],
    "a number that is a file's name": ["sun.zip", "2026009"],
    "a name that is a number": ["2026002", "2026003"],
}


@pytest.mark.parametrize("what", ONE)
def test_an_override_lands_on_exactly_one_student_or_is_told(tmp_path, what):
    numbers = ONE[what]
    items = (fakes.item("10-why", None),)
    results = [
        fakes.result(n, items=items, name="Ana", submission=f"{place}.zip")
        for place, n in enumerate(numbers)
    ]
    if numbers[0] == "sun.zip":
        results[1] = fakes.result(numbers[1], items=items, submission="sun.zip", name="Sun")
    (tmp_path / "overrides.csv").write_text(f"student,exercise,points\n{numbers[0]},10-why,1\n")
    found = fakes.published(tmp_path, results)
    changed = [grade.key for grade in found.grades if grade.points == 1]
    assert len(changed) == 1
    assert same(changed[0]) == same(numbers[0])
    assert found.mistakes == []
