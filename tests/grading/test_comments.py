"""A bank of comments: written once, called by a name, and taken along from class to class."""

import csv

import fakes
import pytest

from crmsim.exercises.declared import exercise
from crmsim.grading.marks.comments import read_bank

ESSAY = "31-owner"
BANK = """name,exercise,text
loop,31-owner,Follow the loop link by link.
loop,,Draw the loop first.
price,,Who pays for it?
"""


@pytest.fixture
def out(tmp_path):
    """Results in which an essay waits, and a bank beside them."""
    results = [fakes.result("7", items=(fakes.item(ESSAY, "Reputation is a stock."),))]
    fakes.published(tmp_path, results)
    (tmp_path / "comments.csv").write_text(BANK)
    return tmp_path, results


def mark(folder, points, comment=""):
    """Fill in the only row of the queue."""
    path = folder / "queue.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    row |= {"points": points, "comment": comment}
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("#loop", "Follow the loop link by link."),
        ("Good. #price", "Good. Who pays for it?"),
        ("#LOOP #price", "Follow the loop link by link. Who pays for it?"),
        ("no name in it", "no name in it"),
    ],
)
def test_a_name_stands_for_its_text_in_the_queue_and_the_sheet_keeps_the_name(out, comment, told):
    folder, results = out
    mark(folder, "2", comment)
    found = fakes.published(folder, results)
    assert found.grades[0].lines[0].decision.comment == told
    assert found.mistakes == []
    assert told in (folder / "feedback" / "7.html").read_text()
    assert comment in (folder / "queue.csv").read_text("utf-8-sig")


def test_a_name_stands_for_its_text_in_an_override_too(out):
    folder, results = out
    (folder / "overrides.csv").write_text("student,exercise,points,comment\n7,31-owner,3,#price\n")
    (line,) = fakes.published(folder, results).grades[0].lines
    assert (line.points, line.decision.comment) == (3, "Who pays for it?")


def test_a_name_that_is_not_in_the_bank_is_told_by_line_and_stays_as_it_is(out):
    folder, results = out
    mark(folder, "2", "#pirce")
    found = fakes.published(folder, results)
    (mistake,) = found.mistakes
    assert "queue.csv: line 2: comment: '#pirce': is not in comments.csv" in mistake
    assert "did you mean '#price'?" in mistake
    assert found.grades[0].lines[0].decision.comment == "#pirce"


def test_the_bank_stands_beside_the_answers_it_is_for(out):
    folder, results = out
    fakes.published(folder, results)
    page = (folder / "queue.html").read_text()
    for said in ("#loop", "#price", "Follow the loop link by link.", "Who pays for it?"):
        assert said in page


def test_a_bank_beside_the_options_serves_every_class(tmp_path):
    (tmp_path / "mine.csv").write_text(BANK)
    results = [fakes.result("7", items=(fakes.item(ESSAY, "A stock."),))]
    fakes.published(tmp_path, results, comments="mine.csv")
    mark(tmp_path, "2", "#loop")
    found = fakes.published(tmp_path, results, comments="mine.csv")
    assert found.grades[0].lines[0].decision.comment == "Follow the loop link by link."
    assert not (tmp_path / "comments.csv").exists()


def test_lines_of_a_bank_that_can_not_be_used_are_told(tmp_path):
    (tmp_path / "c.csv").write_text("name,exercise,text\nan idea,,x\na,,one\n#A,,two\n")
    bank = read_bank(tmp_path / "c.csv")
    assert [each.text for each in bank.stored] == ["one"]
    assert [told.split(": ")[1] for told in bank.mistakes] == ["line 2", "line 4"]


RUBRIC = exercise(ESSAY).rubric


def test_an_essay_is_marked_by_the_lines_of_its_rubric(out):
    folder, results = out
    mark(folder, "1+1.5+0+1")
    (line,) = fakes.published(folder, results).grades[0].lines
    assert (line.points, line.decision.by_line) == (3.5, (1, 1.5, 0, 1))
    page = (folder / "feedback" / "7.html").read_text()
    for each, points in zip(RUBRIC, ("1", "1.5", "0", "1"), strict=True):
        assert f"{points} of {each.points}" in page
        assert each.text["en"].split(",")[0].replace('"', "&#34;")[:30] in page


def test_lines_are_scaled_where_the_exercise_brings_other_points(out):
    folder, results = out
    mark(folder, "1+2+1+1")
    found = fakes.published(folder, results, points={ESSAY: 10})
    assert found.grades[0].points == 10


@pytest.mark.parametrize("points", ["1+1", "2+2+0+1", "1+2+0+x", "1+2+0+1+0", "1+2+0+"])
def test_lines_that_do_not_fit_the_rubric_are_told(out, points):
    folder, results = out
    mark(folder, points)
    found = fakes.published(folder, results)
    (mistake,) = found.mistakes
    assert "must be a number for each line, in order and at most 1+2+1+1" in mistake
    assert found.grades[0].waiting == 1


def test_the_numbers_of_her_own_run_stand_beside_her_words(tmp_path):
    play = fakes.Played("buick-market", 5, None, "manager", ({},), {"value": 12345.0})
    bet = fakes.item("31-bet-quarter", -3, came=-8.5, gap="too-weak")
    items = (fakes.item(ESSAY, "Profit falls by 12,345 yuan."), bet)
    other = fakes.play(7, ("greet",), 4.25)  # of a case that belongs to another lesson
    fakes.published(tmp_path, [fakes.result("7", items=items, runs=(play, other))])
    page = (tmp_path / "queue.html").read_text()
    assert "12,345" in page.split("Numbers of this student")[1]
    assert "−8.5" in page
    assert "4.25" not in page
