"""The five traits of a loyal customer, week by week, of one person of a market (C-03, C-04).

The textbook lists them: she buys again regularly, she buys across the range, she recommends, rivals
do not tempt her, and she forgives a failure now and then. In the model each of the five follows
from what she has lived through; this module only reads them off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmsim.model.equations import (
    buying_terms,
    by_loyalty,
    chance_to_return,
    likely_to_praise,
    talk_terms,
    visit_terms,
)
from crmsim.model.market.market import Market
from crmsim.runs.person import market_with
from crmsim.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd

TRAITS = ("again", "basket", "praise", "immune", "tolerance")
"""The five traits, in the order of the textbook (C-04)."""


def traits(run: Run, person: int) -> pd.DataFrame:
    """Return the five traits of one person of a market, a row for each week.

    Columns: ``week``; ``customer`` (True while she is one); ``loyalty`` (0–1); ``again``, the
    chance (0–1) that she buys here again when she has a purchase to make; ``basket``, what she
    spends at a visit, against a customer of middling loyalty; ``praise``, the chance (0–1) that she
    tells others after a visit that delighted her; ``immune``, the share (0–1) of rivals' offers
    that she lets pass; ``tolerance``, the width of her zone of tolerance, against a customer of
    middling loyalty.

    Parameters
    ----------
    run
        The run of a market.
    person
        The number of the person, from 0.

    Returns
    -------
    DataFrame
        A row for each week.

    Raises
    ------
    ValueError
        If the run is not of a market, or nobody has that number.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> run = simulate(load("buick-market").change(people=300, years=1), seed=1)
    >>> list(traits(run, person=7))
    ['week', 'customer', 'loyalty', 'again', 'basket', 'praise', 'immune', 'tolerance']
    """
    import pandas as pd

    market, rows = market_with(run, person), []
    for action in run.actions:
        for _ in market.weeks(action):
            rows.append({"week": market.week - 1} | _traits(market, person, run.scenario.rule))
    return pd.DataFrame(rows)


def _traits(market: Market, person: int, rule: str) -> dict[str, float | bool]:
    people, numbers = market.people, market.numbers
    # One place as an array, so that the formulas of the market are used as they are.
    one = slice(person, person + 1)
    loyalty = people.loyalty[one].astype(np.float64)
    level = people.satisfaction[one].astype(np.float64)
    since_failure = market.week - people.failed_week[one]
    visits = visit_terms(numbers, rule)
    found = {
        "loyalty": loyalty,
        "again": chance_to_return(level, loyalty, since_failure, buying_terms(numbers, 0.0)),
        "basket": by_loyalty(visits.basket_least, visits.basket_more, loyalty),
        "praise": likely_to_praise(loyalty, talk_terms(numbers)),
        "immune": loyalty,
        "tolerance": by_loyalty(visits.patience_least, visits.patience_more, loyalty),
    }
    told = {name: round(float(value[0]), 4) for name, value in found.items()}
    return {"customer": bool(people.customer[person])} | told
