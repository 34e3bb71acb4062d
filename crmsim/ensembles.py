"""Policies against one another, over many seeds, on one core, several, or a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm.auto import tqdm

from crmsim.run import Policy, Run, simulate
from crmsim.scenario import EncounterScenario, Scenario, load

if TYPE_CHECKING:
    import pandas as pd


def compare(
    scenario: str | Path | Scenario,
    policies: Mapping[str, Policy | None],
    seeds: Iterable[int],
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Every policy on every seed; a tidy table, one row per policy and seed.

    Parameters
    ----------
    scenario
        A scenario, its name, or the path of its file.
    policies
        Policies by the name they have in the table; None is the scenario's own baseline.
    seeds
        The seeds; every policy meets the same luck on a seed.
    executor
        Any ``concurrent.futures.Executor``; None: this process, one after another. The table
        does not depend on it.

    Examples
    --------
    >>> table = compare("buick", {"usual": None}, seeds=range(3))
    >>> list(table.columns[:2]), len(table)
    (['policy', 'seed'], 3)
    """
    import pandas as pd

    given = load(scenario)
    jobs = [(name, seed) for name in policies for seed in seeds]
    outcome = partial(_outcome, given)
    chosen = [policies[name] for name, _ in jobs]
    luck = [seed for _, seed in jobs]
    done = map(outcome, chosen, luck) if executor is None else executor.map(outcome, chosen, luck)
    rows = [
        {"policy": name, "seed": seed} | row
        for (name, seed), row in zip(
            jobs, tqdm(done, total=len(jobs), delay=1, leave=False), strict=True
        )
    ]
    return pd.DataFrame(rows)


def _outcome(scenario: Scenario, policy: Policy | None, seed: int) -> dict[str, Any]:
    return outcome(simulate(scenario, policy, seed))


def outcome(run: Run) -> dict[str, Any]:
    """What a run came to: of a visit its end, of a market its totals and last values."""
    if isinstance(run.scenario, EncounterScenario):
        seen = run.view
        return {
            "satisfaction": seen.satisfaction,
            "buys": seen.decision.get("buys", False),
            "earned": seen.earned,
            "minutes": seen.minutes,
        }
    series = run.series
    last = {name: float(series[name][-1]) for name in ("reputation", "customers", "attitude")}
    return {
        "profit": float(series["profit"].sum()),
        "evaluation": float(series["evaluation"].mean()),
    } | last
