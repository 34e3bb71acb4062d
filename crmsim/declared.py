"""Every number of the model, declared once: value, range, unit, source, how sure we are."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, SimpleNamespace

from msgspec import Struct

from crmsim.words import data_path


class Numbers(SimpleNamespace):
    """Values of the parameters by name, as they are in force: made anew, not changed.

    Only the same ones are equal, so what follows from them can be kept by them.
    """

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Parameter(Struct, frozen=True):
    """A number of the model.

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
def declared() -> Mapping[str, Parameter]:
    """Every parameter by name.

    Examples
    --------
    >>> declared()["loss_aversion"].value
    2.0
    """
    parts = tomllib.loads(data_path("parameters.toml").read_text("utf-8"))
    return MappingProxyType(
        {
            name: Parameter(name, part, zh_hans=entry.pop("zh-Hans"), **entry)
            for part, table in parts.items()
            for name, entry in table.items()
        }
    )
