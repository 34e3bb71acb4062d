"""A new world needs its parts and an entry, and nothing else: here a tea stall, in one file.

The recipe is in ``docs/architecture.md``; in the package each part has a module of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from msgspec import Meta

from crmsim import ScenarioError, load, plot, simulate, what_if
from crmsim.authoring.report import review
from crmsim.common.chance import Chance
from crmsim.common.errors import ActionError
from crmsim.model.chair import World, WorldView
from crmsim.runs.compare import compare, references
from crmsim.runs.run import Run
from crmsim.scenario.parts import Id, Part, ScenarioBase, Text
from crmsim.scenario.wiring import Raw, id_of, repeated_ids, tables
from crmsim.scenario.worlds import WORLDS, Home

HOME = Home(
    schema="tea_stall:StallScenario",
    model="tea_stall:Stall",
    figure="tea_stall:cups",
    review="tea_stall:review_stall",
)
"""The entry in ``WORLDS``."""

CASE = """
schema = 1
id = "tea-stall"
world = "stall"
currency = "CNY"
title = { en = "The tea stall", zh-Hans = "茶摊" }
summary = { en = "One stall, one price, eight weeks.", zh-Hans = "一个茶摊，一个价格，八个星期。" }
weeks = 8
price = 5
cups = 400
cost = 2
policies = [{ id = "dear", title = { en = "Dear", zh-Hans = "卖得贵" }, price = 8 }]
"""

Money = Annotated[float, Meta(ge=0, le=1000)]
COLUMNS = ("week", "price", "cups", "profit")


# -- what is given: scenario/stall.py ---------------------------------------------------------


class StallPolicy(Part):
    """A price to compare with."""

    id: Id
    title: Text
    price: Money


class StallScenario(ScenarioBase, kw_only=True):
    """A stall that sells ``cups`` a week at its usual ``price``; a cup costs it ``cost``."""

    world: Literal["stall"]
    weeks: Annotated[int, Meta(ge=1, le=520)]
    price: Annotated[float, Meta(gt=0, le=1000)]
    cups: Annotated[float, Meta(ge=0, le=1e5)]
    cost: Money
    policies: Annotated[tuple[StallPolicy, ...], Meta(max_length=20)] = ()

    @staticmethod
    def wiring(raw: Raw) -> Iterator[str]:
        """Yield policies that stand more than once."""
        yield from repeated_ids([id_of(each) for each in tables(raw.get("policies"))], "policies")


# -- how it works: model/stall.py -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StallView:
    """Everything that the owner sees at the start of a week."""

    week: int
    price: float

    @property
    def place(self) -> int:
        """The week that is decided now."""
        return self.week

    @property
    def places(self) -> tuple[int, ...]:
        """The weeks decided so far."""
        return tuple(range(self.week))

    def allows(self, action: object) -> bool:
        """Return True for a table that sets the price, or nothing."""
        return isinstance(action, Mapping) and set(action) <= {"price"}


class Stall:
    """A tea stall; an action is ``{"price": 6}``."""

    def __init__(self, scenario: StallScenario, seed: int = 0) -> None:
        self.scenario, self.seed = scenario, seed
        self._chance, self._price = Chance(seed), scenario.price
        self._weeks: list[tuple[float, ...]] = []

    @property
    def done(self) -> bool:
        """True when the last week has passed."""
        return len(self._weeks) >= self.scenario.weeks

    @property
    def series(self) -> dict[str, np.ndarray]:
        """Each column of the log so far, a value a week."""
        columns = np.array(self._weeks, float).reshape(-1, len(COLUMNS)).T
        return dict(zip(COLUMNS, columns, strict=True))

    def observe(self) -> StallView:
        """Return what can be seen now."""
        return StallView(len(self._weeks), self._price)

    def baseline(self) -> dict[str, float]:
        """Leave the price as it is."""
        return {}

    def step(self, action: Mapping[str, float]) -> None:
        """Set the price, then let a week pass: who pays twice as much, comes half as often."""
        if self.done or not self.observe().allows(action):
            raise ActionError(f"{self.scenario.id}: action = {action!r}: is not on offer")
        case, week = self.scenario, len(self._weeks)
        self._price = float(action.get("price", self._price))
        luck = 0.5 + float(self._chance.uniform("demand", week, 1)[0])
        cups = luck * case.cups * case.price / max(self._price, 0.01)
        self._weeks.append((week, self._price, cups, cups * (self._price - case.cost)))

    @staticmethod
    def table(_: StallView, series: Mapping[str, np.ndarray]) -> dict[str, Any]:
        """Return the log of a run, a row a week."""
        return dict(series)

    @staticmethod
    def outcome(
        _: StallScenario, __: StallView, series: Mapping[str, np.ndarray]
    ) -> dict[str, Any]:
        """Return what was earned."""
        return {"profit": float(series["profit"].sum())}

    @staticmethod
    def reference(_: StallScenario, policy: StallPolicy, __: StallView) -> dict[str, float]:
        """Return what a declared policy does."""
        return {"price": policy.price}


# -- what is drawn and told: figures/runs.py, authoring/report.py -----------------------------


def cups(run: Run, base: Run | None, _: Any = ()) -> Any:
    """Draw the cups that are sold, week by week."""
    import plotly.graph_objects as go

    shown = [each for each in (base, run) if each is not None]
    return go.Figure([go.Scatter(x=each.series["week"], y=each.series["cups"]) for each in shown])


def review_stall(case: StallScenario, t: Any, progress: Any, _: int) -> Iterator[str]:
    """Say what a usual run earns."""
    (seed,) = progress([1], t("author.lint.walking"))
    yield f"{simulate(case, seed=seed).log.profit.sum():.0f} {case.currency}"


# -- what then works --------------------------------------------------------------------------


@pytest.fixture
def stall(monkeypatch, tmp_path):
    """A case of the world, which the package doesn't have."""
    monkeypatch.setitem(sys.modules, "crmsim.tea_stall", sys.modules[__name__])
    monkeypatch.setitem(WORLDS, "stall", HOME)
    path = tmp_path / "tea-stall.toml"
    path.write_text(CASE, "utf-8")
    return path


@pytest.mark.parametrize(("part", "protocol"), [(Stall, World), (StallView, WorldView)])
def test_it_has_everything_that_is_asked_of_a_world(part, protocol):
    asked = {name for name in vars(protocol) if not name.startswith("_")}
    assert len(asked) > 2
    assert asked - set(dir(part)) == set()


def test_it_is_run_changed_compared_drawn_and_reviewed(stall):
    run = simulate(stall, references(stall)["dear"], seed=3)
    assert list(run.log.price) == [8.0] * 8
    assert simulate(stall, lambda seen: run.actions[seen.week], seed=3) == run
    assert list(what_if(run, 2, {"price": 5}).log.price) == [8, 8, 5, *[8] * 5]
    assert len(plot(run, simulate(stall)).data) == 2
    table = compare(stall, {"usual": None} | references(stall), seeds=range(3))
    assert table.groupby("policy").profit.mean()["dear"] > 0
    assert any("CNY" in line for line in review(stall, "en"))


def test_a_mistake_in_its_case_is_told_with_its_place(stall):
    stall.write_text(CASE.replace("weeks = 8", "weeks = 0"), "utf-8")
    with pytest.raises(ScenarioError, match=r"tea-stall.toml: weeks = 0: must be greater than"):
        load(stall)
