"""A lesson takes the time that it says, and what counts in it stands where it should."""

from __future__ import annotations

import re
from itertools import groupby

import pytest
from reading import CORE, walked

from crmsim.authoring.build_lessons import NOTEBOOKS, read_source
from crmsim.common.words import LANGUAGES
from crmsim.course.passport import stamps

MOST_MIN = {
    name: 25 if name == "00" else 80
    for name in ("00", "10", "11", "12", "20", "21", "30", "31", "32", "33", "34", "40", "41")
}
"""Minutes that a lesson may take with all that stands in it: 90 less ten to spare."""

RUNS_TAKE_LONG = {"11", "30", "32", "34", "41"}
WALKS = [
    pytest.param(
        number, lang, marks=[pytest.mark.long] * (lang != "en" or number in RUNS_TAKE_LONG)
    )
    for number in MOST_MIN
    for lang in LANGUAGES
]
"""In each run: a lesson without a game, one of each kind of game, and all whose runs are short."""

CORE_MIN = 45
SHEET = re.compile(r"^(?:Workshop|实训) · .* · (\d+) ?(?:minutes|分钟)$")
"""Heading of a workshop sheet: it has minutes of its own, beside those of the lesson."""
TESTS = ("pretest", "posttest")
"""Beginnings of the names of cells that belong to the tests before and after the course."""
SOURCES = sorted(NOTEBOOKS.glob("source/*.md"))

OPEN = {
    "tea": "opens the next game and names no share",
    "other": "asks for the next bet",
    "zhou": "asks for the next bet",
    "one": "asks for the next sum",
    "against": "goes on to the next question",
    "who-won": "says only that both got the same",
    "formula": "gives the rule; both passengers have been played before",
    "silence": "asks who of the silent ones has left",
    "influences": "goes on to the next question",
    "steady": "asks why the rules differ and names none",
    "promise-why": "asks whether the service changed",
    "tanks": "explains what a stock is",
    "links": "asks where the money went",
    "words": "explains two paths and says that luck decides which is larger",
    "failures-why": "asks which of two reasons it is",
    "under-how": "says what the table shows",
    "ways": "names four ways and tells nothing of their profit",
    "deed": "says how the answer is computed",
    "stock": "explains what a stock of delay is",
    "slow-why": "explains flows and stocks after both questions, and names no manager",
    "scores": "names three numbers and asks which one foretells",
    "last": "asks the last question",
    "whole": "says that the report follows",
}
"""Texts right after a covered result that may be read at once, and why."""


pytestmark = pytest.mark.usefixtures("compiled_engine", "work")


@pytest.mark.parametrize(("number", "lang"), WALKS)
def test_a_bot_is_through_a_lesson_in_time(number, lang):
    """Print the minutes of each section: `pytest -rP` shows them.

    The bot writes no code, and its passport says that nothing is left to do.
    """
    walk = walked(number, lang)
    (stamp,) = [each for each in stamps(lang) if each.lesson.number == number]
    assert (stamp.state, stamp.to_do) == ("done", {})
    parts = [part for part in walk if not SHEET.match(part.section)]
    for (section, core), cells in groupby(parts, key=lambda part: (part.section, part.core)):
        minutes = sum(part.seconds for part in cells) / 60
        print(f"{minutes:6.1f} min {'core' if core else '    '} {section}")
    tests = sum(part.seconds for part in parts if part.cell.startswith(TESTS)) / 60
    whole = sum(part.seconds for part in parts) / 60 - (0 if number == "00" else tests)
    print(f"{whole:6.1f} min in all, {tests:.1f} min a test beside it")
    assert (1 < tests < 10) == (number in ("00", "41"))
    assert 5 < whole <= MOST_MIN[number]
    for section, cells in groupby(walk, key=lambda part: part.section):
        if sheet := SHEET.match(section):
            minutes = sum(part.seconds for part in cells) / 60
            print(f"{minutes:6.1f} min {section}")
            assert 1 < minutes <= int(sheet[1]), section
    if number == "00":
        assert whole - tests <= 15
    else:
        core = sum(part.seconds for part in parts if part.core) / 60
        print(f"{core:6.1f} min the core")
        assert 20 < core <= CORE_MIN


def test_every_lesson_is_timed():
    assert {path.name[:2] for path in SOURCES} == set(MOST_MIN)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_core_is_marked_alike_in_both_languages(source):
    assert any(cell.kind == "text" for cell in read_source(source))
    for cell in read_source(source):
        marks = [
            [heading.endswith(CORE) for heading in re.findall(r"^#+ (.*)$", text, re.M)]
            for text in (cell.en, cell.zh)
            if cell.kind == "text"
        ]
        assert not marks or marks[0] == marks[1], cell.id


def test_a_text_below_a_covered_result_is_folded_or_tells_nothing():
    """Look at each first text after a result that waits for a bet."""
    open_to_all, folded = set(), set()
    for source in SOURCES:
        covered = False
        for cell in read_source(source):
            if cell.kind == "code":
                covered |= "came=" in cell.en or ("reveal(" in cell.en and "after=" in cell.en)
            elif cell.kind == "text" and covered:
                covered = False
                folds = {text.startswith("<details>") for text in (cell.en, cell.zh)}
                assert len(folds) == 1, cell.id
                (folded if folds.pop() else open_to_all).add(cell.id)
    assert len(folded) >= 8
    assert open_to_all == set(OPEN)
