"""Twelve customers of a shop, from ``data/presets/twelve-customers.toml``: as they are, as told."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

from crmsim.common.words import data_path, language
from crmsim.model.theory.one_to_one import KnownCustomer
from crmsim.runs.tables import readable

if TYPE_CHECKING:
    import pandas as pd


@cache
def known_customers() -> tuple[KnownCustomer, ...]:
    """Return the twelve customers as they are.

    Returns
    -------
    tuple of KnownCustomer
        In the order of the file.

    Examples
    --------
    >>> len(known_customers()), max(one.records for one in known_customers())
    (12, 3)
    """
    fields = KnownCustomer._fields
    return tuple(KnownCustomer(*(row[name] for name in fields)) for row in _rows())


def customer_table(lang: str = "en", whole: bool = False) -> pd.DataFrame:
    """Return a table of the twelve customers: as the shop sees them, or as they are.

    Parameters
    ----------
    lang
        The student's language, such as ``"en"`` or ``"zh"``.
    whole
        True for all that is known only afterwards: potential, need, and what each bears.

    Returns
    -------
    DataFrame
        A row for each customer.

    Examples
    --------
    >>> customer_table().shape, customer_table(whole=True).shape
    ((12, 3), (12, 6))
    """
    import pandas as pd

    tag = language(lang)
    names = ["records", "last_year", "last_receipt", *(["potential", "bears"] if whole else [])]
    found = pd.DataFrame(
        [{name: row[name] for name in names} for row in _rows()],
        index=[row["name"][tag] for row in _rows()],
    )
    if whole:
        found["need"] = [row["need"][tag] for row in _rows()]
    return readable(found, lang)


@cache
def _rows() -> list[dict[str, Any]]:
    return tomllib.loads(data_path("presets", "twelve-customers.toml").read_text("utf-8"))[
        "customers"
    ]
