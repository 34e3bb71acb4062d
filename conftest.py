"""For every test, and for every notebook run as one: nobody's saved play, and no chance."""

from __future__ import annotations

import os
import tempfile

import pytest

WORK = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[WORK] = tempfile.TemporaryDirectory(prefix="crmsim-work-")
    os.environ["CRMSIM_WORK"] = config.stash[WORK].name


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[WORK].cleanup()
