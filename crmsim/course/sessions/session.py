"""A game as a list of acts: saving it means saving the acts, resuming it means doing them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ClassVar, Self

from crmsim.common.checks import as_plain
from crmsim.common.words import LANGUAGES, language
from crmsim.scenario import Scenario, load
from crmsim.scenario.worlds import part_of

Act = tuple[str, str]

SESSION_SCHEMA = 3
"""Number of the form of a saved session. 1 had no ``done``; 2 and those before were played while
the level of quality did not count in a firm."""

DRAGGED = "lever"
"""The act of a slider: while one slider is dragged, only its last position is kept."""


class UnfitActError(Exception):
    """An act is not possible at this moment, or its value is not known."""


def fits(*conditions: object) -> None:
    """Raise `UnfitActError` unless all conditions hold; called before anything is changed."""
    if not all(conditions):
        raise UnfitActError


def number_in_act(text: str) -> float:
    """Read the number that an act carries."""
    try:
        return float(text)
    except ValueError:
        raise UnfitActError from None


def during(*phases: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Allow an act in some phases of the game only."""

    def limited(act: Callable[..., None]) -> Callable[..., None]:
        @wraps(act)
        def checked(session: Session, name: str, value: str) -> None:
            fits(session.phase in phases)
            act(session, name, value)

        return checked

    return limited


@dataclass
class Session:
    """A student's way through one case.

    A subclass has one method ``do_<act>(name, value)`` for each act. It calls `fits` before it
    changes anything. The text of an act is either ``value`` or ``name=value``.

    Parameters
    ----------
    case
        The name of the scenario, or the path of its file.
    seed
        The seed of all chance events.
    lang
        The language to begin in: ``"en"`` or ``"zh-Hans"``.
    """

    FORMER_ACTS: ClassVar[Mapping[str, str]] = {}
    """Names of acts in older records, and what they are called now."""

    case: str
    seed: int = 0
    lang: str = "en"
    acts: list[Act] = field(default_factory=list, kw_only=True)
    phase: str = field(default="opening", kw_only=True)

    def __post_init__(self) -> None:
        self.lang = language(self.lang)

    def scenario(self) -> Scenario:
        """Return the case in the present language."""
        return load(self.case, self.lang)

    def fresh(self) -> Self:
        """Return a session of the same case with the same luck, at its beginning."""
        return type(self)(self.case, self.seed, self.lang)

    def do(self, act: str, text: str) -> bool:
        """Do one act. Return False, and change nothing, if it does not fit the moment.

        Parameters
        ----------
        act
            The name of the act.
        text
            Its value, or ``name=value``.
        """
        name, _, value = text.rpartition("=")
        now = self.FORMER_ACTS.get(act, act)
        method: Callable[[str, str], None] | None = getattr(self, f"do_{now}", None)
        if method is None:
            return False
        try:
            method(name, value)
        except UnfitActError:
            return False
        last, last_text = self.acts[-1] if self.acts else ("", "")
        if act == last == DRAGGED and last_text.rpartition("=")[0] == name:
            self.acts.pop()
        self.acts.append((act, text))
        return True

    def do_language(self, name: str, value: str) -> None:
        """Go on in another language."""
        fits(value in LANGUAGES)
        self.lang = value


def is_older(record: Mapping[str, Any], scenario: Scenario) -> bool:
    """Say whether a saved session was played with an older version of the course or of the case.

    Parameters
    ----------
    record
        What was saved.
    scenario
        The case as it is now.

    Examples
    --------
    >>> buick = load("buick")
    >>> is_older({"schema": SESSION_SCHEMA, "sha256": buick.sha256}, buick), is_older({}, buick)
    (False, True)
    """
    schema = record.get("schema")
    recent = isinstance(schema, int) and schema >= SESSION_SCHEMA
    return not recent or record.get("sha256") != scenario.sha256


def open_session(
    name: str, seed: int, lang: str = "en", persona: str | None = None
) -> Session | None:
    """Return the session of a case from its beginning; None if its world is not played.

    Parameters
    ----------
    name
        The name of the case, or the path of its file.
    seed
        The seed of all luck.
    lang
        The language it begins in.
    persona
        The customer of a visit; None: drawn by the seed.

    Examples
    --------
    >>> open_session("sunset", seed=1).phase, open_session("buick", seed=1).seed
    ('opening', 1)
    """
    case = load(name, lang)
    opened = part_of(case.world, "session")
    customer = {"persona": persona} if hasattr(case, "personas") else {}
    return opened(name, as_plain(seed), lang, **customer) if opened else None
