"""The butterfly: from a visit to the market, and who was touched on the way."""

import numpy as np
import pytest

from crmsim import aftermath, load, simulate, what_if
from crmsim.model.market.log import NODES
from crmsim.runs.butterfly import market_after, name_of, onset_weeks, smooth, trace

pytestmark = pytest.mark.usefixtures("compiled_engine")

BUICK = load("buick").change(persona="lin-yue")


def first(seen):
    return seen.on_offer[0].id


def last(seen):
    return seen.on_offer[-1].id


def test_the_ordinary_visit_changes_nothing_on_the_floor():
    usual = aftermath(simulate(BUICK, seed=3))
    assert usual.log.equals(simulate("buick-market", seed=3).log)


def test_what_is_given_away_at_the_deal_is_borne_by_each_purchase():
    """The ordinary discount is 1,000 yuan; a hasty one is 2,000, an open calculation costs none."""
    visit = simulate(BUICK, seed=4)
    deal = [step.touchpoint for step in visit.view.journey].index("deal")
    for answer, more in (("quick-discount", 1000), ("open-books", -1000)):
        style = aftermath(what_if(visit, deal, answer)).scenario.style
        assert (style.cost, style.cost_purchase) == (0, more)


def test_what_is_spent_before_she_decides_is_borne_by_every_visit():
    """Petrol for 300 yuan instead of 10, at one of the four touchpoints before the deal."""
    visit = simulate(BUICK, seed=4)
    drive = [step.touchpoint for step in visit.view.journey].index("test-drive")
    style = aftermath(what_if(visit, drive, "own-road")).scenario.style
    assert (style.cost, style.cost_purchase) == (pytest.approx(290 / 4), 0)


def test_a_way_of_serving_does_not_hang_on_who_came_or_on_the_luck_of_one_visit():
    styles = {}
    for persona in ("lin-yue", "zhou-min"):
        for seed in range(4):
            run = simulate(BUICK.change(persona=persona), last, seed)
            style = market_after(run).style
            money = (style.cost, style.cost_purchase)
            felt = (tuple(style.quality.items()), style.minutes_ratio)
            styles.setdefault(tuple(run.actions), []).append((felt, money))
    assert max(len(alike) for alike in styles.values()) > 2, "the same answers to several customers"
    assert all(len(set(alike)) == 1 for alike in styles.values())


def test_lesson_10_a_good_answer_is_not_always_a_good_habit():
    def sales(*answers):
        visit = simulate(BUICK, seed=4)
        for place, answer in answers:
            visit = what_if(visit, place, answer)
        town = market_after(visit)
        return np.array([simulate(town, seed=seed).series["sales"].sum() for seed in range(5)])

    usual = sales()
    assert np.mean(sales((3, "why-it-shudders")) / usual) == pytest.approx(1, abs=0.01)
    assert np.mean(sales((0, "full-sheet"), (4, "open-books")) / usual) > 1.03


def test_an_answer_undone_undoes_the_whole_aftermath():
    run = simulate(BUICK, last, seed=3)
    usual = run.scenario.touchpoint(run.view.places[1]).choices[0].id
    back = what_if(what_if(run, 1, usual), 1, run.actions[1])
    for scope in ("floor", "one"):
        assert aftermath(back, scope).log.equals(aftermath(run, scope).log)


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 8))]
)
def test_the_trace_adds_up(seed):
    one, usual = (aftermath(simulate(BUICK, policy, seed), "one") for policy in (last, None))
    told = trace(one, usual)
    assert sum(effect.margin for effect in told.people) == pytest.approx(
        told.margin, abs=told.reached
    )
    assert {effect.person for effect in told.people} <= set(range(one.scenario.people))
    weeks = [effect.week for effect in told.people if effect.kind != "visits"]
    assert weeks == sorted(weeks)


def test_a_sale_made_or_lost_shows_as_money():
    for seed in range(40):
        good, bad = (simulate(BUICK, policy, seed) for policy in (last, first))
        if good.view.decision["buys"] and not bad.view.decision["buys"]:
            told = trace(aftermath(good, "one"), aftermath(bad, "one"))
            bought = [e for e in told.people if e.kind == "came" and e.person == told.visitor]
            assert bought
            assert bought[0].margin == pytest.approx(159900 * 0.06, rel=0.01)
            return
    pytest.fail("in none of 40 visits did the answers decide the sale")


def test_no_effect_has_no_arrival():
    usual = aftermath(simulate(BUICK, seed=3))
    assert onset_weeks(usual, usual) == dict.fromkeys(NODES)


def test_smoothing_keeps_a_constant():
    assert np.allclose(smooth(np.full(20, 3.0)), 3.0)
    assert np.allclose(smooth(np.arange(4.0), 2), [0, 0.5, 1.5, 2.5])


def test_people_have_names_in_both_languages():
    assert name_of(5, "en").isascii()
    assert not name_of(5, "zh-Hans").isascii()
    assert len({name_of(person, "zh-Hans") for person in range(1000)}) == 1000


KNOWN = {"李强", "李鹏", "宋平", "马凯", "李刚", "李宁", "李娜", "胡涛", "张飞", "马超", "杨伟"}


def test_nobody_in_the_town_has_the_name_of_a_statesman_or_of_a_joke():
    names = {name_of(person, "zh-Hans") for person in range(5000)}
    assert len(names) > 500
    assert names & KNOWN == set()


def test_a_scope_that_is_none_is_refused():
    with pytest.raises(ValueError, match="'floor' or 'one'"):
        aftermath(simulate(BUICK, seed=1), "street")
