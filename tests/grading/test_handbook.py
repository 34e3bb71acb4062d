"""The handbook of the grader claims what holds: files, codes, limits and numbers of its pages."""

from __future__ import annotations

import re
from pathlib import Path

import fakes
import pytest

import crmsim
from crmsim.cli import OUR_MISTAKE
from crmsim.exercises.declared import declared_exercise
from crmsim.grading.command import GRADED, INTERRUPTED, PERSON, UNREAD, USAGE, publish
from crmsim.grading.marks.likeness import LEAST_CLASS
from crmsim.grading.options import Limits, Options
from crmsim.grading.pages.report import LEAST_SHOWN
from crmsim.grading.sandbox.sandbox import LOOK_S

DOCS = Path(crmsim.__file__).parents[1] / "docs"
PAGES = {"en": "grading.md", "zh-Hans": "grading.zh-Hans.md"}
MADE_BY_GRADING = {"results.json", "graded/"}
"""Names that ``grade`` leaves beside the pages and tables that ``publish`` writes."""


@pytest.fixture(params=PAGES)
def page(request):
    return (DOCS / PAGES[request.param]).read_text("utf-8")


def table(page, head):
    """The first column of the table under a head."""
    rows = page[page.index(head) :].split("\n\n")[0].splitlines()[2:]
    return [row.split("|")[1] for row in rows]


def files(folder):
    return {
        f"{path.parent.name}/*" if path.parent != folder else path.name
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_the_files_of_the_table_are_those_that_a_run_leaves(page, tmp_path):
    listed = re.findall(r"`([\w./<>-]+)`", " ".join(table(page, "| ")))
    listed = {re.sub(r"<.+>\.html", "*", name) for name in listed if "results/" not in name}
    flagged = fakes.result("1", items=(fakes.item("31-owner", "words"),))
    publish(tmp_path, [flagged], Options(), fakes.NOTHING, "en")
    left = files(tmp_path)
    assert len(left) > 8
    # nothing has changed before a second run
    assert left - listed == set()
    assert listed - left <= MADE_BY_GRADING | {"changes.html", "look/*"}


def test_the_codes_are_those_of_the_command(page):
    codes = [int(each) for each in re.findall(r"^\| (\d{1,3}) \|", page, re.M)]
    assert codes == [GRADED, UNREAD, USAGE, PERSON, OUR_MISTAKE, INTERRUPTED]


def test_the_limits_are_those_that_hold_where_nothing_else_is_said(page):
    said = dict(re.findall(r"^(\w+_(?:s|mb)) = (\d+)(?: +#.*)?$", page, re.M))
    assert len(said) == 4
    assert {name: float(value) for name, value in said.items()} == {
        name: float(getattr(Limits(), name)) for name in said
    }
    assert re.search(rf"`handed_in_mb`[（ ]*\(?{Limits().handed_in_mb}", page)


def test_the_numbers_in_words_are_those_of_the_code():
    english = " ".join((DOCS / PAGES["en"]).read_text("utf-8").split())
    assert LEAST_SHOWN == LEAST_CLASS == 5
    assert "what fewer than five students played or answered is not shown" in english
    assert "Below five hand-ins nothing is said" in english
    assert Limits().wait_s == 10
    assert "a cell may wait ten seconds without computing" in english
    assert round(1 / LOOK_S) == 5
    assert "looked at five times a second" in english


def test_every_test_that_the_table_of_attacks_names_is_there():
    said = (DOCS / "testing.md").read_text("utf-8")
    part = said[said.index("## What is tried on the grader") :].split("\n## ")[0]
    named = set(re.findall(r"`((?:attacks|grading|exercises)/[\w.]+)`", part))
    assert len(named) > 8
    assert [name for name in named if not (DOCS.parent / "tests" / name).is_file()] == []


@pytest.mark.parametrize("name", ["10-minutes", "10-stages", "12-satisfaction"])
def test_the_exercises_of_the_examples_are_declared(page, name):
    assert name in page
    assert declared_exercise(name).worth
