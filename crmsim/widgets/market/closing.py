"""The end: the whole course, what each decision did, what was foreseen, and once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from crmsim.common import palette
from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.numbers import exact, in_currency, number, percent, scaled
from crmsim.common.words import Translate
from crmsim.course.sessions import predictions
from crmsim.course.sessions.market import FirmAttempt, MarketSession
from crmsim.course.sessions.predictions import GUESSED, MEASURES
from crmsim.model.market.decisions import MarketAction
from crmsim.model.market.outcome import YEARS_ON, OutcomeValue
from crmsim.runs.arrivals import arrivals
from crmsim.runs.run import Run
from crmsim.scenario.policy_cards import policy_cards
from crmsim.widgets.directions import direction_options
from crmsim.widgets.drawings import charts, film, loop
from crmsim.widgets.drawings.loop import signed
from crmsim.widgets.drawings.town_film import customers_of, town_film, worst_flight
from crmsim.widgets.market import news
from crmsim.widgets.market.deciding import TONES
from crmsim.widgets.rendering import Context

DIGITS = {"profit": 0, "reputation": 3, "customers": 0}
"""Digits after the point with which a difference is shown."""

STOCKS = MEASURES[1:]

ROWS = 8
"""Decisions on one page."""


def end(session: MarketSession, t: Translate) -> Context:
    """Return the finding on the left, and the open tab on the right."""
    tabs = [
        {"id": tab, "text": t(f"market.tab.{tab}"), "on": tab == session.tab, "open": False}
        for tab in session.tabs
    ]
    content = {
        "film": _film,
        "town": _town,
        "runs": _runs,
        "decisions": _decisions,
        "foresight": _foresight,
    }[session.tab]
    return _closing(session, t) | {"tabs": tabs, "tab": session.tab} | content(session, t)


def _closing(session: MarketSession, t: Translate) -> Context:
    run, quarters = session.run_so_far, session.runs.quarters
    usual, currency = session.runs.usual(quarters), session.scenario().currency
    parts = _parts(session.runs.value(session.attempt.actions), _usual_value(session))
    gained = sum(parts)
    key = "more" if gained > 0 else "less" if gained < 0 else "equal"
    changed = {m: _gain(run.series[m][-1], usual.series[m][-1], m) for m in STOCKS}
    left = t(
        "market.end.left_behind",
        reputation=number(run.series["reputation"][-1], 2),
        reputation_change=signed(changed["reputation"], 2),
        customers=number(run.series["customers"][-1]),
        customers_change=signed(changed["customers"], 0),
    )
    names = (t("market.end.played", quarters=quarters), t("market.end.worth", years=YEARS_ON))
    rate = percent(session.scenario().numbers.discount_year)
    return {
        "heading": t("market.end.title", quarters=quarters),
        "finding": t(f"market.end.{key}", amount=_exactly(abs(gained), currency, t).lstrip("+")),
        "parts": [
            {
                "label": name,
                "text": _exactly(part, currency, t),
                "tone": "good" if part > 0 else "bad" if part < 0 else "",
            }
            for name, part in zip(names, parts, strict=True)
        ],
        "counted": t("market.end.counted", years=YEARS_ON, rate=rate),
        "left_behind": left,
        "hypothesis": _hypothesis(session, t),
    }


def _usual_value(session: MarketSession) -> OutcomeValue:
    return session.runs.value([{}] * session.runs.quarters)


def _parts(mine: OutcomeValue, other: OutcomeValue) -> tuple[int, int]:
    """Return the two parts of a difference in value, in whole units, so that they add up."""
    total = round(mine.total - other.total)
    played = round(mine.played - other.played)
    return played, total - played


def _exactly(amount: float, currency: str, t: Translate) -> str:
    """Write an amount with its sign and all its digits, so that amounts shown add up."""
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return sign + in_currency(number(abs(amount)), currency, t)


def _hypothesis(session: MarketSession, t: Translate) -> Context | None:
    """Compare the expected effect of the change with the result; one not tried has none."""
    attempt, before = session.attempt, session.earlier
    if before is None:
        return None
    change = news.title_of(attempt.change, session.scenario())
    title = t("market.end.hypothesis", change=change, quarter=attempt.first + 1)
    if all(
        now.get(attempt.change) == then.get(attempt.change)
        for now, then in zip(attempt.actions, before.actions, strict=True)
    ):
        line = t("market.end.not_changed", change=change)
        return {"title": title, "lines": [{"line": line, "tone": ""}]}
    run, base = session.run_so_far, session.runs.run(before.actions)
    mine, theirs = (session.runs.value(each.actions) for each in (attempt, before))
    values = (float(sum(_parts(mine, theirs))) + round(theirs.total), float(round(theirs.total)))
    lines = []
    for measure in MEASURES:
        guess, outcome = attempt.expects[measure], predictions.at_end(run, base, measure, values)
        said = t(
            "market.end.expected",
            measure=t(f"market.measure.{'value' if measure == 'profit' else measure}"),
            guess=t(f"market.way.{guess}"),
            came=t(f"market.way.{outcome.direction}"),
            change=news.change_text(measure, outcome.change, session.scenario().currency, t),
        )
        lines.append({"line": said, "tone": TONES[outcome.verdict(guess)]})
    return {"title": title, "lines": lines}


# --- the whole game as a film ------------------------------------------------------------------


def _film(session: MarketSession, t: Translate) -> Context:
    """Draw the loop with the film of the whole game, whose money is the profit that was played."""
    run, base = session.run_so_far, session.runs.usual(session.runs.quarters)
    played, currency = _gained(session), run.scenario.currency
    centre = (
        t("market.end.film_centre", quarters=session.runs.quarters),
        _exactly(round(played.sum()), currency, t),
        t("market.came.against"),
    )
    shown = film.whole(run, base, arrivals(run, base), played)
    fresh = f"game-{len(session.attempts)}"
    drawn = loop.loop(run, base, t, centre, fresh, film=shown, result=float(played.sum()))
    return {"ring": drawn}


def _town(session: MarketSession, t: Translate) -> Context:
    run, base = session.run_so_far, session.runs.usual(session.runs.quarters)
    fresh = f"town-{len(session.attempts)}"
    return {"ring": town_film(run, base, _gained(session), fresh, t)}


def _gained(session: MarketSession) -> NDArray[np.float64]:
    """Return what each week that was played adds to the value, against changing nothing."""
    quarters = [{}] * session.runs.quarters
    mine, usual = (session.runs.discounted(a) for a in (session.attempt.actions, quarters))
    return (mine - usual)[: len(session.run_so_far.series["week"])]


# --- how it went -------------------------------------------------------------------------------


def _runs(session: MarketSession, t: Translate) -> Context:
    quarters = session.runs.quarters
    lines = [("unchanged", "base", [{}] * quarters, palette.BASE, 2.0, "")]
    if session.history:
        lines.append(("history", "then", session.history, palette.HISTORY, 2.0, "6 4"))
    if session.earlier:
        lines.append(("earlier", "before", session.earlier.actions, palette.MUTED, 2.0, "2 4"))
    lines.append(("mine", "mine", session.attempt.actions, palette.RUN, 3.5, ""))
    return {
        "legend": [{"look": look, "text": t(f"market.dials.{word}")} for word, look, *_ in lines],
        "boxes": [_overlay(session, measure, lines, t) for measure in MEASURES],
    }


Line = tuple[str, str, Sequence[MarketAction], str, float, str]
"""A line of every box: its name, its looks in the legend, its run, colour, width and dash."""


def _overlay(session: MarketSession, measure: str, lines: Sequence[Line], t: Translate) -> Context:
    curves = [
        charts.ChartLine(_gathered(session, actions, measure), colour, width, dash)
        for _, _, actions, colour, width, dash in lines
    ]
    marks = [session.attempt.first + 1] if session.earlier else []
    if measure == "profit":
        marks.append(session.runs.quarters)
    axis = partial(scaled, t=t) if measure != "reputation" else partial(number, digits=2)
    title = t("market.end.money" if measure == "profit" else f"market.measure.{measure}")
    ends = [
        f"{t(f'market.dials.{line[0]}')} {axis(curve.values[-1])}"
        for line, curve in zip(lines, curves, strict=True)
    ]
    name = f"{title}: {'; '.join(ends)}"
    quarters = len(curves[0].values)
    size = (288, 290)
    return {"label": title, "picture": charts.chart(curves, name, quarters, axis, size, marks)}


def _gathered(session: MarketSession, actions: Sequence[MarketAction], measure: str) -> list[float]:
    """Return a stock by quarter, or what the value has gained on that of the untouched firm.

    The last quarters of the value are those of the years after the run.
    """
    if measure != "profit":
        return predictions.by_quarter(session.runs.run(actions), measure)
    mine, usual = (
        session.runs.discounted(each) for each in (actions, [{}] * session.runs.quarters)
    )
    return np.cumsum(mine - usual)[WEEKS_QUARTER - 1 :: WEEKS_QUARTER].tolist()


# --- what each decision did --------------------------------------------------------------------


def without(actions: Sequence[MarketAction]) -> Iterator[tuple[int, str, list[MarketAction]]]:
    """Yield each decision of an attempt: its quarter, its name, and the actions without it."""
    for quarter, action in enumerate(actions):
        for name in action:
            left = {key: value for key, value in action.items() if key != name}
            yield quarter, name, [*actions[:quarter], left, *actions[quarter + 1 :]]


def closing_values(session: MarketSession) -> Iterator[None]:
    """Yield after each value that the last screen begins with has been found."""
    attempts = [each.actions for each in (session.earlier, session.attempt) if each]
    for actions in ([{}] * session.runs.quarters, *attempts):
        session.runs.value(actions)
        yield


def townspeople(session: MarketSession) -> Iterator[None]:
    """Yield after it is found who lives in the town, with what was decided and without."""
    for run in (session.run_so_far, session.runs.usual(session.runs.quarters)):
        customers_of(run)
        yield
    worst_flight(session.run_so_far)
    yield


def pieces(session: MarketSession) -> Iterator[None]:
    """Yield after each run by which it is found what a decision did."""
    for _, _, actions in without(session.attempt.actions):
        for quarters in range(1, len(actions) + 1):
            session.runs.run(actions[:quarters])
            yield
        session.runs.value(actions)
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
                "gains": _gains(session, run, others),
            }
        )
    together = _gains(session, run, [{}] * len(actions))
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


def _gains(session: MarketSession, run: Run, others: Sequence[MarketAction]) -> list[float]:
    """Return the value gained on another run, then the stocks, as they are shown."""
    parts = _parts(session.runs.value(session.attempt.actions), session.runs.value(others))
    other = session.runs.run(others)
    stocks = (_gain(run.series[m][-1], other.series[m][-1], m) for m in STOCKS)
    return [float(sum(parts)), *stocks]


def _gain(now: float, other: float, measure: str) -> float:
    """Return a difference as it is shown, so that what is shown adds up."""
    return round(float(now - other), DIGITS[measure])


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
    plan = session.plan or FirmAttempt()
    scenario = session.scenario()
    ids = session.changeable(plan.first)
    groups = {
        "levers": [lever.id for lever in scenario.levers],
        "cards": [card.id for card in scenario.cards],
        "policies": list(policy_cards()),
    }
    complete = bool(plan.change) and len(plan.expects) == len(MEASURES)
    return _closing(session, t) | {
        "steps": [
            {"value": quarter, "text": quarter + 1, "on": quarter == plan.first}
            for quarter in range(session.runs.quarters)
        ],
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
        "rows": [_expectation(plan, measure, t) for measure in MEASURES],
        "complete": complete,
        "go": t("market.again.go", quarter=plan.first + 1),
    }


def _expectation(plan: FirmAttempt, measure: str, t: Translate) -> Context:
    return {
        "label": t(f"market.measure.{'value' if measure == 'profit' else measure}"),
        "asked": measure == next((each for each in MEASURES if each not in plan.expects), None),
        "options": direction_options(measure, plan.expects.get(measure), "market.way", t),
    }
