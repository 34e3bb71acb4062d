"""A right answer in another place than where it counts is told before it costs a mark.

`validate` and the grader say the same of one file.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.words import language
from crmsim.exercises.declared import exercise
from crmsim.grading.marks.elsewhere import MOST_NUMBERS, printed_right
from crmsim.grading.options import Limits
from crmsim.grading.pages.wording import problem_words
from crmsim.grading.validate import validate

SUM = "visit.log['minutes'].sum()"
pytestmark = pytest.mark.usefixtures("kept_kernel")

RATIO = "perceived / expected"
RIGHT = exercise("10-minutes").right_answer
OTHER_NAME = {
    "another name": ("10", f"total = {SUM}", "total"),
    "capital letters": ("10", f"Minutes = {SUM}", "Minutes"),
    "a Chinese name": ("10", f"分钟 = {SUM}", "分钟"),
    "an answer left open": ("10", f"minutes = ...\nall_of_it = {SUM}", "all_of_it"),
    "a wrong one beside it": ("10", f"minutes = 7\nbetter = {SUM}", "better"),
    "a function of another name": (
        "12", f"def ratio(perceived, expected):\n    return {RATIO}", "ratio"
    ),
    "a name with a slip of the pen": (
        "12", f"def satisfation(perceived, expected):\n    return {RATIO}", "satisfation"
    ),
    "one line": ("12", f"happy = lambda perceived, expected: {RATIO}", "happy"),
    "other names inside": ("12", "def quality(got, wanted):\n    return got / wanted", "quality"),
    "the first try kept": (
        "12",
        f"satisfaction = lambda p, e: e / p\ndef second(perceived, expected):\n    return {RATIO}",
        "second",
    ),
    "a name and a print": ("10", f"total = {SUM}\nprint(total)", "total"),
}  # fmt: skip
ONLY_SHOWN = {
    "print": f"print({SUM})",
    "the last line": SUM,
    "in a sentence": f'print(f"The visit took {{{SUM}}} minutes in all.")',
    "typed by hand": f"print({RIGHT})",
    "inside of a function": f"def show():\n    print('minutes:', {SUM})\n\nshow()",
    "in a loop": f"for each in (1, 2):\n    print(each, {SUM})",
    "with a comma": f"print('{RIGHT:,}.')",
    "a Chinese sentence": f"print('一共', {SUM}, '分钟')",
}
COUNTS = {
    "given to check": f"total = {SUM}\ncheck('10-minutes', total)",
    "worked out inside of check": f"check('10-minutes', {SUM})",
    "checked twice": f"check('10-minutes', 7)\ncheck('10-minutes', {SUM})",
}


def without_clicks(handed_in: Any) -> Any:
    for record in ("answer-10-minutes.json", "answer-12-formula.json"):
        handed_in.records.pop(record)
    return handed_in


def sentences(came: Any, lang: str) -> list[str]:
    """Return what a grader tells a student of what went wrong."""
    return [problem_words(problem, lang) for problem in came.result.problems]


@pytest.mark.parametrize("form", OTHER_NAME)
def test_a_right_answer_under_another_name_is_told(form, whole, graded):
    lesson, source, name = OTHER_NAME[form]
    came = graded(without_clicks(whole()).write(lesson, source))
    asked = {"10": "10-minutes", "12": "12-satisfaction"}[lesson]
    assert came.points(asked) == 0
    (found,) = [p for p in came.result.problems if p.kind == "other-name"]
    assert (found.place, found.args["exercise"], found.args["found"]) == (lesson, asked, name)
    wanted = {"10": "minutes", "12": "satisfaction"}[lesson]
    (said,) = (line for line in sentences(came, "en") if "right answer" in line)
    assert name in said
    assert f"Call it {wanted}" in said


@pytest.mark.parametrize("form", ONLY_SHOWN)
def test_a_right_answer_that_is_only_shown_is_told(form, whole, graded):
    came = graded(without_clicks(whole()).write("10", ONLY_SHOWN[form]))
    assert came.points("10-minutes") == 0
    assert "printed-only" in came.problems
    (said,) = (line for line in sentences(came, "zh-Hans") if "正确答案" in line)
    assert "只是显示出来了" in said
    assert "minutes =" in said


@pytest.mark.parametrize("form", COUNTS)
def test_what_she_gave_to_check_counts(form, whole, graded):
    came = graded(without_clicks(whole()).write("10", COUNTS[form]))
    assert came.below_full() == set()
    assert came.problems == set()


def test_a_function_of_another_name_counts_where_she_gave_it_to_check(whole, graded):
    source = f"def ratio(perceived, expected):\n    return {RATIO}\ncheck('12-satisfaction', ratio)"
    came = graded(without_clicks(whole()).write("12", source))
    assert came.points("12-satisfaction") == came.item("12-satisfaction").out_of


def test_an_answer_written_into_another_cell_of_the_lesson_counts(whole, graded):
    handed_in = without_clicks(whole())
    handed_in.open_cell("10")["source"] = ""
    handed_in.cell("10", "visit")["source"] += f"\nminutes = {SUM}"
    came = graded(handed_in)
    assert came.points("10-minutes") == came.item("10-minutes").out_of


@pytest.mark.parametrize(
    "source",
    ["minutes = 7\nprint(7)", "total = 7\nprint(*range(400))", "...",
     f"note = 'the answer is not {RIGHT}0'", "minutes = broken("],
)  # fmt: skip
def test_where_no_answer_is_right_nothing_is_told(source, whole, graded):
    came = graded(without_clicks(whole()).write("10", source))
    assert came.points("10-minutes") == 0
    assert came.problems <= {"cell-error"}


def test_what_counts_already_is_not_told(whole, graded):
    came = graded(whole().write("10", f"total = {SUM}\nprint(total)"))
    assert came.below_full() == set()
    assert came.problems == set()


def test_a_name_that_never_ends_costs_no_other_answer(whole, graded):
    source = "def endless(perceived, expected):\n    while True:\n        pass"
    limits = Limits(cell_s=2, lesson_s=4, memory_mb=1024)
    came = graded(without_clicks(whole()).write("12", source), limits=limits)
    assert came.below_full() == {"12-satisfaction"}
    assert came.problems == set()


AGREED = {
    "all right": lambda h: h,
    "another name": lambda h: h.write("10", f"total = {SUM}"),
    "only shown, and a function of another name": lambda h: h.write("10", SUM).write(
        "12", f"def ratio(perceived, expected):\n    return {RATIO}"
    ),
    "an error and a blank": lambda h: h.write("10", "minutes = unheard_of").write("12", "..."),
    "given to check": lambda h: h.write("10", COUNTS["given to check"]),
}


@pytest.mark.parametrize("form", AGREED)
def test_validate_says_what_the_grader_says_of_the_same_file(form, whole, graded, tmp_path):
    """Of the grader every sentence, and as missing just what it found missing."""
    came = graded(AGREED[form](without_clicks(whole("en"))))
    for lang in ("en", "zh"):
        said, _ = validate(tmp_path / "hand-in.zip", lang)
        wanted = sentences(came, language(lang))
        assert [line for line in said if line in wanted] == wanted
        assert (form in ("all right", "given to check")) == (wanted == [])
        for item in came.result.items:
            listed = any(line.startswith("  ") and item.exercise in line for line in said)
            assert listed == (item.verdict in ("blank", "nonsense", "lost"))


def test_of_a_notebook_alone_it_is_told_too(whole, tmp_path):
    handed_in = without_clicks(whole()).write("10", f"total = {SUM}")
    path = tmp_path / "10-buying-a-buick.ipynb"
    path.write_bytes(json.dumps(handed_in.books["10"]).encode())
    said, fine = validate(path, "en")
    assert any("Call it minutes" in line for line in said)
    assert not fine


@given(st.lists(st.integers(-(10**6), 10**6).filter(lambda n: n != RIGHT), max_size=40))
def test_among_other_numbers_none_is_right_and_among_few_the_right_one_is_found(others):
    task = exercise("10-minutes")
    text = " ".join(map(str, others))
    assert printed_right(task, [text]) == ""
    found = printed_right(task, [f"{text} {RIGHT}"])
    assert found == (str(RIGHT) if len(others) < MOST_NUMBERS else "")
