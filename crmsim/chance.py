"""Shared chance: every draw is a function of (seed, cause, week, customer) and of nothing else.

Two runs that differ in one decision meet the same customers and the same luck, so their
difference is the effect of that decision. The generator is NumPy's counter-based Philox-4x64
(Salmon et al. 2011): key (seed, cause), counter (0, 0, week, occasion), place in the array =
customer.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

CAUSES = (
    "persona",
    "salesperson",
    "perception",
    "decision",
    "people",
    "ties",
    "occasion",
    "voice",
    "telling",
    "incident",
)
"""What chance decides. A new cause goes at the end, so that the old ones keep their luck."""

_NORMAL_BITS = 13


class Chance:
    """All the luck of one seed.

    Examples
    --------
    >>> bool((Chance(7).uniform("voice", 3, 5) == Chance(7).uniform("voice", 3, 5)).all())
    True
    >>> bool((Chance(7).uniform("voice", 3, 9)[:5] == Chance(7).uniform("voice", 3, 5)).all())
    True
    """

    def __init__(self, seed: int) -> None:
        if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or not 0 <= seed < 2**64:
            raise ValueError(f"seed = {seed!r}: should be a whole number from 0 to 2**64 - 1")
        self.seed = int(seed)

    def generator(self, cause: str, week: int = 0, occasion: int = 0) -> np.random.Generator:
        """NumPy's generator for one cause and one week."""
        return np.random.Generator(self._philox(cause, week, occasion))

    def uniform(self, cause: str, week: int, count: int, occasion: int = 0) -> NDArray[np.float32]:
        """``count`` draws from 0 to 1, one a customer."""
        return self.generator(cause, week, occasion).random(count, dtype=np.float32)

    def normal(self, cause: str, week: int, count: int, occasion: int = 0) -> NDArray[np.float32]:
        """``count`` standard normal draws, one a customer, from 13 bits each by inverse table."""
        bits = self.raw(cause, week, -(-count // 4), occasion).view(np.uint16)[:count]
        return np.take(_normal_table(), bits >> np.uint16(16 - _NORMAL_BITS))

    def raw(self, cause: str, week: int, count: int, occasion: int = 0) -> NDArray[np.uint64]:
        """``count`` times 64 random bits."""
        return self._philox(cause, week, occasion).random_raw(count)

    def _philox(self, cause: str, week: int, occasion: int) -> np.random.Philox:
        key = np.array([self.seed, CAUSES.index(cause)], dtype=np.uint64)
        return np.random.Philox(key=key, counter=[0, 0, week, occasion])


@cache
def _normal_table() -> NDArray[np.float32]:
    size = 2**_NORMAL_BITS
    standard = NormalDist()
    return np.array([standard.inv_cdf((i + 0.5) / size) for i in range(size)], dtype=np.float32)
