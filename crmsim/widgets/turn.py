"""Cells and clicks take turns: a kernel answers them in two threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_turn = RLock()
"""Held by whatever makes a widget, answers a click or works for one in the background."""


def in_turn(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function wait until no other thread makes a widget or answers a click.

    Parameters
    ----------
    function
        What a cell calls, or what answers a click.
    """

    @wraps(function)
    def waits(*args: P.args, **kwargs: P.kwargs) -> R:
        with _turn:
            return function(*args, **kwargs)

    return waits
