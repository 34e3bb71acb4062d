"""Two engines, one set of numbers: whoever compiles the week gets the week that NumPy gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim import load
from crmsim.common.chance import Chance
from crmsim.model.market.compiled import kernels
from crmsim.model.market.compiled.engine import ENGINES, engine
from crmsim.model.market.draws import Spans, forget_towns
from crmsim.model.market.market import Market
from crmsim.model.market.week import WeekDraws

MINDS = ("will", "should", "satisfaction", "opinion", "loyalty", "awareness", "habit")
TOWN = load("buick-market").change(people=600, years=0.75)


def lived(scenario, seed, name, monkeypatch, action=None):
    """The log of a run by that engine, and how everybody is at its end."""
    forget_towns()
    monkeypatch.setenv("CRMSIM_ENGINE", name)
    market = Market(scenario, seed)
    while not market.done:
        market.step(action or {})
    people = [getattr(market.people, mind) for mind in (*MINDS, "customer", "failed_week")]
    return [*market.series.values(), *people]


@given(
    seed=st.integers(0, 2**40),
    rule=st.sampled_from(["asymmetric", "ratio", "difference"]),
    surprise=st.sampled_from([0.0, 0.6]),
    empathy=st.sampled_from([-0.3, 0.0, 0.2]),
    visits=st.sampled_from([3.0, 30.0]),
    promise=st.sampled_from([-0.1, 0.0, 0.2]),
    incident=st.sampled_from([None, {"gap": -0.4, "buys": True, "complains": True, "tells": True}]),
)
@settings(max_examples=15, deadline=None)
def test_the_compiled_engine_gives_the_same_numbers(
    seed, rule, surprise, empathy, visits, promise, incident
):
    style = {"quality": {"empathy": empathy}, "surprise": surprise}
    given_town = {"rule": rule, "style": style, "incident": incident}
    town = TOWN.change(**given_town, parameters={"visits_year": visits})
    with pytest.MonkeyPatch.context() as patch:
        numpy, compiled = (lived(town, seed, name, patch, {"promise": promise}) for name in ENGINES)
    assert all(np.array_equal(*pair) for pair in zip(numpy, compiled, strict=True))


def test_an_airline_too(monkeypatch):
    airline = load("southwest").change(people=500)
    numpy, compiled = (lived(airline, 3, name, monkeypatch) for name in ENGINES)
    assert all(np.array_equal(*pair) for pair in zip(numpy, compiled, strict=True))


@given(
    seed=st.integers(0, 2**64 - 1),
    week=st.integers(0, 10_000),
    ranges=st.lists(
        st.tuples(*(st.integers(0, 2**32 - 1) for _ in range(3))).map(sorted), max_size=60
    ),
)
@settings(max_examples=50, deadline=None)
def test_an_occasion_and_its_luck_are_the_same_whoever_else_has_one(seed, week, ranges):
    below, pull, need = np.array(ranges, np.uint32).reshape(-1, 3).T.copy()
    spans = Spans(below, pull, need, np.full(len(ranges), 0.1, np.float32), 2.0**31)
    weeks, chance = range(week, week + 3), Chance(seed)
    usual, compiled = (engine(name).draw_weeks(chance, weeks, spans) for name in ENGINES)
    for one, other in zip(usual, compiled, strict=True):
        assert all(np.array_equal(getattr(one, f), getattr(other, f)) for f in WeekDraws._fields)
    everybody = spans._replace(visit_below=np.full_like(below, 2**32 - 1), need_from=need)
    for some, whole in zip(
        usual, engine("numpy").draw_weeks(chance, weeks, everybody), strict=True
    ):
        places = whole.people.searchsorted(some.people)
        assert np.array_equal(some.luck, whole.luck[:, places])


def test_an_engine_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("CRMSIM_ENGINE", "steam")
    with pytest.raises(ValueError, match="must be one of: numpy, numba"):
        Market(TOWN, 1)


def test_towns_of_any_size_share_the_compiled_code(monkeypatch):
    """Code compiled anew would cost seconds; a lone person's and a large town's data look alike."""
    for people in (600, 1, 150_000):
        lived(TOWN.change(people=people, years=0.06), 1, "numba", monkeypatch)
    assert len(kernels.ordinary_kernel.signatures) == len(kernels.draw_kernel.signatures) == 1


def test_machine_code_on_disk_serves_only_the_equations_it_was_made_of(monkeypatch):
    """Numba looks at the file of the kernel alone; the equations stand in another."""
    lived(TOWN.change(people=50, years=0.06), 1, "numba", monkeypatch)
    kept, (signature,) = kernels.draw_kernel._cache, kernels.draw_kernel.signatures
    target = kernels.draw_kernel.targetctx
    assert kept.load_overload(signature, target) is not None
    monkeypatch.setattr(kernels, "_SOURCE", "an equation has changed")
    assert kept.load_overload(signature, target) is None
