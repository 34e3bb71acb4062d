"""Plain values turned into typed ones, from several threads as well."""

from __future__ import annotations

from threading import RLock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

# The library works out what a class looks like when the class is first used; two threads that do
# so at once crash the process.
_one_at_a_time = RLock()


def convert(raw: Any, kind: type[T]) -> T:
    """Return plain values, such as those of a TOML file, as a value of a kind.

    Parameters
    ----------
    raw
        Dicts, lists, text and numbers.
    kind
        The class that is wanted.

    Raises
    ------
    msgspec.ValidationError
        If the values do not fit the kind.

    Examples
    --------
    >>> convert([1, 2], tuple[int, ...])
    (1, 2)
    """
    with _one_at_a_time:
        return msgspec.convert(raw, kind)
