"""Plans for the parcel firm of lesson 41: what each comes to, run once and kept in a table.

``python -m crmsim.exercises.turnaround_plans`` runs every plan of the menu and writes the table.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product

import numpy as np

from crmsim.common.files import write
from crmsim.common.words import data_path
from crmsim.runs.run import simulate
from crmsim.scenario import load

CASE = "turnaround"
LUCKS = (4101, 4102, 4103, 4104)
LEVELS: Mapping[str, tuple[float, ...]] = {
    "promise": (0.0, 0.04, 0.2),
    "capacity": (0.6, 0.8, 1.0, 1.8),
    "pay": (0.85, 1.0),
    "facilities": (0.3, 1.0),
    "empowerment": (0.0, 0.5),
}
"""The levers of a plan, and the levels that the menu offers."""

RESULTS = ("open", "customers", "lowest")
TABLE = "reference/turnaround-plans.csv"

PlanKey = tuple[float, ...]


def run_plan(levels: Sequence[float], lucks: Sequence[int] = LUCKS) -> dict[str, float]:
    """Return what a plan comes to that sets levers in the first quarter and leaves them there.

    Parameters
    ----------
    levels
        A level for each lever of :data:`LEVELS`, in their order.
    lucks
        Seeds.

    Returns
    -------
    dict of float
        ``open``: on how many of the lucks the bank leaves the firm open; ``customers``: the
        mean number at the end; ``lowest``: the lowest cash of all, in currency.
    """
    case = load(CASE)
    assert case.cash is not None
    first = dict(zip(LEVELS, levels, strict=True))
    runs = [simulate(case, lambda seen: {} if seen.quarter else first, luck) for luck in lucks]
    lowest = [float(run.series["cash"].min()) for run in runs]
    return {
        "open": float(sum(each >= case.cash.limit for each in lowest)),
        "customers": float(round(np.mean([run.series["customers"][-1] for run in runs]))),
        "lowest": float(round(min(lowest), -2)),
    }


@cache
def plan_table() -> dict[PlanKey, dict[str, float]]:
    """Return what every plan of the menu comes to, as it was run.

    Returns
    -------
    dict
        Results by name, by the levels of the plan.

    Examples
    --------
    >>> plan_table()[0.0, 0.8, 0.85, 0.3, 0.5]["open"]
    4.0
    """
    with data_path(TABLE).open(encoding="utf-8", newline="") as file:
        rows = [{name: float(said) for name, said in row.items()} for row in csv.DictReader(file)]
    return {
        tuple(row[name] for name in LEVELS): {name: row[name] for name in RESULTS} for row in rows
    }


def led_through(
    chosen: Sequence[Mapping[str, float]], cost: float, _: Mapping[str, float]
) -> dict[str, float]:
    """Return what a plan for the parcel firm comes to, for an exercise of the kind ``plan``.

    Parameters
    ----------
    chosen
        The levers that each chosen item sets.
    cost
        What the plan costs a week more than before.

    Returns
    -------
    dict of float
        ``cost``, and the results of :func:`run_plan`.

    Examples
    --------
    >>> led_through([{"promise": 0.2}, {"capacity": 1.8}], 13800, {})["open"]
    0.0
    """
    return {"cost": cost} | plan_table()[plan_levels(chosen)]


_remembered = cache(run_plan)
"""Results of plans on other lucks: a class with the same plans costs little."""


def led_on_lucks(chosen: Sequence[Mapping[str, float]], lucks: tuple[int, ...]) -> dict[str, float]:
    """Return what a plan for the parcel firm comes to on other lucks than those of its exercise.

    Parameters
    ----------
    chosen
        The levers that each chosen item sets.
    lucks
        Seeds.

    Returns
    -------
    dict of float
        The results of :func:`run_plan`.
    """
    return _remembered(plan_levels(chosen), lucks)


def plan_levels(chosen: Sequence[Mapping[str, float]]) -> PlanKey:
    """Return the level of each lever of :data:`LEVELS` under a plan; what it leaves out stays.

    Parameters
    ----------
    chosen
        The levers that each chosen item sets.

    Returns
    -------
    tuple of float
        In the order of the levers.
    """
    levers = {name: level for effects in chosen for name, level in effects.items()}
    usual = {name: before for name, before in load(CASE).before[-1].items() if name in LEVELS}
    return tuple(({"empowerment": 0.0} | usual | levers)[name] for name in LEVELS)


def main() -> None:
    """Run every plan of the menu, and write the table."""
    lines = [",".join([*LEVELS, *RESULTS])]
    for levels in product(*LEVELS.values()):
        lines.append(",".join(f"{each:g}" for each in (*levels, *run_plan(levels).values())))
    write(data_path(TABLE), "\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
