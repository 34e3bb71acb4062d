"""A session on the stage that is saved as it is played, resumed, and seen without a kernel."""

from __future__ import annotations

import base64
import os
from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from IPython.display import publish_display_data
from markupsafe import Markup, escape

from crmsim.common.files import reason
from crmsim.common.words import words
from crmsim.course import progress
from crmsim.course.sessions.session import SESSION_SCHEMA, Act, Session, is_older
from crmsim.runs.run import Run
from crmsim.widgets.locks import After, Lockable
from crmsim.widgets.rendering import Context, Screen, render
from crmsim.widgets.stage import HERE
from crmsim.widgets.turn import in_turn

SIZE = (1200, 540)
"""Pixels that the whole play fits into without scrolling."""


class Kept(Lockable):
    """A session being played; show it as the last line of a cell.

    Subclasses say what it looks like: `screen_of`, `poster`, `focus_after`.
    """

    STYLES: ClassVar[tuple[str, ...]] = ("stage.css", "lock.css")
    """The files of its looks."""

    PASSING: ClassVar[frozenset[str]] = frozenset()
    """Acts that are done often and fast: no picture is made of them."""

    def __init__(self, session: Any, after: After = ()) -> None:
        self.session = session
        self.note = ""
        self._asking = False
        self._finished = False
        super().__init__(after)
        self._resume()
        self._paint(focus=None)

    @property
    @in_turn
    def run(self) -> Run:
        """The run as it is played; what is still to come goes the ordinary way."""
        return self.session.run  # type: ignore[no-any-return]

    @property
    def name(self) -> str:
        """The name under which the session is kept."""
        return f"{self.session.scenario().id}-{self.session.seed}"

    @property
    def finished(self) -> bool:
        """True if the session has come to its end."""
        return bool(self.session.done)

    @abstractmethod
    def screen_of(self, session: Any, asking: bool = False, note: str = "") -> Screen:
        """Return the present screen, with a question or a note on it.

        Parameters
        ----------
        session
            The session that is shown.
        asking
            True to ask if it is to begin again.
        note
            A note on the screen, in the student's language.
        """

    @abstractmethod
    def poster(self, session: Any) -> Context:
        """Return what the poster of a case shows before it is first run.

        Parameters
        ----------
        session
            A session in which nothing has been done.

        Returns
        -------
        dict
            What the template may use, by name.
        """

    @abstractmethod
    def focus_after(self, act: str, asking: bool) -> str | None:
        """Return a selector for the keyboard's focus after an act; None leaves it alone."""

    def on_act(self, act: str, value: str) -> None:
        """Do what the student did, keep it, and show what follows."""
        self.note = ""
        if self._moved_on():
            self._resume()
        elif act == "restart":
            self._restart(value)
        elif self.session.do(act, value):
            screen = self.screen_of(self.session)
            self._paint(self.focus_after(act, self._asking), screen)
            self._keep(screen if act not in self.PASSING else None)
            if not self.note:
                return
        self._paint(self.focus_after(act, self._asking))

    def on_look(self) -> None:
        """Go on where the same session was left in another cell."""
        if self._moved_on():
            self._resume()
            self._paint(focus=None)

    def on_failure(self, error: Exception) -> None:
        """Say on the screen what went wrong, and leave the rest of it as it was."""
        said = words(self.session.lang)("play.failed", reason=f"{type(error).__name__}: {error}")
        self.regions = {**self.regions, "note": render("note", {"note": said})}

    def before_again(self, value: str) -> list[Act] | None:
        """Return the acts with which a session begins again after this answer; None: it goes on.

        Parameters
        ----------
        value
            ``"yes"``, or another answer to the question.

        Returns
        -------
        list of acts, or None
            An act is a name and a value.
        """
        return [] if value == "yes" else None

    def _restart(self, value: str) -> None:
        self._asking = value == "ask"
        acts = self.before_again(value)
        if acts is not None:
            progress.set_record_aside(self.name, "old")
            self.session, self._finished = self.session.fresh(), False
            if acts:
                _redo(self.session, acts)
                self._keep(None)

    def _paint(self, focus: str | None, screen: Screen | None = None) -> None:
        """Show a screen, by default the present one, and move the keyboard to `focus`."""
        session = self.session
        screen = screen or self.screen_of(session, self._asking, self.note)
        self.show(
            screen.regions,
            focus,
            screen=session.phase,
            say=screen.say,
            title=session.scenario().title[session.lang],
            lang=session.lang,
            stuck=words(session.lang)("play.stuck"),
            busy=words(session.lang)("play.busy"),
        )

    # -- kept from day to day ---------------------------------------------------------------

    def _keep(self, picture: Screen | None) -> None:
        """Save the session, and beside it a picture of its screen."""
        session = self.session
        self._finished = self._finished or self.finished
        record = {
            "schema": SESSION_SCHEMA,
            "scenario": session.scenario().id,
            "sha256": session.scenario().sha256,
            "seed": session.seed,
            "done": self._finished,
            "acts": session.acts,
        }
        try:
            progress.save(self.name, record)
            if picture:
                progress.write_in_folder(f"{self.name}.svg", self._picture(picture))
        except OSError as error:
            self.note = words(session.lang)("play.unsaved", reason=reason(error, session.lang))

    def _moved_on(self) -> bool:
        """Return True if the same session has meanwhile been played on in another place."""
        record = progress.load_record(self.name)
        kept = [list(act) for act in self.session.acts]
        return record is not None and _acts(record) != kept

    def _resume(self) -> None:
        """Do the saved acts again, as far as they go; the file of the others is kept aside."""
        t = words(self.session.lang)
        aside: list[Path] = []
        record = progress.load_record(self.name, aside.append)
        if record is not None:
            self._finished = record.get("done") is True
            again, acts = self.session.fresh(), _acts(record)
            done = _redo(again, acts)
            if again.lang != self.session.lang:
                again.do("language", self.session.lang)
            self.session = again
            if done < len(acts) and not aside:
                aside += filter(None, [progress.set_record_aside(self.name, "outdated")])
                self._keep(None)
            older = bool(acts) and is_older(record, again.scenario())
            if aside:
                places = {"done": done, "acts": len(acts), "file": aside[-1].name}
                self.note = t("play.partly" if done else "play.lost", **places)
            if older:
                said = self.note or t("play.older")
                self.note = Markup(render("older", {"note": said, "t": t, "begun": bool(done)}))
        elif aside:
            self.note = t("play.lost", file=aside[-1].name)

    # -- seen without a kernel --------------------------------------------------------------

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """Show a still picture first, then the stage: a reopened notebook shows the picture."""
        t = words(self.session.lang)
        publish_display_data({"text/html": self._still(), "text/plain": t("play.poster")})
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": t("play.plain")}, {}

    def _still(self) -> str:
        """Return the first picture, covered by the last one saved with the session, if any."""
        t = words(self.session.lang)
        saved = Path(os.path.relpath(progress.folder_here())) / f"{self.name}.svg"
        first = self.session.fresh()
        poster = render("poster", self.poster(first))
        return render(
            "still",
            {
                "alt": f"{first.scenario().title[first.lang]}. {t('play.poster')}",
                "poster": base64.b64encode(poster.encode()).decode(),
                "saved": saved.as_posix(),
                "press": t("play.still"),
            },
        )

    def _picture(self, screen: Screen) -> str:
        """Return a screen as one SVG."""
        session, regions = self.session, screen.regions.items()
        inside = "".join(f'<div data-region="{name}">{html}</div>' for name, html in regions)
        css = escape(styles(self.STYLES))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE[0]}" height="{SIZE[1]}">'
            f'<foreignObject width="100%" height="100%"><div xmlns="http://www.w3.org/1999/xhtml" '
            f'class="crmsim-frame"><div class="crmsim-stage" lang="{session.lang}" '
            f'data-screen="{session.phase}">'
            f"<style>{css}</style>{inside}</div></div></foreignObject></svg>"
        )


def styles(names: Iterable[str]) -> str:
    """Return the styles that stand in some files.

    Parameters
    ----------
    names
        Names of files of CSS.
    """
    return "\n".join((HERE / name).read_text("utf-8") for name in names)


def _acts(record: progress.Record) -> list[Any]:
    acts = record.get("acts")
    return acts if isinstance(acts, list) else []


def _redo(session: Session, acts: list[Any]) -> int:
    """Do saved acts again up to the first that no longer fits; how many were done."""
    for done, act in enumerate(acts):
        try:
            if not session.do(*map(str, act)):
                return done
        except (LookupError, TypeError, ValueError):
            return done
    return len(acts)
