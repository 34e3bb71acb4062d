"""A run: made by a policy in the chair of a world, and replayed from its record.

A baseline, a student's function, a recorded session and a person at the screen all sit in the
same chair, so playing, simulating, grading and testing are one code path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmsim.common.checks import as_plain, require
from crmsim.common.errors import ActionError, RecordError
from crmsim.model.chair import BASELINE, Action, Policy, World
from crmsim.model.market.outcome import OutcomeValue, value
from crmsim.scenario import Scenario, load
from crmsim.scenario.market import MarketScenario
from crmsim.scenario.worlds import part_of

if TYPE_CHECKING:
    import pandas as pd

A_POLICY = "must be a function from what is seen to an action, or None for the usual way"


@dataclass(frozen=True)
class Run:
    """A run: scenario, seed and actions; everything else follows from them.

    Attributes
    ----------
    scenario, seed, actions
        Enough to make the run again.
    view
        What could be seen at its end.
    fallbacks
        Steps at which a replayed action was no longer on offer and the baseline decided.
    """

    scenario: Scenario
    seed: int
    actions: tuple[Action, ...]
    view: Any = field(repr=False, compare=False)
    series: Mapping[str, NDArray[np.float64]] = field(repr=False, compare=False)
    fallbacks: tuple[int, ...] = ()

    @cached_property
    def log(self) -> pd.DataFrame:
        """The tidy table of the run: a row for each touchpoint, hour, or week.

        Examples
        --------
        >>> run = simulate("buick")
        >>> list(run.log.touchpoint)[:2]
        ['enquiry', 'greeting']
        """
        import pandas as pd

        table = part_of(self.scenario.world, "model").table
        return pd.DataFrame(table(self.view, self.series))

    @cached_property
    def cases(self) -> pd.DataFrame:
        """The problems of a desk's customers, a row for each, with what became of them.

        Examples
        --------
        >>> run = simulate("sunset", seed=1)
        >>> set(run.cases.fate) <= {"silent", "unresolved", "resolved", "fast"}
        True
        """
        import pandas as pd

        return pd.DataFrame(getattr(self.view, "cases", ()))

    @cached_property
    def value(self) -> OutcomeValue:
        """The value of a market's firm: profit played, and what the firm is worth at the end.

        Both parts are in currency, and discounted to the start of the run; ``total`` is their sum.
        The run is made again for it, unless :func:`valued` made it, and goes on for three years.

        Raises
        ------
        ActionError
            If the run is not one of a market.

        Examples
        --------
        >>> run = simulate("buick-market", seed=1)
        >>> run.value.total == run.value.played + run.value.worth
        True
        """
        if not isinstance(self.scenario, MarketScenario):
            raise ActionError(f"{self.scenario.id}: is not a market; only a firm has a value")
        world: Any = open_world(self.scenario, self.seed)
        for action in self.actions:
            world.step(action)
        return self._value_in(world)

    def _value_in(self, world: Any) -> OutcomeValue:
        """Return the value of the firm of this world, which has come to the end of this run."""
        world.carry_on()
        return value(world.series, len(self.series["week"]), self.scenario.numbers)

    @property
    def record(self) -> dict[str, Any]:
        """A small record of plain values, from which the same run can be made again."""
        scenario = self.scenario
        return {
            "scenario": scenario.file or scenario.id,
            "sha256": scenario.sha256,
            "changes": as_plain(scenario.changes),
            "lang": scenario.lang,
            "seed": self.seed,
            "actions": list(self.actions),
            "versions": {"crmsim": _version(), "numpy": np.__version__},
        }

    @staticmethod
    def from_record(record: Mapping[str, Any]) -> Run:
        """Make the run of a record again.

        Raises
        ------
        RecordError
            If the record lacks something, or holds an action that was never on offer.

        Examples
        --------
        >>> run = simulate("buick", seed=3)
        >>> Run.from_record(run.record) == run
        True
        """
        if not isinstance(record, Mapping):
            raise RecordError(f"record = {record!r}: must be a table, as Run.record is")
        if lacking := [name for name in _RECORDED if name not in record]:
            raise RecordError(f"record: lacks {', '.join(lacking)}")
        try:
            changes = record["changes"]
            require(isinstance(changes, Mapping), "changes", changes, "a table")
            scenario = load(record["scenario"], record["lang"])
            scenario = scenario.change(**changes) if changes else scenario
            return simulate(scenario, replay(record["actions"]), record["seed"])
        except (TypeError, ValueError) as error:
            raise RecordError(f"record: can't be replayed: {error}") from error


_RECORDED = ("scenario", "lang", "changes", "seed", "actions")


def check_run(run: object, name: str = "run") -> None:
    """Refuse an argument that is not a run.

    Parameters
    ----------
    run
        What was given.
    name
        The name of the argument, for the message.

    Raises
    ------
    ValueError
        If it is not a `Run`.
    """
    require(isinstance(run, Run), name, run, "a run, as simulate(…) gives it")


def _version() -> str:
    from importlib.metadata import version

    return version("crmsim")


def open_world(scenario: Scenario, seed: int = 0) -> World:
    """Return the world of a scenario, at its beginning.

    Parameters
    ----------
    scenario
        The case.
    seed
        The luck, a whole number from 0 to 2**64 - 1.

    Returns
    -------
    World
        A chair to decide in; nothing has been decided yet.

    Raises
    ------
    ValueError
        If the seed is not allowed.
    """
    return part_of(scenario.world, "model")(scenario, as_plain(seed))  # type: ignore[no-any-return]


def simulate(scenario: str | Path | Scenario, policy: Policy | None = None, seed: int = 0) -> Run:
    """Play a scenario to its end with a policy in the chair.

    Parameters
    ----------
    scenario
        A scenario, its name, or the path of its file.
    policy
        Any function from what is seen (``observe()``) to an action; None: the scenario's own
        baseline.
    seed
        One seed for all the luck there is.

    Raises
    ------
    ActionError
        If the policy does something that is not on offer.

    Examples
    --------
    >>> run = simulate("buick", lambda seen: seen.on_offer[0].id, seed=1)
    >>> run.actions[0] == run.log.action[0]
    True
    """
    return recorded(*_played(load(scenario), policy, seed))


def valued(scenario: str | Path | Scenario, policy: Policy | None = None, seed: int = 0) -> Run:
    """Play as `simulate` does, and let a market's firm go on at once: a value at half the cost.

    Parameters
    ----------
    scenario
        A scenario, its name, or the path of its file.
    policy
        As for `simulate`.
    seed
        One seed for all the luck there is.

    Returns
    -------
    Run
        The run that `simulate` gives; that of a market knows its ``value`` already.

    Examples
    --------
    >>> valued("buick-market", seed=1) == simulate("buick-market", seed=1)
    True
    """
    world, actions, fallbacks = _played(load(scenario), policy, seed)
    run = recorded(world, actions, fallbacks)
    if isinstance(run.scenario, MarketScenario):
        vars(run)["value"] = run._value_in(world)
    return run


def _played(
    scenario: Scenario, policy: Policy | None, seed: int
) -> tuple[World, list[Action], list[int]]:
    """Return a world at the end of a run, what was done in it, and where the baseline decided."""
    world = open_world(scenario, seed)
    if policy is not None and not callable(policy):
        raise ActionError(f"policy = {policy!r}: {A_POLICY}")
    actions: list[Action] = []
    fallbacks: list[int] = []
    while not world.done:
        action = BASELINE if policy is None else policy(world.observe())
        if action is None:
            raise ActionError(
                f"step {len(actions)}: the policy gave None; did you forget `return`?"
            )
        if action is BASELINE:
            fallbacks += [] if policy is None else [len(actions)]
            action = world.baseline()
        action = as_plain(action)
        world.step(action)
        actions.append(action)
    return world, actions, fallbacks


def recorded(world: World, actions: Sequence[Action], fallbacks: Sequence[int] = ()) -> Run:
    """Return the run of a world, as far as it has come.

    Parameters
    ----------
    world
        The world that took the actions.
    actions
        What was decided, an action a step.
    fallbacks
        Steps at which the baseline decided instead.
    """
    seen = world.observe()
    return Run(world.scenario, world.seed, tuple(actions), seen, world.series, tuple(fallbacks))


def replay(actions: Iterable[Action]) -> Policy:
    """Return a policy that does these actions, one at each step.

    Raises
    ------
    RecordError
        If ``actions`` is not a list of actions; when played, if they end before the scenario does.

    Examples
    --------
    >>> run = simulate("buick", seed=2)
    >>> simulate("buick", replay(run.actions), seed=2) == run
    True
    """
    if not isinstance(actions, Iterable) or isinstance(actions, str | Mapping):
        raise RecordError(f"actions = {actions!r}: must be several, one for each step")
    ahead = iter(tuple(actions))

    def policy(seen: Any) -> Action:
        for action in ahead:
            return action
        raise RecordError(f"{seen.place!r}: the recorded actions end before the scenario does")

    return policy


def what_if(run: Run, step: int, action: Action) -> Run:
    """Run the same scenario with the same seed, one action changed.

    Every later action that is still on offer is kept; where one no longer is, the scenario's
    baseline decides, and ``fallbacks`` says so.

    Parameters
    ----------
    run
        The run that is changed; it stays as it is.
    step
        The step, from 0, at which something else is done.
    action
        What is done there.

    Returns
    -------
    Run
        The changed run, with the same scenario and seed.

    Raises
    ------
    ActionError
        If there is no such step, or the action is not on offer there.

    Examples
    --------
    >>> run = simulate("buick", seed=2)
    >>> what_if(run, 0, run.actions[0]) == run
    True
    """
    policy = instead(run, step, action)
    return simulate(run.scenario, policy, run.seed)


def instead(run: Run, step: int, action: Action) -> Policy:
    """Return the policy of :func:`what_if`, for those who want more than its run.

    Parameters
    ----------
    run, step, action
        As for :func:`what_if`.

    Raises
    ------
    ActionError
        If there is no such step.

    Examples
    --------
    >>> run = simulate("buick", seed=2)
    >>> simulate("buick", instead(run, 0, run.actions[0]), seed=2) == run
    True
    """
    check_run(run)
    whole = isinstance(step, int) and not isinstance(step, bool)
    if not whole or not 0 <= step < len(run.actions):
        raise ActionError(
            f"step = {step!r}: must be a whole number from 0 to {len(run.actions) - 1}"
        )
    # By place, not by step: after a change a visit may take another way through the same places.
    done = dict(zip(run.view.places, run.actions, strict=True))
    done[run.view.places[step]] = action

    def policy(seen: Any) -> Action:
        kept = done.get(seen.place, BASELINE)
        changed = seen.place == run.view.places[step]
        return kept if changed or seen.allows(kept) else BASELINE

    return policy
