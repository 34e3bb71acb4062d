"""The film of the loop: at which second an effect travels which arrow, and what counts meanwhile.

Everything is computed here, once. The browser (``film.js``) only draws what stands in the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmsim.common.calendar import WEEKS_QUARTER, WEEKS_YEAR
from crmsim.common.numbers import money, number
from crmsim.common.words import Translate
from crmsim.model.market.log import NODES
from crmsim.runs.arrivals import Arrival
from crmsim.runs.run import Run

WHOLE_S, YEAR_S, QUARTER_S = 10.0, 9.0, 2.8
"""Seconds that a film lasts: of a whole run, of a year, and of one quarter."""

LEAD_S, TRAVEL_S, TAIL_S = 0.7, 1.1, 3.6
"""Seconds before anything arrives, on an arrow at most, and after the last arrival at least."""

QUARTER_LEAD_S, QUARTER_TRAVEL_S = 0.3, 0.7

STOCKS = ("reputation", "customers")


@dataclass(frozen=True)
class Film:
    """Data with which the browser shows how an effect went round the loop.

    ``arrivals`` are in the order of time; ``first_week`` to ``last_week`` are shown, counted from
    0; ``drawn_from`` is the week with which the small curves begin; ``seconds`` is the whole time.
    The pace is ``steady`` in a film of a part of a run. ``gained`` is the money of each week that
    is counted, by default the profit against the base case.
    """

    run: Run
    base: Run
    arrivals: Sequence[Arrival]
    first_week: int
    drawn_from: int
    seconds: float
    steady: bool = False
    gained: NDArray[np.float64] | None = None

    @property
    def last_week(self) -> int:
        """The number of weeks that have passed at the end."""
        return len(self.run.series["week"])

    def data(self, t: Translate) -> dict[str, Any]:
        """Return what ``film.js`` needs, in one language.

        Parameters
        ----------
        t
            The words of the language.

        Returns
        -------
        dict
            Plain values, as JSON has them; times in seconds.
        """
        keys, times = self._steady_times() if self.steady else self._whole_times()
        return {
            "seconds": self.seconds,
            "keys": [[round(at, 3), week] for at, week in keys],
            "span": [self.drawn_from, self.last_week],
            "first": self.first_week,
            "whole": not self.steady,
            "times": [round(at, 3) for at in times],
            "lit": self._lit(times),
            "moves": self._moves(times, t),
            "money": self._money(t),
            "counter": t("play.film.week", week="{week}", weeks=self.last_week),
            "tanks": [self._tank(stock, t) for stock in STOCKS],
        }

    # -- time -------------------------------------------------------------------------------

    def _whole_times(self) -> tuple[list[tuple[float, float]], list[float]]:
        """Return (second, week) pairs that slow down where effects arrive, and arrival seconds."""
        return paced([arrival.week for arrival in self.arrivals], self.last_week, self.seconds)

    def _steady_times(self) -> tuple[list[tuple[float, float]], list[float]]:
        """Return (second, week) pairs at an even pace, and arrival seconds."""
        pace = (self.seconds - QUARTER_LEAD_S) / (self.last_week - self.first_week)
        keys = [(0.0, float(self.first_week)), (QUARTER_LEAD_S, float(self.first_week))]
        times = [
            QUARTER_LEAD_S + pace * (arrival.week + 1 - self.first_week)
            for arrival in self.arrivals
        ]
        return [*keys, (self.seconds, float(self.last_week))], times

    # -- moves ------------------------------------------------------------------------------

    def _lit(self, times: Sequence[float]) -> list[float]:
        """Return the second at which each node lights up; 0 for one that is lit already."""
        lit = dict.fromkeys(NODES, 0.0)
        for arrival, at in zip(self.arrivals, times, strict=True):
            if not self.steady:
                lit[arrival.node] = round(at, 3)
        return list(lit.values())

    def _moves(self, times: Sequence[float], t: Translate) -> list[dict[str, Any]]:
        """Return what travels: from the centre to a node, or along the arrow that leads to it.

        Each is marked with the quarter of its decision, unless all were made in the quarter shown.
        """
        marked = {each.quarter for each in self.arrivals} != {self.first_week // WEEKS_QUARTER}
        longest = QUARTER_TRAVEL_S if self.seconds == QUARTER_S else TRAVEL_S
        at_node = {each.node: at for each, at in zip(self.arrivals, times, strict=True)}
        moves = []
        for arrival, at in zip(self.arrivals, times, strict=True):
            node = NODES.index(arrival.node)
            before = at_node.get(NODES[node - 1], 0.0)
            start = max(0.05, at - longest)
            if not arrival.direct and before < at:
                start = max(start, min(before, at - 0.35))
            mark = ""
            if arrival.quarter is not None and marked:
                mark = t("play.film.mark", quarter=arrival.quarter + 1)
            moves.append(
                {
                    "node": node,
                    "start": round(start, 3),
                    "stop": round(at, 3),
                    "direct": arrival.direct,
                    "good": arrival.sign > 0,
                    "mark": mark,
                }
            )
            behind = at_node.get(NODES[node - 1])
            if arrival.direct and behind is not None and not self.steady:
                # The loop closes: the node before was reached later, and acts on this one again.
                moves.append(
                    moves[-1]
                    | {
                        "direct": False,
                        "start": round(behind, 3),
                        "stop": round(min(behind + longest, self.seconds - 0.1), 3),
                    }
                )
        return moves

    # -- what counts ------------------------------------------------------------------------

    def _money(self, t: Translate) -> list[str]:
        """Return the profit gained against the base case, added up over the weeks shown."""
        gained = self.gained
        if gained is None:
            gained = self.run.series["profit"] - self.base.series["profit"]
        gained, currency = np.cumsum(gained[self.first_week :]), self.run.scenario.currency
        return [
            ("+" if round(each) > 0 else "") + money(each, currency, t)
            for each in (0.0, *gained.tolist())
        ]

    def _tank(self, stock: str, t: Translate) -> dict[str, Any]:
        """Return the level (0–1) of a stock and of its base case, and both in words."""
        people = self.run.scenario.people  # type: ignore[union-attr]
        full, digits = (1.0, 2) if stock == "reputation" else (people or 1, 0)
        weeks = slice(max(self.first_week - 1, 0), None)
        run, base = (each.series[stock][weeks] for each in (self.run, self.base))
        return {
            "levels": [round(float(value / full), 3) for value in run],
            "base": [round(float(value / full), 3) for value in base],
            "said": [number(float(value), digits) for value in run],
            "base_said": [number(float(value), digits) for value in base],
        }


def paced(
    weeks: Sequence[int], last_week: int, seconds: float
) -> tuple[list[tuple[float, float]], list[float]]:
    """Spread a film over its time, slower where something happens.

    Parameters
    ----------
    weeks
        The week, from 0, of each event, in order.
    last_week
        The number of weeks in all.
    seconds
        The whole time of the film.

    Returns
    -------
    keys, times
        Pairs (second, weeks passed) with even pace between them; the second of each event.
    """
    week, keys, weights = 0, [(0.0, 0.0), (LEAD_S, 0.0)], []
    for event in weeks:
        weights.append(0.55 + 0.2 * sqrt(event - week))
        week = event
    scale = (seconds - LEAD_S - min(TAIL_S, seconds / 2)) / max(sum(weights), 2.0)
    at, times = LEAD_S, []
    for event, weight in zip(weeks, weights, strict=True):
        at += scale * weight
        times.append(at)
        keys.append((at, event + 1.0))
    return [*keys, (seconds, float(last_week))], times


def whole(
    run: Run,
    base: Run,
    arrivals: Sequence[Arrival],
    gained: NDArray[np.float64] | None = None,
) -> Film:
    """Return the film of a whole run.

    Parameters
    ----------
    run, base
        Two runs of one market with the same seed.
    arrivals
        When the difference between them reached each node.
    gained
        The money of each week that is counted, in currency; by default the profit.
    """
    return Film(run, base, arrivals, 0, 0, WHOLE_S, gained=gained)


def quarter(run: Run, base: Run, arrivals: Sequence[Arrival], drawn_from: int) -> Film:
    """Return the film of the last quarter of a run; its curves begin with week `drawn_from`.

    Parameters
    ----------
    run, base
        Two runs of one market with the same seed.
    arrivals
        When the difference between them reached each node.
    drawn_from
        The first week of the curves, from 0.
    """
    first = len(run.series["week"]) - WEEKS_QUARTER
    return Film(run, base, arrivals, first, drawn_from, QUARTER_S, steady=True)


def year(run: Run, base: Run, arrivals: Sequence[Arrival]) -> Film:
    """Return the film of the last year of a run.

    Parameters
    ----------
    run, base
        Two runs of one market with the same seed.
    arrivals
        When the difference between them reached each node, in each of the quarters.
    """
    first = len(run.series["week"]) - WEEKS_YEAR
    return Film(run, base, arrivals, first, first, YEAR_S, steady=True)
