"""Tables for the terminal, in which a Chinese character is two letters wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from crmsim.common.numbers import number

if TYPE_CHECKING:
    import pandas as pd

_LARGE = 100


def spread(values: pd.Series, share: bool = False) -> str:
    """Write a mean with the range of nine values in ten, or a share.

    Examples
    --------
    >>> import pandas as pd
    >>> spread(pd.Series([1, 2, 3, 4, 5]))
    '3.0 (1.2 … 4.8)'
    >>> spread(pd.Series([True, False]), share=True)
    '50%'
    """
    if share:
        return f"{values.mean():.0%}"
    low, high = values.quantile([0.05, 0.95])
    digits = 0 if max(abs(low), abs(high)) >= _LARGE else 1
    mean, low, high = (number(value, digits) for value in (values.mean(), low, high))
    return f"{mean} ({low} … {high})"


def laid_out(rows: Iterable[list[str]]) -> Iterator[str]:
    """Yield rows with their columns below one another.

    Examples
    --------
    >>> print("|\\n".join(laid_out([["a", "满意"], ["bcd", "5"]])))
    a    满意|
    bcd  5
    """
    table = list(rows)
    widths: dict[int, int] = {}
    for row in table:
        for place, cell in enumerate(row):
            widths[place] = max(widths.get(place, 0), width(cell))
    for row in table:
        cells = (cell + " " * (widths[place] - width(cell)) for place, cell in enumerate(row))
        yield "  ".join(cells).rstrip()


def width(text: str) -> int:
    """Return how many letters wide a text is in a terminal."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
