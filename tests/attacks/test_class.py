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
from crmsim.exercises.declared import declared_exercise, exercise
from crmsim.exercises.gain import form_pairs
from crmsim.grading.command import Report
from crmsim.grading.marks.marks import Grade
from crmsim.grading.reading.released import released_lessons
from crmsim.grading.sandbox.jail import best_level

ATTACKS = {
    each["id"]: each
    for each in tomllib.loads((Path(__file__).parent / "cells.toml").read_text("utf-8"))["attacks"]
}
FUNCTION = "12-satisfaction"
LESSONS = ("00", "10", "11", "12", "20", "30", "33", "34", "40", "41")
OPTIONS = f"""
title = "Service and CRM, spring"
lessons = {json.dumps(LESSONS)}
roster = "class.csv"
[limits]
cell_s = 3
lesson_s = 8
wait_s = 5
submission_s = 60
cpu_s = 15
memory_mb = 1024
output_mb = 1
"""
OWN_S = 6.0
"""Processor time that reading and judging a hand-in may take of the grader itself, on average."""
HONEST = {
    "with_the_name_used_again_below": ("10", "12"),
    "with_a_function_that_waits": ("10", "12"),
    "with_everything_forgotten_below": ("10", "12"),
    "with_magics_above_the_answer": ("11", "33"),
    "retyped_without_its_check": ("30", "34"),
    "merged_with_the_cell_above": ("40", "41"),
    "with_a_blank_copy_full_of_notes": ("11", "33"),
    "with_a_rounded_function": ("11", "40"),
    "with_outputs_and_metadata_of_others": ("33", "34"),
    "stripped_of_ids": ("40", "41"),
    "from_an_older_edition": ("30", "41"),
    "in_reverse": ("11", "40"),
    "copied_below_and_done_there": ("34", "41"),
}
"""Forms of honest work, each with the lessons that are handed in so."""
CODE = (
    "fork-bomb",
    "memory-bomb",
    "endless-loop",
    "sixty-shells-that-compute",
    "a-reply-of-quotes-without-end",
    "reference-by-a-name-that-is-put-together",
    "net-promoter-of-an-object-that-is-everything",
    "plans-read-in-the-course",
    "records-of-the-test-written-again",
    "weeks-that-differ-at-each-call",
)
RECORDS = {
    "a plan of a million items": ("33-care", b'{"answer": [' + b'"a",' * 10**6 + b'"a"]}'),
    "a plan of one item again and again": (
        "41-plan-click",
        b'{"answer": [' + b'"kept",' * 140_000 + b'"kept"]}',
    ),
    "a journal of a megabyte": ("11-journal", b'{"answer": {"1-story": "%s"}}' % (b"x" * 10**6)),
    "a match of other rows": (
        "34-stages",
        json.dumps({"answer": {f"row-{n}": "stage" for n in range(30_000)}}).encode(),
    ),
    "a drawing that is no number": ("41-cash", b'{"answer": [NaN, NaN, NaN, NaN]}'),
    "a drawing of huge numbers": ("12-delight", b'{"answer": [%s1e308]}' % (b"1e308," * 11)),
    "a prediction of other rows": ("11-sheet", b'{"answer": {"row": "yes"}, "came": {"row": 1}}'),
}
"""Records that are none: the exercise, and the file."""
NO_MARKS = {"41-cash", "12-delight", "11-sheet"}
CLASS: list[tuple[str, str, tuple[str, ...]]] = [
    *(("honest", form, handed) for form, handed in HONEST.items()),
    ("zips", "", ("20", "30")),
    *(("code", name, ("12", ATTACKS[name].get("lesson", "10"))) for name in CODE),
    *(("record", name, (asked[:2],)) for name, (asked, _) in RECORDS.items()),
    ("forged", "", ("00", "41")),
    ("neighbour", "", ("30", "33", "34", "40")),
    *(("copied", "", ("10", "12")), ("copy", "", ("10", "12"))),
    *(("owner", "", ("10", "12")), ("thief", "", ("10", "12")), ("words", "", ("10", "12"))),
    *(("bare notebook", "", ("12",)), ("no zip", "", ())),
]
"""The kind of each hand-in, its form, and the lessons in it."""
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


PLACE = {kind: place for place, (kind, *_) in enumerate(CLASS, 1)}
THIEF_KEY = f"{number(PLACE['owner'])} (Bo)"


def without_clicks(made: Any) -> Any:
    """Take away what counts in place of code: its own records, and its twins."""
    for lesson in made.books:
        for cell in released_lessons("en")[lesson].cells:
            for ask in cell.asks if cell.open else ():
                for name in (ask.exercise, declared_exercise(ask.exercise).twin):
                    made.records.pop(f"answer-{name}.json", None)
    return made


def edited_afterwards(made: Any) -> Any:
    """Answer the test before the course anew once the zip is made, so that all was gained."""
    as_listed = made.files()["handin.json"]
    for pair in form_pairs():
        wrong = next(each.id for each in pair.before.options if each.id != pair.before.key)
        made.records[f"before-{pair.before.id}.json"] = {"answer": wrong}
    made.others["handin.json"] = as_listed
    return made


def in_two(make: Any, place: int, handed: tuple[str, ...]) -> dict[str, bytes]:
    """A zip for each lesson, as a platform names them."""
    return {
        f"student{place:02}_{4000 + place}_{900 + n}_handin.zip": make(
            "en", (lesson,), number(place)
        ).zipped()
        for n, lesson in enumerate(handed)
    }


def handed_in(make: Any, place: int) -> dict[str, bytes]:
    """The files of one of the class, by name."""
    kind, name, handed = CLASS[place - 1]
    file = f"{number(place)}.zip"
    if kind == "zips":
        return in_two(make, place, handed)
    made = make("en", handed, number(place))
    match kind:
        case "honest":
            made = without_clicks(FORMS[name](made))
        case "code":
            made = without_clicks(made.write(handed[-1], ATTACKS[name]["cell"]))
        case "record":
            asked, data = RECORDS[name]
            made.records[f"answer-{asked}.json"] = data
        case "forged":
            made = edited_afterwards(made)
        case "neighbour":
            made = make("en", handed, number(1))
            made.number = number(place)
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
            return {f"{number(place)}_林悦_12-satisfaction.ipynb": book}
        case "no zip":
            return {f"{number(place)}.docx": b"PK\x03\x04 an essay"}
    return {file: made.zipped()}


@pytest.fixture(scope="module")
def graded(make: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, float]:
    """The class graded once, and the processor time of the grader itself, in seconds."""
    if best_level() != "bubblewrap":
        assert not os.environ.get("CI"), "bubblewrap is missing, so nothing is held back"
        pytest.skip("bubblewrap is not here, and this code would reach the machine it runs on")
    folder = tmp_path_factory.mktemp("class")
    (folder / "in").mkdir()
    for place in range(1, len(CLASS) + 1):
        for name, data in handed_in(make, place).items():
            (folder / "in" / name).write_bytes(data)
    rows = [f"{number(place)},Student {place:02}" for place in range(1, len(CLASS) + 1)]
    (folder / "class.csv").write_text("number,name\n" + "\n".join(rows))
    (folder / "grading.toml").write_text(OPTIONS)
    given = (folder / "in", folder / "out", folder / "grading.toml")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # one worker: each finds out for itself what comes of ten lessons
    report = crmsim.grade(*given, workers=1, watched=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return report, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_place(report: Report) -> dict[int, Grade]:
    return {int(g.member.number[4:]): g for g in report.findings.grades if g.member}


def kinds(grade: Grade) -> set[str]:
    return {flag.kind for flag in grade.flags}


def expected(kind: str, name: str, place: int) -> dict[str, float]:
    """List what loses points; the twin of a function is not asked for itself."""
    match kind:
        case "code":
            return {coded(ATTACKS[name].get("lesson", "10")): ATTACKS[name].get("earns", 0)}
        case "record":
            return dict.fromkeys({RECORDS[name][0]} - NO_MARKS, 0)
        case "neighbour":
            return dict.fromkeys(differing(place), 0)
        case "copy" | "copied":
            return dict.fromkeys(COPIED, 0)
    return {}


def coded(lesson: str) -> str:
    """The exercise of the open cell of a lesson."""
    (name,) = (ask.exercise for cell in released_lessons("en")[lesson].cells if cell.open
               for ask in cell.asks)  # fmt: skip
    return name


def differing(place: int) -> set[str]:
    """Questions with numbers of her own to which a neighbour has another answer."""
    handed = CLASS[place - 1][2]
    names = [name for lesson in handed for name in released_lessons("en")[lesson].checked]
    twins = {declared_exercise(name).twin for name in names}
    keys = {name: [exercise(name, number(n)).right_answer for n in (1, place)] for name in names
            if name not in twins and getattr(declared_exercise(name), "variants", ())}  # fmt: skip
    return {name for name, (theirs, hers) in keys.items() if theirs != hers}


@pytest.mark.parametrize("place", range(1, 41))
def test_each_of_the_forty_gets_the_right_mark(graded: Any, place: int):
    assert len(CLASS) == len(by_place(graded[0])) == 40
    grade, (kind, name, handed) = by_place(graded[0])[place], CLASS[place - 1]
    lines = [line for line in grade.lines if line.out_of and not line.item.needs_person]
    own = [line for line in lines if line.item.lesson in handed]
    assert all(line.points == 0 for line in lines if line not in own)
    if kind in ("thief", "no zip"):
        assert grade.points == 0
    elif kind == "bare notebook":
        assert [line.item.exercise for line in own if line.points] == [FUNCTION]
    else:
        assert len(own) > 5
        short = {li.item.exercise: li.points for li in own if li.points < li.out_of}
        assert short == expected(kind, name, place)


def test_nobody_honest_is_flagged_and_no_attack_costs_anybody_else(graded: Any):
    grades = by_place(graded[0])
    told = {"cell-error", "lesson-twice", "lesson-missing"}
    for place, (kind, *_) in enumerate(CLASS, 1):
        if kind in ("honest", "zips"):
            assert kinds(grades[place]) == set(), place
            assert {p.kind for p in grades[place].result.problems} <= told
    assert graded[1] < OWN_S * len(CLASS)


def test_everything_odd_is_told_where_it_belongs(graded: Any):
    grades = by_place(graded[0])
    for place, (kind, name, _) in enumerate(CLASS, 1):
        if kind == "code" and "flag" in ATTACKS[name]:
            assert ATTACKS[name]["flag"] in kinds(grades[place]), name
    assert kinds(grades[PLACE["forged"]]) == {"edited-file"}
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
