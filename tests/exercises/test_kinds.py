"""Variants by student number, functions written by a student, explanations, and her own run."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import crmsim
from crmsim import load, simulate
from crmsim.common.words import data_path, words
from crmsim.exercises import run_values
from crmsim.exercises.declared import exercise, read_exercises
from crmsim.exercises.exercise import Exercise, ExerciseError, Varied
from crmsim.exercises.kinds import KINDS, Explain, Function
from crmsim.exercises.kinds.function import agrees, probes, reference_function
from crmsim.exercises.variants import variant_of

PACKAGE = Path(crmsim.__file__).parent
DECLARED = Path(__file__).with_name("exercises.toml").read_text("utf-8")
FILES = sorted(data_path("exercises").glob("*.toml"))
EVERY = [task for path in FILES for task in read_exercises(path).values()]
FUNCTIONS = [task for task in EVERY if isinstance(task, Function)]


@pytest.fixture(scope="module")
def tasks(tmp_path_factory) -> dict[str, Exercise]:
    file = tmp_path_factory.mktemp("exercises") / "99.toml"
    file.write_text(DECLARED, "utf-8")
    return read_exercises(file)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_one_class_in_a_file_of_its_name_with_a_template(name, tasks):
    kind = KINDS[name]
    assert kind.__module__ == f"crmsim.exercises.kinds.{name}"
    assert {"takes", "_mark"} <= vars(kind).keys() or name == "draw", "a drawing has no mark"
    assert (PACKAGE / "widgets" / "templates" / "exercise" / f"{name}.html").is_file()
    known = [*EVERY, *tasks.values()]
    assert any(task.kind == name for task in known), f"declare a {name!r} in exercises.toml"


def test_nobody_else_asks_of_which_kind_an_exercise_is():
    """Callers ask the exercise itself, so that a new kind needs no change of theirs."""
    classes = {kind.__name__ for kind in KINDS.values()}
    asked = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            by_class = (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "isinstance"
                and classes & {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            )
            by_name = (
                isinstance(node, ast.Compare)
                and getattr(node.left, "attr", "") == "kind"
                and {getattr(each, "value", None) for each in node.comparators} & KINDS.keys()
            )
            if by_class or by_name:
                asked.append(f"{path.name}:{node.lineno}")
    assert classes
    assert list(PACKAGE.rglob("*.py"))
    assert asked == []


def test_a_variant_has_its_own_words_key_and_slips(tasks):
    first, second = (tasks["99-ratio"].variant(i) for i in range(2))
    assert first.question["zh-Hans"] == "林悦期望1,200，得到1,500，比值是多少？"
    assert first.mark(1.25).verdict == second.mark("2.0").verdict == "right"
    (found,) = first.mark(0.8).findings
    assert found.because["en"] == "1,200 below the line."
    assert second.mark(1.25).verdict == first.mark(2).verdict == "wrong"
    assert "1.25" in tasks["99-ratio"].solution("en")
    assert "Old Liu" in tasks["99-ratio"].solution("en")


def test_where_only_the_value_of_a_slip_differs_the_value_is_enough(tmp_path):
    file = tmp_path / "99.toml"
    shared = '[[exercises.slips]]\nvalue = 0\nmisconception = { en = "m", zh-Hans = "m" }\ncounter'
    start, end = DECLARED.index("[[exercises.variants.slips]]"), DECLARED.index("counter")
    base = shared + DECLARED[end : DECLARED.index("\n", end)].removeprefix("counter")
    without = DECLARED[:start] + "slips = [0.8]\n" + DECLARED[DECLARED.index("\n", end) + 1 :]
    file.write_text(without.replace("[[exercises.variants]]", f"{base}\n[[exercises.variants]]", 1))
    (found,) = read_exercises(file)["99-ratio"].variant(0).mark(0.8).findings
    assert found.because["en"] == "1,200 below the line."


def test_what_is_right_for_one_is_wrong_for_another_and_told_why(tasks):
    first, second = (tasks["99-who"].variant(i) for i in range(2))
    assert first.mark("pleased").verdict == second.mark("cross").verdict == "right"
    assert second.mark("pleased").findings[0].because["en"] == "less"
    assert first.mark("cross").findings[0].because["en"] == "more"
    assert not tasks["99-who"].prediction


def test_a_counter_example_comes_from_the_students_own_run_where_it_has_it(tasks):
    market = simulate(load("buick-market").change(years=1), seed=3)
    week = int(np.argmin(market.series["evaluation"])) + 1
    (found,) = tasks["99-who"].variant(1).mark("pleased", run_values.values_of_run(market)).findings
    assert found.because["en"] == f"Yours was lowest in week {week}."
    visit = simulate("buick", seed=3)
    (found,) = tasks["99-who"].variant(1).mark("pleased", run_values.values_of_run(visit)).findings
    assert found.because["en"] == "less"


@pytest.mark.parametrize("case", ["buick", "buick-market", "sunset"])
def test_the_values_of_a_run_are_a_closed_set(case):
    values = run_values.values_of_run(simulate(case, seed=1))
    assert values.keys() == {"en", "zh-Hans"}
    for told in values.values():
        assert told.keys() <= run_values.NAMES
        assert all(told.values())


def test_a_function_is_told_the_example_that_fails_and_what_that_means(tasks):
    task = tasks["99-f"]
    assert task.mark(task.tried(lambda p, e: p / e)).verdict == "right"
    upside_down = task.mark(task.tried(lambda p, e: e / p))
    assert (upside_down.verdict, upside_down.points, upside_down.out_of) == ("partly", 1, 2)
    assert upside_down.findings[1].misconception["en"] == "Upside down."
    constant = task.mark(task.tried(lambda p, e: 7))
    assert constant.verdict == "wrong"
    assert constant.findings[0].because["en"] == "As expected is one."


@pytest.mark.parametrize(
    "function",
    [lambda: 1, lambda p, e: 1 / 0, lambda p, e: "1", lambda p, e: True, 3, "f", lambda p, e: [1],
     lambda p, e: float("nan"), lambda p, e: 10**5000, lambda p, e: object()],
)  # fmt: skip
def test_a_function_that_fails_breaks_nothing_and_earns_nothing(tasks, function):
    assert tasks["99-f"].mark(tasks["99-f"].tried(function)).verdict == "wrong"


@pytest.mark.parametrize(
    ("function", "key"),
    [(lambda p: 1, "arguments"), (lambda p, e: unknown, "name"),  # noqa: F821
     (lambda p, e: p / 0, "zero"), (lambda p, e: [][0], "stops"), (lambda p, e: [p], "kind"),
     (lambda p, e: "1", "text"), (lambda p, e: 1 if p == e else None, "sometimes"),
     (lambda p, e: 7.5, "constant"), (lambda p, e: 1.01 * p / e, "rounded")],
)  # fmt: skip
def test_feedback_on_a_function_fits_what_it_does(tasks, function, key):
    task = tasks["99-f"]
    answer = task.tried(function)
    told, places = task.note(answer, task.mark(answer).verdict)
    assert told == f"function.{key}"
    for lang in ("en", "zh"):
        assert words(lang)(f"lesson.{told}", **places)


def while_true(p, e):
    while True:
        pass


def counts_up(p, e):
    while p != e + 0.1:
        p += 1
    return p


def catches_all(p, e):
    while True:
        try:
            while_true(p, e)
        except:  # noqa: E722 - what a student may write
            continue


def only_the_second(p, e):
    return p / e if p == e else counts_up(p, e)


def one_long_step(p, e):
    return sum(iter(int, 1))


def sorts_for_ever(p, e):
    return p / e if p == e else sorted(iter(int, 1))


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="no copy of the process to end")


def in_this_process(monkeypatch) -> None:
    """As on a system without copies of processes."""
    monkeypatch.setattr("crmsim.exercises.kinds.function.count_ending", lambda c, _: len(c))


@pytest.mark.parametrize("copies", [True, False])
@pytest.mark.parametrize("function", [while_true, counts_up, catches_all, only_the_second])
def test_a_function_that_never_ends_is_stopped_and_told_so(tasks, function, copies, monkeypatch):
    if not copies:
        in_this_process(monkeypatch)
    is_told_as_endless(tasks, function, monkeypatch)


@on_linux
@pytest.mark.parametrize("function", [one_long_step, sorts_for_ever])
def test_a_step_of_compiled_code_that_never_ends_is_stopped_and_told_so(
    tasks, function, monkeypatch
):
    is_told_as_endless(tasks, function, monkeypatch)


def is_told_as_endless(tasks, function, monkeypatch):
    monkeypatch.setattr("crmsim.exercises.kinds.function.TRIED_S", 0.05)
    task = tasks["99-f"]
    answer = task.tried(function)
    assert len(answer) == len(task.examples)
    mark = task.mark(answer)
    assert mark.verdict in ("wrong", "partly")
    told, places = task.note(answer, mark.verdict)
    assert told == "function.endless"
    assert places["call"].startswith("ratio(")
    assert "一直算不完" in words("zh")(f"lesson.{told}", **places)


def test_a_function_that_never_ends_is_called_once(tasks, monkeypatch):
    monkeypatch.setattr("crmsim.exercises.kinds.function.TRIED_S", 0.05)
    in_this_process(monkeypatch)
    calls = []

    def endless(p, e):
        calls.append(p)
        while_true(p, e)

    tasks["99-f"].tried(endless)
    assert len(calls) == 1


def calls_itself(p, e):
    return calls_itself(e, p)


def leaves(p, e):
    raise SystemExit


@pytest.mark.parametrize(("function", "key"), [(calls_itself, "calls-itself"), (leaves, "stops")])
def test_a_function_that_would_take_the_notebook_with_it_is_told(tasks, function, key):
    task = tasks["99-f"]
    answer = task.tried(function)
    assert task.note(answer, task.mark(answer).verdict)[0] == f"function.{key}"


@pytest.mark.parametrize("function", [lambda p, e: e / p, lambda p, e: p - e])
def test_a_misconception_or_an_example_speaks_for_itself(tasks, function):
    answer = tasks["99-f"].tried(function)
    assert tasks["99-f"].note(answer, tasks["99-f"].mark(answer).verdict) is None


@pytest.mark.parametrize(
    ("answer", "key"),
    [("-1.25", "sign"), (125, "shifted"), (0.0125, "shifted"), (7, "beyond"), (1.3, "larger"),
     (1.0, "smaller"), (0.8, None), (1.25, None)],
)  # fmt: skip
def test_feedback_on_a_number_fits_it(tasks, answer, key):
    task = tasks["99-ratio"].variant(0)
    note = task.note(answer, task.mark(answer).verdict)
    assert (note and note[0]) == (key and f"number.{key}")
    assert bool(note) == (key is not None)
    if note:
        assert words("zh")(f"lesson.{note[0]}", **note[1])


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_bet_is_met_within_its_band_and_only_there(answer, came):
    task = exercise("10-bet-floor")
    low, high = task.band(came)
    points = task.bet_points(answer, came)
    assert points in (0, 0.5, 1)
    if abs(abs(answer - came) - task.tolerance) > 1e-9:
        assert (points == 1) == (low <= answer <= high)
    if points == 0.5:
        assert answer * came > 0


def test_a_function_left_blank_is_not_answered_yet(tasks):
    assert tasks["99-f"].mark(tasks["99-f"].tried(lambda p, e: ...)).verdict == "blank"
    assert tasks["99-f"].mark(tasks["99-f"].tried(lambda p, e: None)).verdict == "blank"


@given(st.integers(0, 2**31), st.integers(1, 20))
def test_probes_lie_in_the_ranges_and_follow_from_the_chance(tasks, seed, count):
    def drawn():
        return probes(tasks["99-f"], iter(np.random.default_rng(seed).random(1000)), count)

    assert drawn() == drawn()
    assert len(drawn()) == count
    assert all(0.1 <= value <= 1 for probe in drawn() for value in probe)


@pytest.mark.parametrize("task", FUNCTIONS, ids=lambda task: task.id)
def test_the_reference_of_a_declared_function_agrees_with_its_examples(task):
    right = reference_function(task)
    for example in task.examples:
        (gave,) = replace(task, examples=(example,)).tried(right)
        assert agrees(gave, example.gives, task.tolerance)
    for probe in probes(task, iter(np.random.default_rng(1).random(5000)), 20):
        assert agrees(right(*probe), right(*probe), task.tolerance)


def test_no_place_of_a_students_version_is_left_unfilled():
    varied = [task for task in EVERY if isinstance(task, Varied)]
    assert len(varied) > 100
    for task in varied:
        for index in range(max(1, len(task.variants))):
            for lang in ("en", "zh-Hans"):
                assert "{" not in task.variant(index).question[lang], task.id


def test_an_explanation_waits_for_a_person(tasks):
    task = tasks["99-why"]
    assert isinstance(task, Explain)
    assert task.worth == 3
    assert task.mark("因为期望变了").verdict == "waiting"
    assert task.mark("x" * 5000).verdict == task.mark(7).verdict == "nonsense"


def test_what_an_exercise_is_worth(tasks):
    worth = {"99-ratio": 1, "99-who": 1, "99-f": 3, "99-why": 3}
    assert {name: tasks[name].worth for name in worth} == worth
    assert replace(tasks["99-who"], points=5).worth == 5
    assert {task.worth for task in EVERY if task.prediction} == {0}


def test_a_class_gets_every_variant(tasks):
    varied = [task for task in tasks.values() if isinstance(task, Varied) and task.variants]
    assert len(varied) > 1
    for task in tasks.values():
        if isinstance(task, Varied):
            drawn = {variant_of(str(number), task.id, len(task.variants)) for number in range(40)}
            assert drawn == set(range(len(task.variants)))


def test_how_a_prediction_fared_is_a_key_of_the_words(tasks):
    course = next(task for task in EVERY if task.kind == "draw")
    now, drop = course.given[-1], course.low
    flat = [now] * course.quarters
    assert course.fared(flat, [now, drop, *flat[1:]]) == "no-effect"
    assert course.fared(flat, [now, *flat]) == "nothing"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('twin = "99-ratio"', 'twin = "99-rato"'),
        ("{evaluation_low_week}", "{evaluation_worst_week}"),
        ("got = 1500 }", "gt = 1500 }"),
        ("value = 0.8\n", "value = 1.25\n"),
        ("key = 2\n", 'key = "two"\n'),
        ('key = "cross"', 'key = "crosss"'),
        ("given = [0.3, 0.6]", "given = [0.3]"),
        ("low = 0.1, high = 1 }", "low = 1, high = 0.1 }"),
        ('"crmsim.grading.references.ratio"', '"os.system"'),
        ("{ value = 2,", "{ value = 0.5,"),
        ("gives = 0.5", "gives = nan"),
        ("got = 1500 }", "got = nan }"),
        ("key = 2\n", "key = inf\n"),
        ('id = "99-ratio"', 'id = "99-ratio\\n"'),
    ],
)
def test_each_mistake_is_told(tmp_path: Path, change, told):
    file = tmp_path / "99.toml"
    assert change in DECLARED
    file.write_text(DECLARED.replace(change, told), "utf-8")
    with pytest.raises(ExerciseError, match="99-"):
        read_exercises(file)
