"""Cards of the day and the checks: they cost, they work through the model, and none always pays."""

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from crmsim import ActionError, ScenarioError, load, simulate
from crmsim.runs.compare import references
from crmsim.scenario.policy_cards import policy_cards

DAY = load("sunset")
CARDS = [card.id for card in DAY.cards]
SEEDS = range(20)
LED = {name: references(DAY)[name] for name in ("neglect", "balanced", "delight")}
LED["sunset"] = lambda seen: {"discipline": "sunset"}
"""Ways of staffing: with few people, with enough, with many, and the rota with the sunset rule."""


def led(way, cards=(), checks=False):
    """Return a policy that leads the day in a way, with cards and with checks or without."""

    def decide(seen):
        morning = {"cards": list(cards)} if seen.step == 0 else {}
        return {**LED[way](seen), **morning, "checks": checks}

    return decide


def worth(run):
    """The value of a day without the luck of who stays: each customer counts by her chance."""
    worths = {message.id: message.worth for message in DAY.messages}
    luck = sum(
        worths.get(row.message, 1.0) * (row.stays - row.stay_chance) for row in run.view.cases
    )
    return run.view.outcome["value"] - DAY.numbers.customer_worth * luck


@cache
def means(way, cards, checks=False):
    """The mean worth over the seeds."""
    return np.mean([worth(simulate(DAY, led(way, cards, checks), seed)) for seed in SEEDS])


def gain(way, cards, checks=False):
    return means(way, cards, checks) - means(way, ())


@pytest.mark.long
@pytest.mark.parametrize("card", CARDS)
def test_each_card_pays_in_one_way_of_staffing_and_loses_in_another(card):
    gains = [gain(way, (card,)) for way in LED]
    assert max(gains) > 0 > min(gains)


@pytest.mark.long
def test_no_pair_of_cards_is_best_for_every_staffing_and_the_author_agrees_with_what_is():
    """With many people it pays to hear of more problems; with few they only lengthen the line."""
    hands = [*combinations(CARDS, 1), *combinations(CARDS, 2)]
    best = {way: max(hands, key=lambda hand, way=way: means(way, hand)) for way in LED}
    assert len(set(best.values())) > 1
    assert "complaints-as-chances" in best["delight"]
    assert "complaints-as-chances" not in best["neglect"]


@pytest.mark.long
def test_checks_cost_hours_and_pay_where_there_are_people_for_them():
    assert gain("delight", (), checks=True) > 0
    plain, checked = (
        [simulate(DAY, led("sunset", (), on), seed) for seed in SEEDS] for on in (False, True)
    )

    def total(runs, column):
        return sum(run.series[column].sum() for run in runs)

    assert total(checked, "handler_min") > total(plain, "handler_min")
    assert total(checked, "agent_min") > total(plain, "agent_min")
    assert total(checked, "abandoned") > total(plain, "abandoned")


def test_the_chain_leaks_until_every_link_is_checked():
    """E-17: .95⁴ = .815 and .99⁴ = .961, with nobody in a hurry."""
    quiet = {"questions": 0, "problems": 12, "agents": 8, "handlers": 8}
    calm = DAY.change(
        days=40, hours=[quiet] * 4, sunset=12, parameters=DAY.parameters | {"miss_when_busy": 1}
    )

    def kept(policy):
        told = [row for row in simulate(calm, policy, 1).view.cases if row.fate != "silent"]
        assert len(told) > 800
        return np.mean([row.missed is None for row in told])

    assert kept(None) == pytest.approx(0.95**4, abs=0.025)
    assert kept(lambda _: {"checks": True}) == pytest.approx(0.99**4, abs=0.015)


def test_a_day_without_cards_and_checks_has_the_log_it_always_had():
    bare = DAY.change(cards=[], checks=False)
    for policy in (None, lambda seen: {"checks": False}):
        run = simulate(DAY, policy, 4)
        assert run.log.equals(simulate(bare, None, 4).log)
        assert run.view.outcome == simulate(bare, None, 4).view.outcome


def test_the_cards_are_ways_of_keeping_customers_under_their_own_names():
    """D-20: the titles are those of the policy cards of a Market."""
    assert len(CARDS) == 6
    for card in DAY.cards:
        way = policy_cards()[card.id]
        assert card.title == way.title
        assert f"D-20 ({way.number})" in card.source


def test_a_card_changes_the_numbers_it_names_and_is_paid_for():
    free = DAY.change(cards=[{**card, "work_h": 0, "cost": 0, "cost_case": 0} for card in tables()])
    for card in DAY.cards:
        played = {"cards": [card.id]}

        def first(seen, played=played):
            return played if seen.step == 0 else {}

        usual, run = simulate(DAY, None, 3), simulate(DAY, first, 3)
        paid, unpaid = (r.view.outcome["value"] for r in (run, simulate(free, first, 3)))
        columns = ["agent_min", "handler_min", "abandoned", "complaints", "closed"]
        assert not run.log[columns].equals(usual.log[columns]), card.id
        solved = sum(row.solution_h == row.solution_h for row in run.view.cases)
        price = DAY.numbers.desk_wage_h * card.work_h + card.cost + card.cost_case * solved
        assert unpaid - paid == pytest.approx(price), card.id
        assert price > 0 or card.id == "right-first-time", "it costs minutes of every solution"


def tables():
    """The cards as tables of a case file."""
    from crmsim.scenario.parts import as_written

    return [as_written(card) for card in DAY.cards]


def test_a_more_even_call_makes_a_shorter_line():
    """Pollaczek and Khinchine: the wait grows with the spread of the service times."""
    even = DAY.change(parameters=DAY.parameters | {"handle_cv": 0.4})
    waits = [
        np.mean([simulate(case, None, seed).series["wait_min"].mean() for seed in SEEDS])
        for case in (DAY, even)
    ]
    assert waits[1] < waits[0]


@pytest.mark.parametrize(
    ("cards", "says"),
    [
        ("convenience", "must be a list of ids of cards"),
        (["sunset-rule"], "'sunset-rule': is not a card; choose from: complaints-as-chances"),
        (CARDS[:3], "must be at most 2, each once"),
        ([CARDS[0], CARDS[0]], "must be at most 2, each once"),
    ],
)
def test_what_can_not_be_played_is_told(cards, says):
    with pytest.raises(ActionError) as told:
        simulate(DAY, lambda seen: {"cards": cards}, 1)
    assert says in str(told.value)


def test_cards_are_played_in_the_morning_only():
    with pytest.raises(ActionError, match="'cards' can't be decided"):
        simulate(DAY, lambda seen: {"cards": []}, 1)


def test_a_card_that_shifts_no_number_of_the_desk_is_told():
    card = {**tables()[0], "shifts": [{"of": "handle_minutes"}]}
    with pytest.raises(ScenarioError, match=r"shifts: of = 'handle_minutes'.*did you mean"):
        DAY.change(cards=[card])
