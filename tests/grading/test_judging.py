"""Values are judged by the student's own version of a question, and functions by hidden probes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.common.words import LANGUAGES
from crmsim.exercises.declared import declared_exercise, exercise
from crmsim.exercises.exercise import Varied
from crmsim.exercises.kinds.function import Function, reference_function
from crmsim.grading.marks.judging import PROBES, AnswerEvidence, Judge
from crmsim.grading.options import exercises
from crmsim.grading.reading.untrusted_json import (
    LONGEST,
    MOST_KEPT,
    ReadingError,
    decoded,
    kept,
    loads,
)

SECRET = b"s" * 32
NUMBERS = [str(2026000 + place) for place in range(12)]
FUNCTIONS = [name for name in exercises() if isinstance(declared_exercise(name), Function)]
VARIED = [
    name
    for name in exercises()
    if isinstance(task := declared_exercise(name), Varied) and len(task.variants) > 1
]
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=10,
)


def calls(task: Function, judge: Judge, function: Any) -> dict[str, Any]:
    """Return the replies of a student's process whose function is this one."""
    return {"calls": [{"value": function(*given)} for given in judge.probes(task)]}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_reference_itself_gets_full_marks_with_any_number_and_secret(name: str):
    task = declared_exercise(name)
    for number in (*NUMBERS[:4], None):
        for secret in (SECRET, b"another"):
            judge = Judge(number, secret)
            item = judge.marked(name, AnswerEvidence(calls(task, judge, reference_function(task))))
            assert (item.points, item.verdict, item.lesson) == (task.worth, "right", name[:2])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_knowing_the_public_examples_alone_earns_nothing(name: str):
    task = declared_exercise(name)
    table = {str(list(example.given)): example.gives for example in task.examples}
    judge = Judge("2026001", SECRET)
    by_heart = calls(task, judge, lambda *given: table.get(str(list(given)), 0))
    assert judge.marked(name, AnswerEvidence(by_heart)).points == 0


def naive(task: Function) -> dict[str, Any]:
    """Functions that anybody could write without an idea: tables of what one might try."""
    count = len(task.arguments)
    by_argument = {f"returns argument {n}": lambda *given, n=n: given[n] for n in range(count)}
    by_example = {
        f"returns example {n}": lambda *_, value=each.gives: value
        for n, each in enumerate(task.examples)
    }
    constants = {f"returns {value}": lambda *_, value=value: value for value in (0, 1, -1, 10, 100)}
    table = {str(each.given): each.gives for each in task.examples}
    tables = {
        f"looks up examples, else {n}": lambda *given, n=n: table.get(str(given), given[n])
        for n in range(count)
    }
    return (
        by_argument
        | by_example
        | constants
        | tables
        | {
            "adds": lambda *given: sum(given),
            "multiplies": lambda *given: math.prod(given),
            "subtracts": lambda *given: given[0] - sum(given[1:]),
            "takes the largest": lambda *given: max(given),
            "takes the smallest": lambda *given: min(given),
            "takes the mean": lambda *given: sum(given) / len(given),
            "raises to a power": lambda *given: min(given[0], 9) ** min(given[-1], 9),
        }
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_naive_function_earns_nothing_whoever_hands_it_in(name: str):
    task = declared_exercise(name)
    assert len(naive(task)) >= 12
    for number in range(2026000, 2026030):
        judge = Judge(str(number), SECRET)
        for what, function in naive(task).items():
            item = judge.marked(name, AnswerEvidence(calls(task, judge, function)))
            assert (item.points, what, number) == (0, what, number)


ROUNDED = [name for name in FUNCTIONS if declared_exercise(name).tolerance > 1e-3]


@pytest.mark.parametrize("places", [2, 3, 4])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_rounded_result_earns_its_marks(name: str, places: int):
    task = declared_exercise(name)
    whole = all(
        isinstance(reference_function(task)(*example.given), int) for example in task.examples
    )
    assert whole or name in ROUNDED
    for number in NUMBERS:
        judge = Judge(number, SECRET)
        rounded = calls(task, judge, lambda *given: round(reference_function(task)(*given), places))
        assert judge.marked(name, AnswerEvidence(rounded)).points == task.worth


@pytest.mark.parametrize("name", ROUNDED)
def test_where_two_decimals_are_enough_the_question_says_so(name: str):
    assert "Two decimals are enough." in declared_exercise(name).question["en"]
    assert "两位小数" in declared_exercise(name).question["zh-Hans"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_probes_follow_from_number_and_secret_and_from_nothing_else(name: str):
    task = declared_exercise(name)
    hidden = [
        str(Judge(number, secret).probes(task)[len(task.examples) :])
        for number in ("2026001", "2026002")
        for secret in (SECRET, b"another")
    ]
    assert len(set(hidden)) == 4
    assert hidden[0] == str(Judge("2026001", SECRET).probes(task)[len(task.examples) :])


def test_more_than_half_of_the_probes_earns_its_share_and_says_which_was_wrong():
    name = FUNCTIONS[0]
    task, judge = declared_exercise(name), Judge("2026001", SECRET)
    reply = calls(task, judge, reference_function(task))
    for call in reply["calls"][-3:]:
        call["value"] = -1
    item = judge.marked(name, AnswerEvidence(reply))
    assert item.points == pytest.approx(task.worth * (1 - 3 / PROBES))
    assert (item.verdict, item.note, item.note_args["fails"]) == ("partly", "hidden-fails", 3)


@pytest.mark.parametrize(
    "reply", [{}, {"calls": []}, {"calls": [1, None]}, {"calls": {}}, {"x": 1}]
)
def test_a_function_whose_reply_is_none_earns_nothing(reply: dict[str, Any]):
    assert Judge("1", SECRET).marked(FUNCTIONS[0], AnswerEvidence(reply)).points == 0


@pytest.mark.parametrize("name", VARIED)
def test_what_is_right_for_a_neighbour_is_mostly_wrong_for_her(name: str):
    keys = {number: exercise(name, number).key for number in NUMBERS}  # type: ignore[union-attr]
    assert len(set(keys.values())) > 1
    mine = Judge(NUMBERS[0], SECRET)
    for number, key in keys.items():
        item = mine.marked(name, AnswerEvidence(record={"answer": key}))
        assert item.variant == mine.marked(name, AnswerEvidence()).variant
        if key != keys[NUMBERS[0]] and number != NUMBERS[0]:
            assert item.points < item.out_of


def test_an_answer_to_another_students_version_is_told_so():
    name = VARIED[0]
    mine = Judge(NUMBERS[0], SECRET)
    other = mine.marked(name, AnswerEvidence()).variant + 1
    record = {"answer": exercise(name, NUMBERS[0]).key, "variant": other}  # type: ignore[union-attr]
    assert mine.marked(name, AnswerEvidence(record=record)).note == "other-variant"
    own = record | {"variant": other - 1}
    assert mine.marked(name, AnswerEvidence(record=own)).note == ""
    nothing = {"answer": None, "variant": other}
    assert mine.marked(name, AnswerEvidence(record=nothing)).note == ""


OWN = {
    lang: {"customer": "Lin Yue", "highest_moment": "the greeting", "lowest_moment": "the wait"}
    for lang in LANGUAGES
}
ODD_OWN = {
    "no reply": None,
    "an error": {"error": ["NameError", "name 'run' is not defined"]},
    "a number": {"value": 5},
    "a list": {"value": ["en", "zh-Hans"]},
    "one language alone": {"value": {"en": OWN["en"]}},
    "a language that is a text": {"value": OWN | {"zh-Hans": "customer"}},
    "no places": {"value": {lang: {} for lang in LANGUAGES}},
}


@pytest.mark.parametrize("what", ODD_OWN)
def test_values_of_her_own_run_that_are_none_cost_no_mark(what: str):
    """The counter-example is then the declared one; it takes hers where they have the form."""
    judge = Judge("2026001", SECRET)
    counters = {}
    for how, own in (("odd", ODD_OWN[what]), ("hers", {"value": OWN})):
        right = AnswerEvidence(record={"answer": "functional"}, own=own)
        assert judge.marked("10-qualities", right).verdict == "right"
        item = judge.marked("10-qualities", AnswerEvidence(record={"answer": "none"}, own=own))
        assert item.verdict == "wrong"
        counters[how] = item.findings[0]["because"]["en"]
    (slip,) = (o.slip for o in declared_exercise("10-qualities").options if o.id == "none")
    assert counters["odd"] == slip.counter["en"]
    assert "“the greeting”" in counters["hers"]


def test_a_prediction_is_worth_nothing_and_told_how_it_fared():
    judge = Judge("1", SECRET)
    given = AnswerEvidence(record={"answer": 2, "came": 99}, came={"value": 12.0})
    item = judge.predicted("10-bet-floor", given)
    assert (item.verdict, item.out_of, item.came, item.gap) == ("predicted", 0, 12.0, "too-weak")
    assert judge.predicted("10-bet-floor", AnswerEvidence()).verdict == "blank"
    assert (
        judge.predicted("10-bet-floor", AnswerEvidence(record={"answer": "x"})).verdict == "blank"
    )


@given(st.sampled_from(exercises()), PLAIN, PLAIN)
@settings(max_examples=150, deadline=None)
def test_nothing_handed_in_as_an_answer_ends_in_an_error(name: str, odd: Any, other: Any):
    judge = Judge("1", SECRET)
    given = AnswerEvidence(
        {"value": odd, "type": "x"}, {"answer": other, "variant": odd, "came": odd}
    )
    for item in (judge.marked(name, given, given), judge.predicted(name, given)):
        assert 0 <= item.points <= item.out_of


@given(PLAIN)
@settings(deadline=None)
def test_whatever_is_kept_can_be_written_down(odd: Any):
    text = json.dumps(kept(odd), ensure_ascii=False)
    assert text.encode().decode() == text


def test_what_is_kept_is_short():
    assert len(kept(["x"] * 9999)) == MOST_KEPT
    assert len(kept("x" * 99_999)) == LONGEST


@pytest.mark.parametrize("text", ["[" * 50 + "]" * 50, "NaN", "1e999", "9" * 400, "{", "", "\x00"])
def test_json_that_can_hurt_is_none(text: str):
    with pytest.raises(ReadingError):
        loads(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_is_read_as_it_was_saved(encoding: str):
    assert decoded("客户评价".encode(encoding)) == "客户评价"


def test_a_plan_for_the_firm_is_run_on_lucks_of_the_class_and_its_mark_does_not_change():
    task, judge = declared_exercise("41-plan-click"), Judge("2026001", SECRET)
    item = judge.marked(task.id, AnswerEvidence(record={"answer": list(task.key)}))
    lucks = judge.class_lucks(task.id)
    assert (item.verdict, item.points, item.note) == ("right", task.worth, "class-lucks")
    assert item.note_args["seeds"] == ", ".join(map(str, lucks))
    assert item.note_args["of"] == len(set(lucks)) == 4
    assert item.note_args["open"] >= 3
    assert item.note_args["customers"] > 1000
    assert Judge("2026002", SECRET).class_lucks(task.id) == lucks
    assert Judge("2026001", b"another").class_lucks(task.id) != lucks


def test_a_plan_that_is_no_plan_or_too_dear_is_run_on_no_luck():
    task, judge = declared_exercise("41-plan-click"), Judge("2026001", SECRET)
    dear = ["kept", "threefold", "as-paid", "as-kept", "by-form"]
    for answer in (None, ["kept"], dear):
        assert judge.marked(task.id, AnswerEvidence(record={"answer": answer})).note == ""
