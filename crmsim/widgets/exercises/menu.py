"""The menu of a plan: prices, what is left of the budget, and what the plan has achieved."""

from __future__ import annotations

from typing import Any, NamedTuple

from crmsim.common.numbers import number, significant
from crmsim.common.words import Translate
from crmsim.exercises.kinds.plan import Aim, MenuItem, Plan


class ResultLine(NamedTuple):
    """A result of a plan, its aim in words, and whether it is met; None where it has no limit."""

    aim: Aim
    value: str
    wanted: str
    met: bool | None


class PlanMenu:
    """The items of a plan by group, each with its price."""

    def __init__(self, task: Plan, tag: str, t: Translate) -> None:
        self.task, self.tag, self.t = task, tag, t

    def context(self, answer: Any, marked: bool, locked: bool) -> dict[str, Any]:
        """Return what the menu shows: prices, the budget, groups still open, and results."""
        whole = marked and self.task.takes(answer)
        over = self.task.spent(answer) > self.task.budget
        return {
            "prices": {item.id: self._price(item) for item in self.task.items},
            "budget": self._budget(answer),
            "over": over,
            "still_open": self.task.open_groups(answer) if answer else [],
            "results": self._results(answer) if whole and not over else [],
        }

    def _price(self, item: MenuItem) -> str:
        """Return what an item costs, and for how many it is, in words."""
        told = [self.t("lesson.plan.count", count=number(item.count))] if item.count else []
        if item.cost_each:
            told.append(self.t("lesson.plan.each", amount=self._money(item.cost_each)))
        if item.cost:
            told.append(self._money(item.cost))
        return " + ".join(told) or self.t("lesson.plan.free")

    def _budget(self, answer: Any) -> str:
        spent, budget = self.task.spent(answer), self.task.budget
        shown = {"spent": self._money(spent), "budget": self._money(budget)}
        if spent > budget:
            return self.t("lesson.plan.too-much", over=self._money(spent - budget), **shown)
        return self.t("lesson.plan.left", left=self._money(budget - spent), **shown)

    def _results(self, answer: Any) -> list[ResultLine]:
        results = self.task.achieved(answer)
        return [
            ResultLine(
                aim,
                self.task.value(aim, results, self.tag),
                self._wanted(aim),
                aim.met(results[aim.of]) if aim.marked else None,
            )
            for aim in self.task.aims
        ]

    def _wanted(self, aim: Aim) -> str:
        """Return the limits of an aim in words."""
        limits = {
            name: f"{significant(value)}{aim.unit[self.tag]}"
            for name, value in (("low", aim.low), ("high", aim.high))
            if value is not None
        }
        if len(set(limits.values())) == 2:
            return self.t("lesson.plan.between", **limits)
        if len(limits) == 2:
            return limits["low"]
        for name, value in limits.items():
            return self.t(f"lesson.plan.{name}", value=value)
        return self.t("lesson.plan.told")

    def _money(self, amount: float) -> str:
        return self.task.priced(amount, self.tag)
