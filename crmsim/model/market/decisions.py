"""View and decisions of a manager: levers, policy cards, and the cards of the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from crmsim.common.errors import ActionError
from crmsim.scenario.cards import Card
from crmsim.scenario.market import Lever, MarketScenario

if TYPE_CHECKING:
    from crmsim.scenario.policy_cards import PolicyCard

MarketAction = Mapping[str, Any]
"""Lever → number; policy card → True or False; card due → option. What is left out stays."""


class MarketView(Struct, frozen=True):
    """View of a manager at the end of a quarter: the weeks so far, and what can be decided.

    ``on_offer`` are the levers that have opened, ``cards`` those of the case that ask for a
    decision now, ``answers`` what was decided on those before, ``switched`` which policy cards were
    put in force (or out again), and ``failures`` how often each failure mode has struck so far.
    """

    quarter: int
    quarters: int
    levers: tuple[Lever, ...]
    decision: Mapping[str, float]
    series: Mapping[str, NDArray[np.float64]]
    on_offer: tuple[Lever, ...] = ()
    cards: tuple[Card, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    switched: Mapping[str, bool] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)

    @property
    def policies(self) -> dict[str, bool]:
        """Every policy card, and whether it is in force."""
        return {name: self.switched.get(name, False) for name in policies()}

    @property
    def place(self) -> int:
        """Place of the run: the quarter."""
        return self.quarter

    @property
    def places(self) -> tuple[int, ...]:
        """Place of each action so far."""
        return tuple(range(self.quarter))

    def allows(self, action: object) -> bool:
        """Return True if the action is on offer here."""
        return isinstance(action, Mapping)


class Decisions:
    """Present levers and cards, and the changes that an action may make in a quarter (from 0)."""

    def __init__(self, scenario: MarketScenario) -> None:
        self._name = scenario.id
        self._known = {lever.id: lever for lever in scenario.levers}
        self._cards = scenario.cards
        self.levers = {lever.id: lever.start for lever in scenario.levers}
        self.switched: dict[str, bool] = {}
        self.answers: dict[str, str] = {}

    def on_offer(self, quarter: int) -> tuple[Lever, ...]:
        """Return the levers that have opened."""
        return tuple(lever for lever in self._known.values() if lever.opens <= quarter + 1)

    def due(self, quarter: int) -> tuple[Card, ...]:
        """Return the cards that ask for a decision in this quarter."""
        return tuple(card for card in self._cards if card.quarter == quarter + 1)

    def set(self, action: MarketAction, quarter: int) -> tuple[dict[str, bool], dict[str, str]]:
        """Do it: the policy cards that it switches, and the option taken of every card due.

        Raises
        ------
        ActionError
            Saying every name and value that is not on offer; then nothing is changed.
        """
        due = {card.id: card for card in self.due(quarter)}
        self._check(action, quarter, due)
        self.levers |= {name: float(v) for name, v in action.items() if name in self._known}
        switched = {
            name: bool(value)
            for name, value in action.items()
            if name not in self._known
            and name not in due
            and self.switched.get(name, False) != bool(value)
        }
        self.switched |= switched
        taken = {name: str(action.get(name, card.usual)) for name, card in due.items()}
        self.answers |= taken
        return switched, taken

    def _check(self, action: MarketAction, quarter: int, due: Mapping[str, Card]) -> None:
        if not isinstance(action, Mapping):
            raise ActionError(
                f"{self._name}: action = {action!r}: must be a table of levers, such as "
                f"{{{', '.join(f'{name!r}: {value:g}' for name, value in self.levers.items())}}}"
            )
        said = [self._mistake(name, value, quarter, due) for name, value in action.items()]
        if any(said):
            raise ActionError(f"{self._name}: {'; '.join(filter(None, said))}")

    def _mistake(self, name: Any, value: Any, quarter: int, due: Mapping[str, Card]) -> str:
        if name in due:
            return _option_mistake(due[name], value)
        if name in self._known:
            return self._lever_mistake(self._known[name], value, quarter)
        if name in policies():
            known = isinstance(value, bool | np.bool_)
            return "" if known else f"policy card {name!r} = {value!r}: must be True or False"
        card = next((card for card in self._cards if card.id == name), None)
        if card is not None:
            return f"card {name!r} comes in quarter {card.quarter}; this is quarter {quarter + 1}"
        cards = f"; cards now: {', '.join(due)}" if due else ""
        return f"{name!r} is not a lever; choose one of: {', '.join(self._known) or 'none'}{cards}"

    def _lever_mistake(self, lever: Lever, value: Any, quarter: int) -> str:
        here = f"lever {lever.id!r} = {value!r}"
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            return f"{here}: must be a number"
        if not lever.low <= value <= lever.high:
            return f"{here}: must be between {lever.low:g} and {lever.high:g}"
        if lever.opens > quarter + 1 and value != self.levers[lever.id]:
            return f"{here}: opens in quarter {lever.opens}; this is quarter {quarter + 1}"
        return ""


def _option_mistake(card: Card, value: Any) -> str:
    names = [option.id for option in card.options]
    if isinstance(value, str) and value in names:
        return ""
    place = f"card {card.id!r} = {value!r}"
    return f"{place}: is not one of its options; choose one of: {', '.join(names)}"


def policies() -> Mapping[str, PolicyCard]:
    """Return the policy cards by name; they are read from their files at the first call."""
    from crmsim.scenario.policy_cards import policy_cards

    return policy_cards()
