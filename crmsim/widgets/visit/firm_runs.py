"""The runs of a firm behind the screens after a visit, remembered and made ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from msgspec.structs import replace

from crmsim.course.sessions.visit import VisitSession
from crmsim.runs.butterfly import Trace, market_after, trace
from crmsim.runs.run import Run
from crmsim.scenario import load
from crmsim.scenario.encounter import EncounterScenario
from crmsim.scenario.market import Lever, MarketScenario
from crmsim.widgets.idle import Ahead
from crmsim.widgets.rendering import prepare


@cache
def _years(market: str) -> float:
    scenario = load(market)
    return scenario.years if isinstance(scenario, MarketScenario) else 0


def years(scenario: EncounterScenario) -> float:
    """Return how many years the case's firm is followed."""
    return _years(scenario.market) if scenario.market else 0


def runs(session: VisitSession) -> tuple[Run, Run]:
    """Return the firm's run to be shown, and the base case to compare it with."""
    if session.phase == "compare":
        mine, other = session.second, session.visit
    else:
        mine, other = session.visit, session.usual
    if session.scope == "another":
        return another(mine, other)
    if session.phase == "compare":
        return after(mine, session.scope), after(other, session.scope)
    firm = after(session.visit, session.scope)
    base = after(session.usual, session.scope)
    if session.scope == "floor" and session.levers:
        firm = _with_levers(firm, session.levers)
    return firm, base


def as_usual(session: VisitSession) -> bool:
    """Return True if every answer was the firm's usual one, so that nothing can differ from it."""
    served = session.visit.actions == session.usual.actions
    return session.phase == "loop" and served and not session.levers


def after(visit: Run, scope: str) -> Run:
    """Return what a visit does to the firm; remembered, and often made ahead of time."""
    return _AHEAD.run(_market_after(visit, scope), visit.seed, ())


MOST_TIMES = 8
"""Times that the same answer is given again, at most, to find one that changes nothing."""


def another(visit: Run, usual: Run) -> tuple[Run, Run]:
    """Return what the same answer does to another customer, whose mind was made up beforehand.

    She is served as in `visit`, and buys and talks as after `usual`. Most such answers change
    nothing, so the first luck with which this one does is taken; if there is none, the last one.
    """
    market, other = (_market_after(each, "one") for each in (visit, usual))
    key = ("another", id(market), id(other))
    if key not in _MARKETS:
        served, decided = market.incident, other.incident
        assert served is not None
        assert decided is not None
        _MARKETS[key] = other.change(incident=replace(decided, gap=served.gap))
    run = base = after(usual, "one")
    for seed in range(visit.seed + 1, visit.seed + 1 + MOST_TIMES):
        run, base = (_AHEAD.run(each, seed, ()) for each in (_MARKETS[key], other))
        if unchanged(run, base):
            break
    return run, base


def unchanged(run: Run, base: Run) -> bool:
    """Return True if two runs of a firm earn the same, in whole units of money."""
    return not round(float(run.series["profit"].sum() - base.series["profit"].sum()))


def scopes(session: VisitSession) -> tuple[str, ...]:
    """Return what can be looked at: the same answer again only where the first one arrived."""
    second = session.phase == "compare"
    pair = (session.second, session.visit) if second else (session.visit, session.usual)
    arrived = not unchanged(*(after(each, "one") for each in pair))
    return (
        ("one", "another", "floor") if arrived or session.scope == "another" else ("one", "floor")
    )


def _market_after(visit: Run, scope: str) -> MarketScenario:
    """Return the firm after a visit; the same visit gives the same object."""
    case = visit.scenario
    key = (case.sha256, case.lang, visit.seed, visit.actions, visit.view.persona, scope)
    if key not in _MARKETS:
        if len(_MARKETS) >= MOST_MARKETS:
            _MARKETS.clear()
        _MARKETS[key] = market_after(visit, scope)  # type: ignore[arg-type]
    return _MARKETS[key]


MOST_MARKETS = 32
_MARKETS: dict[tuple[object, ...], MarketScenario] = {}


def _with_levers(firm: Run, levers: Mapping[str, float]) -> Run:
    return _AHEAD.run(firm.scenario, firm.seed, tuple(sorted(levers.items())))  # type: ignore[arg-type]


TEMPLATES = (
    *("ring.html", "_film.html", "_arrivals.html", "story.html", "tanks.html"),
    *("svg/loop.svg", "svg/_tokens.svg", "svg/tank.svg", "svg/chart.svg", "svg/town.svg"),
)
"""The templates of the firm's screens."""


def look_ahead(
    session: VisitSession, then: Callable[[], None], levers: Mapping[str, float] | None = None
) -> None:
    """Make the runs that may be asked for next, the nearest first, while the student looks.

    Before the loop these are the runs of both scopes, on it those of the levers' next positions:
    first those that lie further on in the way in which a lever has just been moved.

    Parameters
    ----------
    session
        The visit as it stands.
    then
        Called when the runs are made.
    levers
        Where the levers stood before; None: as they stand now.
    """
    if not session.scenario().then:
        return
    wanted: list[tuple[MarketScenario, int, tuple[tuple[str, float], ...]]] = []
    if session.phase in ("verdict", "bet-profit", "loop"):
        wanted = [
            (_market_after(visit, scope), session.seed, ())
            for scope in ("floor", "one")
            for visit in (session.visit, session.usual)
        ]
        prepare(*TEMPLATES)
    if session.phase == "bet-rewind":
        wanted = [
            (_market_after(visit, scope), session.seed, ())
            for scope in ("floor", "one")
            for visit in (session.second, session.visit)
        ]
    if session.phase == "loop" and session.scope == "floor":
        firm = after(session.visit, session.scope)
        near = []
        for lever in levers_of(firm):
            stands = session.levers.get(lever.id, lever.start)
            moved = stands - levers.get(lever.id, lever.start) if levers is not None else 0
            for place in _places(lever):
                back = moved * (place - stands) <= 0
                near.append((back, round(abs(place - stands) / lever.step), lever.id, place))
        wanted += [
            (firm.scenario, firm.seed, tuple(sorted({**session.levers, name: place}.items())))
            for *_, name, place in sorted(near)
        ]
    _AHEAD.expect(wanted, then)


def levers_of(run: Run) -> tuple[Lever, ...]:
    """List the levers on the screen: three are enough to begin with."""
    return run.scenario.levers[:3]  # type: ignore[union-attr]


def _places(lever: Lever) -> list[float]:
    """List the positions of a lever, as the slider gives them."""
    steps = round((lever.high - lever.low) / lever.step)
    return [float(f"{lever.low + step * lever.step:g}") for step in range(steps + 1)]


_AHEAD = Ahead()


_TRACES: dict[int, tuple[Run, Trace]] = {}


def trace_of(run: Run, base: Run) -> Trace:
    """Return the trace of a run, remembered, because finding it takes a second."""
    known = _TRACES.get(id(run))
    if known is None or known[0] is not run:
        _TRACES.clear()
        _TRACES[id(run)] = (run, trace(run, base))
    return _TRACES[id(run)][1]
