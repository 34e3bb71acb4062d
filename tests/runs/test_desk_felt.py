"""A day at a desk is felt in the firm that its case names: lost calls cost more than that day."""

import numpy as np
import pytest

from crmsim import ScenarioError, aftermath, load, simulate

pytestmark = pytest.mark.usefixtures("compiled_engine")

TOWN = "buick-market"
DESK = load("sunset").change(then=TOWN)


def fewer(seen):
    """Send three agents home, every hour."""
    return {"agents": max(seen.expected.agents - 3, 0)}


def test_the_day_by_the_rota_changes_nothing():
    usual = aftermath(simulate(DESK, seed=3))
    assert usual.log.equals(simulate(TOWN, seed=3).log)


@pytest.mark.parametrize("lucks", [8, pytest.param(60, marks=pytest.mark.long)])
def test_calls_given_up_are_felt_and_not_forgotten(lucks):
    """Taylor (1994): waiting lowers how a service is judged; here it travels on to loyalty."""
    fell, customers = [], []
    for seed in range(lucks):
        run, usual = aftermath(simulate(DESK, fewer, seed)), simulate(TOWN, seed=seed)
        fell.append((run.series["evaluation"] - usual.series["evaluation"]).mean())
        customers.append(run.series["customers"][-1] - usual.series["customers"][-1])
    assert (np.array(fell) < 0).mean() >= 0.95
    assert (np.array(customers) < 0).mean() >= 0.95


def test_the_more_are_lost_the_more_it_is_felt():
    def fall(agents):
        seen = simulate(DESK, lambda view: {"agents": agents}, seed=2)
        return aftermath(seen).series["service"].mean()

    assert fall(6) > fall(4) > fall(2)


def test_without_the_parameter_only_the_wages_are_left():
    numb = load(TOWN).numbers.unanswered_quality
    assert numb > 0
    style = aftermath(simulate(DESK, fewer, seed=1)).scenario.style
    assert style.quality["responsiveness"] < 0
    assert style.cost < 0


def test_what_a_card_costs_is_borne_by_the_visits():
    """The card with a price in money and the one with hours before the doors open.

    What is worked off on the following days because of it is borne as well.
    """

    def played(card):
        return lambda seen: {"cards": [card]} if seen.step == 0 else {}

    def later(run):
        return run.view.outcome["wages"] - run.series["wages"].sum()

    usual = simulate(DESK, seed=1)
    contacts = usual.series["contacts"].sum()
    prices = {card.id: card.cost + DESK.numbers.desk_wage_h * card.work_h for card in DESK.cards}
    for card in ("convenience", "keep-informed"):
        day = simulate(DESK, played(card), seed=1)
        style = aftermath(day).scenario.style
        price = prices[card] + later(day) - later(usual)
        assert style.cost == pytest.approx(price / contacts, abs=0.01)
        assert style.cost > 0


def test_a_desk_without_a_market_or_for_one_person_says_so():
    with pytest.raises(ValueError, match="the scenario names no market"):
        aftermath(simulate("sunset", seed=1))
    with pytest.raises(ValueError, match="scope = 'one': must be 'floor'"):
        aftermath(simulate(DESK, seed=1), "one")
    with pytest.raises(ScenarioError, match="then = 'nowhere'"):
        DESK.change(then="nowhere")
