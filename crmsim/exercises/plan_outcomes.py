"""Functions that compute what a plan achieves; an exercise of the kind ``plan`` names one.

An exercise names one in ``outcome``; nothing else in its file is computed. A function gets the
effects of each chosen item, the cost of the plan and the settings of the exercise, and returns
results by name. All numbers are those of the file: the same plan always achieves the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from crmsim.exercises.turnaround_plans import LEVELS, led_on_lucks, led_through
from crmsim.model.theory.care_plan import CarePlan, expected_care
from crmsim.model.theory.one_to_one import FourSteps, take_steps
from crmsim.model.theory.survey import AudienceShare, survey_error
from crmsim.runs.known_customers import known_customers
from crmsim.scenario.parameters import declared_numbers

MenuEffects = Mapping[str, float]


class PlanOutcome(NamedTuple):
    """A way to compute what a plan achieves.

    Attributes
    ----------
    results
        The function: effects of each chosen item, cost and settings in, results by name out.
    settings
        The names of its settings; an exercise may leave any of them out.
    effects
        The names that an effect of an item may have; None where any may.
    on_lucks
        The same plan on other lucks: effects and seeds in, results by name out; None where luck
        plays no part.
    """

    results: Callable[[Sequence[MenuEffects], float, Mapping[str, float]], dict[str, float]]
    settings: frozenset[str] = frozenset()
    effects: frozenset[str] | None = None
    on_lucks: Callable[[Sequence[MenuEffects], tuple[int, ...]], dict[str, float]] | None = None


def totals(
    chosen: Sequence[MenuEffects], cost: float, settings: Mapping[str, float]
) -> dict[str, float]:
    """Return the sum of each effect, beside the cost: a plan whose items don't act on each other.

    Parameters
    ----------
    chosen
        The effects of each chosen item.
    cost
        What the plan costs.
    settings
        Not used.

    Returns
    -------
    dict of float
        ``cost``, and each effect by its name.

    Examples
    --------
    >>> totals([{"won": 3, "annoyed": 1}, {"won": 2}], 40, {})
    {'cost': 40, 'won': 5.0, 'annoyed': 1.0}
    """
    sums: dict[str, float] = {"cost": cost}
    for effects in chosen:
        for name, size in effects.items():
            sums[name] = sums.get(name, 0.0) + size
    return sums


def care_campaign(
    chosen: Sequence[MenuEffects], cost: float, settings: Mapping[str, float]
) -> dict[str, float]:
    """Return what can be expected of a customer care plan (A-03, C-19).

    Parameters
    ----------
    chosen
        The effects of each chosen item; those of the same name add up. They are the parts of
        :class:`~crmsim.model.theory.care_plan.CarePlan`, ``strength`` as what is added to 1; and
        ``counts``: 1 if the plan counts who comes back.
    cost
        What the plan costs.
    settings
        ``people``: customers of the firm; ``seed``: which ones.

    Returns
    -------
    dict of float
        ``extra`` and ``annoyed``, customers; ``net``: what the extra ones leave, less the cost;
        ``proof``: the uplift in standard errors, 0 where nothing is shown; and ``cost``.

    Examples
    --------
    >>> chosen = [{"count": 300, "by_effect": 1}, {"contacts": 1, "control": 0.2, "counts": 1}]
    >>> found = care_campaign(chosen, 500, {"people": 1000, "seed": 33})
    >>> round(found["extra"]), round(found["net"]), round(found["proof"], 1)
    (35, 4733, 2.0)
    """
    parts = totals(chosen, cost, settings)
    plan = CarePlan(
        count=int(parts.get("count", 1)),
        by_readiness=parts.get("by_readiness", 0.0),
        by_effect=parts.get("by_effect", 0.0),
        strength=max(0.0, 1 + parts.get("strength", 0.0)),
        annoyance=parts.get("annoyance", 0.0),
        contacts=int(parts.get("contacts", 1)),
        control=parts.get("control", 0.0),
    )
    numbers = declared_numbers()
    found = expected_care(int(settings["seed"]), int(settings["people"]), plan, numbers)
    shown = found.uplift / found.standard_error if parts.get("counts") else 0.0
    return {
        "extra": found.extra,
        "annoyed": found.annoyed,
        "net": found.extra * numbers.care_margin - cost,
        "proof": shown,
        "cost": cost,
    }


RANKED_BY = ("last_receipt", "last_year", "potential")
"""Ways to tell customers apart, as an effect ``by`` counts them: 0, 1, 2."""


def four_steps(
    chosen: Sequence[MenuEffects], cost: float, settings: Mapping[str, float]
) -> dict[str, float]:
    """Return what the four steps of one-to-one marketing bring with twelve customers (B-17).

    Parameters
    ----------
    chosen
        The effects of each chosen item: the parts of
        :class:`~crmsim.model.theory.one_to_one.FourSteps`, ``by`` as a place in ``RANKED_BY``.
    cost
        What the steps cost.
    settings
        Not used.

    Returns
    -------
    dict of float
        ``gain``; ``net``: the gain less the cost; ``annoyed``, customers; and ``cost``.

    Examples
    --------
    >>> chosen = [{"together": 1, "by": 2, "count": 4}, {"learns": 0.9, "contacts": 1, "fit": 0.5}]
    >>> round(four_steps(chosen, 460, {})["net"])
    1160
    """
    parts = totals(chosen, cost, settings)
    steps = FourSteps(
        together=bool(parts.get("together", 0)),
        by=RANKED_BY[int(parts.get("by", 0))],
        count=int(parts.get("count", 1)),
        learns=parts.get("learns", 0.0),
        contacts=int(parts.get("contacts", 1)),
        fit=parts.get("fit", 0.0),
        guess=parts.get("guess", 0.0),
    )
    found = take_steps(known_customers(), steps)
    return {
        "gain": found.gain,
        "net": found.gain - cost,
        "annoyed": float(found.annoyed),
        "cost": cost,
    }


SERVED = (
    AudienceShare(share=0.35, chance=0.30, satisfied=0.50),
    AudienceShare(share=0.45, chance=0.08, satisfied=0.38),
    AudienceShare(share=0.20, chance=0.12, satisfied=0.22, listed=False),
)
"""Customers who care, customers who don't, and those who left in the last year: a choice."""


def survey_plan(
    chosen: Sequence[MenuEffects], cost: float, settings: Mapping[str, float]
) -> dict[str, float]:
    """Return how far a plan of a survey misses the share of satisfied people.

    Parameters
    ----------
    chosen
        The effects of each chosen item: ``people`` who are asked, ``times`` more that they are,
        ``lost`` if those who left are asked too.
    cost
        What the plan costs.
    settings
        Not used.

    Returns
    -------
    dict of float
        ``cost``; ``answers``; ``bias`` and ``margin`` in points.

    Examples
    --------
    >>> found = survey_plan([{"people": 1000, "times": 1}], 900, {})
    >>> {name: round(value) for name, value in found.items()}
    {'cost': 900, 'answers': 176, 'bias': 8, 'margin': 7}
    """
    sums = totals(chosen, cost, settings)
    people, times = sums.get("people", 0.0), sums.get("times", 0.0)
    return {"cost": cost} | survey_error(SERVED, people, times, sums.get("lost", 0.0) > 0)


PLAN_OUTCOMES = {
    "totals": PlanOutcome(totals),
    "turnaround": PlanOutcome(led_through, effects=frozenset(LEVELS), on_lucks=led_on_lucks),
    "care-campaign": PlanOutcome(
        care_campaign,
        frozenset({"people", "seed"}),
        frozenset(
            {
                "annoyance", "by_effect", "by_readiness", "contacts", "control", "count", "counts",
                "strength",
            }
        ),
    ),
    "four-steps": PlanOutcome(
        four_steps,
        frozenset(),
        frozenset({"by", "contacts", "count", "fit", "guess", "learns", "together"}),
    ),
    "survey": PlanOutcome(survey_plan, effects=frozenset({"people", "times", "lost"})),
}  # fmt: skip
"""The functions by the name under which an exercise finds them."""
