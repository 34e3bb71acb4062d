"""The passport says what was done in each lesson: nothing more, nothing less, nothing lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsim import check, predict
from crmsim.common.words import LANGUAGES
from crmsim.course import passport, progress
from crmsim.course.lessons import lessons
from crmsim.exercises.declared import exercise
from crmsim.widgets.visit.play import play


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))


def stamp(number: str) -> passport.Stamp:
    return next(each for each in passport.stamps("en") if each.lesson.number == number)


def answer(exercise_id: str, value: str) -> None:
    asked = check(exercise_id)
    asked.on_act("answer", value)
    asked.on_act("done", "")


def test_a_lesson_is_known_by_its_notebook_in_either_language():
    english, chinese = (lessons(lang) for lang in LANGUAGES)
    assert english
    for one, other in zip(english, chinese, strict=True):
        assert one.title != other.title
        assert (one.predicted, one.checked, one.played) == (
            other.predicted,
            other.checked,
            other.played,
        )
        assert all(exercise(name) for name in (*one.predicted, *one.checked))


def test_on_the_first_day_everything_is_still_to_do():
    assert passport.stamps("en")
    for each in passport.stamps("en"):
        assert not each.begun
        assert each.to_do.get("predictions", 0) == len(each.lesson.predicted)
        assert each.exercises["open"] == each.exercises.total() == len(each.lesson.counted)


def test_predictions_are_counted_when_made_and_compared_when_the_outcome_was_seen():
    predict("10-bet-floor").on_act("answer", "answer=8")
    predict("10-bet-stage").on_act("answer", "in")
    assert (stamp("10").predicted, stamp("10").came) == (2, 0)
    check("10-bet-floor", came=20)
    check("10-bet-stage", came="in")
    check("10-bet-zhou", came=1.0)
    assert (stamp("10").predicted, stamp("10").came, stamp("10").as_said) == (2, 2, 1)


def test_an_exercise_counts_once_it_was_checked_and_at_its_present_worth():
    asked = check("10-why")
    asked.on_act("answer", "pity")
    assert stamp("10").exercises["open"] == 13
    asked.on_act("done", "")
    assert stamp("10").exercises["wrong"] == 1
    answer("10-why", exercise("10-why").key)
    assert (stamp("10").exercises["right"], stamp("10").exercises["open"]) == (1, 12)


def test_the_better_of_an_exercise_and_its_twin_counts():
    lesson = next(each for each in lessons("en") if any(len(t) > 1 for t in each.counted))
    task, twin = next(tasks for tasks in lesson.counted if len(tasks) > 1)
    check(task.id, lambda *_: 0.123)
    assert stamp(lesson.number).exercises["wrong"] == 1
    answer(twin.id, f"answer={exercise(twin.id).key}")
    assert stamp(lesson.number).exercises == {"right": 1, "open": len(lesson.counted) - 1}


def test_a_game_is_open_begun_or_played_to_its_end():
    assert stamp("00").games == {"showroom": "open"}
    play("showroom", seed=17).on_act("seat", "buyer")
    assert stamp("00").games == {"showroom": "begun"}
    record = progress.load_record("showroom-17")
    progress.save("showroom-17", record | {"done": True})
    play("showroom", seed=17).on_act("restart", "yes")
    play("showroom", seed=3).on_act("seat", "seller")
    assert stamp("00").games == {"showroom": "done"}
    for path in progress.folder().glob("*.old-*.json"):
        path.unlink()
    assert stamp("00").games == {"showroom": "begun"}
    progress.save("showroom-17", record | {"done": True})
    assert stamp("00").games == {"showroom": "done"}


WRECKS = st.one_of(
    st.binary(max_size=60),
    st.fixed_dictionaries(
        {},
        optional={
            "answer": st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers()),
            "came": st.none() | st.floats() | st.text(max_size=3) | st.lists(st.floats()),
            "tries": st.none() | st.integers() | st.text(max_size=3),
            "acts": st.lists(st.integers(), max_size=2) | st.text(max_size=2),
            "scenario": st.none() | st.just("showroom") | st.integers(),
            "done": st.booleans() | st.text(max_size=3),
            "number": st.none() | st.integers() | st.text(max_size=5),
        },
    ).map(lambda record: json.dumps(record).encode()),
)


@given(st.lists(WRECKS, min_size=5, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_whatever_lies_in_the_progress_folder_there_is_a_passport_and_no_byte_is_lost(wrecks):
    folder = progress.write_in_folder("student.json", "{}").parent
    for path in folder.iterdir():
        path.unlink()
    names = ("student", "answer-10-bet-floor", "answer-31-reputation", "before-00-last", "a-1")
    for name, content in zip(names, wrecks, strict=True):
        (folder / f"{name}.json").write_bytes(content)
    assert len(passport.stamps("en")) == len(lessons("en"))
    kept = [path.read_bytes() for path in folder.iterdir()]
    assert all(content in kept for content in wrecks)


def test_the_stamp_is_set_when_nothing_is_left_to_do(monkeypatch):
    before = stamp("10")
    assert before.state == "open"
    predict("10-bet-stage").on_act("answer", "in")
    assert stamp("10").state == "begun"
    monkeypatch.setattr(passport.Stamp, "to_do", {})
    assert stamp("10").state == "done"


def test_a_game_of_two_lessons_says_nothing_of_which_was_begun():
    first, second = stamp("30"), stamp("31")
    assert "buick-market" in first.games
    assert "buick-market" in second.games
    progress.save(
        "buick-market-5",
        {"schema": 1, "scenario": "buick-market", "acts": [["begin", ""]], "done": False},
    )
    assert stamp("31").games["buick-market"] == "begun"
    assert (stamp("30").state, stamp("31").state) == ("open", "open")
