"""Chance or a change? The control chart of a share (Shewhart 1931), for Haier's three controls.

Counts of one process vary by chance alone within three standard errors of their mean, nearly
always; a point outside asks for its cause, a point inside does not (E-17).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmsim.common.arrays import Doubles
from crmsim.common.checks import is_number

SIGMAS = 3.0


class ControlChart(NamedTuple):
    """A p-chart: the shares, their mean, and the limits of each point, which depend on its size."""

    share: Doubles
    centre: float
    low: Doubles
    high: Doubles

    @property
    def signals(self) -> NDArray[np.bool_]:
        """True at each point that lies outside its limits."""
        return (self.share < self.low) | (self.share > self.high)


def control_chart(bad: ArrayLike, of: ArrayLike, usual: int | None = None) -> ControlChart:
    """Return the control chart of ``bad`` out of ``of``; where ``of`` is 0 a point is NaN.

    The first ``usual`` points say what is usual, or all of them.

    Parameters
    ----------
    bad
        Counts of what went wrong, a point each.
    of
        Counts of all, of the same length.
    usual
        The number of points, from the first, that say what is usual; None: all of them.

    Returns
    -------
    ControlChart
        Shares and limits (0–1), arrays of float64 as long as ``bad``.

    Raises
    ------
    ValueError
        If the counts do not fit together.

    Examples
    --------
    >>> chart = control_chart([5, 4, 6, 21], [100, 100, 100, 100])
    >>> round(chart.centre, 2), round(float(chart.high[0]), 3), chart.signals.tolist()
    (0.09, 0.176, [False, False, False, True])
    >>> round(control_chart([5, 4, 6, 21], [100, 100, 100, 100], usual=3).centre, 2)
    0.05
    """
    right = is_number(bad, 0) and is_number(of, 0) and np.shape(bad) == np.shape(of)
    count, size = np.asarray(bad, dtype=np.float64), np.asarray(of, dtype=np.float64)
    if not right or (count > size).any():
        shapes = f"shapes {count.shape} and {size.shape}"
        raise ValueError(
            f"bad, of ({shapes}): must be counts of equal length, with no bad above its of"
        )
    some = np.where(size > 0, size, np.nan)
    known = size[:usual].sum()
    centre = float(count[:usual].sum() / known) if known else float("nan")
    margin = SIGMAS * np.sqrt(centre * (1 - centre) / some)
    return ControlChart(
        count / some, centre, np.maximum(centre - margin, 0), np.minimum(centre + margin, 1)
    )
