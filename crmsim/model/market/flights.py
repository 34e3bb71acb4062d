"""The timetable of an airline: delays that grow through the day, seats, and what a fare does.

A fare thins or thickens the margin and moves demand; one above that which people are used to is
felt as unfair (Xia, Monroe & Cox 2004).

How a delay grows from hour to hour is read off the departures of New York in 2013. Work pressure
makes each hour's growth larger; minutes of buffer at every turn take some of it off, and tie up
aircraft (Southwest: a minute saved at every turn is worth about five aircraft).
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from types import SimpleNamespace

import numpy as np
from msgspec import Struct

from crmsim.common.arrays import Doubles, Indices
from crmsim.common.sums import dot
from crmsim.common.words import data_path
from crmsim.scenario.levers import Decision
from crmsim.scenario.parameters import Numbers


class Day(Struct, frozen=True):
    """A day of departures: scheduled hour, share of the day's flights, mean delay in minutes.

    ``until`` is the share of them that leave by the end of each hour, and ``added_min`` what each
    hour adds to the delay.
    """

    hour: Indices
    share: Doubles
    delay_min: Doubles
    until: Doubles
    added_min: list[float]

    def mean(self, delay_min: Doubles) -> float:
        """Return the mean over the flights of the day."""
        return float(dot(self.share, delay_min))


@cache
def day_of(carrier: str) -> Day:
    """Return the day of a carrier, from the departures of New York's airports in 2013.

    Examples
    --------
    >>> day = day_of("southwest")
    >>> dict(zip(day.hour.tolist(), day.delay_min.tolist()))[19]
    39.59
    """
    text = data_path("reference", "new-york-2013-delays.toml").read_text("utf-8")
    table = tomllib.loads(text)[carrier]
    flights = np.array(table["flights"], dtype=np.float64)
    hours = np.array(table["hour"], dtype=np.intp)
    share, delay_min = flights / flights.sum(), np.array(table["mean_delay_min"])
    added_min = np.diff(delay_min, prepend=0.0).tolist()
    return Day(hours, share, delay_min, np.cumsum(share), added_min)


def delays_min(day: Day, growth: float, recovered_min: float) -> Doubles:
    """Mean delay by hour: what each hour adds, times ``growth``, less what is recovered in it.

    Examples
    --------
    With the usual growth and nothing more recovered it is the day as it was:

    >>> day = day_of("all")
    >>> bool(np.allclose(delays_min(day, 1.0, 0.0), day.delay_min))
    True
    >>> bool(delays_min(day, 1.0, 1.0)[-1] < day.delay_min[-1])
    True
    """
    delay, delays = 0.0, []
    for added in day.added_min:
        delay = max(delay + (growth * added if added > 0 else added) - recovered_min, 0.0)
        delays.append(delay)
    return np.array(delays)


def turned_away(trips: float, seats: float, spread: float) -> float:
    """Return the share (0–1) of those who want to fly for whom there is no seat.

    Demand differs from flight to flight, normally distributed around its mean, so that some flights
    are full long before all are.

    Parameters
    ----------
    trips, seats
        Trips wanted and seats offered, in the same span of time.
    spread
        The standard deviation of the demand for a flight over its mean, above 0.

    Examples
    --------
    >>> [round(turned_away(trips, 100, 0.3), 3) for trips in (0, 70, 100, 200)]
    [0.0, 0.01, 0.12, 0.506]
    """
    if trips <= 0:
        return 0.0
    if seats <= 0:
        return 1.0
    wanted = trips / seats
    deviation = spread * wanted
    room = (1 - wanted) / deviation
    # The expected excess of a normal variable over the seats, as a share of what is wanted.
    density = math.exp(-room * room / 2) / math.sqrt(2 * math.pi)
    beyond = math.erfc(room / math.sqrt(2)) / 2
    return min(max(deviation * (density - room * beyond) / wanted, 0.0), 1.0)


def priced(numbers: Numbers, fare: float, fleet: float) -> Numbers:
    """Return the numbers at another fare and fleet: the margin of a trip, and the demand for it.

    What a passenger costs stays, so a low fare thins the margin.
    """
    if fare == 1 and fleet == 1:
        return numbers
    changed = {
        "visit_value": numbers.visit_value * fare,
        "purchase_value": numbers.purchase_value * fare,
        "visit_margin": 1 - (1 - numbers.visit_margin) / fare,
        "purchase_margin": 1 - (1 - numbers.purchase_margin) / fare,
        "joining": numbers.joining * fare**numbers.fare_joining * fleet**numbers.fleet_joining,
        "visits_year": numbers.visits_year * fare**numbers.fare_travel,
    }
    return Numbers(**vars(numbers) | changed)


class Flights:
    """The fleet and its day; ``fleet`` is relative to the start and follows what is ordered.

    ``filled`` is the share of seats taken last week, and ``crowding`` that against the start;
    ``fare_usual`` is the fare, against the start, that people have become used to.
    """

    def __init__(self, carrier: str, trips_week: float, numbers: SimpleNamespace) -> None:
        self.day = day_of(carrier)
        self.fleet = self.fare_usual = 1.0
        self.filled = self._filled_usual = numbers.seats_filled
        self._seats_usual = trips_week / numbers.seats_filled
        self.delay_min = self._delay_usual_min = self.day.mean(self.day.delay_min)
        self.under(numbers)

    def under(self, numbers: SimpleNamespace) -> None:
        """From now on these numbers are in force."""
        self._numbers = numbers

    @property
    def crowding(self) -> float:
        """Share of seats taken last week, against the start."""
        return self.filled / self._filled_usual

    @property
    def cost(self) -> float:
        """Cost (currency) of the fleet beyond that of the start, which is a fixed cost."""
        return self._numbers.fleet_cost_week * (self.fleet - 1)

    def seats(self, buffer_min: float) -> float:
        """Seats of a week: aircraft, less those tied up by longer turns."""
        turns = max(1 - self._numbers.minute_fleet * buffer_min, 0.1)
        return self._seats_usual * self.fleet * turns

    def delay(self, buffer_min: float, growth: float) -> Doubles:
        """Mean delay by hour this week, against the mean of the usual day."""
        recovered = self._numbers.minute_recovers * buffer_min
        delay_min = delays_min(self.day, growth, recovered)
        self.delay_min = self.day.mean(delay_min)
        return delay_min / self._delay_usual_min

    def owed(self, fare: float) -> float:
        """Return the quality (0–1 scale) that people expect more for a fare above the usual one."""
        return self._numbers.fare_unfair * max(fare / self.fare_usual - 1, 0.0)

    def week(self, decision: Decision, flown: float, seats: float) -> None:
        """Let people get used to the fare, and the fleet follow what is ordered.

        Parameters
        ----------
        decision
            The levers as they stand.
        flown, seats
            Those who flew this week, and the seats there were.
        """
        self.filled = flown / seats if seats > 0 else 0.0
        self.fleet += (decision.fleet - self.fleet) / self._numbers.fleet_week
        self.fare_usual += (decision.fare - self.fare_usual) / self._numbers.fare_memory_week
