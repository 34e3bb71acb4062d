"""A customer survey: 22 SERVQUAL items asked of simulated people, and what is read from it.

The instrument is that of Parasuraman, Zeithaml & Berry (1988, Journal of Retailing 64:12): 22
statements in five dimensions, each answered twice from 1 to 7, for what an excellent firm should
do and for what this one did. Beside them stand overall quality, satisfaction, what was expected
beforehand, and disconfirmation as it was felt ("worse … better than I expected"), which is asked
and not computed (Oliver 1980): the same gap feels different to different people.

Of people who have lived through something, such as those of a Market, the questionnaire of the
course is asked (`asked`): it has two scores more, and what they feel about the whole colours every
answer (halo; Thorndike 1920). Not everybody answers (`chance_to_answer`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmsim.common.arrays import Doubles
from crmsim.common.chance import Chance
from crmsim.common.checks import is_number, is_whole, require
from crmsim.model.equations import feeling, perceived, satisfaction_terms
from crmsim.model.theory.estimation import Estimate, Regression, mean_estimate, regression
from crmsim.model.theory.expectations import expectations_after
from crmsim.scenario import DIMENSIONS

if TYPE_CHECKING:
    import pandas as pd

Answers = NDArray[np.int8]

ITEMS = dict(zip(DIMENSIONS, (5, 4, 4, 5, 4), strict=True))
"""Number of the 22 statements that belong to each dimension (Parasuraman et al. 1988)."""
_ENDS = np.cumsum([0, *ITEMS.values()]).tolist()
SURVEY_COLUMNS = {name: slice(_ENDS[place], _ENDS[place + 1]) for place, name in enumerate(ITEMS)}
"""Columns of the answers of each dimension among the 22."""
POINTS = 7
QUESTIONS = 2
"""Times that each whole is asked for, in other words: only so can noise be told from feeling."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The answers, a row a person, from 1 to 7 throughout.

    ``should`` and ``did`` have a column for each of the 22 items, in the order of the dimensions;
    ``expected``, ``felt``, ``quality`` and ``satisfaction`` have a column for each of two
    questions that ask for the same. In ``felt`` 4 is "as I expected".
    """

    should: Answers
    did: Answers
    expected: Answers
    felt: Answers
    quality: Answers
    satisfaction: Answers

    def dimension(self, name: str) -> tuple[Answers, Answers]:
        """Return the answers to the items of one dimension: what should be, what was."""
        return self.should[:, SURVEY_COLUMNS[name]], self.did[:, SURVEY_COLUMNS[name]]

    def of(self, who: NDArray[np.bool_]) -> Survey:
        """Return the answers of some people.

        Parameters
        ----------
        who
            True for each person whose answers are wanted.
        """
        return Survey(*(getattr(self, asked)[who] for asked in self.__slots__))

    def table(self) -> pd.DataFrame:
        """Return the answers as they would be typed in: a row a person, a column a question."""
        import pandas as pd

        statements = [
            f"{name}_{item + 1}" for name, count in ITEMS.items() for item in range(count)
        ]
        columns = {"should": statements, "did": statements}
        wholes = [str(question + 1) for question in range(QUESTIONS)]
        return pd.DataFrame(
            {
                f"{asked}_{name}": getattr(self, asked)[:, place]
                for asked in self.__slots__
                for place, name in enumerate(columns.get(asked, wholes))
            }
        )


def survey(quality: ArrayLike, people: int, seed: int, numbers: SimpleNamespace) -> Survey:
    """Ask people who have just visited a firm.

    1. Each has made earlier visits in the trade; "will" and "should" are what these left behind
       (Boulding et al. 1993). What an *excellent* firm should do is asked, and of excellence
       nothing is forgotten: "should" lies near the best that was met.
    2. Each perceives today's visit through both expectations.
    3. Felt disconfirmation is perceived less expected ("will"), weighted by what matters to her,
       with variation of its own; satisfaction follows it and performance (Anderson & Sullivan
       1993).
    4. Every answer has noise of its own, and is a whole number.

    Parameters
    ----------
    quality
        Quality that the firm delivers on the five dimensions, 0 to 1, on average.
    people
        How many answer.
    numbers
        The declared parameters (``scenario.numbers``).

    Raises
    ------
    ValueError
        If nobody answers, or there is no quality of that kind.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> answers = survey([0.6] * 5, 300, seed=1, numbers=load("buick-market").numbers)
    >>> answers.did.shape, bool((gaps(answers) < 0).all())
    ((300, 22), True)
    """
    require(is_whole(people, 1), "people", people, "a whole number; somebody should answer")
    five = is_number(quality, 0, 1) and np.shape(quality) == (len(DIMENSIONS),)
    require(five, "quality", quality, "five numbers from 0 to 1, one a dimension")
    people = int(people)
    luck = Chance(seed).generator("respondents")
    will, should = _history(people, luck, numbers)
    today = np.broadcast_to(np.asarray(quality, dtype=np.float64), will.shape)
    seen = perceived(_visits(today, luck, numbers), will, should, numbers)
    weights = _weights(people, luck, numbers)
    whole, expected = (weights * seen).sum(axis=1), (weights * will).sum(axis=1)
    felt = whole - expected + numbers.felt_noise * luck.standard_normal(people)
    return Survey(
        should=_items(should, luck, numbers),
        did=_items(seen, luck, numbers),
        expected=_wholes(_points(expected), luck, numbers),
        felt=_wholes(4 + (POINTS - 1) * felt, luck, numbers),
        quality=_wholes(_points(whole), luck, numbers),
        satisfaction=_wholes(_points(_pleased(whole, felt, numbers)), luck, numbers),
    )


RECOMMEND_MOST = 10
"""The question whether one would recommend the firm is answered from 0 to 10 (Reichheld 2003)."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """State of mind of some people when they are asked, an entry or a row for each.

    ``will``: the quality that she expects of the trade (0–1); ``satisfaction`` of late (1–5);
    ``loyalty`` (0–1); ``weights`` of the five dimensions, as shares; ``failed``: whether something
    went wrong lately.
    """

    will: Doubles
    satisfaction: Doubles
    loyalty: Doubles
    weights: Doubles
    failed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Questioned:
    """Answers to the questionnaire of the course: the survey, and two scores more.

    ``recommend`` is from 0 to 10, ``easy`` ("they made it easy for me") from 1 to 7.
    """

    survey: Survey
    recommend: Answers
    easy: Answers


def asked(
    held: Opinions, quality: ArrayLike, luck: np.random.Generator, numbers: SimpleNamespace
) -> Questioned:
    """Ask people who have lived through something; what they feel about it colours every answer.

    The impression of the whole is the weighted sum of what was perceived, and how far she is more
    pleased of late than satisfied. An answer = (1 − halo) · what was perceived + halo · impression;
    then noise, and a whole number (`survey_halo`). Satisfaction itself is asked as it is held.

    Parameters
    ----------
    held
        What they expect, feel and weigh.
    quality
        Quality that the firm delivers on the five dimensions, 0 to 1, on average.
    luck
        Where the draws come from.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    Questioned
        Answers, a row a person.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> held = Opinions(*np.full((3, 90), 0.6), np.full((90, 5), 0.2), np.zeros(90, bool))
    >>> luck = Chance(1).generator("respondents")
    >>> asked(held, [0.6] * 5, luck, load("buick-market").numbers).survey.did.shape
    (90, 22)
    """
    people = len(held.will)
    usual = np.repeat(held.will[:, None], len(DIMENSIONS), axis=1)
    will, should = _after_visits(usual, luck, numbers)
    today = np.broadcast_to(np.asarray(quality, dtype=np.float64), will.shape)
    seen = perceived(_visits(today, luck, numbers), will, should, numbers)
    pleased = held.satisfaction - numbers.satisfaction_at_expectation
    impression = (held.weights * seen).sum(axis=1) + pleased / 4
    halo = numbers.survey_halo
    coloured = (1 - halo) * seen + halo * impression[:, None]
    whole, expected = (held.weights * coloured).sum(axis=1), (held.weights * will).sum(axis=1)
    felt = whole - expected + numbers.felt_noise * luck.standard_normal(people)
    told = Survey(
        should=_items(should, luck, numbers),
        did=_items(coloured, luck, numbers),
        expected=_wholes(_points(expected), luck, numbers),
        felt=_wholes(4 + (POINTS - 1) * felt, luck, numbers),
        quality=_wholes(_points(whole), luck, numbers),
        satisfaction=_wholes(_points((held.satisfaction - 1) / 4), luck, numbers),
    )
    recommend = (
        numbers.recommend_usual
        + numbers.recommend_satisfaction * pleased
        + numbers.recommend_loyalty * (held.loyalty - 0.5)
        + numbers.recommend_noise * luck.standard_normal(people)
    )
    easy = _points(coloured[:, DIMENSIONS.index("responsiveness")])
    easy = easy - numbers.effort_of_failure * held.failed
    return Questioned(
        survey=told,
        recommend=np.clip(np.rint(recommend), 0, RECOMMEND_MOST).astype(np.int8),
        easy=_wholes(easy, luck, numbers)[:, 0],
    )


def chance_to_answer(held: Opinions, numbers: SimpleNamespace) -> Doubles:
    """Return the chance that each person answers when she is asked once.

    Those answer who care: the loyal, and those who feel strongly either way (leverage and salience;
    Groves, Singer & Corning 2000).

    Parameters
    ----------
    held
        What they feel.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    array of float, an entry a person
        From 0 to 1.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> two = np.array([[0.6, 0.6], [4.0, 4.0], [0.1, 0.9]])
    >>> held = Opinions(*two, np.full((2, 5), 0.2), np.zeros(2, bool))
    >>> chance_to_answer(held, load("buick-market").numbers).round(2).tolist()
    [0.06, 0.31]
    """
    usual = np.log(numbers.answer_usual / (1 - numbers.answer_usual))
    strongly = np.abs(held.satisfaction - numbers.satisfaction_at_expectation)
    odds = usual + numbers.answer_loyal * (held.loyalty - 0.5) + numbers.answer_felt * strongly
    return 1 / (1 + np.exp(-odds))  # type: ignore[no-any-return]


def net_promoter_score(recommend: ArrayLike) -> float:
    """Return the net promoter score: per cent who tick 9 or 10, less per cent who tick 0 to 6.

    Parameters
    ----------
    recommend
        Answers from 0 to 10, at least one (Reichheld 2003, Harvard Business Review).

    Returns
    -------
    float
        From −100 to 100.

    Raises
    ------
    ValueError
        If there is no answer, or one is out of the scale.

    Examples
    --------
    >>> net_promoter_score([10, 9, 8, 7, 6])
    20.0
    """
    given = np.asarray(recommend, dtype=np.float64)
    right = given.size > 0 and is_number(given, 0, RECOMMEND_MOST)
    require(right, "recommend", recommend, "answers from 0 to 10, at least one")
    return float(100 * ((given >= 9).mean() - (given <= 6).mean()))


def net_promoter_estimate(recommend: ArrayLike) -> Estimate:
    """Return the net promoter score with the interval that holds the truth in 95 of 100 surveys.

    Each person counts 100, 0 or −100, so the score is a mean, and its error that of one.

    Parameters
    ----------
    recommend
        Answers from 0 to 10, at least two.

    Raises
    ------
    ValueError
        If there are fewer than two answers, or one is out of the scale.

    Examples
    --------
    >>> found = net_promoter_estimate([10] * 40 + [8] * 30 + [5] * 30)
    >>> [round(each) for each in (found.low, found.value, found.high)]
    [-7, 10, 27]
    """
    given = np.asarray(recommend, dtype=np.float64)
    net_promoter_score(given)
    return mean_estimate(100 * ((given >= 9).astype(float) - (given <= 6)))


def top_two_share(ticked: ArrayLike, most: int = POINTS) -> float:
    """Return the share of answers in the two best boxes, which firms report as "satisfied" (CSAT).

    Parameters
    ----------
    ticked
        Answers from 1 up to ``most``, at least one.
    most
        The best box.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If there is no answer, or one is out of the scale.

    Examples
    --------
    >>> top_two_share([7, 6, 5, 1])
    0.5
    """
    given = np.asarray(ticked, dtype=np.float64)
    right = given.size > 0 and is_number(given, 1, most)
    require(right, "ticked", ticked, f"answers from 1 to {most}, at least one")
    return float((given >= most - 1).mean())


@dataclass(frozen=True, slots=True)
class AudienceShare:
    """People who answer alike: their ``share`` of all, the ``chance`` that one answers when asked.

    ``satisfied`` is the share of them who are; those who are not ``listed`` have left.
    """

    share: float
    chance: float
    satisfied: float
    listed: bool = True


def survey_error(
    audience: tuple[AudienceShare, ...], asked_people: float, times: float, with_lost: bool
) -> dict[str, float]:
    """Return how far a survey is expected to miss the share of satisfied people, and why.

    A reminder is another chance to answer, so with many of them the silent groups catch up: of a
    group 1 − (1 − chance)^times answer.

    Parameters
    ----------
    audience
        All people whom the firm served, in groups whose shares sum to 1.
    asked_people
        How many are asked.
    times
        How often each is asked.
    with_lost
        Whether those who have left are asked as well.

    Returns
    -------
    dict of float
        ``answers``, how many answer; ``bias``, how many points the mean of such surveys lies above
        or below the truth, without its sign; ``margin``, half of the 95 % interval in points.

    Examples
    --------
    >>> warm, cold = AudienceShare(0.5, 0.4, 0.6), AudienceShare(0.5, 0.1, 0.2)
    >>> once, often = (survey_error((warm, cold), 400, times, False) for times in (1, 5))
    >>> [round(each["bias"]) for each in (once, often)], round(once["answers"])
    ([12, 8], 100)
    """
    reached = [group for group in audience if group.listed or with_lost]
    listed = sum(group.share for group in reached)
    told = [group.share / listed * (1 - (1 - group.chance) ** times) for group in reached]
    rate = sum(told)
    shares = [group.satisfied for group in reached]
    found = sum(part * share for part, share in zip(told, shares, strict=True)) / rate
    truth = sum(group.share * group.satisfied for group in audience)
    answers = asked_people * rate
    margin = 1.959964 * float(np.sqrt(found * (1 - found) / answers))
    return {"answers": answers, "bias": 100 * abs(found - truth), "margin": 100 * margin}


def dimension_scores(items: Answers) -> Doubles:
    """Return each person's mean answer on each dimension.

    Parameters
    ----------
    items
        Answers to the 22 statements, a row a person.

    Returns
    -------
    array of float, shape (people, 5)
        In the order of the dimensions.
    """
    return np.stack([items[:, columns].mean(axis=1) for columns in SURVEY_COLUMNS.values()], axis=1)


def gaps(answers: Survey) -> Doubles:
    """Gap 5 of each dimension, what was less what should be, mean over people (PZB 1985)."""
    return (dimension_scores(answers.did) - dimension_scores(answers.should)).mean(axis=0)


def importance(answers: Survey) -> Doubles:
    """Return the weight of each dimension, of 100, by regression of quality on the five scores.

    Negative effects, which chance can bring in small samples, count as none.

    Parameters
    ----------
    answers
        The survey, of more people than dimensions.

    Returns
    -------
    array of float, shape (5,)
        In the order of the dimensions, summing to 100.
    """
    found = regression(answers.quality.mean(axis=1), dimension_scores(answers.did)).effect
    counts = np.maximum(found, 0)
    return 100 * counts / counts.sum()


def drivers(answers: Survey) -> Regression:
    """Regression of satisfaction on quality, felt disconfirmation and expectation, in that order.

    Anderson & Sullivan (1993): given the first two, expectation has no effect of its own.
    """
    asked = np.stack([answers.quality, answers.felt, answers.expected], axis=2)
    return regression(answers.satisfaction.mean(axis=1), asked[:, 0], asked[:, 1])


def _history(
    people: int, luck: np.random.Generator, numbers: SimpleNamespace
) -> tuple[Doubles, Doubles]:
    """Return what each person expects of the trade ("will", "should") after her earlier visits."""
    apart = numbers.expectation_spread * luck.standard_normal((people, 1))
    usual = np.repeat(numbers.expectation_at_start + apart, len(DIMENSIONS), axis=1)
    return _after_visits(usual, luck, numbers)


def _after_visits(
    usual: Doubles, luck: np.random.Generator, numbers: SimpleNamespace
) -> tuple[Doubles, Doubles]:
    """Return both expectations after earlier visits in the trade, of the quality that is usual."""
    earlier = np.broadcast_to(usual, (round(numbers.earlier_visits), *usual.shape))
    return expectations_after(_visits(earlier, luck, numbers), usual, usual, numbers)


def _weights(people: int, luck: np.random.Generator, numbers: SimpleNamespace) -> Doubles:
    """Draw the weights of the dimensions for each person: a Dirichlet around the stated ones."""
    stated = np.array([getattr(numbers, f"weight_{name}") for name in DIMENSIONS])
    shape = numbers.weights_evenness * stated / stated.sum()
    drawn = luck.standard_gamma(shape, (people, len(stated)))
    return drawn / drawn.sum(axis=1, keepdims=True)


def _visits(usual: Doubles, luck: np.random.Generator, numbers: SimpleNamespace) -> Doubles:
    """Quality met: the usual one, and how far one visit differs from the next."""
    return np.clip(usual + numbers.visit_noise * luck.standard_normal(usual.shape), 0, 1)


def _pleased(whole: Doubles, felt: Doubles, numbers: SimpleNamespace) -> Doubles:
    """Satisfaction, 0 to 1: what was felt by the asymmetric rule, and performance as such."""
    moves = feeling(felt, 1.0, satisfaction_terms(numbers, "asymmetric"))
    points = numbers.satisfaction_at_expectation + moves
    points = points + numbers.performance_effect * (whole - numbers.expectation_at_start)
    return (points - 1) / 4


def _points(quality: Doubles) -> Doubles:
    """Quality from 0 to 1 as an answer from 1 to 7."""
    return 1 + (POINTS - 1) * quality


def _items(quality: Doubles, luck: np.random.Generator, numbers: SimpleNamespace) -> Answers:
    points = np.repeat(_points(quality), list(ITEMS.values()), axis=1)
    return _answer(points + numbers.item_noise * luck.standard_normal(points.shape))


def _wholes(points: Doubles, luck: np.random.Generator, numbers: SimpleNamespace) -> Answers:
    noise = numbers.overall_noise * luck.standard_normal((len(points), QUESTIONS))
    return _answer(points[:, None] + noise)


def _answer(points: Doubles) -> Answers:
    """Return the whole number that is ticked."""
    return np.clip(np.rint(points), 1, POINTS).astype(np.int8)
