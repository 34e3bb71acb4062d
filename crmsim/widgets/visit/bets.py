"""The bets: their questions and options, and the words for how far off they were."""

from __future__ import annotations

from dataclasses import dataclass

from crmsim.common.numbers import number
from crmsim.common.words import Translate
from crmsim.course.sessions.visit import OPTIONS, PROFIT, VisitSession
from crmsim.model.visit import View
from crmsim.runs.run import Run
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


@dataclass(frozen=True, slots=True)
class Gain:
    """The profit that a run gained against its base case, and what counts as much or little.

    ``change`` is in money, up to ``same`` it is "about the same", beyond ``much`` it is "much".
    """

    change: float
    same: float
    much: float

    @property
    def outcome(self) -> str:
        """The option of the bet that the change belongs to."""
        limits = (-self.much, -self.same, self.same, self.much)
        return PROFIT[sum(self.change > limit for limit in limits)]


def profit_gained(run: Run, base: Run) -> Gain:
    """Return the profit gained over the whole time.

    Per cent are those of the usual profit, or of a tenth of sales where there is hardly any.
    """
    mine, usual = (float(each.series["profit"].sum()) for each in (run, base))
    size = max(abs(usual), float(base.series["sales"].sum()) / 10)
    return Gain(mine - usual, size * SAME / 100, size * MUCH / 100)


def profit_verdict(guess: str, outcome: str, change: float = 0.0) -> str:
    """Return the name of the difference between a bet on profit and its outcome.

    The `change` itself tells whether a bet had the right direction where it was about the same.
    """
    g, o = PROFIT.index(guess) - 2, PROFIT.index(outcome) - 2
    if g == o:
        return "right"
    if g * (o or change) > 0:
        return "size"
    return "hopeful" if g > o else "gloomy"


def bet_verdict(topic: str, guess: str, outcome: str, t: Translate) -> str:
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


def settled(session: VisitSession, view: View, t: Translate) -> str:
    """Compare the bet on the sale with its outcome, on the screen after it."""
    outcome = session.outcomes.get("sale") if session.seat == "seller" else None
    gates = [i for i, s in enumerate(view.journey) if _gate(session, s.touchpoint)]
    if not outcome or "sale" not in session.bets or gates[-1] != len(view.journey) - 1:
        return ""
    guess = session.bets["sale"]
    named = bet_verdict("sale", guess, outcome, t)
    return t("play.verdict.settled", name=named, line=guess_line(guess, outcome, t))


def _gate(session: VisitSession, place: str) -> bool:
    touchpoint = session.touchpoint(place)
    return touchpoint is not None and touchpoint.gate is not None
