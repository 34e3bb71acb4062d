"""A table that a notebook shows whole."""

from __future__ import annotations

from threading import Lock

import pandas as pd

_one_at_a_time = Lock()
"""Held while the options of pandas are other ones: all threads have the same."""

_WHOLE = {"display.max_rows": None, "display.max_columns": None, "display.max_colwidth": None}


class WholeTable(pd.DataFrame):
    """A ``DataFrame`` of which a notebook shows every row, every word and plain numbers.

    Examples
    --------
    >>> WholeTable({"week": range(200)})._repr_html_().count("<tr")
    201
    """

    @property
    def _constructor(self) -> type[WholeTable]:
        """Make whatever is cut out of the table show itself whole as well."""
        return WholeTable

    def _repr_html_(self) -> str | None:
        options = [pair for option in _WHOLE.items() for pair in option]
        with _one_at_a_time, pd.option_context(*options, "display.float_format", "{:.12g}".format):
            return super()._repr_html_()
