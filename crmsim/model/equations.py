"""The equations of a market's week, each once, for one person or for an array of people.

The NumPy engine calls them with arrays. The compiled engine compiles the same source and calls it
for one person after another (``market.compiled``). Both must give the same bits, so:

* State and quality are float32, and chances to buy are float64. A term is a Python float, which
  NumPy rounds to float32 beside a float32 array; the compiled engine rounds it beforehand.
* What follows from the numbers alone, such as 1 − s/2, is worked out in double precision when
  terms are made, and rounded once.
* An equation in float32 holds no number of its own but ``ZERO`` and ``ONE``: beside a number such
  as 1.0 the compiler would go on in float64.
"""

from __future__ import annotations

import math
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.common.arrays import Doubles, FloatOrArray, Singles

Place = int | slice

ZERO, ONE = np.float32(0), np.float32(1)

LEAST_EXPECTATION = 0.05
"""Below this an expectation counts as this much: the ratio is undefined at zero."""

TIES = 16
"""People whom everybody talks to; a power of two."""
RARE = 1e-9
"""The least probability of speaking of a visit that counts; nothing is divided by less."""


def pick(condition: Any, one: FloatOrArray, other: FloatOrArray) -> FloatOrArray:
    """Return ``one`` where the condition holds, and ``other`` elsewhere.

    Parameters
    ----------
    condition
        A truth, or an array of them.
    one, other
        Numbers or arrays of one shape.

    Returns
    -------
    number or array
        Of the shape of the three together.
    """
    return np.where(condition, one, other)  # type: ignore[return-value]


def by_loyalty(least: float, more: float, loyalty: FloatOrArray) -> FloatOrArray:
    """Return a multiplier that rises with loyalty (0–1): the traits of the loyal (C-04).

    ``least`` is that of somebody not loyal at all, 1 − s/2, and ``more`` is what full loyalty adds,
    s; so somebody half loyal has 1.

    Parameters
    ----------
    least
        The multiplier of somebody who is not loyal at all.
    more
        What full loyalty adds.
    loyalty
        Her loyalty (0–1).

    Returns
    -------
    number or array
        The multiplier.

    Examples
    --------
    >>> by_loyalty(0.7, 0.6, np.array([0.0, 0.5, 1.0])).round(2).tolist()
    [0.7, 1.0, 1.3]
    """
    return least + more * loyalty


def moved(held: FloatOrArray, towards: FloatOrArray, rate: float) -> FloatOrArray:
    """Return what is held after it went that share (0–1) of the way towards something else.

    Parameters
    ----------
    held
        What is held, in any unit.
    towards
        What it moves towards, in the same unit.
    rate
        The share of the way (0–1).

    Returns
    -------
    number or array
        In the same unit.
    """
    return held + rate * (towards - held)


# -- a visit --------------------------------------------------------------------------------------


class SatisfactionTerms(NamedTuple):
    """The rule by which a comparison satisfies: ``by_ratio``, or by difference; see ``feeling``.

    The rule "difference" is the asymmetric one with no zone of tolerance and equal losses.
    """

    by_ratio: bool
    slope: float
    loss_aversion: float
    half_width: float
    inside_less: float
    at_expectation: float
    level_slope: float
    usual_level: float
    least_expectation: float
    lowest: float
    highest: float


def satisfaction_terms(
    numbers: SimpleNamespace, rule: str, by_level: bool = False
) -> SatisfactionTerms:
    """Return the terms of a rule: ``"asymmetric"``, ``"ratio"`` or ``"difference"``.

    Parameters
    ----------
    numbers
        The declared parameters (``scenario.numbers``).
    rule
        The name of the rule.
    by_level
        True: under the asymmetric rule the level of quality itself counts too, α·(P − P̄), beside
        the comparison with what was expected (Szymanski & Henard 2001, Journal of the Academy of
        Marketing Science 29:16). P̄ is ``usual_level``, and α is ``performance_slope``.
    """
    asymmetric, by_ratio = rule == "asymmetric", rule == "ratio"
    return SatisfactionTerms(
        by_ratio=by_ratio,
        slope=numbers.ratio_slope if by_ratio else numbers.satisfaction_slope,
        loss_aversion=numbers.loss_aversion if asymmetric else 1.0,
        half_width=numbers.tolerance_half_width if asymmetric else 0.0,
        inside_less=1 - numbers.tolerance_slope,
        at_expectation=numbers.satisfaction_at_expectation,
        level_slope=numbers.performance_slope if asymmetric and by_level else 0.0,
        usual_level=numbers.usual_level,
        least_expectation=LEAST_EXPECTATION,
        lowest=1.0,
        highest=5.0,
    )


class VisitTerms(NamedTuple):
    """Terms of a visit; ``wish_left`` and ``lifted_to`` are tables (float32) by fate.

    The first are those of :class:`SatisfactionTerms`, so this stands for them too.
    """

    by_ratio: bool
    slope: float
    loss_aversion: float
    half_width: float
    inside_less: float
    at_expectation: float
    level_slope: float
    usual_level: float
    least_expectation: float
    lowest: float
    highest: float
    purchase_value: float
    basket_least: float
    basket_more: float
    dearer: float
    noise: float
    will_effect: float
    should_effect: float
    surprise: float
    surprise_gain: float
    surprise_lack: float
    habituation: float
    believed: float
    patience_least: float
    patience_more: float
    should_rate: float
    should_fade: float
    will_rate: float
    satisfaction_rate: float
    opinion_rate: float
    loyalty_rate: float
    bad_at: float
    second_failure_week: float
    leave_after_bad: float
    wish_left: Singles
    lifted_to: Singles


def _recovered(numbers: SimpleNamespace, expected_lift: float) -> tuple[float, float]:
    """Return the satisfaction to which a recovery lifts, late and at once (1–5).

    What it lifts above disappointment shrinks with the severity of the failures, as
    :func:`crmsim.model.theory.complaints.most_mended` does.
    """
    lost = 1 - numbers.mended_severe / numbers.mended_small
    late, at_once = (
        level - expected_lift - numbers.failure_severity * lost * (level - numbers.talk_bad_at)
        for level in (numbers.recovered_late, numbers.recovered_at_once)
    )
    return late, at_once


@lru_cache(maxsize=256)
def visit_terms(
    numbers: SimpleNamespace,
    rule: str,
    surprise: float = 0.0,
    believed: float = 0.0,
    dearer: float = 1.0,
    expected_lift: float = 0.0,
) -> VisitTerms:
    """Return the terms of the visits of a week.

    Parameters
    ----------
    numbers
        The declared parameters (``scenario.numbers``).
    rule
        How satisfaction compares; see :func:`satisfaction_terms`.
    surprise
        How much comes unasked (0–1).
    believed
        Quality (0–1 scale) that is expected because it was promised.
    dearer
        What a visit brings in, against the start.
    expected_lift
        Points of satisfaction by which a recovery pleases less, because it is expected.
    """
    gain, unresolved = numbers.surprise_gain * surprise, numbers.leave_unresolved
    left = (1.0, unresolved, unresolved, numbers.leave_late, numbers.leave_at_once)
    recovered = _recovered(numbers, expected_lift)
    lifted = (0.0, 0.0, 0.0, *recovered)
    return VisitTerms(
        *satisfaction_terms(numbers, rule, by_level=True),
        purchase_value=numbers.purchase_value,
        basket_least=1 - numbers.cross_buying / 2,
        basket_more=numbers.cross_buying,
        dearer=dearer,
        noise=numbers.visit_noise,
        will_effect=numbers.will_effect,
        should_effect=numbers.should_effect,
        surprise=surprise,
        surprise_gain=gain,
        surprise_lack=gain + numbers.surprise_loss * (1 - surprise),
        habituation=1 - 0.5 ** (1 / numbers.surprise_half_life_visits),
        believed=believed,
        patience_least=1 - numbers.tolerance_loyalty / 2,
        patience_more=numbers.tolerance_loyalty,
        should_rate=numbers.should_rate,
        should_fade=numbers.should_fade,
        will_rate=numbers.expectation_rate,
        satisfaction_rate=numbers.satisfaction_rate,
        opinion_rate=numbers.own_experience,
        loyalty_rate=numbers.loyalty_rate,
        bad_at=numbers.talk_bad_at,
        second_failure_week=numbers.second_failure_week,
        leave_after_bad=numbers.leave_after_bad,
        wish_left=_table(left, np.float32),
        lifted_to=_table(lifted, np.float32),
    )


def _table(values: object, kind: type[np.floating]) -> NDArray[np.floating]:
    table = np.array(values, kind)
    table.flags.writeable = False
    return table


def spent(value: FloatOrArray, loyalty: FloatOrArray, terms: VisitTerms) -> FloatOrArray:
    """Return what a visit brings in, in currency; the loyal buy across the range (C-04).

    Parameters
    ----------
    value
        What a visit of hers usually brings in, in currency.
    loyalty
        Her loyalty (0–1).
    terms
        The terms of the week's visits.

    Returns
    -------
    number or array
        In currency.
    """
    return value * by_loyalty(terms.basket_least, terms.basket_more, loyalty) * terms.dearer


def quality_met(
    weights: FloatOrArray,
    quality: Singles,
    evenness: FloatOrArray,
    normal: FloatOrArray,
    beside: FloatOrArray,
    terms: VisitTerms,
) -> FloatOrArray:
    """Return the quality (0–1) that somebody meets, as the dimensions matter to her.

    Parameters
    ----------
    weights
        Shares of the five dimensions, along the first axis.
    quality
        What is delivered by dimension (0–1).
    evenness, normal
        How much of the noise of single dimensions is left in the whole; the luck of the visit,
        standard normal.
    beside
        Quality that she in particular meets on top.
    terms
        The terms of the week's visits.

    Returns
    -------
    number or array
        Quality from 0 to 1, a value for each person.
    """
    met = (
        weights[0] * quality[0]
        + weights[1] * quality[1]
        + weights[2] * quality[2]
        + weights[3] * quality[3]
        + weights[4] * quality[4]
    )
    return np.minimum(np.maximum(met + terms.noise * evenness * normal + beside, ZERO), ONE)


def perceived(
    met: FloatOrArray, will: FloatOrArray, should: FloatOrArray, terms: VisitTerms
) -> FloatOrArray:
    """Return the quality perceived, P = x + a·(will − x) − b·(should − x), all from 0 to 1.

    Who expected much sees more in the same service; who thinks much is due sees less. Where both
    expectations are what is met, so is what is perceived (Boulding et al. 1993).

    Parameters
    ----------
    met, will, should
        Quality met, quality expected, and quality held to be due.
    terms
        Anything with ``will_effect`` a and ``should_effect`` b, such as ``scenario.numbers``.

    Returns
    -------
    number or array
        Of the shape of the three qualities together.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> round(perceived(0.6, will=0.7, should=0.6, terms=numbers), 2)
    0.63
    >>> round(perceived(0.6, will=0.6, should=0.7, terms=numbers), 2)
    0.58
    """
    return met + terms.will_effect * (will - met) - terms.should_effect * (should - met)


def surprised(habit: FloatOrArray, terms: VisitTerms) -> FloatOrArray:
    """Return the quality (0–1 scale) that surprises add to what is perceived.

    What nobody asked for delights until one is used to it (``habit``, 0–1); then only its lack is
    felt (Kano 1984: attractive quality turns into must-be).
    """
    return terms.surprise_gain - terms.surprise_lack * habit


def feeling(gap: FloatOrArray, patience: FloatOrArray, terms: SatisfactionTerms) -> FloatOrArray:
    """Return the points of satisfaction that a gap (what is perceived less what is expected) moves.

    A loss weighs ``loss_aversion`` times a gain (Anderson & Sullivan 1993; Mittal, Ross & Baldasare
    1998). Inside the zone of tolerance the slope is less (Zeithaml, Berry & Parasuraman 1993);
    ``patience`` multiplies its width.

    Parameters
    ----------
    gap
        Perceived less expected quality, on the scale from 0 to 1.
    patience
        What the width of the zone of tolerance is multiplied by.
    terms
        The terms of the rule.

    Returns
    -------
    number or array
        Points on the scale from 1 to 5; below 0 for a disappointment.
    """
    size = np.abs(gap)
    inside = np.minimum(size, terms.half_width * patience)
    felt = terms.slope * (size - terms.inside_less * inside)
    return pick(gap < ZERO, -terms.loss_aversion * felt, felt)


def level_of(
    seen: FloatOrArray, expected: FloatOrArray, patience: FloatOrArray, terms: SatisfactionTerms
) -> FloatOrArray:
    """Return satisfaction (1–5) with quality seen where so much was expected (both 0–1).

    Where the terms have a ``level_slope``, better quality satisfies more, whatever was expected.

    Parameters
    ----------
    seen, expected
        Quality perceived and quality expected (0–1).
    patience
        What the width of the zone of tolerance is multiplied by.
    terms
        The terms of the rule.

    Returns
    -------
    number or array
        Satisfaction from 1 to 5.
    """
    if terms.by_ratio:
        gap = seen / np.maximum(expected, terms.least_expectation) - ONE
    else:
        gap = seen - expected
    level = terms.at_expectation + feeling(gap, patience, terms)
    level = level + terms.level_slope * (seen - terms.usual_level)
    return np.minimum(np.maximum(level, terms.lowest), terms.highest)


def liking(level: FloatOrArray, terms: SatisfactionTerms) -> FloatOrArray:
    """Return satisfaction (1–5) on a scale from 0 to 1."""
    return (level - terms.lowest) / (terms.highest - terms.lowest)


def due_after(should: FloatOrArray, met: FloatOrArray, terms: VisitTerms) -> FloatOrArray:
    """Return the quality held to be due (0–1) after a visit.

    Up by ``should_rate``, down by ``should_fade``. In Boulding et al. 1993 it hardly comes down;
    docs/model.md, section 6, says why the two rates are alike here.
    """
    better = met - should
    return should + pick(better < ZERO, terms.should_fade * better, terms.should_rate * better)


# These four work on the state of one person (``one`` is her place) or of all (a slice).


def perceive(minds: Any, one: Place, met: FloatOrArray, terms: VisitTerms) -> FloatOrArray:
    """Return the quality that they perceive, in the light of what they expect and are used to.

    Parameters
    ----------
    minds
        Arrays of what people hold: ``will``, ``should``, ``habit`` and more.
    one
        Their places: an array of indices, or one index.
    met
        The quality that they meet (0–1).
    terms
        The terms of the week's visits.

    Returns
    -------
    number or array
        Quality from 0 to 1, a value for each of them.
    """
    seen = perceived(met, minds.will[one], minds.should[one], terms)
    return seen + surprised(minds.habit[one], terms)


def satisfaction_with(
    minds: Any, one: Place, seen: FloatOrArray, terms: VisitTerms
) -> FloatOrArray:
    """Return their satisfaction (1–5) with what they perceived; the loyal are more patient.

    Parameters
    ----------
    minds
        Arrays of what people hold.
    one
        Their places: an array of indices, or one index.
    seen
        The quality that they perceived (0–1).
    terms
        The terms of the week's visits.

    Returns
    -------
    number or array
        Satisfaction from 1 to 5, a value for each of them.
    """
    patience = by_loyalty(terms.patience_least, terms.patience_more, minds.loyalty[one])
    return level_of(seen, minds.will[one] + terms.believed, patience, terms)


def learn(minds: Any, one: Place, met: FloatOrArray, terms: VisitTerms) -> None:
    """Let what they met move what they expect, hold to be due, and are used to.

    Parameters
    ----------
    minds
        Arrays of what people hold; ``habit``, ``should`` and ``will`` are changed in place.
    one
        Their places: an array of indices, or one index.
    met
        The quality that they met (0–1).
    terms
        The terms of the week's visits.
    """
    minds.habit[one] = moved(minds.habit[one], terms.surprise, terms.habituation)
    minds.should[one] = due_after(minds.should[one], met, terms)
    minds.will[one] = moved(minds.will[one], met, terms.will_rate)


def remember(minds: Any, one: Place, level: FloatOrArray, terms: VisitTerms) -> None:
    """Let satisfaction move their satisfaction of late, their opinion of the firm, and loyalty.

    Parameters
    ----------
    minds
        Arrays of what people hold; ``satisfaction``, ``opinion`` and ``loyalty`` are changed in
        place.
    one
        Their places: an array of indices, or one index.
    level
        Their satisfaction with the visit (1–5).
    terms
        The terms of the week's visits.
    """
    liked = liking(level, terms)
    minds.satisfaction[one] = moved(minds.satisfaction[one], level, terms.satisfaction_rate)
    minds.opinion[one] = moved(minds.opinion[one], liked, terms.opinion_rate)
    minds.loyalty[one] = moved(minds.loyalty[one], liked, terms.loyalty_rate)


# -- a disappointment -----------------------------------------------------------------------------


class Recovery(NamedTuple):
    """Shares of the disappointed who ``complain``, of complaints ``solved``, and ``fast`` ones.

    ``begins`` and ``width`` (float64) say where the lots of each fate lie.
    """

    complain: float
    solved: float
    fast: float
    begins: Doubles
    width: Doubles


@lru_cache(maxsize=256)
def recovery(numbers: SimpleNamespace, channel: float, solved: float, fast: float) -> Recovery:
    """Return what becomes of disappointments in a week.

    Parameters
    ----------
    numbers
        The declared parameters (``scenario.numbers``).
    channel, solved
        What the shares of those who complain and of complaints put right are multiplied by.
    fast
        The share (0–1) of those put right that are put right at once.
    """
    share = min(numbers.recovery_share * solved, 1.0)
    quick = share * fast
    return Recovery(
        complain=min(numbers.complaint_share * channel, 0.95),
        solved=share,
        fast=quick,
        begins=_table((0.0, 0.0, share, quick, 0.0), np.float64),
        width=_table((1.0, 1.0, 1.0 - share, share - quick, quick), np.float64),
    )


def fate_of(
    speaks: FloatOrArray, then: FloatOrArray, forgives: FloatOrArray, shares: Recovery
) -> FloatOrArray:
    """Return what becomes of a disappointment, as a place in ``week.FATES``.

    Each condition implies the ones before it, so their count is the place. A second failure soon
    after the first is not forgiven (Maxham & Netemeyer 2002).

    Parameters
    ----------
    speaks, then
        The lots (0–1) that decide who complains, and what comes of it.
    forgives
        True where the last failure lies far enough back.
    shares
        What becomes of disappointments in this week.

    Returns
    -------
    number or array
        Whole numbers from 0 to 4.
    """
    complains = speaks < shares.complain
    hopeful = complains & forgives
    solved = hopeful & (then < shares.solved)
    return 1 * complains + hopeful + solved + (solved & (then < shares.fast))


def luck_left(then: FloatOrArray, fate: FloatOrArray, shares: Recovery) -> FloatOrArray:
    """Return where in the span of its fate a lot lies (0–1, float64): luck for what follows.

    Parameters
    ----------
    then
        The lot (0–1) that decided the fate.
    fate
        The place of the fate in ``week.FATES``.
    shares
        What becomes of disappointments in this week.

    Returns
    -------
    number or array
        From 0 to 1, float64.
    """
    return (then - shares.begins[fate]) / shares.width[fate]


def wish_to_leave(loyalty: FloatOrArray, left: FloatOrArray, terms: VisitTerms) -> FloatOrArray:
    """Return the chance (0–1) that a disappointed customer leaves; ``left`` is by her fate.

    Parameters
    ----------
    loyalty
        Her loyalty (0–1).
    left
        What the chance is multiplied by after that fate.
    terms
        The terms of the week's visits.

    Returns
    -------
    number or array
        A chance from 0 to 1.
    """
    return terms.leave_after_bad * (ONE - loyalty) * left


# -- buying ---------------------------------------------------------------------------------------


class BuyingTerms(NamedTuple):
    """Terms of a chance to buy, all in float64; times in weeks."""

    odds_at_four: float
    below: float
    knee: float
    repeat_loyalty: float
    failure_weight: float
    failure_half_life_week: float
    joining: float
    opinion_at_rest: float
    valence: float
    awareness_at_rest: float
    volume: float


@lru_cache(maxsize=256)
def buying_terms(numbers: SimpleNamespace, promise: float) -> BuyingTerms:
    """Return the terms of buying where so much is promised beyond what is usual (quality, 0–1).

    Parameters
    ----------
    numbers
        The declared parameters (``scenario.numbers``).
    promise
        Quality (0–1 scale) that is promised beyond what is usual.
    """
    return BuyingTerms(
        *returning_terms(numbers),
        repeat_loyalty=numbers.repeat_loyalty,
        failure_weight=numbers.failure_weight,
        failure_half_life_week=numbers.failure_half_life_week,
        joining=numbers.joining * (1 + numbers.promise_pull * promise),
        opinion_at_rest=numbers.opinion_at_rest,
        valence=numbers.joining_valence,
        awareness_at_rest=numbers.awareness_at_rest,
        volume=numbers.joining_volume,
    )


def odds(chance: FloatOrArray) -> FloatOrArray:
    """Return the odds of a chance, p/(1 − p).

    Examples
    --------
    >>> odds(0.8).__round__(6)
    4.0
    """
    return chance / (1 - chance)


def returning_terms(numbers: SimpleNamespace) -> tuple[float, float, float]:
    """Return the terms of the odds of buying again: O₄, b and c of :func:`odds_to_return`.

    Parameters
    ----------
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    tuple of float
        Odds at satisfaction 4, and two slopes in log odds a point.
    """
    below = math.log(numbers.repurchase_below_ratio)
    knee = math.log(numbers.repurchase_odds_ratio) - below
    return odds(numbers.repurchase_at_four), below, knee


def odds_to_return(
    level: FloatOrArray, at_four: float, below: float, knee: float, bent: FloatOrArray | float = 0.0
) -> FloatOrArray:
    """Return the odds of buying again, O₄·e^(b·(S − 4) + c·max(0, S − 4)²), by satisfaction S.

    Jones & Sasser (1995) speak of 4 and 5 alone: e^(b + c) is ``repurchase_odds_ratio``. Below 4 a
    point multiplies the odds by e^b, ``repurchase_below_ratio``; above 4 the curve bends up.

    Parameters
    ----------
    level
        Satisfaction, 1–5.
    at_four
        The odds at satisfaction 4, O₄.
    below, knee
        b and c, in log odds.
    bent
        What else moves the log odds.

    Returns
    -------
    number or array
        Odds, from 0 up.
    """
    away = level - 4.0
    above = np.maximum(away, 0.0)
    return at_four * np.exp(below * away + knee * (above * above) + bent)


def chance_to_return(
    level: FloatOrArray, loyalty: FloatOrArray, since_failure_week: FloatOrArray, terms: BuyingTerms
) -> FloatOrArray:
    """Return the chance (0–1, float64) that a customer with a purchase to make buys here again.

    It follows satisfaction (1–5), loyalty (0–1) and the memory of the last failure, which halves
    every ``failure_half_life_week`` (Jones & Sasser 1995; C-04, C-08).

    Parameters
    ----------
    level
        Her satisfaction of late (1–5).
    loyalty
        Her loyalty (0–1).
    since_failure_week
        Weeks since the last failure that she lived through.
    terms
        The terms of buying.

    Returns
    -------
    number or array
        A chance from 0 to 1, float64.
    """
    failed = 0.5 ** (since_failure_week / terms.failure_half_life_week)
    bent = terms.repeat_loyalty * (loyalty - 0.5) - terms.failure_weight * failed
    again = odds_to_return(level, terms.odds_at_four, terms.below, terms.knee, bent)
    return again / (1.0 + again)


def chance_to_join(
    opinion: FloatOrArray, awareness: FloatOrArray, terms: BuyingTerms
) -> FloatOrArray:
    """Return the chance (0–1, float64) that somebody else with a purchase to make buys here.

    It follows the opinion of the firm (valence, 0–1) and its presence (volume of talk, 0–1), each
    against rest (East, Hammond & Lomax 2008).

    Parameters
    ----------
    opinion
        What people hold of the firm (0–1).
    awareness
        How present the firm is to them (0–1).
    terms
        The terms of buying.

    Returns
    -------
    number or array
        A chance from 0 to 1, float64.
    """
    valence = (opinion / terms.opinion_at_rest) ** terms.valence
    volume = (awareness / terms.awareness_at_rest) ** terms.volume
    return np.minimum(terms.joining * valence * volume, 1.0)


# -- talking --------------------------------------------------------------------------------------


class TalkTerms(NamedTuple):
    """Terms of talk about visits.

    ``kept`` is the share of what was heard that a week leaves, ``added`` what it adds towards rest;
    the rooms are tables (float32) by how often one was told in a week.
    """

    good_at: float
    good: float
    bad: float
    rare: float
    referral_least: float
    referral_more: float
    opinion_kept: float
    opinion_added: float
    awareness_kept: float
    awareness_added: float
    praise_room: Singles
    warning_room: Singles
    awareness_room: Singles


@lru_cache(maxsize=256)
def talk_terms(numbers: SimpleNamespace) -> TalkTerms:
    """Return the terms of talking that follow from the numbers."""
    return TalkTerms(
        good_at=numbers.talk_good_at,
        good=numbers.talk_good,
        bad=max(numbers.talk_bad, RARE),
        rare=RARE,
        referral_least=1 - numbers.referral_loyalty / 2,
        referral_more=numbers.referral_loyalty,
        opinion_kept=1 - 1 / numbers.opinion_fade_week,
        opinion_added=numbers.opinion_at_rest / numbers.opinion_fade_week,
        awareness_kept=1 - 1 / numbers.awareness_fade_week,
        awareness_added=numbers.awareness_at_rest / numbers.awareness_fade_week,
        praise_room=_room(numbers.heard_good),
        warning_room=_room(numbers.heard_bad),
        awareness_room=_room(numbers.heard_awareness),
    )


def told_by_each(share: float) -> int:
    """Return how many people a speaker tells who reaches that share of her ties."""
    return round(share * TIES)


def _room(share: float) -> Singles:
    """Return the room that is left when a share of it was taken 0, 1, 2 … times, to every tie."""
    room = ((1 - share) ** np.arange(TIES + 1)).astype(np.float32)
    room.flags.writeable = False
    return room


def faded(held: FloatOrArray, kept: float, added: float) -> FloatOrArray:
    """Return an opinion or awareness (0–1) a week later, when nothing new was heard.

    Parameters
    ----------
    held
        The opinion or awareness (0–1).
    kept
        The share of it that stays.
    added
        What is added of the level at rest.

    Returns
    -------
    number or array
        From 0 to 1.
    """
    return held * kept + added


def likely_to_praise(loyalty: FloatOrArray, terms: TalkTerms) -> FloatOrArray:
    """Return the probability (0–1) that a delighted customer of that loyalty praises the firm.

    Parameters
    ----------
    loyalty
        Her loyalty (0–1).
    terms
        The terms of talking.

    Returns
    -------
    number or array
        A probability from 0 to 1.
    """
    likely = terms.good * by_loyalty(terms.referral_least, terms.referral_more, loyalty)
    return np.maximum(likely, terms.rare)


def opinion_after(
    opinion: FloatOrArray, praise_room: FloatOrArray, warning_room: FloatOrArray
) -> FloatOrArray:
    """Return the opinion (0–1) of somebody who was told.

    Praise leaves ``praise_room`` of the way up to 1, warnings leave ``warning_room`` of the rest
    (shares, 0–1): each moves a share of the room that is left (East, Hammond & Lomax 2008).

    Parameters
    ----------
    opinion
        What she held of the firm before (0–1).
    praise_room, warning_room
        The shares of the way that praise and warnings leave (0–1).

    Returns
    -------
    number or array
        From 0 to 1.

    Examples
    --------
    >>> round(float(opinion_after(0.6, praise_room=0.5, warning_room=1.0)), 6)
    0.8
    """
    return (ONE - (ONE - opinion) * praise_room) * warning_room


def awareness_after(awareness: FloatOrArray, room: FloatOrArray) -> FloatOrArray:
    """Return how present the firm is (0–1) to somebody who was told, good or bad.

    ``room`` is the share (0–1) of the way up to 1 that is left.

    Parameters
    ----------
    awareness
        How present the firm was to her before (0–1).
    room
        The share of the way up to 1 that is left (0–1).

    Returns
    -------
    number or array
        From 0 to 1.
    """
    return ONE - (ONE - awareness) * room
