"""What can go wrong, and who can put it right.

::

    ValueError
      CrmsimError
        ScenarioError    a scenario file has mistakes (its author)
        ActionError      an action was not on offer (the student, or a policy's author)
        RecordError      a saved run can't be read or doesn't replay (whoever edited it)
        WordsError       words or a language are missing (the translator)
"""


class CrmsimError(ValueError):
    """Anything the course can explain to the person who can put it right."""


class ScenarioError(CrmsimError):
    """A scenario has mistakes; the message lists all of them, a line each."""


class ActionError(CrmsimError):
    """An action that is not on offer."""


class RecordError(CrmsimError):
    """A saved run that can't be read, or that doesn't replay."""


class WordsError(CrmsimError):
    """Words that are missing."""
