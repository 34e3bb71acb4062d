"""Lives: anybody of a market can be asked, and what she tells adds up."""

import numpy as np
import pytest

from crmsim import history, load, simulate, story
from crmsim.butterfly import name_of
from crmsim.market import Market
from crmsim.week import FATES

TOWN = load("buick-market").change(people=600, years=1)


def test_the_histories_of_all_add_up_to_the_log():
    run = simulate(TOWN.change(people=30), seed=2)
    told = [history(run, person) for person in range(30)]
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
    with pytest.raises(ValueError, match="only a market has people"):
        history(simulate("buick", seed=1), 0)
    assert np.isfinite(run.series["sales"]).all()


def test_a_history_tells_what_became_of_every_disappointment():
    run = simulate(TOWN.change(people=200, style={"quality": {"empathy": -0.3}}), seed=2)
    told = [history(run, person) for person in range(200)]
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
