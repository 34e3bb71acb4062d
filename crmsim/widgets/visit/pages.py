"""Screens of a visit: session in, HTML regions out."""

from __future__ import annotations

from collections.abc import Callable

from crmsim.common.numbers import money
from crmsim.common.words import Translate
from crmsim.course.sessions.visit import OPTIONS, REWINDS, VisitSession
from crmsim.model.visit import View
from crmsim.widgets.drawings import drawings, faces
from crmsim.widgets.numbers import mood_words, words_of_play
from crmsim.widgets.rendering import Context, Screen, base_context, composed
from crmsim.widgets.visit import bets, ending, firm_pages, talk
from crmsim.widgets.visit.customer import beside


def _visit_screen(middle: str) -> dict[str, str]:
    return {"left": "customer", "middle": middle, "foot": "journey"}


SCREENS: dict[str, dict[str, str]] = {
    "opening": {"left": "meet", "middle": "opening", "right": "how", "foot": "journey"},
    "visit": _visit_screen("scene"),
    "rewind": _visit_screen("scene"),
    "felt": _visit_screen("felt"),
    **{f"bet-{topic}": _visit_screen("bet") for topic in OPTIONS},
    "tries": _visit_screen("tries"),
    "verdict": _visit_screen("verdict") | {"why": "why"},
    "loop": {"left": "story", "middle": "ring", "right": "tanks"},
    "compare": {"left": "story", "middle": "ring", "right": "tanks"},
}

UNSEEN = {"customer": "shopper", "felt": "noted"}
"""Parts of a screen that show what the customer feels, and what a mystery shopper sees instead."""


def screen(session: VisitSession, asking: str = "", note: str = "") -> Screen:
    """Return the present screen; `asking` and `note` are the question and the note on it."""
    context = _context(session, asking, note)
    parts = SCREENS[session.phase]
    if session.scenario().mystery:
        parts = {region: UNSEEN.get(part, part) for region, part in parts.items()}
    return composed(parts, context, announcement(session))


def poster(session: VisitSession) -> Context:
    """Return what the poster of a case shows before it is first run."""
    view, scenario, lang = session.view(), session.scenario(), session.lang
    return {
        "lang": lang,
        "title": scenario.title[lang],
        "summary": scenario.summary[lang],
        "face": faces.face(0.25, view.look, view.name),
    }


def _context(session: VisitSession, asking: str, note: str) -> Context:
    t = words_of_play(session.scenario(), session.lang)
    context = base_context(session, t, asking, note) | {"seat": session.seat}
    if session.phase in ("loop", "compare"):
        return context | _head(session, session.view("seller"), t) | firm_pages.context(session, t)
    view = session.second.view if session.phase == "tries" else _shown(session)
    context |= _head(session, view, t) | beside(session, view, t) | _journey(session, t)
    ended = session.phase in ("bet-talk", "felt")
    context["past"] = talk.talk_lines(session, view, t)["past"] if ended else []
    return context | _MIDDLE[session.phase](session, view, t)


def _shown(session: VisitSession) -> View:
    """Return the present moment, or the end of the visit that is being rewound."""
    after = session.phase in ("verdict", "rewind", "tries", "bet-profit", *REWINDS)
    return session.view("seller" if after else session.seat)


def _head(session: VisitSession, view: View, t: Translate) -> Context:
    lang, currency = session.lang, session.scenario().currency
    meters = []
    if session.seat == "seller" and session.phase != "opening" and ending.has_money(view, session):
        key, amount = ("earned", view.earned) if view.ending else ("cost", view.cost)
        text = t(f"play.head.{key}", amount=money(amount, currency, t))
        meters.append({"text": text, "over": amount < 0, "late": False})
    chair = {"opening": "opening", "loop": "after", "compare": "after"}.get(
        session.phase, session.seat
    )
    return {
        "chair": t(f"play.chair.{chair}", server=t("play.server")),
        "meters": [] if session.phase in ("opening", "loop", "compare") else meters,
        "person": view,
        "view": view,
        "lang": lang,
    }


def _journey(session: VisitSession, t: Translate) -> Context:
    view = _shown(session)
    over = view.ending is not None
    ahead = [title for _, title in view.ahead]
    unseen = session.scenario().mystery
    emotions = [0.0 if unseen else step.emotion for step in view.journey]
    places = drawings.journey_points(emotions, len(ahead), over)
    points = []
    labels = [step.title for step in view.journey] + ([] if over else [view.title]) + ahead
    for i, ((_, y), label) in enumerate(zip(places, labels, strict=True)):
        state = "past" if i < len(emotions) else "now" if i == len(emotions) else "ahead"
        name = label
        if state == "past" and not unseen:
            name = t(
                "play.visit.point", title=label, mood=t(f"play.mood.{mood_words(emotions[i])}")
            )
        elif state == "now":
            name = t("play.visit.now", title=label)
        chosen = session.phase in ("rewind", *REWINDS) and i == session.step
        points.append(
            {
                "state": "past chosen" if chosen else state,
                "y": round(y, 1),
                "label": label,
                "name": name,
                "act": state == "past",
                "hint": t("play.visit.back"),
            }
        )
    summary = "; ".join(f"{p['label']}" for p in points[: len(emotions)]) or t("play.visit.journey")
    return {
        "curve": drawings.journey_drawing(emotions, len(ahead), summary, over),
        "points": points,
    }


# --- all screens ---


_MIDDLE: dict[str, Callable[[VisitSession, View, Translate], Context]] = {
    "opening": talk.opening,
    "visit": talk.visit,
    "felt": talk.felt_screen,
    "tries": ending.tries,
    "verdict": ending.verdict,
    "rewind": talk.rewind,
    **{f"bet-{topic}": bets.bet for topic in OPTIONS},
}


def announcement(session: VisitSession) -> str:
    """Return what a screen reader says after an act: reaction, change, next step."""
    t = words_of_play(session.scenario(), session.lang)
    if session.phase in ("loop", "compare"):
        return firm_pages.announcement(session, t)
    view = _shown(session)
    if session.phase not in ("visit", "felt", "bet-talk"):
        return ""
    lines = talk.talk_lines(session, view, t)
    return talk.aloud([*lines["past"], *(lines["present"] if session.phase == "visit" else [])])
