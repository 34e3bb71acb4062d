"""Screens of a visit: session in, HTML regions out."""

from __future__ import annotations

from collections.abc import Callable

from crmsim.common.numbers import money, number
from crmsim.common.words import Translate
from crmsim.course.sessions.visit import OPTIONS, REWINDS, VisitSession
from crmsim.model.visit import View
from crmsim.scenario import DIMENSIONS
from crmsim.widgets.drawings import drawings, faces
from crmsim.widgets.numbers import mood_words, words_of
from crmsim.widgets.rendering import Context, Screen, render
from crmsim.widgets.visit import bets, ending, firm_pages, talk


def _visit_screen(middle: str) -> dict[str, str]:
    return {"left": "person", "middle": middle, "right": "gaps", "why": "why", "foot": "journey"}


SCREENS: dict[str, dict[str, str]] = {
    "opening": {"left": "meet", "middle": "opening", "right": "how", "foot": "journey"},
    "visit": _visit_screen("scene"),
    "rewind": _visit_screen("scene"),
    "felt": _visit_screen("felt"),
    **{f"bet-{topic}": _visit_screen("bet") for topic in OPTIONS},
    "tries": _visit_screen("tries"),
    "verdict": _visit_screen("verdict"),
    "loop": {"left": "story", "middle": "ring", "right": "tanks"},
    "compare": {"left": "story", "middle": "ring", "right": "tanks"},
}


def screen(session: VisitSession, asking: str = "", note: str = "") -> Screen:
    """Return the present screen; `asking` and `note` are the question and the note on it."""
    context = _context(session, asking, note)
    parts = {"head": "head"} | SCREENS[session.phase] | ({"note": "note"} if note else {})
    regions = {region: render(part, context) for region, part in parts.items()}
    return Screen(regions, announcement(session))


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
    scenario = session.scenario()
    t = words_of(scenario, session.lang)
    context: Context = {
        "t": t,
        "lang": session.lang,
        "scenario": scenario,
        "title": scenario.title[session.lang],
        "seat": session.seat,
        "asking": asking,
        "note": note,
        "begun": session.phase != "opening",
    }
    if session.phase in ("loop", "compare"):
        return context | _head(session, session.view("seller"), t) | firm_pages.context(session, t)
    view = session.second.view if session.phase == "tries" else _shown(session)
    context |= _head(session, view, t) | _person(session, view, t) | _gaps(session, view, t)
    return context | _journey(session, t) | _MIDDLE[session.phase](session, view, t)


def _shown(session: VisitSession) -> View:
    """Return the present moment, or the end of the visit that is being rewound."""
    after = session.phase in ("verdict", "rewind", "tries", "bet-profit", *REWINDS)
    return session.view("seller" if after else session.seat)


def _head(session: VisitSession, view: View, t: Translate) -> Context:
    lang, currency = session.lang, session.scenario().currency
    over = view.minutes > view.patience_min
    used = t("play.head.minutes", used=round(view.minutes), patience=round(view.patience_min))
    meters = [{"text": used, "over": over, "late": False}]
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


def _person(session: VisitSession, view: View, t: Translate) -> Context:
    """Return the person opposite: the salesperson for a buyer, the customer for a salesperson."""
    buyer = session.seat == "buyer" and session.phase != "opening"
    last = view.journey[-1] if view.journey else None
    feeling = t(f"play.mood.{mood_words(view.mood)}")
    name = t("play.visit.opposite", server=t("play.server")) if buyer else view.name
    face = faces.face(
        0.3 if buyer else 0.25 if session.phase == "opening" else view.mood,
        "sales" if buyer else view.look,
        f"{name}, {feeling}",
    )
    line = view.salesperson if buyer else view.says
    if session.phase in ("bet-sale", "bet-profit", "rewind", *REWINDS):
        line = ""
    return {
        "face": face,
        "opposite": name,
        "mood": "" if buyer else feeling,
        "stage": view.stage or "after",
        "reaction": last.answer if last else "",
        "line": line,
    }


def _gaps(session: VisitSession, view: View, t: Translate) -> Context:
    buyer = session.seat == "buyer" and session.phase not in ("opening", "verdict")
    last = view.journey[-1] if view.journey else None
    labels = {d: t(f"model.dimension.{d}") for d in DIMENSIONS}
    name = "; ".join(
        t(
            "play.visit.gap_item",
            label=labels[d],
            expected=round(100 * view.expected[d]),
            perceived=round(100 * view.perceived[d]),
        )
        for d in DIMENSIONS
    )
    before = session.before if session.phase in ("visit", "bet-sale", "bet-talk", "felt") else None
    moved = {d: view.perceived[d] - before[d] for d in DIMENSIONS} if before else {}
    feeling = t(f"play.mood.{mood_words(view.mood)}")
    you = t("play.visit.you", name=view.name)
    return {
        "gaps": drawings.gap_bars(view.expected, view.perceived, labels, moved, name, 272),
        "gaps_title": you if buyer else t("play.visit.gaps"),
        "small_face": faces.face(view.mood, view.look, f"{you}, {feeling}") if buyer else "",
        "satisfaction": t("play.visit.of_five", level=number(view.satisfaction, 1)),
        "why_label": t("play.visit.why") if last else "",
        "why": last.why if last else t(f"play.visit.why_{session.seat}", server=t("play.server")),
    }


def _journey(session: VisitSession, t: Translate) -> Context:
    view = _shown(session)
    over = view.ending is not None
    ahead = [title for _, title in view.ahead]
    emotions = [step.emotion for step in view.journey]
    places = drawings.journey_points(emotions, len(ahead), over)
    points = []
    labels = [step.title for step in view.journey] + ([] if over else [view.title]) + ahead
    for i, ((_, y), label) in enumerate(zip(places, labels, strict=True)):
        state = "past" if i < len(emotions) else "now" if i == len(emotions) else "ahead"
        name = label
        if state == "past":
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
    return {"curve": drawings.journey(emotions, len(ahead), summary, over), "points": points}


# --- all screens ---


_MIDDLE: dict[str, Callable[[VisitSession, View, Translate], Context]] = {
    "opening": talk.opening,
    "visit": talk.visit,
    "felt": talk.felt,
    "tries": ending.tries,
    "verdict": ending.verdict,
    "rewind": talk.rewind,
    **{f"bet-{topic}": bets.bet for topic in OPTIONS},
}


def announcement(session: VisitSession) -> str:
    """Return what a screen reader says after an act: reaction, change, next step."""
    t = words_of(session.scenario(), session.lang)
    if session.phase in ("loop", "compare"):
        return firm_pages.announcement(session, t)
    view = _shown(session)
    if not view.journey or session.phase not in ("visit", "felt", "bet-talk"):
        return ""
    last = view.journey[-1]
    moved = ", ".join(
        f"{t(f'model.dimension.{d}')} {100 * change:+.0f}"
        for d, change in last.moved.items()
        if abs(change) >= 0.005
    )
    return " ".join([last.answer, moved, last.why])
