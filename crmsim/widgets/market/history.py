"""The strategy that is watched first: foreseen, replayed, and reckoned up."""

from __future__ import annotations

from functools import partial

import numpy as np

from crmsim.common import palette
from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.numbers import number, scaled
from crmsim.common.words import Translate
from crmsim.course.sessions import predictions
from crmsim.course.sessions.market import MarketSession
from crmsim.course.sessions.predictions import MEASURES, SHAPES
from crmsim.runs.butterfly import smooth
from crmsim.runs.run import Run
from crmsim.widgets.drawings import charts
from crmsim.widgets.market import news
from crmsim.widgets.rendering import Context

COURSES = {
    "rises": (0.1, 0.35, 0.65, 0.9),
    "rises-falls": (0.15, 0.75, 0.9, 0.6, 0.1),
    "level": (0.5, 0.55, 0.5, 0.48, 0.5),
    "falls-rises": (0.85, 0.25, 0.1, 0.4, 0.9),
    "falls": (0.9, 0.65, 0.35, 0.1),
}
"""The shapes as they are drawn on the buttons, from 0 to 1."""

LEVEL_SHARE = {"profit": 0.25, "reputation": 0.06, "customers": 0.06}
"""A course that moves by less than this share of its beginning stays level."""

TURNING = ("work_pressure", "evaluation", "reputation", "customers", "profit")


def foresee(session: MarketSession, t: Translate) -> Context:
    """Return the strategy, and the courses to choose from."""
    asked = next((name for name in MEASURES if name not in session.shapes), None)
    rows = [
        {
            "id": measure,
            "label": t(f"market.measure.{measure}"),
            "asked": measure == asked,
            "options": [
                {
                    "id": shape,
                    "text": t(f"market.shape.{shape}"),
                    "picture": charts.shape(COURSES[shape], ""),
                    "on": session.shapes.get(measure) == shape,
                }
                for shape in SHAPES
            ],
        }
        for measure in MEASURES
    ]
    return {
        "told": session.scenario().history,
        "did": _strategy(session, t),
        "rows": rows,
        "complete": asked is None,
    }


def _strategy(session: MarketSession, t: Translate) -> list[str]:
    """Each lever that is moved: where it began, how far it went, where it ended."""
    actions, scenario = session.history, session.scenario()
    told = []
    for lever in scenario.levers:
        values = [lever.start, *(action[lever.id] for action in actions if lever.id in action)]
        far = max(values, key=lambda value: abs(value - lever.start))
        path = [lever.start, far, *(values[-1:] if values[-1] != far else [])]
        if far != lever.start:
            told.append(news.lever_path(lever, path, t, session.lang))
    return told


def watched(session: MarketSession, run: Run, base: Run, t: Translate) -> Context:
    """Return what was decided and what happened in the quarter that has just been replayed."""
    quarter, scenario = session.watched - 1, session.scenario()
    did = news.decided(session.runs, session.history, quarter, t, scenario)
    return {
        "heading": t("market.watch.quarter", quarter=session.watched),
        "did": [said for _, said in did],
        "news": news.news(run, base, quarter, t, scenario, "unchanged"),
        "over": session.watched == len(session.history),
        "meant": list(news.shocks(scenario, quarter, session.seed)),
    }


# --- the reckoning -----------------------------------------------------------------------------


def reckoning(session: MarketSession, t: Translate) -> Context:
    """Each course foreseen against the one that came, and why it came to this."""
    run = session.runs.run(session.history)
    told = session.scenario().history
    return {
        "boxes": [_box(session, run, measure, t) for measure in MEASURES],
        "why": told.why[session.lang] if told and told.why else "",
        "order": _order(run, t),
    }


def _box(session: MarketSession, run: Run, measure: str, t: Translate) -> Context:
    values = predictions.by_quarter(run, measure)
    said = session.shapes[measure]
    came = predictions.shape_of(values, LEVEL_SHARE[measure] * abs(values[0]))
    verdict = predictions.shape_verdict(said, came)
    drawn = COURSES[said]
    places = np.linspace(0, len(drawn) - 1, len(values))
    foreseen = np.interp(places, np.arange(len(drawn)), drawn)
    # The course that was foreseen begins where the firm began, and moves as far as it did.
    guess = values[0] + (max(values) - min(values)) * (foreseen - foreseen[0])
    names = (t(f"market.shape.{said}"), t(f"market.shape.{came}"))
    lines = (t("market.reckoning.said", shape=names[0]), t("market.reckoning.came", shape=names[1]))
    curves = [
        charts.ChartLine(guess.tolist(), palette.INK, 2, "6 5"),
        charts.ChartLine(values, palette.RUN, 3),
    ]
    axis = partial(scaled, t=t) if measure != "reputation" else partial(number, digits=2)
    return {
        "label": t(f"market.measure.{measure}"),
        "verdict": t(f"market.reckoning.{verdict}"),
        "tone": "good" if verdict == "right" else "bad",
        "said": lines[0],
        "came": lines[1] + _turn(values, came, t),
        "picture": charts.chart(curves, "; ".join(lines), len(values), axis, (286, 168)),
    }


def _turn(values: list[float], came: str, t: Translate) -> str:
    if came == "rises-falls":
        at, key = int(np.argmax(values)), "peak"
    elif came == "falls-rises":
        at, key = int(np.argmin(values)), "trough"
    else:
        return ""
    return t(f"market.reckoning.{key}", quarter=at + 1)


def turning_points(run: Run) -> dict[str, int]:
    """Return the quarter (from 0) in which each quantity began to get clearly worse after its best.

    Pressure is told when there is first more to do than people can do well.
    """
    found = {}
    for column in TURNING:
        values = smooth(run.series[column], WEEKS_QUARTER)
        if column == "work_pressure":
            past = np.flatnonzero(values > news.STRAIN)
        else:
            best = int(np.argmax(values))
            range_ = float(values.max() - values.min())
            fell = values.max() - values[-1] > predictions.TURN_SHARE * range_ > 0
            past = np.array([best]) if fell else np.array([], dtype=int)
        if len(past):
            found[column] = int(past[0]) // WEEKS_QUARTER
    return found


def _order(run: Run, t: Translate) -> Context:
    """Say which quantity turned first, and how much earlier than profit customers felt it."""
    points = turning_points(run)
    steps = []
    for column, quarter in sorted(points.items(), key=lambda item: item[1]):
        if column == "work_pressure":
            what = t("market.reckoning.strained")
        else:
            known = f"market.measure.{column}" if column in MEASURES else f"model.node.{column}"
            what = t("market.reckoning.fell", what=t(known))
        steps.append(t("market.reckoning.turn", quarter=quarter + 1, what=what))
    lag = ""
    if "evaluation" in points and "profit" in points:
        quarters = points["profit"] - points["evaluation"]
        key = "lag" if quarters > 1 else "lag_one" if quarters == 1 else "nolag"
        lag = t(f"market.reckoning.{key}", quarters=quarters)
    return {"steps": steps, "lag": lag}
