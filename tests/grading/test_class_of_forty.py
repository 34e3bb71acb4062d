"""A class of forty, handed in in all ways that teachers meet: right marks, all oddities told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_places import laid_down, zipped

import crmsim
from crmsim.exercises.declared import exercise
from crmsim.exercises.exercise import Exercise
from crmsim.exercises.kinds.choose import Choose
from crmsim.grading.command import UNREAD, Report

FIRST, SECOND = "20-first", "34-menu"
"""A question with options, and a plan under a budget."""
OPTIONS = f"""
title = "Service & CRM, spring"
lessons = ["20", "34"]
roster = "class.csv"
[points]
"{FIRST}" = 3
"{SECOND}" = 2
[late]
due = 2026-11-10T12:00:00+01:00
zone = "Europe/Berlin"
per_day = 0.1
times = "times.csv"
"""


def wrong_answer(task: Exercise) -> object:
    """An answer that earns nothing: another option, or a plan that is only begun."""
    if isinstance(task, Choose):
        return next(option.id for option in task.options if option.id != task.key)
    return task.right_answer[:1]  # type: ignore[index]


def answers(number: str, *right: str, wrong: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Saved answers: those named right, and those named wrong."""
    found = {}
    for name in (*right, *wrong):
        task = exercise(name, number)
        said = task.right_answer if name in right else wrong_answer(task)
        found[f"progress/answer-{name}.json"] = json.dumps({"answer": said}).encode()
    return found


def files(
    number: str, *right: str, wrong: tuple[str, ...] = (), day: int = 5, name: str = ""
) -> dict[str, bytes]:
    """A hand-in of November."""
    who = {"number": number, "name": name or f"Student {number[-2:]}"}
    head = {"student": who, "made": f"2026-11-{day:02}T08:00:00+00:00", "lang": "en"}
    return {
        "handin.json": json.dumps(head).encode(),
        "progress/student.json": json.dumps(who).encode(),
        **answers(number, *right, wrong=wrong),
    }


def number(place: int) -> str:
    return f"{26000 + place:07}"


def moodle(place: int) -> str:
    return f"Student {place:02}_{500 + place}_assignsubmission_file_"


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Report:
    """The class, graded once."""
    folder = tmp_path_factory.mktemp("class")
    into = folder / "submissions"
    both = (FIRST, SECOND)

    def one(place: int, *right: str, **more: object) -> bytes:
        return zipped(files(number(place), *right, **more))  # type: ignore[arg-type]

    # 1–8: plain zips; 5–8 have the first answer wrong
    laid_down(into, {f"handin-{number(n)}.zip": one(n, *both) for n in range(1, 5)})
    wrong = {f"handin-{number(n)}.zip": one(n, SECOND, wrong=(FIRST,)) for n in range(5, 9)}
    laid_down(into, wrong)
    # 9–14: the one big zip of a platform, a folder each; 13 zipped once more, 14 damaged
    big = {f"{moodle(n)}/handin.zip": one(n, *both) for n in range(9, 13)}
    big[f"{moodle(13)}/Archive.zip"] = zipped({"handin.zip": one(13, *both)})
    big[f"{moodle(14)}/handin.zip"] = one(14, *both)[:-40]
    laid_down(into, {"Service-spring-77.zip": zipped(big)})
    # 15: two attempts in a platform's folder; the later one, of the lesser name, is worse
    laid_down(into / moodle(15), {"z.zip": one(15, *both, day=2)})
    laid_down(into / moodle(15), {"a.zip": one(15, FIRST, wrong=(SECOND,), day=6)})
    # 16: a zip a lesson; 17: typed with zeros lost; 18: full width and spaces
    laid_down(into, {"16-20.zip": one(16, FIRST, day=3), "16-34.zip": one(16, SECOND, day=4)})
    laid_down(into, {"17.zip": zipped(files(str(26017), *both))})
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number(18))
    laid_down(into, {"18.zip": zipped(files(f" {wide[:3]} {wide[3:]}", *both))})
    # 19, 20: two students in one folder; 21: an unzipped hand-in; 22: deep in folders
    pair = {f"handin-{n}.zip": one(n, FIRST if n == 19 else SECOND) for n in (19, 20)}
    laid_down(into / "pair", pair)
    laid_down(into / "unzipped", files(number(21), *both))
    laid_down(into / "week 5" / "group b" / "late", {"x.zip": one(22, *both)})
    # 23, 24: flat files of Canvas; 24 has handed in twice, renamed by the platform
    canvas = {"student23_4023_901_handin.zip": one(23, *both)}
    canvas |= {"student24_LATE_4024_902_handin-1.zip": one(24, *both, day=4)}
    canvas |= {"student24_4024_903_handin.zip": one(24, wrong=both, day=3)}
    laid_down(into, canvas)
    # 25: nbgrader's folder, whose files say nobody; received two days late
    bare = answers(number(25), *both) | {"timestamp.txt": b"2026-11-12 10:00:00 UTC"}
    laid_down(into / number(25), {f"ps1/{name}": data for name, data in bare.items()})
    # 26: late by the table, whatever she says; 27: claims to come from the future
    laid_down(into, {"26.zip": one(26, *both, day=1), "27.zip": one(27, *both)})
    laid_down(into, {"27 again.zip": zipped(files(number(27), wrong=both, name="Student 27"))})
    future = json.loads(files(number(27))["handin.json"]) | {"made": "2999-01-01T00:00:00+00:00"}
    changed = files(number(27), wrong=both) | {"handin.json": json.dumps(future).encode()}
    laid_down(into, {"27 again.zip": zipped(changed)})
    # 28: somebody else's folder on the platform holds her number
    laid_down(into / moodle(28), {"handin.zip": one(28, *both)})
    laid_down(into / moodle(29), {"handin.zip": one(28, *both, name="Student 29")})
    # 30: an id that is another's too; 31–38: plain; 39: a wrong file; 40: nothing at all
    laid_down(into, {"30.zip": one(30, *both)})
    laid_down(into, {f"{n}.zip": one(n, FIRST) for n in range(31, 39)})
    laid_down(into, {f"{moodle(39)}/essay.docx": b"PK\x03\x04 no zip"})
    laid_down(into, {"Thumbs.db": b"x", "desktop.ini": b"x", "stranger.zip": one(99, *both)})
    text = {"onlinetext.html": b"<p></p>"}
    laid_down(into / moodle(28).replace("_file_", "_onlinetext_"), text)

    # the class as a platform exports it and a spreadsheet spoils it
    rows = [f'="{number(n)}";Student {n:02};{4000 + n};-' for n in range(1, 41)]
    rows[16] = "26017;Student 17;4017;n/a"
    rows[2] = f"'{number(3)};Student 03;4003;—"
    rows[34] = f"{int(number(35))}.0;Student 35;4035;"
    rows[35] = f"{number(36)};Student 36;{number(30)};"
    rows.append(f"{number(1)};Student 41;4041;-")
    head = "Class of spring;;\nsep=;\nnumber;name;ID;email\n"
    (folder / "class.csv").write_text(head + "\n".join(rows), "utf-16")
    times = [f"{number(26)},2026-11-11 12:01", "nobody,2026-11-11 10:00", f"{number(4)},soon"]
    (folder / "times.csv").write_text("student,handed in\n" + "\n".join(times))
    (folder / "out").mkdir()
    overrides = [
        f"{number(31)},{SECOND},1",
        f"{number(31)},{SECOND},2",
        f'{number(32)},{FIRST},"1,000"',
    ]
    text_of = "student,exercise,points\n" + "\n".join(overrides)
    (folder / "out" / "overrides.csv").write_text(text_of)
    (folder / "grading.toml").write_text(OPTIONS)
    args = (into, folder / "out", folder / "grading.toml")
    return crmsim.grade(*args, workers=1, watched=False)


EXPECTED: dict[int, float] = (
    dict.fromkeys(range(1, 5), 5.0)
    | dict.fromkeys(range(5, 9), 2.0)
    | dict.fromkeys(range(9, 14), 5.0)
    | {14: 0, 15: 3, 16: 5, 17: 5, 18: 5, 19: 3, 20: 2, 21: 5, 22: 5, 23: 5, 24: 5}
    | {25: 4.0, 26: 4.0, 27: 5, 28: 5, 29: 5, 30: 5, 31: 5, 39: 0, 40: 0}
    | dict.fromkeys(range(32, 39), 3.0)
)
FLAGGED = {
    15: set(),
    16: {"twice"},
    17: set(),
    24: set(),
    25: set(),
    27: {"twice", "claim-later"},
    28: set(),
    29: {"other-student"},
    30: {"id-of-two"},
}


def by_place(report: Report) -> dict[int, object]:
    grades = [grade for grade in report.findings.grades if grade.member]
    return {int(grade.name.split()[-1]): grade for grade in grades}


@pytest.mark.parametrize("place", range(1, 41))
def test_each_of_the_forty_has_the_right_mark(graded, place):
    assert len(by_place(graded)) == 40
    grade = by_place(graded)[place]
    asked = {line.item.exercise: line.points for line in grade.lines}
    lost = grade.lost
    assert asked[FIRST] + asked[SECOND] - lost == pytest.approx(EXPECTED[place])
    assert grade.points == pytest.approx(EXPECTED[place])


@pytest.mark.parametrize("place", FLAGGED)
def test_every_oddity_of_a_hand_in_is_told(graded, place):
    assert {flag.kind for flag in by_place(graded)[place].flags} == FLAGGED[place]


def test_whoever_could_not_be_read_or_is_not_in_the_class_is_told(graded):
    assert graded.status == UNREAD
    kinds = {n: {p.kind for p in by_place(graded)[n].result.problems} for n in (14, 39)}
    assert "broken-zip" in kinds[14]
    assert "wrong-file" in kinds[39]
    assert by_place(graded)[40].result is None
    (stranger,) = (grade for grade in graded.findings.grades if grade.member is None)
    assert stranger.key == number(99)
    assert {flag.kind for flag in stranger.flags} == {"not-listed"}


def test_every_line_of_a_table_that_is_odd_is_told_by_file_and_line(graded):
    told = "\n".join(graded.findings.mistakes)
    for place in ("class.csv: line 44: number", "times.csv: line 3", "times.csv: line 4",
                  "overrides.csv: line 3", "overrides.csv: line 4"):  # fmt: skip
        assert place in told
    assert len(graded.findings.mistakes) == 5


def test_the_tables_for_import_carry_every_number_as_the_platform_knows_it(graded):
    text = (Path(graded.folder) / "grades-canvas.csv").read_text("utf-8-sig")
    rows = [line.split(",") for line in text.splitlines()[2:]]
    assert len(rows) == 41
    listed = {row[2] for row in rows}
    assert {number(1), number(3), "26017", "26035"} <= listed
