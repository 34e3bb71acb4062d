"""The timetable of an airline: delays that grow through the day, and seats that run out."""

import numpy as np
import pytest

from crmsim import load, simulate
from crmsim.model.market.flights import Flights, day_of, delays_min, priced, turned_away
from crmsim.scenario.levers import Decision

NUMBERS = load("southwest").numbers
DAY = day_of("southwest")


def at(hour, delays):
    return delays[DAY.hour.tolist().index(hour)]


def test_the_usual_day_is_the_day_that_was_measured():
    """F36: Southwest left New York 12.8 minutes late at 12 h and 39.6 at 19 h."""
    usual = delays_min(DAY, 1.0, 0.0)
    assert usual == pytest.approx(DAY.delay_min)
    assert at(12, usual) == pytest.approx(12.8, abs=0.1)
    assert at(19, usual) == pytest.approx(39.6, abs=0.1)


def test_pressure_makes_the_evening_later_than_the_morning():
    usual, pressed = delays_min(DAY, 1.0, 0.0), delays_min(DAY, 1.3, 0.0)
    assert at(19, pressed) - at(19, usual) > 5 * (at(7, pressed) - at(7, usual)) > 0


def test_a_buffer_takes_off_delay_and_ties_up_aircraft():
    flights = Flights("southwest", 100.0, NUMBERS)
    mean = [DAY.mean(flights.delay(buffer, 1.0)) for buffer in (-10, 0, 10, 20)]
    seats = [flights.seats(buffer) for buffer in (-10, 0, 10, 20)]
    assert mean == sorted(mean, reverse=True)
    assert mean[1] == pytest.approx(1)
    assert seats == sorted(seats, reverse=True)
    assert seats[2] / seats[1] == pytest.approx(1 - 10 * NUMBERS.minute_fleet)


def test_an_aircraft_is_turned_for_the_price_of_the_evening():
    """The lever in a whole run: shorter turns, more seats, more delay; and the other way round."""
    case = load("southwest").change(years=1.5, cards=[], shocks=[], history=None)
    tight, loose = (
        simulate(case, lambda seen, b=b: {"buffer": b} if seen.quarter == 2 else {}, seed=1).series
        for b in (-15, 15)
    )
    assert tight["delay_min"][-1] > 2 * loose["delay_min"][-1]
    assert tight["delay"][26:].sum() > 1.5 * loose["delay"][26:].sum()
    assert tight["seats_filled"][-1] < loose["seats_filled"][-1]


def test_some_are_turned_away_long_before_every_seat_is_taken():
    shares = [turned_away(trips, 100.0, 0.3) for trips in np.linspace(1, 300, 60)]
    assert shares == sorted(shares)
    assert 0 < turned_away(85, 100, 0.3) < 0.1
    assert turned_away(200, 100, 0.3) == pytest.approx(0.5, abs=0.02)
    assert turned_away(5, 0, 0.3) == 1


def test_a_low_fare_draws_people_and_thins_the_margin():
    cheap = priced(NUMBERS, 0.8, 1.0)
    assert cheap.joining > NUMBERS.joining
    assert cheap.visits_year > NUMBERS.visits_year
    cost = NUMBERS.visit_value * (1 - NUMBERS.visit_margin)
    assert cheap.visit_value * (1 - cheap.visit_margin) == pytest.approx(cost)
    assert priced(NUMBERS, 1.0, 1.0) is NUMBERS


def owed(*spells):
    """Return what people expect more week by week; the fare has each level for so many weeks."""
    flights, found = Flights("southwest", 100.0, NUMBERS), []
    for fare, weeks in spells:
        for _ in range(weeks):
            found.append(flights.owed(fare))
            flights.week(Decision(fare=fare), 70.0, 100.0)
    return found


def test_a_fare_above_the_one_that_people_are_used_to_is_felt_until_they_are_used_to_it():
    """Xia, Monroe & Cox 2004 (sign)."""
    dear = owed((1.2, 104))
    assert dear[0] > 0
    assert dear == sorted(dear, reverse=True)
    assert dear[-1] < 0.05 * dear[0]
    assert not any(owed((1.0, 26), (0.8, 26)))


def test_after_a_cheap_year_the_usual_fare_is_a_dear_one():
    assert owed((0.8, 52), (1.0, 1))[-1] > owed((0.9, 52), (1.0, 1))[-1] > 0


def test_a_raised_fare_pleases_less_and_a_lowered_one_no_more_than_where_nobody_minds():
    case = load("southwest").change(years=1, cards=[], shocks=[], history=None)
    unminded = case.change(parameters=case.parameters | {"fare_unfair": 0})
    mean = {}
    for fare in (0.9, 1.3):
        for each in (case, unminded):
            runs = [simulate(each, lambda seen, f=fare: {"fare": f}, seed) for seed in range(3)]
            mean[fare, each is case] = np.mean([run.series["evaluation"] for run in runs])
    assert mean[1.3, True] < mean[1.3, False] - 0.05
    assert mean[0.9, True] == mean[0.9, False]
