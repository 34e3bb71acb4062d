"""Requests to look at a mark again: seen by the grader with the answer, answered on the page."""

import fakes
import pytest

from crmsim.exercises.declared import exercise
from crmsim.grading.command import PERSON, Report

SLIP = next(option for option in exercise("10-why").options if option.slip)
HEAD = "student,exercise,reason,reply\n"


@pytest.fixture
def results():
    return [
        fakes.result(f"000{n}", items=(fakes.item("10-why", SLIP.id),), flags=()) for n in (1, 2)
    ]


def test_an_open_request_stands_in_the_report_with_answer_reason_and_evidence(tmp_path, results):
    (tmp_path / "requests.csv").write_text(HEAD + "0001,10-why,I meant the other one,\n")
    found = fakes.published(tmp_path, results)
    (request,) = found.requests
    assert (request.student, request.open) == ("0001", True)
    section = (tmp_path / "report.html").read_text().split("Requests to look again")[1]
    section = section.split("<h2>")[0]
    for said in ("I meant the other one", "to be looked at", 'href="look/0001.html"'):
        assert said in section
    page = (tmp_path / "feedback" / "0001.html").read_text()
    assert "I meant the other one" in page
    assert "Your grader has it" in page
    assert "I meant the other one" not in (tmp_path / "feedback" / "0002.html").read_text()
    assert Report(tmp_path, found).status == PERSON


@pytest.mark.parametrize("closed", ["reply", "points"])
def test_a_reply_or_new_points_close_a_request(tmp_path, results, closed):
    reply = "The first one counts." if closed == "reply" else ""
    (tmp_path / "requests.csv").write_text(HEAD + f"0001,10-why,Why?,{reply}\n")
    if closed == "points":
        (tmp_path / "overrides.csv").write_text("student,exercise,points\n0001,10-why,1\n")
    found = fakes.published(tmp_path, results)
    assert [each.open for each in found.requests] == [False]
    page = (tmp_path / "feedback" / "0001.html").read_text()
    assert ("The first one counts." in page) == (closed == "reply")
    assert "Your grader has it" not in page


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("9,10-why,x,", "requests.csv: line 2: student = '9': nobody of that number"),
        ("0001,10-nothing,x,", "requests.csv: line 2: exercise = '10-nothing': is not graded here"),
        (",10-why,x,", "requests.csv: line 2: student: is missing"),
        ("0001,,x,", "requests.csv: line 2: exercise: is missing"),
    ],
)
def test_a_request_about_nobody_or_nothing_is_told_by_line(tmp_path, results, line, told):
    (tmp_path / "requests.csv").write_text(HEAD + line + "\n")
    (mistake,) = fakes.published(tmp_path, results).mistakes
    assert mistake.startswith(told)


@pytest.mark.parametrize("about", ["total", "late"])
def test_a_request_may_be_about_the_whole(tmp_path, results, about):
    (tmp_path / "requests.csv").write_text(HEAD + f"0001,{about},I was ill,Then it is 20.\n")
    fakes.published(tmp_path, results)
    page = (tmp_path / "feedback" / "0001.html").read_text()
    assert "I was ill" in page
    assert "Then it is 20." in page


def test_a_table_of_requests_is_begun_and_never_overwritten(tmp_path, results):
    fakes.published(tmp_path, results)
    assert (tmp_path / "requests.csv").read_text("utf-8-sig").startswith("student,exercise,reason")
    (tmp_path / "requests.csv").write_text(HEAD + "0001,10-why,Why?,\n")
    fakes.published(tmp_path, results)
    assert "Why?" in (tmp_path / "requests.csv").read_text()
