"""Sensitivity: the parameters on which the conclusion "better service pays" depends.

The parameters of the Market are moved within their ranges, all of them: Morris's elementary
effects, or Sobol's indices where there is time. What is watched is the value (``Run.value``) that a
reference policy adds to doing nothing, in per cent of the sales of doing nothing.

References
----------
Morris 1991, Technometrics 33:161; Campolongo, Cariboni & Saltelli 2007, Environmental Modelling &
Software 22:1509; Sobol 2001, Mathematics and Computers in Simulation 55:271.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from crmsim.common.checks import is_whole
from crmsim.common.errors import ActionError, EnsembleError, EnsembleStopped
from crmsim.common.extras import needs
from crmsim.common.parallel import Failed, work_through
from crmsim.common.words import data_path
from crmsim.model.chair import Policy
from crmsim.runs.compare import references
from crmsim.runs.run import Run, simulate
from crmsim.scenario import DIMENSIONS, load
from crmsim.scenario.effects import EFFECT_PARTS as MARKET_PARTS
from crmsim.scenario.market import MarketScenario
from crmsim.scenario.parameters import Parameter, declared_parameters

if TYPE_CHECKING:
    import pandas as pd

Design = Literal["morris", "sobol"]

QUALITY = "quality"
"""In place of a policy: five hundredths more quality on every dimension, at no cost."""
_BETTER = {"quality": dict.fromkeys(DIMENSIONS, 0.05)}

VARIED_PARTS = tuple(part for part in MARKET_PARTS if part not in ("airline", "tiers"))
"""The parts of the table of parameters that are varied: those in force in every Market."""

WIDE = 100
"""A range whose ends differ by more than this factor is moved through by ratios."""

_LUMP = "_cost_week"
"""The ending of the names of costs of the whole firm, which shrink with the number of people."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The result of a sensitivity analysis.

    Attributes
    ----------
    table
        A parameter a row, the one that matters most first. Morris: ``mean_effect`` (signed),
        ``effect`` (its mean size) and ``spread`` (how far it depends on the others), in points of
        the outcome over the parameter's range. Sobol: ``alone`` and ``total``, shares of variance.
    outcomes
        The outcome at every point tried: what the policy adds, in per cent of usual sales.
    planned
        How many points there were to try.
    """

    table: pd.DataFrame
    outcomes: NDArray[np.float64]
    planned: int

    @property
    def share_positive(self) -> float:
        """The share of the points at which the policy pays."""
        return float((self.outcomes > 0).mean())


def sensitivity(
    scenario: str | Path | MarketScenario = "buick-market",
    policy: str = "balanced",
    method: Design = "morris",
    size: int = 8,
    seeds: Iterable[int] = (0,),
    people: int = 1000,
    executor: Executor | None = None,
) -> Sensitivity:
    """Move every parameter of a market, and compute what a policy is worth against doing nothing.

    A range published in a source is moved through from end to end; what is our own choice, or
    from memory, from half to twice its value and no further than its range.

    Parameters
    ----------
    scenario
        A market.
    policy
        The name of one of its reference policies, or ``"quality"``: five hundredths more quality
        on every dimension, at no cost.
    method
        ``"morris"``: ``size`` trajectories of one step a parameter; ``"sobol"``: ``size`` (a power
        of 2) base points, each with one more a parameter.
    size
        The number of trajectories or of base points, see ``method``.
    seeds
        The luck over which each point is averaged.
    people
        How many people stand for the market's.
    executor
        Any ``concurrent.futures.Executor``; None: this process.

    Raises
    ------
    ActionError
        If one of these can't be.
    EnsembleStopped
        If it is stopped (Ctrl-C) before there is an answer.
    EnsembleError
        If a point could not be simulated.

    Notes
    -----
    Stopped by Ctrl-C it reports on what is done, once that is a first trajectory.
    """
    given = load(scenario)
    if not isinstance(given, MarketScenario):
        raise ActionError(f"{given.id}: is not a market; only a market's parameters are moved")
    known = {QUALITY: None} | references(given)
    if policy not in known:
        raise ActionError(f"policy = {policy!r}: is not one of: {', '.join(known)}")
    _check(method, size, people)
    luck = tuple(seeds) if isinstance(seeds, Iterable) else ()
    if not luck:
        raise ActionError(f"seeds = {seeds!r}: must be some, such as range(20)")
    moved = ranges(given)
    problem = {"num_vars": len(moved), "names": list(moved), "bounds": [[0.0, 1.0]] * len(moved)}
    points = _points(problem, method, int(size))
    small = given.change(people=int(people), incident=None)
    pieces = [
        ({name: _at(share, *moved[name]) for name, share in zip(moved, point, strict=True)},)
        for point in points
    ]
    worth = partial(_worth, small, known[policy], luck, people / max(given.people, 1))
    outcomes = np.full(len(pieces), np.nan)
    try:
        for place, result in work_through(worth, pieces, executor):
            if isinstance(result, Failed):
                raise EnsembleError(f"{given.id}: point {place}: {result.reason}", _no_table())
            outcomes[place] = result["worth"]
    except KeyboardInterrupt:
        done, block = int(np.isfinite(outcomes).sum()), _block(problem, method)
        if not np.isfinite(outcomes[:block]).all():
            message = f"{given.id}: stopped after {done} points; a first answer takes {block}"
            raise EnsembleStopped(message, _no_table()) from None
    whole = _finished(outcomes, _block(problem, method))
    table = _analysed(problem, method, points[:whole], outcomes[:whole], moved)
    return Sensitivity(table, outcomes[:whole], len(points))


def _check(method: object, size: Any, people: object) -> None:
    if method not in ("morris", "sobol"):
        raise ActionError(f"method = {method!r}: must be 'morris' or 'sobol'")
    for name, value in (("size", size), ("people", people)):
        if not is_whole(value, 1):
            raise ActionError(f"{name} = {value!r}: must be a whole number from 1 up")
    if method == "sobol" and int(size).bit_count() != 1:
        raise ActionError(f"size = {size!r}: must be a power of 2 for Sobol's indices")


def ranges(scenario: MarketScenario) -> dict[str, tuple[float, float]]:
    """Return the range within which each parameter is moved.

    Returns
    -------
    dict
        Low and high by parameter, each in its own unit.

    Examples
    --------
    >>> found = ranges(load("buick-market"))
    >>> found["loss_aversion"], found["wage_week"]
    ((1.5, 2.5), (950.0, 3800.0))
    """
    values = vars(scenario.numbers)
    found = {}
    for name, parameter in declared_parameters().items():
        low, high = _range(parameter, values[name])
        if parameter.part in VARIED_PARTS and low < high:
            found[name] = (low, high)
    return found


def reference_sensitivity() -> tuple[pd.DataFrame, Mapping[str, Any]]:
    """Return the table computed for the course, and how it was computed.

    Returns
    -------
    table : DataFrame
        A row for each parameter.
    how : dict
        Method, size and seeds.

    Examples
    --------
    >>> table, how = reference_sensitivity()
    >>> "parameter" in table.columns, how["method"]
    (True, 'morris')
    """
    import pandas as pd

    table = pd.read_csv(data_path("reference", "sensitivity.csv"))
    how = tomllib.loads(data_path("reference", "sensitivity.toml").read_text("utf-8"))
    return table, how


def _range(parameter: Parameter, value: float) -> tuple[float, float]:
    if parameter.status in ("seen", "computed"):
        return parameter.low, parameter.high
    ends = sorted((value / 2, value * 2))
    return max(ends[0], parameter.low), min(ends[1], parameter.high)


def _at(share: float, low: float, high: float) -> float:
    """Return the value a share of the way from low to high."""
    by_ratio = low > 0 and high / low > WIDE
    value = low * (high / low) ** share if by_ratio else low + (high - low) * share
    return min(max(float(value), low), high)


def _worth(
    scenario: MarketScenario,
    policy: Policy | None,
    seeds: tuple[int, ...],
    size: float,
    parameters: Mapping[str, float],
) -> dict[str, float]:
    """Return what the policy adds to present value, in % of the usual sales, over some seeds."""
    values = vars(scenario.numbers) | dict(parameters)
    lumps = {
        name: size * values[name]
        for name, each in declared_parameters().items()
        if each.part in VARIED_PARTS and name.endswith(_LUMP)
    }
    moved = scenario.change(parameters=scenario.parameters | dict(parameters) | lumps)
    better = moved.change(style=_BETTER) if policy is None else moved
    added = sales = 0.0
    for seed in seeds:
        usual, run = simulate(moved, seed=seed), simulate(better, policy, seed)
        added += _value(run) - _value(usual)
        sales += float(usual.series["sales"].sum())
    return {"worth": 100 * added / sales if sales > 0 else 0.0}


def _points(problem: Mapping[str, Any], method: Design, size: int) -> NDArray[np.float64]:
    with needs("science"):
        from SALib.sample import morris, sobol
    if method == "morris":
        return morris.sample(problem, size, num_levels=4, seed=0)
    return sobol.sample(problem, size, calc_second_order=False, seed=0)


def _block(problem: Mapping[str, Any], method: Design) -> int:
    """Return how many points can only be analysed together."""
    return problem["num_vars"] + (1 if method == "morris" else 2)


def _finished(outcomes: NDArray[np.float64], block: int) -> int:
    """Return how many points, from the first on, make whole blocks that are done."""
    done = np.isfinite(outcomes).reshape(-1, block).all(axis=1)
    return block * int(done.cumprod().sum())


def _analysed(
    problem: Mapping[str, Any],
    method: Design,
    points: NDArray[np.float64],
    outcomes: NDArray[np.float64],
    moved: Mapping[str, tuple[float, float]],
) -> pd.DataFrame:
    import pandas as pd
    from SALib.analyze import morris, sobol

    if method == "morris":
        found = morris.analyze(problem, points, outcomes, num_levels=4, seed=0)
        effects = {"mean_effect": "mu", "effect": "mu_star", "spread": "sigma"}
        order = "effect"
    else:
        found = sobol.analyze(problem, outcomes, calc_second_order=False, seed=0)
        effects, order = {"alone": "S1", "total": "ST"}, "total"
    known = declared_parameters()
    rows = {
        "parameter": list(moved),
        "part": [known[name].part for name in moved],
        "status": [known[name].status for name in moved],
        "low": [low for low, _ in moved.values()],
        "high": [high for _, high in moved.values()],
    } | {name: np.asarray(found[key], dtype=float) for name, key in effects.items()}
    table = pd.DataFrame(rows)
    return table.sort_values(order, ascending=False, kind="stable").reset_index(drop=True)


def _no_table() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame()


def _value(run: Run) -> float:
    return run.value.total
