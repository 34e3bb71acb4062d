"""A survey of the people of a market, with what a real one never has: the truth beside it.

A firm asks those whom it has on its list, and some of them answer. Whoever has left is not on the
list, and whoever does not care does not answer. Here everybody's answers are known, and so is what
each of them spent in the year after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from msgspec.structs import astuple
from numpy.typing import NDArray

from crmsim.common.arrays import Doubles
from crmsim.common.calendar import WEEKS_QUARTER, WEEKS_YEAR
from crmsim.common.chance import Chance
from crmsim.common.checks import is_whole, require
from crmsim.model.market.market import Market
from crmsim.model.theory.survey import Opinions, Questioned, asked, chance_to_answer
from crmsim.runs.butterfly import market_again
from crmsim.runs.run import Run

MOST_ASKED = 5
"""Times that somebody can be asked: once, and at most four reminders."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A survey of a market: what everybody would answer, who was asked, and who answered.

    Attributes
    ----------
    answers : Questioned
        Answers of every person of the town, a row each, given or not.
    held : Opinions
        What is behind them.
    customer, lost : array of bool
        Who is a customer when the survey is made; who came in the year before and has left.
    visits, spent : array of float
        Visits and spending (currency) in the year before.
    spent_after : array of float
        Spending in the year after; nan where the run ends before.
    invited, answered : array of bool
        Whom the firm asked; who of them answered.
    """

    answers: Questioned
    held: Opinions
    customer: NDArray[np.bool_]
    lost: NDArray[np.bool_]
    visits: Doubles
    spent: Doubles
    spent_after: Doubles
    invited: NDArray[np.bool_]
    answered: NDArray[np.bool_]

    @property
    def had(self) -> NDArray[np.bool_]:
        """Customers, and those who were until they left: all whom the firm served."""
        return self.customer | self.lost


def poll(run: Run, week: int, invited: int = 400, lost: bool = False, times: int = 1) -> Poll:
    """Survey the people of a market at the end of a week of a run.

    The run is made again for it. Whoever is asked by a smaller survey is asked by a larger one too.

    Parameters
    ----------
    run
        The run of a market, at least a year before the week.
    week
        How many weeks have passed; at least 52.
    invited
        How many are asked, drawn by lot from the list.
    lost
        Whether those stand on the list who came in the year before and have left.
    times
        How often those who are silent are asked: once, and up to four reminders.

    Returns
    -------
    Poll
        What everybody would answer, who was asked, who answered, and what came after.

    Raises
    ------
    ValueError
        If the run is not of a market, or a number is not allowed.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> run = simulate(load("buick-market").change(people=500, years=1), seed=1)
    >>> found = poll(run, week=52, invited=100)
    >>> int(found.invited.sum()), bool((found.answered <= found.invited).all())
    (100, True)
    """
    market = market_again(run)
    last = round(run.scenario.years * WEEKS_YEAR)
    require(is_whole(week, WEEKS_YEAR, last), "week", week, f"a whole number from 52 to {last}")
    require(is_whole(invited, 1), "invited", invited, "a whole number from 1 up")
    require(is_whole(times, 1, MOST_ASKED), "times", times, f"from 1 to {MOST_ASKED}")
    count = market.people.count
    visits, spent, after = np.zeros(count), np.zeros(count), np.zeros(count)
    weeks = (happened for action in run.actions for happened in market.weeks(action))
    for place, happened in enumerate(weeks, start=1):
        if week - WEEKS_YEAR < place <= week:
            visits[happened.people] += 1
            spent[happened.people] += happened.sales
        if week < place <= week + WEEKS_YEAR:
            after[happened.people] += happened.sales
        if place == week:
            held, quality = _opinions(market, week), _delivered(market)
            customer = market.people.customer.copy()
    if week + WEEKS_YEAR > last:
        after[:] = np.nan
    chance = Chance(run.seed)
    gone = ~customer & (visits > 0)
    listed = customer | gone if lost else customer
    lots = np.where(listed, chance.uniform("respondents", week, count), 2.0)
    chosen = np.zeros(count, np.bool_)
    chosen[np.argsort(lots, kind="stable")[: min(invited, int(listed.sum()))]] = True
    likely, answered = chance_to_answer(held, run.scenario.numbers), np.zeros(count, np.bool_)
    for time in range(1, times + 1):
        answered |= chance.uniform("respondents", week, count, occasion=time) < likely
    luck = chance.generator("respondents", week, MOST_ASKED + 1)
    given = asked(held, quality, luck, run.scenario.numbers)
    return Poll(given, held, customer, gone, visits, spent, after, chosen, chosen & answered)


def _opinions(market: Market, week: int) -> Opinions:
    people = market.people
    return Opinions(
        will=people.will.astype(np.float64),
        satisfaction=people.satisfaction.astype(np.float64),
        loyalty=people.loyalty.astype(np.float64),
        weights=people.weights.astype(np.float64),
        failed=people.failed_week > week - WEEKS_QUARTER,
    )


def _delivered(market: Market) -> Doubles:
    """Return the quality of the five dimensions over the last quarter.

    The log knows the whole alone; the five keep their proportions as the case states them.
    """
    shares = np.array(list(market.scenario.weights.shares().values()))
    stated = np.array(astuple(market.scenario.quality), dtype=np.float64)
    whole = market.series["service"][-WEEKS_QUARTER:].mean()
    return np.clip(stated * whole / (shares * stated).sum(), 0, 1)
