"""Values of a student's own run, as words can name them: ``{profit_change}``, ``{lowest_moment}``.

A closed set. Of a market: for each of ``VALUE_COLUMNS`` its mean over the first and over the last
quarter (``_first``, ``_last``), how much the last lies above the first (``_change``), its lowest
and highest week (``_low``, ``_high``) and which weeks those are (``_low_week``, ``_high_week``).
Of a visit: ``customer``, ``satisfaction``, ``minutes``, ``lowest_moment``, ``highest_moment``.
Of a desk: ``hung_up``, ``worst_hour`` (by the clock), ``idle_hours``, ``response_hours``,
``resolution_hours``, ``before_sunset`` (per cent), ``said_nothing`` (customers with a problem),
``complained``, ``recorded`` and ``fed_back`` (complaints at three places of the chain).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.numbers import number
from crmsim.common.words import LANGUAGES, words
from crmsim.model.desk.case_table import chain
from crmsim.model.market.log import BY_NAME, NODES
from crmsim.runs.run import Run

VALUE_COLUMNS = (
    *NODES, "reputation", "customers", "complaints", "expectation", "work_pressure", "cash",
)  # fmt: skip
STATISTICS: dict[str, Callable[[np.ndarray], float]] = {
    "first": lambda weeks: float(np.mean(weeks[:WEEKS_QUARTER])),
    "last": lambda weeks: float(np.mean(weeks[-WEEKS_QUARTER:])),
    "change": lambda weeks: float(np.mean(weeks[-WEEKS_QUARTER:]) - np.mean(weeks[:WEEKS_QUARTER])),
    "low": lambda weeks: float(np.min(weeks)),
    "high": lambda weeks: float(np.max(weeks)),
    "low_week": lambda weeks: int(np.argmin(weeks)) + 1,
    "high_week": lambda weeks: int(np.argmax(weeks)) + 1,
}
VISIT = ("customer", "satisfaction", "minutes", "lowest_moment", "highest_moment")
DESK = (
    "hung_up", "worst_hour", "idle_hours", "response_hours", "resolution_hours", "before_sunset",
    "said_nothing", "complained", "recorded", "fed_back",
)  # fmt: skip
NAMES = (
    frozenset(VISIT)
    | frozenset(DESK)
    | {f"{column}_{name}" for column in VALUE_COLUMNS for name in STATISTICS}
)
"""Every name that a counter-example may use."""


def values_of_run(run: Any) -> dict[str, dict[str, str]]:
    """Return what a run fills the places with, by language.

    In place of a run stands the play it was made in; one not played to its end fills nothing.

    Returns
    -------
    dict of dict
        Texts by the name of the place, for each language; empty where nothing can be said.

    Examples
    --------
    >>> from crmsim.runs.run import simulate
    >>> values_of_run(simulate("buick", seed=1))["en"]["satisfaction"]
    '3.3'
    """
    if not getattr(run, "finished", True):
        return {lang: {} for lang in LANGUAGES}
    run = getattr(run, "run", run)
    if "abandoned" in run.series:
        return {lang: _desk(run) for lang in LANGUAGES}
    if run.series:
        return {lang: _market(run, lang) for lang in LANGUAGES}
    if hasattr(run.view, "journey"):
        return {lang: _visit(run, lang) for lang in LANGUAGES}
    return {lang: {} for lang in LANGUAGES}


def _market(run: Run, lang: str) -> dict[str, str]:
    told = {}
    for column in set(VALUE_COLUMNS) & run.series.keys():
        weeks = run.series[column]
        if len(weeks):
            for name, statistic in STATISTICS.items():
                value = statistic(weeks)
                amount = BY_NAME[column].money and not name.endswith("week")
                told[f"{column}_{name}"] = _money(value, lang) if amount else _said(value)
    return told


def _desk(run: Run) -> dict[str, str]:
    log, came = run.series, run.view.outcome
    idle = np.maximum(60 * log["agents"] - log["agent_min"], 0).sum() / 60
    put, recorded, *_, fed = chain(run.view.cases)
    told = {
        "hung_up": log["abandoned"].sum(),
        "worst_hour": int(log["hour"][log["abandoned"].argmax()]),
        "idle_hours": round(float(idle)),
        "response_hours": came["response_h"],
        "resolution_hours": came["resolution_h"],
        "before_sunset": 100 * came["before_sunset"],
        "said_nothing": len(run.view.cases) - put,
        "complained": put,
        "recorded": recorded,
        "fed_back": fed,
    }
    return {name: _said(value) for name, value in told.items() if not np.isnan(value)}


def _visit(run: Run, lang: str) -> dict[str, str]:
    view, case = run.view, run.scenario
    persona = next((each for each in case.personas if each.id == view.persona), None)
    moments = {step.touchpoint: step.emotion for step in view.journey}

    def title(place: str) -> str:
        return str(case.touchpoint(place).title[lang])

    told = {"satisfaction": _said(view.satisfaction), "minutes": _said(round(view.minutes))}
    if persona is not None:
        told["customer"] = persona.name[lang]
    if moments:
        told["lowest_moment"] = title(min(moments, key=moments.__getitem__))
        told["highest_moment"] = title(max(moments, key=moments.__getitem__))
    return told


def _said(value: float) -> str:
    """Write a value with as many digits as its size deserves."""
    size = abs(value)
    return number(value, 0 if isinstance(value, int) or size >= 100 else 1 if size >= 1 else 2)


def _money(amount: float, lang: str) -> str:
    """Write an amount without its currency, a large one in the large unit of the language."""
    t = words(lang)
    scale = int(t("play.money.scale"))
    if abs(amount) < scale:
        return _said(float(round(amount, -1)))
    return t("play.money.scaled", amount=_said(round(amount / scale, 1)))
