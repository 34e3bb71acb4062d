"""Progress of a student, lesson by lesson, as the progress folder tells it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from crmsim.course import progress, student
from crmsim.course.lessons import Lesson, lessons
from crmsim.exercises.declared import exercise
from crmsim.exercises.exercise import Exercise
from crmsim.scenario import load

State = Literal["right", "partly", "waiting", "wrong", "open"]
STATES: tuple[State, ...] = ("right", "partly", "waiting", "wrong", "open")
"""States of an exercise, the best first."""

AS_SAID = ("right", "nothing", "right-shape")
"""Ways in which a prediction comes true: keys of ``lesson.gap`` and ``lesson.curve``."""

PlayState = Literal["done", "begun", "open"]


@dataclass(frozen=True)
class Stamp:
    """One lesson: its predictions and how they fared, its exercises, and what was played.

    ``came`` of the ``predicted`` have been set against what came, ``as_said`` of them came true.
    ``shared`` are the games that another lesson plays too: to have played one tells nothing of
    which lesson was begun.
    """

    lesson: Lesson
    predicted: int
    came: int
    as_said: int
    exercises: Counter[State]
    games: dict[str, PlayState]
    shared: frozenset[str] = frozenset()

    @property
    def to_do(self) -> dict[str, int]:
        """Work still to be done, as counts by kind; it says nothing about what is right."""
        left = {
            "predictions": len(self.lesson.predicted) - self.predicted,
            "exercises": self.exercises["open"],
            "games": sum(state != "done" for state in self.games.values()),
        }
        return {kind: count for kind, count in left.items() if count}

    @property
    def state(self) -> PlayState:
        """The stamp itself: nothing done, begun, or nothing left to do."""
        return "open" if not self.begun else "begun" if self.to_do else "done"

    @property
    def begun(self) -> bool:
        """True if anything of the lesson has been done."""
        answered = self.exercises.total() - self.exercises["open"]
        own = (state for name, state in self.games.items() if name not in self.shared)
        return bool(self.predicted or answered or set(own) - {"open"})


def stamps(lang: str) -> list[Stamp]:
    """Return a stamp for each lesson of the course.

    Returns
    -------
    list of Stamp
        In the order of the lessons.
    """
    played, course = _played(), lessons(lang)
    times = Counter(name for lesson in course for name in lesson.played)
    shared = frozenset(name for name, count in times.items() if count > 1)
    return [_stamp(lesson, played, shared) for lesson in course]


@cache
def game_titles(lang: str) -> dict[str, str]:
    """Return the title of each case that is played in the lessons.

    Returns
    -------
    dict of str
        Titles by the id of the case.
    """
    names = {name for lesson in lessons(lang) for name in lesson.played}
    return {name: load(name, lang).title[lang] for name in sorted(names)}


def _stamp(lesson: Lesson, played: dict[str, PlayState], shared: frozenset[str]) -> Stamp:
    found = [_prediction(exercise(name, student.student_number())) for name in lesson.predicted]
    said = [gap for answered, gap in found if answered and gap]
    return Stamp(
        lesson,
        sum(answered for answered, _ in found),
        len(said),
        sum(gap in AS_SAID for gap in said),
        Counter(_state(tasks) for tasks in lesson.counted),
        {name: played.get(name, "open") for name in lesson.played},
        shared,
    )


def _prediction(task: Exercise) -> tuple[bool, str]:
    """Return (made or not, and how the prediction fared, "" if that is unknown)."""
    name = f"answer-{task.id}" if task.prediction else f"before-{task.id}"
    record = progress.load_record(name) or {}
    answer = record.get("answer")
    if not task.takes(answer):
        return False, ""
    try:
        return True, task.fared(answer, record["came"]) if "came" in record else ""
    except (TypeError, ValueError, IndexError):
        return True, ""


def _state(tasks: tuple[Exercise, ...]) -> State:
    """Return the better state of an exercise and its twin."""
    return min((_one_state(task.id) for task in tasks), key=STATES.index)


def _one_state(exercise_id: str) -> State:
    task, record = (
        exercise(exercise_id, student.student_number()),
        progress.load_record(f"answer-{exercise_id}"),
    )
    verdict = task.mark((record or {}).get("answer")).verdict
    if verdict == "waiting":
        return "waiting"
    tried: Any = (record or {}).get("tries")
    return verdict if tried and verdict in ("right", "partly", "wrong") else "open"


def _played() -> dict[str, PlayState]:
    """Return how far each case has been played in any of its saved sessions."""
    found: dict[str, PlayState] = {}
    for path in sorted(progress.folder().glob("*.json")):
        aside = path.stem.partition(".")[2]
        # One begun again was set aside as it stood: what was done stays done.
        kept = not aside or aside.startswith("old-")
        record = progress.load_record(path.stem) if kept else None
        if record and isinstance(record.get("acts"), list) and record["acts"]:
            name = str(record.get("scenario"))
            found[name] = "done" if record.get("done") is True else found.get(name, "begun")
    return found
