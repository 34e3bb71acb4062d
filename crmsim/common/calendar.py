"""The calendar of a firm: weeks, quarters and years."""

from __future__ import annotations

WEEKS_QUARTER = 13
WEEKS_YEAR = 52


def quarters_of(weeks: int) -> int:
    """Return how many quarters a number of weeks takes; one that has begun counts.

    Examples
    --------
    >>> quarters_of(26), quarters_of(27)
    (2, 3)
    """
    return -(-weeks // WEEKS_QUARTER)
