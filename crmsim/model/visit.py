"""The view of a visit, and how what is done in it is felt (A-07 … A-09, A-20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from crmsim.common.sums import dot
from crmsim.scenario import DIMENSIONS
from crmsim.scenario.encounter import Choice


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be done now; ``cost`` and ``minutes`` are None where not known.

    With ``if_sold`` the cost arises only with a sale, as that of a discount does.
    """

    id: str
    text: str
    minutes: float | None
    cost: float | None
    if_sold: bool = False


@dataclass(frozen=True, slots=True)
class VisitStep:
    """One touchpoint that is over, as it was felt.

    ``emotion`` and ``mood`` run from −1 to 1; ``moved`` is the change of perceived quality by
    dimension. ``cost`` is what the act costs the firm; that of a discount arises only with a sale.
    """

    touchpoint: str
    title: str
    stage: str
    action: str
    act: str
    answer: str
    choice: str
    why: str
    level: str
    emotion: float
    mood: float
    satisfaction: float
    minutes: float
    cost: float
    moved: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class View:
    """Everything that can be seen of a visit: the only thing a policy or a screen gets.

    ``salesperson`` is what the buyer has just been told or done, and ``why`` the reason why it is
    felt as it is; both are empty in the other chair. ``cost`` is the money that was spent; a
    discount is spent when the customer buys, and never if she doesn't. ``earned`` is the money that
    this visit brought in. ``worth`` is the money that such a visit brings in on average: the margin
    times the chance that she buys, times one plus the chance that she comes back, less the costs.
    Where she complains, it is the worth of a customer times the chance that she stays, less the
    costs. All are in currency. ``recovery`` says how fair the answer to her complaint feels:
    ``result``, ``treatment``, ``procedure`` and all together (``fairness``), each 0 to 1; ``most``,
    the largest part of the failure that can be mended; ``days`` since the failure; the chances to
    be satisfied with it (``satisfied``) and to stay (``stays``). It is empty where nothing failed.
    """

    seat: str
    touchpoint: str | None
    title: str
    stage: str
    scene: str
    says: str
    salesperson: str
    why: str
    on_offer: tuple[Offer, ...]
    persona: str
    name: str
    about: str
    look: str
    expected: Mapping[str, float]
    perceived: Mapping[str, float]
    weights: Mapping[str, float]
    satisfaction: float
    mood: float
    minutes: float
    patience_min: float
    cost: float
    journey: tuple[VisitStep, ...]
    ahead: tuple[tuple[str, str], ...]
    ending: str | None
    ending_title: str
    ending_text: str
    decision: Mapping[str, bool]
    earned: float
    worth: float
    recovery: Mapping[str, float] = field(default_factory=dict)

    @property
    def place(self) -> str | None:
        """The touchpoint at which the visit stands."""
        return self.touchpoint

    @property
    def places(self) -> tuple[str, ...]:
        """The touchpoint at which each action so far was done."""
        return tuple(step.touchpoint for step in self.journey)

    def allows(self, action: object) -> bool:
        """Return True if the action is on offer here."""
        return isinstance(action, str) and action in [offer.id for offer in self.on_offer]


def how_pleasing(choice: Choice, seen: View, numbers: SimpleNamespace) -> float:
    """Return how far a choice is likely to please this customer, weighted; below 0 it annoys."""
    expected = np.array(list(seen.expected.values()))
    gaps = gaps_of(choice, expected, seen.persona, np.zeros(len(DIMENSIONS)))
    return float(dot(list(seen.weights.values()), gaps_as_felt(choice.level, gaps, numbers)))


def gaps_of(
    choice: Choice, expected: NDArray[np.float64], persona: str, luck: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return what a choice delivers less what was expected, on the dimensions that it touches.

    Returns
    -------
    array of float, shape (5,)
        On the scale of quality (0–1); 0 where the choice does not touch a dimension.
    """
    gaps, shifts = np.zeros(len(DIMENSIONS)), choice.for_personas.get(persona, {})
    for d, name in enumerate(DIMENSIONS):
        if name in choice.moves:
            gaps[d] = choice.moves[name] + shifts.get(name, 0.0) + luck[d] - expected[d]
    return gaps


def gaps_as_felt(
    level: str, gaps: NDArray[np.float64], numbers: SimpleNamespace
) -> NDArray[np.float64]:
    """Return the gaps as felt: basic service hardly pleases, a surprise hardly disappoints.

    Returns
    -------
    array of float, shape (5,)
        On the scale of quality (0–1).
    """
    gain, loss = {
        "basic": (numbers.basic_gain, numbers.basic_loss),
        "expressed": (1.0, 1.0),
        "unexpected": (numbers.unexpected_gain, numbers.unexpected_loss),
    }[level]
    return gaps * np.where(gaps > 0, gain, loss)
