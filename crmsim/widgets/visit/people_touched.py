"""The people whom one answer touched."""

from __future__ import annotations

from collections.abc import Callable

from crmsim.common.numbers import money, number
from crmsim.course.sessions.visit import VisitSession
from crmsim.runs.butterfly import PersonalEffect, Trace, name_of
from crmsim.runs.run import Run
from crmsim.widgets.rendering import Context
from crmsim.widgets.visit.firm_runs import trace_of

Text = Callable[..., str]

MOST_PEOPLE = 6
MOVED = ("came", "stayed", "stayed_away", "left")
GOOD_NEWS = ("heard_good", "spared_bad", "came", "stayed")


def touched(session: VisitSession, run: Run, base: Run, t: Text) -> Context:
    """List the people whom one answer touched, and the money that came of it."""
    traced = trace_of(run, base)
    currency = session.scenario().currency
    heard = ("heard_good", "heard_bad", "spared_good", "spared_bad")
    counts = [
        {"label": t(f"play.one.{key}"), "text": number(sum(traced.count(kind) for kind in kinds))}
        for key, kinds in (
            ("heard", heard),
            ("came", ("came", "stayed")),
            ("away", ("stayed_away", "left")),
        )
    ]
    amounts = [
        {"label": t("play.one.with_them"), "text": _plus(traced.margin, currency, t)},
        {"label": t("play.one.elsewhere"), "text": _plus(traced.margin_elsewhere, currency, t)},
    ]
    more = max(0, len(traced.people) - MOST_PEOPLE)
    return {
        "lines": _visit_line(traced, run, t)
        + [_line(e, currency, t) for e in _worth_telling(traced)],
        "more": t("play.one.more", count=number(more)) if more else "",
        "zero": ""
        if traced.people
        else t(f"play.one.zero_{'first' if session.phase == 'compare' else 'usual'}"),
        "counts": counts,
        "amounts": amounts,
    }


def _plus(amount: float, currency: str, t: Text) -> str:
    return ("+" if round(amount) > 0 else "") + money(amount, currency, t)


def _visit_line(traced: Trace, run: Run, t: Text) -> list[Context]:
    incident = run.scenario.incident  # type: ignore[union-attr]
    if traced.visitor is None or incident is None:
        return []
    text = t("play.one.visit_line", name=name_of(traced.visitor, run.scenario.lang))
    return [
        {
            "week": t("play.loop.week", week=incident.week + 1),
            "text": text,
            "tone": "",
            "amount": "",
        }
    ]


def _worth_telling(traced: Trace) -> list[PersonalEffect]:
    """Choose those with the most money in it, then the first who heard; in order of time."""
    chosen = sorted(traced.people, key=lambda e: (-abs(e.margin), e.kind not in MOVED, e.week))
    return sorted(chosen[:MOST_PEOPLE], key=lambda e: e.week)


def _line(effect: PersonalEffect, currency: str, t: Text) -> Context:
    good = effect.margin > 0 if effect.kind == "visits" else effect.kind in GOOD_NEWS
    amount = _plus(effect.margin, currency, t) if round(effect.margin) else ""
    return {
        "week": t("play.loop.week", week=effect.week + 1),
        "text": t(f"play.one.{effect.kind}_line", name=effect.name, by=effect.told_by),
        "amount": amount,
        "tone": "good" if good else "bad",
    }
