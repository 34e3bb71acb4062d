"""One person of a market: her history as a table, and as a story in words.

Nothing of it is stored; the run is made again and the person is watched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from crmsim.common.chance import Chance
from crmsim.common.checks import is_whole, require
from crmsim.common.numbers import number
from crmsim.common.words import Translate, currency, dictionary, words
from crmsim.model.market.card_effects import lot_of, touched
from crmsim.model.market.customers import hearing, speaking
from crmsim.model.market.market import Market
from crmsim.model.market.week import FATES, Week
from crmsim.runs.butterfly import market_again, name_of
from crmsim.runs.run import Run
from crmsim.scenario.cards import Touch
from crmsim.scenario.market import MarketScenario

if TYPE_CHECKING:
    import pandas as pd

Event = dict[str, Any]
"""A row of a history; beside its columns it holds what only the story says of it."""

HISTORY_COLUMNS = (
    "week",
    "event",
    "satisfaction",
    "spent",
    "other",
    "what",
    "expectation",
    "opinion",
    "loyalty",
)


def history(run: Run, person: int) -> pd.DataFrame:
    """Return what one person of a market lived through, a row for each event.

    Columns: ``week``; ``event`` (below); ``satisfaction`` (1–5) and ``spent`` (currency) where she
    came; ``other``, the person she talked with; ``what``, the title of the failure or of the card
    that it has to do with; ``expectation``, ``opinion`` and ``loyalty`` (0–1) after the week.

    Events are, of a decision card: ``card_good``, ``card_bad`` (she lived through it, and got more
    or less than she expected), ``visits_better``, ``visits_worse`` (it begins to, for her),
    ``card_told`` (she spoke of it), ``card_heard_good``, ``card_heard_bad``; of the house:
    ``visit``, ``purchase``, ``struck`` (by a failure), what became of a disappointment, by the
    names of ``FATES``, ``turned_away`` (no seat), ``joined``, ``praised``, ``warned``,
    ``heard_good``, ``heard_bad``, ``left`` (in a week with a disappointment because of that).

    Parameters
    ----------
    run
        The run of a market.
    person
        The number of the person, from 0.

    Returns
    -------
    DataFrame
        A row for each event, in the order of time.

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

    return pd.DataFrame(list(_events(run, person)), columns=list(HISTORY_COLUMNS))


def market_with(run: Run, person: int) -> Market:
    """Return the market of a run at its beginning, if it has that person.

    Parameters
    ----------
    run
        The run of a market.
    person
        The number of the person, from 0.

    Returns
    -------
    Market
        With the seed of the run, in week 0.

    Raises
    ------
    ValueError
        If the run is not of a market, or nobody has that number.
    """
    market = market_again(run)
    last = market.scenario.people - 1
    require(is_whole(person, 0, last), "person", person, f"a whole number from 0 to {last}")
    return market


def story(run: Run, person: int) -> str:
    """Tell the history of one person in the language of the run.

    Parameters
    ----------
    run
        The run of a market.
    person
        The number of the person, from 0.

    Returns
    -------
    str
        A sentence a line.

    Raises
    ------
    ValueError
        If the run is not of a market, or nobody has that number.

    Examples
    --------
    >>> from crmsim import simulate
    >>> run = simulate("buick-market", seed=1)
    >>> story(run, 7).splitlines()[0].startswith(name_of(7, "en"))
    True
    """
    events = list(_events(run, person))
    lang, say = run.scenario.lang, _teller(run.scenario)
    unit = currency(run.scenario.currency, lang)
    told = [say("opening", name=name_of(person, lang))]
    for event in events:
        places = _spoken(event, say, lang) | {"currency": unit}
        told.append(say(event.get("said", event["event"]), **places))
    if not events:
        told.append(say("nothing"))
    return "\n".join(told)


def _teller(scenario: MarketScenario) -> Translate:
    """Return a function that gives the words of a history; an airline has its own for some."""
    say, book = words(scenario.lang), dictionary()

    def told(key: str, **places: str) -> str:
        flown = f"history.flights.{key}"
        return say(flown if scenario.flights and flown in book else f"history.{key}", **places)

    return told


def _spoken(event: Event, say: Translate, lang: str) -> dict[str, str]:
    other, weeks = event["other"], event.get("weeks")
    return {
        "week": f"{event['week'] + 1}",
        "what": event["what"] or "",
        "satisfaction": "" if event["satisfaction"] is None else f"{event['satisfaction']:.1f}",
        "spent": "" if event["spent"] is None else number(event["spent"]),
        "other": say("people") if other is None else name_of(other, lang),
        "decided": event.get("decided", ""),
        "when": say("from_now_on") if weeks is None else say("for_weeks", weeks=f"{weeks}"),
    }


def _events(run: Run, person: int) -> Iterator[Event]:
    market = market_with(run, person)
    scenario = market.scenario
    for action in run.actions:
        events = list(_decided(market, action, person))
        for happened in market.weeks(action):
            events += _lived(happened, person, scenario)
            people = market.people
            state = {
                "expectation": round(float(people.will[person]), 3),
                "opinion": round(float(people.opinion[person]), 3),
                "loyalty": round(float(people.loyalty[person]), 3),
            }
            for event in events:
                blank = dict.fromkeys(HISTORY_COLUMNS) | {"week": market.week - 1}
                yield blank | event | state
            events = []


def _decided(market: Market, action: Mapping[str, Any], person: int) -> Iterator[Event]:
    """Yield what the cards that are due do to her, and what she says and hears of them."""
    people, week, lang = market.people, market.week, market.scenario.lang
    chance = Chance(market.seed)
    for card in market.observe().cards:
        option = card.option(action.get(card.id, card.usual))
        about = {"what": card.title[lang], "decided": option.does[lang]}
        lot = lot_of(market.scenario.cards.index(card), chance, people.count)
        for part, who in touched(people, card, option, lot):
            if person in who:
                yield from (about | event for event in _touched(part))
            if part.gap:
                told = speaking(people, chance, week, who, part.gap, part.tells, market.numbers)
                if person in told.speakers:
                    yield about | {"event": "card_told"}
                kind = "card_heard_good" if part.gap > 0 else "card_heard_bad"
                for teller in told.tellers[told.told.ravel() == person]:
                    yield about | {"event": kind, "other": int(teller)}
        heard = hearing(chance, week, people.count, option.praised, option.blamed)
        for kind, those in zip(("card_heard_good", "card_heard_bad"), heard, strict=True):
            if person in those:
                yield about | {"event": kind}


def _touched(part: Touch) -> Iterator[Event]:
    if part.gap:
        yield {"event": "card_good" if part.gap > 0 else "card_bad"}
    if part.each_visit:
        kind = "visits_better" if part.each_visit > 0 else "visits_worse"
        yield {"event": kind, "weeks": part.weeks}


def _lived(happened: Week, person: int, scenario: MarketScenario) -> Iterator[Event]:
    """Yield the events of one week, in the order in which they happened."""
    place = int(np.searchsorted(happened.people, person))
    came = place < len(happened.people) and happened.people[place] == person
    if came:
        kind = "purchase" if person in happened.buyers else "visit"
        level, spent = float(happened.satisfaction[place]), float(happened.sales[place])
        yield {"event": kind, "satisfaction": round(level, 2), "spent": round(spent, 2)}
        if happened.struck is not None:
            for mode in happened.struck[:, place].nonzero()[0]:
                yield {"event": "struck", "what": scenario.failures[mode].title[scenario.lang]}
        for fate in happened.fates[happened.disappointed == place]:
            yield {"event": FATES[fate]}
    elif person in happened.wanted:
        yield {"event": "turned_away"}
    if person in happened.joined:
        yield {"event": "joined"}
    said = happened.valence[happened.told_by == person]
    if len(said):
        yield {"event": "praised" if said[0] > 0 else "warned"}
    for slot in np.flatnonzero(happened.told == person):
        kind = "heard_good" if happened.valence[slot] > 0 else "heard_bad"
        yield {"event": kind, "other": int(happened.told_by[slot])}
    if person in happened.left:
        let_down = came and place in happened.disappointed
        yield {"event": "left", "said": "gave_up" if let_down else "left"}
