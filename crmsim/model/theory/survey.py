"""A customer survey: 22 SERVQUAL items asked of simulated people, and what is read from it.

The instrument is that of Parasuraman, Zeithaml & Berry (1988, Journal of Retailing 64:12): 22
statements in five dimensions, each answered twice from 1 to 7, for what an excellent firm should
do and for what this one did. Beside them stand overall quality, satisfaction, what was expected
beforehand, and disconfirmation as it was felt ("worse … better than I expected"), which is asked
and not computed (Oliver 1980): the same gap feels different to different people.
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
from crmsim.model.theory.estimation import Regression, regression
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


def dimension_scores(items: Answers) -> Doubles:
    """Each person's mean answer on each dimension."""
    return np.stack([items[:, columns].mean(axis=1) for columns in SURVEY_COLUMNS.values()], axis=1)


def gaps(answers: Survey) -> Doubles:
    """Gap 5 of each dimension, what was less what should be, mean over people (PZB 1985)."""
    return (dimension_scores(answers.did) - dimension_scores(answers.should)).mean(axis=0)


def importance(answers: Survey) -> Doubles:
    """Return the weight of each dimension, of 100, by regression of quality on the five scores.

    Negative effects, which chance can bring in small samples, count as none.
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
