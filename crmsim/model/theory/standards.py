"""Time per order, and the standard that follows practice down but hardly ever up.

The core of Oliva & Sterman (2001, Management Science 47:894), alone: orders come in, capacity is
fixed, nobody is hired and nobody works overtime. All times and capacities are relative to usual.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from crmsim.common.chance import Chance
from crmsim.common.checks import MORE_THAN_0, is_number, is_whole, require

LEAST_TIME = 0.1
"""Time given is never less than this share of the usual time (Oliva & Sterman 2001)."""
LEAST_PRESSURE = 1e-3
"""Below this, work pressure counts as this much: its power is undefined at zero."""


class Erosion(Struct, frozen=True):
    """Course of a standard, an entry for each week.

    ``standard`` (T*) is as the week leaves it and ``time`` (T) what an order was given, both
    relative to the usual time per order; ``pressure`` (w) is required over available capacity;
    ``completed`` are the orders done, of those that came in that week.
    """

    pressure: NDArray[np.float64]
    time: NDArray[np.float64]
    standard: NDArray[np.float64]
    completed: NDArray[np.float64]


def work_pressure(orders: float, wanted_time: float, capacity: float) -> float:
    """Return required over available capacity, w = O·T* ÷ C.

    Parameters
    ----------
    orders
        Orders of a week, against the usual number.
    wanted_time
        The standard: time that an order should have.
    capacity
        The work that the staff can do in a week, in the same units.

    Returns
    -------
    float
        1 when the work just fits.

    Examples
    --------
    >>> work_pressure(110, 1.0, 100)
    1.1
    """
    return max(orders * wanted_time / capacity, LEAST_PRESSURE)


def time_per_order(wanted_time: float, pressure: float, numbers: SimpleNamespace) -> float:
    """Return the time that an order gets, T = max(T*·w^α, 0.1): corners are cut under pressure.

    Parameters
    ----------
    wanted_time
        The standard: time that an order should have, 1 being the usual.
    pressure
        Required over available capacity.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    float
        In the unit of ``wanted_time``.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> round(time_per_order(1.0, 1.1, load("buick-market").numbers), 3)
    0.941
    """
    return max(wanted_time * pressure**numbers.corner_cutting, LEAST_TIME)


def next_standard(standard: float, practice: float, numbers: SimpleNamespace) -> float:
    """Return the standard a week later, T* + (T − T*)(1 − e^(−1/τ)); τ differs up and down.

    Parameters
    ----------
    standard
        The standard of this week, 1 being the usual.
    practice
        The time that an order really got in this week.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    float
        In the unit of ``standard``.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> [round(next_standard(1.0, practice, numbers), 4) for practice in (0.9, 1.1)]
    [0.9948, 1.0]
    """
    week = numbers.standard_up_week if practice > standard else numbers.standard_down_week
    return standard + (practice - standard) * -math.expm1(-1 / week)


def erosion(
    orders: Iterable[float], numbers: SimpleNamespace, capacity: float = 1.0, standard: float = 1.0
) -> Erosion:
    """Simulate what a series of orders does to the time per order and to its standard.

    Parameters
    ----------
    orders
        Orders of each week (O).
    numbers
        The declared parameters (``scenario.numbers``).
    capacity
        Orders a week that can be done at the usual time (C).
    standard
        The standard at the start (T*).

    Raises
    ------
    ValueError
        If there is no capacity or standard, or orders of a week are no number from 0 up.

    Examples
    --------
    Ten per cent more work for twelve weeks, and a standard that never comes back:

    >>> from crmsim.scenario import load
    >>> weeks = erosion([1.1] * 12 + [1.0] * 92, load("buick-market").numbers)
    >>> weeks.standard[[11, 103]].round(3).tolist()
    [0.969, 0.969]
    """
    require(isinstance(orders, Iterable), "orders", orders, "several, a number for each week")
    for name, value in (("capacity", capacity), ("standard", standard)):
        require(is_number(value, MORE_THAN_0), name, value, "more than 0")
    rows = []
    for week, arrived in enumerate(orders):
        require(is_number(arrived, 0), f"week {week}: orders", arrived, "a number from 0 up")
        pressure = work_pressure(arrived, standard, capacity)
        time = time_per_order(standard, pressure, numbers)
        standard = next_standard(standard, time, numbers)
        rows.append((pressure, time, standard, min(arrived, capacity / time)))
    return Erosion(*np.array(rows, dtype=np.float64).reshape(-1, 4).T)


def noisy_orders(weeks: int, seed: int, numbers: SimpleNamespace) -> NDArray[np.float64]:
    """Return orders that are usual on average, and vary by chance with a memory of a few weeks.

    Parameters
    ----------
    weeks
        The number of weeks.
    seed
        The luck.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    array of float64, shape (weeks,)
        Orders of each week, 1 being the usual number; never below 0.

    Raises
    ------
    ValueError
        If ``weeks`` is not a whole number from 0 up.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> noisy_orders(3, 1, load("buick-market").numbers).shape
    (3,)
    """
    require(is_whole(weeks, 0), "weeks", weeks, "a whole number from 0 up")
    kept = math.exp(-1 / numbers.demand_memory_week)
    fresh = math.sqrt(1 - kept**2)
    draws = Chance(seed).generator("demand").standard_normal(int(weeks))
    swing, swings = 0.0, []
    for week, draw in enumerate(draws):
        swing = kept * swing + fresh * draw if week else draw
        swings.append(swing)
    return np.maximum(1 + numbers.demand_noise * np.array(swings), 0.0)
