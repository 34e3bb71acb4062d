"""A digest of what the model gives: stored tables name it, so that one that is old is noticed."""

from __future__ import annotations

import hashlib
from functools import cache

from crmsim import load, simulate
from crmsim.runs.compare import references

DIGITS = 6
"""Significant digits that count: the last ones may differ from one processor to the next."""


@cache
def model_digest(*names: str) -> str:
    """Return a digest of the logs of these cases, led as usual and by each reference policy.

    Examples
    --------
    >>> len(model_digest("sunset"))
    16
    """
    found = hashlib.sha256()
    for name in names:
        for policy in (None, *references(load(name)).values()):
            series = simulate(name, policy, seed=1).series
            for column in sorted(series):
                found.update(column.encode())
                found.update("".join(f"{value:.{DIGITS}g} " for value in series[column]).encode())
    return found.hexdigest()[:16]
