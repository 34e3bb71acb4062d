"""Make to stock against make to order: variants, leftovers and waiting (B-16, B-18).

Assumed: (1) in a season a number of customers comes, Poisson around its mean; each wants one of so
many variants, every one equally often; (2) who makes to stock decides before the season how many
of each variant lie there. She who finds hers takes it home, she who doesn't goes elsewhere, and
what is left over is sold at a loss: the newsvendor problem; (3) who makes to order makes what was
ticked, at a higher cost of each, and some of the customers don't wait for it.

References
----------
Arrow, Harris & Marschak 1951, "Optimal inventory policy", Econometrica 19:250 (2); Fisher 1997,
"What is the right supply chain for your product?", Harvard Business Review 75(2):105 (variety and
uncertain demand call for responsive supply). The sizes are our choice: ``data/parameters.csv``,
part ``buffet``.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from crmsim.common.arrays import Doubles
from crmsim.common.checks import MORE_THAN_0, is_number, is_whole, require


class Season(NamedTuple):
    """Results of a season, on average.

    Attributes
    ----------
    sold
        Customers who buy.
    left_over
        Machines that nobody wanted.
    wait_day
        Days from the purchase to the machine at home.
    served
        The share (0–1) of customers who get just what they wanted.
    burden
        What each machine sold has to bear besides: leftovers, or the cost of single pieces.
    profit
        In the money of the parameters.
    """

    sold: float
    left_over: float
    wait_day: float
    served: float
    burden: float
    profit: float


def best_stock(mean: float, margin: float, loss: float) -> int:
    """Return how many of one variant to have in stock: the newsvendor's answer.

    The smallest number that is enough with a chance of margin ÷ (margin + loss).

    Parameters
    ----------
    mean
        The mean number of customers who want it; their number is Poisson.
    margin
        What one sold brings.
    loss
        What one left over loses, in the same money.

    Returns
    -------
    int
        From 0 up.

    Raises
    ------
    ValueError
        If one of them is not allowed.

    Examples
    --------
    >>> best_stock(50, margin=400, loss=250), best_stock(2, margin=400, loss=250)
    (52, 2)
    """
    require(is_number(mean, MORE_THAN_0, 1e4), "mean", mean, "above 0, at most 10,000")
    require(is_number(margin, MORE_THAN_0), "margin", margin, "above 0")
    require(is_number(loss, MORE_THAN_0), "loss", loss, "above 0")
    enough = np.cumsum(_poisson(mean))
    return int(np.searchsorted(enough, margin / (margin + loss)))


def to_stock(variants: int, numbers: SimpleNamespace) -> Season:
    """Return a season of a maker who fills a warehouse before it.

    Parameters
    ----------
    variants
        How many variants the customers ask for, all equally often.
    numbers
        The parameters of the model.

    Returns
    -------
    Season
        With the best stock of each variant.

    Raises
    ------
    ValueError
        If ``variants`` is not a whole number from 1 to 10000.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> [round(to_stock(variants, numbers).left_over) for variants in (1, 16, 100)]
    [8, 27, 54]
    """
    require(is_whole(variants, 1, 10_000), "variants", variants, "a whole number from 1 to 10000")
    mean = numbers.buffet_customers / variants
    margin, loss = numbers.buffet_margin, numbers.buffet_leftover_loss
    stock = best_stock(mean, margin, loss)
    each = _poisson(mean)
    wanted = np.arange(each.size)
    sold = variants * float((each * np.minimum(wanted, stock)).sum())
    left_over = variants * stock - sold
    # With very many variants it is best to keep none of any.
    burden = loss * left_over / sold if sold else 0.0
    served = sold / numbers.buffet_customers
    return Season(sold, left_over, 0.0, served, burden, (margin - burden) * sold)


def to_order(variants: int, numbers: SimpleNamespace) -> Season:
    """Return a season of a maker who makes what was ticked.

    Parameters
    ----------
    variants
        How many variants the customers ask for; it makes no difference here.
    numbers
        The parameters of the model.

    Returns
    -------
    Season
        With nothing left over.

    Raises
    ------
    ValueError
        If ``variants`` is not a whole number from 1 to 10000.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> to_order(40, load("buick-market").numbers).left_over
    0.0
    """
    require(is_whole(variants, 1, 10_000), "variants", variants, "a whole number from 1 to 10000")
    sold = numbers.buffet_customers * numbers.buffet_waits
    burden = numbers.buffet_order_cost
    profit = (numbers.buffet_margin - burden) * sold
    return Season(sold, 0.0, numbers.buffet_wait_day, numbers.buffet_waits, burden, profit)


def order_wins_from(numbers: SimpleNamespace, most: int = 1000) -> int | None:
    """Return the number of variants from which on making to order earns more.

    Parameters
    ----------
    numbers
        The parameters of the model.
    most
        The largest number that is tried.

    Returns
    -------
    int or None
        None if it never does.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> order_wins_from(load("buick-market").numbers)
    39
    """
    wins = [
        to_order(each, numbers).profit > to_stock(each, numbers).profit
        for each in range(1, most + 1)
    ]
    last = max((place for place, each in enumerate(wins, 1) if not each), default=0)
    return None if last == most else last + 1


def _poisson(mean: float) -> Doubles:
    """Return the chance of 0, 1, 2 … customers, as far as it is worth counting."""
    wanted = np.arange(int(mean + 12 * math.sqrt(mean) + 12))
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(wanted[1:], 1)))])
    return np.exp(wanted * math.log(mean) - mean - logs)
