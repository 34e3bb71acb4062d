"""The people whom one answer touched."""

from __future__ import annotations

from crmsim.common.numbers import money, number
from crmsim.common.words import Translate
from crmsim.course.sessions.visit import VisitSession
from crmsim.model.market.market import Market
from crmsim.runs.butterfly import PersonalEffect, Trace, name_of
from crmsim.runs.run import Run
from crmsim.widgets.drawings import film, loop
from crmsim.widgets.drawings.town import GOOD_NEWS, Touched, town
from crmsim.widgets.rendering import Context
from crmsim.widgets.visit.firm_runs import as_usual, trace_of, unchanged

MOST_PEOPLE = 6

NOTHING_S = 4.0
"""Seconds of a film in which nobody is touched."""
MOVED = ("came", "stayed", "stayed_away", "left")


def touched_people(session: VisitSession, run: Run, base: Run, t: Translate) -> Context:
    """List the people whom one answer touched, and the money that came of it."""
    found = trace_of(run, base)
    against = "first" if session.phase == "compare" else "served" if as_usual(session) else "usual"
    zero = t(f"play.one.zero_{against}")
    moved = any(effect.kind in MOVED for effect in found.people)
    told = t("play.one.arrived") if moved else "" if found.people else zero
    if session.scope == "another" and unchanged(run, base):
        told = t("play.one.zero_another")
    return traced(found, run, base, t) | {"zero": told}


def traced(found: Trace, run: Run, base: Run, t: Translate) -> Context:
    """Return the town and its film, those who were touched, and the money that came of it."""
    currency = run.scenario.currency
    heard = ("heard_good", "heard_bad", "spared_good", "spared_bad")
    counts = [
        {"label": t(f"play.one.{key}"), "text": number(sum(found.count(kind) for kind in kinds))}
        for key, kinds in (
            ("heard", heard),
            ("came", ("came", "stayed")),
            ("away", ("stayed_away", "left")),
        )
    ]
    money_of = {
        "with_them": round(found.margin),
        "elsewhere": round(found.margin_elsewhere),
        "total": round(float(run.series["profit"].sum() - base.series["profit"].sum())),
    }
    # Profit is margin less pay and other costs, which change with the work as well.
    money_of["costs"] = money_of["total"] - money_of["with_them"] - money_of["elsewhere"]
    amounts = [
        {"label": t(f"play.one.{key}"), "text": _plus(money_of[key], currency, t)}
        for key in ("with_them", "elsewhere", "costs", "total")
    ]
    more = max(0, len(found.people) - MOST_PEOPLE)
    shown, told = _town_film(found, run, base, t)
    lines = [_line(each.effect, currency, t) | {"at": round(each.at, 2)} for each in told]
    return {
        "ring": shown,
        "lines": _visit_line(found, run, t) + lines,
        "more": t("play.one.more", count=number(more)) if more else "",
        "counts": counts,
        "amounts": amounts,
    }


def _town_film(
    found: Trace, run: Run, base: Run, t: Translate
) -> tuple[loop.LoopDrawing, list[Touched]]:
    """Draw the town with its film; also return the effects that are worth telling, with times."""
    effects = sorted(found.people, key=lambda effect: effect.week)
    seconds = film.WHOLE_S if effects else NOTHING_S
    keys, times = film.paced([e.week for e in effects], len(run.series["week"]), seconds)
    chosen = _worth_telling(found)
    touched = [
        Touched(effect, at, effect.name if effect in chosen else "")
        for effect, at in zip(effects, times, strict=True)
    ]
    change = float(run.series["profit"].sum() - base.series["profit"].sum())
    words = {
        "money": _plus(change, run.scenario.currency, t),
        "label": t("play.town.money"),
        "customer": t("play.town.customer"),
        "other": t("play.town.other"),
    }
    customers = Market(run.scenario, run.seed).people.customer  # type: ignore[arg-type]
    name = t("play.town.name", count=number(len(found.people)))
    drawing = town(customers, found.visitor, touched, name, words)
    shown = film.Film(run, base, (), 0, 0, seconds).data(t)
    shown["keys"] = [[round(at, 3), week] for at, week in keys]
    fresh = f"town-{run.seed}-{run.scenario.incident}-{base.scenario.incident}"  # type: ignore[union-attr]
    ring = loop.LoopDrawing(drawing, fresh, shown, on_canvas=True)
    return ring, [each for each in touched if each.name]


def _plus(amount: float, currency: str, t: Translate) -> str:
    return ("+" if round(amount) > 0 else "") + money(amount, currency, t)


def _visit_line(traced: Trace, run: Run, t: Translate) -> list[Context]:
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
            "at": 0.3,
        }
    ]


def _worth_telling(traced: Trace) -> list[PersonalEffect]:
    """Choose those with the most money in it, then the first who heard; in order of time."""
    chosen = sorted(traced.people, key=lambda e: (-abs(e.margin), e.kind not in MOVED, e.week))
    return sorted(chosen[:MOST_PEOPLE], key=lambda e: e.week)


def _line(effect: PersonalEffect, currency: str, t: Translate) -> Context:
    good = effect.margin > 0 if effect.kind == "visits" else effect.kind in GOOD_NEWS
    amount = _plus(effect.margin, currency, t) if round(effect.margin) else ""
    return {
        "week": t("play.loop.week", week=effect.week + 1),
        "text": t(f"play.one.{effect.kind}_line", name=effect.name, by=effect.told_by),
        "amount": amount,
        "tone": "good" if good else "bad",
    }
