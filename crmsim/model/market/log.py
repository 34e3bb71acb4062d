"""The columns of a market's log: one record a column, with the way its value is found.

A new column is one record here, and its name in each language in ``data/words/model.toml``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal, NamedTuple

import numpy as np

from crmsim.common.arrays import Doubles, Singles
from crmsim.model.market.firm import Firm
from crmsim.model.market.flights import Flights
from crmsim.model.market.people import People
from crmsim.model.market.week import Week
from crmsim.scenario.market import MarketScenario
from crmsim.scenario.parameters import Numbers


class WeekEnd(NamedTuple):
    """Everything that a row of the log is read from, at the end of a week.

    Attributes
    ----------
    week
        Number of the week, from 0.
    service
        Quality delivered on average, 0 to 1.
    profit
        Profit of the week, in currency.
    evaluation_before
        Satisfaction of the week before (1 to 5), for a week in which nobody comes.
    happened, firm, people, numbers, flights
        What customers did, the state of the firm and of the people, the parameters in force, and
        the airline (None where the market has no flights).
    cash
        What is in the till, in currency.
    """

    week: int
    service: float
    profit: float
    evaluation_before: float
    happened: Week
    firm: Firm
    people: People
    numbers: Numbers
    flights: Flights | None
    cash: float = 0.0


class Column(NamedTuple):
    """A column of the log.

    Attributes
    ----------
    name
        The name in the log, and the key of its words.
    kind
        How the weeks of a quarter become one number: a ``stock`` has a value at their end, a
        ``flow`` is added up, an ``index`` has a mean.
    unit
        The unit; ``currency`` stands for that of the scenario.
    meaning
        The quantity, in a few words.
    value
        Returns the value of a week.
    """

    name: str
    kind: Literal["stock", "flow", "index"]
    unit: str
    meaning: str
    value: Callable[[WeekEnd], float]

    @property
    def money(self) -> bool:
        """True if the column is an amount of money."""
        return self.unit.startswith("currency")


NODES = ("service", "evaluation", "word_of_mouth", "sales", "profit", "pay", "attitude")
"""The butterfly loop, in the order of the source document (A-15)."""


def _mean(values: Singles, otherwise: float) -> float:
    return float(np.add.reduce(values)) / len(values) if len(values) else otherwise


def _word_of_mouth(end: WeekEnd) -> float:
    net = end.happened.praise.count - end.happened.warnings.count
    return net / max(end.people.count, 1) * 1000


_COMMON = (
    Column("week", "index", "week", "number of the week, from 0", lambda end: end.week),
    Column("service", "index", "0 to 1", "quality delivered", lambda end: end.service),
    Column(
        "evaluation",
        "index",
        "1 to 5",
        "mean satisfaction of those who came",
        lambda end: _mean(end.happened.satisfaction, end.evaluation_before),
    ),
    Column(
        "word_of_mouth",
        "index",
        "per 1000 people and week",
        "praise less warnings that people heard",
        _word_of_mouth,
    ),
    Column("sales", "flow", "currency", "revenue", lambda end: end.happened.takings),
    Column("profit", "flow", "currency", "profit", lambda end: end.profit),
    Column(
        "pay",
        "stock",
        "currency an employee and week",
        "pay that staff have become used to",
        lambda end: end.firm.wage,
    ),
    Column(
        "attitude", "stock", "1 at the start", "mood of the staff", lambda end: end.firm.attitude
    ),
    Column(
        "reputation",
        "stock",
        "0 to 1",
        "mean opinion of the firm",
        lambda end: _mean(end.people.opinion, end.numbers.opinion_at_rest),
    ),
    Column(
        "customers",
        "stock",
        "people",
        "customers of the firm",
        lambda end: np.count_nonzero(end.people.customer),
    ),
    Column("visits", "flow", "visits", "people who came", lambda end: end.happened.came),
    Column("joined", "flow", "people", "new customers", lambda end: len(end.happened.joined)),
    Column("left", "flow", "people", "customers lost", lambda end: len(end.happened.left)),
    Column("complaints", "flow", "complaints", "complaints", lambda end: end.happened.complaints),
    Column(
        "expectation",
        "stock",
        "0 to 1",
        "mean quality that people expect",
        lambda end: _mean(end.people.will, 0.0),
    ),
    Column(
        "standard",
        "stock",
        "1 at the start",
        "time an order is meant to get",
        lambda end: end.firm.standard,
    ),
    Column(
        "time_given", "index", "1 at the start", "time an order gets", lambda end: end.firm.time
    ),
    Column(
        "work_pressure",
        "index",
        "ratio",
        "capacity required over capacity available",
        lambda end: end.firm.pressure,
    ),
    Column("staff", "stock", "employees", "everybody on the floor", lambda end: end.firm.staff),
    Column("rookies", "stock", "employees", "staff who still learn", lambda end: end.firm.rookies),
    Column("quits", "flow", "employees", "staff who quit", lambda end: end.firm.quits),
    Column(
        "positive_tellings",
        "flow",
        "tellings",
        "times that praise was heard",
        lambda end: end.happened.praise.count,
    ),
    Column(
        "negative_tellings",
        "flow",
        "tellings",
        "times that a warning was heard",
        lambda end: end.happened.warnings.count,
    ),
)

_AIRLINE = (
    Column(
        "delay_min",
        "index",
        "minutes",
        "mean delay of a flight",
        lambda end: end.flights.delay_min,  # type: ignore[union-attr]
    ),
    Column(
        "seats_filled",
        "index",
        "share",
        "share of seats taken",
        lambda end: end.flights.filled,  # type: ignore[union-attr]
    ),
    Column(
        "turned_away",
        "index",
        "share",
        "share of would-be passengers without a seat",
        lambda end: end.happened.turned_away,
    ),
    Column(
        "fleet",
        "stock",
        "1 at the start",
        "number of aircraft",
        lambda end: end.flights.fleet,  # type: ignore[union-attr]
    ),
)

_TILL = (Column("cash", "stock", "currency", "what is in the till", lambda end: end.cash),)

BY_NAME = {each.name: each for each in (*_COMMON, *_AIRLINE, *_TILL)}
"""Every column by its name, except those that count the failures of a scenario."""

LOG_COLUMNS = tuple(each.name for each in _COMMON)
"""The names of the columns that every market has, in the order of the log."""


def columns_of(scenario: MarketScenario) -> tuple[Column, ...]:
    """Return the columns of a market's log, in order.

    A market with flights has columns of its own after the common ones, one with a till has its
    cash; each failure mode has a column after these.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> tuple(each.name for each in columns_of(load("buick-market"))) == LOG_COLUMNS
    True
    """
    failures = tuple([mode.id for mode in scenario.failures])
    return _columns(failures, scenario.flights is not None, scenario.cash is not None)


@cache
def _columns(failures: tuple[str, ...], flies: bool, counts_cash: bool) -> tuple[Column, ...]:
    modes = (_failures(place, mode) for place, mode in enumerate(failures))
    return (*_COMMON, *(_AIRLINE if flies else ()), *(_TILL if counts_cash else ()), *modes)


NONE_WHEN_CLOSED = frozenset(["customers", "staff", "rookies", "word_of_mouth"])
"""Columns that are zero when the firm is closed, besides everything that flows."""


def closed_row(before: Singles, scenario: MarketScenario, week: int) -> Doubles:
    """Return the row of a week in which the firm is closed.

    Nothing flows any more, nobody is its customer, and the rest is as in the week before.

    Parameters
    ----------
    before
        The row of the week before, a value a column.
    scenario
        The market.
    week
        The number of the week, from 0.

    Returns
    -------
    array
        A value a column.
    """
    columns = columns_of(scenario)
    none = [each.kind == "flow" or each.name in NONE_WHEN_CLOSED for each in columns]
    row = np.where(none, 0.0, before)
    row[0] = week
    return row


def column(failure: str) -> str:
    """Return the name of the column in which a failure mode is counted."""
    return failure.replace("-", "_")


def kind_of(name: str) -> str:
    """Return the kind of a column, by its name: ``stock``, ``flow`` or ``index``.

    A name that is not in :data:`BY_NAME` belongs to a failure mode, which is counted.

    Examples
    --------
    >>> kind_of("customers"), kind_of("profit"), kind_of("late_flight")
    ('stock', 'flow', 'flow')
    """
    return BY_NAME[name].kind if name in BY_NAME else "flow"


def _failures(place: int, mode: str) -> Column:
    return Column(
        column(mode),
        "flow",
        "visits",
        "visits that it struck",
        lambda end: end.happened.failed[place],
    )
