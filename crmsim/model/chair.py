"""The chair of a world: a policy sits in it and decides, and the world reports the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Action = Any
Policy = Callable[[Any], Action]
Series = Mapping[str, NDArray[np.float64]]

BASELINE = object()
"""A policy returns this where it leaves the decision to the scenario's own baseline."""


class WorldView(Protocol):
    """Everything that a run asks of what can be seen in a world; each world adds its own.

    ``place`` names where a decision is made now (an hour, a quarter, a touchpoint), and ``places``
    those of all decisions so far, in their order. A run in which one action was changed keeps the
    other actions by their places, as far as they are still allowed.
    """

    @property
    def place(self) -> Any:
        """The place of the decision that is due."""

    @property
    def places(self) -> tuple[Any, ...]:
        """The place of each decision so far, as many as there were actions."""

    def allows(self, action: Action) -> bool:
        """Return True if the action is on offer here."""


class World(Protocol):
    """Everything that every world can do.

    ``scenario`` and ``seed`` are those it was made with. A world is stepped until it is ``done``;
    its last three functions need no world, only what is left of a run.
    """

    scenario: Any
    seed: int

    @property
    def done(self) -> bool:
        """True when nothing can be done any more."""

    @property
    def series(self) -> Series:
        """Each column of the log so far; empty if the log is no series."""

    def observe(self) -> WorldView:
        """Return what can be seen now, a frozen record: all that a policy or a screen gets."""

    def baseline(self) -> Action:
        """Return what is done here in the ordinary way."""

    def step(self, action: Action) -> None:
        """Do an action that is on offer.

        Parameters
        ----------
        action
            What is decided.

        Raises
        ------
        ActionError
            If the action is not on offer, or the run is over.
        """

    @staticmethod
    def table(view: Any, series: Series) -> Any:
        """Return the log of a run, as a data frame is made of it.

        Parameters
        ----------
        view
            What could be seen at the end.
        series
            The columns of the log, a value a week; empty if the log is no series.

        Returns
        -------
        list or dict
            Rows, or columns, of a table.
        """

    @staticmethod
    def outcome(scenario: Any, view: Any, series: Series) -> dict[str, Any]:
        """Return what a run came to, by name.

        Parameters
        ----------
        scenario
            The case.
        view
            What could be seen at the end.
        series
            The columns of the log, a value a week; empty if the log is no series.

        Returns
        -------
        dict
            Numbers and texts by name.
        """

    @staticmethod
    def reference(scenario: Any, policy: Any, seen: Any) -> Action:
        """Return what a reference policy of the scenario does with what is seen.

        Parameters
        ----------
        scenario
            The case.
        policy
            One of its declared policies.
        seen
            What can be seen now.
        """
