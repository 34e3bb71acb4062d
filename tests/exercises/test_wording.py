"""The words of the exercises give nothing away, and speak to the student."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import to_builtins

from crmsim.common.words import LANGUAGES, data_path
from crmsim.exercises.declared import read_exercises
from crmsim.exercises.kinds import Choose

FILES = sorted(data_path("exercises").glob("*.toml"))
EVERY = [task for path in FILES for task in read_exercises(path).values()]
KEYED = [task for task in EVERY if isinstance(task, Choose) and task.key is not None]
BEGINNING = {"en": re.compile(r"You may think\b"), "zh-Hans": re.compile("你可能")}
RIDDLES = re.compile(r"\b(whoever|whosoever|a house|this house|such a house|the house)\b", re.I)


def lengths(task: Choose, lang: str) -> dict[str, int]:
    """Return the length of each option."""
    return {option.id: len(option.text[lang]) for option in task.options}


def texts(raw: Any) -> Iterator[dict[str, str]]:
    """Find every text in both languages within raw data."""
    if isinstance(raw, dict):
        if raw.keys() >= set(LANGUAGES):
            yield raw
        else:
            for part in raw.values():
                yield from texts(part)
    elif isinstance(raw, list | tuple):
        for part in raw:
            yield from texts(part)


def misconceptions(raw: Any) -> Iterator[dict[str, str]]:
    """Find every misconception within raw data."""
    if isinstance(raw, dict):
        if "misconception" in raw:
            yield raw["misconception"]
        for part in raw.values():
            yield from misconceptions(part)
    elif isinstance(raw, list | tuple):
        for part in raw:
            yield from misconceptions(part)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("most", [max, min], ids=["longest", "shortest"])
def test_the_key_is_the_longest_or_shortest_option_no_more_often_than_chance(lang, most):
    """Of options of equal length each counts as a share of one."""
    assert len(KEYED) >= 20
    given_away = {}
    for task in KEYED:
        found = lengths(task, lang)
        extreme = [name for name, length in found.items() if length == most(found.values())]
        if task.key in extreme:
            given_away[task.id] = 1 / len(extreme)
    assert sum(given_away.values()) <= sum(1 / len(task.options) for task in KEYED), given_away


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_option_stands_out_by_its_length(lang):
    """None is more than three times as long as another, unless all are short."""
    found = {task.id: sorted(lengths(task, lang).values()) for task in KEYED}
    short = {"en": 60, "zh-Hans": 20}[lang]
    assert len(found) > 50
    assert {name: many for name, many in found.items() if many[-1] > max(3 * many[0], short)} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_misconception_is_put_to_the_student_as_one(lang):
    said = [each[lang] for task in EVERY for each in misconceptions(to_builtins(task))]
    assert len(said) > 100
    assert [each for each in said if not BEGINNING[lang].match(each)] == []


def test_words_are_plain():
    said = [each["en"] for task in EVERY for each in texts(to_builtins(task))]
    assert len(said) > 1000
    assert [each for each in said if RIDDLES.search(each)] == []
