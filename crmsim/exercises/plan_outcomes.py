"""Functions that compute what a plan achieves; an exercise of the kind ``plan`` names one.

An exercise names one in ``outcome``; nothing else in its file is computed. A function gets the
effects of each chosen item, the cost of the plan and the settings of the exercise, and returns
results by name. All numbers are those of the file: the same plan always achieves the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

MenuEffects = Mapping[str, float]


class PlanOutcome(NamedTuple):
    """A way to compute what a plan achieves.

    Attributes
    ----------
    results
        The function: effects of each chosen item, cost and settings in, results by name out.
    settings
        The names of its settings; an exercise may leave any of them out.
    effects
        The names that an effect of an item may have; None where any may.
    """

    results: Callable[[Sequence[MenuEffects], float, Mapping[str, float]], dict[str, float]]
    settings: frozenset[str] = frozenset()
    effects: frozenset[str] | None = None


def totals(
    chosen: Sequence[MenuEffects], cost: float, settings: Mapping[str, float]
) -> dict[str, float]:
    """Return the sum of each effect, beside the cost: a plan whose items don't act on each other.

    Parameters
    ----------
    chosen
        The effects of each chosen item.
    cost
        What the plan costs.
    settings
        Not used.

    Returns
    -------
    dict of float
        ``cost``, and each effect by its name.

    Examples
    --------
    >>> totals([{"won": 3, "annoyed": 1}, {"won": 2}], 40, {})
    {'cost': 40, 'won': 5.0, 'annoyed': 1.0}
    """
    sums: dict[str, float] = {"cost": cost}
    for effects in chosen:
        for name, size in effects.items():
            sums[name] = sums.get(name, 0.0) + size
    return sums


PLAN_OUTCOMES = {"totals": PlanOutcome(totals)}
"""The functions by the name under which an exercise finds them."""
