"""Policy cards: each does what its reason says, costs what it says, and off is as if not there."""

import numpy as np
import pytest
from msgspec.structs import replace

from crmsim import ScenarioError, load, scenarios, simulate
from crmsim.common.words import data_path
from crmsim.model.market.log import LOG_COLUMNS
from crmsim.model.market.market import Market
from crmsim.scenario.effects import Shift
from crmsim.scenario.levers import LEVERS
from crmsim.scenario.policy_cards import WAYS, deck, policy_cards, policy_table

CARDS = policy_cards()
SEEDS = range(2)
MARKETS = [name for name, world in scenarios()[["id", "world"]].values if world == "market"]

TOWN = load("buick-market").change(people=500, years=1)
TOUCHY = load("buick-market").change(
    people=8000,
    years=1.5,
    parameters={
        "talk_bad_at": 3.0,
        "leave_after_bad": 0.9,
        "complaint_share": 0.5,
        "handlers_share": 0.4,
    },
)
"""A town in which people speak up and leave, and somebody has time for them: so every way of
keeping them has work to do."""


def with_cards(**cards):
    """A policy that puts cards in force, or out of it, in the first quarter."""
    action = {name.replace("_", "-"): on for name, on in cards.items()}
    return lambda seen: action if seen.place == 0 else {}


def log(scenario, policy, seed=0):
    return simulate(scenario, policy, seed).series


@pytest.fixture(scope="module")
def untouched():
    return {seed: log(TOUCHY, None, seed) for seed in SEEDS}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_alone_moves_what_its_reason_says(name, untouched):
    column, up = CARDS[name].sign.column, CARDS[name].sign.goes == "up"
    moved = [
        log(TOUCHY, with_cards(**{name: True}), seed)[column].mean()
        - untouched[seed][column].mean()
        for seed in SEEDS
    ]
    assert np.mean(moved) != 0
    assert (np.mean(moved) > 0) == up, moved


@pytest.mark.parametrize("name", CARDS)
def test_a_card_costs_what_it_says(name, monkeypatch):
    """With shifts that move nothing, its cost is all that is left of it."""
    bare = replace(CARDS[name], shifts=(Shift(of="talk_good"),))
    monkeypatch.setattr("crmsim.scenario.policy_cards.policy_cards", lambda: {name: bare})
    idle, used = log(TOWN, None), log(TOWN, with_cards(**{name: True}))
    wage_h = TOWN.numbers.wage_week / TOWN.numbers.hours_week
    work_h = bare.work * TOWN.numbers.visit_h * idle["visits"][0]
    work_h += bare.complaint_h * idle["complaints"][0]
    assert idle["profit"][0] - used["profit"][0] == pytest.approx(work_h * wage_h, abs=1e-6)


@pytest.mark.parametrize("name", CARDS)
def test_no_card_is_free(name):
    """It takes working time, brings a lever's own cost, or gives something up."""
    card = CARDS[name]
    gives_up = {"levers.promise", "visit_margin", "visit_value", "hiring_week", "rookie_output"}
    lever = any(shift.of.startswith("levers.") for shift in card.shifts)
    assert card.work or card.complaint_h or lever or {s.of for s in card.shifts} & gives_up


@pytest.mark.parametrize("scenario", MARKETS)
def test_cards_out_of_force_leave_everything_as_it_was(scenario):
    small = load(scenario).change(people=300)
    off = log(small, lambda seen: dict.fromkeys(CARDS, False))
    assert CARDS
    for column, values in log(small, None).items():
        assert np.array_equal(off[column], values), column


def test_a_card_of_a_lever_is_that_lever():
    card = log(TOWN, with_cards(sunset_rule=True))
    lever = log(TOWN, lambda seen: {"sunset": 1})
    assert all(np.array_equal(card[column], lever[column]) for column in card)


def test_a_card_stays_in_force_until_it_is_taken_out():
    market = Market(TOWN, seed=1)
    seen = []
    for action in ({}, {"seek-feedback": True}, {}, {"seek-feedback": False}):
        market.step(action)
        seen.append(market.observe().policies["seek-feedback"])
    assert seen == [False, True, True, False]


@pytest.mark.parametrize("scenario", MARKETS)
def test_a_card_costs_the_same_share_of_wages_in_every_market(scenario):
    numbers = load(scenario).numbers
    assert CARDS
    for card in CARDS.values():
        paid = numbers.visit_h * numbers.wage_week / numbers.hours_week
        assert card.priced(numbers).cost_visit == pytest.approx(card.work * paid)


def test_the_thirty_ways_are_there_once_each_under_names_of_their_own():
    assert [card.number for card in CARDS.values()] == list(range(1, WAYS + 1))
    taken = {card.id for name in MARKETS for card in load(name).cards} | set(LEVERS)
    assert taken & CARDS.keys() == set()
    assert {card.sign.column for card in CARDS.values()} <= set(LOG_COLUMNS)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_says_what_a_card_moves_and_what_it_costs_here(lang):
    table = policy_table(lang, load("buick-market")).set_index("id")
    assert len(table) == WAYS
    assert table.loc["right-first-time", "moves"] == "quality.reliability +0.015; visit_noise ×0.94"
    assert table.loc["right-first-time", "cost_visit"] == pytest.approx(0.12 * 1.5 * 1900 / 36)
    assert (table[["title", "about", "why"]].map(len) > 0).all(axis=None)
    assert table.title["sunset-rule"] in ("Adopt the sunset rule", "采用“日落规则”")


GOOD = data_path("policies", "thirty-ways.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            'of = "levers.sunset"',
            'of = "levers.sunsett"',
            "'levers.sunsett': is not a quantity that can",
        ),
        ("work = 0.006", "work = 3", "'congratulate-staff': work = 3: must be less than or"),
        ("number = 30", "number = 31", "number = 31: must be less than or equal to 30"),
        ('id = "sunset-rule"', 'id = "sunset"', "cards 'sunset': id: is the name of a lever"),
        ('id = "be-consistent"', 'id = "sunset-rule"', "'sunset-rule': stands more than once"),
        ('goes = "down"', 'goes = "away"', "sign: goes = 'away': must be 'up' or 'down'"),
        (", why = {", ", because = {", "shifts no. 1: why: is missing; say why it moves"),
        ('zh-Hans = "采用', 'fr = "', "title: zh-Hans: is missing"),
        ("[[cards]]", "[[cards", "not readable as TOML"),
    ],
)
def test_a_mistake_in_a_card_is_told_with_its_place(before, after, told, tmp_path):
    path = tmp_path / "my-ways.toml"
    path.write_text(GOOD.replace(before, after, 1), "utf-8")
    with pytest.raises(ScenarioError) as error:
        deck(path)
    assert told in str(error.value)
    assert all(line.startswith("my-ways.toml: ") for line in str(error.value).splitlines())
