"""What the firm's screens show: the loop, its people, its stocks, its levers."""

from __future__ import annotations

from collections.abc import Callable

from crmsim.common import palette
from crmsim.common.numbers import money, number
from crmsim.course.sessions.visit import PROFIT, VisitSession
from crmsim.model.visit import View
from crmsim.runs.butterfly import smooth
from crmsim.runs.run import Run
from crmsim.widgets.drawings import drawings, loop
from crmsim.widgets.drawings.charts import nice, short
from crmsim.widgets.rendering import Context
from crmsim.widgets.visit.firm_runs import after, levers_of, runs, years
from crmsim.widgets.visit.people_touched import told

Text = Callable[..., str]

SAME, MUCH = 2, 10
"""Per cent of profit within which it is 'about the same', and beyond which it is 'much'."""

UNSEEN = {"floor": 5e-4, "one": 1e-7}
"""A change that never exceeds this share of the usual level is told as none."""


# --- the difference in numbers -----------------------------------------------------------------


def bin_of(change: float) -> str:
    """The option of the bet that a change of profit belongs to."""
    return PROFIT[sum(change > limit for limit in (-MUCH, -SAME, SAME, MUCH))]


def verdict(guess: str, outcome: str) -> str:
    """The name of the difference between a bet on profit and what came."""
    g, o = PROFIT.index(guess) - 2, PROFIT.index(outcome) - 2
    if g == o:
        return "right"
    if g * o > 0:
        return "size"
    return "hopeful" if g > o else "gloomy"


# --- the screen --------------------------------------------------------------------------------


def context(session: VisitSession, t: Text) -> Context:
    """Everything the firm's three regions need."""
    run, base = runs(session)
    change = float(run.series["profit"].sum() - base.series["profit"].sum())
    shown: Context = {
        "comparing": session.phase == "compare",
        "scope": session.scope,
        "bet": _bet(session, run, base, t),
        "ring": _ring(session, run, base, change, t),
        "tanks": _tanks(run, base, session.phase == "compare", t),
        "base_name": t("play.loop.first" if session.phase == "compare" else "play.loop.usual"),
        "run_name": t("play.loop.second" if session.phase == "compare" else "play.loop.yours"),
    }
    if session.phase == "compare":
        shown |= tries(session, t)
    if session.scope == "one":
        shown |= told(session, run, base, t)
    else:
        shown["levers"] = _levers(session, run, t) if session.phase == "loop" else []
        shown["plot_name"] = finding(run, base, session.phase == "compare", t)
    return shown


def _bet(session: VisitSession, run: Run, base: Run, t: Text) -> Context | None:
    """The bet against what came; it was about the whole floor, so it is judged on that."""
    topic = "rewind" if session.phase == "compare" else "profit"
    guess = session.bets.get(topic)
    if guess is None or session.scope != "floor":
        return None
    if session.levers and session.phase == "loop":
        run = after(session.visit, "floor")
    change = loop.percent(run, base)
    outcome = bin_of(change)
    named = verdict(guess, outcome)
    said = t("play.loop.percent", change=loop.signed(change, 1))
    return {
        "guess": t("play.loop.you_bet", guess=t(f"play.bet.{guess}")),
        "came": t("play.loop.it_came", change=said, outcome=t(f"play.bet.{outcome}")),
        "name": t(f"play.verdict.{named}"),
        "tone": "good" if named == "right" else "bad",
        "why": t(f"play.loop.lesson.{named}"),
    }


def _ring(session: VisitSession, run: Run, base: Run, change: float, t: Text) -> str:
    centre = (
        t("play.loop.centre", years=number(years(session.scenario()))),
        ("+" if round(change) > 0 else "") + money(change, session.scenario().currency, t),
        t("play.loop.against_first" if session.phase == "compare" else "play.loop.against"),
    )
    fresh = f"{session.phase}-{session.scope}-{session.step}-{session.pending}"
    one = session.scope == "one"
    return loop.loop(run, base, t, centre, fresh, fine=one, unseen=UNSEEN[session.scope])


def _tanks(run: Run, base: Run, comparing: bool, t: Text) -> list[str]:
    now, usual = loop.levels(run), loop.levels(base)
    word = f"play.loop.tank_{'first' if comparing else 'usual'}"
    return loop.tanks(now, usual, run.scenario.people, t, word)  # type: ignore[union-attr]


def _levers(session: VisitSession, run: Run, t: Text) -> list[Context]:
    levers = []
    for lever in levers_of(run):
        value = session.levers.get(lever.id, lever.start)
        levers.append(
            {
                "id": lever.id,
                "title": lever.title[session.lang],
                "low": f"{lever.low:g}",
                "high": f"{lever.high:g}",
                "step": f"{lever.step:g}",
                "value": f"{value:g}",
                "said": t("play.loop.level", level=number(100 * value)),
            }
        )
    return levers


# --- two tries ---------------------------------------------------------------------------------


def has_money(view: View, session: VisitSession) -> bool:
    """True where there is money to speak of: something is sold, or was spent."""
    return session.scenario().sells or view.cost > 0


def tries(session: VisitSession, t: Text) -> Context:
    """The first and the second try, side by side."""
    first, second = session.visit, session.second
    currency = session.scenario().currency
    step = first.view.journey[session.step or 0]
    both = (first, second)
    rows = [(t("play.visit.satisfaction"), *(number(r.view.satisfaction, 1) for r in both))]
    if session.scenario().sells:
        rows.append((t("play.verdict.sale"), *(t(f"play.compare.{_sale(r)}") for r in both)))
    rows.append((t("play.verdict.talk"), *(t(f"play.compare.{_talk(r)}") for r in both)))
    if any(has_money(r.view, session) for r in both):
        rows.append((t("play.verdict.money"), *(money(r.view.earned, currency, t) for r in both)))
    kept = t("play.compare.fallback", count=len(second.fallbacks)) if second.fallbacks else ""
    new = second.view.journey[session.step or 0]
    return {
        "rows": rows,
        "step_title": step.title,
        "first_act": step.act,
        "new_act": new.act,
        "kept": kept,
    }


def _sale(visit: Run) -> str:
    return "bought" if visit.view.decision.get("buys") else "left"


def _talk(visit: Run) -> str:
    decision = visit.view.decision
    return next((k for k in ("recommends", "complains", "warns") if decision.get(k)), "quiet")


# --- the measured curve ------------------------------------------------------------------------


def finding(run: Run, base: Run, comparing: bool, t: Text) -> str:
    """What became of profit, in a sentence."""
    change = loop.percent(run, base)
    key = "same" if abs(change) < 0.05 else "higher" if change > 0 else "lower"
    who = "second" if comparing else "yours"
    return t(f"play.loop.finding.{who}.{key}", change=number(abs(change), 1))


def plot(session: VisitSession, t: Text) -> Context:
    """Plotly's data and layout for the whole floor; {} where nothing is plotted."""
    if session.phase not in ("loop", "compare") or session.scope != "floor":
        return {}
    run, base = runs(session)
    compare = session.phase == "compare"
    names = (
        ("play.loop.first", "play.loop.second")
        if compare
        else ("play.loop.usual", "play.loop.yours")
    )
    lines = [
        _trace_line(base, t(names[0]), palette.BASE, 2),
        _trace_line(run, t(names[1]), palette.RUN, 3),
    ]
    marks = nice([value for line in lines for value in line["y"]], most=5)
    return {"data": lines, "layout": _layout(marks, t)}


def still_curve(session: VisitSession) -> str:
    """The curve as a plain drawing, for a picture that is saved."""
    if session.scope != "floor":
        return ""
    run, base = runs(session)
    return drawings.curve(smooth(run.series["profit"]), smooth(base.series["profit"]))


def _trace_line(run: Run, name: str, colour: str, width: float) -> Context:
    profit = smooth(run.series["profit"])
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(range(1, len(profit) + 1)),
        "y": [round(float(value)) for value in profit],
        "line": {"color": colour, "width": width},
        "hovertemplate": "%{y:,.0f}",
    }


def _layout(marks: list[float], t: Text) -> Context:
    axis = {"gridcolor": palette.LINE, "zeroline": False, "fixedrange": True, "ticks": ""}
    return {
        "width": 288,
        "height": 180,
        "margin": {"l": 46, "r": 6, "t": 12, "b": 38},
        "font": {"size": 14, "color": palette.MUTED},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "showlegend": False,
        "hovermode": "x unified",
        "xaxis": axis
        | {
            "title": {"text": t("play.loop.weeks"), "standoff": 4, "font": {"size": 14}},
            "dtick": 52,
            "range": [1, None],
        },
        "yaxis": axis
        | {
            "range": [marks[0], marks[-1]],
            "tickvals": marks,
            "ticktext": [short(mark, t) for mark in marks],
        },
    }


def announcement(session: VisitSession, t: Text) -> str:
    """The finding of the screen in a sentence."""
    run, base = runs(session)
    return finding(run, base, session.phase == "compare", t)
