"""After a problem: who speaks up, who is won back, and what is remembered (C-14 to C-17, E-05).

A customer with a problem is silent or complains; a complaint is left unresolved, resolved, or
resolved fast; then she stays or goes. Justice (result, treatment, procedure) makes a recovery
satisfying.

References
----------
TARP 1979/86, Consumer complaint handling in America; CCMC 2015, National customer rage study;
Smith, Bolton & Wagner 1999, Journal of Marketing Research 36:356; Orsingher, Valentini & de
Angelis 2010, JAMS 38:169; Dillard & Bates (car buyers, 3 × 200).
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Literal

import numpy as np

from crmsim.common.arrays import FloatOrArray
from crmsim.common.checks import is_number, is_time, require

Severity = Literal["serious", "small"]
ENDINGS = {"serious": "", "small": "_small"}

PROBLEM_FATES = ("silent", "unresolved", "resolved", "fast")
"""Fates of a problem, from worst to best."""

REMEDIES = {
    "nothing": (0.0, 0.0),
    "apology": (0.0, 1.0),
    "money": (1.0, 0.0),
    "money-and-apology": (1.0, 1.0),
}
"""Remedies and their distributive and interactional justice."""


def stay_chances(numbers: SimpleNamespace, severity: Severity = "serious") -> dict[str, float]:
    """Return the chance to stay a customer, by what became of the problem (TARP 1979/86).

    The source documents' "91 % never return" is one less the first of these: the silent, with a
    serious problem.

    Parameters
    ----------
    numbers
        The declared parameters (``scenario.numbers``).
    severity
        ``"serious"`` or ``"small"``.

    Returns
    -------
    dict
        Chances from 0 to 1 by the names of ``PROBLEM_FATES``.

    Raises
    ------
    ValueError
        If ``severity`` is something else.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> stay_chances(load("sunset").numbers)["silent"]
    0.09
    """
    require(severity in ENDINGS, "severity", severity, "'serious' or 'small'")
    return {fate: getattr(numbers, f"stay_{fate}{ENDINGS[severity]}") for fate in PROBLEM_FATES}


def staying(
    complain: float,
    resolved: float,
    fast: float,
    numbers: SimpleNamespace,
    severity: Severity = "serious",
) -> float:
    """Return the share of customers with a problem who stay.

    (1 − c) r₀ + c [(1 − ρ) r₁ + ρ ((1 − φ) r₂ + φ r₃)], with c who complain, ρ of those resolved,
    and φ of those resolved fast.

    Parameters
    ----------
    complain, resolved, fast
        Shares, 0 to 1: of those with a problem who complain, of complaints that are resolved, and
        of these resolved fast.
    numbers
        The declared parameters (``scenario.numbers``).
    severity
        ``"serious"`` or ``"small"``.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If a share is not from 0 to 1, or the severity is not one of the two.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("sunset").numbers
    >>> [round(staying(c, 0.5, 0.5, numbers), 3) for c in (0.04, 0.5)]
    [0.104, 0.262]
    """
    for name, share in (("complain", complain), ("resolved", resolved), ("fast", fast)):
        require(is_number(share, 0, 1), name, share, "a share from 0 to 1")
    silent, unresolved, slow, quick = stay_chances(numbers, severity).values()
    heard = (1 - resolved) * unresolved + resolved * ((1 - fast) * slow + fast * quick)
    return (1 - complain) * silent + complain * heard


def justice(
    distributive: FloatOrArray,
    interactional: FloatOrArray,
    procedural: FloatOrArray,
    numbers: SimpleNamespace,
) -> FloatOrArray:
    """Return how fair a recovery feels, 0 to 1: the result, the treatment, the procedure.

    Parameters
    ----------
    distributive
        How fair the result is (0–1).
    interactional
        How fair the treatment is (0–1).
    procedural
        How fair the procedure is (0–1).
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    number or array
        From 0 to 1.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> round(justice(1.0, 1.0, 0.5, load("sunset").numbers), 2)
    0.9
    """
    return (
        numbers.justice_distributive * distributive
        + numbers.justice_interactional * interactional
        + numbers.justice_procedural * procedural
    )


def satisfied(fairness: FloatOrArray, numbers: SimpleNamespace) -> FloatOrArray:
    """Return the chance to be satisfied with a recovery that felt so fair.

    Level and slope follow from two figures of CCMC 2015, at an ordinary procedure (.5): money alone
    satisfies 37 %, money and an apology 73 %.

    Parameters
    ----------
    fairness
        What :func:`justice` gives (0–1).
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    number or array
        A chance from 0 to 1.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("sunset").numbers
    >>> [round(float(satisfied(justice(1, said, 0.5, numbers), numbers)), 2) for said in (0, 1)]
    [0.37, 0.73]
    """
    return 1 / (1 + np.exp(-numbers.justice_level - numbers.justice_slope * fairness))


def most_mended(severity: FloatOrArray, numbers: SimpleNamespace) -> FloatOrArray:
    """Return the largest part of what a failure took that a recovery can give back.

    Above 1 for a small failure (a recovery may please more than no failure; de Matos, Henrique &
    Rossi 2007), and far below 1 for a severe one: very bad quality cannot be mended (E-12; sign:
    Weun, Beatty & Jones 2004). A line between ``mended_small`` and ``mended_severe``, both ours.

    Parameters
    ----------
    severity
        How bad the failure was, 0 (a trifle) to 1 (the worst); a number or an array.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    number or array
        A share of the loss; above 1 it is more than the loss.

    Raises
    ------
    ValueError
        If ``severity`` is not from 0 to 1.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick").numbers
    >>> [round(most_mended(severity, numbers), 2) for severity in (0.0, 0.5, 1.0)]
    [1.15, 0.75, 0.35]
    """
    require(is_number(severity, 0, 1), "severity", severity, "a number from 0 to 1")
    return numbers.mended_small + (numbers.mended_severe - numbers.mended_small) * severity


def staying_after(fairness: float, severity: float, days: float, numbers: SimpleNamespace) -> float:
    """Return the chance that a customer who complained stays, by how fair the recovery felt.

    Between TARP's unresolved and quickly resolved complaints in proportion to the fairness, between
    its small and its serious problems in proportion to the severity; and each
    ``recovery_half_life_day`` without a solution halves it (Dillard & Bates).

    Parameters
    ----------
    fairness
        What :func:`justice` gives, 0 to 1.
    severity
        How bad the failure was, 0 to 1.
    days
        Days from the failure to its solution.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    float
        A chance from 0 to 1.

    Raises
    ------
    ValueError
        If ``fairness`` or ``severity`` is not from 0 to 1, or ``days`` is below 0.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("sunset").numbers
    >>> [round(staying_after(*each, numbers), 2) for each in ((0, 1, 0), (1, 1, 0), (1, 0, 132))]
    [0.19, 0.82, 0.47]
    """
    for name, share in (("fairness", fairness), ("severity", severity)):
        require(is_number(share, 0, 1), name, share, "a number from 0 to 1")
    require(is_time(days), "days", days, "a number of days, 0 or more")
    small, serious = (stay_chances(numbers, kind) for kind in ("small", "serious"))
    worst, best = (
        (1 - severity) * small[fate] + severity * serious[fate] for fate in ("unresolved", "fast")
    )
    kept = worst + (best - worst) * fairness
    return float(kept * 0.5 ** (days / numbers.recovery_half_life_day))


def promptness(
    response_h: FloatOrArray, resolution_h: FloatOrArray, numbers: SimpleNamespace
) -> FloatOrArray:
    """Return how fair the procedure feels by its two clocks, 0 to 1; each halves its part's rest.

    Parameters
    ----------
    response_h
        Hours to the first answer.
    resolution_h
        Hours to the solution.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    number or array
        From 0 to 1.

    Raises
    ------
    ValueError
        If a number of hours is below 0.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("sunset").numbers
    >>> promptness(0.0, 0.0, numbers), promptness(6.0, 24.0, numbers)
    (1.0, 0.5)
    """
    for name, hours in (("response_h", response_h), ("resolution_h", resolution_h)):
        require(is_time(hours), name, hours, "a number of hours, 0 or more")
    response = 0.5 ** (response_h / numbers.response_half_h)
    return 0.5 * response + 0.5 * 0.5 ** (resolution_h / numbers.resolution_half_h)


def repurchase_when_contacted(day: FloatOrArray, numbers: SimpleNamespace) -> FloatOrArray:
    """Return the chance that a fully dissatisfied car buyer, contacted after some days, returns.

    Never contacted is day infinity. Dillard & Bates found .474 within 90 days, .295 within 180 and
    nobody untouched: a half-life of 132 days.

    Parameters
    ----------
    day
        Days until she was contacted.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    number or array
        A chance from 0 to 1.

    Raises
    ------
    ValueError
        If ``day`` is below 0.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("sunset").numbers
    >>> days = (0.0, 45.0, 135.0, float("inf"))
    >>> [round(repurchase_when_contacted(day, numbers), 2) for day in days]
    [0.6, 0.47, 0.3, 0.0]
    """
    require(is_time(day), "day", day, "a number of days, 0 or more")
    return numbers.recovery_at_once * 0.5 ** (day / numbers.recovery_half_life_day)
