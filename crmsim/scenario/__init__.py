"""Scenarios: what a case is given, read from one TOML file and frozen.

A file holds its words in both languages side by side and each number once. Reading it checks
everything at once; nothing in it is ever executed. Each world has a schema of its own
(:mod:`crmsim.scenario.encounter`, :mod:`~crmsim.scenario.market`, :mod:`~crmsim.scenario.desk`),
and only that of the scenario asked for is loaded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from crmsim.common.errors import ScenarioError
from crmsim.common.files import sha256_of
from crmsim.common.words import LANGUAGES, data_path, language
from crmsim.scenario.worlds import WORLDS, part_of

if TYPE_CHECKING:
    import pandas as pd

    from crmsim.scenario.desk import DeskScenario
    from crmsim.scenario.encounter import EncounterScenario
    from crmsim.scenario.market import MarketScenario

Scenario: TypeAlias = "EncounterScenario | MarketScenario | DeskScenario"

MOST_CASE_BYTES = 160_000
"""About twice the longest case of the course, words in both languages and all."""

DIMENSIONS = ("reliability", "responsiveness", "assurance", "empathy", "tangibles")


def load(name_or_path: str | Path | Scenario, lang: str = "en") -> Scenario:
    """Read a scenario by its name in the course, or from a file of your own.

    Parameters
    ----------
    name_or_path
        A name such as ``"buick"``, the path of a TOML file, or a scenario, which is returned as it
        is.
    lang
        The language, ``"en"`` or ``"zh-Hans"``; a file in one language keeps its own.

    Raises
    ------
    ScenarioError
        Listing every mistake in the file: place, key, the value found, what is allowed.

    Examples
    --------
    >>> load("buick", lang="zh").title["zh-Hans"]
    '购别克车的体验'
    """
    from crmsim.scenario.parts import ScenarioBase, checked

    if isinstance(name_or_path, ScenarioBase):
        return name_or_path  # type: ignore[return-value]
    path = _find(name_or_path)
    content, raw = _read(path)
    schema = _schema(raw, path.name)
    spoken = raw.get("lang", list(LANGUAGES))
    one = spoken[0] if isinstance(spoken, list) and len(spoken) == 1 else spoken
    only = one if one in LANGUAGES else None
    raw |= {"lang": only or language(lang), "languages": spoken, "file": str(name_or_path)}
    raw |= {"sha256": sha256_of(content), "changes": {}}
    return checked(schema, _spread(raw, only) if only else raw, path.name)


def scenarios(lang: str = "en") -> pd.DataFrame:
    """Return the scenarios of the course, a row for each.

    Returns
    -------
    DataFrame
        ``id``, ``world``, ``title`` and ``summary``.

    Examples
    --------
    >>> "buick" in set(scenarios().id)
    True
    """
    import pandas as pd

    tag = language(lang)
    known = [load(path.stem, tag) for path in sorted(data_path("scenarios").glob("*.toml"))]
    return pd.DataFrame(
        [
            {"id": s.id, "world": s.world, "title": s.title[tag], "summary": s.summary[tag]}
            for s in known
        ]
    )


def _find(name_or_path: str | Path) -> Path:
    known = {path.stem: path for path in sorted(data_path("scenarios").glob("*.toml"))}
    if str(name_or_path) in known:
        return known[str(name_or_path)]
    path = Path(name_or_path) if isinstance(name_or_path, str | Path) else Path()
    if path.suffix.lower() == ".toml" and path.is_file():
        return path
    raise ScenarioError(
        f"{str(name_or_path)!r} is not a scenario; choose one of: {', '.join(known)}, "
        "or give the path of a .toml file"
    )


def _read(path: Path) -> tuple[bytes, dict[str, Any]]:
    """Return the bytes of a file and the table in them; a file from outside is checked first."""
    with path.open("rb") as file:
        content = file.read(MOST_CASE_BYTES + 1)
    ours = path.parent == data_path("scenarios")
    mistake = "" if ours else _reading_mistake(content)
    if not mistake:
        try:
            return content, dict(_table(content))
        except (ValueError, RecursionError) as error:
            mistake = _reading_mistake(content, error)
    raise ScenarioError(f"{path.name}: not readable as TOML: {mistake}")


@lru_cache(maxsize=32)
def _table(content: bytes) -> Mapping[str, Any]:
    """Return the table in a file; to read TOML takes most of the time of a case that is loaded."""
    return tomllib.loads(content.decode("utf-8-sig"))


def _reading_mistake(content: bytes, error: Exception | None = None) -> str:
    from crmsim.scenario.reading import reading_mistake

    return reading_mistake(content, MOST_CASE_BYTES, error)


def _spread(raw: Any, only: str) -> Any:
    """Return a raw file of one language with its words in place of the other one's too."""
    if isinstance(raw, list):
        return [_spread(part, only) for part in raw]
    if not isinstance(raw, dict):
        return raw
    if only in raw and not isinstance(raw[only], dict):
        return raw | dict.fromkeys(LANGUAGES, raw[only])
    return {name: _spread(part, only) for name, part in raw.items()}


def _schema(raw: dict[str, Any], name: str) -> Any:
    """Return the schema of the world that a file names."""
    world = raw.get("world")
    if isinstance(world, str) and world in WORLDS:
        return part_of(world, "schema")
    from crmsim.scenario.wiring import listed, parameter_mistakes, short

    found = "world: is missing;" if world is None else f"world = {short(world)}:"
    allowed = " or ".join(repr(known) for known in WORLDS)
    raise ScenarioError(listed([f"{found} allowed is {allowed}", *parameter_mistakes(raw)], name))


def five(values: Mapping[str, float]) -> tuple[float, ...]:
    """Return the values of the five dimensions in their order, 0 where one is not named.

    Returns
    -------
    tuple of 5 floats
        In the order of ``DIMENSIONS``.
    """
    return tuple(float(values.get(dimension, 0.0)) for dimension in DIMENSIONS)
