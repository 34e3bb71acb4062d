"""Screens of the firm: the loop, its people, its stocks, its levers."""

from __future__ import annotations

from functools import partial

from crmsim.common import palette
from crmsim.common.numbers import money, number, scaled
from crmsim.common.words import Translate
from crmsim.course.sessions.predictions import by_quarter
from crmsim.course.sessions.visit import VisitSession
from crmsim.runs.arrivals import arrivals
from crmsim.runs.run import Run
from crmsim.widgets.drawings import charts, film, loop
from crmsim.widgets.rendering import Context
from crmsim.widgets.visit.bets import profit_gained, profit_verdict
from crmsim.widgets.visit.ending import side_by_side
from crmsim.widgets.visit.firm_runs import after, as_usual, levers_of, runs, scopes, years
from crmsim.widgets.visit.people_touched import touched_people


def context(session: VisitSession, t: Translate) -> Context:
    """Everything the firm's three regions need."""
    run, base = runs(session)
    shown: Context = {
        "comparing": session.phase == "compare",
        "usual": as_usual(session),
        "scope": "floor" if session.scope == "floor" else "one",
        "tab": session.scope,
        "tabs": scopes(session),
        "bet": _bet(session, run, base, t),
        "tanks": stocks(run, base, session.phase == "compare", t),
        "base_name": t("play.loop.first" if session.phase == "compare" else "play.loop.usual"),
        "run_name": t("play.loop.second" if session.phase == "compare" else "play.loop.yours"),
    }
    if session.phase == "compare":
        shown |= side_by_side(session, t)
    if session.scope != "floor":
        shown |= touched_people(session, run, base, t)
    else:
        shown["ring"] = _ring(session, run, base, t)
        shown["levers"] = _levers(session, run, t) if session.phase == "loop" else []
        shown["finding"] = _found(session, run, base, t)
        shown["chart"] = profit_chart(run, base, shown["finding"], t)
    return shown


def _bet(session: VisitSession, run: Run, base: Run, t: Translate) -> Context | None:
    """Compare the bet with its outcome; it was about the whole floor, so it is judged on that."""
    topic = "rewind" if session.phase == "compare" else "profit"
    guess = session.bets.get(topic)
    if guess is None or session.scope != "floor":
        return None
    if session.levers and session.phase == "loop":
        run = after(session.visit, "floor")
    gained, currency = profit_gained(run, base), session.scenario().currency
    named = profit_verdict(guess, gained.outcome, gained.change)
    return {
        "guess": t("play.loop.you_bet", guess=t(f"play.bet.{guess}")),
        "came": t(
            "play.loop.it_came",
            change=_plus(gained.change, currency, t),
            outcome=t(f"play.bet.{gained.outcome}"),
        ),
        "band": t(
            "play.loop.band",
            same=money(gained.same, currency, t),
            much=money(gained.much, currency, t),
        ),
        "name": t(f"play.verdict.{named}"),
        "tone": {"right": "good", "size": "half"}.get(named, "bad"),
        "why": _why(session, named, t),
    }


def _why(session: VisitSession, named: str, t: Translate) -> str:
    """Say what a bet teaches; of the usual way, which answer to change."""
    if as_usual(session):
        return t("play.loop.lesson.usual", title=session.visit.view.journey[0].title)
    return t(f"play.loop.lesson.{named}")


def _ring(session: VisitSession, run: Run, base: Run, t: Translate) -> loop.LoopDrawing:
    """Draw the loop with its film, which is shown again whenever something else is compared."""
    gained = profit_gained(run, base)
    centre = (
        t("play.loop.centre", years=number(years(session.scenario()))),
        _plus(gained.change, session.scenario().currency, t),
        t("play.loop.against_first" if session.phase == "compare" else "play.loop.against"),
    )
    fresh = f"{session.phase}-{session.scope}-{session.step}-{session.pending}"
    shown = None if as_usual(session) else film.whole(run, base, arrivals(run, base))
    return loop.loop(run, base, t, centre, fresh, film=shown, same=gained.same)


def _plus(amount: float, currency: str, t: Translate) -> str:
    return ("+" if round(amount) > 0 else "") + money(amount, currency, t)


def stocks(run: Run, base: Run, comparing: bool, t: Translate) -> list[str]:
    """Draw reputation and customers of a run at its end, against those of its base case."""
    now, usual = loop.levels(run), loop.levels(base)
    word = f"play.loop.tank_{'first' if comparing else 'usual'}"
    return loop.tanks(now, usual, run.scenario.people, t, word)  # type: ignore[union-attr]


def _levers(session: VisitSession, run: Run, t: Translate) -> list[Context]:
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


# --- the measured curve ------------------------------------------------------------------------


def _found(session: VisitSession, run: Run, base: Run, t: Translate) -> str:
    if as_usual(session):
        return t("play.loop.finding.yours.usual")
    return finding(run, base, session.phase == "compare", t)


def finding(run: Run, base: Run, comparing: bool, t: Translate) -> str:
    """Say in a sentence what became of profit."""
    change = profit_gained(run, base).change
    key = "same" if not round(change) else "higher" if change > 0 else "lower"
    who = "second" if comparing else "yours"
    amount = money(abs(change), run.scenario.currency, t)
    return t(f"play.loop.finding.{who}.{key}", change=amount)


def profit_chart(run: Run, base: Run, name: str, t: Translate) -> str:
    """Draw the profit of each quarter, of the run and of its base case."""
    curves = [
        charts.ChartLine(by_quarter(each, "profit"), colour, width)
        for each, colour, width in ((base, palette.BASE, 2), (run, palette.RUN, 3))
    ]
    quarters = len(curves[0].values)
    return charts.chart(curves, name, quarters, partial(scaled, t=t), (288, 180))


def announcement(session: VisitSession, t: Translate) -> str:
    """Return the finding of the screen, in a sentence."""
    return _found(session, *runs(session), t)
