"""A survey of a market's people: who is asked, who answers, and what the answers can't say."""

from __future__ import annotations

import numpy as np
import pytest

from crmsim.model.theory.survey import net_promoter_score
from crmsim.runs.polled import poll
from crmsim.runs.run import simulate
from crmsim.scenario import load

pytestmark = pytest.mark.usefixtures("compiled_engine")

TOWN = load("buick-market")


@pytest.fixture(scope="module")
def run():
    return simulate(TOWN, seed=40)


@pytest.fixture(scope="module")
def found(run):
    return poll(run, 104, 1200)


def test_customers_are_asked_and_some_of_them_answer(found):
    assert found.invited.sum() == 1200
    assert not (found.invited & ~found.customer).any()
    assert not (found.answered & ~found.invited).any()
    assert 0.1 < found.answered.sum() / 1200 < 0.4


def test_whoever_has_left_is_on_the_list_only_if_it_is_asked_for(run, found):
    assert not (found.lost & found.customer).any()
    assert found.lost.sum() > 100
    assert not (found.invited & found.lost).any()
    assert (poll(run, 104, 1200, lost=True).invited & found.lost).sum() > 50


def test_more_invitations_and_reminders_only_add_answers(run, found):
    more, again = poll(run, 104, 1500), poll(run, 104, 1200, times=3)
    for larger in (more, again):
        assert (larger.answered >= found.answered).all()
        assert larger.answered.sum() > found.answered.sum()
        assert (larger.answers.recommend == found.answers.recommend).all()


def test_spending_is_that_of_the_log(run, found):
    log = run.log
    assert found.spent.sum() == pytest.approx(log["sales"][52:104].sum(), rel=1e-5)
    assert found.spent_after.sum() == pytest.approx(log["sales"][104:].sum(), rel=1e-5)
    assert found.visits.sum() == log["visits"][52:104].sum()


def test_money_that_nobody_has_seen_yet_is_not_there(run):
    assert np.isnan(poll(run, 156, 100).spent_after).all()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"week": 51}, "from 52 to 156"),
        ({"week": 157}, "week"),
        ({"invited": 0}, "invited"),
        ({"times": 6}, "times"),
    ],
)
def test_what_is_not_allowed_is_refused(run, changed, told):
    with pytest.raises(ValueError, match=told):
        poll(run, **{"week": 104, "invited": 10} | changed)


def test_the_loyal_and_those_who_feel_strongly_answer_rather(run):
    everybody = poll(run, 104, 5000, lost=True)
    asked, told = everybody.invited, everybody.answered
    loyal = everybody.held.loyalty
    strongly = np.abs(everybody.held.satisfaction - 4)
    assert loyal[told].mean() > loyal[asked].mean() + 0.03
    assert strongly[told].mean() > strongly[asked].mean()


def luck_of(seed):
    return poll(simulate(TOWN, seed=seed), 104, 1200)


@pytest.fixture(
    scope="module",
    params=[range(40, 60), pytest.param(range(60, 140), marks=pytest.mark.long)],
    ids=["20", "80"],
)
def many(request):
    return [luck_of(seed) for seed in request.param]


def nps(found, who):
    return net_promoter_score(found.answers.recommend[who])


def test_those_who_answer_recommend_more_than_all_who_were_served(many):
    higher = [nps(each, each.answered) - nps(each, each.had) for each in many]
    assert np.mean(higher) > 3
    assert np.mean(np.array(higher) > 0) >= 0.8


def test_those_who_left_would_recommend_least(many):
    assert all(nps(each, each.lost) < nps(each, each.customer) - 5 for each in many)


def test_no_score_foretells_who_comes_again_and_the_visits_of_last_year_do(many):
    """Among customers, with everybody's answer known."""
    for each in many:
        who = each.customer
        again = each.spent_after[who] > 0
        scores = (each.answers.survey.satisfaction[:, 0], each.answers.recommend, each.answers.easy)
        told = [abs(np.corrcoef(score[who], again)[0, 1]) for score in scores]
        assert max(told) < 0.15
        assert np.corrcoef(each.visits[who], again)[0, 1] > 0.2
