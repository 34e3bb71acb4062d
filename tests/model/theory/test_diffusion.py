"""Bass's curve against its own equation, and its people at the edges."""

import math

import numpy as np
import pytest

from crmsim.model.theory.diffusion import adopted, adoption_years, peak


def test_the_curve_obeys_its_equation():
    year = np.linspace(0, 20, 2001)
    share = adopted(year, 0.03, 0.38)
    rate = np.gradient(share, year)[1:-1]
    assert rate == pytest.approx(((0.03 + 0.38 * share) * (1 - share))[1:-1], abs=1e-5)
    assert year[1:-1][rate.argmax()] == pytest.approx(peak(0.03, 0.38).year, abs=0.01)


@pytest.mark.parametrize("imitation", [0.0, 0.02])
def test_without_much_imitation_the_peak_is_at_once(imitation):
    assert peak(0.03, imitation) == (0.0, 0.0, 0.03)


def test_without_imitation_people_adopt_at_an_even_hazard():
    year = adoption_years(20_000, 0.1, 0.0, seed=3, years=5)
    assert np.isfinite(year).mean() == pytest.approx(1 - math.exp(-0.5), abs=0.01)


def test_the_same_seed_gives_the_same_years():
    usual = adoption_years(2000, 0.03, 0.38, seed=5)
    assert (usual == adoption_years(2000, 0.03, 0.38, seed=5)).all()
    assert (usual != adoption_years(2000, 0.03, 0.38, seed=6)).any()


def test_nobody_and_no_time():
    assert len(adoption_years(0, 0.03, 0.38, seed=1)) == 0
    assert np.isinf(adoption_years(10, 0.03, 0.38, seed=1, years=0)).all()


@pytest.mark.parametrize(
    ("innovation", "imitation"), [(0, 0.3), (-1, 0.3), (0.1, -0.1), (math.nan, 1)]
)
def test_coefficients_that_make_no_sense(innovation, imitation):
    with pytest.raises(ValueError, match="innovation"):
        adopted(1.0, innovation, imitation)
