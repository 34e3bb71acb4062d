"""crmsim: service scenarios to play, and the butterfly effect of service to watch.

Every public name loads when first used, so that ``import crmsim`` stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmsim.butterfly import aftermath
    from crmsim.ensembles import compare
    from crmsim.errors import ActionError, CrmsimError, RecordError, ScenarioError
    from crmsim.figures import plot
    from crmsim.grading.command import grade
    from crmsim.lives import history, story
    from crmsim.parameter_table import parameters
    from crmsim.run import Run, replay, simulate, what_if
    from crmsim.scenario import load, scenarios
    from crmsim.ui.exercise import check
    from crmsim.ui.locks import reveal
    from crmsim.ui.passport import passport
    from crmsim.ui.play import play
    from crmsim.ui.prediction import predict

_HOME = {
    "ActionError": "errors",
    "CrmsimError": "errors",
    "RecordError": "errors",
    "Run": "run",
    "ScenarioError": "errors",
    "aftermath": "butterfly",
    "check": "ui.exercise",
    "compare": "ensembles",
    "grade": "grading.command",
    "history": "lives",
    "load": "scenario",
    "parameters": "parameter_table",
    "passport": "ui.passport",
    "play": "ui.play",
    "plot": "figures",
    "predict": "ui.prediction",
    "replay": "run",
    "reveal": "ui.locks",
    "scenarios": "scenario",
    "simulate": "run",
    "story": "lives",
    "what_if": "run",
}

__all__ = [
    "ActionError",
    "CrmsimError",
    "RecordError",
    "Run",
    "ScenarioError",
    "aftermath",
    "check",
    "compare",
    "grade",
    "history",
    "load",
    "parameters",
    "passport",
    "play",
    "plot",
    "predict",
    "replay",
    "reveal",
    "scenarios",
    "simulate",
    "story",
    "what_if",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'crmsim' has no attribute {name!r}")
    return getattr(import_module(f"crmsim.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
