"""For every test, and for every notebook run as one: nobody's saved play, and no chance."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import settings

# A busy machine is not a mistake: no example fails because it took long.
settings.register_profile("crmsim", deadline=None)
settings.register_profile("long", deadline=None, max_examples=2000)
settings.load_profile("crmsim")

WORK = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[WORK] = tempfile.TemporaryDirectory(prefix="crmsim-work-")
    os.environ["CRMSIM_WORK"] = config.stash[WORK].name


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[WORK].cleanup()
