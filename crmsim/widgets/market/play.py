"""Leading a firm in a notebook: its session on the stage, saved as it is played."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from copy import copy

from crmsim.course.sessions.market import MarketSession
from crmsim.widgets.drawings.film import QUARTER_S
from crmsim.widgets.idle import Idle
from crmsim.widgets.locks import After, missing
from crmsim.widgets.market import closing, pages
from crmsim.widgets.rendering import Context, Screen
from crmsim.widgets.saved import Kept, styles
from crmsim.widgets.turn import in_turn

STEP_S = QUARTER_S + 0.9
"""Seconds for a quarter of the history, where it runs by itself: its film, and time to read."""

FIRST_FOCUS = {"watch": "film", "came": "film", "reckoning": "choice-1"}
"""Selector of the keyboard's focus when a screen opens; elsewhere it is the heading."""

STAYING = {
    *("language", "tab", "page", "extra"),
    *("lever", "policy", "card", "guess"),
    *("shape", "change", "expect"),
}
"""Acts after which the keyboard stays where it is."""


class MarketPlay(Kept):
    """A firm being led; show it as the last line of a cell."""

    STYLES = (*Kept.STYLES, "market.css")
    _css = styles(STYLES)

    PASSING = frozenset({"lever", "extra", "tab", "page"})

    def __init__(self, session: MarketSession, after: After = ()) -> None:
        self._next: asyncio.TimerHandle | None = None
        self._idle = Idle()
        super().__init__(session, after)

    def on_act(self, act: str, value: str) -> None:
        """Do what the student did; any act but `play` stops what runs by itself."""
        self._pause()
        if act == "play":
            self._play()
        elif act == "pause":
            self._paint(None)
        else:
            super().on_act(act, value)
        self._idle.do(self._ahead_of_next())

    def _ahead_of_next(self) -> Iterator[None]:
        """Make what the next screen needs, piece by piece, and send its film ahead."""
        session = self.session
        yield from next_quarter(session)
        if session.phase == "end":
            yield from closing.townspeople(session)
        elif session.phase == "came" and session.quarter == session.runs.quarters:
            yield from closing.closing_values(session)
        if later := self._next_film():
            act, value, then = later
            self.show_ahead(act, then.phase, self.screen_of(then).regions, value)
        if session.phase == "end":
            yield from closing.pieces(session)

    def _next_film(self) -> tuple[str, str, MarketSession] | None:
        """Return the act by which a film comes next, its value, and the session as it is then."""
        session, later = self.session, copy(self.session)
        if missing(self.after):
            return None
        if session.phase == "decide" and session.ready:
            return "run", "", session.with_quarter_run()
        if session.phase == "watch" and session.watched < len(session.history):
            later.watched += 1
            return "next", "", later
        if session.year_is_over and session.phase == "came":
            later.span = "quarter" if session.span == "year" else "year"
            return "span", later.span, later
        if session.quarter == session.runs.quarters and session.phase == "came":
            later.phase, later.tab, later.page = "end", "film", 0
            return "continue", "", later
        if session.phase == "end" and session.tab != "town":
            later.tab, later.page = "town", 0
            return "tab", "town", later
        return None

    def screen_of(self, session: MarketSession, asking: bool = False, note: str = "") -> Screen:
        """Return the present screen."""
        return pages.screen(session, asking, note, playing=self._next is not None)

    def poster(self, session: MarketSession) -> Context:
        """Return what the poster of a firm shows before it is first led."""
        return pages.poster(session)

    def focus_after(self, act: str, asking: bool) -> str | None:
        """Return a selector for the keyboard's focus: the next step, or the newest heading."""
        if act == "restart":
            return "restart-yes" if asking else "heading"
        if act in STAYING or (act == "next" and self.session.phase == "watch"):
            return None
        return FIRST_FOCUS.get(self.session.phase, "heading")

    # -- the history runs by itself -----------------------------------------------------------

    @in_turn
    def _play(self) -> None:
        """Show quarter after quarter until the history ends, or something else is done."""
        session = self.session
        if session.do("next", ""):
            self._keep(None)
            if session.watched < len(session.history):
                loop = asyncio.get_running_loop()
                self._next = loop.call_later(STEP_S, self._play)
            else:
                self._next = None
        self._paint(None)

    def _pause(self) -> None:
        if self._next:
            self._next.cancel()
        self._next = None


def next_quarter(session: MarketSession) -> Iterator[None]:
    """Make the run that comes next, and what its film needs, run by run."""
    if session.phase == "decide" and session.ready:
        yield from session.runs.ahead([*session.attempt.actions, dict(session.draft)])
    elif session.phase == "watch":
        yield from session.runs.ahead(session.history[: session.watched + 1])
