"""Shifts: what cards, shocks and policies do to the numbers, for how long, and at what price."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim import ScenarioError, load, simulate
from crmsim.model.market.in_force import Shifts, shifted
from crmsim.model.market.market import Market
from crmsim.scenario.effects import Effect, Shift, movable
from crmsim.scenario.levers import BOUNDS, Decision
from crmsim.scenario.parameters import declared_parameters
from crmsim.scenario.policy_cards import policy_cards

TOWN = load("buick-market").change(people=300, years=0.5)
WORDS = {"en": "x", "zh-Hans": "x"}


def shocked(**effect):
    shock = {"id": "shock", "title": WORDS, "about": WORDS, "quarter": 2}
    return TOWN.change(shocks=[shock | effect])


def test_what_nothing_shifts_is_as_it_was():
    shifts, decision = Shifts(TOWN), Decision()
    assert shifts.now(3, decision).numbers is TOWN.numbers
    assert shifts.now(3, decision).decision is decision


def test_a_shift_begins_and_ends_when_it_says():
    shifts = Shifts(TOWN)
    shifts.begin("a", Effect(shifts=[Shift(of="talk_good", times=0.5, after=2, weeks=3)]), week=10)
    values = [shifts.now(week, Decision()).numbers.talk_good for week in range(9, 17)]
    usual = TOWN.numbers.talk_good
    assert values == [usual] * 3 + [usual * 0.5] * 3 + [usual] * 2


def test_what_is_given_up_works_no_longer():
    shifts = Shifts(TOWN)
    shifts.begin("a", Effect(cost=5, cost_week=7, shifts=[Shift(of="quality", plus=0.1)]), week=0)
    better = shifts.now(0, Decision()).quality
    assert shifts.cost(visits=0, complaints=0) == 12
    shifts.end("a")
    assert (better > shifts.now(1, Decision()).quality).all()
    assert shifts.cost(visits=0, complaints=0) == 0


def test_costs_are_for_the_week_the_visit_and_the_complaint():
    shifts = Shifts(TOWN)
    shifts.begin("a", Effect(cost=1000, cost_week=10, cost_visit=2, cost_complaint=3), week=0)
    assert [shifts.cost(visits=5, complaints=4) for _ in range(2)] == [1032, 32]


def test_a_lever_is_shifted_where_the_scenario_has_none():
    plain = load("buick-market").change(levers=[], policies=[])
    shifts = Shifts(plain)
    shifts.begin("a", Effect(shifts=[Shift(of="levers.attention", plus=0.4)]), week=0)
    assert shifts.now(0, Decision()).decision.attention == 0.4
    shifts.begin("b", Effect(shifts=[Shift(of="levers.attention", plus=5)]), week=0)
    assert shifts.now(0, Decision()).decision.attention == 1


@given(
    name=st.sampled_from(movable()),
    times=st.floats(0, 100),
    plus=st.floats(-1e6, 1e6),
)
def test_a_parameter_stays_in_its_range_whatever_shifts_it(name, times, plus):
    known = declared_parameters()[name]
    value = shifted({name: known.value}, [Shift(of=name, times=times, plus=plus)])[name]
    assert known.low <= value <= known.high


@given(lever=st.sampled_from(sorted(BOUNDS)), plus=st.floats(-1e6, 1e6))
def test_a_lever_stays_in_its_bounds_whatever_shifts_it(lever, plus):
    shifts, bounds = Shifts(TOWN), BOUNDS[lever]
    shifts.begin("a", Effect(shifts=[Shift(of=f"levers.{lever}", plus=plus)]), week=0)
    wanted = getattr(Decision(), lever) + plus
    assert getattr(shifts.now(0, Decision()).decision, lever) == bounds.clip(wanted)
    assert bounds.signed or bounds.clip(wanted) >= 0
    assert bounds.low <= getattr(Decision(), lever) <= bounds.high


@pytest.mark.parametrize("name", movable())
def test_a_market_runs_with_any_parameter_moved(name):
    known = declared_parameters()[name]
    for plus in (known.low - known.value, known.high - known.value):
        series = simulate(shocked(shifts=[{"of": name, "plus": max(min(plus, 1e6), -1e6)}])).series
        assert (series["evaluation"] >= 1).all()
        assert (series["staff"] >= 0).all()


def test_a_run_is_untouched_before_the_shock():
    usual = simulate(TOWN, seed=3).log
    shaken = simulate(shocked(shifts=[{"of": "talk_bad", "times": 2}], cost=900), seed=3).log
    assert usual[:13].equals(shaken[:13])
    assert usual.profit[13] - shaken.profit[13] == pytest.approx(900)


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        ({"of": "talk_goood"}, "did you mean 'talk_good'?"),
        ({"of": "customers_at_start"}, "is not a quantity that can be moved"),
        ({"of": "failures.snow"}, "is not a quantity that can be moved"),
        ({"of": "levers.smile"}, "is not a quantity that can be moved"),
        ({"of": "quality", "times": -1}, "greater than or equal to 0"),
        ({"times": 2}, "of: is missing"),
    ],
)
def test_a_shift_that_moves_nothing_is_told(shift, said):
    with pytest.raises(ScenarioError) as told:
        shocked(shifts=[shift])
    assert said in str(told.value)


def test_a_policy_card_costs_what_the_scenarios_wages_say_whatever_else_is_in_force():
    dear = shocked(quarter=1, shifts=[{"of": "wage_week", "times": 2}])
    market, card = Market(dear, seed=1), "right-first-time"
    market.step({})
    before = market._shifts.cost(visits=1, complaints=0)
    market.step({card: True})
    price = policy_cards()[card].priced(dear.numbers).cost_visit
    assert market._shifts.cost(visits=1, complaints=0) - before == pytest.approx(price)
