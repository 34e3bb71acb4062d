"""Figures of the comparison: what a gap between perceived and expected is felt as."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from crmsim.declared import declared
from crmsim.figures.style import BASE, GOLD, INK, MUTED, RUN, WATER, label, layout
from crmsim.satisfaction import satisfaction
from crmsim.words import words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

EXPECTED = 60
MISS = 15
"""Points above and below the expectation that the title compares."""
_RULES = (
    ("ratio", GOLD, "dot"),
    ("difference", BASE, "dash"),
    ("asymmetric", RUN, "solid"),
)


def three_rules(lang: str = "en") -> Figure:
    """Satisfaction by what is perceived where 60 points are expected, under each of three rules.

    The band is the zone of tolerance of the asymmetric rule.

    Examples
    --------
    >>> three_rules().layout.title.text
    'By the asymmetric rule, 15 points too few cost 2 times what 15 too many bring'
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    numbers = SimpleNamespace(**{name: each.value for name, each in declared().items()})
    perceived = np.arange(30, 91)
    zone = 100 * numbers.tolerance_half_width
    figure.add_vrect(
        x0=EXPECTED - zone, x1=EXPECTED + zone, fillcolor=WATER, line_width=0, layer="below"
    )
    for rule, colour, dash in _RULES:
        level = satisfaction(perceived / 100, np.full(61, EXPECTED / 100), numbers, rule)
        figure.add_scatter(
            x=perceived.tolist(), y=np.round(level, 3).tolist(), mode="lines",
            name=say(f"figures.rules.{rule}"), line={"color": colour, "width": 3, "dash": dash},
        )  # fmt: skip
    at_rest = numbers.satisfaction_at_expectation
    figure.add_vline(x=EXPECTED, line={"color": MUTED, "width": 1, "dash": "dot"})
    label(figure, EXPECTED, 1.25, say("figures.rules.zone"), INK, "center")
    below, above = (
        satisfaction((EXPECTED + step) / 100, EXPECTED / 100, numbers, "asymmetric") - at_rest
        for step in (-MISS, MISS)
    )
    times = f"{-below / above:.1f}".removesuffix(".0")
    figure.update_layout(layout(say("figures.rules.title", points=MISS, times=times)))
    figure.update_layout(
        height=400, legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}
    )
    figure.update_xaxes(title=say("figures.rules.perceived", expected=EXPECTED), dtick=10)
    figure.update_yaxes(title=say("figures.rules.satisfaction"), range=[0.9, 5.1], dtick=1)
    return figure
