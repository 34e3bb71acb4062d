"""The view of the course where nobody looks: everything is there, and nothing is shown."""

from __future__ import annotations

import re
import types
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from crmsim.grading.sandbox.inside.replaying import saved_run


class Quiet:
    """Stands for whatever a notebook shows: takes everything, shows nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Quiet:
        if name.startswith("_"):
            raise AttributeError(name)
        return Quiet()

    def __call__(self, *_: Any, **__: Any) -> Quiet:
        return Quiet()


class Played(Quiet):
    """Stands for a game, with the run of the session that the student saved."""

    def __init__(self, case: str, seed: int = 0, lang: str = "en", persona: str | None = None, **_):  # type: ignore[no-untyped-def]
        self._asked = (str(case), seed, lang, persona)

    @property
    def run(self) -> Any:
        """The run, as far as it was played."""
        return saved_run(*self._asked)


class QuietFinder:
    """Gives quiet modules in place of those of the view that show something."""

    SHOWS = re.compile(r"^ *(?:from|import) (?:IPython|anywidget|jinja2|markupsafe|plotly)", re.M)
    NEEDS = re.compile(r"^ *from (crmsim\.widgets[\w.]*) import", re.M)

    def __init__(self, course: Path) -> None:
        self.course = course

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        """The place of a quiet module, or None where the real one will do."""
        if not name.startswith("crmsim.widgets.") or self.plain(name):
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def plain(self, name: str) -> bool:
        """Whether a module, and all of the view that it needs, only computes."""
        place = self.course.joinpath(*name.split("."))
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if not file.is_file():
            return False
        text = file.read_text("utf-8")
        needs = set(self.NEEDS.findall(text)) - {"crmsim.widgets"}
        return not self.SHOWS.search(text) and all(map(self.plain, needs))

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """A module in which there is everything."""
        module = types.ModuleType(spec.name)
        module.__getattr__ = _quiet  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing is to be run."""


def _quiet(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return {"play": Played, "reveal": _as_it_is}.get(name, Quiet)


def _as_it_is(thing: Any = None, *_: Any, **__: Any) -> Any:
    return thing
