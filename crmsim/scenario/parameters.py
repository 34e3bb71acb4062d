"""Parameters: every number of the model, declared once in ``data/parameters.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, SimpleNamespace

from msgspec import Struct

from crmsim.common.errors import CrmsimError
from crmsim.common.words import data_path


class Numbers(SimpleNamespace):
    """Values of the parameters by name; never changed once made.

    Only the same ones are equal, so what follows from them can be kept by them.
    """

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Parameter(Struct, frozen=True):
    """A number of the model; a row of the file has these columns in this order.

    ``status`` is ``seen`` (read in the source), ``computed`` (from a stated equation or data),
    ``from memory`` (reported, not verified) or ``choice`` (ours, inside published signs).
    """

    name: str
    part: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    status: str
    en: str
    zh_hans: str


@cache
def declared_parameters() -> Mapping[str, Parameter]:
    """Return every parameter by name.

    Returns
    -------
    mapping
        Of names to parameters, in the order of the file; it can't be changed.

    Raises
    ------
    CrmsimError
        Naming the row of the file that holds no number, or too much or too little.

    Examples
    --------
    >>> declared_parameters()["loss_aversion"].value
    2.0
    """
    with data_path("parameters.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return MappingProxyType({row[0]: _parameter(row) for row in rows if row})


@cache
def declared_numbers() -> Numbers:
    """Return the values of all parameters as declared, for what belongs to no case.

    Returns
    -------
    Numbers
        An attribute for each parameter.

    Examples
    --------
    >>> declared_numbers().loss_aversion
    2.0
    """
    return Numbers(**{name: each.value for name, each in declared_parameters().items()})


def _parameter(row: list[str]) -> Parameter:
    try:
        return Parameter(*row[:2], *map(float, row[2:5]), *row[5:])
    except (TypeError, ValueError) as error:
        raise CrmsimError(f"data/parameters.csv: {row[0]}: {error}") from error
