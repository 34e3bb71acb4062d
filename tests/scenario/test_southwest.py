"""Points that the airline teaches hold over luck: each follows from the model's equations."""

from functools import partial

import numpy as np
import pytest

from crmsim import load, replay, simulate
from crmsim.model.market.market import Market
from crmsim.runs.compare import references
from crmsim.runs.run import valued

pytestmark = pytest.mark.usefixtures("compiled_engine")

CASE = load("southwest")
GROWTH = (
    {"fare": 0.95, "fleet": 1.2, "capacity": 1.2},
    {"training": 160},
    {"buffer": 10},
    {},
    {"empowerment": 0.6},
    {"channel": 0.6},
    {"fleet": 1.3, "capacity": 1.3, "attention": 0.5},
)
"""Growth no faster than people can be hired and taught, with time at the gate."""


def flown(actions, seed, case=CASE):
    """A run of these actions, a quarter each, and then nothing more."""
    return valued(case, replay([*actions, *[{}] * (16 - len(actions))]), seed)


def quarters(run, column):
    return run.series[column].reshape(-1, 13).mean(axis=1)


@pytest.fixture(
    scope="module", params=[3, pytest.param(20, marks=pytest.mark.long)], ids="{} lucks".format
)
def lucks(request):
    """Lucks: what is claimed of the histories holds on each, so that a few are enough."""
    return range(request.param)


@pytest.fixture(scope="module")
def histories(lucks):
    return [flown(CASE.history.actions, seed) for seed in lucks]


def test_the_history_rises_for_over_a_year_and_collapses(histories):
    """People Express (Sterman): growth that outruns training."""
    assert len(histories) > 1
    for run in histories:
        customers, profit, sales = (quarters(run, c) for c in ("customers", "profit", "sales"))
        peak = int(customers.argmax())
        assert 4 <= peak <= 8
        assert customers[peak] > 1.3 * customers[0]
        assert sales[:6].argmax() >= 3
        assert profit[:3].mean() > 0
        assert customers[-1] < 0.65 * customers[peak]
        assert customers[-1] < 0.95 * customers[0]
        assert (profit[-4:] < -4000).all()


def test_the_history_collapses_from_within(histories):
    """Newcomers, standards, mood and the good word go first; customers follow."""
    assert len(histories) > 1
    for run in histories:
        for name, most in (("standard", 0.98), ("attitude", 0.95), ("reputation", 0.9)):
            assert quarters(run, name)[5] < most * quarters(run, name)[0], name
        assert quarters(run, "evaluation")[3:6].mean() < quarters(run, "evaluation")[0] - 0.1
        assert quarters(run, "delay_min")[4] > 1.1 * quarters(run, "delay_min")[0]


@pytest.fixture(scope="module")
def grown(lucks):
    return [flown(GROWTH, seed) for seed in lucks]


def test_growth_with_training_lasts_with_the_same_luck(histories, grown):
    for run, rival in zip(grown, histories, strict=True):
        customers = quarters(run, "customers")
        assert customers[-1] > 0.9 * customers[0]
        assert customers[-1] > 1.05 * quarters(rival, "customers")[-1]
        assert run.series["profit"].sum() > 0
        assert run.value.total > rival.value.total + 500_000


def worth_of_students(option, seeds):
    """Return what the airline is worth, by seed, where the five students are answered so."""
    managed = references(CASE)["balanced"]

    def deciding(option, seen):
        due = {card.id for card in seen.cards}
        return managed(seen) | ({"five-students": option} if "five-students" in due else {})

    runs = [valued(CASE, partial(deciding, option), seed) for seed in seeds]
    return np.array([run.value.total for run in runs])


@pytest.mark.parametrize("seeds", [range(1), pytest.param(range(20), marks=pytest.mark.long)])
def test_what_is_right_for_five_students_is_wrong_as_a_rule_for_all(seeds):
    """The precedent (B-09): on each luck it costs some 80,000, ten times what lucks differ by."""
    rule, explained = (worth_of_students(each, seeds) for each in ("for-everybody", "explain"))
    assert (rule < explained - 40_000).all()


@pytest.mark.long
def test_five_students_are_worth_a_quarter_of_an_hour():
    """In profit on four lucks: `test_claims.py`; here with all that comes after it."""
    gain = worth_of_students("retime", range(20)) - worth_of_students("explain", range(20))
    assert gain.mean() > 2 * gain.std(ddof=1) / len(gain) ** 0.5


def test_the_storm_takes_few_customers_from_an_airline_that_is_led_well(lucks):
    """Southwest's satisfaction did not fall in the ACSI after December 2022."""
    for seed in lucks:
        led = simulate(CASE, references(CASE)["balanced"], seed)
        customers = led.series["customers"]
        assert customers[158] > 0.94 * customers[152]


def test_the_storm_cancels_a_third_of_two_weeks(grown):
    """16,900 cancellations of some 4,000 flights a day in two weeks: three in ten."""
    logs = [run.series for run in grown]
    shares = [log["cancellation"][154:156].sum() / log["visits"][154:156].sum() for log in logs]
    assert np.mean(shares) == pytest.approx(0.30, abs=0.05)


def test_the_loyal_are_immune_to_the_fare_war():
    """C-04, C-08: whoever leaves in the war is less loyal than whoever stays."""
    market = Market(CASE, 3)
    for _ in range(6):
        market.step({})
    here, loyal = market.people.customer.copy(), market.people.loyalty.copy()
    market.step({})
    gone = here & ~market.people.customer
    assert loyal[gone].mean() < loyal[here & ~gone].mean()


def test_nobody_flies_without_a_seat():
    """At three fifths of the fare, far more want to fly than can."""
    log = simulate("southwest", replay([{"fare": 0.6}, *[{}] * 15]), seed=0).series
    assert log["turned_away"].max() > 0.3
    assert 0.9 < log["seats_filled"].max() <= 1
