"""Lives: anybody of a market can be asked, and what she tells adds up."""

from copy import deepcopy

import numpy as np
import pytest

from crmsim import history, load, replay, simulate, story
from crmsim.common.chance import Chance
from crmsim.model.market.card_effects import concerned, lot_of, touch
from crmsim.model.market.log import column as column_of
from crmsim.model.market.market import Market
from crmsim.model.market.week import FATES
from crmsim.runs.butterfly import name_of

pytestmark = pytest.mark.usefixtures("compiled_engine")

TOWN = load("buick-market").change(people=600, years=1)
SCARCE = [{"fleet": 0.7}, {}, {"five-students": "retime"}, {}, {}]


def airline(people, quarters, lang="en", **numbers):
    """The first quarters of the airline, in a town of that size, with such numbers of its own."""
    case = load("southwest", lang)
    return case.change(
        people=people,
        years=quarters / 4,
        cards=[card for card in case.cards if card.quarter <= quarters],
        shocks=[],
        history=None,
        parameters=case.parameters | numbers,
    )


AIRLINE = airline(40, 5, customers_at_start=0.9, leave_after_bad=0.9, seats_filled=0.95)


def test_the_histories_of_all_add_up_to_the_log():
    run = simulate(TOWN.change(people=20), seed=2)
    told = [history(run, person) for person in range(20)]
    came = sum(int(table.event.isin(["visit", "purchase"]).sum()) for table in told)
    assert came == run.series["visits"].sum()
    assert sum(float(table.spent.sum()) for table in told) == pytest.approx(
        run.series["sales"].sum()
    )
    heard = sum(int((table.event == "heard_bad").sum()) for table in told)
    assert heard == run.series["negative_tellings"].sum()
    for event, column in (("joined", "joined"), ("left", "left")):
        assert sum(int((t.event == event).sum()) for t in told) == run.series[column].sum()


def test_a_history_knows_the_decisions_of_its_run():
    run = simulate(TOWN, lambda seen: {"promise": 0.2} if seen.quarter == 1 else {}, seed=2)
    market = Market(TOWN, 2)
    for action in run.actions:
        market.step(action)
    for person in range(0, 600, 120):
        table = history(run, person)
        if len(table):
            held = float(market.people.will[person])
            assert table.expectation.iloc[-1] == pytest.approx(held, abs=1e-3)


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_a_story_is_told_in_the_language_of_the_run(lang):
    run = simulate(load("buick-market", lang).change(people=600, years=1), seed=2)
    busiest = max(range(0, 600, 60), key=lambda person: len(history(run, person)))
    lines = story(run, busiest).splitlines()
    assert name_of(busiest, lang) in lines[0]
    assert len(lines) == len(history(run, busiest)) + 1


def test_nobody_has_a_number_beyond_the_town():
    run = simulate(TOWN, seed=2)
    with pytest.raises(ValueError, match="from 0 to 599"):
        history(run, 600)
    with pytest.raises(ValueError, match="is not a market"):
        history(simulate("buick", seed=1), 0)
    assert np.isfinite(run.series["sales"]).all()


def test_a_history_tells_what_became_of_every_disappointment():
    run = simulate(TOWN.change(people=40, style={"quality": {"empathy": -0.3}}), seed=2)
    told = [history(run, person) for person in range(40)]
    fate = sum(table.event.isin(FATES).sum() for table in told)
    silent = sum((table.event == "silent").sum() for table in told)
    assert fate - silent == run.series["complaints"].sum() > 0
    assert silent > 0
    for table in told:
        was_bad = table[table.event.isin(FATES)]
        came = table[table.event.isin(["visit", "purchase"])].set_index("week").satisfaction
        assert (came[was_bad.week] <= run.scenario.numbers.talk_bad_at + 0.005).all()
    unlucky = next(person for person, table in enumerate(told) if "silent" in set(table.event))
    assert "said nothing" in story(run, unlucky)


# -- an airline ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def flown():
    """A run in which seats are scarce, and the history of everybody."""
    run = simulate(AIRLINE, replay(SCARCE), seed=2)
    return run, [history(run, person) for person in range(AIRLINE.people)]


def counted(told, event, what=None):
    """Count how often the histories tell of that event."""
    tables = (table if what is None else table[table.what == what] for table in told)
    return sum(int((table.event == event).sum()) for table in tables)


def test_every_failure_of_a_flight_is_told_by_whom_it_struck(flown):
    run, told = flown
    assert AIRLINE.failures
    assert len(told)
    for mode in AIRLINE.failures:
        struck = counted(told, "struck", mode.title["en"])
        assert struck == run.series[column_of(mode.id)].sum(), mode.id
    for table in told:
        weeks = table[table.event == "struck"].week
        assert set(weeks) <= set(table[table.satisfaction.notna()].week)


def test_who_finds_no_seat_is_who_would_have_come_had_there_been_one():
    tight = airline(400, 1, seats_filled=0.95)
    roomy = airline(400, 1, seats_filled=0.3, seats_spread=0.05)
    came, would_have_come = (Market(case, 2).pass_week().people for case in (tight, roomy))
    run = simulate(tight, replay([{}]), seed=2)
    turned = np.setdiff1d(would_have_come, came)
    assert len(turned) > 0
    for person in would_have_come:
        events = history(run, int(person)).query("week == 0").event.tolist()
        assert ("turned_away" in events) == (person in turned)
    assert "no seat was left" in story(run, int(turned[0]))


def test_who_is_turned_away_does_not_fly_that_week_and_it_stands_in_the_log(flown):
    run, told = flown
    for table in told:
        turned = table[table.event == "turned_away"].week
        assert set(turned).isdisjoint(table[table.satisfaction.notna()].week)
        assert (run.series["turned_away"][turned] > 0).all()
    assert counted(told, "turned_away") > 10
    assert counted(told, "visit") + counted(told, "purchase") == run.series["visits"].sum()


def test_who_left_after_a_bad_flight_is_not_said_to_be_lost_to_another(flown):
    run, told = flown
    assert counted(told, "left") == run.series["left"].sum()
    weeks = [
        (set(table[table.event == "left"].week), set(table[table.event.isin(FATES)].week))
        for table in told
    ]
    let_down = max(range(len(told)), key=lambda person: len(weeks[person][0] & weeks[person][1]))
    lost = max(range(len(told)), key=lambda person: len(weeks[person][0] - weeks[person][1]))
    assert weeks[let_down][0] & weeks[let_down][1]
    assert weeks[lost][0] - weeks[lost][1]
    for person in (let_down, lost):
        lines, (left, bad) = story(run, person), weeks[person]
        assert lines.count("gave up this airline because of that") == len(left & bad)
        assert lines.count("was lost to another airline") == len(left - bad)


def test_a_card_is_told_by_all_whose_opinion_it_moves_and_by_nobody_else(flown):
    run, told = flown
    market, moved = Market(AIRLINE, 2), 0
    for action in run.actions:
        before = market.people.opinion.copy()
        for card in market.observe().cards:
            option = card.option(action.get(card.id, card.usual))
            lot = lot_of(AIRLINE.cards.index(card), Chance(2), AIRLINE.people)
            trial = deepcopy(market)
            touch(trial._customers, card, option, lot)
            changed = set(np.flatnonzero(trial.people.opinion != before).tolist())
            touched = {"card_good", "card_bad", "card_heard_good", "card_heard_bad"}
            telling = {
                person
                for person, table in enumerate(told)
                if touched & set(table[(table.what == card.title["en"])].event)
            }
            assert telling == changed, card.id
            moved += len(changed)
        market.step(action)
    assert moved > 20


def test_a_favour_is_told_by_those_who_enjoy_it_and_a_burden_by_those_who_bear_it(flown):
    run, told = flown
    card = AIRLINE.cards[1]
    market = Market(AIRLINE, 2)
    for action in run.actions[:2]:
        market.step(action)
    lot = lot_of(1, Chance(2), AIRLINE.people)
    them, others = concerned(market.people, card, lot)
    for kind, who in (("visits_better", them), ("visits_worse", others[:40])):
        telling = {person for person, table in enumerate(told) if kind in set(table.event)}
        assert telling == set(who.tolist()) != set()
        week = told[who[0]].query(f"event == '{kind}'").week
        assert week.tolist() == [26]
    assert "flights better, from now on" in story(run, int(them[0]))
    assert "flights worse, for 26 weeks" in story(run, int(others[0]))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("The suitcase with the dress", "Help her with the form", "less than expected")),
        ("zh-Hans", ("装着婚纱的行李箱", "帮她填好赔偿单", "不如预期")),
    ],
)
def test_the_bride_without_her_dress_has_it_in_her_story(lang, words):
    run = simulate(airline(5000, 5, lang), seed=1)
    market = Market(run.scenario, 1)
    for action in run.actions[:4]:
        market.step(action)
    card = run.scenario.cards[3]
    (bride,), _ = concerned(market.people, card, lot_of(3, Chance(1), run.scenario.people))
    table = history(run, int(bride))
    assert table.query("week == 52").event.tolist() == ["card_bad", "card_told"]
    before, after = (table.query(f"week {when} 52").opinion.iloc[-1] for when in ("<", "=="))
    assert after < before - 0.1
    line = next(each for each in story(run, int(bride)).splitlines() if words[0] in each)
    assert all(word in line for word in words)


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_a_flight_is_told_in_the_words_of_an_airline(lang, flown):
    _, told = flown
    spoken = simulate(load("southwest", lang).change(**AIRLINE.changes), replay(SCARCE), seed=2)
    for person in np.argsort([len(table) for table in told])[[0, -2, -1]]:
        lines = story(spoken, int(person))
        assert len(lines.splitlines()) == max(len(told[person]), 1) + 1
        for word in ("house", "came for service", "光顾", "店家", "这一家"):
            assert word not in lines
    assert {"en": "booked a flight", "zh-Hans": "订票出行"}[lang] in lines
