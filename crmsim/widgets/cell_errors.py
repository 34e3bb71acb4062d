"""One sentence in the student's language under an error of her own code, and under a long wait.

This is an extension of IPython. It is loaded with the widgets, and by the kernels of the course's
own installation from the start, so that it can say which cells to run first.
"""

from __future__ import annotations

import threading
from pathlib import Path

from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell
from IPython.display import publish_display_data

from crmsim.common.words import LANGUAGES, words
from crmsim.course.lab import system_language
from crmsim.course.lessons import NUMBERED
from crmsim.course.python_errors import Meaning, meaning

BUSY_S = 20
"""Seconds after which a cell that still runs is told as busy."""


class CellErrors:
    """Messages in one kernel about cells that fail or don't end."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self._clock = threading.Timer(BUSY_S, self._busy)

    @property
    def lang(self) -> str | None:
        """The language of the lesson; None where there is no lesson in this kernel."""
        names, here = self.shell.user_ns, Path.cwd()
        said = (names.get("lang"), here.name)
        known = next((tag for tag in said if isinstance(tag, str) and tag in LANGUAGES), None)
        uses = any(
            str(getattr(value, "__module__", None) or getattr(value, "__name__", "")).split(".")[0]
            == "crmsim"
            for value in list(names.values())
        )
        lessons = any(NUMBERED.match(path.name) for path in here.glob("*.ipynb"))
        return (known or system_language()) if uses or lessons else None

    def begin(self, info: ExecutionInfo) -> None:
        """Look at a cell again after a while; it goes on all the same."""
        self._clock.cancel()
        if not info.silent:
            self._clock = threading.Timer(BUSY_S, self._busy)
            self._clock.daemon = True
            self._clock.start()

    def end(self, result: ExecutionResult) -> None:
        """Say what the error of a cell means, if it ended with one."""
        self._clock.cancel()
        error = result.error_before_exec or result.error_in_exec
        lang = self.lang if error is not None else None
        if error is not None and lang:
            source = result.info.raw_cell if result.info else ""
            _show(self.meaning(error, source).said(lang))

    def meaning(self, error: BaseException, source: str) -> Meaning:
        """Return the meaning of an error that a cell ended with."""
        if isinstance(error, SyntaxError):
            return meaning(type(error).__name__, error.msg or "", source, error.lineno)
        known = [name for name in self.shell.user_ns if not name.startswith("_")]
        return meaning(type(error).__name__, str(error), source, self._line(error), known)

    def _line(self, error: BaseException) -> int | None:
        """Return the line of the cell in which an error happened."""
        trace, place = error.__traceback__, None
        while trace is not None:
            frame = trace.tb_frame
            if frame.f_globals is self.shell.user_ns:
                place = place or frame.f_code.co_filename
                if frame.f_code.co_filename == place:
                    line = trace.tb_lineno
            trace = trace.tb_next
        return line if place else None

    def _busy(self) -> None:
        if lang := self.lang:
            _show(words(lang)("python.busy", seconds=BUSY_S))


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Begin to say so in a shell, once."""
    if getattr(shell, "crmsim_cell_errors", None) is None:
        shell.crmsim_cell_errors = own = CellErrors(shell)
        shell.events.register("pre_run_cell", own.begin)
        shell.events.register("post_run_cell", own.end)


def _show(said: str) -> None:
    # Loaded when first used: a kernel should start quickly.
    from crmsim.widgets.rendering import render

    html = render("cell_error", {"said": said})
    publish_display_data({"text/html": html, "text/plain": said})
