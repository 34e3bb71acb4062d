"""The cards of the day: some of the thirty ways of keeping customers, with their price."""

from __future__ import annotations

from crmsim.common.numbers import money
from crmsim.common.words import Translate
from crmsim.course.sessions.desk import DeskSession
from crmsim.scenario.desk import DayCard
from crmsim.widgets.rendering import Context


def cards(session: DeskSession, t: Translate) -> Context:
    """Return the cards with what is chosen of them, and what is still to be played."""
    case, chosen = session.scenario(), session.attempt.cards
    left = case.cards_most - len(chosen)
    still = t("day.cards.left", left=left) if left else t("day.cards.full")
    return {
        "cards": [_card(session, card, t) for card in case.cards],
        "still": still if chosen else t("day.cards.most", most=case.cards_most),
        "go": t("day.cards.go" if chosen else "day.cards.go_without"),
    }


def desk_card_price(session: DeskSession, card: DayCard, t: Translate) -> str:
    """Return the price of a card: hours of paid work, and money."""
    currency = session.scenario().currency
    parts = []
    if card.work_h:
        parts.append(t("day.cards.hours", hours=f"{card.work_h:g}"))
    if card.cost:
        parts.append(t("day.cards.once", amount=money(card.cost, currency, t)))
    if card.cost_case:
        parts.append(t("day.cards.each", amount=money(card.cost_case, currency, t)))
    return t("day.cards.and").join(parts) or t("day.cards.time")


def _card(session: DeskSession, card: DayCard, t: Translate) -> Context:
    lang, on = session.lang, card.id in session.attempt.cards
    return {
        "id": card.id,
        "title": card.title[lang],
        "about": card.about[lang],
        "why": card.why[lang],
        "price": desk_card_price(session, card, t),
        "on": on,
        "value": f"{card.id}={'off' if on else 'on'}",
        "shut": session.hand_full and not on,
    }
