"""Fixtures that tests of several folders share."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def compiled_engine() -> Iterator[None]:
    """The engine that gives the numbers of the usual one, sooner: for files with many runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRMSIM_ENGINE", "numba")
        yield


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, in which the course keeps the student's work."""
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    return tmp_path
