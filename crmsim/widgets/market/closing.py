"""The end: the whole course, what each decision did, what was foreseen, and once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from crmsim.common import palette
from crmsim.common.numbers import exact, in_currency, money, number, scaled
from crmsim.common.words import Translate
from crmsim.course.sessions import predictions
from crmsim.course.sessions.market import Attempt, MarketSession
from crmsim.course.sessions.predictions import DIRECTIONS, GUESSED, MEASURES
from crmsim.model.market.decisions import MarketAction
from crmsim.runs.run import Run
from crmsim.scenario.policy_cards import policy_cards
from crmsim.widgets.drawings import charts
from crmsim.widgets.drawings.loop import signed
from crmsim.widgets.market import news
from crmsim.widgets.market.deciding import TONES
from crmsim.widgets.rendering import Context

DIGITS = {"profit": 0, "reputation": 3, "customers": 0}
"""Digits after the point with which a difference is shown."""

ROWS = 8
"""Decisions on one page."""


def end(session: MarketSession, t: Translate) -> Context:
    """Return the finding on the left, and the open tab on the right."""
    tabs = [
        {"id": tab, "text": t(f"market.tab.{tab}"), "on": tab == session.tab, "open": False}
        for tab in session.tabs
    ]
    content = {"runs": _runs, "decisions": _decisions, "foresight": _foresight}[session.tab]
    return _closing(session, t) | {"tabs": tabs, "tab": session.tab} | content(session, t)


def _closing(session: MarketSession, t: Translate) -> Context:
    run, usual = session.run_so_far, session.runs.usual(session.runs.quarters)
    gained = float(run.series["profit"].sum() - usual.series["profit"].sum())
    key = "more" if gained >= 0.5 else "less" if gained <= -0.5 else "equal"
    amount = money(abs(gained), session.scenario().currency, t)
    mine, base = ({m: predictions.total(each, m) for m in MEASURES} for each in (run, usual))
    left = t(
        "market.end.left_behind",
        reputation=number(mine["reputation"], 2),
        reputation_change=signed(mine["reputation"] - base["reputation"], 2),
        customers=number(mine["customers"]),
        customers_change=signed(mine["customers"] - base["customers"], 0),
    )
    return {
        "heading": t("market.end.title", quarters=session.runs.quarters),
        "finding": t(f"market.end.{key}", amount=amount),
        "left_behind": left,
        "hypothesis": _hypothesis(session, t),
    }


def _hypothesis(session: MarketSession, t: Translate) -> Context | None:
    """Compare the expected effect of the change with what came of it."""
    attempt, before = session.attempt, session.earlier
    if before is None:
        return None
    run, base = session.run_so_far, session.runs.run(before.actions)
    change = news.title_of(attempt.change, session.scenario())
    lines = []
    for measure in MEASURES:
        guess, outcome = attempt.expects[measure], predictions.at_end(run, base, measure)
        said = t(
            "market.end.expected",
            measure=t(f"market.measure.{'total' if measure == 'profit' else measure}"),
            guess=t(f"market.way.{guess}"),
            came=t(f"market.way.{outcome.direction}"),
            change=news.change(measure, outcome.change, session.scenario().currency, t),
        )
        lines.append({"text": said, "tone": TONES[outcome.verdict(guess)]})
    tried = any(
        mine.get(attempt.change) != theirs.get(attempt.change)
        for mine, theirs in zip(attempt.actions, before.actions, strict=True)
    )
    return {
        "title": t("market.end.hypothesis", change=change, quarter=attempt.first + 1),
        "lines": lines,
        "untried": "" if tried else t("market.end.not_changed", change=change),
    }


# --- how it went -------------------------------------------------------------------------------


def _runs(session: MarketSession, t: Translate) -> Context:
    runs, quarters = session.runs, session.runs.quarters
    lines = [("unchanged", "base", runs.usual(quarters), palette.BASE, 2, "")]
    if session.history:
        lines.append(("history", "then", runs.run(session.history), palette.HISTORY, 2, "6 4"))
    if session.earlier:
        earlier = runs.run(session.earlier.actions)
        lines.append(("earlier", "before", earlier, palette.MUTED, 2, "2 4"))
    lines.append(("mine", "mine", session.run_so_far, palette.RUN, 3.5, ""))
    mark = session.attempt.first + 1 if session.earlier else 0
    return {
        "legend": [{"look": look, "text": t(f"market.dials.{word}")} for word, look, *_ in lines],
        "boxes": [_overlay(measure, lines, mark, t) for measure in MEASURES],
    }


def _overlay(measure: str, lines: list[tuple[Any, ...]], mark: int, t: Translate) -> Context:
    curves, usual = [], lines[0][2]
    for _, _, run, colour, width, dash in lines:
        values = _gathered(run, usual, measure)
        curves.append(charts.ChartLine(values, colour, width, dash))
    axis = partial(scaled, t=t) if measure != "reputation" else partial(number, digits=2)
    title = t("market.end.money" if measure == "profit" else f"market.measure.{measure}")
    ends = [
        f"{t(f'market.dials.{line[0]}')} {axis(curve.values[-1])}"
        for line, curve in zip(lines, curves, strict=True)
    ]
    name = f"{title}: {'; '.join(ends)}"
    quarters = len(curves[0].values)
    return {"label": title, "picture": charts.chart(curves, name, quarters, axis, (288, 290), mark)}


def _gathered(run: Run, usual: Run, measure: str) -> list[float]:
    """Return a stock by quarter, or cumulative profit less that of the usual run."""
    values = predictions.by_quarter(run, measure)
    if measure != "profit":
        return values
    return np.cumsum(np.subtract(values, predictions.by_quarter(usual, measure))).tolist()


# --- what each decision did --------------------------------------------------------------------


def without(actions: Sequence[MarketAction]) -> Iterator[tuple[int, str, list[MarketAction]]]:
    """Yield each decision of an attempt: its quarter, its name, and the actions without it."""
    for quarter, action in enumerate(actions):
        for name in action:
            left = {key: value for key, value in action.items() if key != name}
            yield quarter, name, [*actions[:quarter], left, *actions[quarter + 1 :]]


def pieces(session: MarketSession) -> Iterator[None]:
    """Yield after each quarter's work of finding what each decision did."""
    for _, _, actions in without(session.attempt.actions):
        for quarters in range(1, len(actions) + 1):
            session.runs.run(actions[:quarters])
            yield


def _decisions(session: MarketSession, t: Translate) -> Context:
    scenario, run, actions = session.scenario(), session.run_so_far, session.attempt.actions
    rows = []
    for quarter, name, others in without(actions):
        told = dict(news.decided(session.runs, actions, quarter, t, scenario))
        cards = {card.id: card for card in scenario.cards}
        brief, usual = told[name], ""
        if name in cards:
            if actions[quarter][name] == cards[name].usual:
                continue
            brief = cards[name].option(actions[quarter][name]).does[session.lang]
            usual = cards[name].option(cards[name].usual).does[session.lang]
        rows.append(
            {
                "quarter": quarter + 1,
                "what": told[name],
                "brief": brief,
                "usual": t("market.end.usual_instead", usual=usual) if usual else "",
                "gains": [_gain(run, session.runs.run(others), measure) for measure in MEASURES],
            }
        )
    together = [_gain(run, session.runs.usual(len(actions)), measure) for measure in MEASURES]
    rest = [
        round(whole - sum(row["gains"][at] for row in rows), 3) for at, whole in enumerate(together)
    ]
    first = session.page * ROWS
    total = t("market.end.total", unit=in_currency("", scenario.currency, t).strip())
    return {
        "rows": [row | {"gains": _said(row["gains"])} for row in rows[first : first + ROWS]],
        "sums": [
            {"id": name, "name": t(f"market.end.{name}"), "gains": _said(gains)}
            for name, gains in (("rest", rest), ("together", together))
        ],
        "measures": [total, *(t(f"market.measure.{m}") for m in MEASURES[1:])],
        "page": session.page,
        "pages": -(-len(rows) // ROWS),
    }


def _gain(run: Run, other: Run, measure: str) -> float:
    """Return a difference as it is shown, so that what is shown adds up."""
    gain = predictions.total(run, measure) - predictions.total(other, measure)
    return round(gain, DIGITS[measure])


def _said(gains: Sequence[float]) -> list[Context]:
    """Write a row of differences, each with its sign and its tone."""
    said = [signed(gain, DIGITS[m]) for gain, m in zip(gains, MEASURES, strict=True)]
    tones = {"+": "good", "−": "bad"}
    return [{"text": each, "tone": tones.get(each[0], "")} for each in said]


# --- what was foreseen -------------------------------------------------------------------------


def _foresight(session: MarketSession, t: Translate) -> Context:
    return {"strips": [_strip(session, measure, t) for measure in GUESSED]}


def _strip(session: MarketSession, measure: str, t: Translate) -> Context:
    run, base = session.run_so_far, session.runs.usual(session.runs.quarters)
    marks, found = [], Counter[str]()
    for quarter, guesses in enumerate(session.attempt.guesses):
        if measure not in guesses:
            continue
        outcome = predictions.in_quarter(run, base, quarter, measure)
        verdict = outcome.verdict(guesses[measure])
        found[verdict] += 1
        marks.append(
            {
                "verdict": verdict,
                "sign": {"right": "✓", "side": "½", "hopeful": "▲", "gloomy": "▼"}[verdict],
                "name": t(
                    "market.end.strip",
                    quarter=quarter + 1,
                    guess=t(f"market.way.{guesses[measure]}"),
                    came=t(f"market.way.{outcome.direction}"),
                ),
                "quarter": quarter + 1,
            }
        )
    points = found["right"] + found["side"] / 2
    lean = "right"
    if points * 2 < len(marks):
        lean = "hopeful" if found["hopeful"] >= found["gloomy"] else "gloomy"
    label = t(f"market.measure.{measure}")
    count = t("market.end.count", measure=label, points=exact(points), all=len(marks))
    return {
        "marks": marks,
        "count": count,
        "lean": t("market.end.lean", **{each: found[each] for each in TONES}),
        "learn": t(f"market.end.learn.{measure}.{lean}"),
    }


# --- once more, for a reason -------------------------------------------------------------------


def again(session: MarketSession, t: Translate) -> Context:
    """Return the hypothesis that another attempt begins with."""
    plan = session.plan or Attempt()
    scenario = session.scenario()
    ids = session.changeable(plan.first)
    groups = {
        "levers": [lever.id for lever in scenario.levers],
        "cards": [card.id for card in scenario.cards],
        "policies": list(policy_cards()),
    }
    complete = bool(plan.change) and len(plan.expects) == len(MEASURES)
    return _closing(session, t) | {
        "quarter": plan.first,
        "groups": [
            {
                "label": t(f"market.again.group.{group}"),
                "options": [
                    {
                        "id": name,
                        "text": news.title_of(name, scenario),
                        "on": name == plan.change,
                    }
                    for name in names
                    if name in ids
                ],
            }
            for group, names in groups.items()
            if set(names) & set(ids)
        ],
        "expectations": [_expectation(plan, measure, t) for measure in MEASURES],
        "complete": complete,
        "go": t("market.again.go", quarter=plan.first + 1),
    }


def _expectation(plan: Attempt, measure: str, t: Translate) -> Context:
    return {
        "label": t(f"market.measure.{'total' if measure == 'profit' else measure}"),
        "options": [
            {
                "value": f"{measure}={way}",
                "text": t(f"market.way.{way}"),
                "on": plan.expects.get(measure) == way,
            }
            for way in DIRECTIONS
        ],
    }
