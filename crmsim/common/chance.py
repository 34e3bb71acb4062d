"""Chance: every draw depends on the seed, the cause, the week and the customer, on nothing else.

Two runs that differ in one decision meet the same customers and the same luck, so their
difference is the effect of that decision. The generator is NumPy's counter-based Philox-4x64
(Salmon et al. 2011): key (seed, cause), counter (0, 0, week, occasion), place in the array =
customer.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmsim.common.checks import as_plain
from crmsim.common.words import data_path

_one_at_a_time = Lock()
"""Held from setting a counter to drawing; a lock of each object could not be copied."""

CAUSES = (
    "persona",
    "salesperson",
    "perception",
    "decision",
    "people",
    "ties",
    "occasion",
    "visit",
    "incident",
    "demand",
    "respondents",
    "kano",
    "arrivals",
    "handling",
    "patience",
    "skill",
    "case",
    "recovery",
    "meeting",
    "failure",
    "hour",
    "seat",
    "card",
    "buying",
    "campaign",
    "shock",
)
"""Things that chance decides. A new cause goes at the end, so that old ones keep their luck."""

_NORMAL_BITS = 13


class Chance:
    """All random draws of one seed.

    Examples
    --------
    >>> bool((Chance(7).uniform("visit", 3, 5) == Chance(7).uniform("visit", 3, 5)).all())
    True
    >>> bool((Chance(7).uniform("visit", 3, 9)[:5] == Chance(7).uniform("visit", 3, 5)).all())
    True
    """

    def __init__(self, seed: int) -> None:
        if (
            not isinstance(seed, int | np.integer)
            or isinstance(seed, bool)
            or not 0 <= seed < 2**64
        ):
            raise ValueError(f"seed = {seed!r}: must be a whole number from 0 to 2**64 - 1")
        self.seed = int(seed)
        self._sources: dict[str, tuple[np.random.BitGenerator, dict[str, Any]]] = {}

    def generator(self, cause: str, week: int = 0, occasion: int = 0) -> np.random.Generator:
        """Return NumPy's generator for one cause and one week, for what is drawn once a run.

        Parameters
        ----------
        cause
            One of ``CAUSES``.
        week, occasion
            Whole numbers from 0 up that tell draws of one cause apart.

        Returns
        -------
        numpy.random.Generator
            A new one, at its first draw.
        """
        key = np.array([self.seed, CAUSES.index(cause)], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, week, occasion]))

    def raw(self, cause: str, week: int, count: int, occasion: int = 0) -> NDArray[np.uint64]:
        """Return an array of ``count`` times 64 random bits.

        Parameters
        ----------
        cause
            One of ``CAUSES``.
        week, occasion
            Whole numbers from 0 up that tell draws of one cause apart.
        count
            The number of draws.

        Returns
        -------
        array of uint64, shape (count,)
            The same for the same seed, cause, week and occasion, however many are asked for.
        """
        if cause not in self._sources:
            source = self.generator(cause).bit_generator
            self._sources[cause] = source, as_plain(source.state)
        source, state = self._sources[cause]
        # Making a generator is slow; setting the counter of a kept one is the same and fast, if
        # its state is in plain numbers. Runs in several threads share it.
        with _one_at_a_time:
            state["state"]["counter"] = [0, 0, week, occasion]
            source.state = state
            return source.random_raw(count)

    def bits(
        self, cause: str, week: int, count: int, width: int, occasion: int = 0
    ) -> NDArray[np.unsignedinteger]:
        """Return ``count`` whole numbers of ``width`` bits (8, 16 or 32), one for each customer.

        Parameters
        ----------
        cause, week, occasion
            As for :meth:`raw`.
        count
            The number of customers.
        width
            Bits of each number: 8, 16 or 32.

        Returns
        -------
        array of unsigned integers, shape (count,)
            Of type uint8, uint16 or uint32.
        """
        # As many words of 64 bits as hold all numbers, rounded up.
        words = self.raw(cause, week, -(-count * width // 64), occasion)
        return words.view(f"u{width // 8}")[:count]

    def uniform(self, cause: str, week: int, count: int, occasion: int = 0) -> NDArray[np.float32]:
        """Return ``count`` draws from 0 to 1, one for each customer, of 24 bits each.

        Parameters
        ----------
        cause, week, occasion
            As for :meth:`raw`.
        count
            The number of customers.

        Returns
        -------
        array of float32, shape (count,)
            At least 0, less than 1.
        """
        return (self.bits(cause, week, count, 32, occasion) >> 8) * np.float32(2**-24)

    def normal(self, cause: str, week: int, count: int, occasion: int = 0) -> NDArray[np.float32]:
        """Return ``count`` standard normal draws, one for each customer.

        Parameters
        ----------
        cause, week, occasion
            As for :meth:`raw`.
        count
            The number of customers.

        Returns
        -------
        array of float32, shape (count,)
            With mean 0 and standard deviation 1.
        """
        return normal_of(self.bits(cause, week, count, 16, occasion))


def normal_of(bits: NDArray[np.unsignedinteger]) -> NDArray[np.float32]:
    """Return standard normal values of 16-bit numbers, from a table for their upper 13 bits.

    Returns
    -------
    array of float32, as many as ``bits``
        With mean 0 and standard deviation 1 if the bits are random.
    """
    return _normal_table().take(bits >> (16 - _NORMAL_BITS))


@cache
def _normal_table() -> NDArray[np.float32]:
    """Return the middle of each of 2¹³ equal shares of the normal distribution."""
    return np.load(data_path("reference", "normal.npy"))
