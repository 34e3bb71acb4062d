"""One person of a market: her history as a table, and as a story in words.

Nothing of it is stored; the run is made again and the person is watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from crmsim.butterfly import name_of
from crmsim.given import is_whole, require
from crmsim.market import Market
from crmsim.people import People
from crmsim.run import Run, check_run
from crmsim.scenario.market import MarketScenario
from crmsim.week import FATES, Week
from crmsim.words import currency, words

if TYPE_CHECKING:
    import pandas as pd


def history(run: Run, person: int) -> pd.DataFrame:
    """What one person of a market lived through, a row an event.

    Columns: ``week``; ``event`` (``visit``, ``purchase``, what became of a disappointment, by the
    names of ``FATES``, ``joined``, ``praised``, ``warned``, ``heard_good``, ``heard_bad``,
    ``left``); ``satisfaction`` (1–5) and ``spent`` (currency)
    where she came; ``other``, the person she talked with; ``expectation``, ``opinion`` and
    ``loyalty`` (0–1) after the week.

    Raises
    ------
    ValueError
        If the run is not of a market, or nobody has that number.

    Examples
    --------
    >>> from crmsim import simulate
    >>> list(history(simulate("buick-market", seed=1), person=7).columns[:3])
    ['week', 'event', 'satisfaction']
    """
    import pandas as pd

    columns = [
        "week",
        "event",
        "satisfaction",
        "spent",
        "other",
        "expectation",
        "opinion",
        "loyalty",
    ]
    return pd.DataFrame(list(_events(run, person)), columns=columns)


def story(run: Run, person: int) -> str:
    """The history of one person, told in the language of the run.

    Examples
    --------
    >>> from crmsim import simulate
    >>> run = simulate("buick-market", seed=1)
    >>> story(run, 7).splitlines()[0].startswith(name_of(7, "en"))
    True
    """
    check_run(run)
    lang = run.scenario.lang
    say, unit = words(lang), currency(run.scenario.currency, lang)
    events = list(_events(run, person))
    told = [say("history.opening", name=name_of(person, lang))]
    for event in events:
        other = name_of(event["other"], lang) if event["other"] is not None else ""
        places = _spoken(event, other) | {"currency": unit}
        told.append(say(f"history.{event['event']}", **places))
    if not events:
        told.append(say("history.nothing"))
    return "\n".join(told)


def _spoken(event: dict[str, Any], other: str) -> dict[str, str]:
    return {
        "week": f"{event['week'] + 1}",
        "satisfaction": "" if event["satisfaction"] is None else f"{event['satisfaction']:.1f}",
        "spent": "" if event["spent"] is None else f"{event['spent']:,.0f}",
        "other": other,
    }


def _events(run: Run, person: int) -> Iterator[dict[str, Any]]:
    check_run(run)
    if not isinstance(run.scenario, MarketScenario):
        raise ValueError(
            f"{run.scenario.id}: is no market; only a market has people with a history"
        )
    last = run.scenario.people - 1
    require(is_whole(person, 0, last), "person", person, f"a whole number from 0 to {last}")
    market = Market(run.scenario, run.seed)
    for action in run.actions:
        for week in market.weeks(action):
            yield from _lived(week, market.week - 1, person, market.people)


def _lived(happened: Week, week: int, person: int, people: People) -> Iterator[dict[str, Any]]:
    """The events of one week, in the order in which they happened."""
    state = {
        "expectation": round(float(people.will[person]), 3),
        "opinion": round(float(people.opinion[person]), 3),
        "loyalty": round(float(people.loyalty[person]), 3),
    }
    blank = {"week": week, "satisfaction": None, "spent": None, "other": None} | state
    place = int(np.searchsorted(happened.people, person))
    if place < len(happened.people) and happened.people[place] == person:
        kind = "purchase" if person in happened.buyers else "visit"
        level, spent = float(happened.satisfaction[place]), float(happened.sales[place])
        yield blank | {"event": kind, "satisfaction": round(level, 2), "spent": round(spent, 2)}
        for fate in happened.fates[happened.disappointed == place]:
            yield blank | {"event": FATES[fate]}
    if person in happened.joined:
        yield blank | {"event": "joined"}
    said = happened.valence[happened.told_by == person]
    if len(said):
        yield blank | {"event": "praised" if said[0] > 0 else "warned"}
    for slot in np.flatnonzero(happened.told == person):
        kind = "heard_good" if happened.valence[slot] > 0 else "heard_bad"
        yield blank | {"event": kind, "other": int(happened.told_by[slot])}
    if person in happened.left:
        yield blank | {"event": "left"}
