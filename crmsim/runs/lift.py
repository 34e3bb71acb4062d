"""Lift: a model of who buys again, learned on some buyers and tried on those held back (C-18).

It foretells who of the buyers of a shop orders in the second nine months, from what is known after
the first: with three numbers that mean something, and with forty more that are drawn by lot.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.arrays import Doubles
from crmsim.common.chance import Chance
from crmsim.common.words import data_path
from crmsim.model.theory.response_model import learned_chance_to_buy, learned_weights

if TYPE_CHECKING:
    import pandas as pd

LEARN_FROM = 200
"""Buyers from whom a model learns; all others are held back."""

BY_LOT = 40
"""Columns without any meaning that the second model gets besides."""

TENTHS = np.arange(11) / 10


def found_by_model(table: pd.DataFrame, seed: int = 0) -> dict[str, list[float] | float]:
    """Return the share of later buyers among the best 0, 10, … 100 %, as two models score them.

    Parameters
    ----------
    table
        Buyers, as :func:`crmsim.runs.buyers.real_buyers` gives them.
    seed
        The lots: who is held back, and the columns without meaning.

    Returns
    -------
    dict
        ``order_later``, the share of those held back who order later; ``few_learned`` and
        ``few_held_back``, ``many_learned`` and ``many_held_back``: eleven shares each.

    Examples
    --------
    >>> from crmsim.runs.buyers import simulated_buyers
    >>> found = found_by_model(simulated_buyers(seed=1))
    >>> found["many_learned"][1] > found["many_held_back"][1]
    True
    """
    chance, count = Chance(seed), len(table)
    few = _standard(
        np.column_stack(
            [
                np.log(table["orders"]),
                (table["last_week"] - table["observed_week"]) / 39,
                np.log(table["spent"] + 1),
            ]
        )
    )
    lots = [chance.normal("campaign", 0, count, occasion=10 + place) for place in range(BY_LOT)]
    many = np.column_stack([few, *lots])
    later = (table["later_orders"] > 0).to_numpy()
    places = np.argsort(chance.uniform("campaign", 0, count, occasion=9), kind="stable")
    learn, held = places[:LEARN_FROM], places[LEARN_FROM:]
    found: dict[str, list[float] | float] = {"order_later": round(float(later[held].mean()), 4)}
    for name, known in (("few", few), ("many", many)):
        weights = learned_weights(known[learn], later[learn])
        for part, those in (("learned", learn), ("held_back", held)):
            scores = learned_chance_to_buy(known[those], weights)
            found[f"{name}_{part}"] = _caught(scores, later[those])
    return found


@cache
def lift_of_buyers() -> dict[str, list[float] | float]:
    """Return what :func:`found_by_model` gives for the 23,570 real buyers, from the course's file.

    Returns
    -------
    dict
        As that function returns it.

    Examples
    --------
    >>> len(lift_of_buyers()["few_held_back"])
    11
    """
    return tomllib.loads(data_path("reference", "lift.toml").read_text("utf-8"))["found"]


def _caught(scores: Doubles, later: np.ndarray) -> list[float]:
    """Return the share of all later buyers whom one finds among the best so many tenths."""
    order = np.argsort(-scores, kind="stable")
    caught = np.concatenate([[0], np.cumsum(later[order])]) / later.sum()
    return [round(float(caught[round(tenth * len(later))]), 4) for tenth in TENTHS]


def _standard(columns: np.ndarray) -> np.ndarray:
    return (columns - columns.mean(axis=0)) / columns.std(axis=0)
