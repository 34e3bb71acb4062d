"""Hand-ins that were copied are seen, whatever was changed; those of two people are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import fakes
import numpy as np
import pytest

from crmsim.exercises.declared import declared_exercise, exercise
from crmsim.grading.marks.likeness import alike
from crmsim.grading.marks.marks import grades
from crmsim.grading.options import Options, exercises
from crmsim.grading.result import Item, Played, Result

WORDS = [
    "the",
    "guest",
    "waits",
    "feels",
    "promised",
    "service",
    "late",
    "staff",
    "smile",
    "counter",
    "price",
    "again",
]
CHOSEN = [
    name
    for name in exercises()
    if declared_exercise(name).kind == "choose"
    and not declared_exercise(name).prediction
    and name > "10"
][:8]


def honest(number: int, size: int = 40) -> Result:
    """Return what a student may hand in by herself: some things right, the rest her own."""
    chance = np.random.default_rng(number)
    items = []
    for name in CHOSEN:
        task = exercise(name)
        options = [option.id for option in task.options]
        knows = chance.random() < 0.6
        items.append(fakes.item(name, task.key if knows else str(chance.choice(options))))
    bets = [round(float(value)) for value in chance.normal(10, 6, 3)]
    items += [Item(f"bet-{n}", "10", 0, 0, "predicted", answer=bet) for n, bet in enumerate(bets)]
    curve = [round(float(value)) for value in chance.normal(50, 8, 8)]
    items.append(Item("curve", "12", 0, 0, "predicted", answer=curve))
    essay = ". ".join(" ".join(chance.choice(WORDS, 9)) for _ in range(5))
    items.append(Item("31-owner", "31", 0, 3, "waiting", answer=essay, needs_person=True))
    names = chance.choice(WORDS, 3)
    code = "\n".join(
        f"{name}_{i} = visit.log['{name}'].sum()"
        for i, name in zip(chance.integers(20, size=3), names, strict=True)
    )
    common = "minutes = visit.log['minutes'].sum()\ncheck('10-minutes', minutes)"
    acts = tuple(str(act) for act in chance.choice(["greet", "wait", "answer", "offer"], 9))
    run = Played("buick", 20, "lin-yue", "seller", acts, {"satisfaction": 3.0})
    return fakes.result(
        f"2026{number:03}", items=tuple(items), code={"10": f"{common}\n{code}"}, runs=(run,)
    )


def pairs(results: list[Result]) -> set[frozenset[str]]:
    return {
        frozenset((each.first.key, each.second.key)) for each in alike(grades(results, Options()))
    }


def whole(copy: Result) -> Result:
    return copy


def with_some_answers_changed(copy: Result) -> Result:
    items = [fakes.item(CHOSEN[0], exercise(CHOSEN[0]).key), *copy.items[2:]]
    return replace(copy, items=tuple(items))


def with_a_word_changed_in_the_essay(copy: Result) -> Result:
    *rest, essay = copy.items
    return replace(copy, items=(*rest, replace(essay, answer=f"Well, {essay.answer}")))


def without_the_essay(copy: Result) -> Result:
    return replace(copy, items=copy.items[:-1])


def with_code_typed_anew(copy: Result) -> Result:
    return replace(copy, code={"10": copy.code["10"].replace(" = ", "   =  ")})


def of_the_code_and_the_plays_alone(copy: Result) -> Result:
    return replace(honest(999), code=copy.code, runs=copy.runs)


CHANGES = [
    whole,
    with_some_answers_changed,
    with_a_word_changed_in_the_essay,
    without_the_essay,
    with_code_typed_anew,
    of_the_code_and_the_plays_alone,
]


@pytest.mark.parametrize("size", [8, 40, 120])
def test_work_of_people_of_their_own_is_not_told(size: int):
    assert pairs([honest(number) for number in range(size)]) == set()


@pytest.mark.parametrize("changed", CHANGES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("size", [20, 60])
def test_a_copy_is_told_beside_whom_it_is_like(changed: Any, size: int):
    results = [honest(number) for number in range(size)]
    copy = replace(changed(results[3]), student="2026999", submission="2026999.zip", sha256="c")
    assert pairs([*results, copy]) == {frozenset(("2026003", "2026999"))}


def test_three_who_share_one_work_are_all_told():
    results = [honest(number) for number in range(30)]
    copies = [replace(results[5], student=f"202699{n}", submission=f"{n}.zip") for n in range(2)]
    found = pairs([*results, *copies])
    assert found == {
        frozenset(pair)
        for pair in (
            ("2026005", "2026990"),
            ("2026005", "2026991"),
            ("2026990", "2026991"),
        )
    }


def test_what_nearly_everybody_has_is_no_likeness():
    """All right, or all fallen for the same slip."""
    same = [fakes.result(f"{n}", items=honest(1).items[:6]) for n in range(12)]
    assert pairs(same) == set()


def test_a_likeness_costs_no_points_and_raises_no_flag():
    results = [honest(number) for number in range(10)]
    copy = replace(results[3], student="2026999", submission="2026999.zip", sha256="c")
    both = grades([*results, copy], Options())
    points = {grade.key: (grade.points, grade.flags) for grade in both}
    assert points["2026999"] == points["2026003"]
    assert points["2026999"][1] == ()
    assert alike(both) != []


def test_of_a_handful_nothing_can_be_said():
    assert (
        pairs([honest(1), replace(honest(1), student="9", submission="9.zip"), honest(2)]) == set()
    )
