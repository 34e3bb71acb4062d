"""Errors, and the person who can put each right.

::

    ValueError
      CrmsimError
        ScenarioError    a scenario file has mistakes (its author)
        ActionError      an action was not on offer (the student, or a policy's author)
        RecordError      a saved run can't be read or doesn't replay (the person who edited it)
        WordsError       words or a language are missing (the translator)
        EnsembleError    a run of an ensemble failed; ``table`` holds those that did not
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class CrmsimError(ValueError):
    """An error that the course can explain to the person who can put it right."""


class ScenarioError(CrmsimError):
    """A scenario has mistakes; the message lists all of them, a line each."""


class ActionError(CrmsimError):
    """An action that is not on offer."""


class RecordError(CrmsimError):
    """A saved run that can't be read, or that doesn't replay."""


class WordsError(CrmsimError):
    """Words of the course are missing."""


class EnsembleError(CrmsimError):
    """A run of an ensemble failed; ``table`` holds the rows that were finished before it."""

    def __init__(self, message: str, table: pd.DataFrame) -> None:
        super().__init__(message)
        self.table = table


class EnsembleStopped(KeyboardInterrupt):
    """An ensemble was stopped by hand; ``table`` holds the rows that were finished before it."""

    def __init__(self, message: str, table: pd.DataFrame) -> None:
        super().__init__(message)
        self.table = table
