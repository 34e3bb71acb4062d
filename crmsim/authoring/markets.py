"""A bot that runs a market: as it is, by its policies, each lever at both ends, and at random."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from crmsim.authoring.leaders import MarketLeaders
from crmsim.authoring.tables import laid_out, spread
from crmsim.common.numbers import brief
from crmsim.common.words import Translate
from crmsim.model.chair import Policy
from crmsim.runs.compare import outcome, references
from crmsim.runs.run import instead, simulate, valued
from crmsim.scenario.cards import Card
from crmsim.scenario.market import MarketScenario

if TYPE_CHECKING:
    import pandas as pd

    from crmsim.model.market.market import MarketView
    from crmsim.runs.run import Run

Progress = Callable[[Iterable[Any], str], Iterable[Any]]
_RANDOM = 10
"""Leaders at random: enough for every option of a card, and for no answer."""
_LITTLE = {"value": 0.0, "evaluation": 0.003}
_SEEDS = 4
"""Over so much luck the options of a card are compared."""
_OF_A_VISIT = ("adoption",)
"""Levers that do nothing before a visit has shown a way of serving."""

_LEAST_PEOPLE = 1_000
"""In a smaller town chance wears the standard down, and its fixed cost is that of a whole firm."""

_COLUMNS = ("value", "evaluation", "reputation", "customers", "attitude")
_SAME = {"value": 0.002, "evaluation": 0.003}
"""Relative differences too small to tell."""


def review_market(
    case: MarketScenario, t: Translate, progress: Progress, _: int = 0
) -> Iterator[str]:
    """Say what became of a market under everything a manager might do with it."""
    import pandas as pd

    leaders = MarketLeaders(case)
    policies = _policies(case) | {f"?{number}": leaders.next() for number in range(_RANDOM)}
    rows = [
        {"policy": name} | outcome(valued(case, policy))
        for name, policy in progress(list(policies.items()), t("author.lint.walking"))
    ]
    table = pd.DataFrame(rows)
    yield ""
    yield t("author.lint.ran", count=len(table))
    yield from leaders.told(t)
    yield from laid_out(_outcomes(case, table, t))
    yield ""
    series = simulate(case).series
    week = {name: float(series[name].mean()) for name in ("visits", "sales", "staff", "profit")}
    yield t("author.lint.week", currency=case.currency, **week)
    if case.people < _LEAST_PEOPLE:
        yield t("author.lint.small_town", people=case.people, least=_LEAST_PEOPLE)
    if week["profit"] < 0:
        yield t("author.lint.loss")
    found = list(_levers(case, table, t))
    yield from found or [t("author.lint.balanced")]
    if case.cards:
        yield from _cards(case, t, progress)


def _policies(case: MarketScenario) -> dict[str, Policy | None]:
    ends = {
        f"{lever.id}={value:g}": partial(_once, {lever.id: value})
        for lever in case.levers
        for value in (lever.low, lever.high)
    }
    return {"": None} | references(case) | ends


def _once(levers: Mapping[str, float], seen: MarketView) -> Mapping[str, float]:
    """Set each lever when it opens, and leave it."""
    opening = {lever.id for lever in seen.on_offer if lever.opens == seen.quarter + 1}
    return {name: value for name, value in levers.items() if name in opening}


def _outcomes(case: MarketScenario, table: pd.DataFrame, t: Translate) -> Iterator[list[str]]:
    units = {"value": f" ({case.currency})", "evaluation": " (1–5)"}
    yield ["", *(t(f"author.lint.column.{name}") + units.get(name, "") for name in _COLUMNS)]
    names = {"": t("author.lint.column.usual")} | {p.id: p.title[case.lang] for p in case.policies}
    for _, row in table[table.policy.isin(list(names))].iterrows():
        yield [f"  {names[row.policy]}", *(brief(row[name]) for name in _COLUMNS)]
    chance = table[table.policy.str.startswith("?")]
    if len(chance):
        title = t("author.lint.column.random")
        yield [f"  {title}", *(spread(chance[name]) for name in _COLUMNS)]


def _levers(case: MarketScenario, table: pd.DataFrame, t: Translate) -> Iterator[str]:
    """Yield levers that do nothing, and those with a setting that is best for everybody."""
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


# -- decision cards ---------------------------------------------------------------------------


def _cards(case: MarketScenario, t: Translate, progress: Progress) -> Iterator[str]:
    """Yield the result of each option of each card, and cards that leave nothing to judge."""
    usual = [valued(case, seed=seed) for seed in range(_SEEDS)]
    gains = ("value", "evaluation")
    turns = [(card, option.id) for card in case.cards for option in card.options]
    table = {
        (card.id, option): _gained(usual, card, option, gains)
        for card, option in progress(turns, t("author.lint.comparing"))
    }
    yield ""
    yield t("author.lint.cards", count=_SEEDS)
    yield from laid_out(_options(case, table, gains, t))
    for card in case.cards:
        found = {option.id: table[card.id, option.id] for option in card.options}
        yield from _judged(card, found, t)


def _gained(
    usual: list[Run], card: Card, option: str, gains: tuple[str, ...]
) -> dict[str, list[float]]:
    """Return by how much the option changes each outcome, run by run."""
    policies = (instead(run, card.quarter - 1, {card.id: option}) for run in usual)
    changed = [
        outcome(valued(run.scenario, policy, run.seed))
        for run, policy in zip(usual, policies, strict=True)
    ]
    before = [outcome(run) for run in usual]
    return {
        name: [one[name] - other[name] for one, other in zip(changed, before, strict=True)]
        for name in gains
    }


def _options(
    case: MarketScenario, table: Mapping[Any, Mapping[str, list[float]]], gains: Any, t: Translate
) -> Iterator[list[str]]:
    units = {"value": f" ({case.currency})", "evaluation": " (1–5)"}
    yield ["", *(t(f"author.lint.column.{name}") + units[name] for name in gains)]
    for (card, option), gained in table.items():
        value, evaluation = (float(np.mean(gained[name])) for name in gains)
        yield [f"  {card}: {option}", _signed(value, ",.0f"), _signed(evaluation, ".4f")]


def _signed(value: float, form: str) -> str:
    return f"{value:+{form}}".replace("-", "−")


def _judged(
    card: Card, found: Mapping[str, Mapping[str, list[float]]], t: Translate
) -> Iterator[str]:
    """Yield a card whose options come to the same, or one of which is best on every seed."""
    if all(not any(gained["value"]) for gained in found.values()):
        yield t("author.lint.card_idle", card=card.id)
        return
    for option, gained in found.items():
        rivals = [other for name, other in found.items() if name != option]
        if rivals and all(_better(gained, rival) for rival in rivals):
            yield t("author.lint.card_best", card=card.id, option=option)


def _better(one: Mapping[str, list[float]], other: Mapping[str, list[float]]) -> bool:
    """Return True if it is better in all outcomes on every seed, by a clear margin."""
    return all(
        mine > theirs + _LITTLE[name]
        for name in one
        for mine, theirs in zip(one[name], other[name], strict=True)
    )
