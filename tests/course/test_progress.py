"""Sessions are kept whole, found again, and never lost."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsim.common import files
from crmsim.course import progress


@pytest.fixture(autouse=True)
def _work(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))


def test_what_was_saved_is_found_again():
    progress.save("visit", {"lang": "zh-Hans", "words": "服务"})
    assert progress.load_record("visit") == {"lang": "zh-Hans", "words": "服务"}


@pytest.mark.parametrize(
    "wreck",
    [
        b'{"seed": 1, "acts": [["choose", "an',
        b'{"number": "2026", "name": "\xe6\x9e\x97\xe6',
        b'{"answer": "a,]}", "tries": 2}\0\0\0',
        b"[1, 2]",
        b"null",
        b"",
        b"\x00\xff",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_kept_whole_and_told_once(wreck):
    path = progress.save("visit", {})
    path.write_bytes(wreck)
    told = []
    assert progress.load_record("visit", told.append) is None
    assert [p.read_bytes() for p in told] == [wreck]
    assert progress.load_record("visit", told.append) is None
    assert len(told) == 1


records = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(), part, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), records, max_size=5), st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_whatever_happens_to_a_file_nothing_is_raised_and_no_byte_is_lost(record, data):
    for path in progress.folder().glob("*"):
        path.unlink()
    content = progress.save("visit", record).read_bytes()
    cut = data.draw(st.integers(0, len(content)))
    middle = data.draw(st.binary(max_size=8))
    skip = data.draw(st.integers(0, 8))
    wreck = content[:cut] + middle + content[cut + skip :]
    (progress.folder() / "visit.json").write_bytes(wreck)
    found = progress.load_record("visit")
    assert found is None or isinstance(found, dict)
    assert wreck in [path.read_bytes() for path in progress.folder().iterdir()]
    assert progress.load_record("visit") == found


def test_a_folder_where_nothing_can_be_renamed_is_no_obstacle_either(monkeypatch):
    path = progress.save("visit", {})
    path.write_bytes(b'{"seed": 1, "acts": [')

    def read_only(*_):
        raise PermissionError("read-only")

    monkeypatch.setattr(files.os, "replace", read_only)
    assert progress.load_record("visit") is None
    assert path.read_bytes() == b'{"seed": 1, "acts": ['


@pytest.mark.parametrize(("of", "act"), [(files.os, "replace"), (Path, "read_bytes")])
def test_a_file_that_a_scanner_holds_open_for_a_moment_is_kept_and_read(of, act, monkeypatch):
    progress.save("visit", {"seed": 1})
    usual, tried = getattr(of, act), []

    def held(*args):
        tried.append(args)
        if len(tried) < files.TRIES:
            raise PermissionError("in use")
        return usual(*args)

    monkeypatch.setattr(of, act, held)
    if act == "replace":
        progress.save("visit", {"seed": 2})
    assert progress.load_record("visit") == {"seed": 1 + (act == "replace")}
    assert [path.name for path in progress.folder().iterdir()] == ["visit.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize(("mask", "rights"), [(0o022, 0o644), (0o007, 0o660), (0o077, 0o600)])
def test_saved_work_has_the_rights_of_any_new_file(mask, rights):
    before = os.umask(mask)
    try:
        path = progress.save("visit", {})
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == rights


def test_a_second_damaged_file_does_not_overwrite_the_first():
    for text in ("{", "}"):
        progress.save("visit", {}).write_text(text)
        progress.load_record("visit")
    kept = sorted(progress.folder().glob("visit.damaged-*.json"))
    assert [path.read_text() for path in kept] == ["{", "}"]


def test_a_failed_save_leaves_the_old_session(monkeypatch):
    progress.save("visit", {"acts": 3})

    def full_disk(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(files.os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        progress.save("visit", {"acts": 4})
    assert progress.load_record("visit") == {"acts": 3}
    assert [path.name for path in progress.folder().iterdir()] == ["visit.json"]


def test_the_folder_is_found_from_where_the_notebook_stands(tmp_path, monkeypatch):
    monkeypatch.delenv("CRMSIM_WORK")
    lesson = tmp_path / "work" / "en"
    lesson.mkdir(parents=True)
    monkeypatch.chdir(lesson)
    assert progress.folder() == tmp_path / "work" / "progress"
    monkeypatch.chdir(tmp_path)
    assert progress.folder() == tmp_path / "progress"
