"""Checks of arguments: ordinary numbers within bounds, or an error that names what is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

MORE_THAN_0 = math.ulp(0.0)
"""The lower bound of what has to lie above 0."""


def is_number(value: object, low: float = -math.inf, high: float = math.inf) -> bool:
    """Return True for a finite number from ``low`` to ``high``, and for arrays and lists of such.

    Parameters
    ----------
    value
        Anything.
    low, high
        The least and the largest number that is allowed.

    Examples
    --------
    >>> is_number(3, 0, 5), is_number([0.5, 1.5], 0, 1), is_number(float("nan")), is_number("3")
    (True, False, False, False)
    """
    if isinstance(value, float):
        return math.isfinite(value) and low <= value <= high
    try:
        each = np.asarray(value)
    except ValueError:  # a list of lists of different lengths
        return False
    if each.dtype.kind not in "iuf":
        return False
    return bool((np.isfinite(each) & (each >= low) & (each <= high)).all())


def is_whole(value: object, low: float = -math.inf, high: float = math.inf) -> bool:
    """Return True for one whole number from ``low`` to ``high``; True and False are not numbers.

    Parameters
    ----------
    value
        Anything.
    low, high
        The least and the largest number that is allowed.

    Examples
    --------
    >>> is_whole(3, 0, 5), is_whole(3.0), is_whole(2.5), is_whole(True)
    (True, True, False, False)
    """
    return is_number(value, low, high) and np.ndim(value) == 0 and value == int(value)  # type: ignore[call-overload]


def as_plain(value: Any) -> Any:
    """Return NumPy's numbers as Python's, in tables and lists too; what is no number stays.

    What is kept in a record goes through this, so that JSON can write it.

    Parameters
    ----------
    value
        A value, or tables and lists of values.

    Returns
    -------
    Any
        The same with Python's own numbers; arrays and tuples become lists.

    Examples
    --------
    >>> import numpy as np
    >>> as_plain({"capacity": np.int64(3), "sunset-rule": np.bool_(True), "cards": (np.str_("a"),)})
    {'capacity': 3, 'sunset-rule': True, 'cards': ['a']}
    """
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return {as_plain(name): as_plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(each) for each in value]
    return value


def is_time(value: object) -> bool:
    """Return True if a value is a number from 0 up, also infinity, or an array or list of such.

    Examples
    --------
    >>> is_time(0), is_time(float("inf")), is_time([1.5, -1]), is_time(float("nan"))
    (True, True, False, False)
    """
    if isinstance(value, float):
        return value >= 0
    each = np.asarray(value)
    return each.dtype.kind in "iuf" and bool((each >= 0).all())


def require_single(name: str, value: object) -> None:
    """Refuse a single value that is not an ordinary number; arrays are not looked at.

    For what an engine calls with whole arrays, and people with a number.

    Parameters
    ----------
    name
        The name of the argument, for the message.
    value
        What was given.

    Raises
    ------
    ValueError
        If the value is a list, or is not a finite number.
    """
    if not getattr(value, "ndim", 0):
        single = is_number(value) and not isinstance(value, list | tuple)
        require(single, name, value, "an ordinary number, or an array of them")


def require(right: bool, name: str, value: object, rule: str) -> None:
    """Refuse an argument that is not allowed.

    Parameters
    ----------
    right
        True if the value is allowed.
    name
        The name of the argument.
    value
        What was given.
    rule
        What it must be, as it follows "must be".

    Raises
    ------
    ValueError
        Saying the name, the value, and what it must be.
    """
    if not right:
        raise ValueError(f"{name} = {value!r}: must be {rule}")
