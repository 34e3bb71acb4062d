"""Service quality: five gaps, two parts and the image."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim import load, simulate
from crmsim.model.theory.quality import both_qualities, five_gaps, through_image
from crmsim.model.theory.satisfaction import satisfaction

QUALITY = st.floats(0, 1)
LEVELS = ("wanted", "understood", "standard", "delivered", "promised")


@given(levels=st.lists(QUALITY, min_size=5, max_size=5))
def test_what_a_customer_misses_is_the_sum_of_the_four_gaps_of_the_firm(levels):
    """Parasuraman, Zeithaml & Berry 1985: gap 5 follows from gaps 1 to 4."""
    gaps = five_gaps(*levels)
    assert gaps.customer == pytest.approx(sum(gaps[:4]))
    assert gaps.customer >= levels[0] - levels[3]


def test_each_gap_answers_to_its_own_cause():
    whole = five_gaps(0.7, 0.7, 0.7, 0.7, 0.7)
    assert whole == (0, 0, 0, 0, 0)
    heard, ruled, done = (0.7, 0.5, 0.5, 0.5, 0.7), (0.7, 0.7, 0.5, 0.5, 0.7), (0.7, 0.7, 0.7, 0.5)
    for place, levels in enumerate([heard, ruled, (*done, 0.7), (0.7, 0.7, 0.7, 0.7, 0.9)]):
        gaps = five_gaps(*levels)
        assert [gap == pytest.approx(0.2) for gap in gaps[:4]] == [n == place for n in range(4)]
        assert gaps.customer == pytest.approx(0.2)


def test_a_modest_promise_makes_nobody_want_less():
    assert five_gaps(0.7, 0.6, 0.6, 0.6, promised=0.4).promise == 0


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), "good"])
@pytest.mark.parametrize("place", range(5))
def test_a_level_that_makes_no_sense(place, wrong):
    levels = [0.5] * 5
    levels[place] = wrong
    with pytest.raises(ValueError, match=LEVELS[place]):
        five_gaps(*levels)


@given(technical=QUALITY, functional=QUALITY, share=st.floats(0.05, 0.95))
def test_neither_part_of_quality_can_replace_the_other(technical, functional, share):
    """Grönroos 1984: the outcome and the process are both needed."""
    both = both_qualities(technical, functional, share)
    assert min(technical, functional) - 1e-12 <= both <= max(technical, functional) + 1e-12
    assert both_qualities(0.0, functional, share) == both_qualities(technical, 0.0, share) == 0


@given(quality=QUALITY, image=QUALITY, filter_=QUALITY)
def test_a_good_image_lifts_and_a_bad_one_dims(quality, image, filter_):
    seen = through_image(quality, image, filter_)
    low, high = sorted((quality, image))
    assert low - 1e-12 <= seen <= high + 1e-12
    assert through_image(quality, image, 0) == quality


def test_the_same_mistake_hurts_less_where_the_image_is_good():
    """Grönroos 1984: a mistake is excused by a good image, and confirms a bad one."""
    numbers = load("bus").numbers

    def hurts(image):
        seen = through_image(np.array([0.6, 0.45]), image, 0.2)
        usual, mistaken = satisfaction(seen, np.array([0.6, 0.6]), numbers, "asymmetric")
        return usual - mistaken

    assert hurts(0.95) < hurts(0.6) < hurts(0.3)


@pytest.mark.parametrize(
    ("function", "values", "name"),
    [
        (both_qualities, (1.1, 0.5, 0.5), "technical"),
        (both_qualities, (0.5, -1, 0.5), "functional"),
        (both_qualities, (0.5, 0.5, 2), "technical_share"),
        (through_image, (2, 0.5, 0.5), "quality"),
        (through_image, (0.5, 2, 0.5), "image"),
        (through_image, (0.5, 0.5, 2), "image_filter"),
    ],
)
def test_a_part_of_quality_that_makes_no_sense(function, values, name):
    with pytest.raises(ValueError, match=f"{name} "):
        function(*values)


# --- in a visit ----------------------------------------------------------------------------------


def ridden(gaps=None, **parameters):
    bus = load("bus")
    numbers = bus.parameters | parameters
    changed = bus.change(persona="planner", gaps=gaps or {}, parameters=numbers)
    return simulate(changed, seed=3).view


@pytest.mark.parametrize("gap", ["listening", "standards", "performance"])
def test_a_gap_of_the_firm_lowers_what_is_perceived_and_only_there(gap):
    usual, lost = ridden(), ridden({gap: {"empathy": 0.2}})
    assert lost.perceived["empathy"] < usual.perceived["empathy"] - 0.1
    assert lost.perceived["tangibles"] == usual.perceived["tangibles"]
    assert lost.expected == usual.expected
    assert lost.satisfaction < usual.satisfaction


def test_a_promise_raises_what_is_expected():
    usual, loud = ridden(), ridden({"promise": {"reliability": 0.1}})
    assert loud.expected["reliability"] == pytest.approx(usual.expected["reliability"] + 0.1)
    assert loud.satisfaction < usual.satisfaction


def test_the_image_colours_a_whole_visit():
    by_image = [ridden(image_filter=0.2, image=image).satisfaction for image in (0.2, 0.9)]
    assert by_image == sorted(by_image)
    assert by_image[0] < ridden().satisfaction < by_image[1]


def test_where_outcome_and_process_multiply_a_lost_outcome_costs_more():
    failed = {"performance": {"reliability": 0.6}}
    added, multiplied = (
        [ridden(gaps, technical_share=share).satisfaction for gaps in ({}, failed)]
        for share in (0.0, 0.5)
    )
    assert multiplied[0] - multiplied[1] > added[0] - added[1] > 0


def test_without_gaps_and_filters_a_visit_is_as_it_was():
    usual = simulate(load("bus").change(persona="planner"), seed=3).view
    assert ridden(technical_share=0.0, image_filter=0.0, image=0.1) == usual
