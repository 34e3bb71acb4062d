"""Stand-ins for what shows something: where nobody looks, every call works and shows nothing."""

from __future__ import annotations

from typing import Any

import crmsim
from crmsim.grading.sandbox.inside.replaying import saved_run


class Quiet:
    """Stand-in for anything that is shown: takes every argument, has every attribute."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Quiet:
        if name.startswith("_"):
            raise AttributeError(name)
        return Quiet()

    def __call__(self, *_: Any, **__: Any) -> Quiet:
        """Return another stand-in."""
        return Quiet()


class QuietGame(Quiet):
    """Stand-in for a game, with the run of the session that the student saved."""

    def __init__(self, case: str, seed: int = 0, lang: str = "en", persona: str | None = None, **_):  # type: ignore[no-untyped-def]
        self._asked = (str(case), seed, lang, persona)

    @property
    def run(self) -> Any:
        """The run, as far as it was played."""
        return saved_run(*self._asked)


def reveal(thing: Any = None, *_: Any, **__: Any) -> Any:
    """Return at once what is otherwise shown after an answer."""
    return thing


def quiet_the_view() -> None:
    """Put stand-ins in place of the public names that show something."""
    # public names load when first used, so the view itself is never loaded
    stand_ins = {"play": QuietGame, "reveal": reveal}
    for name in ("check", "passport", "play", "plot", "predict", "reveal", "watch"):
        setattr(crmsim, name, stand_ins.get(name, Quiet))
