"""Satisfaction is a comparison of what is perceived with what was expected (B-11, B-12, C-02)."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from crmsim.common.arrays import FloatOrArray
from crmsim.common.checks import is_number, require, require_single
from crmsim.model.equations import level_of, odds_to_return, returning_terms, satisfaction_terms

RULES = ("ratio", "difference", "asymmetric")


def satisfaction(
    perceived: FloatOrArray,
    expected: FloatOrArray,
    numbers: SimpleNamespace,
    rule: str,
    patience: FloatOrArray | float = 1.0,
) -> FloatOrArray:
    """Return satisfaction, 1 to 5; perceived = expected gives 4 under every rule.

    This is the comparison alone. In a Market the level of quality counts besides, see
    :func:`crmsim.model.equations.satisfaction_terms`.

    Parameters
    ----------
    perceived, expected
        Quality, 0 to 1; numbers or arrays of one shape. Where an array holds nan, so does what
        comes of it.
    numbers
        The declared parameters (``scenario.numbers``).
    rule
        ``"ratio"``: perceived ÷ expected, the source documents' formula (B-12);
        ``"difference"``: perceived − expected (Oliver 1980);
        ``"asymmetric"``: a loss weighs ``loss_aversion`` times a gain (Anderson & Sullivan 1993;
        Mittal, Ross & Baldasare 1998), and inside the zone of tolerance the slope is
        ``tolerance_slope`` of that outside (Zeithaml, Berry & Parasuraman 1993).
    patience
        Width of the zone of tolerance, against the declared one.

    Returns
    -------
    number or array
        From 1 to 5; a float for two numbers.

    Raises
    ------
    ValueError
        If a quality is not an ordinary number, or the rule is not one of the three.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> [satisfaction(0.6, 0.6, numbers, rule) for rule in ("ratio", "difference", "asymmetric")]
    [4.0, 4.0, 4.0]
    >>> gain = satisfaction(0.7, 0.6, numbers, "asymmetric") - 4
    >>> loss = 4 - satisfaction(0.5, 0.6, numbers, "asymmetric")
    >>> round(loss / gain, 6)
    2.0
    """
    require_single("perceived", perceived)
    require_single("expected", expected)
    require(rule in RULES, "rule", rule, "'ratio', 'difference' or 'asymmetric'")
    level = level_of(perceived, expected, patience, satisfaction_terms(numbers, rule))
    return float(level) if np.ndim(level) == 0 else level  # type: ignore[return-value]


def repurchase(level: FloatOrArray, numbers: SimpleNamespace) -> FloatOrArray:
    """Return the probability of buying again, by satisfaction (1 to 5).

    Jones & Sasser (1995) report the totally satisfied (5) "six times" as likely as the satisfied
    (4) to buy again; read as odds, .40 at 4 and .80 at 5. Their figure speaks of 4 to 5 alone:
    below 4 a point multiplies the odds by ``repurchase_below_ratio``, and above 4 the curve bends.

    Parameters
    ----------
    level
        Satisfaction, 1 to 5.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    number or array
        A probability from 0 to 1.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> [round(float(repurchase(level, numbers)), 2) for level in (4.0, 5.0)]
    [0.4, 0.8]
    """
    _require_level(level)
    again = odds_to_return(level, *returning_terms(numbers))
    return again / (1 + again)


def intention(level: FloatOrArray, numbers: SimpleNamespace) -> FloatOrArray:
    """Return the share who say that they will buy again, by satisfaction (1 to 5).

    Mittal & Kamakura (2001), of 100,040 car buyers: what people say rises most at the low end
    (concave), what they do at the high end (convex, see ``repurchase``).

    Parameters
    ----------
    level
        Satisfaction, 1 to 5.
    numbers
        The declared parameters (``scenario.numbers``).

    Returns
    -------
    number or array
        A share from 0 to 1.

    Examples
    --------
    >>> from crmsim.scenario import load
    >>> numbers = load("buick-market").numbers
    >>> [round(float(intention(level, numbers)), 2) for level in (1.0, 4.0, 5.0)]
    [0.0, 0.78, 0.9]
    """
    _require_level(level)
    return numbers.intention_at_five * ((level - 1) / 4) ** numbers.intention_curve  # type: ignore[return-value]


def _require_level(level: object) -> None:
    require(is_number(level, 1, 5), "level", level, "satisfaction, from 1 to 5")
