"""The Encounter: one visit, touchpoint by touchpoint, from the seller's or the buyer's chair.

A choice delivers quality on some dimensions. The gap to what this customer expects there moves the
quality that she perceives (A-06 … A-09, A-17, A-21). How strongly depends on the level of service
(Kano 1984): basic service can only disappoint, unexpected service can only delight.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from msgspec.structs import astuple

from crmsim.common.chance import Chance
from crmsim.common.checks import require
from crmsim.common.errors import ActionError
from crmsim.common.sums import dot
from crmsim.model.chair import BASELINE
from crmsim.model.equations import odds
from crmsim.model.theory.complaints import justice, most_mended, satisfied, staying_after
from crmsim.model.theory.quality import both_qualities, through_image
from crmsim.model.theory.satisfaction import repurchase, satisfaction
from crmsim.model.visit import Offer, View, VisitStep, gaps_as_felt, gaps_of, how_pleasing
from crmsim.scenario import DIMENSIONS
from crmsim.scenario.encounter import (
    Choice,
    EncounterScenario,
    Persona,
    Reply,
    ServiceFailure,
    Touchpoint,
    Way,
)

TREATMENT = ("assurance", "empathy")
"""Dimensions on which a customer feels how she is treated: interactional justice."""

MOOD_FULL_SCALE = 0.3
"""A felt gap of this size, weighted over the dimensions touched, is emotion 1."""

_LOGGED = (
    "touchpoint",
    "stage",
    "action",
    "choice",
    "level",
    "emotion",
    "mood",
    "satisfaction",
    "minutes",
    "cost",
)


class Encounter:
    """A visit in progress: ``done``, ``observe()``, ``step(action)``.

    Parameters
    ----------
    scenario
        The case; its ``seat`` and ``persona`` say who sits where.
    seed
        Draws the customer (if the scenario names none) and how each act is perceived.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> visit = Encounter(load("buick"), seed=1)
    >>> while not visit.done:
    ...     visit.step(visit.baseline())
    >>> visit.observe().ending is not None
    True
    """

    def __init__(self, scenario: EncounterScenario, seed: int = 0) -> None:
        require(
            isinstance(scenario, EncounterScenario),
            "scenario",
            scenario,
            "a visit, as load(…) gives it",
        )
        self.scenario, self.seed = scenario, seed
        self._chance, self._numbers = Chance(seed), scenario.numbers
        self._persona = self._who()
        promised = scenario.gaps.promise
        self._expected = np.array(astuple(self._persona.expectation))
        self._expected = np.minimum(self._expected + _array(promised), 1)
        self._perceived = self._expected.copy()
        self._weights = np.array(list(self._persona.weights.shares().values()))
        self._mood = self._minutes = self._cost = self._discount = self._days = 0.0
        self._lost: np.ndarray | None = None
        self._most, self._apology, self._methods = 1.0, 0.0, set[str]()
        self._suffer(self._persona.failure)
        self._journey: list[VisitStep] = []
        self._decision: dict[str, bool] = {}
        self._sale_chance = 0.0
        self._acted: tuple[Choice, np.ndarray, float] | None = None
        self._go_to(scenario.first)

    @property
    def series(self) -> dict[str, np.ndarray]:
        """An empty table: the log of a visit has a row for each touchpoint instead."""
        return {}

    @staticmethod
    def table(view: View, _: object) -> list[dict[str, Any]]:
        """Return the log of a visit, a row for each touchpoint.

        Parameters
        ----------
        view
            What could be seen at the end.

        Returns
        -------
        list of dict
            A row for each touchpoint, by the name of the column.
        """
        return [
            {name: getattr(step, name) for name in _LOGGED}
            | {f"{dimension}_moved": moved for dimension, moved in step.moved.items()}
            for step in view.journey
        ]

    @staticmethod
    def outcome(scenario: EncounterScenario, view: View, _: object) -> dict[str, Any]:
        """Return how a visit ended: satisfaction, sale, money and minutes.

        Parameters
        ----------
        scenario
            The case of the visit.
        view
            What could be seen at the end.

        Returns
        -------
        dict
            ``satisfaction`` (1–5), ``buys`` (where there is a sale), ``minutes``; ``earned``
            and ``worth`` in currency. After a complaint also ``fairness`` and the chances
            ``satisfied`` and ``stays``, each 0 to 1.
        """
        sale = {"buys": view.decision["buys"]} if "buys" in view.decision else {}
        worth = {"worth": view.worth} if scenario.sells or view.recovery else {}
        fair = ("fairness", "satisfied", "stays")
        worth |= {name: view.recovery[name] for name in fair if view.recovery}
        ended = {"satisfaction": view.satisfaction} | sale
        return ended | {"earned": view.earned, "minutes": view.minutes} | worth

    @staticmethod
    def reference(scenario: EncounterScenario, policy: Way, seen: View) -> Any:
        """Return the choice that a way of serving names, or the best one by its rule.

        Parameters
        ----------
        scenario
            The case of the visit.
        policy
            One of its ways of serving.
        seen
            What can be seen now.

        Returns
        -------
        str or BASELINE
            The id of a choice.
        """
        if seen.seat == "buyer":
            return BASELINE
        if policy.weighs is None or seen.touchpoint in policy.choices:
            return policy.choices.get(str(seen.touchpoint), BASELINE)
        here, weighs = scenario.touchpoint(str(seen.touchpoint)), policy.weighs

        def gain(choice_id: str) -> float:
            choice = here.choice(choice_id)  # type: ignore[union-attr]
            spent = weighs.cost * choice.cost + weighs.minutes * choice.minutes
            return weighs.pleases * how_pleasing(choice, seen, scenario.numbers) - spent

        return max((offer.id for offer in seen.on_offer), key=gain)

    @property
    def done(self) -> bool:
        """True once the visit has come to one of its endings."""
        return self._touchpoint is None

    @property
    def touchpoint(self) -> str | None:
        """The touchpoint at which somebody acts next; None once the visit is over."""
        return self._touchpoint.id if self._touchpoint else None

    def step(self, action: str) -> None:
        """Do what is on offer: a choice in the seller's chair, a reply in the buyer's.

        Parameters
        ----------
        action
            The id of the choice or of the reply.

        Raises
        ------
        ActionError
            If the action is not on offer, or the visit is over.
        """
        touchpoint = self._open()
        self._check(action)
        if self.scenario.seat == "buyer":
            reply = touchpoint.reply(action)
            choice, before, felt_gap = self._acted  # type: ignore[misc]
            self._shift(reply)
        else:
            reply, choice, before = None, touchpoint.choice(action), self._perceived.copy()
            felt_gap = self._do(touchpoint, choice)
        self._record(touchpoint, choice, reply, before, felt_gap)
        self._go_to(self._next(touchpoint, choice, reply))

    def observe(self) -> View:
        """Return what can be seen now, in the scenario's language."""
        lang, persona, here = self.scenario.lang, self._persona, self._touchpoint
        ending = None if self._ending is None else self.scenario.ending(self._ending)
        acted = self._acted[0] if self._acted and here else None
        return View(
            seat=self.scenario.seat,
            touchpoint=here.id if here else None,
            title=here.title[lang] if here else "",
            stage=here.stage if here else "",
            scene=here.scene[lang] if here else "",
            says=here.says_by.get(persona.id, here.says)[lang] if here else "",
            salesperson=acted.does[lang] if acted else "",
            why=acted.why[lang] if acted else "",
            on_offer=self._on_offer(lang),
            persona=persona.id,
            name=persona.name[lang],
            about=persona.about[lang],
            look=persona.look,
            expected=_by_dimension(self._expected),
            perceived=_by_dimension(self._perceived),
            weights=_by_dimension(self._weights),
            satisfaction=self._satisfaction(),
            mood=self._mood,
            minutes=self._minutes,
            patience_min=persona.patience_min,
            cost=self._spent(),
            journey=tuple(self._journey),
            ahead=self._ahead(lang),
            ending=self._ending,
            ending_title=ending.title[lang] if ending else "",
            ending_text=ending.text[lang] if ending else "",
            decision=dict(self._decision),
            earned=self._earned(),
            worth=self._worth(),
            recovery=self._recovery(),
        )

    def baseline(self) -> str:
        """Return what an ordinary salesperson of the firm, or an ordinary buyer, does here."""
        touchpoint = self._open()
        if self.scenario.seat == "seller":
            return touchpoint.baseline
        wanted = (
            ("buys" if self._would_buy(touchpoint) else "leaves") if touchpoint.gate else "silent"
        )
        fitting = [reply.id for reply in touchpoint.replies if reply.voice == wanted]
        return (fitting or [touchpoint.replies[0].id])[0]

    # -- what happens at a touchpoint ---------------------------------------------------------

    def _open(self) -> Touchpoint:
        if self._touchpoint is None:
            raise ActionError(
                f"{self.scenario.id}: the visit is over; nothing can be done any more"
            )
        return self._touchpoint

    def _check(self, action: object) -> None:
        offered = [offer.id for offer in self._on_offer(self.scenario.lang)]
        if not isinstance(action, str) or action not in offered:
            raise ActionError(
                f"{self.scenario.id}: touchpoint {self._open().id!r}: {action!r} is not on "
                f"offer; choose one of: {', '.join(offered)}"
            )

    def _do(self, touchpoint: Touchpoint, choice: Choice) -> float:
        """Let an act reach the customer; return the felt, weighted gap."""
        numbers = self._numbers
        self._forewarn(choice)
        noise = self._chance.normal("perception", self._place(touchpoint), len(DIMENSIONS))
        luck = numbers.encounter_noise * noise
        gaps = gaps_of(choice, self._expected, self._persona.id, luck) - self._undelivered(choice)
        moved = self._heard(choice, gaps_as_felt(choice.level, gaps, numbers))
        if choice.level == "unexpected":
            self._expected += numbers.delight_ratchet * np.maximum(gaps, 0.0)
        touched = [d for d, name in enumerate(DIMENSIONS) if name in choice.moves]
        self._perceived = self._changed(numbers.encounter_rate * moved)
        self._spend(choice.minutes, choice.cost, choice.if_sold)
        self._days += choice.days
        weights = self._weights[touched]
        felt_gap = float(dot(weights, moved[touched]) / weights.sum())
        self._feel(felt_gap)
        return felt_gap

    def _undelivered(self, choice: Choice) -> np.ndarray:
        """Return the quality that gaps 1 to 3 of the firm take from an act, by dimension."""
        gaps = self.scenario.gaps
        taken = [gaps.listening, gaps.standards, gaps.performance]
        touched = np.array([name in choice.moves for name in DIMENSIONS])
        return touched * sum(_array(gap) for gap in taken)

    def _forewarn(self, choice: Choice) -> None:
        """Lower expectations to what she was told in time; nothing has happened yet."""
        told = np.array([choice.forewarns.get(name, 1.0) for name in DIMENSIONS])
        lower = np.minimum(self._expected, told) - self._expected
        self._expected = self._expected + lower
        self._perceived = np.clip(self._perceived + lower, 0, 1)

    def _shift(self, reply: Reply) -> None:
        shifts = np.array([reply.shifts.get(name, 0.0) for name in DIMENSIONS])
        self._perceived = self._changed(shifts)
        self._spend(reply.minutes)
        self._feel(float(dot(self._weights, shifts)))

    def _spend(self, minutes: float, cost: float = 0.0, if_sold: bool = False) -> None:
        """Spend time and money; time beyond her patience is felt as a lack of responsiveness."""
        patience = self._persona.patience_min
        # Only the minutes of this act that lie beyond her patience.
        over = max(0.0, self._minutes + minutes - patience) - max(0.0, self._minutes - patience)
        self._minutes += minutes
        if if_sold:
            self._discount += cost
        else:
            self._cost += cost
        late = self._numbers.impatience * over / patience
        slot = DIMENSIONS.index("responsiveness")
        self._perceived[slot] = max(0.0, self._perceived[slot] - late)
        if late:
            self._feel(-late)

    def _feel(self, gap: float) -> None:
        emotion = float(np.clip(gap / MOOD_FULL_SCALE, -1, 1))
        self._mood += self._numbers.mood_rate * (emotion - self._mood)

    def _record(
        self,
        touchpoint: Touchpoint,
        choice: Choice,
        reply: Reply | None,
        before: np.ndarray,
        felt_gap: float,
    ) -> None:
        lang, who = self.scenario.lang, self._persona.id
        spent_min = sum(step.minutes for step in self._journey)
        spent = sum(step.cost for step in self._journey)
        self._journey.append(
            VisitStep(
                touchpoint=touchpoint.id,
                title=touchpoint.title[lang],
                stage=touchpoint.stage,
                action=reply.id if reply else choice.id,
                act=choice.does[lang],
                answer=(reply.answer if reply else choice.reply_by.get(who, choice.reply))[lang],
                choice=choice.id,
                why=choice.why[lang],
                level=choice.level,
                emotion=float(np.clip(felt_gap / MOOD_FULL_SCALE, -1, 1)),
                mood=self._mood,
                satisfaction=self._satisfaction(),
                minutes=self._minutes - spent_min,
                cost=self._cost + self._discount - spent,
                moved=_by_dimension(self._perceived - before),
            )
        )

    # -- where it leads -----------------------------------------------------------------------

    def _next(self, touchpoint: Touchpoint, choice: Choice, reply: Reply | None) -> str:
        if touchpoint.gate:
            self._sale_chance = self._chance_of_sale()
            buys = reply.voice == "buys" if reply else self._would_buy(touchpoint)
            self._decision["buys"] = buys
            return touchpoint.gate.bought if buys else touchpoint.gate.left
        return (reply.next if reply else None) or choice.next or ""

    def _go_to(self, target: str) -> None:
        self._touchpoint = self.scenario.touchpoint(target)
        self._ending = None if self._touchpoint else target
        self._acted = None
        if self._touchpoint is None:
            self._close()
        elif self.scenario.seat == "buyer":
            choice, before = self._salesperson(self._touchpoint), self._perceived.copy()
            self._acted = (choice, before, self._do(self._touchpoint, choice))

    def _close(self) -> None:
        """Decide at the end if she recommends, complains, warns others, and comes again."""
        numbers, level = self._numbers, self._satisfaction()
        voice, again = self._chance.uniform("decision", len(self.scenario.touchpoints), 2)
        unhappy = level <= numbers.talk_bad_at
        self._decision |= {
            "recommends": level >= numbers.talk_good_at,
            "complains": unhappy and bool(voice < numbers.complaint_share),
            "warns": unhappy and bool(voice >= numbers.complaint_share),
            "returns": bool(again < self._chance_of_return()),
        }

    def _chance_of_return(self) -> float:
        """Return the chance that she comes again; after a complaint, that she stays."""
        if self._persona.failure is None:
            return float(repurchase(self._satisfaction(), self._numbers))
        return self._recovery()["stays"]

    # -- a complaint --------------------------------------------------------------------------

    def _suffer(self, failure: ServiceFailure | None) -> None:
        """Let a failure take quality and good mood before the conversation begins."""
        if failure is None:
            return
        self._lost = np.array([getattr(failure.lost, name) for name in DIMENSIONS])
        self._most = float(most_mended(failure.severity, self._numbers))
        self._perceived = np.clip(self._expected - self._lost, 0, 1)
        self._mood, self._days = -failure.anger, failure.days

    def _heard(self, choice: Choice, moved: np.ndarray) -> np.ndarray:
        """Return what reaches her after a failure.

        Anger keeps good words from being heard, and methods that were all used before add little.
        """
        if self._lost is None:
            return moved
        numbers, reaches = self._numbers, 1.0
        if choice.speech != "none":
            reaches -= numbers.anger_deafens * max(0.0, -self._mood)
        if "apologise" in choice.methods:
            self._apology = max(self._apology, reaches)
        if choice.methods and self._methods.issuperset(choice.methods):
            reaches *= numbers.method_again
        self._methods |= set(choice.methods)
        return moved * np.where(moved > 0, reaches, 1.0)

    def _changed(self, change: np.ndarray) -> np.ndarray:
        """Return the quality perceived after a change, 0 to 1.

        After a failure a good act gives back a part of what can still be mended, and no more;
        without an apology that was heard less of the treatment can be.
        """
        if self._lost is not None:
            share = np.full(len(DIMENSIONS), self._most)
            without = self._numbers.no_apology
            treated = without + (1 - without) * self._apology
            share[[DIMENSIONS.index(name) for name in TREATMENT]] *= treated
            most = np.maximum(self._expected + (share - 1) * self._lost, self._perceived)
            room = np.divide(
                most - self._perceived, self._lost, where=self._lost > 0, out=np.ones(5)
            )
            change = np.where(change > 0, change * room, change)
            return np.clip(np.minimum(self._perceived + change, most), 0, 1)
        return np.clip(self._perceived + change, 0, 1)

    def _recovery(self) -> dict[str, float]:
        """Return how fair the answer to her complaint feels; see ``View``."""
        failure, numbers = self._persona.failure, self._numbers
        if failure is None:
            return {}
        missing = np.maximum(self._expected - self._perceived, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            given = np.where(self._lost > 0, np.clip(1 - missing / self._lost, 0, 1), np.nan)
        shares = dict(zip(DIMENSIONS, given, strict=True))
        kinds = {
            "result": float(shares["reliability"]),
            "treatment": float(np.nanmean([shares[name] for name in TREATMENT])),
            "procedure": float(shares["responsiveness"]),
        }
        fairness = float(justice(kinds["result"], kinds["treatment"], kinds["procedure"], numbers))
        return kinds | {
            "fairness": fairness,
            "most": self._most,
            "days": self._days,
            "satisfied": float(satisfied(fairness, numbers)),
            "stays": staying_after(fairness, failure.severity, self._days, numbers),
        }

    def _would_buy(self, touchpoint: Touchpoint) -> bool:
        luck = self._chance.uniform("decision", self._place(touchpoint), 1)[0]
        return bool(luck < self._chance_of_sale())

    def _chance_of_sale(self) -> float:
        """Return the chance of a sale: its odds rise with satisfaction, by one ratio a point."""
        numbers = self._numbers
        at_four = odds(numbers.purchase_at_four)
        buying = at_four * numbers.repurchase_odds_ratio ** (self._satisfaction() - 4)
        return float(buying / (1 + buying))

    def _salesperson(self, touchpoint: Touchpoint) -> Choice:
        """Draw what the salesperson does: half the time the ordinary way, else any other."""
        half, which = self._chance.uniform("salesperson", self._place(touchpoint), 2)
        others = [choice for choice in touchpoint.choices if choice.id != touchpoint.baseline]
        if half < self._numbers.ordinary_share or not others:
            return touchpoint.choice(touchpoint.baseline)
        return others[int(which * len(others))]

    # -- small readings -----------------------------------------------------------------------

    def _who(self) -> Persona:
        people = self.scenario.personas
        if self.scenario.persona is not None:
            return next(person for person in people if person.id == self.scenario.persona)
        return people[int(self._chance.uniform("persona", 0, 1)[0] * len(people))]

    def _place(self, touchpoint: Touchpoint) -> int:
        return self.scenario.touchpoints.index(touchpoint)

    def _satisfaction(self) -> float:
        numbers = self._numbers
        perceived, expected = self._overall(self._perceived), self._overall(self._expected)
        perceived = through_image(perceived, numbers.image, numbers.image_filter)
        return float(satisfaction(perceived, expected, numbers, "asymmetric"))

    def _overall(self, quality: np.ndarray) -> float:
        """Return one quality of five: their weighted mean, or outcome times process."""
        share = self._numbers.technical_share
        if not share:
            return float(dot(self._weights, quality))
        # Reliability is about the outcome, the other four are about the process (Parasuraman,
        # Berry & Zeithaml 1991, Sloan Management Review 32:39, from memory).
        process = np.array(DIMENSIONS) != "reliability"
        weights = self._weights[process]
        functional = float(dot(weights, quality[process]) / weights.sum())
        return float(both_qualities(float(quality[~process][0]), functional, share))

    def _on_offer(self, lang: str) -> tuple[Offer, ...]:
        if self._touchpoint is None:
            return ()
        if self.scenario.seat == "buyer":
            return tuple(Offer(r.id, r.says[lang], None, None) for r in self._touchpoint.replies)
        return tuple(
            Offer(c.id, c.does[lang], c.minutes, c.cost, c.if_sold)
            for c in self._touchpoint.choices
        )

    def _ahead(self, lang: str) -> tuple[tuple[str, str], ...]:
        """Return the touchpoints still to come if all goes its ordinary way, with a sale."""
        ahead: list[tuple[str, str]] = []
        here = self._touchpoint
        while here and len(ahead) < len(self.scenario.touchpoints):
            target = here.gate.bought if here.gate else here.choice(here.baseline).next or ""
            here = self.scenario.touchpoint(target)
            if here:
                ahead.append((here.id, here.title[lang]))
        return tuple(ahead)

    def _spent(self) -> float:
        """Return the money spent so far; a discount is spent only with a sale."""
        return self._cost + (self._discount if self._decision.get("buys") else 0.0)

    def _earned(self) -> float:
        deal = self.scenario.deal
        return (deal.margin if deal and self._decision.get("buys") else 0.0) - self._spent()

    def _worth(self) -> float:
        deal, again = self.scenario.deal, self._chance_of_return()
        if self._persona.failure is not None:
            return self._numbers.customer_worth * again - self._cost
        margin, chance = deal.margin if deal else 0.0, self._sale_chance
        return chance * (margin * (1 + again) - self._discount) - self._cost


def _array(part: Mapping[str, float]) -> np.ndarray:
    """Return values by dimension as an array, 0 where there is none."""
    return np.array([part.get(name, 0.0) for name in DIMENSIONS])


def _by_dimension(values: np.ndarray) -> dict[str, float]:
    return {name: float(value) for name, value in zip(DIMENSIONS, values, strict=True)}
