"""Choice of the engine of a week: NumPy, or an optional compiled one with the same numbers.

The environment variable ``CRMSIM_ENGINE`` names it: ``numpy`` (the usual one) or ``numba``, after
``pip install crmsim[fast]``. The first run ever of the compiled one takes some seconds.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from importlib import import_module
from shutil import rmtree
from tempfile import mkdtemp
from types import ModuleType
from typing import Any, NamedTuple

from crmsim.common.checks import require
from crmsim.common.extras import needs
from crmsim.model.market import draws, shopping, visits, word_of_mouth

ENGINES = ("numpy", "numba")
_STEPS = "crmsim.model.market.compiled.steps"


class Engine(NamedTuple):
    """The steps of a week that take longest, each with the signature of the usual one.

    ``ordinary`` passes an ordinary week as a whole, if an engine can.
    """

    draw_weeks: Callable[..., Any]
    arrive: Callable[..., Any]
    serve: Callable[..., Any]
    talk: Callable[..., Any]
    ordinary: Callable[..., Any] | None = None


def engine(name: str | None = None) -> Engine:
    """Return the engine of that name, or the one that the environment names.

    Parameters
    ----------
    name
        ``"numpy"`` or ``"numba"``; None: what the variable ``CRMSIM_ENGINE`` says.

    Raises
    ------
    ValueError
        If there is no such engine.

    Examples
    --------
    >>> engine("numpy").serve.__module__
    'crmsim.model.market.visits'
    """
    asked = "CRMSIM_ENGINE" if name is None else "engine"
    name = name or os.environ.get("CRMSIM_ENGINE", ENGINES[0])
    require(name in ENGINES, asked, name, f"one of: {', '.join(ENGINES)}")
    if name == "numpy":
        return Engine(draws.draw_weeks, shopping.arrive, visits.serve, word_of_mouth.talk)
    steps = _compiled_steps()
    return Engine(*(getattr(steps, step) for step in Engine._fields))


def _compiled_steps() -> ModuleType:
    """Return the compiled steps, with a cache that lasts as long as the process if need be."""
    with needs("fast"):
        import numba
    try:
        return import_module(_STEPS)
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
    # Neither the home nor the package can be written, as in a container with any user id.
    numba.config.CACHE_DIR = mkdtemp(prefix="crmsim-compiled-")
    atexit.register(rmtree, numba.config.CACHE_DIR, ignore_errors=True)
    return import_module(_STEPS)
