"""The simulated survey: the instrument, and how what is read from it depends on what was put in."""

from types import SimpleNamespace

import numpy as np
import pytest

from crmsim.common.chance import Chance
from crmsim.model.theory.expectations import expectations_after
from crmsim.model.theory.survey import (
    ITEMS,
    Opinions,
    asked,
    chance_to_answer,
    dimension_scores,
    drivers,
    gaps,
    importance,
    net_promoter_estimate,
    net_promoter_score,
    survey,
    top_two_share,
)
from crmsim.scenario import DIMENSIONS, load

NUMBERS = load("buick-market").numbers
USUAL = [NUMBERS.expectation_at_start] * 5


def with_numbers(**numbers: float) -> SimpleNamespace:
    return SimpleNamespace(**vars(NUMBERS) | numbers)


def test_the_instrument_has_22_items_in_five_dimensions():
    assert (sum(ITEMS.values()), tuple(ITEMS)) == (22, DIMENSIONS)
    answers = survey(USUAL, 50, 1, NUMBERS)
    shapes = [answers.dimension(name)[1].shape[1] for name in DIMENSIONS]
    assert shapes == list(ITEMS.values())


def test_the_table_has_a_row_a_person_and_a_column_a_question():
    answers = survey(USUAL, 50, 1, NUMBERS)
    table = answers.table()
    assert table.shape == (50, 2 * 22 + 4 * 2)
    assert (table["did_tangibles_4"] == answers.did[:, -1]).all()
    assert (table["should_responsiveness_1"] == answers.should[:, 5]).all()
    assert (table["felt_2"] == answers.felt[:, 1]).all()


def test_every_answer_is_a_whole_number_from_1_to_7():
    answers = survey([0.0, 1.0, 0.5, 0.9, 0.1], 200, 1, NUMBERS)
    assert len(answers.__slots__) > 1
    for name in answers.__slots__:
        column = getattr(answers, name)
        assert np.issubdtype(column.dtype, np.integer)
        assert column.min() >= 1
        assert column.max() <= 7


def test_the_same_seed_asks_the_same_people():
    one, same, other = (survey(USUAL, 50, seed, NUMBERS) for seed in (3, 3, 4))
    assert (one.did == same.did).all()
    assert (one.did != other.did).any()


def test_where_one_dimension_is_served_better_only_its_gap_narrows():
    usual = gaps(survey(USUAL, 1000, 1, NUMBERS))
    better = gaps(survey([0.8, *USUAL[1:]], 1000, 1, NUMBERS))
    assert better[0] > usual[0] + 0.5
    assert better[1:] == pytest.approx(usual[1:], abs=1e-9)


def test_what_should_be_lies_above_what_is_the_more_visits_have_been_made():
    means = [
        dimension_scores(survey(USUAL, 500, 1, with_numbers(earlier_visits=visits)).should).mean()
        for visits in (1, 5, 20, 60)
    ]
    assert (np.diff(means) > 0).all()


def test_noise_in_answers_makes_expectation_seem_to_matter_and_asking_twice_corrects_it():
    """In least squares a cause measured with noise lets its neighbours speak for it."""
    from crmsim.model.theory.estimation import regression

    answers = survey(USUAL, 20_000, 1, NUMBERS)
    causes = np.column_stack([answers.quality[:, 0], answers.felt[:, 0], answers.expected[:, 0]])
    plain = regression(answers.satisfaction.mean(axis=1), causes)
    assert plain.t[2] < -5
    assert abs(drivers(answers).t[2]) < 3


def test_importance_sums_to_100():
    assert importance(survey(USUAL, 300, 1, NUMBERS)).sum() == pytest.approx(100)


def test_a_survey_needs_somebody_to_answer():
    with pytest.raises(ValueError, match="somebody should answer"):
        survey(USUAL, 0, 1, NUMBERS)


def test_expectations_come_to_rest_at_what_is_always_delivered():
    will, should = expectations_after(np.full(200, 0.7), 0.4, 0.4, NUMBERS)
    assert (will, should) == pytest.approx((0.7, 0.7))
    will, should = expectations_after(np.full(200, 0.3), 0.4, 0.4, NUMBERS)
    assert (will, should) == pytest.approx((0.3, 0.4))


def opinions(count: int, **held: object) -> Opinions:
    usual = {
        "will": np.full(count, 0.6),
        "satisfaction": np.full(count, 4.0),
        "loyalty": np.full(count, 0.5),
        "weights": np.full((count, 5), 0.2),
        "failed": np.zeros(count, bool),
    }
    return Opinions(**usual | held)


def ask(held: Opinions, quality=USUAL, **numbers: float):
    luck = Chance(1).generator("respondents")
    return asked(held, quality, luck, with_numbers(**numbers))


def test_the_more_halo_the_less_are_dimensions_told_apart():
    def likeness(halo):
        scores = dimension_scores(ask(opinions(3000), survey_halo=halo).survey.did)
        return np.corrcoef(scores.T)[np.triu_indices(5, 1)].mean()

    alike = [likeness(halo) for halo in (0.0, 0.3, 0.6)]
    assert alike[0] < 0.1
    assert np.diff(alike).min() > 0.1


def test_halo_carries_a_better_dimension_into_the_others():
    def others(halo):
        usual, better = (
            dimension_scores(ask(opinions(2000), quality, survey_halo=halo).survey.did)[
                :, 1:
            ].mean()
            for quality in (USUAL, [0.9, *USUAL[1:]])
        )
        return better - usual

    assert others(0.0) == pytest.approx(0, abs=1e-9)
    assert others(0.5) > 0.1


def test_who_is_pleased_and_loyal_recommends_and_a_failure_makes_it_hard():
    usual = ask(opinions(2000))
    pleased = ask(opinions(2000, satisfaction=np.full(2000, 4.5)))
    loyal = ask(opinions(2000, loyalty=np.full(2000, 0.9)))
    failed = ask(opinions(2000, failed=np.ones(2000, bool)))
    assert pleased.recommend.mean() > usual.recommend.mean() + 0.3
    assert loyal.recommend.mean() > usual.recommend.mean() + 0.5
    assert failed.easy.mean() < usual.easy.mean() - 1
    assert (failed.recommend == usual.recommend).all()


def test_who_does_not_care_is_silent():
    cold, warm = (chance_to_answer(opinions(1, loyalty=np.array([x])), NUMBERS) for x in (0.0, 1.0))
    angry = chance_to_answer(opinions(1, satisfaction=np.array([1.5])), NUMBERS)
    usual = chance_to_answer(opinions(1), NUMBERS)
    assert cold < usual < warm
    assert angry > usual
    assert usual == pytest.approx(NUMBERS.answer_usual)


@pytest.mark.parametrize("given", [[], [11], [-1], [float("nan")]])
def test_no_score_of_answers_off_the_scale(given):
    with pytest.raises(ValueError, match="0 to 10"):
        net_promoter_score(given)
    with pytest.raises(ValueError, match="1 to 7"):
        top_two_share(given)


def test_a_net_promoter_score_is_known_as_precisely_as_its_interval_says():
    """Of surveys of one crowd, about 95 in 100 have the truth in their interval."""
    luck = np.random.default_rng(1)
    crowd = luck.choice(11, 20_000, p=[0.01] * 5 + [0.05, 0.1, 0.2, 0.25, 0.2, 0.15])
    truth = net_promoter_score(crowd)
    found = [net_promoter_estimate(luck.choice(crowd, 80)) for _ in range(1000)]
    held = np.mean([each.low <= truth <= each.high for each in found])
    assert 0.92 < held < 0.97
