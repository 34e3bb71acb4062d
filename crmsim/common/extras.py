"""Packages that only a part of the course needs, and the command that installs them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from crmsim.common.errors import CrmsimError
from crmsim.common.words import words


class ExtraError(CrmsimError, ImportError):
    """A package is not installed that only a part of the course needs."""

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(self.said("en"))

    def said(self, lang: str) -> str:
        """Return which package is missing and the command that installs it, in a language.

        Parameters
        ----------
        lang
            The language, ``"en"`` or ``"zh-Hans"``.
        """
        return words(lang)("house.extra", package=self.package, command=install_command(self.extra))


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Import optional packages inside of this block.

    Parameters
    ----------
    extra
        The name of the extra in ``pyproject.toml`` that brings them.

    Raises
    ------
    ExtraError
        If a package is not installed.

    Examples
    --------
    >>> with needs("science"):
    ...     import a_package_that_nobody_has
    Traceback (most recent call last):
    crmsim.common.extras.ExtraError: a_package_that_nobody_has is not installed...
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        if not missing.name or missing.name.startswith("crmsim"):
            raise
        raise ExtraError(missing.name.split(".")[0], extra) from None


def install_command(extra: str) -> str:
    """Return the command that adds an extra to the Python that runs now."""
    python = sys.executable or "python"
    quoted = f'"{python}"' if sys.platform == "win32" else shlex.quote(python)
    return f'{quoted} -m pip install "crmsim[{extra}]"'
