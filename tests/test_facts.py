"""What a correct simulation reproduces: one named test a fact, each with its source."""

import numpy as np
import pytest

from crmsim import aftermath, load, simulate, what_if
from crmsim.butterfly import onset_week
from crmsim.market import NODES
from crmsim.satisfaction import ratio, repurchase, satisfaction


@pytest.fixture(scope="module")
def numbers():
    return load("buick-market").numbers


def test_f03_the_ratio_rule_on_the_bus(numbers):
    """Chinese textbook case of the bus (B-12, B-13): P 60 with E 40 and with E 80."""
    assert [ratio(60, 40), ratio(60, 80)] == pytest.approx([1.5, 0.75])
    assert ratio(6, 4) == ratio(60, 40)
    by_ratio = [satisfaction(scale * 0.3, scale * 0.4, numbers, "ratio") for scale in (1, 2)]
    by_difference = [satisfaction(scale * 0.3, scale * 0.4, numbers, "difference") for scale in (1, 2)]
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
            reached |= {int(told) for by, told in zip(week.told_by, week.told, strict=True) if by in reached}
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
