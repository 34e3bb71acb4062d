"""Lifetime value of a customer: the margins still to come, by retention and interest (C-06, C-08).

Assumed: (1) the margin of a period is the same every time; (2) she stays from one period to the
next with the same probability; (3) interest is the same every period. Retention and interest refer
to one period, usually a year.

References
----------
Gupta & Lehmann 2003, "Customers as assets", Journal of Interactive Marketing 17:9; Gupta, Lehmann
& Stuart 2004, "Valuing customers", Journal of Marketing Research 41:7.
"""

from __future__ import annotations

import numpy as np

from crmsim.common.checks import is_number, require


def margin_multiple(retention: float, interest: float) -> float:
    """Return how many margins a customer is worth: r ÷ (1 + i − r).

    Parameters
    ----------
    retention
        The share of customers who stay each year (0–1).
    interest
        The rate of interest, a share a year.

    Returns
    -------
    float
        Yearly margins.

    Raises
    ------
    ValueError
        If one of them is not allowed.

    Examples
    --------
    >>> [round(margin_multiple(retention, 0.12), 2) for retention in (0.6, 0.7, 0.8, 0.9)]
    [1.15, 1.67, 2.5, 4.09]
    """
    _check(retention, interest)
    return retention / (1 + interest - retention)


def lifetime_value(
    margin: float, retention: float, interest: float, first_now: bool = False
) -> float:
    """Return the present value of a customer's margins; ``first_now`` counts one paid today.

    Examples
    --------
    A car of 35,000 dollars every four years, a tenth of it margin, four of five owners return, at
    8 % a year: the "$332,000 Cadillac owner" is worth

    >>> round(lifetime_value(3500, 0.8, 1.08**4 - 1, first_now=True))
    8496
    """
    require(is_number(margin), "margin", margin, "an ordinary number")
    return margin * (margin_multiple(retention, interest) + first_now)


def retention_elasticity(retention: float, interest: float) -> float:
    """Per cent of lifetime value for one per cent of retention: (1 + i) ÷ (1 + i − r).

    Examples
    --------
    >>> [round(retention_elasticity(retention, 0.12), 1) for retention in (0.6, 0.7, 0.8, 0.9)]
    [2.2, 2.7, 3.5, 5.1]
    """
    _check(retention, interest)
    return (1 + interest) / (1 + interest - retention)


def gain_of_points(retention: float, points: float, interest: float) -> float:
    """Return what some points more retention add to lifetime value, as a share of it.

    The claim "5 % more retention, 25 to 85 % more profit" (Reichheld & Sasser 1990) means points:
    at 80 % they take a quarter of the churn away, at 90 % half.

    Parameters
    ----------
    retention
        The share of customers who stay each year (0–1).
    points
        What is added to it, such as 0.05.
    interest
        The rate of interest, a share a year.

    Returns
    -------
    float
        A share of lifetime value.

    Raises
    ------
    ValueError
        If one of them is not allowed.

    Examples
    --------
    >>> round(gain_of_points(0.80, 0.05, 0.10), 3), round(gain_of_points(0.90, 0.05, 0.02), 3)
    (0.275, 0.81)
    """
    _check(retention, interest)
    if np.any(np.equal(retention, 0)):
        raise ValueError("retention = 0: a customer without value has nothing to gain a share of")
    more = is_number(points) and is_number(retention + points, 0, 1)
    require(more, "points", points, "a share that leaves retention between 0 and 1, such as 0.05")
    return margin_multiple(retention + points, interest) / margin_multiple(retention, interest) - 1


def _check(retention: float, interest: float) -> None:
    require(is_number(retention, 0, 1), "retention", retention, "a share from 0 to 1")
    rate = "0 or more, such as 0.1 for 10 %"
    require(is_number(interest, 0), "interest", interest, rate)
    if np.any(np.equal(retention, 1) & np.equal(interest, 0)):
        raise ValueError("retention = 1 and interest = 0: margins for ever, and all worth the same")
