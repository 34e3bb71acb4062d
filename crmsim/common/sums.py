"""Sums of products that are the same, bit by bit, on every processor.

NumPy leaves ``@`` to a library that picks another order of adding up for each kind of processor;
one seed would then give slightly different runs on different machines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def dot(one: ArrayLike, other: ArrayLike) -> Any:
    """Return the sum of the products along the last axis.

    Parameters
    ----------
    one, other
        Numbers; shapes that NumPy can bring together.

    Returns
    -------
    number or array
        The sums; the shape is that of the products without the last axis.

    Examples
    --------
    >>> float(dot([0.5, 0.5], [1.0, 3.0]))
    2.0
    >>> dot([[1, 0], [1, 1]], [2, 3]).tolist()
    [2, 5]
    """
    return np.add.reduce(np.multiply(one, other), axis=-1)
