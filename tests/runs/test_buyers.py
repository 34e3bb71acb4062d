"""Buyers of a shop: the real ones, the simulated ones, and what the course says of them."""

import numpy as np
import pytest

from crmsim.common.extras import ExtraError
from crmsim.model.theory.repeat_buying import fit
from crmsim.runs import buyers as module
from crmsim.runs.buyers import (
    TIERS,
    buyers,
    counted,
    known,
    real_buyers,
    reference,
    rfm,
    simulated_buyers,
)


@pytest.fixture(scope="module")
def real():
    return real_buyers()


def test_the_counts_that_the_course_carries_agree_with_the_real_file(real):
    found = counted(real)
    assert found["buyers"] == 23_570
    assert sum(found["with_orders"]) == found["buyers"]
    tiers = found.pop("tiers")
    for name, value in found.items():
        assert reference()[name] == pytest.approx(value, abs=1e-4), name
    for name in TIERS:
        assert reference()["tiers"][name] == pytest.approx(tiers[name], abs=1e-4), name


def test_the_fitted_numbers_that_the_course_carries_agree_with_the_real_file(real):
    assert fit(known(real))._asdict() == pytest.approx(reference()["repeat_buying"], abs=0.006)


def test_the_tiers_are_twenty_thirty_and_fifty_per_cent(real):
    share = rfm(real)["tier"].value_counts(normalize=True)
    assert share.to_dict() == pytest.approx({"A": 0.2, "B": 0.3, "C": 0.5}, abs=0.001)


def test_every_fifth_of_a_score_is_a_fifth(real):
    for name in ("recency", "frequency", "money"):
        assert np.bincount(rfm(real)[name])[1:] == pytest.approx([len(real) / 5] * 5, abs=1)


def test_the_best_tier_of_the_first_half_buys_more_in_the_second(real):
    for table in (real, simulated_buyers(seed=5)):
        tiers = counted(table)["tiers"]
        later = [tiers[name]["order_later"] for name in TIERS]
        assert later == sorted(later, reverse=True)
        assert later[0] > 1.5 * later[-1]


def test_without_the_package_there_are_simulated_buyers_and_it_says_so(monkeypatch):
    def missing():
        raise ExtraError("lifetimes", "data")

    monkeypatch.setattr(module, "_master_file", missing)
    table, real = buyers(seed=3)
    assert not real
    assert table.equals(simulated_buyers(seed=3))
    with pytest.raises(ExtraError, match=r"lifetimes is not installed.*crmsim\[data\]"):
        real_buyers()


def test_the_package_is_read_and_not_imported(real):
    import sys

    assert len(real) > 0
    assert "lifetimes" not in sys.modules


def test_the_same_seed_gives_the_same_class_of_buyers():
    assert simulated_buyers(seed=8).equals(simulated_buyers(seed=8))
    assert not simulated_buyers(seed=8).equals(simulated_buyers(seed=9))
