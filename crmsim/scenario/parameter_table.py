"""The table of parameters, to be shown and exported: as declared, or as a case has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import asdict

from crmsim.common.errors import CrmsimError
from crmsim.common.words import language
from crmsim.scenario import Scenario, load
from crmsim.scenario.parameters import declared_parameters

if TYPE_CHECKING:
    from crmsim.common.tables import WholeTable


def parameters(
    lang: str = "en", scenario: str | Path | Scenario | None = None, part: str | None = None
) -> WholeTable:
    """Return the table of parameters, a row for each, its meaning in the language asked for.

    Parameters
    ----------
    lang
        The language of the meaning.
    scenario
        A scenario, its name, or the path of its file: ``value`` is then the one in force there,
        and ``declared_parameters`` the one of the model.
    part
        Only this part of the model, such as ``"loyalty"``.

    Raises
    ------
    CrmsimError
        If there is no such part, with those there are.

    Examples
    --------
    >>> "loss_aversion" in set(parameters(part="satisfaction").name)
    True
    >>> here = parameters(scenario="southwest").set_index("name")
    >>> here.loc["visit_margin", ["value", "declared"]].astype(float).tolist()
    [0.68, 0.45]
    """
    from crmsim.common.tables import WholeTable

    meaning = "zh_hans" if language(lang) == "zh-Hans" else "en"
    parts = list(dict.fromkeys(each.part for each in declared_parameters().values()))
    if part is not None and not (isinstance(part, str) and part in parts):
        raise CrmsimError(
            f"part = {part!r}: is not a part of the model; choose one of: {', '.join(parts)}"
        )
    asked = [each for each in declared_parameters().values() if part in (None, each.part)]
    table = WholeTable([asdict(parameter) for parameter in asked])
    if scenario is not None:
        numbers = vars(load(scenario).numbers)
        table.insert(table.columns.get_loc("value"), "declared", table.pop("value"))
        table.insert(table.columns.get_loc("declared"), "value", table.name.map(numbers))
    table["meaning"] = table[meaning]
    return table.drop(columns=["en", "zh_hans"])
