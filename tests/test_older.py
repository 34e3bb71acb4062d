"""Work that was done with the course before quality had a level opens, is named so, and is marked.

``older/handin-2026031.zip`` was made by that course: a student of the Chinese edition played a
visit in both roles, a ride, a firm to its end and half of another, answered every question, and
handed in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from crmsim import check, passport, play, predict
from crmsim.common.words import words
from crmsim.course import progress, student
from crmsim.course.lessons import lessons
from crmsim.course.passport import stamps
from crmsim.course.sessions.session import SESSION_SCHEMA
from crmsim.exercises.declared import declared_exercise
from crmsim.grading.one import grade_one
from crmsim.grading.options import Options
from crmsim.widgets.saved import Kept

HANDED_IN = Path(__file__).parent / "older" / "handin-2026031.zip"
LANG = "zh-Hans"
t = words(LANG)
LESSONS = {lesson.number for lesson in lessons(LANG)}
HANDED_IN_LESSONS = {"00", "10", "12", "31", "32"}
GAMES = {
    "buick-20": {"scenario": "buick", "seed": 20},
    "bus-22-runner": {"scenario": "bus", "seed": 22, "persona": "runner"},
    "buick-market-97479420": {"scenario": "buick-market", "seed": 97479420},
    "southwest-32": {"scenario": "southwest", "seed": 32},
}


def files() -> dict[str, bytes]:
    with ZipFile(HANDED_IN) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def records() -> dict[str, dict[str, Any]]:
    """Return each saved record by its name."""
    return {
        Path(name).stem: json.loads(content)
        for name, content in files().items()
        if name.startswith("progress/")
    }


OLD = records()
NO_LONGER_ASKED = {"before-00-sentence"}
"""A question that the longer test before the course left out; lessons 10 and 11 ask it instead."""

ANSWERS = sorted(
    name for name in OLD if name.startswith(("answer-", "before-")) and name not in NO_LONGER_ASKED
)


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the student's saved work where the course looks for it."""
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    for name, content in files().items():
        path = tmp_path / name.replace("notebooks/", "")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def kept_aside() -> list[str]:
    names = {path.stem for path in progress.folder().glob("*.json")}
    return sorted(names - OLD.keys())


def test_it_was_made_before_the_present_course():
    assert len(ANSWERS) > 60
    assert all(OLD[name]["schema"] < SESSION_SCHEMA for name in GAMES)
    acts = {act for act, _ in OLD["southwest-32"]["acts"]}
    assert {"fly", "lever", "card", "guess"} <= acts


@pytest.mark.parametrize("name", GAMES)
def test_an_older_game_is_named_as_older_and_keeps_every_move(name: str):
    stage = play(**GAMES[name], lang=LANG)
    assert kept_aside() == []
    assert len(stage.session.acts) == len(OLD[name]["acts"])
    assert t("play.older") in stage.regions["note"]
    assert stage.finished == OLD[name]["done"]


@pytest.mark.parametrize("name", GAMES)
def test_a_new_game_is_offered_and_the_older_one_is_kept(name: str):
    stage = play(**GAMES[name], lang=LANG)
    assert t("play.new_game") in stage.regions["note"]
    assert 'data-act="restart"' in stage.regions["note"]
    stage.on_act("restart", "ask")
    stage.on_act("restart", "higher" if _asks_for_a_hypothesis(stage) else "yes")
    assert stage.session.phase == "opening"
    assert f"{name}.old-1" in kept_aside()
    assert "note" not in stage.regions


def _asks_for_a_hypothesis(stage: Kept) -> bool:
    return 'data-value="higher"' in stage.regions["head"]


def test_a_game_gone_on_with_is_one_of_the_present_course():
    stage = play(**GAMES["southwest-32"], lang=LANG)
    before = stage.session.quarter
    for act in (("guess", "profit=same"), ("guess", "reputation=same")):
        stage.on_act(*act)
    for card in stage.session.cards:
        stage.on_act("card", f"{card.id}={card.options[0].id}")
    stage.on_act("run", "")
    assert stage.session.quarter == before + 1
    assert "note" not in play(**GAMES["southwest-32"], lang=LANG).regions


@pytest.mark.parametrize("name", ANSWERS)
def test_an_older_answer_is_still_the_answer(name: str):
    kind, exercise_id = name.split("-", 1)
    task = declared_exercise(exercise_id)
    ask = predict if kind == "before" or task.prediction else check
    asked = ask(exercise_id, lang=LANG)
    assert asked.answer == OLD[name]["answer"]
    assert asked.answered
    assert kept_aside() == []
    assert task.question[LANG].split("{")[0] in asked.regions["exercise"]


def test_the_passport_counts_what_was_done():
    assert student.student_number() == "2026031"
    begun = {stamp.lesson.number for stamp in stamps(LANG) if stamp.begun}
    assert begun == HANDED_IN_LESSONS
    assert "2026031" in str(passport(LANG).regions)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Grade the older hand-in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRMSIM_WORK", str(tmp_path_factory.mktemp("grader")))
        yield grade_one(HANDED_IN, Options(), b"secret")


def test_the_grader_marks_what_it_can(result: Any):
    marked = {item.exercise: item for item in result.items}
    assert len(marked) > 50
    assert marked["10-minutes"].points == 1
    assert marked["10-stages"].points > 0
    missing = {(problem.kind, problem.place) for problem in result.problems}
    assert missing == {("lesson-missing", number) for number in LESSONS - HANDED_IN_LESSONS}


def test_the_grader_says_that_it_is_older(result: Any):
    older = {flag.place for flag in result.flags if flag.kind == "older-version"}
    assert older == {f"{name}.json" for name in GAMES}
