"""Leading the same case more than once, each time for a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from crmsim.course.sessions.predictions import DIRECTIONS
from crmsim.course.sessions.session import Session, during, fits
from crmsim.scenario import Scenario

A = TypeVar("A", bound="Attempt")


@dataclass
class Attempt:
    """One way of leading a case from the first step to the last.

    ``first`` is the step from which on it differs from the attempt with the number ``before``;
    ``change`` and ``expects`` are the hypothesis with which it began.
    """

    actions: list[dict[str, Any]] = field(default_factory=list)
    first: int = 0
    before: int | None = None
    change: str = ""
    expects: dict[str, str] = field(default_factory=dict)


@dataclass
class Attempts(Session, Generic[A]):
    """A session in which a case is led step by step, and then again with a hypothesis.

    A subclass says how many ``steps`` there are, what can be changed from a step on, what is left
    of the last attempt up to a step, and how an attempt begins.
    """

    EXPECTED: ClassVar[tuple[str, ...]] = ()
    """Results that a hypothesis speaks of."""

    tab: str = ""
    page: int = 0
    attempts: list[A] = field(default_factory=list)
    draft: dict[str, Any] = field(default_factory=dict)
    plan: A | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._scenarios: dict[str, Scenario] = {}

    def scenario(self) -> Scenario:
        """Return the case in the present language; each is read once."""
        if self.lang not in self._scenarios:
            self._scenarios[self.lang] = super().scenario()
        return self._scenarios[self.lang]

    @property
    def steps(self) -> int:
        """The number of steps from the first to the last."""
        raise NotImplementedError

    def changeable(self, step: int) -> list[str]:
        """Return what can still be decided otherwise from a step on."""
        raise NotImplementedError

    def _kept(self, step: int) -> A:
        """Return a new attempt that is as the last one up to a step."""
        raise NotImplementedError

    def _begin_attempt(self) -> None:
        """Go to the first screen of the attempt that was just begun."""
        raise NotImplementedError

    @property
    def attempt(self) -> A:
        """The attempt that is going on, or was the last."""
        return self.attempts[-1]

    @property
    def earlier(self) -> A | None:
        """The attempt that the present one changes."""
        return None if self.attempt.before is None else self.attempts[self.attempt.before]

    @property
    def step(self) -> int:
        """The number of steps that the present attempt has taken."""
        return len(self.attempt.actions)

    @property
    def done(self) -> bool:
        """True if the case was led to its end once."""
        return len(self.attempts) > 1 or self.step == self.steps

    @during("end", "again")
    def do_again(self, _: str, text: str) -> None:
        """Plan another attempt that differs from a step (from 0) on."""
        fits(text in map(str, range(self.steps)))
        plan = self._kept(int(text))
        plan.first, plan.before = int(text), len(self.attempts) - 1
        if self.plan:
            plan.expects = self.plan.expects
            if self.plan.change in self.changeable(plan.first):
                plan.change = self.plan.change
        self.plan, self.phase = plan, "again"

    @during("again")
    def do_change(self, _: str, name: str) -> None:
        """Name what is to be decided otherwise."""
        plan = self._at_hand()
        fits(name in self.changeable(plan.first))
        plan.change = name

    @during("again")
    def do_expect(self, measure: str, way: str) -> None:
        """Say what is expected of the change."""
        fits(measure in self.EXPECTED, way in DIRECTIONS)
        self._at_hand().expects |= {measure: way}

    @during("again")
    def do_attempt(self, *text: str) -> None:
        """Begin the attempt that was planned."""
        plan = self._at_hand()
        fits(not any(text), plan.change, len(plan.expects) == len(self.EXPECTED))
        self.attempts.append(plan)
        self.plan = None
        self._begin_attempt()

    @during("again")
    def do_cancel(self, *text: str) -> None:
        """Go back to the end without another attempt."""
        fits(not any(text))
        self.phase, self.plan = "end", None

    def _at_hand(self) -> A:
        assert self.plan is not None
        return self.plan
