"""Marks for honest work, however it was saved; reasons for missing work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from forms import FORMS

from crmsim.common.words import LANGUAGES
from crmsim.exercises.declared import declared_exercise
from crmsim.grading.one import grade_one
from crmsim.grading.options import Options
from crmsim.grading.pages.wording import problem_words
from crmsim.grading.reading.released import released_lessons
from crmsim.grading.result import to_json

pytestmark = pytest.mark.usefixtures("kept_kernel")

SECRET = b"another secret"


EVERY = tuple(released_lessons("en"))


@pytest.mark.parametrize(
    ("lang", "chosen"),
    [
        ("en", EVERY[::2]),
        ("zh-Hans", EVERY[1::2]),
        *(pytest.param(lang, EVERY, marks=pytest.mark.long) for lang in LANGUAGES),
    ],
)
def test_a_notebook_filled_from_its_teacher_twin_gets_full_marks(
    lang: str, chosen: tuple[str, ...], whole: Any, tmp_path: Path
):
    path = tmp_path / "hand-in.zip"
    path.write_bytes(whole(lang, chosen).zipped())
    result = grade_one(path, Options(lessons=chosen), SECRET)
    short = [i.exercise for i in result.items if i.points < i.out_of and not i.needs_person]
    assert short == []
    assert {i.exercise for i in result.items if i.needs_person} == {
        name
        for lesson in chosen
        for name in released_lessons(lang)[lesson].checked
        if declared_exercise(name).BY_PERSON
    }
    assert (result.lang, result.problems, result.flags) == (lang, (), ())
    assert {item.lesson for item in result.items} == set(chosen)


def test_grading_again_gives_the_same_bytes(whole: Any, tmp_path: Path):
    path = tmp_path / "hand-in.zip"
    path.write_bytes(whole().write("10", "minutes = undefined").zipped())
    once, again = (json.dumps(to_json(grade_one(path, Options(), SECRET))) for _ in range(2))
    assert once == again


def test_a_wrong_answer_gets_nothing_and_its_reason_in_both_languages(whole: Any, graded: Any):
    handed_in = whole()
    task = declared_exercise("10-surprise")
    wrong = next(option for option in task.options if option.slip)
    handed_in.records["answer-10-surprise.json"] = {"answer": wrong.id}
    came = graded(handed_in)
    item = came.item("10-surprise")
    assert (item.points, item.verdict) == (0, "wrong")
    assert set(item.findings[0]["misconception"]) == set(LANGUAGES)
    assert came.below_full() == {"10-surprise"}


def test_a_function_that_is_wrong_is_told_with_which_numbers(whole: Any, graded: Any):
    handed_in = whole().write(
        "12", "def satisfaction(perceived, expected):\n    return perceived - expected"
    )
    handed_in.records.pop("answer-12-formula.json")
    item = graded(handed_in).item("12-satisfaction")
    assert (item.points, item.verdict, item.note) == (0, "wrong", "hidden-fails")
    assert item.note_args["call"].startswith("satisfaction(")


def test_the_twin_that_is_clicked_counts_as_much_as_the_function(whole: Any, graded: Any):
    handed_in = whole().write("12", "def satisfaction(perceived, expected): return 0")
    item = graded(handed_in).item("12-satisfaction")
    assert (item.points, item.verdict, item.note) == (3, "right", "twin")


@pytest.mark.parametrize("form", FORMS)
def test_an_honest_hand_in_gets_full_marks_in_whatever_form(form: str, whole: Any, graded: Any):
    handed_in = FORMS[form](whole())
    for record in ("answer-10-minutes.json", "answer-12-formula.json"):
        handed_in.records.pop(record)
    came = graded(handed_in)
    assert came.below_full() == set()
    assert came.problems <= {"cell-error", "lesson-twice"}
    assert came.flags == set()


BROKEN = {
    "an error": "def satisfaction(perceived, expected): raise ValueError",
    "a name that is missing": "def satisfaction(perceived, expected): return perceived / wanted",
    "a file of her own": "satisfaction = __import__('my_own_module').satisfaction",
    "nothing": "",
}


@pytest.mark.parametrize("what", BROKEN)
def test_whose_code_does_not_work_here_is_not_accused(what: str, whole: Any, graded: Any):
    handed_in = whole().write("12", BROKEN[what])
    del handed_in.records["answer-12-formula.json"]
    answer = [example.gives for example in declared_exercise("12-satisfaction").examples]
    record = {"schema": 1, "answer": answer, "verdict": "right"}
    handed_in.records["answer-12-satisfaction.json"] = record
    came = graded(handed_in)
    assert came.points("12-satisfaction") == 0
    assert "claims-right" not in came.flags


@pytest.mark.parametrize("answer", [[0, 0, 0], [9, 9, 9], "right", 7])
def test_a_record_that_claims_more_than_is_in_it_is_flagged(answer: Any, whole: Any, graded: Any):
    handed_in = whole()
    record = {"schema": 1, "answer": answer, "verdict": "right"}
    handed_in.records["answer-12-satisfaction.json"] = record
    came = graded(handed_in)
    assert came.points("12-satisfaction") == 3
    assert came.flags == {"claims-right"}


def test_the_other_language_edition_counts_the_same(whole: Any, graded: Any):
    mixed, chinese = whole("en"), whole("zh-Hans")
    mixed.books["12"] = chinese.books["12"]
    assert graded(mixed).below_full() == set()


def test_an_error_in_one_lesson_costs_that_answer_alone_and_is_told(whole: Any, graded: Any):
    handed_in = whole().write("10", "minutes = vist.log['minutes'].sum()")
    handed_in.records.pop("answer-10-minutes.json")
    came = graded(handed_in)
    assert came.below_full() == {"10-minutes"}
    assert came.problems == {"cell-error"}
    told = next(each for each in came.result.problems)
    assert (told.place, told.args["error"]) == ("10", "NameError")
    assert "Python doesn’t know vist" in problem_words(told, "en")


def test_a_chinese_sign_in_her_code_is_told_with_its_place(whole: Any, graded: Any):
    handed_in = whole().write("10", "minutes = 185\nminutes = max(minutes，0)")
    (told,) = graded(handed_in).result.problems
    assert "第2行第22个字符：， 是中文符号" in problem_words(told, "zh-Hans")


def test_what_is_missing_is_named_and_the_rest_counts(whole: Any, graded: Any):
    handed_in = whole("en", ("10",))
    del handed_in.records["answer-10-stages.json"]
    came = graded(handed_in)
    assert came.item("10-stages").verdict == "blank"
    assert [p.place for p in came.result.problems if p.kind == "lesson-missing"] == ["12"]
    assert came.points("10-rights") == came.item("10-rights").out_of


def test_a_bare_notebook_counts_for_its_code_and_says_what_is_missing(whole: Any, graded: Any):
    book = json.dumps(whole().books["10"]).encode()
    came = graded(book, "林悦 第10课（终稿）.ipynb")
    assert came.points("10-minutes") == 1
    assert {"no-saved-answers", "no-number"} <= came.problems


def test_without_a_notebook_the_feedback_is_in_the_language_of_the_zip_or_the_name(
    whole: Any, graded: Any
):
    handed_in = whole("en", ("10",))
    handed_in.books = {}
    assert graded(handed_in).result.lang == "zh-Hans"
    handed_in.hand_in["lang"] = "en"
    assert graded(handed_in).result.lang == "en"
