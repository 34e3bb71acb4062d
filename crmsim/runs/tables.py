"""Tables as a student reads them: columns, rows and entries in her language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmsim.common.words import dictionary, language
from crmsim.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd

VISIT_COLUMNS = ["touchpoint", "choice", "satisfaction", "minutes"]


def readable(table: pd.DataFrame, lang: str = "en") -> pd.DataFrame:
    """Return a copy of a table in which names stand in the student's language.

    Columns, rows and entries are looked up in ``data/words/table.toml``, and the five dimensions
    of service quality among the words of the model. A name that has no words stays as it is.

    Parameters
    ----------
    table
        Any table with one row of column names.
    lang
        The student's language, such as ``"en"`` or ``"zh"``.

    Examples
    --------
    >>> from pandas import DataFrame
    >>> readable(DataFrame({"profit": [7]}, index=["yours"]), "zh").to_dict()
    {'利润': {'你的公司': 7}}
    """
    shown = table.rename(columns=lambda name: _word(name, lang))
    shown = shown.rename(index=lambda name: _word(name, lang))
    shown = shown.rename_axis(index=lambda name: _word(name, lang))
    return shown.map(lambda entry: _word(entry, lang))


def visit_table(run: Run) -> pd.DataFrame:
    """Return a visit as a table in the language of its scenario, a row for each touchpoint.

    The columns are the touchpoint, the name of the answer that was given (as ``what_if`` takes
    it), the satisfaction after it (1–5) and the customer's minutes.

    Examples
    --------
    >>> from crmsim import simulate
    >>> list(visit_table(simulate("buick", seed=4)).columns)
    ['touchpoint', 'name of the answer', 'satisfaction', 'minutes']
    """
    lang = run.scenario.lang
    titles = {place.id: place.title[lang] for place in run.scenario.touchpoints}
    shown = run.log[VISIT_COLUMNS].round(2).replace({"touchpoint": titles})
    return readable(shown.rename(columns={"choice": "name of answer"}), lang)


def _word(name: object, lang: str) -> object:
    if not isinstance(name, str):
        return name
    key = name.replace(" ", "_").replace("-", "_")
    book = dictionary()
    entry = book.get(f"table.{key}") or book.get(f"model.dimension.{name}")
    return entry[language(lang)] if entry else name
