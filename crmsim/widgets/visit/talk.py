"""The visit itself: the opening, a moment with its answers, and the moment changed later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crmsim.common.numbers import money
from crmsim.common.words import Translate
from crmsim.course.sessions.visit import VisitSession
from crmsim.model.visit import Offer, View
from crmsim.scenario.encounter import Choice
from crmsim.widgets.drawings import faces
from crmsim.widgets.rendering import Context
from crmsim.widgets.visit.bets import settled
from crmsim.widgets.visit.customer import SMALLEST, arrow, quality_change


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
            "notes": [] if buyer else _price(offer, currency, t),
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
        "cancel": "",
        **talk_lines(session, view, t),
    }


# --- who says what -----------------------------------------------------------------------------


def talk_lines(session: VisitSession, view: View, t: Translate) -> Context:
    """Return the lines of the talk: those of the last touchpoint, and those of the present one.

    In the customer's chair the salesperson has already acted when she is asked, so that what
    changed belongs to the present touchpoint; in the other chair it belongs to the last one.
    """
    last = view.journey[-1] if view.journey else None
    scene = {"who": "scene", "text": view.scene}
    if session.seat == "buyer":
        past = [_served(last.answer, t)] if last else []
        acted = [_served(view.salesperson, t)] if view.salesperson else []
        tells = view.why and not session.scenario().mystery
        changed = [_changed(quality_change(session, view), view.why, t)] if tells else []
        return {
            "past": past,
            "present": [scene, *_hers(session, view, view.says, t), *acted, *changed],
        }
    past = _hers(session, view, last.answer, t) if last else []
    bet = settled(session, view, t)
    past += [{"who": "settled", "text": bet}] if bet else []
    if last:
        past.append(_changed(quality_change(session, view), last.why, t))
    else:
        past.append({"who": "scene", "text": t("play.visit.why_seller")})
    return {"past": past, "present": [scene, *_hers(session, view, view.says, t)]}


def _hers(session: VisitSession, view: View, text: str, t: Translate) -> list[Context]:
    """Return what the customer says: on her own side where the student is her."""
    if not text:
        return []
    buyer = session.seat == "buyer"
    name = t("play.visit.you", name=view.name) if buyer else view.name
    return [{"who": "yours" if buyer else "hers", "name": name, "text": text, "face": ""}]


def _served(text: str, t: Translate) -> Context:
    name = t("play.visit.opposite", server=t("play.server"))
    return {"who": "hers", "name": name, "text": text, "face": faces.face(0.3, "sales", name)}


def _changed(change: Mapping[str, float], why: str, t: Translate) -> Context:
    """Return the line that says what has just changed, and why."""
    items = [
        {"text": f"{t(f'model.dimension.{d}')} {arrow(100 * rise)}", "tone": _tone(rise)}
        for d, rise in change.items()
    ]
    return {"who": "changed", "label": t("play.visit.changed"), "moved": items, "text": why}


def _tone(change: float) -> str:
    return "good" if change > 0 else "bad"


def aloud(lines: Iterable[Context]) -> str:
    """Return the lines of a talk as a screen reader says them."""
    return " ".join(
        " ".join(filter(None, (line.get("name") or line.get("label"), *_items(line), line["text"])))
        for line in lines
    )


def _items(line: Context) -> list[str]:
    return [item["text"].replace("▲", "+").replace("▼", "−") for item in line.get("moved", ())]


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
            else _price(choice, currency, t),
            "first": choice.id == step.choice,
            "off": choice.id == step.choice,
        }
        for choice in touchpoint.choices
    ]
    change = {d: rise for d, rise in step.moved.items() if abs(rise) >= SMALLEST}
    return {
        "stage_name": t("play.rewind.lead"),
        "moment": {"title": t("play.rewind.title", title=step.title)},
        "cards": cards,
        "act": "choose",
        "cancel": t("play.rewind.cancel"),
        "past": [*_hers(session, view, step.answer, t), _changed(change, step.why, t)],
        "present": [{"who": "scene", "text": touchpoint.scene[lang]}],
    }


def _price(offer: Offer | Choice, currency: str, t: Translate) -> list[str]:
    said = [t("play.visit.card", minutes=round(offer.minutes or 0))]
    if offer.cost:
        amount = money(offer.cost, currency, t)
        said.append(t("play.visit.if_sold", amount=amount) if offer.if_sold else amount)
    return said


def felt_screen(session: VisitSession, view: View, t: Translate) -> Context:
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
