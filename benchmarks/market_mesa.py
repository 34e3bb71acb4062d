"""The Market in idiomatic Mesa, under the same rules and the same declared numbers.

Written as Mesa's own examples are: a ``FixedAgent`` a person on the cells of a ``Network``, all
stepped by ``shuffle_do`` and then brought up to date by ``do``, with a ``DataCollector``. It covers
the core of the week (come, perceive, compare, complain, leave, tell, hear) with every lever at
rest. Who lives in the town, and the firm, which is not made of agents, are crmsim's own.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import mesa
import networkx as nx
import numpy as np
from mesa.discrete_space import Cell, FixedAgent, Network

from crmsim.common.calendar import WEEKS_YEAR
from crmsim.common.chance import Chance
from crmsim.model.equations import TIES
from crmsim.model.market.customers import Customers
from crmsim.model.market.firm import Firm, decision_of
from crmsim.model.market.people import NEVER_FAILED_WEEK, People
from crmsim.scenario.levers import Decision
from crmsim.scenario.market import MarketScenario

COLUMNS = ("customers", "evaluation", "reputation", "profit", "attitude")


class Person(FixedAgent):
    """Somebody in the town: what she expects, thinks and has lived through."""

    def __init__(
        self,
        town: Town,
        cell: Cell,
        customer: bool,
        rate_week: float,
        value: float,
        need_week: float,
        weights: list[float],
        will: float,
        should: float,
        loyalty: float,
    ) -> None:
        super().__init__(town)
        self.cell, self.need_week = cell, need_week
        self.customer = customer
        self.rate_week, self.value, self.weights = min(rate_week, 0.4), value, weights
        self.will, self.should, self.loyalty = will, should, loyalty
        numbers = town.numbers
        self.spread = numbers.visit_noise * math.hypot(*weights)
        self.satisfaction = numbers.satisfaction_at_expectation
        self.opinion, self.awareness = numbers.opinion_at_rest, numbers.awareness_at_rest
        self.failed_week = NEVER_FAILED_WEEK
        self.heard_good = self.heard_bad = 0

    def step(self) -> None:
        """Perhaps it is time to visit, to buy, or to be lured away."""
        town, luck = self.model, self.random.random()
        if luck >= 1 - self.need_week:
            self.shop()
        elif luck >= 1 - self.need_week - town.pull_week:
            if self.customer and self.random.random() < 1 - self.loyalty:
                self.customer = False
        elif self.customer and luck < self.rate_week:
            across = 1 + town.numbers.cross_buying * (self.loyalty - 0.5)
            self.visit(self.value * across)

    def shop(self) -> None:
        """Buy here, or somewhere else and be lost."""
        town = self.model
        town.shoppers += self.customer
        if self.random.random() < self.chance_to_buy():
            town.shoppers += not self.customer
            town.buyers += 1
            self.customer = True
            self.visit(town.numbers.purchase_value)
        else:
            self.customer = False

    def chance_to_buy(self) -> float:
        numbers = self.model.numbers
        if not self.customer:
            valence = self.opinion / numbers.opinion_at_rest
            volume = self.awareness / numbers.awareness_at_rest
            drawn = valence**numbers.joining_valence * volume**numbers.joining_volume
            return numbers.joining * drawn
        since = (self.model.week - self.failed_week) / numbers.failure_half_life_week
        odds = numbers.repurchase_at_four / (1 - numbers.repurchase_at_four)
        away, below = self.satisfaction - 4, math.log(numbers.repurchase_below_ratio)
        knee = math.log(numbers.repurchase_odds_ratio) - below
        odds *= math.exp(below * away + knee * max(away, 0) ** 2)
        odds *= math.exp(
            numbers.repeat_loyalty * (self.loyalty - 0.5) - numbers.failure_weight * 0.5**since
        )
        return odds / (1 + odds)

    def visit(self, sales: float) -> None:
        """Perceive, compare, remember, speak up, tell."""
        town, numbers = self.model, self.model.numbers
        met = sum(weight * done for weight, done in zip(self.weights, town.quality, strict=True))
        met = min(max(met + self.spread * self.random.gauss(0, 1), 0), 1)
        level = self.compare(met)
        town.levels.append(level)
        town.sales += sales
        self.remember(met, level)
        unhappy = level <= numbers.talk_bad_at and not self.put_right()
        town.unhappy += unhappy
        if level >= numbers.talk_good_at:
            if self.random.random() < numbers.talk_good * (0.5 + self.loyalty):
                self.tell(numbers.told_good, "heard_good")
        elif unhappy and self.random.random() < numbers.talk_bad:
            self.tell(numbers.told_bad, "heard_bad")

    def compare(self, met: float) -> float:
        """Satisfaction, 1 to 5: the asymmetric rule, a zone of tolerance, and the level itself."""
        numbers = self.model.numbers
        seen = met + numbers.will_effect * (self.will - met)
        seen -= numbers.should_effect * (self.should - met)
        gap = seen - self.will
        patient = 1 + numbers.tolerance_loyalty * (self.loyalty - 0.5)
        inside = min(abs(gap), numbers.tolerance_half_width * patient)
        felt = numbers.tolerance_slope * inside + abs(gap) - inside
        felt *= numbers.satisfaction_slope * (-numbers.loss_aversion if gap < 0 else 1)
        felt += numbers.performance_slope * (seen - numbers.usual_level)
        return min(max(numbers.satisfaction_at_expectation + felt, 1), 5)

    def remember(self, met: float, level: float) -> None:
        numbers, liked = self.model.numbers, (level - 1) / 4
        forgotten = numbers.should_fade * max(self.should - met, 0)
        self.should += numbers.should_rate * max(met - self.should, 0) - forgotten
        self.will += numbers.expectation_rate * (met - self.will)
        self.satisfaction += 0.5 * (level - self.satisfaction)
        self.opinion += numbers.own_experience * (liked - self.opinion)
        self.loyalty += numbers.loyalty_rate * (liked - self.loyalty)

    def put_right(self) -> bool:
        """Complain or keep silent, and perhaps leave; true if the complaint was solved."""
        numbers, week = self.model.numbers, self.model.week
        twice = week - self.failed_week <= numbers.second_failure_week
        self.failed_week = week
        solved, ease = False, 1.0
        if self.random.random() < min(numbers.complaint_share, 0.95):
            self.model.complaints += 1
            solved = not twice and self.random.random() < numbers.recovery_share
            at_once = solved and self.random.random() < numbers.fast_share
            ease = numbers.leave_late if solved else numbers.leave_unresolved
            if solved:
                lifted = numbers.recovered_at_once if at_once else numbers.recovered_late
                self.satisfaction = max(self.satisfaction, lifted)
            if at_once:
                ease = numbers.leave_at_once
        if self.random.random() < numbers.leave_after_bad * (1 - self.loyalty) * ease:
            self.customer = False
        return solved

    def tell(self, share: float, heard: str) -> None:
        ties = list(self.cell.neighborhood.agents)
        for other in self.random.sample(ties, min(round(share * TIES), len(ties))):
            setattr(other, heard, getattr(other, heard) + 1)

    def advance(self) -> None:
        """Let what was heard long ago fade; let what was heard this week move the opinion."""
        numbers = self.model.numbers
        self.opinion += (numbers.opinion_at_rest - self.opinion) / numbers.opinion_fade_week
        rest, weeks = numbers.awareness_at_rest, numbers.awareness_fade_week
        self.awareness += (rest - self.awareness) / weeks
        if self.heard_good or self.heard_bad:
            good, bad = self.heard_good, self.heard_bad
            opinion = 1 - (1 - self.opinion) * (1 - numbers.heard_good) ** good
            self.opinion = opinion * (1 - numbers.heard_bad) ** bad
            unaware = (1 - self.awareness) * (1 - numbers.heard_awareness) ** (good + bad)
            self.awareness = 1 - unaware
            self.heard_good = self.heard_bad = 0


class Town(mesa.Model):
    """The people, their ties, and the firm they deal with."""

    def __init__(self, scenario: MarketScenario, seed: int) -> None:
        super().__init__(seed=seed)
        numbers = self.numbers = scenario.numbers
        self.pull_week = min(numbers.competitor_pull_year / WEEKS_YEAR, 0.1)
        start = Customers(scenario, Chance(seed))
        self._move_in(start.people)
        visits, shoppers, bought = start.usual_flows()
        gross = visits * numbers.visit_value * numbers.visit_margin
        gross += bought * numbers.purchase_value * numbers.purchase_margin
        self.firm = Firm(scenario, visits + numbers.purchase_visits * shoppers, gross)
        self.week, self.evaluation = 0, numbers.satisfaction_at_expectation
        self.datacollector = mesa.DataCollector(
            {
                "customers": lambda town: sum(person.customer for person in town.agents),
                "evaluation": "evaluation",
                "reputation": lambda town: town.agents.agg("opinion", np.mean),
                "profit": "profit",
                "attitude": lambda town: town.firm.attitude,
            }
        )

    def _move_in(self, people: People) -> None:
        graph = nx.Graph()
        graph.add_nodes_from(range(people.count))
        ties = people.ties.tolist()
        graph.add_edges_from((one, other) for one, row in enumerate(ties) for other in row)
        graph.remove_edges_from(list(nx.selfloop_edges(graph)))
        self.network = Network(graph, capacity=1, random=self.random)
        state = ("customer", "rate_week", "value", "need_week", "weights")
        state += ("will", "should", "loyalty")
        columns = [getattr(people, name).tolist() for name in state]
        Person.create_agents(self, people.count, list(self.network.all_cells), *columns)

    def step(self) -> None:
        """A week passes."""
        self.levels: list[float] = []
        self.sales = 0.0
        self.buyers = self.shoppers = self.complaints = self.unhappy = 0
        decision = decision_of({}, self.numbers)
        self.quality = self.firm.service(decision).quality.tolist()
        self.agents.shuffle_do("step")
        self.agents.do("advance")
        self._pay(decision)
        self.datacollector.collect(self)
        self.week += 1

    def _pay(self, decision: Decision) -> None:
        numbers, bought = self.numbers, self.buyers * self.numbers.purchase_value
        gross = (self.sales - bought) * numbers.visit_margin + bought * numbers.purchase_margin
        self.evaluation = sum(self.levels) / len(self.levels) if self.levels else self.evaluation
        happened = SimpleNamespace(
            came=len(self.levels),
            bought=self.buyers,
            shoppers=self.shoppers,
            complaints=self.complaints,
            unhappy=self.unhappy,
            key_visits=0,
        )
        self.profit = self.firm.week(happened, gross, decision)
