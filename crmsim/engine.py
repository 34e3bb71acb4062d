"""Which engine works through a week: NumPy, or an optional compiled one with the same numbers.

The environment variable ``CRMSIM_ENGINE`` names it: ``numpy`` (the usual one) or ``numba``, after
``pip install crmsim[fast]``. The first run ever of the compiled one takes some seconds.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim import visits, word_of_mouth
from crmsim.chance import Chance
from crmsim.people import Indices

ENGINES = ("numpy", "numba")


class Engine(NamedTuple):
    """The steps of a week that take longest, each with the signature of the usual one."""

    live: Callable[..., Any]
    talk: Callable[..., Any]
    fade: Callable[..., Any]
    raw_at: Callable[..., Any]


def raw_at(
    chance: Chance, cause: str, week: int, count: int, places: Indices
) -> NDArray[np.uint64]:
    """64 random bits for the people in these places, of so many; the others' are left aside."""
    return chance.raw(cause, week, count).take(places)


def engine(name: str | None = None) -> Engine:
    """The engine of that name, or the one that the environment names.

    Examples
    --------
    >>> engine("numpy").live.__module__
    'crmsim.visits'
    """
    name = name or os.environ.get("CRMSIM_ENGINE", ENGINES[0])
    if name not in ENGINES:
        raise ValueError(f"CRMSIM_ENGINE = {name!r}: there are: {', '.join(ENGINES)}")
    if name == "numpy":
        return Engine(visits.live, word_of_mouth.talk, word_of_mouth.fade, raw_at)
    from crmsim import compiled

    return Engine(compiled.live, compiled.talk, compiled.fade, compiled.raw_at)
