"""Failures in a visit: how often, for whom, and what they take from the visit (B-07)."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from crmsim.common.arrays import Doubles, Indices
from crmsim.common.chance import Chance
from crmsim.common.sums import dot
from crmsim.model.market.flights import Flights
from crmsim.scenario import five
from crmsim.scenario.cards import Failure

MOST_FAILING = 0.95
"""Nothing goes wrong more often than this."""

_SIXTEEN_BITS = 2**16


class Failing(Struct, frozen=True):
    """Rates of the failure modes in one week.

    ``rate`` has a row a mode and a column an hour of the day; ``severity`` a row a mode and a
    column a dimension; ``until`` is the share of visits that begin by the end of each hour.
    """

    rate: Doubles
    severity: Doubles
    until: Doubles

    @property
    def mean_rate(self) -> Doubles:
        """Share of visits that each mode strikes, over the day."""
        share = self.until.copy()
        share[1:] -= self.until[:-1]
        return dot(self.rate, share)

    @property
    def loss(self) -> Doubles:
        """Quality that failures take from a visit, on average, by dimension."""
        return dot(self.severity.T, self.mean_rate)


def severity_of(modes: tuple[Failure, ...]) -> Doubles:
    """Return the quality that each mode takes from a visit, by dimension: a row a mode."""
    return np.array([five(mode.severity) for mode in modes]).reshape(-1, 5)


class Failures:
    """The failure modes of a scenario; ``loss_at_rest`` is what they usually take, by dimension."""

    def __init__(self, modes: tuple[Failure, ...]) -> None:
        self._severity = severity_of(modes)
        self._pressure = np.array([mode.pressure for mode in modes])
        self._load = np.array([mode.load for mode in modes])
        self._by_hour = [place for place, mode in enumerate(modes) if mode.by_hour]
        self._refund = np.array([mode.refund for mode in modes])
        self.loss_at_rest = dot(self._severity.T, [mode.rate for mode in modes])

    def week(
        self,
        rate: Doubles,
        strain: float,
        mistakes: float,
        flights: Flights | None = None,
        buffer_min: float = 0.0,
    ) -> Failing:
        """Return the rates of the failure modes this week, from their rates at rest.

        ``strain`` is the work pressure at the usual standard, ``mistakes`` how often things go
        wrong because of who does the work. Where a mode follows the hour of the day, pressure and
        mistakes act on what each hour adds to the delay.
        """
        more = mistakes * strain**self._pressure
        if flights is None:
            return Failing(_bounded((rate * more)[:, None]), self._severity, np.ones(1))
        more = more * flights.crowding**self._load
        by_hour = np.full((len(more), len(flights.day.hour)), more[:, None])
        for mode in self._by_hour:
            by_hour[mode] = flights.delay(buffer_min, float(more[mode]))
        return Failing(_bounded(rate[:, None] * by_hour), self._severity, flights.day.until)

    def refunds(self, failed: Indices) -> float:
        """Return what the cases of a week cost the firm in refunds, in currency."""
        return float(dot(self._refund, failed)) if len(self._refund) else 0.0


def _bounded(rate: Doubles) -> Doubles:
    return rate.clip(0, MOST_FAILING)


def struck(
    failing: Failing, chance: Chance, week: int, who: Indices, count: int
) -> NDArray[np.bool_]:
    """Draw the visits that each mode strikes; everybody has an hour and luck of her own.

    Returns
    -------
    bool, one row for each mode and one column for each of ``who``

    Examples
    --------
    >>> never = Failing(np.zeros((2, 1)), np.zeros((2, 5)), np.ones(1))
    >>> struck(never, Chance(1), 0, np.arange(3), 3).any()
    np.False_
    """
    until = (failing.until * _SIXTEEN_BITS).astype(np.int64)
    moment = chance.bits("hour", week, count, 16).take(who)
    hour = np.minimum(until.searchsorted(moment, side="right"), len(until) - 1)
    likely = (failing.rate * _SIXTEEN_BITS).take(hour, axis=1)
    strikes = np.empty(likely.shape, np.bool_)
    for mode, below in enumerate(likely):
        luck = chance.bits("failure", week, count, 16, occasion=mode).take(who)
        np.less(luck, below, out=strikes[mode])
    return strikes
