"""Sessions are kept whole, found again, and never lost."""

import pytest

from crmsim import progress


@pytest.fixture(autouse=True)
def _work(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))


def test_what_was_saved_is_found_again():
    progress.save("visit", {"lang": "zh-Hans", "words": "服务"})
    assert progress.load("visit") == {"lang": "zh-Hans", "words": "服务"}


@pytest.mark.parametrize("wreck", ['{"acts": [["choose", "an', "", "[1, 2]", "\x00\xff"])
def test_a_damaged_file_is_set_aside_and_kept(wreck):
    path = progress.save("visit", {})
    path.write_bytes(wreck.encode("latin-1"))
    told = []
    assert progress.load("visit", told.append) is None
    assert [p.read_bytes() for p in told] == [wreck.encode("latin-1")]
    assert progress.load("visit", told.append) is None
    assert len(told) == 1


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
