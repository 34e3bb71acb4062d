"""Which engine works through a week: NumPy, or an optional compiled one with the same numbers.

The environment variable ``CRMSIM_ENGINE`` names it: ``numpy`` (the usual one) or ``numba``, after
``pip install crmsim[fast]``. The first run ever of the compiled one takes some seconds.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

from crmsim.model.market import draws, shopping, visits, word_of_mouth

ENGINES = ("numpy", "numba")


class Engine(NamedTuple):
    """The steps of a week that take longest, each with the signature of the usual one.

    ``ordinary`` passes an ordinary week as a whole, if an engine can.
    """

    draw: Callable[..., Any]
    come: Callable[..., Any]
    serve: Callable[..., Any]
    talk: Callable[..., Any]
    ordinary: Callable[..., Any] | None = None


def engine(name: str | None = None) -> Engine:
    """The engine of that name, or the one that the environment names.

    Examples
    --------
    >>> engine("numpy").serve.__module__
    'crmsim.model.market.visits'
    """
    name = name or os.environ.get("CRMSIM_ENGINE", ENGINES[0])
    if name not in ENGINES:
        raise ValueError(f"CRMSIM_ENGINE = {name!r}: there are: {', '.join(ENGINES)}")
    if name == "numpy":
        return Engine(draws.draw, shopping.come, visits.serve, word_of_mouth.talk)
    from crmsim.model.market.compiled import steps

    return Engine(*(getattr(steps, step) for step in Engine._fields))
