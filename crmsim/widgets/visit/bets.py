"""The bets: their questions and options, and the words for how far off they were."""

from __future__ import annotations

from crmsim.common.numbers import number
from crmsim.common.words import Translate
from crmsim.course.sessions.visit import OPTIONS, PROFIT, VisitSession
from crmsim.model.visit import View
from crmsim.widgets.rendering import Context
from crmsim.widgets.visit.firm_runs import years

SAME, MUCH = 2, 10
"""Per cent of profit within which it is 'about the same', and beyond which it is 'much'."""

SAME_FELT, MUCH_FELT = 0.1, 0.5
"""Points of satisfaction within which it is 'about the same', and beyond which it is 'much'."""


def bet(session: VisitSession, view: View, t: Translate) -> Context:
    """Return the screen on which a bet is made."""
    topic = session.phase.removeprefix("bet-")
    place = session.touchpoint(view.touchpoint)
    pending = (
        place.choice(session.pending) if topic == "sale" and place and session.pending else None
    )
    title = session.view("seller").journey[session.step].title if session.step is not None else ""
    return {
        "question": t(
            f"play.bet.{topic}",
            name=view.name,
            years=number(years(session.scenario())),
            title=title,
        ),
        "quote": pending.does[session.lang] if pending else "",
        "quote_label": t("play.bet.sale_did"),
        "options": [{"id": key, "text": t(f"play.bet.{key}")} for key in OPTIONS[topic]],
        "hint": _scale(topic, t),
    }


def _scale(topic: str, t: Translate) -> str:
    if topic == "felt":
        return t("play.bet.scale_felt", much=MUCH_FELT, same=SAME_FELT)
    if topic in ("profit", "rewind"):
        return t("play.bet.scale", much=MUCH, same=SAME)
    return t("play.bet.nothing")


# --- against what happened ---


def bin_of(change: float) -> str:
    """Return the option of the bet that a change of profit belongs to."""
    return PROFIT[sum(change > limit for limit in (-MUCH, -SAME, SAME, MUCH))]


def profit_verdict(guess: str, outcome: str) -> str:
    """Return the name of the difference between a bet on profit and its outcome."""
    g, o = PROFIT.index(guess) - 2, PROFIT.index(outcome) - 2
    if g == o:
        return "right"
    if g * o > 0:
        return "size"
    return "hopeful" if g > o else "gloomy"


def verdict(topic: str, guess: str, outcome: str, t: Translate) -> str:
    """Return the name of the difference between bet and outcome; options run from good to bad."""
    order = OPTIONS[topic]
    if guess == outcome:
        return t("play.verdict.right")
    hopeful = order.index(guess) < order.index(outcome)
    if order is PROFIT:
        return t(f"play.verdict.{profit_verdict(guess, outcome)}")
    return t("play.verdict.hopeful" if hopeful else "play.verdict.gloomy")


def guess_line(guess: str, outcome: str, t: Translate) -> str:
    """Return what was guessed and what happened, as one sentence."""
    return t("play.verdict.line", guess=t(f"play.bet.{guess}"), outcome=t(f"play.bet.{outcome}"))
