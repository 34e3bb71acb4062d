"""What the firm's screens show: the loop, its people, its stocks, its levers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmsim.butterfly import Effect, Trace, aftermath, name_of, onset_weeks, smooth, trace
from crmsim.encounter import View
from crmsim.market import NODES
from crmsim.run import Run
from crmsim.scenario import load
from crmsim.scenario.encounter import EncounterScenario
from crmsim.scenario.market import Lever, MarketScenario
from crmsim.ui import drawings
from crmsim.ui.ahead import Ahead
from crmsim.ui.say import money, number
from crmsim.ui.session import PROFIT, Session

Text = Callable[..., str]
Context = dict[str, Any]

SAME, MUCH = 2, 10
"""Per cent of profit within which it is 'about the same', and beyond which it is 'much'."""

UNSEEN = {"floor": 5e-4, "one": 1e-7}
"""A change that never exceeds this share of the usual level is told as none."""

IN_PERCENT = ("service", "sales", "profit", "pay", "attitude")
TOLD_PEOPLE = 6
MOVED = ("came", "stayed", "stayed_away", "left")
GOOD_NEWS = ("heard_good", "spared_bad", "came", "stayed")


# --- the runs behind a screen ------------------------------------------------------------------


@cache
def _years(market: str) -> float:
    scenario = load(market)
    return scenario.years if isinstance(scenario, MarketScenario) else 0


def years(scenario: EncounterScenario) -> float:
    """How long the case's firm is followed."""
    return _years(scenario.market) if scenario.market else 0


def runs(session: Session) -> tuple[Run, Run]:
    """The firm's run to be shown, and the base case it is held against."""
    if session.phase == "compare":
        return _after(session.second, session.scope), _after(session.visit, session.scope)
    after = _after(session.visit, session.scope)
    base = _after(session.usual, session.scope)
    if session.scope == "floor" and session.levers:
        after = _with_levers(after, session.levers)
    return after, base


def _after(visit: Run, scope: str) -> Run:
    key = (
        visit.scenario.sha256,
        visit.scenario.lang,
        visit.seed,
        visit.actions,
        visit.view.persona,
        scope,
    )
    if key not in _AFTER:
        if len(_AFTER) > 32:
            _AFTER.clear()
        _AFTER[key] = aftermath(visit, scope)  # type: ignore[arg-type]
    return _AFTER[key]


_AFTER: dict[tuple[object, ...], Run] = {}


def _with_levers(after: Run, levers: Mapping[str, float]) -> Run:
    return _AHEAD.run(after.scenario, after.seed, tuple(sorted(levers.items())))  # type: ignore[arg-type]


def look_ahead(session: Session) -> None:
    """Make the runs of the levers' next positions, the nearest first, while the student looks."""
    if session.phase != "loop" or session.scope != "floor":
        return
    after = _after(session.visit, session.scope)
    now = {lever.id: session.levers.get(lever.id, lever.start) for lever in shown(after)}
    near = sorted(
        (round(abs(place - now[lever.id]) / lever.step), lever.id, place)
        for lever in shown(after)
        for place in _places(lever)
    )
    _AHEAD.expect(
        (after.scenario, after.seed, tuple(sorted({**session.levers, name: place}.items())))
        for _, name, place in near
    )  # type: ignore[arg-type]


def shown(run: Run) -> tuple[Lever, ...]:
    """The levers on the screen: three are enough to begin with."""
    return run.scenario.levers[:3]  # type: ignore[union-attr]


def _places(lever: Lever) -> list[float]:
    """The positions of a lever, as the slider gives them."""
    steps = round((lever.high - lever.low) / lever.step)
    return [float(f"{lever.low + step * lever.step:g}") for step in range(steps + 1)]


_AHEAD = Ahead()


_TRACES: dict[int, tuple[Run, Trace]] = {}


def _trace(run: Run, base: Run) -> Trace:
    """Who was touched; remembered, because telling it takes a second."""
    known = _TRACES.get(id(run))
    if known is None or known[0] is not run:
        _TRACES.clear()
        _TRACES[id(run)] = (run, trace(run, base))
    return _TRACES[id(run)][1]


# --- the difference in numbers -----------------------------------------------------------------


def percent(run: Run, base: Run, column: str = "profit") -> float:
    """Change of a column's total against the base case, in per cent."""
    total, usual = run.series[column].sum(), base.series[column].sum()
    return float(100 * (total - usual) / max(abs(usual), 1e-9))


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


def context(session: Session, t: Text) -> Context:
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
        shown |= _told(session, run, base, t)
    else:
        shown["levers"] = _levers(session, run, t) if session.phase == "loop" else []
        shown["plot_name"] = finding(run, base, session.phase == "compare", t)
    return shown


def _bet(session: Session, run: Run, base: Run, t: Text) -> Context | None:
    """The bet against what came; it was about the whole floor, so it is judged on that."""
    topic = "rewind" if session.phase == "compare" else "profit"
    guess = session.bets.get(topic)
    if guess is None or session.scope != "floor":
        return None
    if session.levers and session.phase == "loop":
        run = _after(session.visit, "floor")
    change = percent(run, base)
    outcome = bin_of(change)
    named = verdict(guess, outcome)
    said = t("play.loop.percent", change=_signed(change, 1))
    return {
        "guess": t("play.loop.you_bet", guess=t(f"play.bet.{guess}")),
        "came": t("play.loop.it_came", change=said, outcome=t(f"play.bet.{outcome}")),
        "name": t(f"play.verdict.{named}"),
        "tone": "good" if named == "right" else "bad",
        "why": t(f"play.loop.lesson.{named}"),
    }


def _signed(value: float, digits: int) -> str:
    text = number(value, digits)
    return text if text.startswith("−") or not float(text.replace(",", "")) else f"+{text}"


def _ring(session: Session, run: Run, base: Run, change: float, t: Text) -> str:
    onset = onset_weeks(run, base)
    reached = [
        node
        for node in NODES
        if onset[node] is not None and not _unseen(run, base, node, session.scope)
    ]
    order = sorted(reached, key=lambda node: (onset[node], NODES.index(node)))
    nodes = []
    for name in NODES:
        text, direction = _change(run, base, name, session.scope, t)
        arrived = name in order
        nodes.append(
            drawings.Node(
                label=t(f"model.node.{name}"),
                change=text if arrived else t("play.loop.none"),
                direction=direction if arrived else 0,
                run=smooth(run.series[name])[::3].tolist(),
                base=smooth(base.series[name])[::3].tolist(),
                arrival=order.index(name) if arrived else None,
                when=t("play.loop.week", week=(onset[name] or 0) + 1) if arrived else "",
            )
        )
    key = f"{session.phase}-{session.scope}-{session.step}-{session.pending}"
    centre = (
        t("play.loop.centre", years=number(years(session.scenario()))),
        ("+" if round(change) > 0 else "") + money(change, session.scenario().currency, t),
        t("play.loop.against_first" if session.phase == "compare" else "play.loop.against"),
    )
    name = t("play.loop.name") + ": " + "; ".join(f"{n.label} {n.change}" for n in nodes)
    return drawings.loop(nodes, name, key, centre=centre)


def _gap(run: Run, base: Run, column: str) -> NDArray[np.float64]:
    return smooth(run.series[column]) - smooth(base.series[column])


def _unseen(run: Run, base: Run, column: str, scope: str) -> bool:
    usual = float(np.abs(base.series[column]).mean()) or 1.0
    return bool(np.abs(_gap(run, base, column)).max() < UNSEEN[scope] * usual)


def _change(run: Run, base: Run, column: str, scope: str, t: Text) -> tuple[str, int]:
    """The change over the last year, said in the node's own way, and its direction."""
    now, usual = (float(r.series[column][-52:].mean()) for r in (run, base))
    relative = column in IN_PERCENT
    value = 100 * (now - usual) / max(abs(usual), 1e-9) if relative else now - usual
    said = _signed(value, 2 if scope == "one" or column == "evaluation" else 1)
    if said[0] not in "+−":
        return t("play.loop.hardly"), 0
    text = t("play.loop.percent" if relative else f"play.loop.{column}", change=said)
    return text, (said[0] == "+") - (said[0] == "−")


def _tanks(run: Run, base: Run, comparing: bool, t: Text) -> list[str]:
    people = run.scenario.people  # type: ignore[union-attr]
    scales: Mapping[str, tuple[float, int]] = {
        "reputation": (1.0, 2),
        "customers": (people or 1, 0),
    }
    return [
        drawings.tank(
            float(run.series[column][-1]) / full,
            float(base.series[column][-1]) / full,
            t(f"model.column.{column}"),
            number(float(run.series[column][-1]), digits),
            t(
                "play.loop.tank_first" if comparing else "play.loop.tank_usual",
                level=number(float(base.series[column][-1]), digits),
            ),
        )
        for column, (full, digits) in scales.items()
    ]


def _levers(session: Session, run: Run, t: Text) -> list[Context]:
    levers = []
    for lever in shown(run):
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


# --- one answer, told as people ----------------------------------------------------------------


def _told(session: Session, run: Run, base: Run, t: Text) -> Context:
    told = _trace(run, base)
    currency = session.scenario().currency
    heard = ("heard_good", "heard_bad", "spared_good", "spared_bad")
    counts = [
        {"label": t(f"play.one.{key}"), "text": number(sum(told.count(kind) for kind in kinds))}
        for key, kinds in (
            ("heard", heard),
            ("came", ("came", "stayed")),
            ("away", ("stayed_away", "left")),
        )
    ]
    amounts = [
        {"label": t("play.one.with_them"), "text": _plus(told.margin, currency, t)},
        {"label": t("play.one.elsewhere"), "text": _plus(told.margin_elsewhere, currency, t)},
    ]
    more = max(0, len(told.people) - TOLD_PEOPLE)
    return {
        "lines": _visit_line(told, run, t) + [_line(e, currency, t) for e in _worth_telling(told)],
        "more": t("play.one.more", count=number(more)) if more else "",
        "zero": ""
        if told.people
        else t(f"play.one.zero_{'first' if session.phase == 'compare' else 'usual'}"),
        "counts": counts,
        "amounts": amounts,
    }


def _plus(amount: float, currency: str, t: Text) -> str:
    return ("+" if round(amount) > 0 else "") + money(amount, currency, t)


def _visit_line(told: Trace, run: Run, t: Text) -> list[Context]:
    incident = run.scenario.incident  # type: ignore[union-attr]
    if told.visitor is None or incident is None:
        return []
    text = t("play.one.visit_line", name=name_of(told.visitor, run.scenario.lang))
    return [
        {
            "week": t("play.loop.week", week=incident.week + 1),
            "text": text,
            "tone": "",
            "amount": "",
        }
    ]


def _worth_telling(told: Trace) -> list[Effect]:
    """Those with the most money in it, then the first who heard; in order of time."""
    chosen = sorted(told.people, key=lambda e: (-abs(e.margin), e.kind not in MOVED, e.week))
    return sorted(chosen[:TOLD_PEOPLE], key=lambda e: e.week)


def _line(effect: Effect, currency: str, t: Text) -> Context:
    good = effect.margin > 0 if effect.kind == "visits" else effect.kind in GOOD_NEWS
    amount = _plus(effect.margin, currency, t) if round(effect.margin) else ""
    return {
        "week": t("play.loop.week", week=effect.week + 1),
        "text": t(f"play.one.{effect.kind}_line", name=effect.name, by=effect.told_by),
        "amount": amount,
        "tone": "good" if good else "bad",
    }


# --- two tries ---------------------------------------------------------------------------------


def has_money(view: View, session: Session) -> bool:
    """True where there is money to speak of: something is sold, or was spent."""
    return session.scenario().sells or view.cost > 0


def tries(session: Session, t: Text) -> Context:
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
    change = percent(run, base)
    key = "same" if abs(change) < 0.05 else "higher" if change > 0 else "lower"
    who = "second" if comparing else "yours"
    return t(f"play.loop.finding.{who}.{key}", change=number(abs(change), 1))


def plot(session: Session, t: Text) -> Context:
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
    return {
        "data": [
            _trace_line(base, t(names[0]), drawings.BASE, 2),
            _trace_line(run, t(names[1]), drawings.RUN, 3),
        ],
        "layout": _layout(t),
    }


def still_curve(session: Session) -> str:
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


def _layout(t: Text) -> Context:
    axis = {"gridcolor": drawings.LINE, "zeroline": False, "fixedrange": True, "ticks": ""}
    return {
        "width": 288,
        "height": 180,
        "margin": {"l": 46, "r": 6, "t": 6, "b": 38},
        "font": {"size": 14, "color": drawings.MUTED},
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
        "yaxis": axis | {"nticks": 4, "tickformat": "~s"},
    }


def announcement(session: Session, t: Text) -> str:
    """The finding of the screen in a sentence."""
    run, base = runs(session)
    return finding(run, base, session.phase == "compare", t)
