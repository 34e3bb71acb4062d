"""Bad input: a clear error or a defined answer, found by hand and by Hypothesis."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim import (
    ActionError,
    CrmsimError,
    RecordError,
    Run,
    ScenarioError,
    aftermath,
    compare,
    history,
    load,
    parameters,
    plot,
    replay,
    scenarios,
    simulate,
    story,
    what_if,
)
from crmsim.common.errors import EnsembleError
from crmsim.model.desk.desk import Desk
from crmsim.model.encounter import Encounter
from crmsim.model.market.market import Market
from crmsim.model.theory.complaints import promptness, repurchase_when_contacted, staying
from crmsim.model.theory.control_chart import control_chart
from crmsim.model.theory.diffusion import adopted
from crmsim.model.theory.estimation import cronbach_alpha, regression
from crmsim.model.theory.kano import ratings, satisfaction_coefficients, shares_after
from crmsim.model.theory.lifetime_value import gain_of_points, lifetime_value, margin_multiple
from crmsim.model.theory.queues import agents_for, impatient, mean_wait_min, service_level, waiting
from crmsim.model.theory.satisfaction import intention, repurchase, satisfaction
from crmsim.model.theory.standards import erosion, noisy_orders
from crmsim.model.theory.survey import survey
from crmsim.runs.loop_gain import RestingMarket
from crmsim.scenario.parameters import declared_parameters

TOWN = load("buick-market").change(people=120, years=0.5)
DESK = load("sunset")
SKY = load("southwest").change(people=100)
WORLDS = {"buick": load("buick"), "buick-market": TOWN, "sunset": DESK}

odd_numbers = st.sampled_from([math.nan, math.inf, -math.inf, -1.0, -1e300, 1e300, 1e9, 10**400])
odd_things = st.one_of(
    odd_numbers,
    st.sampled_from([None, True, "", "more", b"more", [], {}, (), object(), {"a": {}}, 1 + 2j]),
    st.text(max_size=5),
    st.dictionaries(st.text(max_size=3), st.integers() | st.none(), max_size=3),
    st.lists(st.integers(), max_size=3),
)


def attempt(do, refusal, names):
    """Return the outcome, or None if it is refused in words that name what was wrong."""
    try:
        return do()
    except refusal as error:
        said = str(error)
    assert names in said
    return None


@given(name=st.sampled_from(sorted(declared_parameters())), value=odd_numbers)
@settings(max_examples=60, deadline=None)
def test_a_parameter_is_within_its_range_or_refused(name, value):
    parameter = declared_parameters()[name]
    changed = attempt(lambda: TOWN.change(parameters={name: value}), ScenarioError, name)
    if changed:
        assert parameter.low <= getattr(changed.numbers, name) <= parameter.high


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_market_anywhere_within_the_ranges_stays_finite(data):
    names = data.draw(
        st.lists(st.sampled_from(sorted(declared_parameters())), max_size=8, unique=True)
    )
    ends = {
        name: data.draw(
            st.sampled_from([declared_parameters()[name].low, declared_parameters()[name].high])
        )
        for name in names
    }
    series = simulate(TOWN.change(parameters=ends), seed=data.draw(st.integers(0, 99))).series
    assert np.isfinite(list(series.values())).all()
    assert (series["customers"] >= 0).all()
    assert ((series["evaluation"] >= 1) & (series["evaluation"] <= 5)).all()
    assert ((series["reputation"] >= 0) & (series["reputation"] <= 1)).all()


@given(name=st.sampled_from(sorted(WORLDS)), action=odd_things)
@settings(max_examples=60, deadline=None)
def test_a_policy_that_returns_nonsense_is_told_so(name, action):
    if action == {} and name != "buick":
        return  # leaves every lever where it is
    with pytest.raises(ActionError):
        simulate(WORLDS[name], lambda seen: action)


@given(lever=st.sampled_from([lever.id for lever in TOWN.levers]), value=odd_things)
@settings(max_examples=60, deadline=None)
def test_a_lever_is_set_within_its_range_or_refused(lever, value):
    market, allowed = Market(TOWN), {each.id: each for each in TOWN.levers}[lever]
    attempt(lambda: market.step({lever: value}), ActionError, lever)
    if market.week:
        assert allowed.low <= market.observe().decision[lever] <= allowed.high


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_a_policy_that_raises_says_so_itself(name):
    def broken(seen):
        raise ZeroDivisionError("my own mistake")

    with pytest.raises(ZeroDivisionError, match="my own mistake"):
        simulate(WORLDS[name], broken)
    with pytest.raises(EnsembleError, match=r"policy 'broken', seed 3: .*my own mistake"):
        compare(WORLDS[name], {"broken": broken}, [3])


@pytest.mark.parametrize("name", sorted(WORLDS))
@given(seed=odd_things)
@settings(max_examples=25, deadline=None)
def test_a_seed_is_a_whole_number_or_refused(name, seed):
    with pytest.raises(ValueError, match=r"seed = .*must be a whole number"):
        simulate(WORLDS[name], seed=seed)


@pytest.mark.parametrize(
    "key", ["people", "years", "rule", "quality", "weights", "levers", "style"]
)
@given(value=odd_things)
@settings(max_examples=25, deadline=None)
def test_a_market_is_changed_to_something_that_makes_sense_or_refused(key, value):
    changed = attempt(lambda: TOWN.change(**{key: value}), ScenarioError, key)
    if changed:
        assert changed.people <= 5_000_000
        assert 0 < changed.years <= 100


@given(what=odd_things)
@settings(max_examples=40, deadline=None)
def test_what_is_no_scenario_is_refused(what):
    with pytest.raises(ScenarioError):
        load(what)


@pytest.mark.parametrize("world", [Encounter, Desk, Market])
@pytest.mark.parametrize("what", [5, None, "southwest", load("bus")])
def test_a_world_is_of_its_own_kind_of_scenario_or_refused(world, what):
    if world is Encounter and what == load("bus"):
        assert world(what).seed == 0
    else:
        with pytest.raises(ValueError, match=r"scenario = .* as load\(…\) gives it"):
            world(what)


def test_nobody_at_all():
    run = simulate(TOWN.change(people=0), seed=1)
    assert (run.series["customers"] == 0).all()
    assert (run.series["sales"] == 0).all()
    assert (run.series["evaluation"] == 4).all()
    assert np.isfinite(list(run.series.values())).all()


def test_one_person():
    assert np.isfinite(list(simulate(TOWN.change(people=1), seed=1).series.values())).all()


def test_a_thousand_years_are_refused_and_a_hundred_are_finite():
    with pytest.raises(ScenarioError, match="years = 1000"):
        TOWN.change(years=1000)
    series = simulate(TOWN.change(people=60, years=100), seed=1).series
    assert len(series["week"]) == 5200
    assert np.isfinite(list(series.values())).all()


def test_less_than_a_week_is_over_at_once():
    assert len(simulate(TOWN.change(years=0.001)).log) == 0


@given(step=odd_things)
@settings(max_examples=30, deadline=None)
def test_what_if_of_a_step_that_is_none_is_refused(step):
    run = simulate(TOWN, seed=1)
    with pytest.raises(ActionError):
        what_if(run, step, {})


@pytest.mark.parametrize("seeds", [[], range(0)])
def test_no_seeds_give_an_empty_table(seeds):
    assert len(compare(TOWN, {"usual": None}, seeds)) == 0


def test_every_error_that_is_ours_says_what_and_where():
    with pytest.raises(CrmsimError, match="buick-market: lever 'capacity' = nan: must be between"):
        simulate(TOWN, lambda seen: {"capacity": math.nan})


# -- the formulas that students call themselves -----------------------------------------------

NUMBERS = TOWN.numbers
NAN = math.nan

FORMULAS = {
    "agents = nan": lambda: waiting(NAN, 5.0),
    "agents = 'many'": lambda: waiting("many", 5.0),
    "load = inf": lambda: waiting(10, math.inf),
    "load = None": lambda: waiting(10, None),
    "handle_min = -1": lambda: mean_wait_min(10, 5.0, -1),
    "handle_min = nan": lambda: mean_wait_min(10, 5.0, NAN),
    "handle_min = 0": lambda: agents_for(5.0, 0, 0.3, 0.8),
    "target_min = -5": lambda: service_level(10, 5.0, 3.0, -5),
    "patience_min = nan": lambda: impatient(10, 5.0, 3.0, NAN),
    "margin = nan": lambda: lifetime_value(NAN, 0.8, 0.1),
    "margin = 'all'": lambda: lifetime_value("all", 0.8, 0.1),
    "retention = None": lambda: lifetime_value(100, None, 0.1),
    "capacity = inf": lambda: erosion([1.0], NUMBERS, capacity=math.inf),
    "standard = 0": lambda: erosion([1.0], NUMBERS, standard=0),
    "standard = nan": lambda: erosion([1.0], NUMBERS, standard=NAN),
    "week 0: orders = 'many'": lambda: erosion(["many"], NUMBERS),
    "causes": lambda: regression([1, 2, 3], [[1], [NAN], [3]]),
    "outcome": lambda: regression([1, NAN, 3], [[1], [2], [3]]),
    "items": lambda: cronbach_alpha([[1, NAN], [2, 3]]),
    "counts": lambda: satisfaction_coefficients({"basic": -1, "expressed": 5}),
    "week = -5": lambda: shares_after(-5.0, NUMBERS),
    "levels": lambda: ratings([], 10, 1, NUMBERS),
    "quality": lambda: survey([NAN] * 5, 10, 1, NUMBERS),
    "quality ": lambda: survey([0.5] * 4, 10, 1, NUMBERS),
    "quality  ": lambda: survey([9.0] * 5, 10, 1, NUMBERS),
    "people = 1.5": lambda: survey([0.5] * 5, 1.5, 1, NUMBERS),
    "year": lambda: adopted(-1.0, 0.03, 0.38),
    "bad, of": lambda: control_chart([NAN], [1]),
    "orders = None": lambda: erosion(None, NUMBERS),
    "orders = 5": lambda: erosion(5, NUMBERS),
    "weeks = -1": lambda: noisy_orders(-1, 1, NUMBERS),
    "weeks = 'all'": lambda: noisy_orders("all", 1, NUMBERS),
    "retention = 'x'": lambda: gain_of_points("x", 0.05, 0.1),
    "points = 'x'": lambda: gain_of_points(0.8, "x", 0.1),
    "points = nan": lambda: gain_of_points(0.8, NAN, 0.1),
    "points = 0.3": lambda: gain_of_points(0.8, 0.3, 0.1),
    "severity = 'huge'": lambda: staying(0.5, 0.5, 0.5, NUMBERS, "huge"),
    "day": lambda: repurchase_when_contacted(-5.0, NUMBERS),
    "day = 'never'": lambda: repurchase_when_contacted("never", NUMBERS),
    "response_h = -5": lambda: promptness(-5, 5, NUMBERS),
    "resolution_h = nan": lambda: promptness(5.0, NAN, NUMBERS),
    "resolution_h = 'soon'": lambda: promptness(5, "soon", NUMBERS),
    "perceived = nan": lambda: satisfaction(NAN, 0.5, NUMBERS, "ratio"),
    "perceived = 'good'": lambda: satisfaction("good", 0.5, NUMBERS, "asymmetric"),
    "expected = None": lambda: satisfaction(0.5, None, NUMBERS, "difference"),
    "expected = [0.5]": lambda: satisfaction(0.5, [0.5], NUMBERS, "difference"),
    "level = 1000000.0": lambda: repurchase(1e6, NUMBERS),
    "level = nan": lambda: repurchase(NAN, NUMBERS),
    "level = 0.0": lambda: intention(0.0, NUMBERS),
    "level = array": lambda: intention(np.array([0.0, 3.0]), NUMBERS),
    "level = 'high'": lambda: intention("high", NUMBERS),
    "rule = 'guess'": lambda: satisfaction(0.5, 0.5, NUMBERS, "guess"),
    "person = 'Li'": lambda: history(simulate(TOWN, seed=1), "Li"),
    "person = True": lambda: history(simulate(TOWN, seed=1), True),
    "person = 1.5": lambda: story(simulate(TOWN, seed=1), 1.5),
    "person = None": lambda: story(simulate(TOWN, seed=1), None),
    "run = 5": lambda: history(5, 1),
    "run = 'mine'": lambda: story("mine", 1),
    "run = None": lambda: what_if(None, 0, {}),
    "run = {}": lambda: aftermath({}),
    "run = 7": lambda: plot(7),
    "base = 5": lambda: plot(simulate(TOWN, seed=1), 5),
    "base = a run of 'buick'": lambda: plot(simulate(TOWN, seed=1), simulate("buick")),
    "scope = array": lambda: aftermath(simulate("buick"), np.array(["floor", "one"])),
    "actions = 5": lambda: replay(5),
    "actions = 'ask-back'": lambda: replay("ask-back"),
    "actions = {'capacity'": lambda: replay({"capacity": 0.8}),
    "settling_weeks = -1": lambda: RestingMarket(TOWN, settling_weeks=-1),
    "settling_weeks = 'long'": lambda: RestingMarket(TOWN, settling_weeks="long"),
    "kinds = 0": lambda: RestingMarket(TOWN, settling_weeks=1, kinds=0),
    "buick: is not a market": lambda: RestingMarket("buick"),
    "people = 0": lambda: RestingMarket(TOWN.change(people=0)),
    "weeks = 0": lambda: RestingMarket(TOWN, settling_weeks=1, kinds=4).gain(weeks=0),
    "weeks = -1 ": lambda: RestingMarket(TOWN, settling_weeks=1, kinds=4).after_a_shock(-1),
    "lever 'luck': is not a lever": lambda: RestingMarket(TOWN, settling_weeks=1, kinds=4).gain(
        1, luck=1
    ),
    "lever 'bonus' = nan": lambda: RestingMarket(TOWN, settling_weeks=1, kinds=4).gain(
        1, bonus=NAN
    ),
}


@pytest.mark.parametrize("named", FORMULAS)
def test_a_formula_says_which_of_its_arguments_makes_no_sense(named):
    with pytest.raises(ValueError, match=f"^{re.escape(named.strip())}"):
        FORMULAS[named]()


def test_what_the_formulas_of_satisfaction_make_of_arrays_is_defined():
    some = np.array([0.4, NAN])
    for rule in ("ratio", "difference", "asymmetric"):
        came = satisfaction(some, np.array([0.4, 0.4]), NUMBERS, rule)
        assert came[0] == 4
        assert np.isnan(came[1])
    assert margin_multiple(np.array([0.5, 1.0]), 0.5) == pytest.approx([0.5, 2.0])


@pytest.mark.parametrize("lang", [5, None, "", "fr", b"en"])
@pytest.mark.parametrize("speak", [lambda lang: load("buick", lang=lang), scenarios, parameters])
def test_a_language_that_is_not_taught_is_refused(speak, lang):
    with pytest.raises(CrmsimError, match=f"^lang = {lang!r}: must be one of: en, zh-Hans"):
        speak(lang)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lang": 5}, "lang = 5: must be one of"),
        ({"changes": 5}, "changes = 5: must be a table"),
        ({"actions": 5}, "actions = 5: must be several"),
        ({"actions": [np.array(["ask-back", "round-sum"])]}, "is not on offer"),
    ],
)
def test_a_record_of_nonsense_says_what_is_wrong(changed, said):
    with pytest.raises(RecordError, match=f"^record: can't be replayed: .*{said}"):
        Run.from_record(simulate("buick").record | changed)


@pytest.mark.parametrize("record", [5, None, [], "buick"])
def test_what_is_no_record_is_refused(record):
    with pytest.raises(RecordError, match=r"^record = .*: must be a table, as Run.record is"):
        Run.from_record(record)


def test_a_record_that_lacks_something_says_what():
    record = {name: value for name, value in simulate("buick").record.items() if name != "seed"}
    with pytest.raises(RecordError, match=r"^record: lacks seed$"):
        Run.from_record(record)


ARRAYS = [np.array(["ask-back"]), np.array(["ask-back", "round-sum"]), np.array(1.0), np.zeros(0)]


@pytest.mark.parametrize("array", [*ARRAYS, pd.Series(["ask-back"]), pd.DataFrame({"a": [1, 2]})])
def test_an_array_is_no_action_and_no_answer_to_a_card(array):
    with pytest.raises(ActionError, match=r"(?s)'enquiry': .* is not on offer; choose one of: "):
        simulate("buick", lambda seen: array)
    with pytest.raises(ActionError, match=r"(?s)'enquiry': .* is not on offer; choose one of: "):
        what_if(simulate("buick"), 0, array)
    with pytest.raises(
        ActionError, match=r"(?s)card '.*' = .*: is not one of its options; choose one of: "
    ):
        simulate(SKY, lambda seen: {card.id: array for card in seen.cards})


def test_nothing_at_all_is_no_step():
    with pytest.raises(ActionError, match="'enquiry': None is not on offer"):
        Encounter(load("buick")).step(None)


@pytest.mark.parametrize("policy", ["balanced", 3, {}, True])
def test_what_is_no_policy_is_refused(policy):
    with pytest.raises(ActionError, match=r"policy = .*: must be a function"):
        simulate(TOWN, policy)
    with pytest.raises(ActionError, match=r"policy 'mine' = .*: must be a function"):
        compare(TOWN, {"mine": policy}, [1])


@pytest.mark.parametrize(
    ("policies", "seeds", "named"),
    [(["balanced"], [1], "policies"), (None, [1], "policies"), ({"usual": None}, 5, "seeds")],
)
def test_a_comparison_of_nothing_that_could_be_compared_is_refused(policies, seeds, named):
    with pytest.raises(ActionError, match=f"^{named} = "):
        compare(TOWN, policies, seeds)
