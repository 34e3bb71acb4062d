"""Hand-ins are told apart wherever they lie: nothing of one student gets into another's."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.grading.options import Limits
from crmsim.grading.reading.contents import contents
from crmsim.grading.reading.submissions import _stamped, found, latest, opened, places
from crmsim.grading.reading.uploaders import number_in, uploader, words_of

LIMITS = Limits()
BOOK = json.dumps({"cells": [{"cell_type": "code", "source": 'check("10-minutes", minutes)'}]})


def zipped(files: dict[str, bytes], when: tuple[int, ...] = (1980, 1, 1, 0, 0, 0)) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, when), content)  # type: ignore[arg-type]
    return data.getvalue()


def handed_in(number: str, made: str = "2026-11-01T08:00:00+00:00") -> dict[str, bytes]:
    """The files of a hand-in; its one answer is the student's number."""
    who = {"student": {"number": number}, "made": made}
    return {
        "handin.json": json.dumps(who).encode(),
        "progress/student.json": json.dumps({"number": number}).encode(),
        "progress/answer-10-why.json": json.dumps({"answer": f"of {number}"}).encode(),
    }


def laid_down(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read(folder: Path) -> list[tuple[str, str | None, object]]:
    """Each hand-in by its name, with the number and the answer in it."""
    several = [place for path in found(folder) for place in places(path, LIMITS)]
    parts = [contents(opened(place, LIMITS)) for place in several]
    said = [part.answers["answer"].get("10-why", {}).get("answer") for part in parts]
    return [(p.name, part.number, s) for p, part, s in zip(several, parts, said, strict=True)]


WAYS = st.sampled_from(["zip", "folder", "platform"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.lists(WAYS, min_size=1, max_size=3)), min_size=1, max_size=6
    ),
    st.sampled_from(["loose", "one folder", "one zip"]),
)
def test_every_hand_in_is_found_once_with_what_is_its_own(tmp_path_factory, hand_ins, together):
    folder = tmp_path_factory.mktemp("submissions")
    all_of_them: dict[str, bytes] = {}
    for place, (student, ways) in enumerate(hand_ins):
        files = handed_in(str(student))
        for depth, way in enumerate(ways):
            if way == "zip":
                files = {f"part-{place}-{depth}.zip": zipped(files)}
            else:
                named = f"S{student}_{place}_assignsubmission_file_" if way == "platform" else "x"
                files = {f"{named}-{place}/{name}": data for name, data in files.items()}
        all_of_them |= files
    match together:
        case "loose":
            laid_down(folder, all_of_them)
        case "one folder":
            laid_down(folder / "group", all_of_them)
        case "one zip":
            laid_down(folder, {"all.zip": zipped(all_of_them)})
    # at the top, a folder's own loose files are no hand-in, so each of ours lies in something
    numbers = sorted(str(student) for student, _ in hand_ins)
    got = read(folder)
    assert sorted(number for _, number, _ in got) == numbers
    assert all(answer == f"of {number}" for _, number, answer in got)
    assert len({name for name, *_ in got}) == len(got)


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("around", ["", "Ana_123_assignsubmission_file_/"])
def test_a_zip_put_into_zips_once_more_is_opened(tmp_path, times, around):
    data = zipped(handed_in("7"))
    for depth in range(times):
        data = zipped({f"Archive {depth}.zip": data})
    laid_down(tmp_path, {f"{around}Archive.zip": data})
    ((_, number, answer),) = read(tmp_path)
    assert (number, answer) == ("7", "of 7")


def test_a_broken_zip_in_the_zip_of_a_class_is_told_under_its_own_name(tmp_path):
    files = {
        "Ana_1_assignsubmission_file_/handin.zip": zipped(handed_in("1")),
        "Bo_2_assignsubmission_file_/handin.zip": zipped(handed_in("2"))[:-30],
        "Dee_3_assignsubmission_file_/handin.zip": zipped({}),
    }
    laid_down(tmp_path, {"all.zip": zipped(files)})
    several = [place for path in found(tmp_path) for place in places(path, LIMITS)]
    told = {p.name.split("/")[1][:3]: [x.kind for x in opened(p, LIMITS).problems] for p in several}
    assert told == {"Ana": [], "Bo_": ["broken-zip"], "Dee": ["wrong-file"]}


def test_a_loose_notebook_goes_with_the_one_student_beside_it_and_never_with_one_of_two(tmp_path):
    ana = {"handin-1.zip": zipped(handed_in("1")), "10-buying.ipynb": BOOK.encode()}
    laid_down(tmp_path / "Ana", ana)
    laid_down(tmp_path / "pair", ana | {"handin-2.zip": zipped(handed_in("2"))})
    books = {}
    for path in found(tmp_path):
        for place in places(path, LIMITS):
            books[place.name] = list(contents(opened(place, LIMITS)).books)
    assert books == {
        "Ana": ["10"],
        "pair/handin-1.zip": [],
        "pair/handin-2.zip": [],
        "pair": ["10"],
    }


def test_zips_of_bare_notebooks_are_never_put_together(tmp_path):
    laid_down(tmp_path / "group", {f"{n}.zip": zipped({"10.ipynb": BOOK.encode()}) for n in "ab"})
    assert [name for name, *_ in read(tmp_path)] == ["group/a.zip", "group/b.zip"]


def test_nbgraders_stamp_is_the_platforms_time_and_a_students_own_is_not(tmp_path):
    stamp = {"timestamp.txt": b"2026-11-19 10:00:00.000000 UTC"}
    for student in ("2026001", "Ana_1_assignsubmission_file_"):
        laid_down(tmp_path / student / "ps1", {"10.ipynb": BOOK.encode()} | stamp)
    laid_down(tmp_path, {"2026003.zip": zipped({"ps1/10.ipynb": BOOK.encode()} | stamp)})
    got = {path.name: places(path, LIMITS)[0].stamped for path in found(tmp_path)}
    assert got == {
        "2026001": "2026-11-19 10:00:00.000000 UTC",
        "2026003.zip": "",
        "Ana_1_assignsubmission_file_": "",
    }


def test_two_assignments_of_nbgrader_keep_their_own_times(tmp_path):
    for name in ("ps1", "ps2"):
        stamp = f"2026-11-1{name[-1]} 10:00:00 UTC".encode()
        laid_down(tmp_path / "7" / name, {"10.ipynb": BOOK.encode(), "timestamp.txt": stamp})
    (path,) = found(tmp_path)
    got = [(place.name, place.stamped[:10]) for place in places(path, LIMITS)]
    assert got == [("7/ps1", "2026-11-11"), ("7/ps2", "2026-11-12")]


def test_the_time_of_the_archive_around_a_hand_in_is_known(tmp_path):
    outer = zipped({"Ana/handin.zip": zipped(handed_in("1"))}, (2026, 11, 3, 9, 30, 0))
    laid_down(tmp_path, {"all.zip": outer, "own.zip": zipped(handed_in("2"))})
    assert [places(path, LIMITS)[0].sent for path in found(tmp_path)] == ["2026-11-03T09:30:00", ""]


@pytest.mark.parametrize("made", ["2999-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00"])
def test_a_hand_in_made_later_than_its_file_is_not_believed(tmp_path, made):
    laid_down(tmp_path, {"a.zip": zipped(handed_in("1", made))})
    part = contents(opened(tmp_path / "a.zip", LIMITS))
    assert part.made is None
    assert [flag.kind for flag in part.flags] == ["claim-later"]


def test_a_hand_in_made_before_its_file_was_copied_is_believed(tmp_path):
    laid_down(tmp_path, {"a.zip": zipped(handed_in("1", "2020-01-01T00:00:00+00:00"))})
    assert contents(opened(tmp_path / "a.zip", LIMITS)).made == "2020-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "name",
    ["Thumbs.db", "desktop.ini", ".DS_Store", "~$essay.docx", "__MACOSX", "lost+found", "Icon\r"],
)
def test_what_a_system_left_there_is_no_student(tmp_path, name):
    laid_down(tmp_path, {name: b"x", "a.zip": zipped(handed_in("1"))})
    laid_down(tmp_path / "b", {name: b"x"} | handed_in("2"))
    assert [number for _, number, _ in read(tmp_path)] == ["1", "2"]


def test_words_beside_a_file_on_moodle_are_no_student_and_words_alone_are(tmp_path):
    for student in ("Dee_12", "Eve_13"):
        text = {"onlinetext.html": b"<p></p>"}
        laid_down(tmp_path / f"{student}_assignsubmission_onlinetext_", text)
    laid_down(tmp_path / "Dee_12_assignsubmission_file_", {"a.zip": zipped(handed_in("1"))})
    assert [path.name[:6] for path in found(tmp_path)] == ["Dee_12", "Eve_13"]


def test_a_number_from_a_name_is_used_only_where_the_hand_in_says_none(tmp_path):
    laid_down(tmp_path, {"a.zip": zipped(handed_in("1"))})
    (place,) = places(tmp_path / "a.zip", LIMITS)
    named = type(place)(**vars(place) | {"number": "2"})
    assert contents(opened(named, LIMITS)).known == "1"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Lin Yue_123_assignsubmission_file_/handin-2026001.zip", "Lin Yue 123"),
        ("林悦_7_assignsubmission_file_handin.zip", "林悦 7"),
        ("O_Brien, Pat_7_assignsubmission_onlinetext_", "O_Brien, Pat 7"),
        ("linyue_4711_98765_handin-2026001.zip", "linyue 4711"),
        ("linyue_LATE_4711_98765_10-buying-a-buick-1.ipynb", "linyue 4711"),
        ("spring/linyue_4711_98765_handin (2).zip", "linyue 4711"),
    ],
)
def test_a_platforms_own_naming_says_who(name, key):
    assert uploader(name).key == key


@pytest.mark.parametrize(
    "name", ["2026001.zip", "handin-2026001 (1).zip", "10_2.ipynb", "Ana_10.ipynb", "a_1_b.zip"]
)
def test_a_name_given_by_hand_is_no_platforms(name):
    assert uploader(name) is None


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("2026123_林悦_10-buying.ipynb", "2026123"),
        ("林悦 2026123 第10课.ipynb", "2026123"),
        ("2026123_2026124.zip", ""),
        ("林悦.zip", ""),
    ],
)
def test_a_number_that_stands_alone_in_a_name_is_found(name, number):
    assert number_in(name) == number


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_of_several_hand_ins_in_one_place_validate_takes_the_one_made_last(order, tmp_path):
    first, last = (handed_in("1", made=f"2026-11-0{day}T08:00:00+00:00") for day in (1, 2))
    last["progress/answer-10-why.json"] = b'{"answer": "the last"}'
    laid_down(
        tmp_path, {f"{name}.zip": zipped(h) for name, h in zip(order, (first, last), strict=True)}
    )
    read_last = contents(opened(latest(tmp_path, LIMITS), LIMITS))
    assert read_last.answers["answer"]["10-why"]["answer"] == "the last"


def test_of_a_folder_only_what_is_looked_at_is_kept(tmp_path):
    handed = {"10-buying.ipynb": b"{}", "essay.docx": b"words", "12-empty.ipynb": b""}
    laid_down(tmp_path, handed)
    assert set(opened(tmp_path, LIMITS).files) == {"10-buying.ipynb"}


def test_the_number_of_a_lesson_is_nobodys():
    assert number_in("10-buying-a-buick.ipynb") == ""
    assert "10" not in words_of("10-buying-a-buick.ipynb")
    assert words_of("10/ps1/lesson.ipynb")[0] == "10"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bob_10_林.zip", ["bob_10_林", "bob", "林"]),
        ("li_yue_09.ipynb", ["li_yue_09", "yue"]),
        ("欧阳/01.zip", ["欧阳"]),
    ],
)
def test_a_word_of_two_letters_or_digits_says_nothing_and_of_one_chinese_character_does(name, told):
    assert words_of(name) == told


@given(st.text(max_size=80))
def test_any_name_can_be_asked(name):
    uploader(name)
    assert all(words_of(name))
    assert number_in(name) in {"", *words_of(name)}


def test_reading_a_zip_of_a_class_stays_within_its_limits(tmp_path):
    bomb = zipped({"b.json": bytes(3 * 2**20)})
    laid_down(tmp_path, {"all.zip": zipped({f"{n}.zip": bomb for n in range(40)})})
    several = places(tmp_path / "all.zip", Limits(handed_in_mb=1))
    kinds = {p.kind for place in several for p in opened(place, Limits(handed_in_mb=1)).problems}
    assert kinds == {"too-large"}
    assert os.listdir(tmp_path) == ["all.zip"]


@pytest.mark.parametrize("name", ["Thumbs.db", "__MACOSX/._x", ".DS_Store"])
def test_a_folder_in_which_only_a_system_left_something_is_called_empty(tmp_path, name):
    laid_down(tmp_path / "Ana", {name: b"x"})
    assert [problem.kind for problem in opened(tmp_path / "Ana", LIMITS).problems] == ["empty"]


@pytest.mark.parametrize("name", ["essay.docx", "photo.jpg", "inner/notes.txt"])
def test_a_folder_with_files_of_another_kind_is_not_called_empty(tmp_path, name):
    laid_down(tmp_path / "Ana", {name: b"x", "Thumbs.db": b"x"})
    told = [problem.kind for problem in opened(tmp_path / "Ana", LIMITS).problems]
    assert told == ["wrong-file"]


def test_of_two_stamps_over_a_file_the_nearer_one_counts():
    stamps = {"class/": "2026-11-01", "class/lin/": "2026-11-02", "class/bo/": "2026-11-03"}
    assert _stamped(stamps, "class/lin/work/") == "2026-11-02"
    assert _stamped(stamps, "class/") == "2026-11-01"
    assert _stamped(stamps, "other/") == ""
