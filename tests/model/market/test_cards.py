"""Decision cards and what else an action of a market can hold: offered, checked, carried out."""

import re
import tomllib
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from crmsim import ActionError, Run, ScenarioError, load, replay, simulate, what_if
from crmsim.common.chance import Chance
from crmsim.common.words import data_path
from crmsim.model.market.card_effects import concerned, lot_of
from crmsim.model.market.log import columns_of
from crmsim.model.market.market import Market
from crmsim.runs.compare import references
from crmsim.scenario.policy_cards import policy_cards

pytestmark = pytest.mark.usefixtures("compiled_engine")

CASE = load("southwest")
SMALL = CASE.change(people=60)
TEXT = data_path("scenarios", "southwest.toml").read_text("utf-8")
QUARTER = {card.id: card.quarter - 1 for card in CASE.cards}


@cache
def usual():
    return simulate(SMALL, seed=1)


def decided(card, option):
    """A run in which everything takes its usual course but this card."""
    return what_if(usual(), QUARTER[card], {card: option})


def at_quarter(case, quarter, seed=1):
    market = Market(case, seed)
    for _ in range(quarter - 1):
        market.step({})
    return market


# -- on offer ---------------------------------------------------------------------------------


def test_levers_open_and_cards_come_as_quarters_pass():
    market = Market(SMALL, 1)
    seen = market.observe()
    assert [lever.id for lever in seen.on_offer] == ["fare", "fleet", "capacity"]
    offered, came = [], []
    while not market.done:
        seen = market.observe()
        offered.append(len(seen.on_offer))
        came += [(card.id, seen.quarter + 1) for card in seen.cards]
        market.step({})
    assert offered == sorted(offered)
    assert offered[-1] == len(CASE.levers)
    assert came == [(card.id, card.quarter) for card in CASE.cards]
    assert market.observe().cards == ()


def test_a_card_that_is_not_answered_takes_its_usual_course():
    assert usual().view.answers == {card.id: card.usual for card in CASE.cards}
    said = simulate(SMALL, lambda seen: {card.id: card.usual for card in seen.cards}, seed=1)
    assert said.log.equals(usual().log)


@pytest.mark.parametrize(
    ("quarter", "action", "said"),
    [
        (1, {"training": 100}, "lever 'training' = 100: opens in quarter 2; this is quarter 1"),
        (1, {"missed-flight": "new-ticket"}, "comes in quarter 2; this is quarter 1"),
        (3, {"missed-flight": "new-ticket"}, "comes in quarter 2; this is quarter 3"),
        (2, {"missed-flight": "shout"}, "not one of its options; choose one of: light-aircraft, "),
        (2, {"missed-flight": 1}, "not one of its options"),
        (2, {"missed-fligt": "new-ticket"}, "is not a lever; choose one of: "),
        (1, {"fare": "low"}, "must be a number"),
        (1, {"fare": True}, "must be a number"),
    ],
)
def test_what_is_not_on_offer_is_refused_and_changes_nothing(quarter, action, said):
    market = at_quarter(SMALL, quarter)
    before = market.observe()
    with pytest.raises(ActionError, match=said):
        market.step(action | {"fleet": 2})
    assert market.observe().decision == before.decision
    assert market.week == 13 * (quarter - 1)


def test_every_mistake_of_an_action_is_told_at_once():
    with pytest.raises(ActionError) as told:
        Market(SMALL, 1).step({"fare": 9, "pay": 1.2, "smile": 1})
    assert all(name in str(told.value) for name in ("'fare' = 9", "'pay' = 1.2", "'smile'"))


def test_a_lever_may_be_named_before_it_opens_where_it_stands():
    Market(SMALL, 1).step({lever.id: lever.start for lever in CASE.levers})


@pytest.mark.parametrize("name", sorted(policy_cards())[:3])
def test_a_policy_card_is_in_force_until_it_is_taken_out(name):
    market = Market(SMALL, 1)
    for action, holds in (({name: True}, True), ({}, True), ({name: False}, False)):
        market.step(action)
        assert market.observe().policies[name] is holds
    with pytest.raises(ActionError, match="must be True or False"):
        market.step({name: 1})


# -- carried out ------------------------------------------------------------------------------


@pytest.mark.parametrize("card", CASE.cards, ids=lambda card: card.id)
def test_every_option_but_the_usual_one_can_be_taken_and_changes_what_follows_only(card):
    week, logs = 13 * (card.quarter - 1), [usual().log.to_csv()]
    for option in (each.id for each in card.options if each.id != card.usual):
        run = decided(card.id, option)
        assert run.view.answers[card.id] == option
        assert run.log[:week].equals(usual().log[:week])
        logs.append(run.log.to_csv())
    assert len(set(logs)) == len(card.options) > 1


def mood_after(option, pay, **parameters):
    """Return the mood of the staff a quarter after the card on empty seats."""
    case = CASE.change(people=300, parameters=CASE.parameters | parameters)
    market = at_quarter(case, 8)
    market.step({"layoffs": option, "pay": pay})
    return market.series["attitude"][-1]


def test_the_tenth_that_all_share_is_felt_as_fair():
    assert mood_after("share", 1.0) == mood_after("share", 1.0, mood_pay_cut=0.0)


def test_a_cut_beside_the_tenth_that_all_share_is_felt_like_any_other():
    felt, unfelt = (
        [mood_after(option, 0.8, mood_pay_cut=size) for option in ("keep-all", "share")]
        for size in (0.5, 0.0)
    )
    losses = 1 - np.divide(felt, unfelt)
    assert losses[0] > 0.02
    assert losses[1] == pytest.approx(losses[0], rel=0.02)


def test_what_is_paid_once_is_paid_in_the_first_week():
    costs = {"light-aircraft": 3800, "next-flight": 30, "new-ticket": -130}
    profit = {name: decided("missed-flight", name).series["profit"] for name in costs}
    for name in ("light-aircraft", "new-ticket"):
        paid = profit["next-flight"][13] - profit[name][13]
        assert paid == pytest.approx(costs[name] - 30, abs=1)


def test_a_card_touches_those_it_is_about_and_leaves_the_rest_alone():
    """Five students, forty others; whoever hears of it from them comes later."""
    minds = {}
    for option in ("retime", "explain"):
        market = at_quarter(CASE, 3)
        card = CASE.cards[1]
        them, others = concerned(market.people, card, lot_of(1, Chance(1), CASE.people))
        market._decide({"five-students": option})
        minds[option] = market.people.loyalty.copy()
    assert len(them) == 5
    assert not set(them) & set(others)
    assert (minds["retime"][them] > minds["explain"][them]).all()
    rest = np.setdiff1d(np.arange(CASE.people), np.concatenate([them, others[:40]]))
    assert np.array_equal(minds["retime"][rest], minds["explain"][rest])


def test_the_frequent_are_those_who_fly_most():
    market = Market(CASE, 2)
    them, _ = concerned(market.people, CASE.cards[1], lot_of(1, Chance(2), CASE.people))
    usual = market.people.rate_week[market.people.customer].mean()
    assert market.people.rate_week[them].min() > 2 * usual


@settings(max_examples=settings.default.max_examples // 25)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_bots_that_decide_anything_break_nothing(seed, data):
    """Random levers, options and policies: stocks stay, people are conserved, records replay."""
    luck = np.random.default_rng(seed)
    small = CASE.change(people=int(luck.choice([0, 3, 40])))

    def bot(seen):
        levers = {
            lever.id: float(luck.uniform(lever.low, lever.high))
            for lever in seen.on_offer
            if luck.random() < 0.5
        }
        cards = {card.id: str(luck.choice([o.id for o in card.options])) for card in seen.cards}
        policies = {name: bool(luck.random() < 0.5) for name in seen.policies}
        return levers | cards | policies

    run = simulate(small, bot, seed)
    series = run.series
    assert list(series) == [each.name for each in columns_of(small)]
    assert np.isfinite(list(series.values())).all()
    change = np.diff(series["customers"])
    assert np.array_equal(change, (series["joined"] - series["left"])[1:])
    stocks = ("customers", "staff", "rookies", "standard", "pay", "attitude", "fleet")
    flows = ("visits", "joined", "left", "sales", "delay_min", "seats_filled", "turned_away")
    for name in (*stocks, *flows, *(mode.id.replace("-", "_") for mode in CASE.failures)):
        assert (series[name] >= 0).all(), name
    assert (series["customers"] <= small.people).all()
    assert Run.from_record(run.record).log.equals(run.log)


def test_reference_policies_answer_cards_and_wait_for_levers():
    policy = to_builtins(CASE.policies[1]) | {"cards": {"stranded": "new-system"}}
    case = SMALL.change(policies=[policy])
    run = simulate(case, references(case)["balanced"], seed=1)
    assert run.view.answers["stranded"] == "new-system"
    assert run.view.decision["training"] == CASE.policies[1].levers["training"]
    assert run.actions[1]["training"] == CASE.policies[1].levers["training"]
    assert "training" not in run.actions[0]


def test_a_history_is_a_run_like_any_other():
    actions = [*CASE.history.actions, *[{}] * (16 - len(CASE.history.actions))]
    assert simulate(SMALL, replay(actions), seed=1).view.decision["fleet"] == 3


# -- written down -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        (r'^usual = "explain"', 'usual = "explian"', "did you mean 'explain'?"),
        (r"^quarter = 13", "quarter = 17", "the scenario ends with quarter 16"),
        (r'^id = "no-answer"', 'id = "explain"', "stands more than once"),
        (r'^id = "oversold"', 'id = "fare"', "levers and cards: id = 'fare': stands more than"),
        (r'^who = "frequent"', 'who = "students"', "'customers', 'key', 'frequent' or 'strangers'"),
        (r"^people = 5$", "people = 0", "the card says of no people"),
        (r"^opens = 8", "opens = 0", "opens = 0"),
        (r"^flights = .*", "", "by_hour: needs [flights]"),
        (r'delays = "southwest"', 'delays = "panam"', "'all' or 'southwest'"),
        (r"^rate = 0.257", "rate = 2.57", "rate = 2.57"),
        (r'layoffs = "lay-off"', 'layoffs = "fire"', "history: quarter 8: layoffs = 'fire'"),
        (r"fare = 0.7, fleet = 2.5", "fare = 0.1", "quarter 5: fare = 0.1: must be"),
        (r"\{ fleet = 2.8 \}", "{ flete = 2.8 }", "quarter 6 = 'flete'"),
        (r"\{ fare = 0.9, fleet = 1.3 \}", "{ pay = 0.9 }", "this lever opens in quarter 4"),
        (r"\{ fleet = 3.0 \}", "{ fleet = [3] }", "a number, true or false, or the id"),
        (r"praised = 0.02", "praised = 20", "praised = 20"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_case_is_told_by_its_place(tmp_path, pattern, new, said):
    text = re.sub(pattern, new, TEXT, count=1, flags=re.M)
    assert text != TEXT
    path = tmp_path / "my-airline.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenarioError) as told:
        load(path)
    assert said in str(told.value)


def test_all_mistakes_of_a_case_are_told_at_once(tmp_path):
    text = TEXT.replace('usual = "explain"', 'usual = "x"').replace("quarter = 13", "quarter = 99")
    text = text.replace('of = "joining"', 'of = "joinning"').replace("rate = 0.02\n", "rate = 9\n")
    path = tmp_path / "my-airline.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenarioError) as told:
        load(path)
    assert len(str(told.value).splitlines()) >= 4


def test_every_number_of_a_failure_has_its_source():
    raw = tomllib.loads(TEXT)
    assert all(failure["source"] for failure in raw["failures"])
    assert all(shift["why"] for shock in raw["shocks"] for shift in shock["shifts"])
    options = [option for card in raw["cards"] for option in card["options"]]
    assert all("why" in shift for option in options for shift in option.get("shifts", []))
