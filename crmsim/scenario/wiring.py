"""Checks of how the parts of a scenario fit together, shared by the checks of every world.

They work on the raw file, so that they can speak even where types are wrong too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Any

from crmsim.scenario.parameters import declared_parameters

Raw = dict[str, Any]

MOST_MISTAKES = 100
MOST_PARTS = 100


def parameter_mistakes(raw: Raw) -> Iterator[str]:
    """Yield parameters that are not declared, or out of their range."""
    known = declared_parameters()
    for name, value in items(raw.get("parameters")):
        if name not in known:
            yield f"parameters: {str(name)[:60]}: no parameter has this name{hint(name, known)}"
        elif isinstance(value, int | float) and not known[name].low <= value <= known[name].high:
            low, high, unit = known[name].low, known[name].high, known[name].unit
            found = f"parameters: {name} = {short(value)}"
            yield f"{found}: must be between {low} and {high} ({unit})"


def unknown_name(place: str, found: Any, allowed: list[str], what: str) -> Iterator[str]:
    """Yield a mistake if a name is not among those allowed, with the one probably meant."""
    if found is not None and found not in allowed:
        names = ", ".join(name[:60] for name in allowed if name)
        close = likely(str(found), [name[:60] for name in allowed])
        asks = f"did you mean {close!r}? " if close and len(allowed) > 3 else ""
        yield f"{place} = {short(found)}: is not {what}; {asks}choose one of: {names}"


def hint(found: object, known: Iterable[str]) -> str:
    """Ask for the name that was probably meant, to be put behind a mistake; empty if none is close.

    Parameters
    ----------
    found
        What was written.
    known
        What is allowed.

    Examples
    --------
    >>> hint("relaibility", ["reliability", "empathy"]), hint("sound", ["empathy"])
    ("; did you mean 'reliability'?", '')
    """
    close = likely(str(found), known)
    return f"; did you mean {close!r}?" if close else ""


def likely(found: str, known: Iterable[str]) -> str:
    """Return the name that was probably meant; empty if none is close.

    Parameters
    ----------
    found
        What was written.
    known
        What is allowed.

    Examples
    --------
    >>> likely("empathie", ["empathy", "tangibles"])
    'empathy'
    """
    from difflib import get_close_matches

    return next(iter(get_close_matches(found[:60], known, n=1)), "")


def repeated_ids(ids: list[str], place: str) -> Iterator[str]:
    """Yield a mistake for each id that stands more than once.

    Parameters
    ----------
    ids
        The ids of a list, in its order.
    place
        The name of the list in the file.

    Yields
    ------
    str
        The mistake, with place and id.
    """
    for name, times in Counter(ids).items():
        if name and times > 1:
            yield f"{place}: id = {short(name)}: stands more than once"


def items(table: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the keys and values of a table; nothing if it is not a table."""
    if isinstance(table, dict):
        yield from table.items()


def tables(value: Any) -> list[Raw]:
    """Return the tables of a list, no more of them than a scenario may have."""
    if not isinstance(value, list | tuple):
        return []
    return [entry for entry in value[:MOST_PARTS] if isinstance(entry, dict)]


def id_of(part: Raw) -> str:
    """Return the id of a part; empty if it has none or it is not text."""
    name = part.get("id")
    return name if isinstance(name, str) else ""


def short(value: Any) -> str:
    """Return a value as it stands in the file, or its beginning; never all of a long one."""
    if isinstance(value, dict | list | tuple):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**60:
        return "a number of more than 60 digits"
    if isinstance(value, date | time):
        return value.isoformat()
    text = repr(value[:60] if isinstance(value, str) else value)
    return text if len(text) <= 60 else text[:57] + "…"


def listed(mistakes: list[str], name: str) -> str:
    """Return the mistakes of a file, a line for each; the first hundred if there are more.

    Parameters
    ----------
    mistakes
        A mistake each, with its place in the file.
    name
        The name of the file.
    """
    told = [f"{name}: {mistake}" for mistake in mistakes[:MOST_MISTAKES]]
    more = [f"{name}: and more"] if len(mistakes) > MOST_MISTAKES else []
    return "\n".join(told + more)
