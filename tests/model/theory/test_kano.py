"""Kano's levels: how each is felt, what a questionnaire tells, and how delight wears off."""

from types import SimpleNamespace

import numpy as np
import pytest

from crmsim.model.theory.kano import (
    ANSWERS,
    LEVELS,
    Asymmetry,
    felt,
    felt_after,
    kano_class,
    levels_of,
    penalty_reward,
    ratings,
    satisfaction_coefficients,
    shares_after,
)
from crmsim.scenario import load

NUMBERS = load("buick-market").numbers


def test_nothing_is_felt_where_service_is_as_usual():
    assert [felt(0.0, level, NUMBERS) for level in LEVELS] == [0, 0, 0]


def test_basic_only_punishes_and_unexpected_only_delights():
    punished = [-felt(-1.0, level, NUMBERS) for level in LEVELS]
    delighted = [felt(1.0, level, NUMBERS) for level in LEVELS]
    assert sorted(punished, reverse=True) == punished
    assert sorted(delighted) == delighted
    assert delighted[0] < 0.5 < punished[0]
    assert punished[2] < 0.5 < delighted[2]


def test_the_evaluation_table_is_kanos():
    """Kano et al. 1984, as in Berger et al. 1993: 25 pairs of answers."""
    letters = {name: name[0].upper() for name in ("questionable", "reverse", "indifferent")}
    letters |= {"unexpected": "A", "expressed": "O", "basic": "M"}
    table = ["".join(letters[kano_class(a, b)] for b in ANSWERS) for a in ANSWERS]
    assert table == ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]


def test_coefficients_are_shares_of_those_who_count():
    counts = {"unexpected": 2, "expressed": 4, "basic": 3, "indifferent": 1, "reverse": 90}
    assert satisfaction_coefficients(counts) == (0.6, -0.7)
    with pytest.raises(ValueError, match="nobody"):
        satisfaction_coefficients({"reverse": 3})


def test_dummies_for_high_and_low_ratings_draw_reward_and_penalty_together():
    """Brandt's (1987) dummies against how far above and below the middle: the same ratings."""
    from crmsim.model.theory.estimation import regression

    attributes, whole = ratings(LEVELS, 50_000, 1, NUMBERS)
    reward, loss = np.split(
        regression(whole, np.hstack([attributes > 4, attributes < 4])).effect, 2
    )
    found = penalty_reward(attributes, whole)
    by_dummies = (reward + loss) / (reward - loss)
    by_points = (found.reward - found.penalty) / (found.reward + found.penalty)
    planted = (NUMBERS.unexpected_gain - NUMBERS.unexpected_loss) / (
        NUMBERS.unexpected_gain + NUMBERS.unexpected_loss
    )
    assert by_dummies[2] < by_points[2] < planted
    assert planted * -1 < by_points[0] < by_dummies[0]


def test_published_airline_effects_fall_into_the_levels_they_were_given():
    """20,000 airline ratings: wifi delights; on-board service and cleanliness are basic."""
    found = Asymmetry(np.array([0.39, 0.04, 0.05]), np.array([0.10, 0.08, 0.08]))
    assert levels_of(found, NUMBERS) == ["unexpected", "basic", "basic"]


def test_an_attribute_without_effect_is_given_no_side():
    assert levels_of(Asymmetry(np.array([-0.1]), np.array([-0.2])), NUMBERS) == ["expressed"]


def test_a_surprise_goes_through_asked_for_to_granted():
    weeks = np.linspace(0, 1000, 200)
    shares = shares_after(weeks, NUMBERS)
    assert sum(shares.values()) == pytest.approx(1)
    assert (np.diff(shares["unexpected"]) < 0).all()
    assert (np.diff(shares["basic"]) > 0).all()
    peak = weeks[shares["expressed"].argmax()]
    assert peak == pytest.approx(NUMBERS.delight_half_life_week / np.log(2), abs=5)


def test_half_the_people_are_surprised_no_longer_after_a_half_life():
    half = NUMBERS.delight_half_life_week
    assert shares_after(half, NUMBERS)["unexpected"] == pytest.approx(0.5)
    slow = SimpleNamespace(**vars(NUMBERS) | {"delight_half_life_week": 4 * half})
    assert shares_after(4 * half, slow)["unexpected"] == pytest.approx(0.5)


def test_the_same_service_delights_less_and_its_lack_hurts_more_every_year():
    weeks = np.arange(0.0, 520, 52)
    assert (np.diff(felt_after(1.0, weeks, NUMBERS)) < 0).all()
    assert (np.diff(felt_after(-1.0, weeks, NUMBERS)) < 0).all()
    assert felt_after(1.0, 0.0, NUMBERS) == felt(1.0, "unexpected", NUMBERS)


def test_what_is_no_level_and_no_answer_is_said():
    with pytest.raises(ValueError, match="basic, expressed, unexpected"):
        felt(1.0, "attractive", NUMBERS)
    with pytest.raises(ValueError, match="like, expect, neutral"):
        kano_class("like", "hate")
