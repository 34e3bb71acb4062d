"""Locks that open when a prediction is saved: first the guess, then the run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakSet

from IPython.core.formatters import DisplayFormatter
from ipywidgets import Output, Widget

from crmsim.common.words import language, words
from crmsim.course import progress
from crmsim.exercises.exercise import Exercise
from crmsim.widgets.exercises.question import first_answer, own_version
from crmsim.widgets.rendering import render
from crmsim.widgets.stage import HERE, Stage
from crmsim.widgets.turn import in_turn

After = str | Sequence[str]


class Lockable(Stage):
    """A stage that shows what is asked first, and opens as soon as that is answered."""

    _css = (HERE / "stage.css").read_text("utf-8") + (HERE / "lock.css").read_text("utf-8")

    def __init__(self, after: After = (), **traits: Any) -> None:
        self.after = after
        self._behind: tuple[tuple[Any, ...], dict[str, Any]] | None = None
        super().__init__(**traits)

    def show(self, regions: dict[str, str], focus: str | None = None, **traits: Any) -> None:
        """Paint `regions`, or in their place what is to be answered first."""
        waiting = missing(self.after)
        if not waiting:
            self._behind = None
            super().show(regions, focus, **traits)
            return
        self._behind = (regions, focus), traits
        wait(self)
        lang = str(traits.get("lang", self.lang))
        card = {"lock": render("lock", _card(waiting, lang))}
        super().show(card, None, **traits | {"screen": "lock", "say": ""})

    def unlock(self) -> bool:
        """Open, if everything asked has been answered meanwhile; say whether it is open."""
        if self._behind and not missing(self.after):
            (regions, _), traits = self._behind
            self.show(regions, "choice-1", **traits)
        return self._behind is None

    @in_turn
    def _hear(self, widget: object, message: dict[str, Any], buffers: object) -> None:
        if message.get("act") == "unlock":
            self.unlock()
            self.send({"ack": message["serial"]})
        else:
            super()._hear(widget, message, buffers)


class Unlockable(Protocol):
    """Something on the page that opens when a question has been answered."""

    def unlock(self) -> bool:
        """Open if that has happened; say whether it is open."""


_WAITING: WeakSet[Unlockable] = WeakSet()

_timers: list[asyncio.TimerHandle] = []


def wait(closed: Unlockable) -> None:
    """Open something by itself, as soon as what is asked has been answered.

    Parameters
    ----------
    closed
        A widget that is locked.
    """
    _WAITING.add(closed)


@in_turn
def look_again() -> None:
    """Open whatever waited for a prediction that has now been made."""
    opened = True
    while opened:  # what opens fixes a prediction, which then shows that
        # what opens may itself bring something that waits
        opened = [closed for closed in list(_WAITING) if closed.unlock()]
        _WAITING.difference_update(opened)


def look_again_after(rest_s: float) -> None:
    """Do so when the hand of a student has rested; without a loop, now.

    Parameters
    ----------
    rest_s
        Seconds for which it rests.
    """
    while _timers:
        _timers.pop().cancel()
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        look_again()
        return
    _timers.append(loop.call_later(rest_s, look_again))


def missing(after: After) -> list[Exercise]:
    """List the named exercises that have no answer yet; in a teacher's copy the list is empty.

    Parameters
    ----------
    after
        The id of an exercise, or several.

    Returns
    -------
    list of Exercise
        In the student's own version, in the order of `after`.
    """
    if Path.cwd().parent.name == "teacher":
        return []
    names = [after] if isinstance(after, str) else after
    return [task for task, _ in map(own_version, names) if not _answered(task)]


class Closed(Output):
    """The place of something that waits for a prediction; there it appears by itself."""

    def __init__(self, thing: Any, after: After, lang: str) -> None:
        card = _card(missing(after), language(lang))
        self.html, self.text = render("lock_cell", card), card["t"]("lesson.lock.title")
        self._thing, self._after = thing, after
        super().__init__(outputs=(_output({"text/html": self.html, "text/plain": self.text}),))
        wait(self)

    def unlock(self) -> bool:
        """Show the thing in the place of the card, if everything asked has been answered."""
        if missing(self._after):
            return False
        self.outputs = tuple(_shown(_made(self._thing)))
        return True

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return the view, and the card for where no widgets are shown."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "text/html": self.html,
            "text/plain": self.text,
        }


def _shown(thing: Any) -> list[dict[str, Any]]:
    """Return the outputs of a cell whose last line is this thing.

    A thread of its own may ask for this beside a cell that runs, so nothing is displayed and then
    caught: that would change the display of the cell as well.
    """
    if isinstance(thing, Widget):
        return [_output({"application/vnd.jupyter.widget-view+json": thing.get_view_spec()})]
    if isinstance(thing, list) and thing and all(isinstance(each, Widget) for each in thing):
        return [shown for each in thing for shown in _shown(each)]
    formatter = DisplayFormatter()
    # a figure of Plotly would display itself
    formatter.ipython_display_formatter.enabled = False
    return [_output(*formatter.format(thing))]


def _output(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def _made(thing: Any) -> Any:
    return thing() if isinstance(thing, Callable) else thing  # type: ignore[arg-type]


@in_turn
def reveal(thing: Any, after: After, lang: str = "en") -> Any:
    """Show something only when what was asked before it has been answered; then by itself.

    Parameters
    ----------
    thing
        What is to be seen: a table, a figure, a number; or a function that makes it, which is
        called only once it may be seen.
    after
        The prediction, or predictions, to be made first.
    lang
        The language of the lesson.

    Returns
    -------
    Any
        The thing itself, or a widget that stands in its place until then.
    """
    return Closed(thing, after, lang) if missing(after) else _made(thing)


def _answered(task: Exercise) -> bool:
    kept = (progress.load_record(name) or {} for name in (first_answer(task), f"answer-{task.id}"))
    return any(task.takes(record.get("answer")) for record in kept)


def _card(waiting: list[Exercise], lang: str) -> dict[str, Any]:
    return {"t": words(lang), "asked": [task.question[lang] for task in waiting]}
