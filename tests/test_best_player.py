"""The best player that a search finds plays as the author of the lessons would wish (F42)."""

from dataclasses import replace
from functools import cache

import pytest

from benchmarks import best_day
from benchmarks.best_player import FRESH, Play, Search, no_gain, on_a_step, stored, worths
from benchmarks.model_digest import model_digest
from crmsim import load
from crmsim.common.calendar import WEEKS_YEAR
from crmsim.model.market.firm import decision_of
from crmsim.model.market.in_force import Shifts
from crmsim.runs.compare import references
from crmsim.scenario.policy_cards import policy_cards

pytestmark = pytest.mark.usefixtures("compiled_engine")

FEW = {"buick-market": range(5), "southwest": range(3)}
MANY = {"buick-market": range(40), "southwest": range(20)}
TRICKS = {
    "buick-market": (
        {"promise": (-0.1, 0.0)},
        {"promise": (-0.1,)},
        {"promise": (0.1,)},
        {"facilities": (0.0,)},
        {"capacity": (0.8,)},
        {"pay": (0.9,)},
        {"pay": (1.4,)},
        {"empowerment": (1.0,), "channel": (1.0,), "sunset": (1.0,), "attention": (1.0,)},
    ),
    "southwest": (
        {"fleet": (3.0,), "capacity": (3.0,)},
        {"fare": (0.6,), "fleet": (2.0,)},
        {"capacity": (0.8,)},
        {"promise": (-0.1, 0.0)},
    ),
}
each_market = pytest.mark.parametrize("name", FEW)


@pytest.fixture(
    scope="module", params=[FEW, pytest.param(MANY, marks=pytest.mark.long)], ids=["few", "many"]
)
def lucks(request):
    """The lucks of each market: what needs more than the few is claimed of the many."""
    return request.param


@each_market
def test_what_was_found_is_of_the_model_as_it_is(name):
    _, found = stored(name)
    assert found["model"] == model_digest(name), "search anew: python -m benchmarks.best_player"


@cache
def worth_of_the_best(name, seeds):
    return worths(load(name), stored(name)[0], seeds)


@each_market
def test_the_best_play_is_worth_what_is_told(name, lucks):
    """The worth of the reference policy, told beside it, is measured anew on many lucks."""
    case, (_, found), seeds = load(name), stored(name), lucks[name]
    best, usual = worth_of_the_best(name, seeds), worths(case, Play(), seeds)
    assert found["best"] > found["balanced"] > found["usual"]
    told = [(best - usual, found["gain"])]
    if lucks is MANY:
        balanced = worths(case, references(case)["balanced"], seeds)
        assert (best - balanced).mean() > 0
        told.append((balanced - usual, found["balanced"] - found["usual"]))
    for gains, figure in told:
        assert gains.mean() > 0
        assert abs(gains.mean() - figure) < 4 * gains.std(ddof=1) / len(gains) ** 0.5


def played(name):
    """Return every lever as the best play has it in the last week, after its cards."""
    case, (play, _) = load(name), stored(name)
    assert all(len(set(values)) == 1 for values in play.levers.values())
    shifts = Shifts(case)
    for card in play.cards:
        shifts.begin(card, policy_cards()[card].priced(case.numbers), 0)
    levers = {lever.id: lever.start for lever in case.levers if lever.id != "adoption"}
    levers |= {lever: values[0] for lever, values in play.levers.items()}
    held = shifts.now(case.years * WEEKS_YEAR - 1, decision_of(levers, case.numbers)).decision
    return {lever: getattr(held, lever) for lever in levers}


@each_market
def test_the_best_play_spends_on_staff_and_service_and_promises_what_it_keeps(name):
    held = played(name)
    assert abs(held["promise"]) <= 0.02
    for lever in ("capacity", "pay", "facilities"):
        assert held.get(lever, 1.0) >= 1, lever
    assert held["training"] > 0
    assert held["channel"] > 0


@each_market
def test_f42_the_best_play_ends_at_a_bound_in_two_levers_at_most(name):
    bounds = {lever.id: (lever.low, lever.high) for lever in load(name).levers}
    at_one = [lever for lever, value in played(name).items() if value in bounds[lever]]
    assert len(at_one) <= 2, at_one


@each_market
def test_f42_no_trick_adds_to_the_best_play(name, lucks):
    case, (play, _), seeds = load(name), stored(name), lucks[name]
    for trick in TRICKS[name]:
        tricked = replace(play, levers={**play.levers, **trick})
        gains = worths(case, tricked, seeds) - worth_of_the_best(name, seeds)
        assert no_gain(case, gains), trick
        assert gains.mean() <= 0 or trick != {"pay": (0.9,)}


def test_no_training_is_a_loss_to_the_best_play_of_the_airline(lucks):
    """It is a loss on each of few lucks, and surely one on many."""
    name, seeds = "southwest", lucks["southwest"]
    case, (play, _) = load(name), stored(name)
    untaught = replace(play, levers={**play.levers, "training": (0.0,)})
    gains = worths(case, untaught, seeds) - worth_of_the_best(name, seeds)
    assert (gains < 0).all() or lucks is MANY
    assert gains.mean() + 2 * gains.std(ddof=1) / len(gains) ** 0.5 < 0 or lucks is FEW


@pytest.mark.parametrize(
    ("name", "quarters", "saved"),
    [
        ("buick-market", 4, {"facilities": 0.0}),
        ("buick-market", 4, {"facilities": 0.0, "training": 0.0, "bonus": 0.0, "pay": 1.0}),
        ("buick-market", 12, {"bonus": 0.0, "pay": 1.0}),
        ("southwest", 4, {"training": 0.0}),
        ("southwest", 1, {"fleet": 0.7}),
    ],
)
def test_f42_what_is_saved_before_the_end_adds_next_to_nothing(name, quarters, saved, lucks):
    """Value looks three years on; what is earned back later is not all in it (docs/model.md)."""
    case, (play, _), seeds = load(name), stored(name), lucks[name]
    saving = replace(play, levers={**play.levers, **{lever: (to,) for lever, to in saved.items()}})
    last = 4 * case.years - quarters

    def saves_at_last(seen):
        return (play if seen.quarter < last else saving)(seen)

    assert no_gain(case, worths(case, saves_at_last, seeds) - worth_of_the_best(name, seeds))


# -- a day at the desk ------------------------------------------------------------------------

DAYS = range(16)


def test_the_best_day_is_of_the_model_as_it_is_and_worth_what_is_told():
    plan, found = best_day.stored("sunset")
    assert found["model"] == model_digest("sunset"), "search anew: python -m benchmarks.best_day"
    desk = load("sunset")
    best, rota = (best_day.worths(desk, each, DAYS) for each in (plan, best_day.DayPlan()))
    gains = best - rota
    assert abs(gains.mean() - found["gain"]) < 4 * gains.std(ddof=1) / len(gains) ** 0.5


def test_the_best_day_calls_back_mends_the_chain_and_needs_no_crowd():
    plan, _ = best_day.stored("sunset")
    assert plan.callbacks
    assert plan.checks
    assert max(abs(more) for more in (*plan.agents, *plan.handlers)) <= 1
    assert len(plan.agents) == len(plan.handlers) == 1


@pytest.mark.parametrize(
    "days", [range(8), pytest.param(range(40), marks=pytest.mark.long)], ids=len
)
def test_f42_to_move_people_back_and_forth_by_the_hour_adds_nothing_to_the_best_day(days):
    desk, (plan, found) = load("sunset"), best_day.stored("sunset")
    best = best_day.worths(desk, plan, days)
    for each in best_day.in_turn(plan):
        gains = best_day.worths(desk, each, days) - best
        error = gains.std(ddof=1) / len(gains) ** 0.5
        assert gains.mean() - 2 * error < 0.02 * found["usual"], each


@pytest.mark.parametrize("rota", [(6, 0) * 6, (0, 0, 8, 0, 0, 8, 0, 0, 8, 0, 8, 0)])
def test_f42_to_send_handlers_home_in_the_middle_of_their_work_adds_little(rota):
    """They end it and are paid for that; what four spells gain is by better placing of hours."""
    desk, (plan, found) = load("sunset"), best_day.stored("sunset")
    more = tuple(count - hour.handlers for count, hour in zip(rota, desk.hours, strict=True))
    sent_home, best = (
        best_day.worths(desk, each, range(40)) for each in (replace(plan, handlers=more), plan)
    )
    gains = sent_home - best
    error = gains.std(ddof=1) / len(gains) ** 0.5
    assert gains.mean() - 2 * error < 0.02 * found["usual"]


@pytest.mark.long
def test_a_search_finds_no_day_that_is_worth_more():
    desk, (plan, _) = load("sunset"), best_day.stored("sunset")
    found = best_day.best(desk, range(FRESH, FRESH + 8))
    gains = best_day.worths(desk, found, range(40)) - best_day.worths(desk, plan, range(40))
    assert gains.mean() < 2 * gains.std(ddof=1) / len(gains) ** 0.5 or found == plan


@pytest.mark.parametrize(("share", "value"), [(0.0, 0.7), (1.0, 1.4), (0.5, 1.05), (0.51, 1.05)])
def test_a_lever_is_set_where_a_player_can_set_it(share, value):
    (capacity,) = (lever for lever in load("buick-market").levers if lever.id == "capacity")
    assert on_a_step(capacity, share) == pytest.approx(value)


@pytest.mark.long
@each_market
def test_a_search_finds_nothing_that_is_worth_more(name):
    case, (play, _) = load(name), stored(name)
    found = Search(case, range(FRESH, FRESH + 3)).best()
    assert no_gain(case, worths(case, found, range(40)) - worths(case, play, range(40))), found
