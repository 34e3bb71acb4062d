"""The Encounter: every walk of a bot ends, and what is felt follows from what is done."""

import itertools

import numpy as np
import pytest
from msgspec import to_builtins

from crmsim import ActionError, load, replay, scenarios, simulate
from crmsim.model.chair import BASELINE
from crmsim.model.encounter import Encounter

CASES = [name for name, world in scenarios()[["id", "world"]].values if world == "encounter"]


def walk(scenario, seed, pick):
    """Play to the end; gives the visited places and what was done there."""
    world = Encounter(scenario, seed)
    while not world.done:
        seen = world.observe()
        world.step(seen.on_offer[int(pick.integers(len(seen.on_offer)))].id)
    return world.observe()


@pytest.mark.parametrize("walks", [8, pytest.param(60, marks=pytest.mark.long)])
@pytest.mark.parametrize("seat", ["seller", "buyer"])
@pytest.mark.parametrize("case", CASES)
def test_a_bot_comes_to_an_end_on_every_walk_and_takes_every_choice(case, seat, walks):
    scenario = load(case).change(seat=seat)
    pick = np.random.default_rng(1)
    chairs = [scenario.change(persona=persona.id) for persona in scenario.personas]
    on_offer = {
        (touchpoint.id, part.id)
        for touchpoint in scenario.touchpoints
        for part in (touchpoint.choices if seat == "seller" else touchpoint.replies)
    }
    endings = {ending.id for ending in scenario.endings}
    done, ended = set(), set()
    enough, most = (times * len(scenario.touchpoints) for times in (walks, 120))
    for seed, chair in zip(range(most), itertools.cycle(chairs)):
        if seed >= enough and (done, ended) == (on_offer, endings):
            break
        seen = walk(chair, seed, pick)
        done |= {(step.touchpoint, step.action) for step in seen.journey}
        ended.add(seen.ending)
        assert 1 <= seen.satisfaction <= 5
        assert -1 <= seen.mood <= 1
        assert all(0 <= q <= 1 for q in seen.perceived.values())
    assert done == on_offer
    assert ended == endings


@pytest.mark.parametrize("seat", ["seller", "buyer"])
@pytest.mark.parametrize("case", ["showroom", "bus"])
def test_every_path_of_a_short_case_ends(case, seat):
    scenario = load(case)
    chairs = [scenario.change(seat=seat, persona=persona.id) for persona in scenario.personas]
    begun = [(chair, ()) for chair in chairs]
    assert begun
    while begun:
        chair, actions = begun.pop()
        world = Encounter(chair, seed=1)
        for action in actions:
            world.step(action)
        seen = world.observe()
        assert seen.ending if world.done else seen.on_offer, actions
        begun += [(chair, (*actions, offer.id)) for offer in seen.on_offer]


def test_personas_want_different_things():
    scenario = load("buick")
    assert len(scenario.personas) >= 4
    dearest = {max(p.weights.shares(), key=p.weights.shares().get) for p in scenario.personas}
    assert len(dearest) >= 3


def test_no_choice_is_best_for_everybody_in_satisfaction_and_money():
    """Each alternative wins on something and costs something."""
    scenario = load("buick")
    assert scenario.touchpoints
    for touchpoint in scenario.touchpoints:
        champions = []
        for persona in scenario.personas:
            chair = scenario.change(persona=persona.id)
            scored = {choice.id: _felt(chair, touchpoint, choice) for choice in touchpoint.choices}
            happiest = max(scored, key=lambda name: scored[name])
            cheapest = min(touchpoint.choices, key=lambda choice: (choice.cost, choice.minutes)).id
            champions.append(happiest == cheapest and happiest)
        assert len(set(champions)) > 1 or not champions[0], touchpoint.id


def _felt(scenario, touchpoint, choice):
    """Weighted gap that a choice delivers to the scenario's persona."""
    persona = next(p for p in scenario.personas if p.id == scenario.persona)
    expected, weights = to_builtins(persona.expectation), persona.weights.shares()
    shifts = choice.for_personas.get(persona.id, {})
    return sum(weights[d] * (x + shifts.get(d, 0) - expected[d]) for d, x in choice.moves.items())


def test_surprise_costs_money_and_courtesy_is_not_help():
    choices = [choice for t in load("buick").touchpoints for choice in t.choices]
    surprises = [choice.cost for choice in choices if choice.level == "unexpected"]
    others = [choice.cost for choice in choices if choice.level != "unexpected"]
    assert np.mean(surprises) > np.mean(others)
    assert {choice.speech for choice in choices} == {"courtesy", "service", "none"}


def test_time_beyond_her_patience_costs_responsiveness():
    scenario = load("buick")
    slow = scenario.change(
        personas=[to_builtins(p) | {"patience_min": 5} for p in scenario.personas]
    )
    for seed in range(5):
        hurried, calm = simulate(slow, seed=seed).view, simulate(scenario, seed=seed).view
        assert hurried.journey[0].choice == calm.journey[0].choice
        assert hurried.perceived["responsiveness"] < calm.perceived["responsiveness"]


def test_what_is_not_on_offer_is_refused_with_what_is():
    world = Encounter(load("buick"), 1)
    with pytest.raises(ActionError, match="'dance' is not on offer; choose one of: "):
        world.step("dance")
    assert world.observe().journey == ()
    seen = walk(load("buick"), 1, np.random.default_rng(0))
    assert seen.ending
    world = Encounter(load("showroom"), 1)
    while not world.done:
        world.step(world.baseline())
    with pytest.raises(ActionError, match="the visit is over"):
        world.step("anything")


# -- two people, one performance (B-13) -------------------------------------------------------


some_lucks = pytest.mark.parametrize("lucks", [15, pytest.param(200, marks=pytest.mark.long)])


def passengers(policy, seed):
    """The same service for both passengers of the bus."""
    driven = simulate(load("bus").change(persona="runner"), policy, seed)
    again = simulate(load("bus").change(persona="planner"), replay(driven.actions), seed)
    return driven.view, again.view


def quality(seen, what):
    """Perceived or expected quality, weighted."""
    return sum(weight * getattr(seen, what)[d] for d, weight in seen.weights.items())


@some_lucks
def test_the_same_bus_ride_pleases_who_hoped_for_little_and_disappoints_who_hoped_for_much(lucks):
    for seed in range(lucks):
        runner, planner = passengers(None, seed)
        assert runner.perceived == pytest.approx(planner.perceived)
        assert runner.minutes == planner.minutes
        ratios = [quality(s, "perceived") / quality(s, "expected") for s in (runner, planner)]
        assert ratios == pytest.approx([1.5, 0.75], abs=0.15)
        assert runner.satisfaction > 4.2 > 2.9 > planner.satisfaction


@some_lucks
def test_who_expects_less_is_pleased_more_whatever_the_driver_does(lucks):
    pick = np.random.default_rng(2)
    for seed in range(lucks):
        chance = lambda seen: seen.on_offer[int(pick.integers(len(seen.on_offer)))].id  # noqa: E731
        runner, planner = passengers(chance, seed)
        assert runner.perceived == pytest.approx(planner.perceived)
        assert runner.satisfaction > planner.satisfaction + 0.5


def test_being_told_in_time_lowers_what_is_expected_and_nothing_else():
    """The air-conditioning is as broken as before; only whoever counted on it is spared."""
    for seed in range(20):
        ways = {}
        for first in ("reopen", "say-how-it-is"):
            opened = lambda seen, first=first: first if not seen.journey else BASELINE  # noqa: E731
            ways[first] = passengers(opened, seed)
        (_, cool), (runner, told) = ways.values()
        assert told.perceived["tangibles"] == pytest.approx(cool.perceived["tangibles"])
        assert told.expected["tangibles"] < cool.expected["tangibles"]
        assert runner.expected["tangibles"] == load("bus").personas[0].expectation.tangibles
        assert told.satisfaction > cool.satisfaction


def test_where_nothing_is_sold_nobody_decides_to_buy():
    seen = simulate("bus", seed=1).view
    assert "buys" not in seen.decision
    assert seen.earned == -seen.cost
    assert set(seen.decision) == {"recommends", "complains", "warns", "returns"}


def test_a_discount_is_booked_only_where_the_car_is_sold():
    ends = {}
    for seed in range(40):
        world = Encounter(load("buick"), seed)
        while not world.done:
            seen = world.observe()
            offered = {offer.id: offer for offer in seen.on_offer}
            discount = offered.get("quick-discount")
            assert discount is None or (discount.if_sold and discount.cost == 2000)
            world.step("quick-discount" if discount else world.baseline())
        seen = world.observe()
        paid = sum(step.cost for step in seen.journey if step.choice != "quick-discount")
        sold = seen.decision["buys"]
        assert seen.cost == pytest.approx(paid + (2000 if sold else 0))
        assert seen.earned == pytest.approx((world.scenario.deal.margin if sold else 0) - seen.cost)
        ends[sold] = seen
    assert set(ends) == {True, False}
