"""Buyers of a shop over a year and a half: real ones, or simulated ones where the data is missing.

The real ones are all 23,570 people who bought at the music shop CDNOW for the first time in the
first quarter of 1997. Their file comes with the package `lifetimes` (the extra ``data``); it is
read where it lies, and neither imported nor copied.

References
----------
Fader & Hardie 2001, "Forecasting repeat sales at CDNOW", Interfaces 31:S94. The data belongs to
its authors, who give it for research and teaching.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from crmsim.common.extras import ExtraError
from crmsim.common.words import data_path
from crmsim.model.theory.concentration import lorenz
from crmsim.model.theory.repeat_buying import PUBLISHED, Purchases, purchases, simulated

if TYPE_CHECKING:
    import pandas as pd

HALF_DAY = "1997-09-30"
"""The last day of the first half: 39 weeks to learn from, 39 to foretell."""

HALF_WEEK = 39.0
TIERS = {"A": 0.2, "B": 0.5, "C": 1.0}
"""Tiers of buyers and the share, from the best down, at which each ends: 20, 30 and 50 %."""

_FILE = "lifetimes/datasets/CDNOW_master.txt"
_CLASS = 2357
"""As many simulated buyers as there are real ones in the published sample."""


def real_buyers() -> pd.DataFrame:
    """Return the 23,570 buyers of CDNOW, a row for each.

    Columns: ``orders`` and ``spent`` (dollars) in the first half; ``last_week`` and
    ``observed_week``, from her first order to her last one and to the end of the half;
    ``later_orders`` and ``later_spent`` in the second half. Orders of one day are one order.

    Raises
    ------
    ExtraError
        If the package with the file is not installed; it names the command that brings it.
    """
    import pandas as pd

    lines = pd.read_csv(
        _master_file(), sep=r"\s+", skiprows=1, names=["buyer", "day", "discs", "spent"]
    )
    lines["day"] = pd.to_datetime(lines["day"].astype(str), format="%Y%m%d")
    orders = lines.groupby(["buyer", "day"], as_index=False)["spent"].sum()
    half = pd.Timestamp(HALF_DAY)
    early, late = orders[orders["day"] <= half], orders[orders["day"] > half]
    first = early.groupby("buyer")["day"].agg(["min", "max"])
    found = pd.DataFrame(
        {
            "orders": early.groupby("buyer").size(),
            "spent": early.groupby("buyer")["spent"].sum(),
            "last_week": (first["max"] - first["min"]).dt.days / 7,
            "observed_week": (half - first["min"]).dt.days / 7,
            "later_orders": late.groupby("buyer").size(),
            "later_spent": late.groupby("buyer")["spent"].sum(),
        }
    ).fillna(0)
    return found.astype({"orders": int, "later_orders": int}).reset_index(drop=True)


def simulated_buyers(seed: int = 0) -> pd.DataFrame:
    """Return 2,357 buyers who buy and leave as the model says; columns as of :func:`real_buyers`.

    They follow the numbers that Fader, Hardie & Lee (2005) publish for CDNOW; all begin on the
    same day, and each order brings the mean of the real ones.

    Examples
    --------
    >>> class_of_buyers = simulated_buyers(seed=1)
    >>> len(class_of_buyers), int(class_of_buyers["orders"].min())
    (2357, 1)
    """
    import pandas as pd

    # The same luck, watched for one half and for both: the first half is the same in the two.
    one, both = (simulated(_CLASS, halves * HALF_WEEK, PUBLISHED, seed) for halves in (1, 2))
    order = reference()["mean_order_dollars"]
    found = pd.DataFrame(
        {
            "orders": 1 + one.repeats.astype(int),
            "spent": order * (1 + one.repeats),
            "last_week": one.last_week,
            "observed_week": one.observed_week,
            "later_orders": (both.repeats - one.repeats).astype(int),
            "later_spent": order * (both.repeats - one.repeats),
        }
    )
    return found.round({"spent": 2, "later_spent": 2})


def buyers(seed: int = 0) -> tuple[pd.DataFrame, bool]:
    """Return a table of buyers, and True if they are the real ones.

    Examples
    --------
    >>> table, real = buyers()
    >>> len(table) == (23570 if real else 2357)
    True
    """
    try:
        return real_buyers(), True
    except ExtraError:
        return simulated_buyers(seed), False


def known(table: pd.DataFrame) -> Purchases:
    """Return what the model of repeat buying needs to know of a table of buyers."""
    return purchases(table["orders"] - 1, table["last_week"], table["observed_week"])


def rfm(table: pd.DataFrame) -> pd.DataFrame:
    """Return the RFM scores of buyers by their first half, and the tier that follows (C-06, C-18).

    ``recency``, ``frequency`` and ``money`` are fifths from 1 (the lowest) to 5; ``score`` is their
    sum, 3 to 15; ``tier`` is A for the best 20 %, B for the next 30 %, C for the rest. Buyers who
    tie are parted by their row, so that every fifth is a fifth.

    Examples
    --------
    >>> scored = rfm(simulated_buyers(seed=1))
    >>> scored["tier"].value_counts().to_dict()
    {'C': 1179, 'B': 707, 'A': 471}
    """
    import pandas as pd

    # The last order as weeks before the end, turned round: late is good.
    late = table["last_week"] - table["observed_week"]
    scored = pd.DataFrame(
        {
            name: _fifth(values)
            for name, values in (
                ("recency", late), ("frequency", table["orders"]), ("money", table["spent"])
            )
        }
    )  # fmt: skip
    scored["score"] = scored.sum(axis=1)
    place = scored["score"].rank(method="first", ascending=False) / len(scored)
    ends = np.array(list(TIERS.values()))
    scored["tier"] = np.array(list(TIERS))[np.searchsorted(ends, place.to_numpy() - 1e-12)]
    return scored


def counted(table: pd.DataFrame) -> dict[str, Any]:
    """Return the counts of a table of buyers that figures need, none of them about one person.

    ``buyers``; ``mean_order_dollars``; ``with_orders``, the buyers with 1, 2, … 9, and 10 or more
    orders in the first half; ``orders_of_best`` and ``spent_of_best``, the share that the best
    0, 1, … 100 % bring; ``tiers``, for each tier its buyers, its shares of what is spent in the
    first and the second half, and the share of its buyers who order in the second half.
    """
    orders, spent = (lorenz(table[name]) for name in ("orders", "spent"))
    best = np.arange(101) / 100
    tier = rfm(table)["tier"]
    groups = {name: table[tier == name] for name in TIERS}
    return {
        "buyers": len(table),
        "mean_order_dollars": round(float(table["spent"].sum() / table["orders"].sum()), 2),
        "with_orders": [int((table["orders"].clip(upper=10) == n).sum()) for n in range(1, 11)],
        "orders_of_best": (1 - np.interp(1 - best, *orders)).round(4).tolist(),
        "spent_of_best": (1 - np.interp(1 - best, *spent)).round(4).tolist(),
        "tiers": {
            name: {
                "buyers": len(those),
                "spent": round(float(those["spent"].sum() / table["spent"].sum()), 4),
                "spent_later": round(
                    float(those["later_spent"].sum() / table["later_spent"].sum()), 4
                ),
                "order_later": round(float((those["later_orders"] > 0).mean()), 4),
            }
            for name, those in groups.items()
        },
    }


@cache
def reference() -> dict[str, Any]:
    """Return the counts and fitted values of the real buyers that the course carries itself.

    Returns
    -------
    dict
        Tables and numbers, as the file has them.
    """
    return tomllib.loads(data_path("reference", "cdnow.toml").read_text("utf-8"))


def _fifth(values: pd.Series) -> pd.Series:
    return np.ceil(5 * values.rank(method="first") / len(values)).astype(int)


def _master_file() -> Path:
    try:
        file = Path(str(distribution("lifetimes").locate_file(_FILE)))
    except PackageNotFoundError:
        raise ExtraError("lifetimes", "data") from None
    if not file.is_file():
        raise ExtraError("lifetimes", "data")
    return file
