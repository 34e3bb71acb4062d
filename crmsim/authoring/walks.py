"""A bot that plays a visit thousands of times, from both chairs, and holds choices side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from crmsim.model.encounter import Encounter
from crmsim.model.visit import View
from crmsim.runs.run import Run, simulate, what_if
from crmsim.scenario.encounter import EncounterScenario

if TYPE_CHECKING:
    import pandas as pd

SEATS = ("seller", "buyer")
GAINS = ("satisfaction", "earned")
"""Ways in which a choice can be best: for the customer, and for the firm."""

_SAME = {"satisfaction": 0.01, "earned": 0.5}
_CONTEXTS = 5

ProgressBar = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True)
class Walks:
    """The ends of many walks, a row for each, and how often each thing was done."""

    table: pd.DataFrame
    done: Counter[tuple[str, str, str]]


def walks(case: EncounterScenario, count: int = 2000, progress: ProgressBar = iter) -> Walks:
    """Walk a visit ``count`` times, at random, but whatever was never done comes first.

    Chairs and customers take turns.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> walked = walks(load("showroom"), count=40)
    >>> len(walked.table), ("seller", "counter", "i-saw-you") in walked.done
    (40, True)
    """
    import pandas as pd

    chairs = [
        case.change(seat=seat, persona=person.id) for person in case.personas for seat in SEATS
    ]
    done: Counter[tuple[str, str, str]] = Counter()
    pick = np.random.default_rng(0)
    turns = zip(range(count), cycle(chairs), strict=False)
    rows = [_row(_walk(chair, seed, pick, done)) for seed, chair in progress(list(turns))]
    return Walks(pd.DataFrame(rows), done)


def _walk(
    chair: EncounterScenario,
    seed: int,
    pick: np.random.Generator,
    done: Counter[tuple[str, str, str]],
) -> View:
    visit = Encounter(chair, seed)
    while not visit.done:
        seen = visit.observe()
        ways = [(chair.seat, str(seen.place), offer.id) for offer in seen.on_offer]
        ways = [way for way in ways if way not in done] or ways
        way = ways[int(pick.integers(len(ways)))]
        done[way] += 1
        visit.step(way[2])
    return visit.observe()


def _row(seen: View) -> dict[str, Any]:
    return {
        "seat": seen.seat,
        "persona": seen.persona,
        "ending": seen.ending,
        "satisfaction": seen.satisfaction,
        "buys": seen.decision.get("buys", False),
        "earned": seen.earned,
        "minutes": seen.minutes,
        "impatient": seen.minutes > seen.patience_min,
    }


def on_offer(case: EncounterScenario) -> set[tuple[str, str, str]]:
    """Return everything that can be done: chair, touchpoint, choice or reply."""
    return {
        (seat, touchpoint.id, part.id)
        for touchpoint in case.touchpoints
        for seat, parts in (("seller", touchpoint.choices), ("buyer", touchpoint.replies))
        for part in parts
    }


# -- choices side by side ---------------------------------------------------------------------


def rivals(case: EncounterScenario, progress: ProgressBar = iter) -> pd.DataFrame:
    """Return the result of each choice with each customer, all else and all chance the same.

    Some visits are walked at random; at every touchpoint on the way each choice is tried, and the
    rest of the visit kept. A row holds the means for one touchpoint, persona and choice.

    Returns
    -------
    DataFrame
        ``touchpoint``, ``persona``, ``choice``, and the means of ``satisfaction``, ``earned`` and
        ``minutes``.
    """
    import pandas as pd

    chairs = [case.change(seat="seller", persona=person.id) for person in case.personas]
    turns = [(chair, seed) for chair in chairs for seed in range(_CONTEXTS)]
    rows = [row for chair, seed in progress(turns) for row in _tried(_at_random(chair, seed))]
    keys = ["touchpoint", "persona", "choice"]
    return pd.DataFrame(rows).groupby(keys, sort=False)[[*GAINS, "minutes"]].mean().reset_index()


def _at_random(chair: EncounterScenario, seed: int) -> Run:
    pick = np.random.default_rng(seed)
    return simulate(chair, lambda seen: seen.on_offer[int(pick.integers(len(seen.on_offer)))].id)


def _tried(run: Run) -> Iterator[dict[str, Any]]:
    assert isinstance(run.scenario, EncounterScenario)
    for step, place in enumerate(run.view.places):
        touchpoint = run.scenario.touchpoint(place)
        for choice in touchpoint.choices if touchpoint else ():
            seen = what_if(run, step, choice.id).view
            yield {"touchpoint": place, "persona": seen.persona, "choice": choice.id} | {
                name: getattr(seen, name) for name in (*GAINS, "minutes")
            }


@dataclass(frozen=True, slots=True)
class ChoiceVerdict:
    """A choice that nobody would do without (``always``), or that nobody needs (``never``)."""

    touchpoint: str
    choice: str
    kind: str
    better: str = ""


def weak_choices(table: pd.DataFrame, timed: bool = False) -> Iterator[ChoiceVerdict]:
    """Yield what is no real choice in the table of :func:`rivals`.

    A choice is "always" best if no other choice equals it in satisfaction and money together, with
    any customer. It is "never" best if one other choice, the ``better`` one, beats or equals it in
    satisfaction, money and time with every customer. Very small differences count as equal.

    Parameters
    ----------
    table
        The table of :func:`rivals`.
    timed
        True if minutes count as a price too, as they do where nothing is sold.
    """
    for place, here in table.groupby("touchpoint", sort=False):
        scores = {str(name): _scores(rows) for name, rows in here.groupby("choice", sort=False)}
        for name, mine in scores.items():
            others = {rival: other for rival, other in scores.items() if rival != name}
            told = slice(None) if timed else slice(len(GAINS))
            if others and all(_beats(mine[told], other[told]) for other in others.values()):
                yield ChoiceVerdict(str(place), name, "always")
            better = [rival for rival, other in others.items() if _beats(other, mine)]
            if better:
                yield ChoiceVerdict(str(place), name, "never", better[0])


def _scores(rows: pd.DataFrame) -> np.ndarray:
    """Return a row each for satisfaction, money and (less) time, a column for each customer."""
    by_person = rows.sort_values("persona")
    gains = [by_person[name].to_numpy() / _SAME[name] for name in GAINS]
    return np.array([*gains, -by_person["minutes"].to_numpy()])


def _beats(one: np.ndarray, other: np.ndarray) -> bool:
    """Return True if it is at least equal in everything, and better in something."""
    return bool(np.all(one >= other - 1) and np.any(one > other + 1))
