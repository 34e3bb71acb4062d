"""The step from one visit to the market, and who was touched by it on the way (A-15)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import fmean
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crmsim.common.checks import require
from crmsim.common.words import data_path, language
from crmsim.model.encounter import Encounter
from crmsim.model.market.log import NODES
from crmsim.model.market.market import Market
from crmsim.model.market.week import Week
from crmsim.model.visit import View
from crmsim.runs.run import Run, check_run, simulate
from crmsim.scenario import load
from crmsim.scenario.desk import DeskScenario
from crmsim.scenario.encounter import EncounterScenario
from crmsim.scenario.market import MarketScenario
from crmsim.scenario.parts import LeadsToMarket

Scope = Literal["floor", "one"]

ONSET_SHARE = 0.1
"""An effect has arrived when its gap reaches this share of its largest gap (F26)."""

SMOOTH_WEEKS = 8

_LUCKS = 4
"""Lucks with which each customer of a case is served, to know what a way of serving does."""

_STRIDE = 7919
"""A prime, so that neighbours have names that differ in both parts."""


def aftermath(run: Run, scope: Scope = "floor") -> Run:
    """Simulate what a visit, or a day, does to the firm that its case names, with the same seed.

    Parameters
    ----------
    run
        A played visit, or a day at a desk.
    scope
        Of a visit. ``"floor"``: everybody on the floor serves as in this visit; ``"one"``: one
        person of the town, drawn by lot, has this very visit, buys or not and speaks of it as she
        did, and everybody else is served as usual.

    Raises
    ------
    ValueError
        If it is not a run, the scenario names no market, or ``scope`` is not allowed.

    Notes
    -----
    The way of serving is what the answers of the visit do on average, over the customers of the
    case and their luck, against the ordinary visit of the same customers with the same luck: in
    quality perceived on each dimension, in time per touchpoint, and in money. What is spent before
    a customer decides is borne by every visit, and the rest by each purchase. The ordinary visit
    itself therefore changes nothing.

    From now on the desk works as on its day. Against the day by the rota, with the same callers,
    responsiveness changes by ``unanswered_quality`` for all callers given up (Taylor 1994: waiting
    lowers the evaluation of the service), and each visit bears the wages and the money that a
    contact cost more.

    Examples
    --------
    >>> usual = aftermath(simulate("buick", seed=1))
    >>> usual.scenario.id, len(usual.log)
    ('buick-market', 156)
    """
    return simulate(market_after(run, scope), seed=run.seed)


def market_after(run: Run, scope: Scope = "floor") -> MarketScenario:
    """Return the firm that a scenario names, as it is after the visit or the day.

    Parameters and the rule of comparison are those of `aftermath`.

    Parameters
    ----------
    run
        A played visit, or a day at a desk.
    scope
        ``"floor"`` or ``"one"``, as for `aftermath`.

    Raises
    ------
    ValueError
        If it is not a run, the scenario names no market, or ``scope`` is not allowed.
    """
    check_run(run)
    if not isinstance(run.scenario, LeadsToMarket) or run.scenario.market is None:
        raise ValueError(f"{run.scenario.id}: the scenario names no market (then = …)")
    known = isinstance(scope, str) and scope in ("floor", "one")
    require(known, "scope", scope, "'floor' or 'one'")
    market = load(run.scenario.market, run.scenario.lang)
    if isinstance(run.scenario, DeskScenario):
        require(
            scope == "floor", "scope", scope, "'floor': a day at a desk concerns every customer"
        )
        return market.change(style=_style_of_day(run, market))
    given = {"incident": _incident(run)} if scope == "one" else {"style": _style(run, market)}
    return market.change(**given)


def _incident(run: Run) -> dict[str, Any]:
    seen, decision = run.view, run.view.decision
    gap = sum(seen.weights[d] * (seen.perceived[d] - seen.expected[d]) for d in seen.weights)
    return {
        "gap": round(gap, 6),
        "buys": decision.get("buys", False),
        "complains": decision["complains"],
        "tells": decision["recommends"] or decision["warns"],
    }


def _style_of_day(run: Run, market: MarketScenario) -> dict[str, Any]:
    """Return the way of serving of a desk: what its callers and its costs differ from the rota."""
    usual = simulate(run.scenario, seed=run.seed)
    contacts = max(float(usual.series["contacts"].sum()), 1.0)
    lost = float(run.series["abandoned"].sum() - usual.series["abandoned"].sum()) / contacts
    costs = (sum(day.view.outcome[name] for name in ("wages", "spent")) for day in (run, usual))
    more = next(costs) - next(costs)
    felt = -market.numbers.unanswered_quality * lost
    return {"quality": {"responsiveness": round(felt, 6)}, "cost": round(more / contacts, 2)}


def _style(run: Run, market: MarketScenario) -> dict[str, Any]:
    acts = {step.touchpoint: step.action for step in run.view.journey}
    mine, usual = (_on_average(run.scenario, each) for each in (acts, {}))
    ratio = 1 + market.numbers.staff_time_share * (mine.minutes / max(usual.minutes, 1e-9) - 1)
    return {
        "quality": {d: round(mine.perceived[d] - usual.perceived[d], 6) for d in usual.perceived},
        "minutes_ratio": round(min(max(ratio, 0.5), 2.0), 6),
        "cost": round(mine.cost - usual.cost, 2),
        "cost_purchase": round(mine.cost_purchase - usual.cost_purchase, 2),
    }


@dataclass(frozen=True, slots=True)
class _Average:
    """A way of serving on average, over the customers of a case and their luck.

    ``perceived`` is the quality by dimension (0–1) and ``minutes`` the time of a touchpoint.
    ``cost`` is what is spent at a touchpoint before she decides (everywhere if nothing is sold),
    and ``cost_purchase`` what is spent on somebody who buys from her decision on, in currency.
    """

    perceived: Mapping[str, float]
    minutes: float
    cost: float
    cost_purchase: float


def _on_average(scenario: EncounterScenario, acts: Mapping[str, str]) -> _Average:
    """Return a way of serving on average: these acts by touchpoint, elsewhere the ordinary ones."""
    gates = {touchpoint.id for touchpoint in scenario.touchpoints if touchpoint.gate}
    before, on_buyers, steps, buyers = 0.0, 0.0, 0, 0
    perceived, minutes = [], []
    for persona in scenario.personas:
        case = scenario.change(persona=persona.id)
        for luck in range(_LUCKS):
            view = _served(case, acts, luck)
            perceived.append(view.perceived)
            minutes.append(view.minutes / len(view.journey))
            decided = [place for place, each in enumerate(view.journey) if each.touchpoint in gates]
            ahead = view.journey[: decided[0]] if decided else view.journey
            before += sum(step.cost for step in ahead)
            steps += len(ahead)
            if view.decision.get("buys"):
                buyers += 1
                on_buyers += sum(step.cost for step in view.journey[len(ahead) :])
    return _Average(
        {d: fmean([each[d] for each in perceived]) for d in perceived[0]},
        fmean(minutes),
        before / max(steps, 1),
        on_buyers / max(buyers, 1),
    )


def _served(scenario: EncounterScenario, acts: Mapping[str, str], luck: int) -> View:
    """Return the end of a visit in which these acts are done."""
    visit = Encounter(scenario, luck)
    while not visit.done:
        visit.step(acts.get(str(visit.touchpoint)) or visit.baseline())
    return visit.observe()


@dataclass(frozen=True, slots=True)
class PersonalEffect:
    """Something that went differently for one person because of the visit.

    ``kind``: ``heard_good``, ``heard_bad``, ``spared_good``, ``spared_bad`` (would have heard it),
    ``came``, ``stayed_away`` (a purchase), ``visits`` (all her service visits together), ``left``,
    ``stayed``. ``margin`` is the change of gross margin, in currency.
    """

    person: int
    name: str
    week: int
    kind: str
    margin: float
    told_by: str = ""
    teller: int = -1


@dataclass(frozen=True, slots=True)
class Trace:
    """The effects of one visit on the town, person by person.

    ``visitor`` is the person who had the visit, or None if all staff changed their way of serving.
    ``reached`` counts her and everybody reached by word of mouth. ``margin`` is the difference in
    gross margin with them, ``margin_elsewhere`` with all others (through the firm's working day),
    both in currency.
    """

    people: tuple[PersonalEffect, ...]
    visitor: int | None
    reached: int
    margin: float
    margin_elsewhere: float
    onset_week: Mapping[str, int | None]

    def count(self, kind: str) -> int:
        """Return how many people an effect of that kind happened to."""
        return len({effect.person for effect in self.people if effect.kind == kind})


def trace(run: Run, base: Run) -> Trace:
    """Follow the difference between two runs of one market, person by person.

    Both runs are made again side by side; shared luck makes every difference an effect.

    Parameters
    ----------
    run, base
        Two runs of one market with the same seed.

    Returns
    -------
    Trace
        Every effect on a person, in the order of time, and the sums of what they change in margin
        (currency).

    Examples
    --------
    >>> usual = aftermath(simulate("buick", seed=1), "one")
    >>> trace(usual, usual).people
    ()
    """
    market, other = (market_again(each) for each in (run, base))
    margin, margin_base = (_Margins(world) for world in (market, other))
    lang, differs = run.scenario.lang, run.scenario != base.scenario
    visitor = market.people.visitor
    one = differs and run.scenario.incident is not None  # type: ignore[union-attr]
    reached: set[int] = {visitor} if one and visitor is not None else set()
    effects: list[PersonalEffect] = []
    for week in range(len(run.series["week"])):
        now, then = market.pass_week(), other.pass_week()
        gained = margin.add(now) - margin_base.add(then)
        effects += _differences(week, now, then, reached, gained, lang)
    total = margin.total - margin_base.total
    effects += _later_visits(effects, total, reached, len(run.series["week"]), lang)
    told = float(total[sorted(reached)].sum())
    elsewhere = float(total.sum()) - told
    return Trace(
        tuple(effects),
        visitor if one else None,
        len(reached),
        told,
        elsewhere,
        onset_weeks(run, base),
    )


def onset_weeks(run: Run, base: Run) -> dict[str, int | None]:
    """Return the week in which the effect reaches each node of the loop; None if it never does.

    Returns
    -------
    dict
        The week, counted from 0, by node (a name of ``NODES``).
    """
    return {node: onset_week(run.series[node] - base.series[node]) for node in NODES}


def onset_week(gap: NDArray[np.float64]) -> int | None:
    """Return the week in which a gap to the base case reaches a tenth of its largest, or None.

    Examples
    --------
    >>> onset_week(np.repeat([0.0, 1.0], 20)), onset_week(np.zeros(40))
    (20, None)
    """
    size = np.abs(smooth(gap))
    if not size.any():
        return None
    return int(np.argmax(size >= ONSET_SHARE * size.max()))


def smooth(values: NDArray[np.float64], weeks: int = SMOOTH_WEEKS) -> NDArray[np.float64]:
    """Return the mean of the last weeks, week by week.

    Parameters
    ----------
    values
        A value a week.
    weeks
        The number of weeks over which each mean is taken.

    Returns
    -------
    array of float, shape (weeks,)
        In the unit of ``values``; the first weeks are means over as many as there are.
    """
    total = np.cumsum(np.concatenate([[0.0], values]))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - weeks, 0)
    return (total[ends] - total[starts]) / (ends - starts)


def name_of(person: int, lang: str) -> str:
    """Return the name of a person of the town.

    Parameters
    ----------
    person
        The number of the person, from 0.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> name_of(0, "en") != name_of(1, "en")
    True
    """
    surnames, given = _names(language(lang))
    place = person * _STRIDE % (len(surnames) * len(given))
    surname, first = surnames[place % len(surnames)], given[place // len(surnames)]
    return f"{surname}{first}" if lang.startswith("zh") else f"{surname} {first}"


@cache
def _names(lang: str) -> tuple[list[str], list[str]]:
    table = tomllib.loads(data_path("names.toml").read_text("utf-8"))
    surnames, given = ([entry[lang] for entry in table[part]] for part in ("surnames", "given"))
    return surnames, given


def market_again(run: Run) -> Market:
    """Return the market of a run at its beginning, so that its weeks can be passed again.

    Parameters
    ----------
    run
        A run of a market.

    Returns
    -------
    Market
        With the seed of the run, in week 0.

    Raises
    ------
    ValueError
        If it is not a run, or not one of a market.
    """
    check_run(run)
    if not isinstance(run.scenario, MarketScenario):
        raise ValueError(f"{run.scenario.id}: is not a market; only a market can be traced")
    return Market(run.scenario, run.seed)


class _Margins:
    """Gross margin by person, week after week."""

    def __init__(self, market: Market) -> None:
        self._numbers = market.scenario.numbers
        self.total = np.zeros(market.people.count)

    def add(self, week: Week) -> NDArray[np.float64]:
        numbers = self._numbers
        share = np.full(len(week.people), numbers.visit_margin)
        share[np.searchsorted(week.people, week.buyers)] = numbers.purchase_margin
        gained = np.zeros_like(self.total)
        gained[week.people] = week.sales * share
        self.total += gained
        return gained


def _differences(
    week: int, now: Week, then: Week, reached: set[int], gained: NDArray[np.float64], lang: str
) -> Iterator[PersonalEffect]:
    """Return what went differently this week for those reached so far, and who is reached now."""
    inside = np.array(sorted(reached), dtype=np.intp)
    kinds = (
        ("came", now.buyers, then.buyers),
        ("stayed_away", then.buyers, now.buyers),
        ("left", now.left, then.left),
        ("stayed", then.left, now.left),
    )
    for kind, here, there in kinds:
        for person in np.intersect1d(np.setdiff1d(here, there), inside):
            margin = float(gained[person]) if kind in ("came", "stayed_away") else 0.0
            yield PersonalEffect(int(person), name_of(int(person), lang), week, kind, margin)
    tellings, usual = _tellings(now), _tellings(then)
    for verb, heard in (("heard", tellings - usual), ("spared", usual - tellings)):
        for teller, told, valence in sorted(heard):
            if teller in reached:
                reached.add(told)
                kind = f"{verb}_{'good' if valence > 0 else 'bad'}"
                yield PersonalEffect(
                    told, name_of(told, lang), week, kind, 0.0, name_of(teller, lang), teller
                )


def _later_visits(
    effects: list[PersonalEffect],
    total: NDArray[np.float64],
    reached: set[int],
    weeks: int,
    lang: str,
) -> Iterator[PersonalEffect]:
    """Return what is left of a person's difference beside purchases: her service visits."""
    told = dict.fromkeys(reached, 0.0)
    for effect in effects:
        told[effect.person] += effect.margin
    for person in sorted(reached):
        rest = float(total[person]) - told[person]
        if abs(rest) > 0.5:
            yield PersonalEffect(person, name_of(person, lang), weeks - 1, "visits", rest)


def _tellings(week: Week) -> set[tuple[int, int, int]]:
    return set(zip(week.told_by.tolist(), week.told.tolist(), week.valence.tolist(), strict=True))
