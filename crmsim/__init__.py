"""crmsim: service scenarios to play, and the butterfly effect of service to watch.

Every public name loads when first used, so that ``import crmsim`` stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmsim.common.errors import ActionError, CrmsimError, RecordError, ScenarioError
    from crmsim.figures import plot
    from crmsim.grading.command import grade
    from crmsim.runs.butterfly import aftermath
    from crmsim.runs.compare import compare
    from crmsim.runs.person import history, story
    from crmsim.runs.run import Run, replay, simulate, what_if
    from crmsim.scenario import load, scenarios
    from crmsim.scenario.parameter_table import parameters
    from crmsim.widgets.exercises.marked import check
    from crmsim.widgets.exercises.prediction import predict
    from crmsim.widgets.locks import reveal
    from crmsim.widgets.passport import passport
    from crmsim.widgets.visit.play import play

_HOME = {
    "ActionError": "common.errors",
    "CrmsimError": "common.errors",
    "RecordError": "common.errors",
    "Run": "runs.run",
    "ScenarioError": "common.errors",
    "aftermath": "runs.butterfly",
    "check": "widgets.exercises.marked",
    "compare": "runs.compare",
    "grade": "grading.command",
    "history": "runs.person",
    "load": "scenario",
    "parameters": "scenario.parameter_table",
    "passport": "widgets.passport",
    "play": "widgets.visit.play",
    "plot": "figures",
    "predict": "widgets.exercises.prediction",
    "replay": "runs.run",
    "reveal": "widgets.locks",
    "scenarios": "scenario",
    "simulate": "runs.run",
    "story": "runs.person",
    "what_if": "runs.run",
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
