"""The customer beside the talk: her mood, her patience, and what she expected and perceived."""

from __future__ import annotations

from crmsim.common.numbers import number
from crmsim.common.words import Translate
from crmsim.course.sessions.visit import VisitSession
from crmsim.model.visit import View
from crmsim.scenario import DIMENSIONS
from crmsim.widgets.drawings import faces
from crmsim.widgets.numbers import mood_words
from crmsim.widgets.rendering import Context

FRESH = ("visit", "bet-sale", "bet-talk", "felt")
"""Phases in which the last thing that happened is shown as a change."""

SMALLEST = 0.005
"""A change of perceived quality that is shown, on the scale of quality (0–1)."""


def beside(session: VisitSession, view: View, t: Translate) -> Context:
    """Return the column beside the talk."""
    buyer = session.seat == "buyer" and session.phase != "opening"
    name = t("play.visit.you", name=view.name) if buyer else view.name
    mood = mood_words(view.mood)
    feeling = t(f"play.mood.{mood}")
    if session.scenario().mystery:
        return {"face": faces.face(0.0, view.look, name), "customer": name, "sheet": DIMENSIONS}
    return {
        "face": faces.face(view.mood, view.look, f"{name}, {feeling}"),
        "customer": name,
        "mood": mood,
        "feeling": feeling,
        "patience": _patience(view, t),
        "satisfaction": _satisfaction(session, view, t),
        "gaps": _gaps(session, view, t),
    }


def quality_change(session: VisitSession, view: View) -> dict[str, float]:
    """Return how far quality as perceived has just moved, by dimension, on its scale (0–1)."""
    if session.phase not in FRESH:
        return {}
    before = session.before
    change = {d: view.perceived[d] - before.perceived[d] for d in DIMENSIONS}
    return {d: change[d] for d in DIMENSIONS if abs(change[d]) >= SMALLEST}


def _patience(view: View, t: Translate) -> Context:
    left, all_min = view.patience_min - view.minutes, view.patience_min
    words = {"left": round(left), "over": round(-left), "patience": round(all_min)}
    return {
        "share": max(0.0, min(1.0, left / all_min)),
        "text": t(f"play.visit.patience_{'over' if left < 0 else 'left'}", **words),
        "state": "over" if left < 0 else "low" if left < 0.25 * all_min else "",
    }


def _satisfaction(session: VisitSession, view: View, t: Translate) -> Context:
    before = session.before.satisfaction if session.phase in FRESH else view.satisfaction
    places = sorted((_share(before), _share(view.satisfaction)))
    change = round(view.satisfaction, 1) - round(before, 1)
    return {
        "text": t("play.visit.of_five", level=number(view.satisfaction, 1)),
        "at": _share(view.satisfaction),
        "from": places[0],
        "wide": places[1] - places[0],
        "tone": "good" if change > 0 else "bad",
        "change": arrow(change, 1),
    }


def _share(level: float) -> float:
    """Return the place on the scale from 1 to 5, as a share of its length."""
    return (level - 1) / 4


def arrow(change: float, digits: int = 0) -> str:
    """Write a change with an arrow; nothing where it rounds to nothing.

    Examples
    --------
    >>> arrow(-0.31, 1), arrow(4.2), arrow(0.2)
    ('▼ 0.3', '▲ 4', '')
    """
    size = round(abs(change), digits)
    return f"{'▲' if change > 0 else '▼'} {number(size, digits)}" if size else ""


def _gaps(session: VisitSession, view: View, t: Translate) -> list[Context]:
    change = quality_change(session, view)
    rows = []
    for d in DIMENSIONS:
        label, rise = t(f"model.dimension.{d}"), 100 * change.get(d, 0.0)
        expected, perceived = 100 * view.expected[d], 100 * view.perceived[d]
        said = {"label": label, "expected": round(expected), "perceived": round(perceived)}
        rows.append(
            {
                "label": label,
                "name": t("play.visit.gap_item", **said),
                "expected": expected,
                "perceived": perceived,
                "missing": max(0.0, expected - perceived),
                "moved": arrow(rise),
                "tone": "good" if rise > 0 else "bad",
            }
        )
    return rows
