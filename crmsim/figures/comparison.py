"""Figures of the comparison: what a gap between perceived and expected quality feels like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.numbers import number
from crmsim.common.palette import BASE, GOLD, INK, MUTED, RUN, WATER
from crmsim.common.words import words
from crmsim.figures.style import label, layout, rounded
from crmsim.model.theory.satisfaction import satisfaction
from crmsim.scenario.parameters import declared_numbers

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MISS = 15
"""Points above and below the expectation that the title compares."""
_RULES = (
    ("ratio", GOLD, "dot"),
    ("difference", BASE, "dash"),
    ("asymmetric", RUN, "solid"),
)


def three_rules(lang: str = "en", expected: int = 40) -> Figure:
    """Draw satisfaction by perceived quality under each of three rules, all else equal.

    Parameters
    ----------
    lang
        The language of the words.
    expected
        What was expected, in points of 100. The band around it is the zone of tolerance of the
        asymmetric rule. At 60 points the ratio and the difference coincide.

    Examples
    --------
    >>> three_rules().layout.title.text
    'By the asymmetric rule, 15 points too few cost 2 times what 15 too many bring'
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    numbers = declared_numbers()
    perceived = np.arange(max(expected - 30, 0), min(expected + 30, 100) + 1)
    zone = 100 * numbers.tolerance_half_width
    low, high = expected - zone, expected + zone
    figure.add_vrect(x0=low, x1=high, fillcolor=WATER, line_width=0, layer="below")
    for rule, colour, dash in _RULES:
        level = satisfaction(
            perceived / 100, np.full(len(perceived), expected / 100), numbers, rule
        )
        figure.add_scatter(
            x=perceived.tolist(), y=np.round(level, 3).tolist(), mode="lines",
            name=say(f"figures.rules.{rule}"), line={"color": colour, "width": 3, "dash": dash},
        )  # fmt: skip
    at_rest = numbers.satisfaction_at_expectation
    figure.add_vline(x=expected, line={"color": MUTED, "width": 1, "dash": "dot"})
    label(figure, expected, 1.4, say("figures.rules.zone"), INK, "center")
    figure.layout.annotations[-1].update(bgcolor=WATER)
    below, above = (
        satisfaction((expected + step) / 100, expected / 100, numbers, "asymmetric") - at_rest
        for step in (-MISS, MISS)
    )
    times = number(-below / above, 1).removesuffix(".0")
    figure.update_layout(layout(say("figures.rules.title", points=MISS, times=times)))
    figure.update_layout(
        height=400, legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}
    )
    figure.update_xaxes(title=say("figures.rules.perceived", expected=expected), dtick=10)
    figure.update_yaxes(title=say("figures.rules.satisfaction"), range=[0.9, 5.1], dtick=1)
    return rounded(figure)
