"""The tests before and after the course, tried on bots that each hold a misconception.

Both forms have to tell these bots apart, and to say the same of each of them. Where a story has
numbers, the rule behind a misconception is worked out from them here, by itself.
"""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from crmsim.common.words import LANGUAGES
from crmsim.exercises.exercise import Exercise
from crmsim.exercises.gain import (
    asked_in_tests,
    class_gain_estimate,
    class_normalised_gain,
    form_pairs,
    idea_behind,
    normalised_gain,
)
from crmsim.model.theory.queues import mean_wait_min

PAIRS = form_pairs()
FORMS = {"before": [p.before for p in PAIRS], "after": [p.after for p in PAIRS]}
BELIEFS = [
    option.slip.misconception["en"] for p in PAIRS for option in p.before.options if option.slip
]
NUMBER = re.compile(r"\d[\d,]*")


def answered(task: Exercise, beliefs: set[str]) -> str:
    """Return the answer of a bot that knows everything but holds these misconceptions."""
    for option in task.options:
        if option.slip and option.slip.misconception["en"] in beliefs:
            return option.id
    return task.key


def score(form: str, beliefs: set[str]) -> int:
    return sum(task.mark(answered(task, beliefs)).points for task in FORMS[form])


def found(form: str, beliefs: set[str]) -> set[str]:
    """Return the misconceptions that a form finds in a bot."""
    ideas = (idea_behind(task.mark(answered(task, beliefs))) for task in FORMS[form])
    return {idea["en"] for idea in ideas if idea}


def test_there_are_fourteen_ideas_with_three_misconceptions_each():
    assert len(PAIRS) == 14
    assert len(BELIEFS) == len(set(BELIEFS)) == 42
    assert len(asked_in_tests()) == 28
    assert len({pair.topic[lang] for pair in PAIRS for lang in LANGUAGES}) == 28


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.before.id)
def test_the_two_forms_hold_the_same_ideas_in_other_stories(pair):
    for lang in LANGUAGES:
        ideas = [
            {option.slip.misconception[lang] for option in task.options if option.slip}
            for task in (pair.before, pair.after)
        ]
        assert ideas[0] == ideas[1]
        assert len(ideas[0]) == 3
        assert pair.before.question[lang] != pair.after.question[lang]
        stories = [
            {option.text[lang] for option in task.options} for task in (pair.before, pair.after)
        ]
        assert len(stories[0] & stories[1]) == 0
    assert set(pair.before.concepts) <= set(pair.after.concepts)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.before.id)
def test_a_question_has_the_same_numbers_in_both_languages(pair):
    for task in (pair.before, pair.after):
        for text in (task.question, *(option.text for option in task.options)):
            said = [
                {n.replace(",", "") for n in NUMBER.findall(text[lang])} - {"0"}
                for lang in LANGUAGES
            ]
            assert said[0] == said[1] or not said[0] or not said[1], text


@pytest.mark.parametrize("form", FORMS)
def test_who_knows_everything_has_fourteen(form):
    assert score(form, set()) == 14
    assert found(form, set()) == set()


@pytest.mark.parametrize("belief", BELIEFS)
def test_a_bot_with_one_misconception_is_found_by_both_forms(belief):
    for form in FORMS:
        assert found(form, {belief}) == {belief}
        assert score(form, {belief}) == 13


@pytest.mark.parametrize("form", FORMS)
def test_no_two_bots_answer_alike(form):
    bots = [set(), *({belief} for belief in BELIEFS)]
    sheets = [tuple(answered(task, beliefs) for task in FORMS[form]) for beliefs in bots]
    for one, other in combinations(sheets, 2):
        assert one != other


def test_bots_with_several_misconceptions_get_the_same_from_both_forms():
    by_question = np.array(BELIEFS).reshape(14, 3)
    draw = np.random.default_rng(41)
    scores = set()
    for _ in range(300):
        held = draw.random(14) < draw.random()
        beliefs = {str(row[draw.integers(3)]) for row in by_question[held]}
        assert found("before", beliefs) == found("after", beliefs) == beliefs
        assert score("before", beliefs) == score("after", beliefs) == 14 - len(beliefs)
        scores.add(score("after", beliefs))
    assert min(scores) <= 1
    assert max(scores) >= 13


@pytest.mark.parametrize("form", FORMS)
def test_a_guesser_has_three_and_a_half_on_average(form):
    expected = sum(1 / len(task.options) for task in FORMS[form])
    assert expected == 3.5
    draw = np.random.default_rng(7)
    scores = [
        sum(
            task.mark(task.options[draw.integers(len(task.options))].id).points
            for task in FORMS[form]
        )
        for _ in range(400)
    ]
    assert abs(np.mean(scores) - expected) < 4 * np.std(scores) / 20
    assert 1.2 < np.std(scores) < 2.1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_nobody_gets_far_by_the_look_of_an_answer(form, lang):
    """Neither a place nor a length gives more than half of the answers away."""

    def length(option):
        return len(option.text[lang])

    ways = {
        "longest": lambda options: max(options, key=length),
        "shortest": lambda options: min(options, key=length),
        **{f"place {n}": lambda options, n=n: options[n] for n in range(4)},
    }
    reached = {
        name: sum(task.mark(way(task.options).id).points for task in FORMS[form])
        for name, way in ways.items()
    }
    assert all(points <= 5 for points in reached.values()), reached
    assert sum(reached[f"place {n}"] for n in range(4)) == 14


# --- what each rule makes of the numbers of a story ---------------------------------------------


def both(name: str) -> list[Exercise]:
    (pair,) = [pair for pair in PAIRS if pair.before.id == f"00-{name}"]
    return [pair.before, pair.after]


def told(task: Exercise, idea: str) -> str:
    """Return the option of a misconception that contains these words, or the key."""
    if idea == "key":
        return task.key
    (option,) = [o for o in task.options if o.slip and idea in o.slip.misconception["en"]]
    return option.id


def numbers(task: Exercise) -> list[float]:
    return [float(n.replace(",", "")) for n in NUMBER.findall(task.question["en"])]


@pytest.mark.parametrize("task", both("regulars"), ids=lambda task: task.id)
def test_a_stock_is_highest_where_its_flows_cross(task):
    rows = np.array(numbers(task)).reshape(3, 4)
    ends, come, leave = rows[:, 1], rows[:, 2], rows[:, 3]
    level = np.cumsum((come - leave) * (ends - rows[:, 0] + 1))
    assert told(task, "key").endswith(f"-{ends[level.argmax()]:.0f}")
    assert told(task, "inflow is highest").endswith(f"-{ends[come.argmax()]:.0f}")
    assert told(task, "as long as new customers come").endswith(f"-{ends[-1]:.0f}")


@pytest.mark.parametrize(
    ("task", "steep", "step", "words"),
    [
        (both("queue")[0], 38, 9.5, "almost five times"),
        (both("queue")[1], 60, 15, "six times"),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_waiting_near_the_limit_is_that_of_the_theory_of_queues(task, steep, step, words):
    found = set(numbers(task))
    wait, busy, busier = (8, 0.8, 0.95) if task.id == "00-queue" else (10, 0.6, 0.9)
    assert {wait, 100 * busy, 100 * busier} <= found
    handle = wait / mean_wait_min(1, busy, 1.0)
    assert mean_wait_min(1, busier, handle) == pytest.approx(steep)
    assert wait * busier / busy == pytest.approx(step)
    texts = {option.id: option.text["en"] for option in task.options}
    assert words in texts[task.key]
    assert f"{wait} minutes" in texts[told(task, "free time left")]
    assert re.search(r"under 10|About 15", texts[told(task, "in step")])


@pytest.mark.parametrize("task", both("uplift"), ids=lambda task: task.id)
def test_an_offer_goes_where_it_makes_the_largest_difference(task):
    groups = ("regulars", "waverers", "gone")
    shares = np.array(re.findall(r"(\d+) and (\d+)", task.question["en"]), float)
    assert shares.shape == (3, 2)
    assert told(task, "key") == groups[(shares[:, 1] - shares[:, 0]).argmax()]
    assert told(task, "likeliest to buy") == groups[shares[:, 1].argmax()]
    assert told(task, "least likely") == groups[shares[:, 0].argmin()]
    counter = next(o.slip.counter["en"] for o in task.options if o.id == "equal")
    gains = shares[:, 1] - shares[:, 0]
    assert {f"{gains.sum():.0f}", f"{3 * gains.max():.0f}"} <= set(NUMBER.findall(counter))


@pytest.mark.parametrize("task", both("asked"), ids=lambda task: task.id)
def test_the_silent_part_could_turn_a_survey_round(task):
    asked, came, content = sorted(numbers(task), reverse=True)[:3]
    assert content / came >= 0.9
    half = (content + (asked - came) / 2) / asked
    assert 0.5 < half < 0.55
    counter = next(
        o.slip.counter["en"] for o in task.options if o.id == told(task, "those who answer")
    )
    assert f"{100 * half:.0f} %" in counter or "barely more than half" in counter


@pytest.mark.parametrize("task", both("loyal"), ids=lambda task: task.id)
def test_at_least_so_many_are_satisfied_and_gone_or_dissatisfied_and_back(task):
    said = task.question["en"]
    of = 10 if "in 10" in said else 100
    free, kept = ((9, 6), (5, 9)) if of == 10 else ((85, 70), (40, 95))
    assert {*map(float, (*free, *kept))} <= set(numbers(task))
    texts = {o.id: o.slip.counter["en"] for o in task.options if o.slip}
    gone = {3: "three in ten", 15: "15 of 100"}[free[0] - free[1]]
    assert f"At least {gone}" in texts["satisfied"]
    if of == 100:
        assert f"At least {kept[1] - kept[0]} of 100" in texts["back"]


# --- gain ----------------------------------------------------------------------------------------


def test_the_normalised_gain_is_the_share_of_what_was_open():
    assert normalised_gain(0, 0.5) == 0.5
    assert normalised_gain(0.5, 0.75) == 0.5
    assert normalised_gain(0.5, 0.25) == -0.5
    assert normalised_gain(1, 0.5) is None


def a_class(draw: np.random.Generator, count: int) -> np.ndarray:
    """Return shares right of students who differ in ability, before and after a course."""
    ability = draw.normal(0, 1, (count, 1))
    hard = np.linspace(-1.5, 1.5, 14)
    before, after = (
        (draw.random((count, 14)) < 1 / (1 + np.exp(hard - ability - shift))).mean(axis=1)
        for shift in (-0.6, 0.7)
    )
    return np.column_stack([before, after])


@pytest.mark.parametrize("count", [6, 10, 20, 40])
def test_the_interval_covers_the_true_gain_about_as_often_as_it_says(count):
    draw = np.random.default_rng(1)
    before, after = a_class(draw, 100_000).mean(axis=0)
    truth = {
        class_gain_estimate: after - before,
        class_normalised_gain: (after - before) / (1 - before),
    }
    for of, true in truth.items():
        covered = 0
        for _ in range(400):
            found = of(a_class(draw, count))
            assert found.low < found.value < found.high
            covered += found.low <= true <= found.high
        assert 0.91 <= covered / 400 <= 0.985


def test_the_gain_of_a_class_is_that_of_its_means():
    rows = a_class(np.random.default_rng(3), 25)
    before, after = rows.mean(axis=0)
    assert class_gain_estimate(rows).value == pytest.approx(after - before)
    assert class_normalised_gain(rows).value == pytest.approx(normalised_gain(before, after))
    alike = class_normalised_gain(rows[::-1])
    assert alike.low == pytest.approx(class_normalised_gain(rows).low)
    assert class_normalised_gain([[1, 1], [1, 0.5]]) is None
