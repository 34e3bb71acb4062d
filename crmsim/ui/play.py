"""Playing a case in a notebook: the session on the stage, saved as it is played."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from IPython.display import publish_display_data
from markupsafe import escape

from crmsim import progress
from crmsim.run import Run
from crmsim.ui import firmpages, pages
from crmsim.ui.session import Session
from crmsim.ui.stage import HERE, Stage
from crmsim.words import words

SIZE = (1200, 500)
"""Pixels that the whole play fits into without scrolling."""


class Play(Stage):
    """A case being played; show it as the last line of a cell."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.note = ""
        self._asking = False
        super().__init__()
        self._resume()
        self._paint(focus=None)
        firmpages.look_ahead(self.session)

    @property
    def run(self) -> Run:
        """The seller's visit so far; moments not yet played go the house's ordinary way."""
        return self.session.run

    @property
    def name(self) -> str:
        """The name under which the session is kept."""
        session = self.session
        return "-".join(filter(None, (session.scenario().id, str(session.seed), session.persona)))

    def on_act(self, act: str, value: str) -> None:
        """Do what the student did, keep it, and show what follows."""
        self.note = ""
        if act == "restart":
            self._restart(value)
        elif self.session.do(act, value):
            self._keep(picture=act != "lever")
        self._paint(_focus(self.session, act, self._asking))
        firmpages.look_ahead(self.session)

    def on_failure(self, error: Exception) -> None:
        """Say on the screen what went wrong, and leave the rest of it as it was."""
        said = words(self.session.lang)("play.failed", reason=f"{type(error).__name__}: {error}")
        self.regions = {**self.regions, "note": pages.render("note", {"note": said})}

    def _restart(self, value: str) -> None:
        self._asking = value == "ask"
        if value != "yes":
            return
        progress.set_aside(self.name, "old")
        old = self.session
        self.session = Session(old.case, old.seed, old.lang, old.persona)

    def _paint(self, focus: str | None) -> None:
        session, t = self.session, words(self.session.lang)
        self.show(
            pages.regions(session, self._asking, self.note),
            focus,
            screen=session.phase,
            say=pages.announcement(session),
            plot=firmpages.plot(session, t),
            title=session.scenario().title[session.lang],
            lang=session.lang,
            stuck=t("play.stuck"),
        )

    # -- kept from day to day ---------------------------------------------------------------

    def _keep(self, picture: bool) -> None:
        session = self.session
        record = {
            "schema": 1,
            "scenario": session.scenario().id,
            "sha256": session.scenario().sha256,
            "seed": session.seed,
            "acts": session.acts,
        }
        try:
            progress.save(self.name, record)
            if picture:
                progress.write(f"{self.name}.svg", self._picture())
        except OSError as error:
            self.note = words(session.lang)("play.unsaved", reason=error.strerror or error)

    def _resume(self) -> None:
        """Do the saved acts again; what cannot be read or done is set aside and reported."""
        t = words(self.session.lang)

        def damaged(path: Path) -> None:
            self.note = t("play.lost", file=path.name)

        record = progress.load(self.name, damaged)
        if record is None:
            return
        fresh = self.session
        again = Session(fresh.case, fresh.seed, fresh.lang, fresh.persona)
        if _redo(again, record):
            if again.lang != fresh.lang:
                again.do("language", fresh.lang)
            self.session = again
            return
        aside = progress.set_aside(self.name, "outdated")
        self.note = t("play.outdated", file=aside.name if aside else self.name)

    # -- seen without a kernel --------------------------------------------------------------

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """A still picture first, then the stage: the picture is what a reopened notebook shows."""
        t = words(self.session.lang)
        publish_display_data({"text/html": self._still(), "text/plain": t("play.poster")})
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": t("play.plain")}, {}

    def _still(self) -> str:
        """The first picture, and over it the last one saved beside the session, if there is one."""
        t = words(self.session.lang)
        saved = Path(os.path.relpath(progress.folder_here())) / f"{self.name}.svg"
        first = Session(
            self.session.case, self.session.seed, self.session.lang, self.session.persona
        )
        poster = pages.render("poster", pages.poster(first))
        return pages.render(
            "still",
            {
                "alt": f"{first.scenario().title[first.lang]}. {t('play.poster')}",
                "poster": base64.b64encode(poster.encode()).decode(),
                "saved": saved.as_posix(),
                "press": t("play.still"),
            },
        )

    def _picture(self) -> str:
        """The present screen as one SVG."""
        session = self.session
        shown = pages.regions(session)
        if "right" in shown and session.phase in ("loop", "compare"):
            shown["right"] = shown["right"].replace("<!--curve-->", firmpages.still_curve(session))
        inside = "".join(f'<div data-region="{name}">{html}</div>' for name, html in shown.items())
        css = escape((HERE / "stage.css").read_text("utf-8"))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE[0]}" height="{SIZE[1]}">'
            f'<foreignObject width="100%" height="100%"><div xmlns="http://www.w3.org/1999/xhtml" '
            f'class="crmsim-frame"><div class="crmsim-stage" lang="{session.lang}" '
            f'data-screen="{session.phase}">'
            f"<style>{css}</style>{inside}</div></div></foreignObject></svg>"
        )


def _redo(session: Session, record: progress.Record) -> bool:
    """True if the record belongs to this case as it is now and every act could be done again."""
    try:
        same = record["sha256"] == session.scenario().sha256
        return same and session.redo((str(act), str(value)) for act, value in record["acts"])
    except (KeyError, TypeError, ValueError):
        return False


def _focus(session: Session, act: str, asking: bool) -> str | None:
    """Where the keyboard goes after an act: the next choice, or the heading of what is new."""
    if act == "restart":
        return "restart-yes" if asking else "choice-1" if session.phase != "loop" else "heading"
    if act in ("lever", "scope", "language"):
        return None
    return "heading" if session.phase in ("loop", "compare") else "choice-1"


def play(
    scenario: str | Path = "buick", seed: int = 0, lang: str = "en", persona: str | None = None
) -> Play:
    """Play a case: first from the customer's chair, then from the salesperson's.

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
        Who comes in; None: drawn by the seed.
    """
    return Play(Session(str(scenario), seed, lang, persona))
