"""The town of a firm as a film: customers won and lost week by week, and an airline's aircraft."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmsim.common.numbers import money, number, percent
from crmsim.common.words import Translate
from crmsim.runs.run import Run
from crmsim.runs.townspeople import NEVER, Flight, apart_since, customers_by_week, flight_of
from crmsim.scenario.market import MarketScenario
from crmsim.widgets.drawings.film import LEAD_S, WHOLE_S, Film
from crmsim.widgets.drawings.loop import LoopDrawing
from crmsim.widgets.drawings.town import AIRCRAFT, Changed, firm_town

LAST_S = 1.5
"""Seconds for which the picture stands at the end of the film before it is over."""


MOST_REMEMBERED = 4
_KNOWN: dict[tuple[int, str], tuple[Run, Any]] = {}
SEATS = 40
"""Passengers of the one flight that is shown."""


def _remembered(run: Run, what: str, made: Callable[[], Any]) -> Any:
    """Return what was made for a run, because the run is made again for it."""
    if (id(run), what) not in _KNOWN or _KNOWN[id(run), what][0] is not run:
        if len(_KNOWN) >= 2 * MOST_REMEMBERED:
            _KNOWN.pop(next(iter(_KNOWN)))
        _KNOWN[id(run), what] = run, made()
    return _KNOWN[id(run), what][1]


def customers_of(run: Run) -> NDArray[np.bool_]:
    """Return who is a customer after each week; it is remembered.

    Parameters
    ----------
    run
        The run of a market.

    Returns
    -------
    array of bool, shape (weeks + 1, people)
    """
    return _remembered(run, "customers", lambda: customers_by_week(run))  # type: ignore[no-any-return]


def worst_flight(run: Run) -> Flight | None:
    """Return a flight of the week in which most passengers are late; None for another firm.

    Parameters
    ----------
    run
        The run of a market.
    """
    if not _flies(run):
        return None
    late = run.series["delay"] / np.maximum(run.series["visits"], 1)
    return _remembered(run, "flight", lambda: flight_of(run, int(late.argmax()), SEATS))  # type: ignore[no-any-return]


def _flies(run: Run) -> bool:
    scenario = run.scenario
    return isinstance(scenario, MarketScenario) and scenario.flights is not None


def town_film(
    run: Run, base: Run, gained: NDArray[np.float64], fresh: str, t: Translate
) -> LoopDrawing:
    """Draw the town of a firm with its film.

    Parameters
    ----------
    run, base
        The run that is shown, and the one that it is held against.
    gained
        The money of each week that is counted, in currency.
    fresh
        A new value shows the film again.
    t
        The words of a language.
    """
    mine, other = customers_of(run), customers_of(base)
    since, won = apart_since(mine, other), mine[-1]
    weeks = len(mine) - 1
    seconds_a_week = (WHOLE_S - LEAD_S - LAST_S) / weeks
    apart = [(int(since[person]), person) for person in np.flatnonzero(since != NEVER)]
    changed = [
        Changed(is_won, LEAD_S + seconds_a_week * week, [person for _, person in people])
        for is_won in (True, False)
        for week, people in groupby(sorted(p for p in apart if won[p[1]] == is_won), lambda p: p[0])
    ]
    counts = {
        "won": number(sum(len(each.people) for each in changed if each.won)),
        "lost": number(sum(len(each.people) for each in changed if not each.won)),
    }
    flights = _flies(run)
    weekly = _flights(run, t) if flights else []
    total, currency = round(float(gained.sum())), run.scenario.currency
    words = {
        "money": ("+" if total > 0 else "") + money(total, currency, t),
        "label": t("play.town.money"),
        "customer": t("play.town.customer"),
        "other": t("play.town.other"),
        "won": t("play.town.won"),
        "lost": t("play.town.lost"),
        "flights": weekly[-1]["said"] if weekly else "",
    }
    name = t("play.town.firm", **counts)
    aboard, said = None, ""
    if flight := worst_flight(run):
        aboard = LEAD_S + seconds_a_week * (flight.week + 1), flight.passengers.tolist()
        stay, otherwise = (int(each[-1][flight.passengers].sum()) for each in (mine, other))
        said = t(
            "play.town.flight_same" if stay == otherwise else "play.town.flight",
            week=flight.week + 1,
            aboard=len(flight.passengers),
            late=int(flight.late.sum()),
            stay=stay,
            otherwise=otherwise,
        )
    drawing = firm_town(mine[0], changed, name, words, flights, aboard)
    data = Film(run, base, (), 0, 0, WHOLE_S, gained=gained).data(t)
    data["keys"] = [[0.0, 0], [LEAD_S, 0], [WHOLE_S - LAST_S, weeks], [WHOLE_S, weeks]]
    if weekly:
        data["flights"] = [weekly[0], *weekly]
    told = t("play.town.told", **counts)
    return LoopDrawing(drawing, fresh, data, told=told, flight=said, on_canvas=True)


def _flights(run: Run, t: Translate) -> list[dict[str, Any]]:
    """Return the aircraft of each week, those that are late, and the sentence about them."""
    columns = (run.series[name] for name in ("fleet", "seats_filled", "delay", "visits"))
    weekly = []
    for fleet, filled, delayed, passengers in zip(*columns, strict=True):
        late = float(delayed / passengers) if passengers else 0.0
        drawn = min(round(AIRCRAFT * float(fleet)), 2 * AIRCRAFT)
        weekly.append(
            {
                "fleet": drawn,
                "late": min(round(drawn * late), drawn),
                "said": t("play.town.flights", filled=percent(filled), late=percent(late)),
            }
        )
    return weekly
