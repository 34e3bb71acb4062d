"""What tests of several folders share."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def compiled_engine() -> Iterator[None]:
    """The engine that gives the numbers of the usual one, sooner: for files with many runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRMSIM_ENGINE", "numba")
        yield
