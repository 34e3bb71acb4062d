"""What stays closed until a prediction is saved: first the guess, then the run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

from crmsim.common.words import language, words
from crmsim.course import progress
from crmsim.exercises.exercise import Exercise
from crmsim.widgets.exercises.question import first_answer, own_version
from crmsim.widgets.rendering import render
from crmsim.widgets.stage import HERE, Stage

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
        _WAITING.add(self)
        lang = str(traits.get("lang", self.lang))
        card = {"lock": render("lock", _card(waiting, lang))}
        super().show(card, None, **traits | {"screen": "lock", "say": ""})

    def unlock(self) -> None:
        """Open, if everything asked has been answered meanwhile."""
        if self._behind and not missing(self.after):
            (regions, _), traits = self._behind
            self.show(regions, "choice-1", **traits)

    def _hear(self, widget: object, message: dict[str, Any], buffers: object) -> None:
        if message.get("act") == "unlock":
            self.unlock()
            self.send({"ack": message["serial"]})
        else:
            super()._hear(widget, message, buffers)


_WAITING: WeakSet[Lockable] = WeakSet()


def look_again() -> None:
    """Open whatever waited for a prediction that has now been made."""
    for stage in list(_WAITING):
        stage.unlock()
        if stage._behind is None:
            _WAITING.discard(stage)


def missing(after: After) -> list[Exercise]:
    """Which of the exercises named are still without an answer; in a teacher's copy none is."""
    if Path.cwd().parent.name == "teacher":
        return []
    names = [after] if isinstance(after, str) else after
    return [task for task, _ in map(own_version, names) if not _answered(task)]


@dataclass(frozen=True)
class Closed:
    """What is seen of something that waits for a prediction."""

    html: str
    text: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def reveal(thing: Any, after: After, lang: str = "en") -> Any:
    """Show something only when what was asked before it has been answered.

    Parameters
    ----------
    thing
        What is to be seen: a table, a figure, a number; or a function that makes it, which is
        called only once it may be seen.
    after
        The prediction, or predictions, to be made first.
    lang
        The language of the lesson.
    """
    waiting = missing(after)
    if waiting:
        card = _card(waiting, language(lang))
        return Closed(render("lock_cell", card), card["t"]("lesson.lock.title"))
    return thing() if isinstance(thing, Callable) else thing  # type: ignore[arg-type]


def _answered(task: Exercise) -> bool:
    kept = (progress.load(name) or {} for name in (first_answer(task), f"answer-{task.id}"))
    return any(task.takes(record.get("answer")) for record in kept)


def _card(waiting: list[Exercise], lang: str) -> dict[str, Any]:
    return {"t": words(lang), "asked": [task.question[lang] for task in waiting]}
