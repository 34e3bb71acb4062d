"""Sessions are kept whole, found again, and never lost."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsim.course import progress


@pytest.fixture(autouse=True)
def _work(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))


def test_what_was_saved_is_found_again():
    progress.save("visit", {"lang": "zh-Hans", "words": "服务"})
    assert progress.load("visit") == {"lang": "zh-Hans", "words": "服务"}


@pytest.mark.parametrize(
    ("wreck", "rest"),
    [
        (b'{"seed": 1, "acts": [["choose", "an', {"seed": 1, "acts": [["choose"]]}),
        (b'{"number": "2026", "name": "\xe6\x9e\x97\xe6', {"number": "2026"}),
        (b'{"answer": "a,]}", "tries": 2}\0\0\0', {"answer": "a,]}", "tries": 2}),
        (b'{"answer": 3, "tries" 2}', {"answer": 3}),
        (b"[1, 2]", None),
        (b"", None),
        (b"\x00\xff", None),
        (b"[" * 100_000, None),
    ],
)
def test_a_damaged_file_is_kept_whole_and_repaired_as_far_as_it_goes(wreck, rest):
    path = progress.save("visit", {})
    path.write_bytes(wreck)
    told = []
    assert progress.load("visit", told.append) == rest
    assert [p.read_bytes() for p in told] == [wreck]
    assert progress.load("visit", told.append) == rest
    assert len(told) == 1


records = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(), part, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), records, max_size=5), st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_whatever_happens_to_a_file_nothing_is_raised_and_no_byte_is_lost(record, data):
    for path in progress.folder().glob("*"):
        path.unlink()
    content = progress.save("visit", record).read_bytes()
    cut = data.draw(st.integers(0, len(content)))
    middle = data.draw(st.binary(max_size=8))
    skip = data.draw(st.integers(0, 8))
    wreck = content[:cut] + middle + content[cut + skip :]
    (progress.folder() / "visit.json").write_bytes(wreck)
    found = progress.load("visit")
    assert found is None or isinstance(found, dict)
    assert wreck in [path.read_bytes() for path in progress.folder().iterdir()]
    assert progress.load("visit") == found


@given(st.dictionaries(st.text(), records, max_size=5), st.floats(0, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_salvaged_of_a_torn_file_was_in_it(record, share):
    content = json.dumps(record).encode()
    rest = progress.salvaged(content[: int(share * len(content))])
    assert rest is None or all(name in record for name in rest)
    assert progress.salvaged(content) == (record or None)


def test_a_folder_that_cannot_be_written_still_gives_what_can_be_read(monkeypatch):
    progress.save("visit", {}).write_bytes(b'{"seed": 1, "acts": [')

    def read_only(*_):
        raise PermissionError("read-only")

    monkeypatch.setattr(progress.os, "replace", read_only)
    assert progress.load("visit") == {"seed": 1, "acts": []}


def test_a_second_damaged_file_does_not_overwrite_the_first():
    for text in ("{", "}"):
        progress.save("visit", {}).write_text(text)
        progress.load("visit")
    kept = sorted(progress.folder().glob("visit.damaged-*.json"))
    assert [path.read_text() for path in kept] == ["{", "}"]


def test_a_failed_save_leaves_the_old_session(monkeypatch):
    progress.save("visit", {"acts": 3})

    def full_disk(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(progress.os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        progress.save("visit", {"acts": 4})
    assert progress.load("visit") == {"acts": 3}
    assert [path.name for path in progress.folder().iterdir()] == ["visit.json"]


def test_the_folder_is_found_from_where_the_notebook_stands(tmp_path, monkeypatch):
    monkeypatch.delenv("CRMSIM_WORK")
    lesson = tmp_path / "work" / "en"
    lesson.mkdir(parents=True)
    monkeypatch.chdir(lesson)
    assert progress.folder() == tmp_path / "work" / "progress"
    monkeypatch.chdir(tmp_path)
    assert progress.folder() == tmp_path / "progress"
