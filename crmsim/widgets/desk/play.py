"""Leading a service desk in a notebook: its session on the stage, saved as it is played."""

from __future__ import annotations

from crmsim.course.sessions.desk import DeskSession
from crmsim.widgets.desk import pages
from crmsim.widgets.rendering import Context, Screen
from crmsim.widgets.saved import Kept, styles

STAYING = {
    *("language", "tab", "page", "rule", "kind", "reply", "by", "card"),
    *("lever", "discipline", "callbacks", "checks", "guess", "change", "expect"),
}
"""Acts after which the keyboard stays where it is."""


class DeskPlay(Kept):
    """A desk being led through a day; show it as the last line of a cell."""

    STYLES = (*Kept.STYLES, "market.css", "desk.css")
    _css = styles(STYLES)

    PASSING = frozenset({"lever", "tab", "page"})

    def screen_of(self, session: DeskSession, asking: bool = False, note: str = "") -> Screen:
        """Return the present screen."""
        return pages.screen(session, asking, note)

    def poster(self, session: DeskSession) -> Context:
        """Return what is seen of a desk before it is first led."""
        return pages.poster(session)

    def focus_after(self, act: str, asking: bool) -> str | None:
        """Return where the keyboard goes: to what comes next, or the heading of what is new."""
        if act == "restart":
            return "restart-yes" if asking else "heading"
        return None if act in STAYING else "heading"
