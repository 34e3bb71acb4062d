"""Comparison of policies over many seeds, on one core, several, or a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmsim.common.errors import ActionError, EnsembleError, EnsembleStopped
from crmsim.common.parallel import Failed, work_through
from crmsim.model.chair import Policy
from crmsim.runs.run import A_POLICY, Run, valued
from crmsim.scenario import Scenario, load
from crmsim.scenario.market import MarketScenario
from crmsim.scenario.worlds import part_of

if TYPE_CHECKING:
    import pandas as pd


def compare(
    scenario: str | Path | Scenario,
    policies: Mapping[str, Policy | None],
    seeds: Iterable[int],
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Run every policy on every seed; return a tidy table, a row for each policy and seed.

    Parameters
    ----------
    scenario
        A scenario, its name, or the path of its file.
    policies
        Policies by the name they have in the table; None is the scenario's own baseline.
    seeds
        The seeds; every policy meets the same luck on a seed.
    executor
        Any ``concurrent.futures.Executor``, such as a process pool or the ``get_executor()`` of a
        ``dask.distributed`` client; None: this process, one after another. The table does not
        depend on it.

    Returns
    -------
    DataFrame
        ``policy``, ``seed``, then what :func:`outcome` says of the run.

    Raises
    ------
    ActionError
        If ``policies`` is not a table of policies by name, ``seeds`` is not a list of seeds, or
        ``executor`` is not a ``concurrent.futures.Executor``.
    EnsembleError
        If a policy fails; it says which one on which seed, and its ``table`` holds the rows that
        were finished. If a worker dies, its run is tried once more before that.
    EnsembleStopped
        If it is stopped (Ctrl-C); ``table`` holds the rows that were finished.

    Examples
    --------
    >>> table = compare("buick", {"usual": None}, seeds=range(3))
    >>> list(table.columns[:2]), len(table)
    (['policy', 'seed'], 3)
    """
    given = load(scenario)
    _check(policies, seeds)
    luck = list(seeds)
    jobs = [(name, seed) for name in policies for seed in luck]
    work = [(policies[name], seed) for name, seed in jobs]
    done: dict[int, dict[str, Any]] = {}
    try:
        for place, result in work_through(partial(_outcome, given), work, executor):
            if isinstance(result, Failed):
                name, seed = jobs[place]
                message = f"{given.id}: policy {name!r}, seed {seed}: {result.reason}"
                raise EnsembleError(message, _table(jobs, done)) from result.error
            done[place] = result
    except KeyboardInterrupt:
        message = f"{given.id}: stopped after {len(done)} of {len(jobs)} runs"
        raise EnsembleStopped(message, _table(jobs, done)) from None
    return _table(jobs, done)


def _check(policies: object, seeds: object) -> None:
    if not isinstance(policies, Mapping):
        example = "{'usual': None, 'mine': my_policy}"
        raise ActionError(f"policies = {policies!r}: must be a table by name, such as {example}")
    for name, policy in policies.items():
        if policy is not None and not callable(policy):
            raise ActionError(f"policy {name!r} = {policy!r}: {A_POLICY}")
    if not isinstance(seeds, Iterable):
        raise ActionError(f"seeds = {seeds!r}: must be several, such as range(20)")


def _table(jobs: list[tuple[str, int]], done: Mapping[int, Mapping[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for place in sorted(done):
        name, seed = jobs[place]
        rows.append({"policy": name, "seed": seed} | done[place])
    return pd.DataFrame(rows)


def references(scenario: str | Path | Scenario) -> dict[str, Policy]:
    """Return the reference policies that a scenario declares, by name.

    Returns
    -------
    dict
        Policies by name; each takes the view and returns an action.

    Examples
    --------
    >>> list(references("buick-market"))
    ['neglect', 'balanced', 'delight', 'overspend']
    """
    case = load(scenario)
    decide = part_of(case.world, "model").reference
    return {policy.id: partial(decide, case, policy) for policy in case.policies}


def _outcome(scenario: Scenario, policy: Policy | None, seed: int) -> dict[str, Any]:
    return outcome(valued(scenario, policy, seed))


def outcome(run: Run) -> dict[str, Any]:
    """Return the end of a visit or a desk, or a market's value, totals and last values.

    The ``value`` of a market has two parts, see :attr:`Run.value`: ``value_played`` and
    ``value_at_end``.

    Parameters
    ----------
    run
        The run of any world.

    Returns
    -------
    dict
        By name; which names depends on the world (see its ``outcome``).

    Examples
    --------
    >>> sorted(outcome(valued("buick", seed=1)))
    ['buys', 'earned', 'minutes', 'satisfaction', 'worth']
    """
    found: dict[str, Any] = part_of(run.scenario.world, "model").outcome(
        run.scenario, run.view, run.series
    )
    if isinstance(run.scenario, MarketScenario):
        played, worth = run.value
        return {"value": run.value.total, "value_played": played, "value_at_end": worth} | found
    return found
