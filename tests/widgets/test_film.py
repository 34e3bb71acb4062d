"""The film shows each arrival at its week, counts to the sum that stands there at the end."""

import json
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest

from crmsim import load, simulate
from crmsim.common.numbers import money
from crmsim.common.words import words
from crmsim.course.sessions.market_runs import RunCache
from crmsim.model.market.log import NODES
from crmsim.runs.arrivals import arrivals
from crmsim.runs.butterfly import PersonalEffect
from crmsim.widgets.drawings import film, loop
from crmsim.widgets.drawings.town import BOTTOM, TOP, WIDTH, Touched, _places, town

TOWN = load("buick-market").change(people=600, years=1)
BETTER = TOWN.change(style={"quality": {"empathy": 0.2}, "cost": 10})


@pytest.fixture(scope="module")
def pair():
    return simulate(BETTER, seed=1), simulate(TOWN, seed=1)


@pytest.fixture(scope="module")
def whole(pair):
    return film.whole(*pair, arrivals(*pair)).data(words("en"))


@pytest.fixture(scope="module")
def quarter():
    runs = RunCache(load("southwest").change(people=600), 1)
    actions = [{"fare": 0.8}, {"capacity": 1.2}, {}]
    made = film.quarter(runs.run(actions), runs.usual(3), runs.arrivals(actions), 0)
    return made.data(words("zh-Hans"))


def week_at(data, second: float) -> float:
    (t0, w0), (t1, w1) = next(pair for pair in pairwise(data["keys"]) if pair[1][0] >= second)
    return w0 + (w1 - w0) * (second - t0) / (t1 - t0)


@pytest.mark.parametrize("made", ["whole", "quarter"])
def test_time_runs_forward_to_the_last_week_and_ends_with_the_film(made, request):
    data = request.getfixturevalue(made)
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(data["keys"]))
    assert data["keys"][0][0] == 0
    assert data["keys"][-1] == [data["seconds"], data["span"][1]]
    shown = data["span"][1] - data["first"]
    assert len(data["money"]) == shown + 1
    for tank in data["tanks"]:
        assert len(tank["levels"]) == len(tank["base"]) == len(tank["said"]) >= shown
        assert len(tank["base_said"]) == len(tank["said"])
        assert all(0 <= level <= 1 for level in tank["levels"])


def test_a_whole_run_lasts_8_to_12_seconds_and_a_quarter_2_to_3(whole, quarter):
    assert 8 <= whole["seconds"] <= 12
    assert 2 <= quarter["seconds"] <= 3


def test_each_token_arrives_in_the_week_of_its_effect(pair, whole):
    found = arrivals(*pair)
    assert found
    assert len(whole["times"]) == len(found)
    for arrival, second in zip(found, whole["times"], strict=True):
        assert week_at(whole, second) == pytest.approx(arrival.week + 1, abs=0.1)
        assert whole["lit"][NODES.index(arrival.node)] == pytest.approx(second, abs=0.01)
    moved = {(move["node"], move["stop"]) for move in whole["moves"]}
    assert {(NODES.index(a.node), t) for a, t in zip(found, whole["times"], strict=True)} <= moved


@pytest.mark.parametrize("made", ["whole", "quarter"])
def test_every_move_takes_time_within_the_film(made, request):
    data = request.getfixturevalue(made)
    assert data["moves"]
    assert all(0 <= m["start"] < m["stop"] <= data["seconds"] for m in data["moves"])


def test_what_earlier_decisions_sent_off_is_marked_with_their_quarter(quarter):
    marks = {move["mark"] for move in quarter["moves"]}
    assert marks
    assert marks <= {words("zh-Hans")("play.film.mark", quarter=q) for q in (1, 2)}


def test_where_one_quarter_alone_decided_nothing_covers_the_nodes_with_its_mark():
    runs = RunCache(load("southwest").change(people=600), 1)
    actions = [{"fare": 0.8}]
    made = film.quarter(runs.run(actions), runs.usual(1), runs.arrivals(actions), 0)
    assert {move["mark"] for move in made.data(words("en"))["moves"]} == {""}


def test_the_money_counts_to_the_sum_in_the_middle(pair, whole):
    run, base = pair
    gained = float(run.series["profit"].sum() - base.series["profit"].sum())
    assert whole["money"][0] == "¥0"
    assert whole["money"][-1].lstrip("+") == money(gained, "CNY", words("en"))


def test_the_film_is_small_and_stands_in_the_page_as_one_attribute(pair):
    found = arrivals(*pair)
    shown = loop.loop(*pair, words("en"), ("", "", ""), film=film.whole(*pair, found))
    assert len(json.dumps(shown.film)) < 20_000
    assert [week for week, _, _ in shown.arrivals] == [f"wk {each.week + 1}" for each in found]


def touching(person: int, week: int, teller: int = -1, name: str = "") -> Touched:
    return Touched(PersonalEffect(person, name, week, "heard_good", 0.0, "", teller), week, name)


def test_the_town_shows_everybody_once_and_those_who_were_touched_at_their_second():
    customers = np.arange(500) % 3 == 0
    told = [touching(7, 2, 4, "Lin Yue"), touching(9, 5, 7)]
    words_ = dict.fromkeys(("money", "label", "customer", "other"), "<")
    root = ET.fromstring(town(customers, 4, told, "a town", words_))
    dots = [path.get("d").count("M") for path in root.findall("{*}g[@class='dots']/{*}path")]
    assert sorted(dots) == sorted([int(customers.sum()), int((~customers).sum())])
    seconds = [float(each.get("data-at")) for each in root.iter() if each.get("data-at")]
    assert sorted(seconds) == [0.3, 2.0, 2.0, 5.0]
    assert [each.text for each in root.iter() if each.get("class") == "person who"] == ["Lin Yue"]


def test_all_people_of_the_town_have_places_of_their_own_within_the_picture():
    places = _places(5000)
    assert len(np.unique(places.round(3), axis=0)) == 5000
    assert places.min() > 0
    assert places[:, 0].max() < WIDTH
    assert TOP <= places[:, 1].min() < places[:, 1].max() < BOTTOM + 8


def test_a_year_lasts_8_to_12_seconds_and_shows_what_its_quarters_sent_off_with_their_marks():
    runs = RunCache(load("southwest").change(people=600), 1)
    actions = [{"fare": 0.8}, {"capacity": 1.2}, {}, {"pay": 1.1}]
    arrived = [each for at in range(4) for each in runs.arrivals(actions[: at + 1])]
    made = film.year(runs.run(actions), runs.usual(4), arrived)
    data = made.data(words("en"))
    assert 8 <= data["seconds"] <= 12
    assert data["first"] == 0
    assert data["span"] == [0, 52]
    assert {move["mark"] for move in data["moves"]} >= {"Q1", "Q2"}
    assert all(0 < move["stop"] <= data["seconds"] for move in data["moves"])
    gained = sum(
        runs.run(actions).series["profit"].tolist() + (-runs.usual(4).series["profit"]).tolist()
    )
    assert data["money"][-1] == ("+" if gained > 0 else "") + money(gained, "USD", words("en"))
