"""Expectations of people: "will" follows what they have met, "should" what was better.

Boulding, Kalra, Staelin & Zeithaml (1993, Journal of Marketing Research 30:7): people hold two
expectations at once, of what *will* happen and of what *should*, and the two colour the same
experience in opposite directions. Quality is on a scale from 0 to 1.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from crmsim.common.arrays import Doubles, FloatOrArray
from crmsim.model.equations import moved


def next_will(
    will: FloatOrArray, delivered: FloatOrArray, numbers: SimpleNamespace
) -> FloatOrArray:
    """Return what will be expected next time, W + k·(x − W): experience counts, good or bad.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> round(next_will(0.6, 0.8, load("buick-market").numbers), 2)
    0.66
    """
    return moved(will, delivered, numbers.expectation_rate)


def next_should(
    should: FloatOrArray, delivered: FloatOrArray, numbers: SimpleNamespace
) -> FloatOrArray:
    """Return what will be thought due next time, H + k_s·max(0, x − H): only ever more.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> [round(float(next_should(0.6, delivered, numbers)), 2) for delivered in (0.4, 0.8)]
    [0.6, 0.66]
    """
    better = np.maximum(delivered - should, 0.0)
    return should + numbers.should_rate * better


def expectations_after(
    visits: Doubles, will: FloatOrArray, should: FloatOrArray, numbers: SimpleNamespace
) -> tuple[FloatOrArray, FloatOrArray]:
    """Both expectations after a series of visits, one along the first axis.

    Examples
    --------
    A rest of good and bad visits leaves "will" near the mean, and "should" near the best:

    >>> from crmsim.scenario import load
    >>> visits = np.array([0.4, 0.8] * 40)
    >>> after = expectations_after(visits, 0.6, 0.6, load("buick-market").numbers)
    >>> [round(float(each), 1) for each in after]
    [0.6, 0.8]
    """
    for delivered in visits:
        will, should = next_will(will, delivered, numbers), next_should(should, delivered, numbers)
    return will, should
