"""The runs of a firm behind the screens after a visit, remembered and made ahead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from crmsim.course.sessions.visit import VisitSession
from crmsim.runs.butterfly import Trace, aftermath, trace
from crmsim.runs.run import Run
from crmsim.scenario import load
from crmsim.scenario.encounter import EncounterScenario
from crmsim.scenario.market import Lever, MarketScenario
from crmsim.widgets.idle import Ahead


@cache
def _years(market: str) -> float:
    scenario = load(market)
    return scenario.years if isinstance(scenario, MarketScenario) else 0


def years(scenario: EncounterScenario) -> float:
    """How long the case's firm is followed."""
    return _years(scenario.market) if scenario.market else 0


def runs(session: VisitSession) -> tuple[Run, Run]:
    """The firm's run to be shown, and the base case it is held against."""
    if session.phase == "compare":
        return after(session.second, session.scope), after(session.visit, session.scope)
    firm = after(session.visit, session.scope)
    base = after(session.usual, session.scope)
    if session.scope == "floor" and session.levers:
        firm = _with_levers(firm, session.levers)
    return firm, base


def after(visit: Run, scope: str) -> Run:
    """What a visit does to the firm; remembered."""
    key = (
        visit.scenario.sha256,
        visit.scenario.lang,
        visit.seed,
        visit.actions,
        visit.view.persona,
        scope,
    )
    if key not in _AFTER:
        if len(_AFTER) > 32:
            _AFTER.clear()
        _AFTER[key] = aftermath(visit, scope)  # type: ignore[arg-type]
    return _AFTER[key]


_AFTER: dict[tuple[object, ...], Run] = {}


def _with_levers(firm: Run, levers: Mapping[str, float]) -> Run:
    return _AHEAD.run(firm.scenario, firm.seed, tuple(sorted(levers.items())))  # type: ignore[arg-type]


def look_ahead(session: VisitSession) -> None:
    """Make the runs of the levers' next positions, the nearest first, while the student looks."""
    if session.phase != "loop" or session.scope != "floor":
        return
    firm = after(session.visit, session.scope)
    now = {lever.id: session.levers.get(lever.id, lever.start) for lever in levers_of(firm)}
    near = sorted(
        (round(abs(place - now[lever.id]) / lever.step), lever.id, place)
        for lever in levers_of(firm)
        for place in _places(lever)
    )
    _AHEAD.expect(
        (firm.scenario, firm.seed, tuple(sorted({**session.levers, name: place}.items())))
        for _, name, place in near
    )  # type: ignore[arg-type]


def levers_of(run: Run) -> tuple[Lever, ...]:
    """The levers on the screen: three are enough to begin with."""
    return run.scenario.levers[:3]  # type: ignore[union-attr]


def _places(lever: Lever) -> list[float]:
    """The positions of a lever, as the slider gives them."""
    steps = round((lever.high - lever.low) / lever.step)
    return [float(f"{lever.low + step * lever.step:g}") for step in range(steps + 1)]


_AHEAD = Ahead()


_TRACES: dict[int, tuple[Run, Trace]] = {}


def trace_of(run: Run, base: Run) -> Trace:
    """Who was touched; remembered, because telling it takes a second."""
    known = _TRACES.get(id(run))
    if known is None or known[0] is not run:
        _TRACES.clear()
        _TRACES[id(run)] = (run, trace(run, base))
    return _TRACES[id(run)][1]
