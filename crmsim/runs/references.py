"""Reference policies: the ways of managing that a scenario declares to be compared with.

In a market levers set when they open and cards answered; in a visit choices by list, or by a rule
that weighs what pleases this customer against what it costs; at a desk a rota and a discipline.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from crmsim.model.visit import how_pleasing
from crmsim.runs.run import BASELINE, Policy
from crmsim.scenario import Scenario

if TYPE_CHECKING:
    from crmsim.model.desk.desk import DeskView
    from crmsim.model.market.market import MarketView
    from crmsim.model.visit import View
    from crmsim.scenario.desk import DeskScenario, Rota
    from crmsim.scenario.encounter import EncounterScenario, Way
    from crmsim.scenario.market import ReferencePolicy


def reference_policies(scenario: Scenario) -> dict[str, Policy]:
    """The reference policies of a scenario, by name."""
    made = {"market": _managed, "encounter": _served, "desk": _staffed}[scenario.world]
    return {policy.id: partial(made, scenario, policy) for policy in scenario.policies}


def _managed(_: Scenario, policy: ReferencePolicy, seen: MarketView) -> dict[str, Any]:
    opening = {lever.id for lever in seen.on_offer if lever.opens == seen.quarter + 1}
    due = {card.id for card in seen.cards}
    return {name: value for name, value in policy.levers.items() if name in opening} | {
        name: option for name, option in policy.cards.items() if name in due
    }


def _served(scenario: EncounterScenario, way: Way, seen: View) -> Any:
    if seen.seat == "buyer":
        return BASELINE
    if way.weighs is None or seen.touchpoint in way.choices:
        return way.choices.get(str(seen.touchpoint), BASELINE)
    here, weighs = scenario.touchpoint(str(seen.touchpoint)), way.weighs

    def gain(choice_id: str) -> float:
        choice = here.choice(choice_id)  # type: ignore[union-attr]
        pleases = how_pleasing(choice, seen, scenario.numbers)
        return (
            weighs.pleases * pleases - weighs.cost * choice.cost - weighs.minutes * choice.minutes
        )

    return max((offer.id for offer in seen.on_offer), key=gain)


def _staffed(desk: DeskScenario, rota: Rota, seen: DeskView) -> Mapping[str, Any]:
    planned = seen.expected
    assert planned is not None
    return {
        "agents": min(max(planned.agents + rota.agents, 0), desk.agents),
        "handlers": min(max(planned.handlers + rota.handlers, 0), desk.handlers),
        "discipline": rota.discipline,
    }
