"""The screens of a day at a service desk: session in, HTML regions out."""

from __future__ import annotations

from collections.abc import Callable

from crmsim.common.numbers import money
from crmsim.common.words import Translate, words
from crmsim.course.sessions.desk import DeskSession
from crmsim.widgets.desk import box, cards, closing, hours, rule
from crmsim.widgets.drawings import desk as drawings
from crmsim.widgets.rendering import Context, Screen, base_context, composed

SCREENS: dict[str, dict[str, str]] = {
    "opening": {"left": "found", "middle": "opening", "right": "how"},
    "foresee": {"left": "rule", "wide": "foresee"},
    "reckoning": {"left": "why", "wide": "reckoning"},
    "box": {"left": "list", "middle": "message", "right": "clock"},
    "cards": {"left": "morning", "wide": "cards"},
    "decide": {"left": "news", "middle": "decide", "right": "dials", "foot": "go"},
    "end": {"left": "closing", "wide": "end"},
    "again": {"left": "closing", "wide": "again"},
}


def screen(session: DeskSession, asking: bool = False, note: str = "") -> Screen:
    """Return the present screen."""
    t = words(session.lang)
    context = base_context(session, t, asking, note)
    context |= {"chair": _chip(session, t), "meters": _meters(session, t)}
    context |= _PARTS[session.phase](session, t)
    parts = {region: f"desk/{part}" for region, part in SCREENS[session.phase].items()}
    return composed(parts, context, announcement(session, t))


def poster(session: DeskSession) -> Context:
    """Return what is seen of a desk before it is first led."""
    scenario, lang = session.scenario(), session.lang
    name = scenario.title[lang]
    return {
        "lang": lang,
        "title": name,
        "summary": scenario.summary[lang],
        "face": drawings.queue_drawing(3, 3, 0, name),
    }


def announcement(session: DeskSession, t: Translate) -> str:
    """Return what a screen reader says after an act."""
    if session.phase == "box" and session.attempt.box and not session.opened:
        return t("day.say.sent", left=f"{session.seconds_left:g}")
    if session.phase == "decide" and session.hour:
        line = hours.news(session, t)[0]["text"]
        return t("day.say.hour", hour=session.view.hour, line=line)
    return ""


def _chip(session: DeskSession, t: Translate) -> str:
    chip = t(f"day.chip.{session.phase}")
    if session.phase == "decide":
        places = {"hour": session.view.hour, "number": session.hour + 1}
        chip = t("day.chip.decide", hours=session.runs.hours, **places)
    if len(session.attempts) > 1 and session.phase in ("box", "cards", "decide", "end"):
        chip += " · " + t("day.chip.another", number=len(session.attempts))
    return chip


def _meters(session: DeskSession, t: Translate) -> list[Context]:
    if session.phase == "box":
        minutes, seconds = divmod(int(session.seconds_left), 60)
        left = t("day.chip.left", minutes=minutes, seconds=f"{seconds:02}")
        return [{"text": left, "over": minutes < 1, "late": False}]
    if session.phase == "decide" and session.hour:
        paid = float(session.run_so_far.series["wages"].sum())
        said = money(paid, session.scenario().currency, t)
        return [{"text": t("day.chip.wages", amount=said), "over": False, "late": False}]
    return []


_PARTS: dict[str, Callable[[DeskSession, Translate], Context]] = {
    "opening": rule.opening,
    "foresee": rule.foresee,
    "reckoning": rule.reckoning,
    "box": box.box,
    "cards": cards.cards,
    "decide": hours.decide,
    "end": closing.end,
    "again": closing.again,
}
