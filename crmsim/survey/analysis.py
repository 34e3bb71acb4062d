"""Results of a survey: reliability, gaps, what matters, scores, groups, and who is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.arrays import Doubles
from crmsim.model.theory.estimation import (
    Estimate,
    cronbach_alpha,
    mean_estimate,
    regression,
    share_estimate,
)
from crmsim.model.theory.survey import SURVEY_COLUMNS, net_promoter_estimate, top_two_share
from crmsim.scenario import DIMENSIONS
from crmsim.survey.questions import BY_CODE, DID, OFTEN, SHOULD
from crmsim.survey.reading import Responses

if TYPE_CHECKING:
    import pandas as pd

LEAST_PEOPLE = 5
"""Fewer answers than these make no report."""

LEAST_FOR_WEIGHTS = 40
"""From so many answers on, what matters is read from them by regression; a choice (8 a cause)."""

LEAST_IN_GROUP = 5
"""Smaller groups are not shown: their members could be known by their answers."""


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """A dimension of service quality as the survey has it.

    ``did`` and ``should`` are mean answers (1–7), ``gap`` is their difference, person by person;
    ``alpha`` is Cronbach's α of its statements; ``weight`` is what it matters, of 100. None where
    it was not asked or there are too few answers.
    """

    name: str
    did: Estimate
    should: Estimate | None
    gap: Estimate | None
    alpha: float | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """One number by which firms judge themselves: CSAT (%), NPS (−100 to 100) or CES (1–7)."""

    name: str
    found: Estimate


@dataclass(frozen=True, slots=True)
class GroupResult:
    """People who came equally often: how satisfied they are (1–7)."""

    name: str
    satisfaction: Estimate


@dataclass(frozen=True, slots=True)
class SurveyResults:
    """Everything that is computed from the answers.

    ``dimensions`` are in the order of SERVQUAL. ``early`` and ``late`` are the mean satisfaction of
    the first and the last third who answered. ``likeness`` is the mean correlation between the
    dimensions: near 1 people did not tell them apart (halo). ``said`` are the texts that people
    wrote, each with her satisfaction.
    """

    count: int
    dimensions: tuple[DimensionResult, ...]
    scores: tuple[ScoreResult, ...]
    groups: tuple[GroupResult, ...]
    early: Estimate | None
    late: Estimate | None
    likeness: float | None
    said: tuple[tuple[float, str], ...]

    @property
    def satisfied(self) -> Estimate:
        """The share (%) who tick one of the two best boxes."""
        return next(score.found for score in self.scores if score.name == "CSAT")

    def bounds(self, invited: int) -> tuple[float, float]:
        """Return the lowest and the highest share (%) of satisfied people among all invited.

        If every silent person is dissatisfied, and if every one is satisfied (Manski 1989).

        Parameters
        ----------
        invited
            How many were asked, at least as many as answered.

        Returns
        -------
        tuple of float
            Per cent.
        """
        found = self.satisfied
        yes, silent = found.value * found.count / 100, invited - found.count
        return 100 * yes / invited, 100 * (yes + silent) / invited


def analyse(responses: Responses) -> SurveyResults:
    """Compute what a survey says.

    Parameters
    ----------
    responses
        The answers, with the columns P01 to P22 and SAT at least, and at least five rows.

    Raises
    ------
    ValueError
        If nobody answered a question that is needed.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> from crmsim.runs.polled import poll
    >>> from crmsim.survey.simulated import simulated_answers
    >>> run = simulate(load("buick-market").change(people=1000, years=1), seed=1)
    >>> found = analyse(simulated_answers(poll(run, week=52, invited=300)))
    >>> found.count > 30, [each.name for each in found.scores]
    (True, ['CSAT', 'NPS', 'CES'])
    """
    table = responses.table
    weights = _weights(table)
    satisfaction = table["SAT"].to_numpy()
    third = len(table) // 3
    waves = third >= LEAST_PEOPLE
    return SurveyResults(
        count=len(table),
        dimensions=tuple(
            _dimension(table, name, None if weights is None else float(weights[place]))
            for place, name in enumerate(DIMENSIONS)
        ),
        scores=tuple(_scores(table)),
        groups=tuple(_groups(table)),
        early=mean_estimate(satisfaction[:third]) if waves else None,
        late=mean_estimate(satisfaction[-third:]) if waves else None,
        likeness=_likeness(_scores_of(table, DID)),
        said=tuple(_said(table)),
    )


def _codes(codes: Sequence[str], name: str) -> list[str]:
    return list(codes[SURVEY_COLUMNS[name]])


def _scores_of(table: pd.DataFrame, codes: Sequence[str]) -> Doubles:
    """Return each person's mean answer on each dimension; nan if she answered none of it."""
    columns = [table.reindex(columns=_codes(codes, name)).mean(axis=1) for name in DIMENSIONS]
    return np.stack([column.to_numpy(dtype=np.float64) for column in columns], axis=1)


def _dimension(table: pd.DataFrame, name: str, weight: float | None) -> DimensionResult:
    did = table.reindex(columns=_codes(DID, name))
    should = table.reindex(columns=_codes(SHOULD, name)).mean(axis=1)
    whole = did.dropna().to_numpy()
    try:
        alpha = cronbach_alpha(whole)
    except ValueError:
        alpha = None
    asked = should.notna().sum() > 1
    means = did.mean(axis=1)
    return DimensionResult(
        name=name,
        did=mean_estimate(means),
        should=mean_estimate(should) if asked else None,
        gap=mean_estimate(means - should) if asked else None,
        alpha=alpha,
        weight=weight,
    )


def _weights(table: pd.DataFrame) -> Doubles | None:
    """Return what each dimension matters, of 100, from what goes with the answer on the whole."""
    whole = "QUA" if "QUA" in table else "SAT"
    causes = _scores_of(table, DID)
    told = ~np.isnan(causes).any(axis=1) & table[whole].notna().to_numpy()
    if told.sum() < LEAST_FOR_WEIGHTS:
        return None
    try:
        effects = np.maximum(regression(table[whole].to_numpy()[told], causes[told]).effect, 0)
    except ValueError:
        return None
    return 100 * effects / effects.sum() if effects.sum() > 0 else None


def _scores(table: pd.DataFrame) -> Iterator[ScoreResult]:
    ticked = table["SAT"].dropna()
    best = round(top_two_share(ticked) * len(ticked))
    share = share_estimate(best, len(ticked))
    percent = (100 * each for each in (share.value, share.low, share.high))
    yield ScoreResult("CSAT", Estimate(*percent, len(ticked)))
    if "NPS" in table and table["NPS"].notna().sum() > 1:
        yield ScoreResult("NPS", net_promoter_estimate(table["NPS"].dropna()))
    if "CES" in table and table["CES"].notna().sum() > 1:
        yield ScoreResult("CES", mean_estimate(table["CES"]))


def _groups(table: pd.DataFrame) -> Iterator[GroupResult]:
    if "OFT" not in table:
        return
    found = table[table["OFT"] != ""].groupby("OFT")["SAT"]
    names = sorted(found.groups, key=lambda name: (OFTEN.index(name) if name in OFTEN else 9, name))
    for name in names:
        ticked = found.get_group(name).dropna()
        if len(ticked) >= LEAST_IN_GROUP:
            yield GroupResult(str(name), mean_estimate(ticked))


def _likeness(scores: Doubles) -> float | None:
    whole = scores[~np.isnan(scores).any(axis=1)]
    if len(whole) < LEAST_PEOPLE or (whole.std(axis=0) == 0).any():
        return None
    found = np.corrcoef(whole.T)
    return float(found[np.triu_indices(len(DIMENSIONS), 1)].mean())


def _said(table: pd.DataFrame) -> Iterator[tuple[float, str]]:
    if "SAY" not in table:
        return
    middle = (BY_CODE["SAT"].low + BY_CODE["SAT"].high) / 2
    told = table[table["SAY"].str.strip() != ""]
    for level, text in sorted(zip(told["SAT"].fillna(middle), told["SAY"], strict=True)):
        yield float(level), str(text)
