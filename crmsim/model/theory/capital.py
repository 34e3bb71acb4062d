"""Service as a capital that is built by spending and wears (E-18).

Hard service (lifts, rest rooms, parking) and soft service (what people can do) both follow what is
spent on them, each with a life of its own. This is the perpetual inventory of economics with
geometric depreciation (OECD 2009, Measuring Capital; from memory).
"""

from __future__ import annotations


def next_capital(capital: float, spent: float, life_week: float) -> float:
    """Return a capital after a week: it closes 1 ÷ life of its distance to what is spent on it.

    Parameters
    ----------
    capital
        The capital before the week, against today's.
    spent
        The capital that the spending of the week would keep up for good, against today's.
    life_week
        The life of the capital, in weeks, at least 1.

    Returns
    -------
    float
        The capital after the week, against today's.

    Examples
    --------
    Nothing is spent: a hard capital with a life of 200 weeks loses little in a week, a soft one
    with a life of 52 weeks four times as much.

    >>> [round(next_capital(1.0, 0.0, life), 3) for life in (200, 52)]
    [0.995, 0.981]
    """
    return capital + (spent - capital) / life_week
