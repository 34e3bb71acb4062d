"""The end of the day: what it came to, three controls, what each decision did, and another try."""

from __future__ import annotations

import math

from crmsim.common import palette
from crmsim.common.numbers import in_currency, number
from crmsim.common.words import Translate
from crmsim.course.sessions.desk import EXPECTED, PAGE, DeskSession
from crmsim.course.sessions.desk_runs import of_day, result
from crmsim.model.desk.case_table import CaseSeen, chain
from crmsim.model.desk.cases import CHAIN
from crmsim.model.desk.desk import SWITCHES
from crmsim.runs.run import Run
from crmsim.scenario.desk import Message
from crmsim.widgets.desk.hours import base_of, change_name, verdicts
from crmsim.widgets.desk.rule import (
    at_hour,
    by_hour,
    direction_choices,
    direction_verdict,
    measure_words,
)
from crmsim.widgets.drawings import charts
from crmsim.widgets.drawings import desk as drawings
from crmsim.widgets.rendering import Context

MOST_ROWS = 7
"""Decisions that fit into the table."""

STATIONS = ("put", *CHAIN)
"""Places at which the complaints are counted: put to the desk, then each link of the chain."""

GOOD_CHANCE = 0.5
"""Chance to stay from which on a reply counts as good."""


def end(session: DeskSession, t: Translate) -> Context:
    """Return the end of the day, with the open tab."""
    tabs = [
        {"id": tab, "text": t(f"day.tab.{tab}"), "on": tab == session.tab, "open": False}
        for tab in session.tabs
    ]
    contents = {
        "day": _day,
        "controls": _controls,
        "decisions": _decisions,
        "box": _messages,
        "bets": _bets,
    }
    return left(session, t) | {"tabs": tabs, "tab": session.tab} | contents[session.tab](session, t)


def left(session: DeskSession, t: Translate) -> Context:
    """Return what the day came to; after another attempt, the hypothesis and what became of it."""
    run = session.run
    rows, outcome, currency = run.view.cases, run.view.outcome, session.scenario().currency
    usual = session.runs.usual(session.attempt.actions, session.runs.hours)
    series = run.series
    idle = float((60 * series["agents"] - series["agent_min"]).clip(min=0).sum()) / 60
    worst = int(series["abandoned"].argmax())
    share = outcome["before_sunset"]
    told = _hypothesis(session, run, t)
    lines = [
        t(
            "day.end.stays",
            stays=sum(bool(row.stays) for row in rows),
            all=len(rows),
            silent=sum(row.fate == "silent" for row in rows),
        ),
        t(
            "day.end.worth",
            value=_exact(outcome["value"], currency, t),
            usual=_exact(usual.view.outcome["value"], currency, t),
        ),
        t("day.end.perish", idle=number(idle), hour=session.scenario().opens + worst),
    ]
    return {
        "finding": t("day.end.heading", sunset=number(100 * share) if share == share else "0"),
        "lines": lines[1:2] if told else lines,
        "hypothesis": told,
    }


def _exact(amount: float, currency: str, t: Translate) -> str:
    """Write an amount to the last yuan: two days differ by little against what they are worth."""
    return in_currency(number(amount), currency, t)


def _hypothesis(session: DeskSession, run: Run, t: Translate) -> Context | None:
    before = session.earlier
    if before is None:
        return None
    base = session.runs.run(before.actions)
    lines = []
    for measure, guess in session.attempt.expects.items():
        came = of_day(run, base, measure)
        was, is_now = (measure_words(result(each, measure), measure, t) for each in (base, run))
        lines.append(direction_verdict(t, t(f"day.measure.{measure}"), guess, came, was, is_now))
    name = change_name(session.attempt.change, t)
    return {"title": t("day.again.hypothesis", change=name), "lines": lines}


def _day(session: DeskSession, t: Translate) -> Context:
    run, base = session.run, base_of(session, session.runs.hours)
    boxes = []
    for column, word in (
        ("abandoned", "hung"),
        ("unacknowledged", "unheard"),
        ("open_cases", "open"),
    ):
        curves = [
            charts.ChartLine(at_hour(base, column), palette.BASE, 2),
            charts.ChartLine(at_hour(run, column), palette.RUN, 3),
        ]
        title = t(f"day.dials.{word}")
        boxes.append({"label": title, "picture": by_hour(session, curves, title, (276, 220))})
    legend = [("base", t(f"day.dials.{_base_name(session)}")), ("mine", t("day.dials.mine"))]
    return {"boxes": boxes, "legend": legend}


def _base_name(session: DeskSession) -> str:
    return "before" if session.earlier else "usual"


def _controls(session: DeskSession, t: Translate) -> Context:
    found = []
    for name, chart in session.runs.controls(session.run).items():
        share = float(chart.share[-1])
        side = "outside" if bool(chart.signals[-1]) else "inside"
        value = number(100 * share, 1) if not math.isnan(share) else "–"
        heading = t(f"day.end.{side}", name=t(f"desk.control.{name}"), value=value)
        drawn = drawings.control_chart_drawing(
            chart, heading, lambda v: measure_words(v, "satisfied", t)
        )
        found.append({"label": heading, "picture": drawn, "tone": side})
    days = {_base_name(session): base_of(session, session.runs.hours), "mine": session.run}
    rows = [
        _chain_row(t(f"day.dials.{name}"), chain(run.view.cases), t) for name, run in days.items()
    ]
    return {"boxes": found, "links": [t(f"day.link.{name}") for name in STATIONS], "chains": rows}


def _chain_row(name: str, counts: list[int], t: Translate) -> Context:
    """Return a day of the chain: how many were left after each link, and out of a hundred."""
    put = max(counts[0], 1)
    return {
        "name": name,
        "cells": counts,
        "kept": t("day.percent", value=number(100 * counts[-1] / put)),
    }


def _decisions(session: DeskSession, t: Translate) -> Context:
    run, rows = session.run, []
    actions = session.attempt.actions
    for hour, name, action in session.decided():
        other = session.runs.without(actions, hour, name, action)
        clock = f"{session.scenario().opens + hour}:00"
        what = _decision(session, hour, name, actions[hour].get(name), t)
        rows.append(_effect(session, run, other, clock, what, t))
    if session.attempt.box:
        left_in = [{**actions[0], "box": []}, *actions[1:]]
        what = t("day.end.whole_box", count=len(session.attempt.box))
        other = session.runs.run(left_in)
        rows.insert(0, _effect(session, run, other, t("day.end.morning"), what, t))
    shown = sorted(rows, key=lambda row: -row["size"])[:MOST_ROWS]
    kept = [row for row in rows if row in shown]
    few = len(kept) < len(rows)
    return {
        "rows": kept,
        "measures": [t(f"day.measure.{name}") for name in EXPECTED],
        "more": t("day.end.more", all=len(rows), shown=len(kept)) if few else "",
    }


def _effect(
    session: DeskSession, run: Run, other: Run, clock: str, what: str, t: Translate
) -> Context:
    gains = []
    for name in EXPECTED:
        gain = result(run, name) - result(other, name)
        good = gain > 0 if name in ("kept", "value") else gain < 0
        text = number(gain, 1 if name.endswith("_h") else 0)
        some = text.strip("−0.,") != ""
        tone = ("good" if good else "bad") if some else ""
        gains.append({"text": f"+{text}" if some and gain > 0 else text, "tone": tone})
    size = abs(result(run, "value") - result(other, "value"))
    return {"hour": clock, "what": what, "gains": gains, "size": size}


def _decision(session: DeskSession, hour: int, name: str, value: object, t: Translate) -> str:
    if name == "discipline":
        key = {"fifo": "day.decide.fifo", "sunset": "day.decide.rule"}[str(value)]
        return t("day.end.to_rule", name=t(key))
    if name in SWITCHES:
        return t(f"day.end.{name}_on" if value else f"day.end.{name}_off")
    case = session.scenario()
    for card in case.cards:
        if card.id == name:
            return t("day.end.card", title=card.title[session.lang])
    planned = getattr(case.hours[hour % len(case.hours)], name)
    return t("day.end.post", post=t(f"day.decide.{name}"), count=value, planned=planned)


def _messages(session: DeskSession, t: Translate) -> Context:
    rows = {row.message: row for row in session.run.view.cases if row.message}
    given = {each["message"]: each for each in session.attempt.box}
    order = [*given, *(m.id for m in session.scenario().messages if m.id not in given)]
    messages = {message.id: message for message in session.scenario().messages}
    found = []
    for turn, name in enumerate(order, 1):
        message, answer, row = messages[name], given.get(name), rows[name]
        found.append(
            {
                "turn": str(turn) if answer else "–",
                "who": t(
                    "day.end.who",
                    sender=message.sender[session.lang],
                    subject=message.subject[session.lang],
                ),
                "kind": _kind(message, answer, t),
                "kind_tone": ""
                if not answer
                else "good"
                if answer["kind"] == message.kind
                else "bad",
                "fate": _fate(session, message, answer, row, t),
                "tone": "good" if row.stay_chance >= GOOD_CHANCE else "bad",
                "stays": t("day.end.chance", percent=number(100 * row.stay_chance)),
                "why": _why(message, answer, session.lang),
            }
        )
    first = session.page * PAGE
    shown = found[first : first + PAGE]
    return {"messages": shown, "page": session.page, "pages": session.pages}


def _kind(message: Message, answer: dict[str, str] | None, t: Translate) -> str:
    kind = t(f"day.kind.{message.kind}")
    if answer is None:
        return t("day.end.left_in")
    if answer["kind"] == message.kind:
        return t("day.end.kind_right", kind=kind)
    return t("day.end.kind_wrong", said=t(f"day.kind.{answer['kind']}"), kind=kind)


def _why(message: Message, answer: dict[str, str] | None, lang: str) -> str:
    if answer is None:
        return message.why[lang]
    chosen = next(each for each in message.replies if each.id == answer["reply"])
    return chosen.why[lang]


def _fate(
    session: DeskSession,
    message: Message,
    answer: dict[str, str] | None,
    row: CaseSeen,
    t: Translate,
) -> str:
    if row.fate == "silent":
        return t("day.end.silent")
    if row.fate == "unresolved":
        return t("day.end.unsolved")
    case = session.scenario()
    if row.solution_h >= len(case.hours):
        told = t("day.end.solved_later")
    else:
        hours, minutes = divmod(round(60 * row.solution_h), 60)
        told = t("day.end.solved_at", time=f"{case.opens + hours}:{minutes:02}")
    if answer is None or answer["by"] == "none":
        return told
    promised = {"noon": 12, "sunset": case.sunset, "tomorrow": 24 + 12}[answer["by"]] - case.opens
    kept = row.solution_h <= promised
    return f"{told}, {t('day.end.kept' if kept else 'day.end.broken')}"


def _bets(session: DeskSession, t: Translate) -> Context:
    from crmsim.widgets.desk.rule import reckoning

    first = session.attempts[0]
    own = verdicts(session, t, session.runs.hours) if session.attempt is first else []
    return {"told": [*reckoning(session, t)["verdicts"], *own]}


def again(session: DeskSession, t: Translate) -> Context:
    """Return the plan of another attempt."""
    plan, case = session.plan, session.scenario()
    assert plan is not None
    hours = [
        {
            "value": str(hour),
            "text": t("day.again.at", hour=case.opens + hour),
            "on": hour == plan.first,
        }
        for hour in range(session.runs.hours)
    ]
    options = [
        {"id": name, "text": change_name(name, t), "on": name == plan.change}
        for name in session.changeable(plan.first)
    ]
    open_one = next((name for name in EXPECTED if name not in plan.expects), None)
    return left(session, t) | {
        "steps": hours,
        "groups": [{"label": "", "options": options}],
        "rows": direction_choices(t, {name: plan.expects.get(name) for name in EXPECTED}, open_one),
        "complete": bool(plan.change) and open_one is None,
        "go": t("day.again.go", hour=case.opens + plan.first),
    }
