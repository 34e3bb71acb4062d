"""Right answers elsewhere in a notebook than where they count: another name, or only shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence

from crmsim.exercises.exercise import Exercise
from crmsim.grading.reading.code_names import names, parsed

MOST_NAMES = 12
"""Names of her own that are tried."""
MOST_NUMBERS = 12
"""Numbers that a cell may print: of more than that, one is right by chance."""

_SHOWS = re.compile(r"(?:print|check|predict|display|play|plot|reveal|passport)\(")
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w])")


def own_names(sources: Iterable[str], expression: str) -> list[str]:
    """Return the names that a student's code sets, but for those of the expression asked for.

    Parameters
    ----------
    sources
        The student's cells.
    expression
        What was asked for.

    Returns
    -------
    list of str
        In alphabetical order, at most `MOST_NAMES`.

    Examples
    --------
    >>> own_names(["total = 3 + 4", "def ratio(a, b): return a / b"], "minutes")
    ['ratio', 'total']
    """
    wanted = names(expression)[0]
    found = {name for source in sources for name in names(source)[1] if not name.startswith("_")}
    return sorted(found - wanted)[:MOST_NAMES]


def shown(sources: Iterable[str]) -> list[str]:
    """Return the expressions that stand as the last line of a cell, which a notebook shows.

    Parameters
    ----------
    sources
        The student's cells.

    Returns
    -------
    list of str
        In the order of the cells, at most `MOST_NAMES`.

    Examples
    --------
    >>> shown(["total = 3\\ntotal / 2", "print(5)", "x = 1"])
    ['total / 2']
    """
    last = [tree.body[-1] for each in sources if (tree := parsed(each)) and tree.body]
    values = [ast.unparse(node.value) for node in last if isinstance(node, ast.Expr)]
    return [each for each in values if not _SHOWS.match(each) and each != "..."][:MOST_NAMES]


def printed_right(task: Exercise, printed: Sequence[str]) -> str:
    """Return the number among what cells printed that is the right answer; "" if there is none.

    Parameters
    ----------
    task
        The exercise.
    printed
        What each of her own cells printed.
    """
    if task.BY_CALLS:
        return ""
    right = _is_right(task)
    for text in printed:
        numbers = _NUMBER.findall(text)
        if len(numbers) <= MOST_NUMBERS and (found := next(filter(right, numbers), "")):
            return found
    return ""


def _is_right(task: Exercise) -> Callable[[str], bool]:
    def right(number: str) -> bool:
        value = float(number.replace(",", "").replace("−", "-"))
        return task.mark(value).verdict == "right"

    return right
