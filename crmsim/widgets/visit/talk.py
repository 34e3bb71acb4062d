"""The visit itself: the opening, a moment with its answers, and the moment changed later."""

from __future__ import annotations

from crmsim.common.numbers import money
from crmsim.common.words import Translate
from crmsim.course.sessions.visit import VisitSession
from crmsim.model.visit import View
from crmsim.widgets.rendering import Context
from crmsim.widgets.visit.bets import settled


def opening(session: VisitSession, view: View, t: Translate) -> Context:
    """Return the screen on which a visit begins."""
    return {"summary": session.scenario().summary[session.lang]}


def visit(session: VisitSession, view: View, t: Translate) -> Context:
    """Return the screen of a touchpoint, with the cards that can be played."""
    buyer = session.seat == "buyer"
    currency = session.scenario().currency
    cards = [
        {
            "id": offer.id,
            "text": offer.text,
            "notes": [] if buyer else _price(offer.minutes, offer.cost, currency, t),
            "first": False,
            "off": False,
        }
        for offer in view.on_offer
    ]
    return {
        "moment": view,
        "stage_name": t(f"model.stage.{view.stage}") if session.scenario().sells else "",
        "cards": cards,
        "act": "reply" if buyer else "choose",
        "own_line": view.says if buyer else "",
        "settled": settled(session, view, t),
        "cancel": "",
    }


def rewind(session: VisitSession, view: View, t: Translate) -> Context:
    """Return the screen on which another choice is tried at a touchpoint."""
    step = view.journey[session.step or 0]
    touchpoint = session.scenario().touchpoint(step.touchpoint)
    assert touchpoint is not None
    lang, currency = session.lang, session.scenario().currency
    cards = [
        {
            "id": choice.id,
            "text": choice.does[lang],
            "notes": [t("play.visit.first_answer")]
            if choice.id == step.choice
            else _price(choice.minutes, choice.cost, currency, t),
            "first": choice.id == step.choice,
            "off": choice.id == step.choice,
        }
        for choice in touchpoint.choices
    ]
    return {
        "stage_name": t("play.rewind.lead"),
        "moment": {
            "title": t("play.rewind.title", title=step.title),
            "scene": touchpoint.scene[lang],
        },
        "cards": cards,
        "act": "choose",
        "own_line": "",
        "settled": "",
        "cancel": t("play.rewind.cancel"),
        "why": step.why,
        "reaction": step.answer,
    }


def _price(minutes: float | None, cost: float | None, currency: str, t: Translate) -> list[str]:
    minutes_said = t("play.visit.card", minutes=round(minutes or 0))
    return [minutes_said, money(cost, currency, t)] if cost else [minutes_said]


def felt(session: VisitSession, view: View, t: Translate) -> Context:
    """Return the screen of how the customer felt, with her best and worst moment."""
    best = max(view.journey, key=lambda step: step.emotion)
    worst = min(view.journey, key=lambda step: step.emotion)
    return {
        "outcome": _left_as(view, t),
        "best": {"label": t("play.felt.best", title=best.title), "text": best.act},
        "worst": {"label": t("play.felt.worst", title=worst.title), "text": worst.act},
    }


def _left_as(view: View, t: Translate) -> str:
    """Say how the visit ended for the customer: with or without the purchase, if there was one."""
    if "buys" not in view.decision:
        return view.ending_text
    return t("play.felt.bought" if view.decision["buys"] else "play.felt.left")
