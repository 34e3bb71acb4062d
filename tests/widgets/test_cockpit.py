"""The cockpit: a lever lights the node on which it acts, and says what it costs."""

from __future__ import annotations

import re

import pytest

from crmsim import load
from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.words import words
from crmsim.course.sessions.market import MarketSession
from crmsim.course.sessions.market_runs import RunCache
from crmsim.runs.arrivals import arrivals_of_decision
from crmsim.scenario.levers import BOUNDS
from crmsim.scenario.market import Lever
from crmsim.widgets.market import cockpit, pages

MARKETS = {name: load(name) for name in ("buick-market", "southwest")}
LEVERS = [
    pytest.param(name, lever, id=f"{name}-{lever.id}")
    for name, market in MARKETS.items()
    for lever in market.levers
    if lever.id != "adoption"  # nothing to adopt where there was no visit
]
RUNS = {name: RunCache(market, seed=1) for name, market in MARKETS.items()}


def moved(name: str, lever: Lever, quarters: int):
    """A run with one lever moved as far as it goes, and the same run without."""
    before = [{}] * (max(lever.opens, 1) - 1)
    far = max(lever.low, lever.high, key=lambda level: abs(level - lever.start))
    after = [{}] * (quarters - 1)
    runs = RUNS[name]
    return (
        runs.run([*before, {lever.id: far}, *after]),
        runs.run([*before, {}, *after]),
        len(before),
        far - lever.start,
    )


@pytest.mark.parametrize(("name", "lever"), LEVERS)
def test_the_node_that_a_lever_lights_is_one_that_its_effect_reaches_soon(name, lever):
    run, base, quarter, _ = moved(name, lever, 2)
    reached = arrivals_of_decision(run, base, quarter, range(len(run.series["week"])))
    assert BOUNDS[lever.id].node in {arrival.node for arrival in reached}


@pytest.mark.parametrize("lever", ["training", "channel", "facilities"])
def test_a_price_is_what_the_firm_pays_in_the_first_week(lever):
    """Customers and staff have hardly reacted to these three by then."""
    run, base, _, change = moved(
        "buick-market", next(each for each in MARKETS["buick-market"].levers if each.id == lever), 1
    )
    paid = base.series["profit"][0] - run.series["profit"][0]
    assert cockpit.lever_price(lever, change, base) == pytest.approx(paid, rel=0.05)


def test_a_lever_that_costs_money_at_once_has_a_price():
    costly = set()
    for name, lever in (param.values for param in LEVERS):
        run, base, quarter, _ = moved(name, lever, 1)
        week = quarter * WEEKS_QUARTER
        same = run.series["sales"][week] == base.series["sales"][week]
        if same and abs(run.series["profit"][week] - base.series["profit"][week]) > 1:
            costly.add(lever.id)
    assert len(costly) > 4
    assert costly <= set(cockpit.PRICES), "say in PRICES what a unit costs a week"


@pytest.mark.parametrize("lever", ["capacity", "pay"])
def test_the_price_of_people_is_what_wages_have_grown_by_after_two_years(lever):
    """No part of pay follows profit here, which wages change."""
    runs = RUNS["buick-market"]
    run, base = (runs.run([{"bonus": 0.0} | more, *[{}] * 7]) for more in ({lever: 1.2}, {}))
    wages = [each.series["staff"][-1] * each.series["pay"][-1] for each in (run, base)]
    assert cockpit.lever_price(lever, 0.2, base) == pytest.approx(wages[0] - wages[1], rel=0.1)


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_a_touched_lever_lights_its_node_and_shows_its_price(lang):
    session = MarketSession("buick-market", 1, lang)
    session.do("begin", "")
    assert lit(session) == []
    session.do("lever", "training=200")
    t = words(lang)
    assert lit(session) == [t("model.node.service"), t("model.node.profit")]
    cost = cockpit.lever_price("training", 200, session.runs.usual(1))
    assert cost > 0
    said = cockpit.lever_price_words(cost, session, t)
    assert all(said in pages.screen(session).regions[part] for part in ("middle", "right"))
    session.do("lever", "training=0")
    assert lit(session) == []


def lit(session: MarketSession) -> list[str]:
    """The nodes that the small loop lights."""
    drawn = pages.screen(session).regions["right"]
    return re.findall(r'class="node lit"><rect[^>]*/><text[^>]*>([^<]*)', drawn)
