"""Screens of leading a firm: session in, HTML regions out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from crmsim.common import palette
from crmsim.common.calendar import WEEKS_QUARTER, WEEKS_YEAR
from crmsim.common.numbers import money, number, scaled
from crmsim.common.words import Translate, words
from crmsim.course.sessions import predictions
from crmsim.course.sessions.market import QUARTERS_YEAR, MarketSession
from crmsim.model.market.decisions import MarketAction
from crmsim.runs.run import Run
from crmsim.widgets.drawings import charts, drawings, film, loop
from crmsim.widgets.market import closing, cockpit, deciding, history, news
from crmsim.widgets.rendering import Context, Screen, base_context, composed

SCREENS: dict[str, dict[str, str]] = {
    "opening": {"left": "found", "middle": "opening", "right": "how"},
    "foresee": {"left": "strategy", "wide": "foresee"},
    "watch": {"left": "watch", "middle": "ring", "right": "dials"},
    "reckoning": {"left": "why", "wide": "reckoning"},
    "decide": {"left": "news", "middle": "decide", "right": "cockpit", "foot": "bet"},
    "came": {"left": "came", "middle": "ring", "right": "dials"},
    "end": {"left": "closing", "wide": "end"},
    "again": {"left": "closing", "wide": "again"},
}

EXTRAS = {
    "profit": 0,
    "sales": 2,
    "evaluation": 2,
    "complaints": 3,
    "work_pressure": 3,
    "expectation": 4,
    "service": 4,
    "attitude": 4,
}
"""Curves of the chart by quarter, and after how many quarters each opens: few at first."""

RING, LOW_RING = (580, 408), (580, 396)

DRAWN_WEEKS = 52
"""Weeks that the small curves of the loop show."""


def screen(
    session: MarketSession, asking: bool = False, note: str = "", playing: bool = False
) -> Screen:
    """Return the present screen; `playing`: the history runs by itself."""
    t = words(session.lang)
    context = base_context(session, t, asking, note) | {"playing": playing}
    context |= {"chair": _chip(session, t), "meters": _meters(session, t)}
    context |= {"quarters": session.runs.quarters} | _PARTS[session.phase](session, t)
    parts = {region: f"market/{part}" for region, part in SCREENS[session.phase].items()}
    parts |= {"why": "market/meant"} if context.get("meant") else {}
    return composed(parts, context, announcement(session))


def poster(session: MarketSession) -> Context:
    """Return what the poster of a firm shows before it is first led."""
    scenario, lang = session.scenario(), session.lang
    names = [words(lang)(f"model.node.{node}") for node in loop.NODES]
    return {
        "lang": lang,
        "title": scenario.title[lang],
        "summary": scenario.summary[lang],
        "face": drawings.emblem(", ".join(names)),
    }


def announcement(session: MarketSession) -> str:
    """Return what a screen reader says after an act."""
    t = words(session.lang)
    if session.phase == "came":
        return " ".join(item["line"] for item in deciding.verdicts(session, t))
    if session.phase == "watch":
        return t("market.say.watch", quarter=session.watched)
    return ""


def _chip(session: MarketSession, t: Translate) -> str:
    quarter = {"watch": session.watched, "decide": session.quarter + 1}.get(
        session.phase, session.quarter
    )
    chip = t(f"market.chip.{session.phase}", quarter=quarter, quarters=session.runs.quarters)
    if len(session.attempts) > 1 and session.phase in ("decide", "came", "end"):
        chip += " · " + t("market.chip.another", number=len(session.attempts))
    return chip


def _meters(session: MarketSession, t: Translate) -> list[Context]:
    """Say what is in the till: always in sight, and never before the film has shown it."""
    if session.phase not in ("watch", "decide", "came"):
        return []
    history = session.history[: session.watched]
    run = session.runs.run(history) if session.phase == "watch" else session.run_so_far
    if session.scenario().cash:
        return _till(session, run, t)
    quarters = predictions.by_quarter(run, "profit")
    amounts = {"total": sum(quarters)} | ({"last": quarters[-1]} if quarters else {})
    late = session.phase != "decide"
    return [
        {
            "text": t(f"market.chip.{key}", amount=money(amount, session.scenario().currency, t)),
            "over": amount < 0,
            "late": late,
        }
        for key, amount in amounts.items()
    ]


def _till(session: MarketSession, run: Run, t: Translate) -> list[Context]:
    """Say what cash there is, and at how much less than nothing the bank closes the firm."""
    cash, currency = session.scenario().cash, session.scenario().currency
    assert cash is not None
    weeks, late = run.series["cash"], session.phase != "decide"
    now = float(weeks[-1]) if len(weeks) else cash.start
    amounts = {"amount": money(now, currency, t), "limit": money(cash.limit, currency, t)}
    said = "closed" if now < cash.limit else "cash"
    return [{"text": t(f"market.chip.{said}", **amounts), "over": now < 0, "late": late}]


# --- the parts of the screens ------------------------------------------------------------------


def _opening(session: MarketSession, t: Translate) -> Context:
    start, people = session.runs.start, session.scenario().people
    return {
        "tanks": loop.tanks(
            start, {"reputation": 1.0, "customers": people}, people, t, "market.opening.tank"
        ),
        "history": session.scenario().history,
    }


def _watch(session: MarketSession, t: Translate) -> Context:
    run = session.runs.run(session.history[: session.watched])
    base = session.runs.usual(session.watched)
    curves = [_curve(base, session, palette.BASE), _curve(run, session, palette.RUN)]
    legend = [_key("unchanged", "base", t), _key("history", "mine", t)]
    told = history.watched(session, run, base, t)
    ring = _ring(session, session.history[: session.watched], run, base, told, t)
    low = bool(told["meant"])
    return told | ring | _dials(session, run, base, curves, legend, "market.dials.usual", low, t)


def _leading(session: MarketSession, low: bool, t: Translate) -> Context:
    """Return the stocks and the chart while a firm is led."""
    quarter = session.quarter
    if not quarter:
        start, people = session.runs.start, session.scenario().people
        tanks = loop.tanks(start, start, people, t, "market.dials.usual")
        return {"tanks": tanks, "chart": "", "extras": [], "legend": [], "base_name": ""}
    run, base = session.run_so_far, session.base
    word = "earlier" if session.earlier else "unchanged"
    curves, legend = [_curve(base, session, palette.BASE)], [_key(word, "base", t)]
    if session.history and not session.earlier:
        history = session.runs.run(session.history[:quarter])
        curves.append(_curve(history, session, palette.HISTORY, dash="6 4"))
        legend.append(_key("history", "then", t))
    curves.append(_curve(run, session, palette.RUN))
    legend.append(_key("mine", "mine", t))
    label = "market.dials.before" if session.earlier else "market.dials.usual"
    return _dials(session, run, base, curves, legend, label, low, t)


def _dials(
    session: MarketSession,
    run: Run,
    base: Run,
    curves: list[charts.ChartLine],
    legend: list[Context],
    base_label: str,
    low: bool,
    t: Translate,
) -> Context:
    people, quarters = session.scenario().people, session.runs.quarters
    now = curves[-1].values[-1]
    column = t(f"market.column.{session.extra}")
    name = t("market.dials.named", measure=column, value=_said(session, now, t))
    passed = len(curves[-1].values)
    size = (292, 126 if low else 180)
    return {
        "tanks": loop.tanks(loop.levels(run), loop.levels(base), people, t, base_label),
        "chart": charts.chart(curves, name, quarters, partial(_said, session, t=t), size),
        "extras": [
            {"id": each, "text": t(f"market.column.{each}"), "on": each == session.extra}
            for each, after in EXTRAS.items()
            if passed >= after or each == session.extra
        ],
        "legend": legend,
        "base_name": "",
    }


def _key(word: str, look: str, t: Translate) -> Context:
    return {"look": look, "text": t(f"market.dials.{word}")}


def _curve(run: Run, session: MarketSession, colour: str, dash: str = "") -> charts.ChartLine:
    values = predictions.by_quarter(run, session.extra)
    return charts.ChartLine(values, colour, 3 if colour == palette.RUN else 2, dash)


def _said(session: MarketSession, value: float, t: Translate) -> str:
    """Say a value of the axis as short as can be."""
    if session.extra in ("profit", "sales"):
        return scaled(value, t)
    return number(value, 0 if abs(value) >= 20 else 1 if abs(value) >= 3 else 2)


def _ring(
    session: MarketSession,
    actions: Sequence[MarketAction],
    run: Run,
    base: Run,
    told: Context,
    t: Translate,
) -> Context:
    """Draw the loop with the film of the quarter that has just passed."""
    outcome = predictions.in_quarter(
        run, base, len(run.series["week"]) // WEEKS_QUARTER - 1, "profit"
    )
    against = "against_before" if session.phase == "came" and session.earlier else "against"
    centre = (
        t("market.came.centre"),
        news.change_text("profit", outcome.change, session.scenario().currency, t),
        t(f"market.came.{against}"),
    )
    fresh = f"{session.phase}-{len(session.attempts)}-{session.quarter}-{session.watched}"
    drawn_from = max(0, len(run.series["week"]) - DRAWN_WEEKS)
    shown = film.quarter(run, base, session.runs.arrivals(actions), drawn_from)
    size = LOW_RING if told["meant"] else RING
    drawn = loop.loop(
        run, base, t, centre, fresh, WEEKS_QUARTER, size, film=shown, same=outcome.leeway
    )
    return {"ring": drawn}


def _decide(session: MarketSession, t: Translate) -> Context:
    drawn = {"cockpit": cockpit.small_loop(session, t)}
    return _leading(session, True, t) | deciding.decide(session, t) | drawn


def _came(session: MarketSession, t: Translate) -> Context:
    if session.span == "year":
        told, ring = _year(session, t)
        return _leading(session, False, t) | told | ring
    told = deciding.came(session, t)
    ring = _ring(session, session.attempt.actions, session.run_so_far, session.base, told, t)
    return _leading(session, bool(told["meant"]), t) | told | ring


def _year(session: MarketSession, t: Translate) -> tuple[Context, Context]:
    """Return the finding of a year that has passed, and the loop with its film."""
    actions, run, base = session.attempt.actions, session.run_so_far, session.base
    quarters = range(session.quarter - QUARTERS_YEAR, session.quarter)
    outcomes = [predictions.in_quarter(run, base, each, "profit") for each in quarters]
    gained, currency = sum(each.change for each in outcomes), session.scenario().currency
    arrived = [each for at in quarters for each in session.runs.arrivals(actions[: at + 1])]
    against = t("market.came.against_before" if session.earlier else "market.came.against")
    centre = (
        t("market.came.centre_year"),
        news.change_text("profit", gained, currency, t),
        against,
    )
    drawn = loop.loop(
        run,
        base,
        t,
        centre,
        f"year-{len(session.attempts)}-{session.quarter}",
        WEEKS_YEAR,
        RING,
        film=film.year(run, base, arrived),
        same=sum(each.leeway for each in outcomes),
    )
    year = session.quarter // QUARTERS_YEAR
    key = "more" if gained > 0 else "less" if gained < 0 else "equal"
    told = {
        "heading": t("market.came.year", year=year),
        "finding": t(
            f"market.came.year_{key}", amount=money(abs(gained), currency, t), against=against
        ),
        "verdicts": [],
        "news": [],
        "meant": [],
        "go": t("market.came.go", quarter=session.quarter + 1),
    }
    return told, {"ring": drawn}


_PARTS: dict[str, Callable[[MarketSession, Translate], Context]] = {
    "opening": _opening,
    "foresee": history.foresee,
    "watch": _watch,
    "reckoning": history.reckoning,
    "decide": _decide,
    "came": _came,
    "end": closing.end,
    "again": closing.again,
}
