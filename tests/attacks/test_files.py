"""Files that are no hand-in, or pretend to be one: a clear line each, never a mark or a crash."""

from __future__ import annotations

import base64
import io
import json
import os
import stat
import struct
import time
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from crmsim.grading import one
from crmsim.grading.one import grade_one
from crmsim.grading.options import Limits, Options
from crmsim.grading.reading.code_names import names, unusual
from crmsim.grading.reading.released import asked_in, given_to_check
from crmsim.grading.reading.submissions import found
from crmsim.grading.result import to_json

pytestmark = pytest.mark.usefixtures("kept_kernel")

SECRET = b"a third secret"


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return file.getvalue()


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target.encode()


def deep(levels: int) -> bytes:
    return b'{"cells": ' + b"[" * levels + b"]" * levels + b"}"


def encrypted() -> bytes:
    """A zip that says of its file that a password is needed."""
    data = bytearray(zipped(("10.ipynb", b"{}")))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    return bytes(data)


def method(number: int) -> bytes:
    """A zip that says that its file is packed in another way than it is."""
    data = bytearray(zipped(("10.ipynb", b"{}" * 100)))
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + place] = number
    return bytes(data)


def packed_by(how: int) -> bytes:
    """A zip of twenty million brackets, packed in an unusual way."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        archive.writestr("progress/answer-10-why.json", b"[" * 20 * 2**20)
    return file.getvalue()


def overlapping(count: int) -> bytes:
    """A zip in which every file is the same sixty megabytes, which are there once."""
    name = "progress/answer-{:05}.json"
    data = bytearray(zipped((name.format(0), b"[" * 60 * 2**20)))
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = bytes(data[start:end])
    entries = b"".join(
        entry.replace(name.format(0).encode(), name.format(n).encode()) for n in range(count)
    )
    tail = bytearray(data[end:])
    tail[8:12] = struct.pack("<HH", count, count)
    tail[12:16] = struct.pack("<I", len(entries))
    return bytes(data[:start]) + entries + bytes(tail)


def many(count: int) -> bytes:
    return zipped(*((f"progress/answer-{n}.json", b"{}") for n in range(count)))


WRONG = {
    "essay.docx": (lambda: b"PK\x03\x04 no zip at all", "wrong-file"),
    "scan.pdf": (lambda: b"%PDF-1.4", "wrong-file"),
    "empty.zip": (zipped, "wrong-file"),
    "cut.zip": (lambda: zipped(("10.ipynb", b"{}" * 1000))[:-40], "broken-zip"),
    "noise.zip": (lambda: os.urandom(4000), "broken-zip"),
    "of-another-method.zip": (lambda: method(9), "broken-file"),
    "of-no-method.zip": (lambda: method(77), "broken-file"),
    "of-bzip2.zip": (lambda: packed_by(zipfile.ZIP_BZIP2), "broken-file"),
    "of-lzma.zip": (lambda: packed_by(zipfile.ZIP_LZMA), "broken-file"),
    "overlapping.zip": (lambda: overlapping(600), "too-large"),
    "locked.zip": (encrypted, "encrypted"),
    "half.ipynb": (lambda: b'{"cells": [', "broken-notebook"),
    "list.ipynb": (lambda: b"[]", "broken-notebook"),
    "binary.ipynb": (lambda: bytes(range(256)), "broken-notebook"),
    "deep.ipynb": (lambda: deep(100_000), "broken-notebook"),
    "digits.ipynb": (lambda: b'{"cells": [], "x": ' + b"9" * 100_000 + b"}", "other-notebook"),
    "digits-in-a-cell.ipynb": (
        lambda: b'{"cells": [{"x": 9%s}]}' % (b"9" * 100_000),
        "broken-notebook",
    ),
    "nan.ipynb": (lambda: b'{"cells": [], "x": NaN}', "broken-notebook"),
    "other.ipynb": (
        lambda: b'{"cells": [{"cell_type": "code", "source": "1+1"}]}',
        "other-notebook",
    ),
    "cells.ipynb": (
        lambda: b'{"cells": [1, null, {"cell_type": 3, "source": {}}]}',
        "other-notebook",
    ),
    "many.zip": (lambda: many(3000), "too-many-files"),
    "bomb.zip": (lambda: zipped(("progress/answer-10-why.json", bytes(3 * 2**20))), "too-large"),
}
"""Content of each file, made only when its test runs, and the kind of its problem."""


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_told_apart_and_earns_nothing(name: str, tmp_path: Path):
    made, kind = WRONG[name]
    path = tmp_path / name
    path.write_bytes(made())
    result = grade_one(path, Options(limits=Limits(handed_in_mb=2)), SECRET)
    assert kind in {problem.kind for problem in result.problems}
    assert result.points == 0
    json.dumps(to_json(result)).encode()


def test_a_zip_writes_nothing_anywhere(clicked: Any, graded: Any, tmp_path: Path):
    slip = "../" * 8 + f"{tmp_path}/slipped.json"
    inside = clicked().files()
    data = zipped(
        *inside.items(),
        (slip, b"{}"),
        (f"{tmp_path}/absolute.json", b"{}"),
        ("..\\..\\windows.json", b"{}"),
        ("C:\\drive.json", b"{}"),
    )
    before = set(tmp_path.parent.rglob("*"))
    came = graded(data)
    assert set(tmp_path.parent.rglob("*")) - before == {tmp_path / "hand-in.zip"}
    assert "path-outside" in came.flags
    assert came.below_full("10") == set()


def test_links_are_never_followed(clicked: Any, tmp_path: Path):
    secret = tmp_path / "answer-10-why.json"
    secret.write_text('{"answer": "because"}')
    folder = tmp_path / "hand-in"
    (folder / "progress").mkdir(parents=True)
    (folder / "progress" / "answer-10-why.json").symlink_to(secret)
    (folder / "all").symlink_to("/")
    (folder / "progress" / "answer-10-loop.json").mkdir()
    os.mkfifo(folder / "progress" / "answer-10-stages.json")
    result = grade_one(folder, Options(), SECRET)
    assert {flag.kind for flag in result.flags} == {"symlink", "no-plain-file"}
    whole_one = tmp_path / "link.zip"
    whole_one.symlink_to(secret)
    assert {f.kind for f in grade_one(whole_one, Options(), SECRET).flags} == {"symlink"}


def test_a_link_in_a_zip_is_not_its_target(graded: Any, clicked: Any):
    entries = [*clicked().files().items(), link("progress/answer-10-x.json", "/etc/passwd")]
    assert "symlink" in graded(zipped(*entries)).flags


def test_of_two_files_of_one_name_the_first_counts(graded: Any, clicked: Any):
    files = clicked().files()
    name = "progress/answer-10-stages.json"
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(*files.items(), (name, b'{"answer": "forged"}'))
    came = graded(data)
    assert "twice-in-zip" in came.flags
    assert came.points("10-stages") == came.item("10-stages").out_of


@pytest.mark.parametrize("inner", ["hand-in.zip", "folder/作业.zip"])
def test_a_zip_in_a_zip_is_opened_once(inner: str, graded: Any, clicked: Any):
    assert graded(zipped((inner, clicked().zipped()))).below_full("10") == set()


def test_a_zip_without_bottom_ends(graded: Any):
    data = b""
    for _ in range(20):
        data = zipped(("a.zip", data), ("10.ipynb", b"{}"))
    came = graded(data)
    assert came.result.points == 0


def test_a_folder_as_the_students_work_lies_on_disk_counts_too(clicked: Any, tmp_path: Path):
    handed_in = clicked()
    for name, data in handed_in.files().items():
        if name != "handin.json":
            path = tmp_path / "欧阳" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    result = grade_one(tmp_path / "欧阳", Options(lessons=("10",)), SECRET)
    short = [i.exercise for i in result.items if i.points < i.out_of and not i.needs_person]
    assert (short, result.student, result.name) == ([], "2026001", "林悦")


def test_every_hand_in_of_a_folder_is_found_whatever_its_name(tmp_path: Path):
    names = ["林悦.zip", "O'Brien; rm -rf.ipynb", "=cmd|calc.zip", "אבג.zip", "a\nb.zip", "x" * 200]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    for name in (
        ".DS_Store",
        "__MACOSX",
        "times.csv",
        "grading.toml",
        "Thumbs.db",
        "desktop.ini",
        "~$a.zip",
    ):
        (tmp_path / name).write_bytes(b"")
    assert {path.name for path in found(tmp_path)} == set(names)


def test_names_from_the_submission_can_deceive_nobody(clicked: Any, graded: Any):
    handed_in = clicked()
    handed_in.number = "2026\u202e001\x00\n=cmd|' /C calc'!A0"
    handed_in.hand_in["made"] = "<script>alert(1)</script>"
    result = graded(handed_in, "\u202egpj.zip").result
    shown = json.dumps(to_json(result), ensure_ascii=False)
    assert not set("\u202e\x00") & set(shown)
    shown.encode()


def test_half_characters_and_hostile_keys_are_written_down_safely(clicked: Any, graded: Any):
    handed_in = clicked()
    for number, name in enumerate(("10-why", "10-stages", "10-loop", "12-why", "10-qualities")):
        answer = ["\ud800" * 10, {"\udfff": "x" * 10**5}, [["a"]] * 1000, "‮" * 5000, -(10**200)]
        handed_in.records[f"answer-{name}.json"] = json.dumps({"answer": answer[number]}).encode()
    result = graded(handed_in).result
    json.dumps(to_json(result), ensure_ascii=False).encode()
    assert len(json.dumps(to_json(result))) < 400_000


UNENDING = {
    "a string of escaped quotes that never ends": '{"answer": "' + '\\"' * 400_000,
    "strings that begin and never end": '["' * 400_000,
    "a string of backslashes": '"' + "\\" * 900_001,
    "quotes and brackets by turns": '"[' * 400_000,
}


@pytest.mark.parametrize("what", UNENDING)
@pytest.mark.parametrize("name", ["progress/answer-10-why.json", "notebooks/10.ipynb"])
def test_a_text_without_end_is_read_once(what: str, name: str, graded: Any):
    """Reading takes a time that grows with the length, not with its square: hours here."""
    began = time.process_time()
    came = graded(zipped((name, UNENDING[what].encode())))
    assert came.result.points == 0
    assert time.process_time() - began < 30


MANY = {
    "small numbers": b'{"answer": [%s1]}' % (b"1," * 10**6),
    "empty lists": b'{"answer": [%s[]]}' % (b"[]," * 10**6),
    "lists of lists": b'{"answer": [%s[]]}' % (b"[[[1],[2]],[3]]," * 10**5),
    "names": b'{"answer": {%s"x": 1}}' % b"".join(b'"%d": 1,' % n for n in range(10**5)),
}


@pytest.mark.parametrize("what", MANY)
def test_an_answer_of_many_parts_is_left_out_and_told(what: str, clicked: Any, graded: Any):
    handed_in = clicked()
    handed_in.records["answer-10-why.json"] = MANY[what]
    came = graded(handed_in)
    assert "unreadable-record" in came.problems
    assert came.below_full("10") == {"10-why"}
    assert len(json.dumps(to_json(came.result))) < 200_000


@pytest.mark.parametrize("depth", [1, 3, 5])
def test_what_is_kept_of_an_answer_is_short_as_a_whole(depth: int, clicked: Any, graded: Any):
    """A few hundred lists of a few hundred lists would be short at each level."""
    answer: Any = "x" * 50
    for _ in range(depth):
        answer = [answer] * {1: 10_000, 3: 20, 5: 6}[depth]
    handed_in = clicked()
    for name in handed_in.records:
        handed_in.records[name] = {"answer": answer, "came": answer}
    assert len(json.dumps(to_json(graded(handed_in).result))) < 800_000


@pytest.mark.parametrize("count", [50, 9000])
def test_a_report_of_one_hand_in_stays_short(count: int, clicked: Any, graded: Any):
    """A list of files that never were names thousands; each would be a flag."""
    handed_in = clicked()
    handed_in.hand_in["files"] = {f"{n} is a fraud": "0" * 64 for n in range(count)}
    result = graded(handed_in).result
    assert 1 < len(result.flags) <= 40
    assert result.flags[-1].kind == "and-more"


def test_many_plots_cost_nothing(whole: Any, graded: Any):
    handed_in = whole()
    picture = base64.b64encode(os.urandom(9 * 2**20)).decode()
    outputs = [{"output_type": "display_data", "data": {"image/png": picture}}] * 6
    numbers = {"application/vnd.plotly.v1+json": {"data": [{"y": [0.5] * 10**6}]}}
    cell = handed_in.cell("10", "minutes-check")
    cell["outputs"] = [*outputs, {"output_type": "display_data", "data": numbers}]
    handed_in.records.pop("answer-10-minutes.json")
    came = graded(handed_in)
    assert (came.below_full(), came.flags, came.problems) == (set(), set(), set())


SHOWN = {
    "thousands of small plots": [
        {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo" * 50}}
    ]
    * 5000,
    "one page of a plot": [
        {"output_type": "execute_result", "data": {"text/html": "<svg>" + "<g/>" * 10**7}}
    ],
    "a print in a loop": [{"output_type": "stream", "name": "stdout", "text": ["1\n"] * 10**6}],
}


@pytest.mark.parametrize("what", SHOWN)
def test_whatever_a_cell_shows_costs_nothing(what: str, whole: Any, graded: Any):
    handed_in = whole()
    handed_in.cell("10", "minutes-check")["outputs"] = SHOWN[what]
    handed_in.records.pop("answer-10-minutes.json")
    came = graded(handed_in)
    assert (came.below_full(), came.flags, came.problems) == (set(), set(), set())


def test_what_is_too_large_costs_nothing_that_comes_after_it(whole: Any, graded: Any):
    handed_in = whole()
    handed_in.others["aaa.ipynb"] = os.urandom(3 * 2**20)
    came = graded(handed_in, limits=Limits(handed_in_mb=2))
    assert "too-large" in came.problems
    assert came.flags == set()
    assert came.below_full() == set()


ODD_CELLS = {
    "an id that is a list": {"id": ["minutes-check"]},
    "an id that is a table": {"id": {"minutes-check": 1}},
    "an id of a million letters": {"id": "x" * 10**6},
    "metadata that is a list": {"metadata": [{"tags": []}]},
    "outputs that are a word": {"outputs": "185"},
}


@pytest.mark.parametrize("what", ODD_CELLS)
def test_an_answer_counts_whatever_else_its_cell_holds(what: str, graded: Any):
    cell = {"cell_type": "code", "source": 'check("10-minutes", 185)', **ODD_CELLS[what]}
    book = json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    came = graded(book.encode(), "10.ipynb", limits=Limits())
    assert came.points("10-minutes") == 1
    assert came.flags == set()
    assert "broke-grader" not in came.problems


DEEP = {
    "attributes": "a" + ".a" * 9000,
    "signs": "-" * 19_000 + "1",
    "calls": "f" + "()" * 9000,
    "sums": "1+" * 9900 + "1",
    "places": "a" + "[0]" * 6000,
    "a sum in a check": f"check('10-minutes', {'1+' * 900}1)",
    "attributes in a check": f"check('10-minutes', a{'.a' * 900})",
    "spaces": " " * 19_990,
    "tabs before a command": "\t" * 15_000 + "x = !a",
    "nothing": "a\x00b",
}


@pytest.mark.parametrize("what", DEEP)
def test_code_of_any_depth_is_read(what: str):
    source = DEEP[what]
    assert isinstance(unusual([source]), tuple)
    assert len(names(source)) == 2
    assert given_to_check(source, "10-minutes") is None
    assert asked_in(source) == (["10-minutes"] if "check" in source else [])


SLOW = {
    "f-strings in f-strings": "f'{1}' " * 2500,
    "many names": "+".join(f"a{n}" for n in range(3000)),
    "many brackets": "x = " + "(" * 90 + "1" + ")" * 90 + "\n" + "y = [1]\n" * 2000,
}


@pytest.mark.parametrize("what", SLOW)
def test_what_takes_the_grader_too_long_to_read_is_told_as_its_own(
    what: str, whole: Any, graded: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(one, "TRUSTED_S", 1.0)
    handed_in = whole()
    more = [{"cell_type": "code", "source": f"# {n}\n{SLOW[what]}"} for n in range(350)]
    handed_in.books["10"]["cells"] += more
    began = time.process_time()
    came = graded(handed_in)
    assert came.problems == {"broke-grader"}
    assert "of the grader's own processor time" in came.result.problems[0].args["reason"]
    assert time.process_time() - began < 20


def test_what_breaks_the_grader_is_told_as_its_own(
    whole: Any, graded: Any, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: Any) -> None:
        raise StopIteration("a mistake of ours")

    monkeypatch.setattr(one, "contents", broken)
    came = graded(whole())
    assert came.problems == {"broke-grader"}
    assert came.result.problems[0].args["reason"] == "StopIteration: a mistake of ours"


def names_of_files(handed_in: Any) -> None:
    handed_in.records |= {f"answer-{n} is a fraud.json": b"{" for n in range(1500)}


def sessions(handed_in: Any) -> None:
    record = {"scenario": "buick", "seed": 1, "acts": [["x", "y"]], "sha256": ""}
    handed_in.records |= {f"{n} is a fraud.json": record for n in range(1500)}


def earlier_numbers(handed_in: Any) -> None:
    earlier = [{"number": f"{n} is a fraud"} for n in range(9000)]
    handed_in.records["student.json"] = {"number": handed_in.number, "earlier": earlier}


def notebooks(handed_in: Any) -> None:
    handed_in.others |= {f"{n} is a fraud.ipynb": b'{"cells": []}' for n in range(1500)}


@pytest.mark.parametrize("many", [names_of_files, sessions, earlier_numbers, notebooks])
def test_whatever_there_is_too_much_of_the_report_stays_short(many: Any, clicked: Any, graded: Any):
    handed_in = clicked()
    many(handed_in)
    result = graded(handed_in).result
    assert 0 < len(result.flags) + len(result.problems) <= 90
    assert len(json.dumps([asdict(each) for each in (*result.flags, *result.problems)])) < 30_000
    assert {problem.kind for problem in result.problems}.isdisjoint({"broke-grader"})


@pytest.mark.parametrize("what", ["[]", '"x"', "{}", "0.5"])
def test_a_notebook_of_sixty_megabytes_of_nothing_is_told_in_its_time(what: str, graded: Any):
    count = 30 * 2**20 // len(what)
    data = b'{"cells": [' + f"{what},".encode() * count + b"0]}"
    began = time.process_time()
    came = graded(zipped(("10.ipynb", data)))
    assert came.result.points == 0
    assert came.problems & {"broken-notebook", "too-large", "other-notebook"}
    assert time.process_time() - began < 30
