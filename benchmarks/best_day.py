"""A search for the best way to lead a day at a desk: staff against the rota, order of work, cards.

``python -m benchmarks.best_day sunset`` prints what was found, in the form of
``data/reference/best-player.toml``.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.model_digest import model_digest
from crmsim import load, simulate
from crmsim.common.words import data_path
from crmsim.model.desk.desk import DISCIPLINES
from crmsim.scenario.desk import DeskScenario

FRESH = 500
"""The first seed of a search; the worth of what it finds is measured on those from 0."""


@dataclass(frozen=True)
class DayPlan:
    """A way to lead a day at a desk.

    Attributes
    ----------
    agents, handlers
        People more than the rota has, by the hour: the values come in turn.
    period
        Hours for which each value holds.
    discipline, callbacks, checks, cards
        What is decided in the morning, as :class:`crmsim.model.desk.desk.Desk` takes it.
    """

    agents: tuple[int, ...] = (0,)
    handlers: tuple[int, ...] = (0,)
    period: int = 1
    discipline: str = "fifo"
    callbacks: bool = False
    checks: bool = False
    cards: tuple[str, ...] = field(default=())

    def policy(self, case: DeskScenario) -> Callable[[Any], dict[str, Any]]:
        """Return the policy of this plan at a desk."""

        def decide(seen: Any) -> dict[str, Any]:
            turn = seen.step // self.period
            more = {
                "agents": self.agents[turn % len(self.agents)],
                "handlers": self.handlers[turn % len(self.handlers)],
            }
            action: dict[str, Any] = {
                post: min(max(getattr(seen.expected, post) + count, 0), getattr(case, post))
                for post, count in more.items()
            }
            action |= {"discipline": self.discipline, "callbacks": self.callbacks}
            action |= {"checks": True} if self.checks else {}
            return action | ({"cards": list(self.cards)} if self.cards and not seen.step else {})

        return decide


def worths(case: DeskScenario, plan: DayPlan, seeds: Iterable[int]) -> NDArray[np.float64]:
    """Return the value of a day (currency) for each seed."""
    policy = plan.policy(case)
    return np.array([simulate(case, policy, seed).view.outcome["value"] for seed in seeds])


def best(case: DeskScenario, seeds: Sequence[int]) -> DayPlan:
    """Return the best plan of those tried: staff and order, then cards, then staff and turns."""

    def first(plans: Iterable[DayPlan]) -> DayPlan:
        return max(plans, key=lambda plan: worths(case, plan, seeds).mean())

    plan = first(_staffed(DayPlan(), (-1, 0, 1, 2)))
    ids = [card.id for card in case.cards]
    decks = [cards for count in range(3) for cards in combinations(ids, count)]
    plan = first(
        replace(plan, cards=cards, checks=checks) for cards in decks for checks in (False, True)
    )
    plan = first(_staffed(plan, (-1, 0, 1)))
    return first([plan, *in_turn(plan)])


def in_turn(plan: DayPlan) -> list[DayPlan]:
    """Return plans in which one post changes between its present staff and one more or less."""
    return [
        replace(plan, period=period, **{post: (now, now + more)})
        for period in (1, 2, 4)
        for post, now in (("agents", plan.agents[0]), ("handlers", plan.handlers[0]))
        for more in (-1, 1)
    ]


def _staffed(plan: DayPlan, more: Sequence[int]) -> list[DayPlan]:
    return [
        replace(plan, agents=(agents,), handlers=(handlers,), discipline=order, callbacks=rings)
        for agents, handlers, order, rings in product(more, more, DISCIPLINES, (False, True))
    ]


def as_toml(name: str, plan: DayPlan, seeds: Sequence[int]) -> str:
    """Return a plan and what it is worth, as a part of the stored table."""
    case = load(name)
    rota, found = (worths(case, each, seeds) for each in (DayPlan(), plan))
    gains = found - rota
    facts = {
        "model": model_digest(name),
        "seeds": [seeds[0], seeds[-1]],
        "usual": round(rota.mean()),
        "best": round(found.mean()),
        "gain": round(gains.mean()),
        "error": round(gains.std(ddof=1) / len(seeds) ** 0.5),
    }
    lines = [f"{key} = {json.dumps(each)}" for key, each in (facts | asdict(plan)).items()]
    return "\n".join([f"[{name}]", *lines, ""])


def stored(name: str) -> tuple[DayPlan, dict[str, Any]]:
    """Return the stored best plan of a desk, and what was found with it."""
    path = data_path("reference", "best-player.toml")
    found = tomllib.loads(path.read_text("utf-8"))[name]
    parts = {key: found[key] for key in DayPlan.__dataclass_fields__}
    parts = {key: tuple(each) if isinstance(each, list) else each for key, each in parts.items()}
    return DayPlan(**parts), found


if __name__ == "__main__":
    case_name = sys.argv[1]
    print(as_toml(case_name, best(load(case_name), range(FRESH, FRESH + 8)), range(40)))
