"""Plan: items chosen from a menu under a budget, marked by what they achieve together.

No list of items is right or wrong by itself. A declared function computes what a plan achieves,
and its aims say from where on that is enough; every plan that reaches them is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, field

from crmsim.common.conversion import convert
from crmsim.common.numbers import number
from crmsim.common.text import joined, value_as_text
from crmsim.common.words import LANGUAGES, words
from crmsim.exercises.exercise import Exercise, Finding, Mark, Note, Own, Verdict
from crmsim.exercises.parts import Option, UnitWords, by_id, unknown
from crmsim.exercises.plan_outcomes import PLAN_OUTCOMES
from crmsim.scenario.parts import Finite, Id, Part, Positive, Text
from crmsim.scenario.wiring import repeated_ids

Cost = Annotated[float, Meta(ge=0, le=1e9)]

BUDGET = "budget"
"""The place of what is found about the budget; no aim has this name."""


class MenuGroup(Part, kw_only=True):
    """A part of the menu; ``one`` item of it is taken, or any number; ``needed``: at least one."""

    id: Id
    text: Text
    one: bool = True
    needed: bool = True


class MenuItem(Option, kw_only=True):
    """Something on the menu: what it costs, and what it does.

    An item costs ``cost`` once, and ``cost_each`` for each of those whom the plan is for: as many
    as the ``count`` of the chosen items adds up to. ``effects`` are read by the function that the
    plan names, and ``count`` with them. An item that often misleads has a ``slip``, told where the
    plan falls short.
    """

    group: Id
    cost: Cost = 0.0
    cost_each: Cost = 0.0
    count: Cost = 0.0
    effects: dict[str, Finite] = field(default_factory=dict)


class Aim(Part, kw_only=True):
    """A result of the plan; with ``low`` or ``high`` it is an aim, without it is only told.

    ``of`` names the result, and ``because`` says what to look at where the aim is missed.
    """

    id: Id
    of: str
    text: Text
    unit: UnitWords
    because: Text
    low: Finite | None = None
    high: Finite | None = None
    digits: Annotated[int, Meta(ge=0, le=3)] = 0

    @property
    def marked(self) -> bool:
        """True if it has a limit."""
        return self.low is not None or self.high is not None

    def met(self, value: float) -> bool:
        """Say whether a result is enough.

        Parameters
        ----------
        value
            The result, in the unit of the aim.
        """
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)


class Plan(Exercise, kw_only=True):
    """Items from a menu under a budget, marked by what they achieve together.

    ``outcome`` names a function of :mod:`crmsim.exercises.plan_outcomes`, which computes results
    from the effects of what is chosen, its cost and the ``settings``. ``key`` is a plan that
    reaches every aim; others may do so too. An answer is a list of ids of items.
    """

    POINTS: ClassVar[int] = 3
    kind: Literal["plan"]
    groups: Annotated[tuple[MenuGroup, ...], Meta(min_length=1, max_length=9)]
    items: Annotated[tuple[MenuItem, ...], Meta(min_length=2, max_length=40)]
    budget: Positive
    money: UnitWords
    outcome: str
    settings: dict[str, Finite] = field(default_factory=dict)
    aims: Annotated[tuple[Aim, ...], Meta(min_length=1, max_length=6)]
    key: tuple[Id, ...]

    @property
    def right_answer(self) -> list[str]:
        """A plan that reaches every aim."""
        return list(self.key)

    @property
    def _by_id(self) -> dict[str, MenuItem]:
        return {item.id: item for item in self.items}

    # --- answers -------------------------------------------------------------------------------

    def takes(self, answer: object) -> bool:
        """Accept items of the menu with something from each group that needs it, at any cost."""
        return self.begun(answer) and not self.open_groups(answer)

    def begun(self, answer: object) -> bool:
        """Accept different items of the menu, one at most where only one can be taken."""
        if not isinstance(answer, list | tuple) or not 0 < len(answer) <= len(self.items):
            return False
        by_id = self._by_id
        if not all(isinstance(each, str) and each in by_id for each in answer):
            return False
        taken = [by_id[each].group for each in answer]
        single = all(taken.count(group.id) <= 1 for group in self.groups if group.one)
        return len(set(answer)) == len(answer) and single

    def changed(self, answer: Any, name: str, value: str | None) -> Any:
        """Return the plan with an item taken, or put back; it replaces one of its group."""
        taken = [each for each in answer or [] if each != name]
        if len(taken) == len(answer or []):
            item = self._by_id[name]
            if next(group.one for group in self.groups if group.id == item.group):
                taken = [each for each in taken if self._by_id[each].group != item.group]
            taken.append(name)
        return [item.id for item in self.items if item.id in taken] or None

    def open_groups(self, answer: Any) -> list[str]:
        """Return the groups from which something is still to be taken.

        Parameters
        ----------
        answer
            A plan, perhaps only begun, or None.

        Returns
        -------
        list of str
            Ids of groups, in the order of the menu.
        """
        taken = {self._by_id[each].group for each in answer or []}
        return [group.id for group in self.groups if group.needed and group.id not in taken]

    # --- cost and results ----------------------------------------------------------------------

    def spent(self, answer: Any) -> float:
        """Return what a plan costs, in the money of the exercise.

        Parameters
        ----------
        answer
            A plan, perhaps only begun, or None.

        Returns
        -------
        float
            Never below 0.
        """
        chosen = [self._by_id[each] for each in answer or []]
        count = sum(item.count for item in chosen)
        return sum(item.cost + item.cost_each * count for item in chosen)

    def achieved(self, answer: Any) -> dict[str, float]:
        """Return the results of a whole plan by name, as the function that it names computes them.

        Parameters
        ----------
        answer
            A plan.

        Returns
        -------
        dict of float
            Among them ``cost``.
        """
        chosen = [self._by_id[each] for each in answer]
        effects = [item.effects | ({"count": item.count} if item.count else {}) for item in chosen]
        none = dict.fromkeys((name for item in self.items for name in item.effects), 0.0)
        return none | PLAN_OUTCOMES[self.outcome].results(
            effects, self.spent(answer), self.settings
        )

    def on_other_lucks(self, answer: Any, lucks: tuple[int, ...]) -> dict[str, float]:
        """Return what a plan that can be paid comes to on other lucks; empty without luck."""
        on_lucks = PLAN_OUTCOMES[self.outcome].on_lucks
        if on_lucks is None or not self.takes(answer) or self.spent(answer) > self.budget:
            return {}
        return on_lucks([self._by_id[each].effects for each in answer], lucks)

    def _mark(self, answer: Any, own: Own | None) -> Mark:
        # A point an aim; what costs more than there is can't be done, so it reaches none of them.
        aims = [aim for aim in self.aims if aim.marked]
        over = self.spent(answer) - self.budget
        if over > 0:
            found = Finding(BUDGET, False, because=self._in_both("lesson.plan.over", over))
            return Mark("wrong", 0, len(aims), (found,))
        results = self.achieved(answer)
        findings = [Finding(aim.id, aim.met(results[aim.of]), None, aim.because) for aim in aims]
        points = sum(each.right for each in findings)
        if points < len(aims):
            chosen = (self._by_id[each] for each in answer)
            findings += [Finding.of(item.id, item.slip, own) for item in chosen if item.slip]
        return Mark.counted(tuple(findings), points, len(aims))

    def _in_both(self, key: str, amount: float) -> Text:
        """Return words with an amount of money in both languages."""
        told = {lang: words(lang)(key, amount=self.priced(amount, lang)) for lang in LANGUAGES}
        return convert(told, Text)

    # --- words ---------------------------------------------------------------------------------

    def priced(self, amount: float, lang: str) -> str:
        """Return an amount with the money of the exercise.

        Parameters
        ----------
        amount
            What something costs.
        lang
            The language, ``"en"`` or ``"zh-Hans"``.
        """
        return f"{number(amount, 0 if amount == round(amount) else 1)}{self.money[lang]}"

    def said(self, answer: Any, lang: str) -> str:
        """Return what was taken from each group."""
        if not self.begun(answer):
            return value_as_text(answer)
        t = words(lang)
        items = {name: text for name, text in by_id(self.items, lang).items() if name in answer}
        taken = {
            group.text[lang]: [
                text for each, text in items.items() if self._by_id[each].group == group.id
            ]
            for group in self.groups
        }
        each = (
            t("figures.number", name=name, value=joined(texts, t("lesson.plan.and")))
            for name, texts in taken.items()
            if texts
        )
        return joined(each, t("gradebook.semicolon"))

    def asked(self, place: str, lang: str) -> str:
        """Return the text of an aim or an item."""
        known = by_id([*self.aims, *self.items], lang) | {BUDGET: words(lang)("lesson.plan.budget")}
        return known.get(place, value_as_text(place))

    def chosen(self, answer: Any, place: str, lang: str) -> str:
        """Return what a plan achieves of an aim."""
        if not self.takes(answer):
            return ""
        if place == BUDGET:
            return self.priced(self.spent(answer), lang)
        aim = next((aim for aim in self.aims if aim.id == place), None)
        return self.value(aim, self.achieved(answer), lang) if aim else ""

    def value(self, aim: Aim, results: Mapping[str, float], lang: str) -> str:
        """Return a result with its unit.

        Parameters
        ----------
        aim
            What it is a result of.
        results
            Results by name.
        lang
            The language, ``"en"`` or ``"zh-Hans"``.
        """
        return f"{number(results[aim.of], aim.digits)}{aim.unit[lang]}"

    def note(self, answer: Any, verdict: Verdict | None) -> Note | None:
        """Say how many parts of the plan are still open."""
        left = len(self.open_groups(answer)) if answer is None or self.begun(answer) else 0
        return ("plan.open", {"left": left}) if left and answer is not None else None

    # --- mistakes ------------------------------------------------------------------------------

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts."""
        groups, items = [each.id for each in self.groups], [each.id for each in self.items]
        yield from repeated_ids(groups, "groups")
        yield from repeated_ids([*items, *(aim.id for aim in self.aims), BUDGET], "items and aims")
        known = PLAN_OUTCOMES.get(self.outcome)
        if known is None:
            yield from unknown("outcome", self.outcome, list(PLAN_OUTCOMES))
            return
        for name in self.settings:
            yield from unknown("settings", name, sorted(known.settings))
        for item in self.items:
            yield from unknown(f"item {item.id!r}: group", item.group, groups)
            for name in item.effects if known.effects is not None else ():
                yield from unknown(f"item {item.id!r}: effects", name, sorted(known.effects))
        if not any(aim.marked for aim in self.aims):
            yield "aims: low, high: at least one aim needs a limit"
        for name in self.key:
            yield from unknown("key", name, items)
        if set(self.key) <= set(items) and {item.group for item in self.items} <= set(groups):
            yield from self._key()

    def _key(self) -> Iterator[str]:
        """Find what keeps the plan of the key from being right."""
        if not self.takes(self.key):
            yield f"key = {list(self.key)}: must take what each group asks for"
            return
        results = self.achieved(self.key)
        unknown_results = [aim for aim in self.aims if aim.of not in results]
        for aim in unknown_results:
            yield from unknown(f"aim {aim.id!r}: of", aim.of, sorted(results))
        if not unknown_results and (mark := self._mark(self.key, None)).verdict != "right":
            missed = ", ".join(each.place for each in mark.findings if not each.right)
            yield f"key = {list(self.key)}: must reach every aim; it misses {missed}"
