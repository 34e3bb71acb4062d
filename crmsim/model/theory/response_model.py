"""A model of who will buy: a logistic regression, tried on customers it has not seen (C-18).

Assumed: the log odds that a customer buys are a weighted sum of what is known of her. The weights
are those under which what happened was most likely (Newton's method), held a little towards 0 so
that they stay finite. It can learn the chance in its own customers by heart, so what it is worth
shows only on those whom it has not seen.

References
----------
Blattberg, Kim & Neslin 2008, "Database marketing", Springer (scoring models, lift, held-back
customers).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from crmsim.common.arrays import Doubles
from crmsim.common.checks import is_number, require

RIDGE = 1e-3
"""Weight against large weights, for each column; a choice that only keeps them finite."""

_ROUNDS = 50


def learned_weights(known: ArrayLike, buys: ArrayLike) -> Doubles:
    """Return the weights of a logistic regression: first the constant, then one for each column.

    Parameters
    ----------
    known
        What is known, shape (customers, columns), each column on a scale of about 1.
    buys
        True for each customer who bought.

    Returns
    -------
    array of float, shape (1 + columns,)
        In log odds.

    Raises
    ------
    ValueError
        If the two don't fit together.

    Examples
    --------
    >>> known = [[-1], [-1], [-1], [1], [1], [1]]
    >>> learned_weights(known, [False, False, True, False, True, True]).round(2).tolist()
    [0.0, 0.69]
    """
    table, yes = _with_constant(known), np.asarray(buys)
    fits = yes.dtype.kind == "b" and yes.shape == table.shape[:1]
    require(fits, "buys", buys, "True or False for each customer")
    weights = np.zeros(table.shape[1])
    held = RIDGE * np.eye(table.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (yes - chance) - held @ weights
        bend = (table * (chance * (1 - chance))[:, None]).T @ table + held
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-10:
            break
    return weights


def learned_chance_to_buy(known: ArrayLike, weights: ArrayLike) -> Doubles:
    """Return the chance (0–1) with which each customer buys, by a model that has learned.

    Parameters
    ----------
    known
        What is known, shape (customers, columns), on the scale of :func:`learned_weights`.
    weights
        The weights.

    Returns
    -------
    array of float, shape (customers,)
        A share for each customer.

    Raises
    ------
    ValueError
        If there are not as many weights as columns, and one more.

    Examples
    --------
    >>> learned_chance_to_buy([[-1], [1]], [0.0, 0.69]).round(2).tolist()
    [0.33, 0.67]
    """
    table, each = _with_constant(known), np.asarray(weights, dtype=np.float64)
    fits = each.shape == table.shape[1:]
    require(fits, "weights", weights, f"{table.shape[1]} numbers")
    return 1 / (1 + np.exp(-table @ each))


def _with_constant(known: ArrayLike) -> Doubles:
    table = np.asarray(known, dtype=np.float64)
    fits = table.ndim == 2 and table.size > 0 and is_number(table)
    require(fits, "known", known, "a table of ordinary numbers, a row for each customer")
    return np.column_stack([np.ones(len(table)), table])
