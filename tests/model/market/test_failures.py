"""Failures in a visit: how often, when, and what they do to the people they strike."""

import numpy as np
import pytest
from msgspec import to_builtins

from crmsim import load, simulate
from crmsim.common.chance import Chance
from crmsim.model.market.failures import MOST_FAILING, Failing, Failures, struck
from crmsim.model.market.flights import Flights
from crmsim.scenario.levers import Decision

CASE = load("southwest")
RATE = np.array([mode.rate for mode in CASE.failures])
QUIET = CASE.change(cards=[], shocks=[], history=None, years=1)
EVERYBODY = np.arange(200_000)


def week(strain=1.0, mistakes=1.0, flights=None):
    return Failures(CASE.failures).week(RATE, strain, mistakes, flights)


def test_at_rest_each_mode_strikes_as_often_as_it_is_declared():
    failing = week(flights=Flights("southwest", 100.0, CASE.numbers))
    assert failing.mean_rate == pytest.approx(RATE)
    hits = struck(failing, Chance(1), 3, EVERYBODY, len(EVERYBODY)).mean(axis=1)
    assert hits == pytest.approx(RATE, abs=0.003)


def test_in_a_run_the_modes_strike_as_often_as_they_are_declared():
    series = simulate(QUIET, seed=4).series
    visits = series["visits"].sum()
    assert series["delay"].sum() / visits == pytest.approx(0.257, abs=0.02)
    assert series["cancellation"].sum() / visits == pytest.approx(0.025, abs=0.006)


def test_pressure_and_newcomers_make_everything_go_wrong_more_often():
    usual = week().mean_rate
    assert (week(strain=1.2).mean_rate > usual).all()
    assert week(mistakes=1.5).mean_rate == pytest.approx(1.5 * usual)


def test_who_flies_in_the_evening_is_delayed_more_often():
    flights = Flights("southwest", 100.0, CASE.numbers)
    delay = week(flights=flights).rate[0]
    hours = flights.day.hour.tolist()
    assert delay[hours.index(19)] > 5 * delay[hours.index(7)]
    assert np.ptp(week(flights=flights).rate[1]) == 0


def test_full_aircraft_are_oversold_more_often():
    flights = Flights("southwest", 100.0, CASE.numbers)
    usual = week(flights=flights).mean_rate
    flights.week(Decision(), flown=90.0, seats=100.0)
    fuller = week(flights=flights).mean_rate
    overbooked = [mode.id for mode in CASE.failures].index("overbooking")
    assert fuller[overbooked] > 2 * usual[overbooked]
    assert np.delete(fuller, overbooked) == pytest.approx(np.delete(usual, overbooked))


def test_nothing_goes_wrong_more_often_than_nearly_always():
    assert week(strain=50.0).rate.max() == MOST_FAILING


def test_a_failure_costs_its_refund():
    failures = Failures(CASE.failures)
    assert failures.refunds(np.array([10, 2, 0, 1, 5])) == 2 * 100 + 140


def test_whom_a_failure_strikes_does_not_depend_on_who_else_comes():
    failing = Failing(np.full((2, 1), 0.3), np.zeros((2, 5)), np.ones(1))
    everybody = struck(failing, Chance(2), 5, np.arange(100), 100)
    some = struck(failing, Chance(2), 5, np.arange(0, 100, 7), 100)
    assert np.array_equal(everybody[:, ::7], some)


def test_what_fails_less_pleases_more():
    """The same airline and luck, with nothing ever going wrong, against one with twice as much."""
    bad = [to_builtins(mode) for mode in CASE.failures]
    calm = [{"of": "failures", "times": times} for times in (0.0, 2.0)]
    weather = {"id": "w", "title": CASE.title, "about": CASE.title, "quarter": 1}
    fine, foul = (
        simulate(QUIET.change(failures=bad, shocks=[weather | {"shifts": [shift]}]), seed=1).series
        for shift in calm
    )
    assert fine["delay"].sum() == 0 < foul["delay"].sum()
    assert fine["evaluation"].mean() > foul["evaluation"].mean() + 0.1
    assert fine["service"].mean() > foul["service"].mean()
    assert fine["customers"][-1] > foul["customers"][-1]


def test_a_week_in_which_nobody_comes_has_no_failures():
    nobody = np.arange(0)
    assert struck(week(), Chance(1), 0, nobody, 200).shape == (len(CASE.failures), 0)
