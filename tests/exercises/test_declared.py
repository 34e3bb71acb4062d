"""Exercises as declared, and what right, wrong and nonsensical answers to them are worth."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from msgspec import to_builtins

from crmsim import check
from crmsim.common.words import LANGUAGES, data_path, words
from crmsim.exercises.declared import exercise, read_exercises
from crmsim.exercises.exercise import ExerciseError, Mark
from crmsim.exercises.kinds import Choose
from crmsim.scenario.parameters import declared_parameters

FILES = sorted(data_path("exercises").glob("*.toml"))
TASKS = [
    version
    for path in FILES
    for task in read_exercises(path).values()
    for version in task.versions()
]
NONSENSE = ["", "no such option", b"x", -1j, float("nan"), [], [[]], {1, 2}, object(), np.zeros(3),
            pd.DataFrame({"a": [1]}), True, ["service"] * 7, "9" * 5000]  # fmt: skip


MARKED = [task for task in TASKS if not task.prediction and not task.BY_PERSON]


def test_the_right_answer_gets_every_point():
    assert len(MARKED) > 300
    marks = [(task.id, task.mark(task.right_answer)) for task in MARKED]
    assert [
        (name, mark)
        for name, mark in marks
        if (mark.verdict, mark.points) != ("right", mark.out_of)
    ] == []


def test_nonsense_is_worth_nothing_and_breaks_nothing():
    for task in MARKED:
        for answer in NONSENSE:
            marked = task.mark(answer)
            assert marked.points == 0, (task.id, answer)
            assert marked.verdict in ("wrong", "nonsense"), (task.id, answer)
        assert task.mark(...).verdict == task.mark(None).verdict == "blank", task.id


def test_every_wrong_option_is_met_with_its_misconception_and_a_counter_example():
    asked = [task for task in MARKED if isinstance(task, Choose)]
    assert len(asked) > 50
    for task in asked:
        assert len(task.options) > 1, task.id
        for option in task.options:
            if option.id != task.key:
                (found,) = task.mark(option.id).findings
                for lang in LANGUAGES:
                    assert found.misconception[lang] != found.because[lang], (task.id, option.id)


def test_one_link_of_the_loop_out_of_place_costs_only_the_links_it_breaks():
    right = exercise("10-loop").right_answer
    late = [*right[:1], *right[2:], right[1]]
    marked = exercise("10-loop").mark(late)
    assert (marked.verdict, marked.points, marked.out_of) == ("partly", 5, 7)
    assert exercise("10-loop").mark(right[::-1]).verdict == "wrong"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_solution_is_one_line_for_a_teacher(lang):
    for task in MARKED:
        assert task.question[lang] in task.solution(lang), task.id
        assert "\n" not in task.solution(lang), task.id


def test_an_order_is_first_shown_shuffled():
    task = exercise("10-loop")
    assert task.mark(task.shuffled()).points <= 2


def test_what_is_only_predicted_is_never_marked():
    for task in TASKS:
        if task.prediction:
            first = {
                "choose": lambda task: task.options[0].id,
                "number": lambda task: task.high,
                "draw": lambda task: [task.high] * task.quarters,
                "match": lambda task: dict.fromkeys(task.open_places({}), task.options[0].id),
            }
            answer = first[task.kind](task)
            assert task.mark(answer) == Mark("blank", 0, 0)


@pytest.mark.parametrize(
    ("said", "came", "verdict"),
    [(3, 2.7, "right"), (10, 2.7, "too-strong"), (2, 9, "too-weak"), (-5, 2.7, "wrong-way"),
     (0, 2.7, "no-effect"), (8, 0, "none-came"), (None, 2.7, "none")],
)  # fmt: skip
def test_the_gap_of_a_prediction_is_named(said, came, verdict):
    assert exercise("10-bet-floor").fared(said, came) == verdict


@pytest.mark.parametrize(
    ("hits", "verdict", "points"), [(5, "right", 1), (3, "half", 0.5), (2, "other", 0)]
)
def test_rows_foreseen_are_counted(hits, verdict, points):
    task = exercise("11-sheet")
    rows = [row.id for row in task.rows]
    came = dict.fromkeys(rows, "3")
    said = came | dict.fromkeys(rows[hits:], "5")
    assert (task.fared(said, came), task.bet_points(said, came)) == (verdict, points)


def test_a_prediction_of_rows_needs_all_of_them():
    task = exercise("11-sheet")
    some = {"reliability": "3"}
    assert task.begun(some)
    assert not task.takes(some)
    assert task.note_on_prediction(some) == ("match.partly", {"done": 1, "rows": 5})
    assert task.note_on_prediction(dict.fromkeys(task.open_places({}), "3")) == ("saved", {})


def test_every_mistake_of_a_file_is_reported_at_once(tmp_path: Path):
    file = tmp_path / "99.toml"
    file.write_text(
        """
[[exercises]]
id = "99-a"
kind = "riddle"
[[exercises]]
id = "99-b"
kind = "number"
concepts = ["A-01"]
question = { en = "How many?" }
business = { en = "b", zh-Hans = "b" }
unit = { en = "m", zh-Hans = "m" }
low = 0
high = "ten"
tolerance = 1
colour = "red"
[[exercises]]
id = "99-d"
kind = "draw"
concepts = ["A-01"]
question = { en = "q", zh-Hans = "q" }
business = { en = "b", zh-Hans = "b" }
axis = { en = "a", zh-Hans = "a" }
unit = { en = "u", zh-Hans = "u" }
column = "reputation"
given = [120]
quarters = 8
low = 0
high = 100
tolerance = 1
[[exercises]]
id = "99-e"
kind = "loop"
concepts = ["A-01"]
question = { en = "q", zh-Hans = "q" }
business = { en = "b", zh-Hans = "b" }
nodes = [
  { id = "x", text = { en = "x", zh-Hans = "x" } },
  { id = "y", text = { en = "y", zh-Hans = "y" } },
]
links = [
  { source = "x", target = "w", sign = "+", because = { en = "b", zh-Hans = "b" } },
  { source = "y", target = "y", sign = "-", because = { en = "b", zh-Hans = "b" } },
]
[[exercises]]
id = "99-c"
kind = "choose"
concepts = ["A-01"]
question = { en = "q", zh-Hans = "q" }
business = { en = "b", zh-Hans = "b" }
key = "z"
options = [
  { id = "x", text = { en = "x", zh-Hans = "x" } },
  { id = "x", text = { en = "y", zh-Hans = "y" } },
]
""",
        "utf-8",
    )
    with pytest.raises(ExerciseError) as error:
        read_exercises(file)
    told = str(error.value)
    for part in (
        "riddle",
        "zh-Hans: is missing",
        "high = 'ten'",
        "colour",
        "key = 'z'",
        "'x': stands",
        "given = 120",
        "target = 'w'",
        "'y': leads back",
    ):
        assert part in told
    assert all(line.startswith("99.toml: 99-") for line in told.splitlines())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[exercises]\nid = "99-a"', "exercises = a table: must be a list"),
        ('exercises = ["99-a"]', "exercises no. 1 = '99-a': must be a table"),
        ('[[exercise]]\nid = "99-a"', "exercise: this key is not known"),
        (
            '[[exercises]]\nid = "99-a"\nkind = ["choose"]',
            "99-a: kind = ['choose']: must be",
        ),
        ("[[exercises]", "not readable as TOML"),
    ],
)
def test_a_file_that_holds_no_exercises_is_told(tmp_path: Path, text, told):
    file = tmp_path / "99.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ExerciseError, match=re.escape(f"99.toml: {told}")):
        read_exercises(file)


def test_no_id_stands_in_two_files():
    """A lesson may have several files; an id belongs to one of them, and to its lesson."""
    homes = [(task.id, path) for path in FILES for task in read_exercises(path).values()]
    assert len({name for name, _ in homes}) == len(homes) > 200
    assert all(name.split("-")[0] == path.stem.split("-")[0] for name, path in homes)


def test_an_unknown_exercise_names_those_there_are():
    with pytest.raises(ExerciseError, match="10-loop"):
        exercise("10-lop")


def test_predictions_and_answers_outlive_the_kernel(tmp_path: Path, monkeypatch):
    from crmsim import check, predict

    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    assert "2.7" not in check("10-bet-floor", came=2.7).regions["exercise"], "predict first"
    asked = predict("10-bet-floor")
    asked.on_act("answer", "answer=8")
    assert "+8.0%" in check("10-bet-floor", came=2.7).regions["exercise"]
    again = predict("10-bet-floor", lang="zh").regions["exercise"]
    assert 'value="8"' in again
    assert "disabled" in again, "a prediction stays as it is once its outcome was seen"


def test_a_wrong_answer_is_told_why_and_a_right_one_what_it_is_worth(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    task, shown = exercise("10-why"), check("10-why")
    assert task.business["en"] not in shown.regions["exercise"]
    shown.on_act("answer", "pity")
    shown.on_act("done", "")
    assert "sympathy is empathy" in shown.regions["exercise"]
    shown.on_act("hint", "")
    assert task.hints[0]["en"] in shown.regions["exercise"]
    shown.on_act("answer", task.key)
    shown.on_act("done", "")
    assert task.business["en"] in shown.regions["exercise"]


@pytest.mark.parametrize(("name", "told"), [("40-map", False), ("10-why", True)])
@pytest.mark.usefixtures("work")
def test_where_there_is_only_a_moral_to_tell_nothing_stands_under_a_right_answer(name, told):
    task, shown = exercise(name), check(name)
    shown.on_act("answer", task.key)
    shown.on_act("done", "")
    assert "ex-right" in shown.regions["exercise"]
    assert (words("en")("lesson.why_business") in shown.regions["exercise"]) == told


@pytest.mark.parametrize("answer", [None, 1, [3], {"rows": 1}, "x"])
def test_a_damaged_saved_answer_is_no_obstacle(answer, tmp_path: Path, monkeypatch):
    from crmsim import check
    from crmsim.course import progress

    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    for name in ("10-loop", "10-rights", "10-why", "10-minutes"):
        progress.save(f"answer-{name}", {"answer": answer, "hints": "many"})
        assert check(name).regions["exercise"]


def test_a_number_from_memory_is_marked_where_it_is_told():
    poster = exercise("10-ninety-one")
    (small,) = (option.slip.counter for option in poster.options if option.id == "too-low")
    for name, told in (("stay_silent", poster.question), ("stay_silent_small", small)):
        assert declared_parameters()[name].status == "from memory"
        assert "from memory" in told["en"]
        assert "凭记忆" in told["zh-Hans"]


def test_no_text_has_stars_which_a_screen_shows_as_stars():
    """Words of a function may hold Python's own; all others are shown as they stand."""
    others = [task for task in TASKS if not task.BY_CALLS]
    assert len(others) > 100
    assert [task.id for task in others if "*" in str(to_builtins(task))] == []
