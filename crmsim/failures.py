"""What goes wrong in a visit: how often, for whom, and what it takes from the visit (B-07)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmsim.chance import Chance

MOST = 0.95
"""Nothing goes wrong more often than this."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Failing:
    """How often each failure mode strikes this week.

    ``rate`` has a row a mode and a column an hour of the day; ``severity`` a row a mode and a
    column a dimension; ``until`` is the share of visits that begin by the end of each hour.
    """

    rate: Floats
    severity: Floats
    until: Floats

    @property
    def mean_rate(self) -> Floats:
        """Share of visits that each mode strikes, over the day."""
        return self.rate @ np.diff(self.until, prepend=0.0)

    @property
    def loss(self) -> Floats:
        """Quality that failures take from a visit, on average, by dimension."""
        return self.mean_rate @ self.severity


def failing(rate: Floats, severity: Floats, by_hour: Floats, share: Floats) -> Failing:
    """This week's failures: rates by mode, times what the hour of the day does to each."""
    return Failing(np.clip(rate[:, None] * by_hour, 0, MOST), severity, np.cumsum(share))


def struck(
    failing: Failing, chance: Chance, week: int, who: NDArray[np.intp], count: int
) -> NDArray[np.bool_]:
    """Whom each mode strikes, a row a mode; everybody's hour and luck are her own.

    Examples
    --------
    >>> one = np.ones(1)
    >>> never = failing(np.zeros(2), np.zeros((2, 5)), np.ones((2, 1)), one)
    >>> struck(never, Chance(1), 0, np.arange(3), 3).any()
    np.False_
    """
    moment = chance.uniform("hour", week, count)[who]
    hour = np.minimum(failing.until.searchsorted(moment, side="right"), len(failing.until) - 1)
    luck = [
        chance.uniform("failure", week, count, occasion=mode)[who]
        for mode in range(len(failing.rate))
    ]
    return np.array(luck).reshape(-1, len(who)) < failing.rate[:, hour]
