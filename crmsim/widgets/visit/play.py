"""Playing a case in a notebook: its session on the stage, saved as it is played."""

from __future__ import annotations

from copy import copy
from pathlib import Path

from crmsim.common.errors import ScenarioError
from crmsim.course.sessions.session import Act, open_session
from crmsim.course.sessions.visit import AFTER_BET, HOPES, VisitSession
from crmsim.scenario import load
from crmsim.scenario.worlds import part_of
from crmsim.widgets.locks import After, missing
from crmsim.widgets.rendering import Context, Screen
from crmsim.widgets.saved import Kept
from crmsim.widgets.turn import in_turn
from crmsim.widgets.visit import firm_runs, pages


class Play(Kept):
    """A visit being played; show it as the last line of a cell."""

    PASSING = frozenset({"lever"})

    def __init__(self, session: VisitSession, after: After = ()) -> None:
        super().__init__(session, after)
        firm_runs.look_ahead(self.session, self._look_ahead)

    @property
    def name(self) -> str:
        """The name under which the session is kept."""
        session = self.session
        return "-".join(filter(None, (session.scenario().id, str(session.seed), session.persona)))

    def on_act(self, act: str, value: str) -> None:
        """Do what the student did, keep it, and show what follows."""
        levers = dict(self.session.levers)
        super().on_act(act, value)
        firm_runs.look_ahead(self.session, self._look_ahead, levers)

    def _look_ahead(self) -> None:
        """Send the next film ahead: on a bet, without what became of it; on the loop, of a tab."""
        phase, later = self.session.phase, copy(self.session)
        if missing(self.after):
            return
        if phase in ("bet-profit", "bet-rewind"):
            later.phase = AFTER_BET[phase.removeprefix("bet-")]
            self.show_ahead("bet", later.phase, self.screen_of(later).regions)
        elif phase in ("loop", "compare"):
            tabs = firm_runs.scopes(self.session)
            later.scope = tabs[(tabs.index(self.session.scope) + 1) % len(tabs)]
            self.show_ahead("scope", phase, self.screen_of(later).regions, later.scope)

    def screen_of(self, session: VisitSession, asking: bool = False, note: str = "") -> Screen:
        """Return the present screen."""
        hopes = self.finished and not session.scenario().mystery
        how = "" if not asking else "hope" if hopes else "sure"
        return pages.screen(session, how, note)

    def before_again(self, value: str) -> list[Act] | None:
        """Let a visit that was played to its end be played again with a hypothesis only."""
        if not self.finished or self.session.scenario().mystery:
            return super().before_again(value)
        satisfaction = self.session.view("seller").satisfaction
        return [("hope", f"{value}={satisfaction:.2f}")] if value in HOPES else None

    def poster(self, session: VisitSession) -> Context:
        """Return what the poster of a case shows before it is first run."""
        return pages.poster(session)

    def focus_after(self, act: str, asking: bool) -> str | None:
        """Return a selector for the keyboard's focus: the next choice, or the newest heading."""
        phase = self.session.phase
        if act == "restart":
            return "restart-yes" if asking else "choice-1"
        if act in ("lever", "scope", "language"):
            return None
        return "film" if phase in ("loop", "compare") else "choice-1"


@in_turn
def play(
    scenario: str | Path = "buick",
    seed: int = 0,
    lang: str = "en",
    persona: str | None = None,
    after: After = (),
) -> Kept:
    """Play a case: a visit from both chairs, a firm quarter by quarter, a desk hour by hour.

    The session is saved after every act; calling `play` again with the same case and seed goes on
    where it was.

    Parameters
    ----------
    scenario
        The name of a case, or the path of its file.
    seed
        The luck of the visit, and who comes in.
    lang
        ``"en"`` or ``"zh-Hans"``; it can be changed on the screen.
    persona
        Who comes in, in a visit; None: drawn by the seed.
    after
        The prediction, or predictions, to be made first; until then the play stays closed.

    Raises
    ------
    ScenarioError
        If there is no such case, or it is one that is not played.
    """
    session = open_session(str(scenario), seed, lang, persona)
    world = load(scenario, lang).world
    if session is None:
        raise ScenarioError(
            f"{scenario}: a case of the world {world!r} is not played, but simulated"
        )
    return part_of(world, "play")(session, after)  # type: ignore[no-any-return]
