"""crmsim: service scenarios to play, and the butterfly effect of service to watch.

Every public name loads when first used, so that ``import crmsim`` stays light.
"""

from importlib import import_module
from typing import Any

_PUBLIC = {
    "common.errors": ("ActionError", "CrmsimError", "RecordError", "ScenarioError"),
    "figures": ("plot",),
    "grading.command": ("grade",),
    "runs.butterfly": ("aftermath",),
    "runs.compare": ("compare",),
    "runs.person": ("history", "story"),
    "runs.run": ("Run", "replay", "simulate", "what_if"),
    "scenario": ("load", "scenarios"),
    "scenario.parameter_table": ("parameters",),
    "widgets.exercises.gain": ("gain",),
    "widgets.exercises.marked": ("check",),
    "widgets.exercises.prediction": ("predict",),
    "widgets.locks": ("reveal",),
    "widgets.passport": ("passport",),
    "widgets.visit.play": ("play",),
    "widgets.visit.watching": ("watch",),
}
"""The public names of each module: the one place in which they are listed."""

_MODULE = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = sorted(_MODULE)


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module 'crmsim' has no attribute {name!r}")
    return getattr(import_module(f"crmsim.{_MODULE[name]}"), name)


def __dir__() -> list[str]:
    return __all__
