"""A class of forty, mixed from honest forms and attacks: the right marks, in its time, and told."""

from __future__ import annotations

import json
import os
import re
import resource
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from forms import FORMS

import crmsim
from crmsim.grading.command import Report
from crmsim.grading.marks.marks import Grade
from crmsim.grading.sandbox.jail import best_level

ATTACKS = {
    each["id"]: each
    for each in tomllib.loads((Path(__file__).parent / "cells.toml").read_text("utf-8"))["attacks"]
}
OPTIONS = """
title = "Service and CRM, spring"
lessons = ["10", "12"]
roster = "class.csv"
[limits]
cell_s = 4
lesson_s = 12
submission_s = 60
cpu_s = 20
memory_mb = 1024
output_mb = 1
"""
OWN_S = 6.0
"""Processor time that reading and judging a hand-in may take of the grader itself, on average."""
FUNCTION, TWIN, MINUTES = "12-satisfaction", "answer-12-formula.json", "10-minutes"
HONEST = (
    "with_magics_above_the_answer",
    "with_the_name_used_again_below",
    "retyped_without_its_check",
    "merged_with_the_cell_above",
    "with_a_blank_copy_full_of_notes",
    "with_a_function_that_waits",
    "with_a_result_of_two_decimals",
    "with_outputs_and_metadata_of_others",
    "stripped_of_ids",
    "with_everything_forgotten_below",
    "with_the_function_as_a_class",
    "in_reverse",
    "with_a_set_up_cell_of_her_own",
    "copied_below_and_done_there",
)
CODE = (
    "equal-to-everything",
    "input-transformer",
    "key-in-the-files",
    "exits-at-once",
    "fork-bomb",
    "memory-bomb",
    "endless-loop",
    "kills-its-parent",
    "sixty-shells-that-compute",
    "a-reply-of-quotes-without-end",
    "function-that-looks-at-its-caller",
    "reference-by-a-name-that-is-put-together",
)
RECORDS = {
    "quotes-without-end": b'{"answer": "' + b'\\"' * 400_000,
    "a-million-numbers": b'{"answer": [' + b"1," * 400_000 + b"1]}",
    "brackets-without-end": b"[" * 100_000,
}
CLASS = [
    *(("honest", form) for form in HONEST),
    *(("code", name) for name in CODE),
    *(("record", name) for name in RECORDS),
    *[("plain", "")] * 4,
    *(("copied", ""), ("copy", ""), ("owner", ""), ("thief", ""), ("words", "")),
    *(("bare notebook", ""), ("no zip", "")),
]
COPIED = {"12-southwest": "cheap", "12-fade": "none"}
ESSAY = "She promised the moon. The workshop did as it always had. So 41 fell to 37."
ODD_CODE = "\nmy_own_way = [3, 1, 4]  # as I counted it\nsecond_way = my_own_way[::-1]"
WORDS = "Professor W. cannot teach"


def number(place: int) -> str:
    return f"2026{place:03}"


class Words(HTMLParser):
    """The words of a page, without its style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(page.split("</style>")[1])

    def handle_data(self, data: str) -> None:
        self.said.append(data.strip())


PLACE = {kind: place for place, (kind, _) in enumerate(CLASS, 1)}
THIEF_KEY = f"{number(PLACE['owner'])} (Bo)"


def handed_in(make: Any, place: int) -> tuple[str, bytes]:
    """One of the class: the name of the file, and what is in it."""
    kind, name = CLASS[place - 1]
    made = make("en", ("10", "12"), number(place))
    file = f"{number(place)}.zip"
    match kind:
        case "honest":
            made = FORMS[name](made)
            for record in (TWIN, f"answer-{MINUTES}.json"):
                del made.records[record]
        case "code":
            made.write(ATTACKS[name].get("lesson", "10"), ATTACKS[name]["cell"])
            for record in (TWIN, f"answer-{MINUTES}.json"):
                del made.records[record]
        case "record":
            made.records["answer-12-guests.json"] = RECORDS[name]
        case "copy" | "copied":
            made.records["answer-12-why.json"] = {"answer": ESSAY}
            made.records |= {f"answer-{n}.json": {"answer": said} for n, said in COPIED.items()}
            made.open_cell("12")["source"] += ODD_CODE
        case "thief":
            made.number, made.name, made.books = number(PLACE["owner"]), "Bo", {}
            made.records = {each: {"answer": "nothing of the kind"} for each in made.records}
        case "words":
            for record in made.records.values():
                record["came"] = WORDS
        case "bare notebook":
            book = json.dumps(made.books["12"]).encode()
            return f"{number(place)}_林悦_12-satisfaction.ipynb", book
        case "no zip":
            return f"{number(place)}.docx", b"PK\x03\x04 an essay"
    return file, made.zipped()


@pytest.fixture(scope="module")
def graded(make: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, float]:
    """The class graded once, and the processor time of the grader itself, in seconds."""
    if best_level() != "bubblewrap":
        assert not os.environ.get("CI"), "bubblewrap is missing, so nothing is held back"
        pytest.skip("bubblewrap is not here, and this code would reach the machine it runs on")
    folder = tmp_path_factory.mktemp("class")
    (folder / "in").mkdir()
    for place in range(1, len(CLASS) + 1):
        name, data = handed_in(make, place)
        (folder / "in" / name).write_bytes(data)
    rows = [f"{number(place)},Student {place:02}" for place in range(1, len(CLASS) + 1)]
    (folder / "class.csv").write_text("number,name\n" + "\n".join(rows))
    (folder / "grading.toml").write_text(OPTIONS)
    given = (folder / "in", folder / "out", folder / "grading.toml")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = crmsim.grade(*given, workers=2, watched=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return report, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_place(report: Report) -> dict[int, Grade]:
    return {int(g.member.number[4:]): g for g in report.findings.grades if g.member}


def kinds(grade: Grade) -> set[str]:
    return {flag.kind for flag in grade.flags}


def expected(kind: str, name: str) -> dict[str, float]:
    """List what loses points; the twin of the function is not asked for itself."""
    match kind:
        case "code":
            lesson = ATTACKS[name].get("lesson", "10")
            return {FUNCTION if lesson == "12" else MINUTES: ATTACKS[name].get("earns", 0)}
        case "record":
            return {"12-guests": 0}
        case "copy" | "copied":
            return dict.fromkeys(COPIED, 0)
    return {}


@pytest.mark.parametrize("place", range(1, 41))
def test_each_of_the_forty_gets_the_right_mark(graded: Any, place: int):
    assert len(CLASS) == len(by_place(graded[0])) == 40
    grade, (kind, name) = by_place(graded[0])[place], CLASS[place - 1]
    lines = [line for line in grade.lines if line.out_of and not line.item.needs_person]
    assert len(lines) > 20
    if kind in ("thief", "no zip"):
        assert grade.points == 0
    elif kind == "bare notebook":
        assert [line.item.exercise for line in lines if line.points] == [FUNCTION]
    else:
        short = {li.item.exercise: li.points for li in lines if li.points < li.out_of}
        assert short == expected(kind, name)


def test_nobody_honest_is_flagged_and_no_attack_costs_anybody_else(graded: Any):
    grades = by_place(graded[0])
    for place, (kind, _) in enumerate(CLASS, 1):
        if kind in ("honest", "plain"):
            assert kinds(grades[place]) == set(), place
            assert {p.kind for p in grades[place].result.problems} <= {"cell-error", "lesson-twice"}
    assert graded[1] < OWN_S * len(CLASS)


def test_everything_odd_is_told_where_it_belongs(graded: Any):
    grades = by_place(graded[0])
    for place, (kind, name) in enumerate(CLASS, 1):
        if kind == "code" and "flag" in ATTACKS[name]:
            assert ATTACKS[name]["flag"] in kinds(grades[place]), name
    assert "number-of-two" in kinds(grades[PLACE["owner"]])
    assert grades[PLACE["thief"]].result is None
    assert THIEF_KEY in {grade.key for grade in graded[0].findings.grades}
    pairs = [{each.first.key, each.second.key} for each in graded[0].findings.alike]
    assert pairs == [{number(PLACE["copied"]), number(PLACE["copy"])}]


def test_the_report_reads_as_a_colleague_would_write_it(graded: Any):
    out = graded[0].folder
    page = (out / "report.html").read_text("utf-8")
    reader = Words(page)
    text = " ".join(filter(None, reader.said))
    for sentence in (
        "Grading report: Service and CRM, spring",
        "What needs a person’s eye",
        "free answers wait in queue.csv",
        "One submission could not be read or graded:",
        "1 of the class list handed in nothing:",
        "carry different names: 林悦, Bo. Each is kept in a row of its own",
        "The code uses names that no exercise needs:",
        "Hand-ins that are much alike",
        "my_own_way = [3, 1, 4]",
        "Every limit was enforced.",
    ):
        assert sentence in text, sentence
    for slip in (
        "None",
        "nan",
        "{",
        "}",
        "gradebook.",
        "grade.flag",
        "  ",
        "  ",
        " ,",
        "..",
        "1 submissions",
    ):
        assert slip not in text.replace("...", "…"), slip
    # everything that asks for an eye has its evidence one click away
    section = page.split("<h2>Flags</h2>")[1].split("<h2>")[0]
    rows = section.count("<tr>")
    links = re.findall(r'href="(look/[^"]+)"', section)
    assert rows == len(links) > 5
    assert all((out / link).exists() for link in links)


def test_the_page_for_the_class_shows_no_word_of_a_student(graded: Any):
    page = (graded[0].folder / "debrief.html").read_text("utf-8")
    assert WORDS not in page
    assert "林悦" not in page
    assert "Student 0" not in page
