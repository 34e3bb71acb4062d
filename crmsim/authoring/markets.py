"""A bot that runs a market: as it is, by its policies, each lever at both ends, and at random."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from crmsim.authoring.tables import laid_out, spread
from crmsim.ensembles import outcome, references
from crmsim.run import Policy, simulate
from crmsim.scenario.market import Lever, MarketScenario

if TYPE_CHECKING:
    import pandas as pd

Words = Callable[..., str]
_RANDOM = 8
_OF_A_VISIT = ("adoption",)
"""Levers that do nothing before a visit has shown a way of serving."""

_COLUMNS = ("value", "evaluation", "reputation", "customers", "attitude")
_SAME = {"value": 0.002, "evaluation": 0.003}
"""Relative differences too small to tell."""


def review(
    case: MarketScenario, t: Words, progress: Callable[[Iterable[Any], str], Iterable[Any]]
) -> Iterator[str]:
    """What came of a market under everything a manager might do with it."""
    import pandas as pd

    policies = _policies(case)
    rows = [
        {"policy": name} | outcome(simulate(case, policy))
        for name, policy in progress(list(policies.items()), t("author.lint.walking"))
    ]
    table = pd.DataFrame(rows)
    yield ""
    yield t("author.lint.ran", count=len(table))
    yield from laid_out(_outcomes(case, table, t))
    yield ""
    series = simulate(case).series
    week = {name: float(series[name].mean()) for name in ("visits", "sales", "staff", "profit")}
    yield t("author.lint.week", currency=case.currency, **week)
    if week["profit"] < 0:
        yield t("author.lint.loss")
    found = list(_levers(case, table, t))
    yield from found or [t("author.lint.balanced")]


def _policies(case: MarketScenario) -> dict[str, Policy | None]:
    ends = {
        f"{lever.id}={value:g}": partial(_once, {lever.id: value})
        for lever in case.levers
        for value in (lever.low, lever.high)
    }
    pick = np.random.default_rng(0)
    chance = {f"?{number}": partial(_once, _any(case.levers, pick)) for number in range(_RANDOM)}
    return {"": None} | references(case) | ends | (chance if case.levers else {})


def _once(levers: Mapping[str, float], seen: Any) -> Mapping[str, float]:
    return levers if seen.place == 0 else {}


def _any(levers: tuple[Lever, ...], pick: np.random.Generator) -> dict[str, float]:
    return {lever.id: float(pick.uniform(lever.low, lever.high)) for lever in levers}


def _outcomes(case: MarketScenario, table: pd.DataFrame, t: Words) -> Iterator[list[str]]:
    units = {"value": f" ({case.currency})", "evaluation": " (1–5)"}
    yield ["", *(t(f"author.lint.column.{name}") + units.get(name, "") for name in _COLUMNS)]
    names = {"": t("author.lint.column.usual")} | {p.id: p.title[case.lang] for p in case.policies}
    for _, row in table[table.policy.isin(list(names))].iterrows():
        yield [f"  {names[row.policy]}", *(_number(row[name]) for name in _COLUMNS)]
    chance = table[table.policy.str.startswith("?")]
    if len(chance):
        title = t("author.lint.column.random")
        yield [f"  {title}", *(spread(chance[name]) for name in _COLUMNS)]


def _number(value: float) -> str:
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return text.replace("-", "−")


def _levers(case: MarketScenario, table: pd.DataFrame, t: Words) -> Iterator[str]:
    """Levers that do nothing, and those with a setting that is best for everybody."""
    by_name = table.set_index("policy")
    for lever in case.levers:
        if lever.id in _OF_A_VISIT:
            continue
        settings = {lever.start: by_name.loc[""]} | {
            value: by_name.loc[f"{lever.id}={value:g}"] for value in (lever.low, lever.high)
        }
        gains = {name: [float(row[name]) for row in settings.values()] for name in _SAME}
        apart = {
            name: (max(found) - min(found)) / max(abs(found[0]), 1e-9) > _SAME[name]
            for name, found in gains.items()
        }
        best = {list(settings)[int(np.argmax(found))] for found in gains.values()}
        if not any(apart.values()):
            yield t("author.lint.idle", name=lever.id)
        elif all(apart.values()) and len(best) == 1 and best <= {lever.low, lever.high}:
            yield t("author.lint.lever_best", name=lever.id, value=best.pop())
