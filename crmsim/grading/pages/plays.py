"""Decisions of a play, step by step, in the words of the case."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from crmsim.common.errors import CrmsimError
from crmsim.common.numbers import brief, significant
from crmsim.common.text import plain
from crmsim.common.words import currency, words
from crmsim.grading.result import Played
from crmsim.scenario import load

MONEY = ("value", "profit", "earned")
MEASURED = ("satisfaction", "minutes", "earned", "evaluation", "customers", "reputation", "value")


def deed(run: Played, step: int, lang: str) -> str:
    """Return the decision of a step, counted from 0, in words.

    Examples
    --------
    >>> run = Played("buick-market", 1, None, "manager", ({"training": 20.0},))
    >>> deed(run, 0, "en"), deed(run, 5, "en")
    ('Training, yuan per employee and week: 20', '—')
    """
    action = run.actions[step] if step < len(run.actions) else None
    if action is None:
        return words(lang)("gradebook.debrief.nothing_did")
    known = _named(run.scenario, lang)
    if isinstance(action, Mapping):
        pairs = (
            f"{known.get(name, plain(name))}: {_value(known, value)}"
            for name, value in action.items()
        )
        between = words(lang)("gradebook.semicolon")
        return between.join(pairs) or words(lang)("gradebook.debrief.nothing_did")
    return _value(known, action)


def measured(case: str, measure: str, lang: str) -> str:
    """Return the meaning of a number at the end of a play, with its unit.

    Examples
    --------
    >>> measured("buick", "earned", "en")
    'earned (yuan)'
    """
    t = words(lang)
    said = t(f"gradebook.outcome.{measure}")
    if measure not in MONEY:
        return said
    try:
        unit = currency(load(case).currency, lang)
    except CrmsimError:
        return said
    return t("gradebook.outcome.in_money", what=said, currency=unit)


def ended(run: Played, lang: str) -> list[tuple[str, str]]:
    """Return the end of a play: each thing that is counted, and its value."""
    return [
        (measured(run.scenario, name, lang), brief(float(run.outcome[name])))
        for name in MEASURED
        if has_number(run, name)
    ]


def has_number(run: Played, name: str) -> bool:
    """Say whether the end of a play has a number of that name."""
    value = run.outcome.get(name)
    return isinstance(value, int | float) and not isinstance(value, bool)


def case_title(name: str, lang: str) -> str:
    """Return the title of a case."""
    try:
        return load(name).title[lang]
    except CrmsimError:
        return plain(name)


def _value(known: Mapping[str, str], value: Any) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return significant(value)
    return known.get(str(value), plain(value))


@cache
def _named(scenario: str, lang: str) -> Mapping[str, str]:
    """Return the words of everything that can be decided in a case, by its id."""
    try:
        given = load(scenario)
    except CrmsimError:
        return {}
    named: dict[str, str] = {}
    for point in getattr(given, "touchpoints", ()):
        named |= {choice.id: choice.does[lang] for choice in point.choices}
        named |= {reply.id: reply.says[lang] for reply in point.replies}
    for lever in getattr(given, "levers", ()):
        named[lever.id] = lever.title[lang]
    for card in getattr(given, "cards", ()):
        named[card.id] = card.title[lang]
        named |= {option.id: option.does[lang] for option in card.options}
    return named
