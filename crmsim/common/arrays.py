"""Types of arrays that many modules share."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Singles = NDArray[np.float32]
Indices = NDArray[np.intp]
FloatOrArray = TypeVar("FloatOrArray", float, Singles, Doubles)
"""A number, or an array of them: the formula is the same."""
