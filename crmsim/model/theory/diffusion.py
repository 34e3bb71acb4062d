"""Diffusion of something new: Bass's equation, and the people it stands for.

Who has not adopted does so of her own accord (innovation) or because she meets someone who has
(imitation): dF/dt = (p + q F)(1 − F), with F the share of adopters, p ``innovation`` and q
``imitation`` a year.

References
----------
Bass 1969, "A new product growth for model consumer durables", Management Science 15:215; Sultan,
Farley & Lehmann 1990, Journal of Marketing Research 27:70 (mean p = .03, q = .38 of 213 uses).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmsim.common.chance import Chance
from crmsim.common.checks import MORE_THAN_0, is_number, require

_SPAN = 2.0**-32


class Peak(NamedTuple):
    """Peak of adoption: year, share of adopters by then, share adopting a year."""

    year: float
    adopted: float
    rate_year: float


def adopted(year: ArrayLike, innovation: float, imitation: float) -> NDArray[np.float64]:
    """Return the share of adopters after so many years (Bass 1969).

    Examples
    --------
    >>> [round(float(share), 3) for share in adopted([0, 5, 10], 0.03, 0.38)]
    [0.0, 0.331, 0.813]
    """
    _check(innovation, imitation)
    require(is_number(year, 0), "year", year, "a number of years, 0 or more")
    gone = np.exp(-(innovation + imitation) * np.asarray(year, dtype=np.float64))
    return (1 - gone) / (1 + imitation / innovation * gone)


def peak(innovation: float, imitation: float) -> Peak:
    """Return the year in which most adopt; 0 if imitation is not the stronger.

    Examples
    --------
    >>> [round(value, 4) for value in peak(0.03, 0.38)]
    [6.1926, 0.4605, 0.1106]
    """
    _check(innovation, imitation)
    year = max(0.0, float(np.log(imitation / innovation))) if imitation > 0 else 0.0
    year /= innovation + imitation
    share = float(adopted(year, innovation, imitation))
    return Peak(year, share, (innovation + imitation * share) * (1 - share))


def adoption_years(
    people: int,
    innovation: float,
    imitation: float,
    seed: int,
    years: float = 20.0,
    steps_year: int = 52,
) -> NDArray[np.float64]:
    """Simulate the year in which each of so many people adopts, mixing at random (inf: never).

    In a step a person who has not adopted comes across the new thing with the innovation's chance,
    or meets one person, whoever it may be, with the imitation's, and adopts if that one has.

    Examples
    --------
    >>> year = adoption_years(5000, 0.03, 0.38, seed=1)
    >>> abs(float((year < 10).mean()) - 0.81) < 0.02
    True
    """
    _check(innovation, imitation)
    chance, year = Chance(seed), np.full(people, np.inf)
    alone, meets = 1 - np.exp(-innovation / steps_year), 1 - np.exp(-imitation / steps_year)
    for step in range(round(years * steps_year)):
        luck = chance.raw("meeting", step, people).view(np.uint32).reshape(-1, 2)
        lot = luck[:, 0] * _SPAN
        met = (luck[:, 1] * _SPAN * people).astype(np.intp)
        meeting = (lot >= alone) & (lot < alone + meets)
        adopts = (lot < alone) | (meeting & np.isfinite(year[met]))
        year[adopts & np.isinf(year)] = (step + 0.5) / steps_year
    return year


def _check(innovation: float, imitation: float) -> None:
    if not is_number(innovation, MORE_THAN_0) or not is_number(imitation, 0):
        raise ValueError(
            f"innovation = {innovation!r}, imitation = {imitation!r}: "
            "the first must be above 0, the second 0 or more"
        )
