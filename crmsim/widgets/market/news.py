"""Decisions and events of a quarter in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.numbers import money, number
from crmsim.common.words import Translate
from crmsim.course.sessions.market_runs import RunCache
from crmsim.course.sessions.predictions import in_quarter
from crmsim.model.market.log import column
from crmsim.model.market.trouble import drawn_shocks
from crmsim.runs.run import Run
from crmsim.scenario.effects import Effect
from crmsim.scenario.market import Lever, MarketScenario
from crmsim.scenario.policy_cards import PolicyCard, policy_cards

NewsItem = dict[str, str]

STRAIN = 1.05
"""Work pressure from which on it is told."""

FELT_EXPECTATION = 0.01
WORTH_TELLING = 0.02
"""Share of the staff that quits in a quarter, from which on it is told."""


def level(lever: Lever, value: float, t: Translate) -> str:
    """Say a lever's value: yes or no, a number, or per cent of what is usual."""
    if (lever.low, lever.high, lever.step) == (0, 1, 1):
        return t("market.lever.on" if value else "market.lever.off")
    if lever.high > 5:
        return number(value, 0 if lever.step >= 1 else 1)
    return t("play.loop.level", level=number(100 * value)).replace(" ", "\N{NO-BREAK SPACE}")


def lever_path(lever: Lever, values: Sequence[float], t: Translate, lang: str) -> str:
    """Say the values that a lever went through, in order."""
    path = " → ".join(level(lever, value, t) for value in values)
    return t("market.foresee.path", lever=lever.title[lang], path=path)


def title_of(name: str, scenario: MarketScenario) -> str:
    """Return the title of a lever, a card or a policy card."""
    named = (*scenario.levers, *scenario.cards, *policy_cards().values())
    return next(each.title[scenario.lang] for each in named if each.id == name)


def decided(
    runs: RunCache,
    actions: Sequence[Mapping[str, Any]],
    quarter: int,
    t: Translate,
    scenario: MarketScenario,
) -> list[tuple[str, str]]:
    """List the decisions of a quarter: the name of each, and what was decided."""
    before = runs.run(actions[:quarter]).view
    levers = {lever.id: lever for lever in scenario.levers}
    cards = {card.id: card for card in scenario.cards}
    told = []
    for name, value in actions[quarter].items():
        title = title_of(name, scenario)
        if name in levers:
            said = lever_path(levers[name], [before.decision[name], value], t, scenario.lang)
        elif name in cards:
            does = cards[name].option(value).does[scenario.lang]
            said = t("market.foresee.path", lever=title, path=does)
        else:
            word = t(f"market.policy.{'introduce' if value else 'withdraw'}")
            said = t("market.foresee.path", lever=word, path=title)
        told.append((name, said))
    return told


def card_effect_price(effect: Effect, currency: str, t: Translate) -> str:
    """Say in words what something costs."""
    costs = {
        "gain": max(-effect.cost, 0.0),
        "once": max(effect.cost, 0.0),
        "gain_week": max(-effect.cost_week, 0.0),
        "week": max(effect.cost_week, 0.0),
        "visit": effect.cost_visit,
        "complaint": effect.cost_complaint,
    }
    said = [
        t(f"market.card.{per}", amount=money(cost, currency, t))
        for per, cost in costs.items()
        if cost
    ]
    return " · ".join(said) or t("market.card.free")


def weekly_price(policy: PolicyCard, run: Run, t: Translate) -> str:
    """Say what a policy card costs a week as the firm goes now, beside the levers that it moves."""
    effect, weeks = policy.priced(run.scenario.numbers), slice(-WEEKS_QUARTER, None)
    visits, complaints = (
        float(run.series[name][weeks].mean()) for name in ("visits", "complaints")
    )
    cost = effect.cost_week + effect.cost_visit * visits + effect.cost_complaint * complaints
    if round(cost):
        return t("market.policy.price", amount=money(cost, run.scenario.currency, t))
    moves = any(shift.of.startswith("levers.") for shift in policy.shifts)
    return t("market.policy.lever" if moves else "market.card.free")


def change_text(measure: str, amount: float, currency: str, t: Translate) -> str:
    """Write a change of a measure with its sign: money, or points of reputation."""
    said = amount_text(measure, amount, currency, t)
    return (
        said if said.startswith("−") or not any(map(str.isdigit, said.strip("0.,"))) else f"+{said}"
    )


def amount_text(measure: str, amount: float, currency: str, t: Translate) -> str:
    """Write an amount of a measure: money, points of reputation, or people."""
    if measure == "profit":
        return money(amount, currency, t)
    return number(amount, 3 if measure == "reputation" else 0)


def news(
    run: Run, base: Run, quarter: int, t: Translate, scenario: MarketScenario, base_word: str
) -> list[NewsItem]:
    """List what happened in a quarter that has passed, the weightiest first."""
    return [
        *_closing(run, base, quarter, t),
        _profit(run, base, quarter, t, base_word),
        *_strain(run, quarter, t),
        *_failures(run, quarter, scenario, t),
        _people(run, quarter, t),
        *_staff(run, quarter, t),
        *_expectation(run, quarter, t),
    ]


def _weeks(quarter: int) -> slice:
    return slice(quarter * WEEKS_QUARTER, (quarter + 1) * WEEKS_QUARTER)


def _sum(run: Run, column: str, quarter: int) -> float:
    return float(run.series[column][_weeks(quarter)].sum())


def _mean(run: Run, column: str, quarter: int) -> float:
    return float(run.series[column][_weeks(quarter)].mean())


def news_line(text: str, tone: str = "") -> NewsItem:
    """Return a line of the news; its tone is good, bad or neither."""
    return {"text": text.replace("−", "−\N{WORD JOINER}"), "tone": tone}


def shocks(scenario: MarketScenario, quarter: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Yield title and text of each shock from outside that comes in a quarter with this seed."""
    for shock, comes in drawn_shocks(scenario.shocks, seed):
        if comes == quarter:
            yield shock.title[scenario.lang], shock.about[scenario.lang]


def _profit(run: Run, base: Run, quarter: int, t: Translate, base_word: str) -> NewsItem:
    now, usual = (_sum(each, "profit", quarter) for each in (run, base))
    amount, other = (money(each, run.scenario.currency, t) for each in (now, usual))
    said = t("market.news.profit", amount=amount, base=t(f"market.dials.{base_word}"), usual=other)
    direction = in_quarter(run, base, quarter, "profit").direction
    return news_line(said, {"higher": "good", "lower": "bad"}.get(direction, ""))


def _closing(run: Run, base: Run, quarter: int, t: Translate) -> Iterator[NewsItem]:
    """Say that the bank has closed the firm, or would have closed it as it was."""
    cash = run.scenario.cash
    if cash is None:
        return
    mine, usual = (_closed_in(each, cash.limit, quarter) for each in (run, base))
    if mine is not None:
        yield news_line(t("market.news.closed", week=number(mine + 1)), "bad")
    elif usual is not None:
        yield news_line(t("market.news.closed_usual"))


def _closed_in(run: Run, limit: float, quarter: int) -> int | None:
    """Return the week (from 0) of a quarter in which the cash falls below the limit, if it does."""
    weeks = _weeks(quarter)
    below = run.series["cash"] < limit
    first = int(np.argmax(below))
    return first if below.any() and weeks.start <= first < weeks.stop else None


def _people(run: Run, quarter: int, t: Translate) -> NewsItem:
    joined, left = (_sum(run, column, quarter) for column in ("joined", "left"))
    said = t("market.news.people", joined=number(joined), left=number(left))
    return news_line(said, "good" if joined > left else "bad")


def _failures(run: Run, quarter: int, scenario: MarketScenario, t: Translate) -> Iterator[NewsItem]:
    counts = {mode.id: _sum(run, column(mode.id), quarter) for mode in scenario.failures}
    titles = {failure.id: failure.title[scenario.lang] for failure in scenario.failures}
    most = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    listed = [
        t("market.news.failure", what=titles[name], count=number(counts[name])) for name in most[:3]
    ]
    if listed:
        yield news_line(t("market.news.failures", list=t("market.news.comma").join(listed)), "bad")


def _strain(run: Run, quarter: int, t: Translate) -> Iterator[NewsItem]:
    pressure = _mean(run, "work_pressure", quarter)
    if pressure > STRAIN:
        said = number(100 * (pressure - 1))
        yield news_line(t("market.news.pressure", percent=said), "bad")


def _staff(run: Run, quarter: int, t: Translate) -> Iterator[NewsItem]:
    quits, staff, rookies = (
        _sum(run, "quits", quarter),
        _mean(run, "staff", quarter),
        _mean(run, "rookies", quarter),
    )
    usual = float(run.series["quits"][:WEEKS_QUARTER].sum())
    if quits >= 1 and quits > usual + WORTH_TELLING * staff:
        said = {"quits": number(quits), "staff": number(staff), "rookies": number(rookies)}
        yield news_line(t("market.news.quits", **said), "bad")


def _expectation(run: Run, quarter: int, t: Translate) -> Iterator[NewsItem]:
    if not quarter:
        return
    change = _mean(run, "expectation", quarter) - _mean(run, "expectation", quarter - 1)
    if abs(change) > FELT_EXPECTATION:
        yield news_line(t(f"market.news.expect_{'more' if change > 0 else 'less'}"))
