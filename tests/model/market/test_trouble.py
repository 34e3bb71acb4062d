"""A firm in trouble: the till, the bank, the quarters before, and shocks that nobody announces."""

import numpy as np
import pytest

from crmsim import ScenarioError, load, simulate
from crmsim.model.market.log import NONE_WHEN_CLOSED, columns_of
from crmsim.model.market.market import Market
from crmsim.model.market.outcome import value
from crmsim.model.market.trouble import drawn_shocks

TOWN = load("buick-market").change(people=600, years=1)
POOR = TOWN.change(parameters={"fixed_cost_week": 62000.0}, cash={"start": 50000, "limit": -80000})
CASE = load("turnaround")
WORDS = {"en": "Fog", "zh-Hans": "大雾"}


def shock(name, **more):
    return {"id": name, "title": WORDS, "about": WORDS, "quarter": 1, "cost": 500.0} | more


# -- the till ---------------------------------------------------------------------------------


def test_a_case_that_does_not_count_its_cash_has_no_column_for_it_and_the_same_log():
    counted = simulate(TOWN.change(cash={"start": 0, "limit": -1e9}), seed=3)
    plain = simulate(TOWN, seed=3)
    assert "cash" not in plain.series
    assert counted.log.drop(columns="cash").to_csv() == plain.log.to_csv()


def test_cash_is_what_was_there_and_every_profit_since():
    run = simulate(TOWN.change(cash={"start": 1000, "limit": -1e9}), seed=2)
    assert run.series["cash"] == pytest.approx(1000 + np.cumsum(run.series["profit"]))


def test_below_the_limit_the_bank_closes_the_firm_and_nothing_moves_any_more():
    run = simulate(POOR, seed=1)
    below = run.series["cash"] < -80000
    last = int(np.argmax(below))
    assert 0 < last < 40
    assert not below[:last].any()
    after = {name: weeks[last + 1 :] for name, weeks in run.series.items()}
    for each in columns_of(POOR):
        if each.name not in ("week", "left") and (
            each.kind == "flow" or each.name in NONE_WHEN_CLOSED
        ):
            assert (after[each.name] == 0).all(), each.name
    assert (after["cash"] == run.series["cash"][last]).all()
    assert after["left"][0] == run.series["customers"][last]
    assert list(run.series["week"]) == list(range(52))


def test_a_closed_firm_is_worth_nothing_at_the_end_and_its_losses_count():
    run = simulate(POOR, seed=1)
    assert run.value.worth == 0
    assert run.value.played < -100_000


def test_the_firm_is_closed_in_the_week_in_which_the_cash_falls_below_and_not_before():
    market, lowest = Market(POOR, 1), []
    while not market.closed:
        market.pass_week()
        lowest.append(market.series["cash"][-1])
    assert lowest[-1] < -80000 <= lowest[-2]


def test_who_buys_the_firm_brings_money_the_bank_does_not_close_it_after_the_end():
    market = Market(POOR.change(years=0.25, cash={"start": 70000, "limit": -600_000}), 1)
    market.step({})
    assert not market.closed
    played = len(market.series["week"])
    market.carry_on(years=2)
    assert value(market.series, played, POOR.numbers).worth < -670_000  # the bank would close it
    assert market.series["sales"][-1] > 0


def test_a_till_that_begins_below_its_limit_is_refused():
    with pytest.raises(ScenarioError, match="start = 5: must lie above limit"):
        TOWN.change(cash={"start": 5, "limit": 10})


# -- the quarters before ------------------------------------------------------------------------


def test_the_firm_begins_as_the_quarters_before_have_left_it():
    before = [{"capacity": 0.7, "pay": 1.1}] * 3
    found, fresh = Market(TOWN.change(before=before), 1), Market(TOWN, 1)
    whole = Market(TOWN.change(years=2), 1)
    for action in before:
        whole.step(action)
    assert found.firm_state == whole.firm_state != fresh.firm_state
    assert found.observe().decision["capacity"] == 0.7
    assert found.week == 0
    assert len(found.series["week"]) == 0


def test_staff_are_used_to_the_pay_of_the_quarters_before():
    felt = TOWN.change(parameters=TOWN.parameters | {"mood_pay_cut": 0.5})
    low, whole = [{"pay": 0.8}] * 3, Market(felt.change(years=2), 1)
    for action in low:
        whole.step(action)
    place = 10  # of the mood among the stocks
    mood = [market.firm_state[place] for market in (Market(felt.change(before=low), 1), whole)]
    assert mood[0] > mood[1]


def test_the_weeks_of_the_log_and_the_quarters_begin_where_the_student_takes_over():
    run = simulate(TOWN.change(before=[{}] * 2), seed=1)
    assert list(run.series["week"]) == list(range(52))
    assert run.view.quarters == run.view.quarter == 4
    assert np.array_equal(
        run.series["sales"], simulate(TOWN.change(years=1.5), seed=1).series["sales"][26:]
    )


def test_the_cash_and_the_shocks_of_the_case_wait_until_the_student_takes_over():
    early = shock("fog", quarter=1)
    given = {"cash": {"start": 9000, "limit": -1e9}, "before": [{}], "shocks": [early]}
    run = simulate(TOWN.change(**given), seed=1)
    calm = simulate(TOWN.change(**(given | {"shocks": []})), seed=1)
    assert run.series["cash"][0] == pytest.approx(9000 + run.series["profit"][0])
    assert calm.series["profit"][0] - run.series["profit"][0] == pytest.approx(500)


def test_a_lever_out_of_range_in_the_quarters_before_is_refused():
    with pytest.raises(ScenarioError, match="before: quarter 2: capacity = 9"):
        TOWN.change(before=[{}, {"capacity": 9}])


# -- shocks that nobody announces -----------------------------------------------------------------


def drawn(shocks, seeds):
    case = TOWN.change(shocks=shocks, years=3)
    return [drawn_shocks(case.shocks, seed) for seed in seeds]


def test_the_quarter_of_a_shock_is_drawn_by_the_seed_from_its_first_to_its_latest():
    quarters = [coming[0][1] for coming in drawn([shock("fog", quarter=3, latest=6)], range(400))]
    counts = np.bincount(quarters, minlength=7)
    assert counts[:2].sum() == 0
    assert (counts[2:6] > 70).all()
    assert counts.sum() == counts[2:6].sum()


def test_of_the_shocks_of_a_group_exactly_one_comes_and_each_may():
    group = [shock(name, one_of="surprise") for name in ("fog", "flood", "strike")]
    alone = shock("snow", quarter=2)
    names = [sorted(each.id for each, _ in coming) for coming in drawn([*group, alone], range(300))]
    assert all(len(each) == 2 and "snow" in each for each in names)
    counts = [sum(name in each for each in names) for name in ("fog", "flood", "strike")]
    assert min(counts) > 70


def test_what_a_shock_does_is_felt_in_the_quarter_that_was_drawn_and_not_before():
    case = TOWN.change(years=2)
    foggy = case.change(shocks=[shock("fog", quarter=3, latest=7)])
    for seed in range(4):
        week = 13 * drawn_shocks(foggy.shocks, seed)[0][1]
        profit, calm = (simulate(each, seed=seed).series["profit"] for each in (foggy, case))
        assert np.array_equal(profit[:week], calm[:week])
        assert calm[week] - profit[week] == pytest.approx(500)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"quarter": 3, "latest": 2}, "latest = 2: must not lie before quarter = 3"),
        ({"latest": 9}, "latest = 9: the scenario ends with quarter 4"),
    ],
)
def test_a_shock_that_can_not_come_in_time_is_refused(more, said):
    with pytest.raises(ScenarioError, match=said):
        TOWN.change(shocks=[shock("fog", **more)])


def test_nobody_sees_the_shock_of_the_parcel_firm_before_it_comes():
    """Up to the quarter of the shock the log is the same, whichever shock it is."""
    for seed in range(3):
        ((_, quarter),) = drawn_shocks(CASE.shocks, seed)
        calm = simulate(CASE.change(shocks=()), seed=seed).series["cash"]
        found = simulate(CASE, seed=seed).series["cash"]
        assert np.array_equal(calm[: 13 * quarter], found[: 13 * quarter])
