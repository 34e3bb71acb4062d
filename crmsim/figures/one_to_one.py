"""Figures of one-to-one marketing: stock against order, lift, and a campaign with its control."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.numbers import number
from crmsim.common.palette import BAD, BASE, GOLD, GOOD, INK, RUN
from crmsim.common.words import words
from crmsim.figures.style import label, layout, rounded
from crmsim.model.theory.care_plan import Campaign, CarePlan, carried_out
from crmsim.model.theory.make_to_order import order_wins_from, to_order, to_stock
from crmsim.runs.lift import TENTHS, lift_of_buyers
from crmsim.scenario.parameters import declared_numbers

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

VARIANTS = (1, 2, 5, 10, 20, 40, 80)
"""Numbers of variants in the figure of stock and order."""

CALLED = CarePlan(480, by_readiness=0.6, by_effect=0.6, strength=1.5, annoyance=0.1, control=0.5)
"""The campaign of the lesson: good customers who answer calls; half, by lot, get none. A choice."""

PEOPLE = 1000
"""Customers of the dealership in the lesson."""

_ABOVE = {"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}
_Z_95 = 1.96
"""Standard errors on each side of a 95 % interval."""


def lesson_campaign(seed: int = 33) -> Campaign:
    """Return the campaign of the lesson as it was carried out.

    Parameters
    ----------
    seed
        The customers of one seed, and their luck.

    Examples
    --------
    >>> lesson_campaign().contacted
    240
    """
    return carried_out(seed, PEOPLE, CALLED, declared_numbers())


def stock_or_order(lang: str = "en") -> Figure:
    """Draw what making to stock and making to order bring, by the number of variants (B-16, B-18).

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> stock_or_order().layout.title.text
    'From 39 variants on, making to order earns more than the best-filled warehouse'
    """
    from plotly.subplots import make_subplots

    say, numbers = words(lang), declared_numbers()
    parts = ("profit", "left_over", "burden", "wait_day", "served")
    titles = [say(f"figures.buffet.{name}") for name in parts]
    figure = make_subplots(rows=1, cols=5, subplot_titles=titles, horizontal_spacing=0.055)
    scale = {"profit": 1e-4 if lang.startswith("zh") else 1e-3, "served": 100.0}
    for way, name, colour, dash in (
        (to_stock, "stock", BASE, "dash"),
        (to_order, "order", RUN, "solid"),
    ):
        seasons = [way(variants, numbers) for variants in VARIANTS]
        for place, part in enumerate(parts, 1):
            figure.add_scatter(
                x=list(map(str, VARIANTS)),
                y=[round(scale.get(part, 1.0) * getattr(each, part), 3) for each in seasons],
                mode="lines+markers", name=say(f"figures.buffet.{name}"), legendgroup=name,
                showlegend=place == 1, line={"color": colour, "width": 3, "dash": dash},
                row=1, col=place,
            )  # fmt: skip
    figure.update_layout(layout(say("figures.buffet.title", variants=order_wins_from(numbers))))
    figure.update_layout(
        height=380, legend={"orientation": "h", "y": -0.3, "x": 0, "xanchor": "left"}
    )
    figure.update_layout(margin={"t": 92, "l": 45, "b": 90})
    figure.update_annotations(font={"size": 14, "color": INK})
    figure.update_xaxes(title=say("figures.buffet.variants"), type="category")
    figure.update_yaxes(rangemode="tozero")
    return rounded(figure)


def lift_curve(lang: str = "en") -> Figure:
    """Draw how many later buyers a model finds among the best, where it learned and where not.

    All 23,570 buyers of CDNOW; a model learned on 200 of them (C-18).

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> lift_curve().layout.title.text
    'Best tenth: 2.6 times as many buyers as by lot. Forty more numbers look better, do worse'
    """
    import plotly.graph_objects as go

    say, figure, found = words(lang), go.Figure(), lift_of_buyers()
    best = 100 * TENTHS
    for name, colour, dash in (
        ("few_held_back", RUN, "solid"), ("many_learned", GOLD, "dot"),
        ("many_held_back", BAD, "dash"),
    ):  # fmt: skip
        figure.add_scatter(
            x=best, y=100 * np.array(found[name]), mode="lines+markers",
            name=say(f"figures.lift.{name}"), line={"color": colour, "width": 3, "dash": dash},
        )  # fmt: skip
    figure.add_scatter(
        x=best, y=best, mode="lines", name=say("figures.lift.by_lot"),
        line={"color": BASE, "width": 2},
    )  # fmt: skip
    tenth = lift_of_tenth("few_held_back")
    figure.update_layout(layout(say("figures.lift.title", times=number(tenth, 1))))
    figure.update_layout(height=430, legend=_ABOVE, margin={"t": 110})
    figure.update_xaxes(title=say("figures.lift.best"), range=[0, 100], dtick=10)
    figure.update_yaxes(title=say("figures.lift.found"), range=[0, 102])
    return rounded(figure)


def lift_of_tenth(name: str) -> float:
    """Return how many times as many later buyers are among the best tenth as by lot.

    Parameters
    ----------
    name
        A curve of :func:`crmsim.runs.lift.lift_of_buyers`.

    Returns
    -------
    float
        1 for a score that says nothing.

    Examples
    --------
    >>> round(lift_of_tenth("few_held_back"), 2)
    2.57
    """
    return lift_of_buyers()[name][1] / 0.1  # type: ignore[index]


def campaign_effect(lang: str = "en", seed: int = 33) -> Figure:
    """Draw who came back of those called and of the control group, and the uplift (C-19).

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    seed
        The customers of one seed, and their luck.

    Examples
    --------
    >>> len(campaign_effect().data)
    2
    """
    from plotly.subplots import make_subplots

    say, found = words(lang), lesson_campaign(seed)
    names = [
        say("figures.campaign.contacted", count=found.contacted),
        say("figures.campaign.control", count=found.control),
    ]
    shares = [
        100 * found.came_contacted / found.contacted,
        100 * found.came_control / found.control,
    ]
    figure = make_subplots(
        rows=1, cols=2, column_widths=[0.55, 0.45], horizontal_spacing=0.14,
        subplot_titles=[say("figures.campaign.shares"), say("figures.campaign.uplift")],
    )  # fmt: skip
    figure.add_bar(
        x=names, y=np.round(shares, 1), marker={"color": [RUN, BASE]}, showlegend=False,
        text=[f"{share:.0f} %" for share in shares], textposition="outside",
        textfont={"size": 15}, row=1, col=1,
    )  # fmt: skip
    points = 100 * found.uplift.points
    reach = 100 * _Z_95 * found.uplift.standard_error
    clear = abs(points) > reach
    figure.add_scatter(
        x=[points], y=[""], mode="markers", showlegend=False,
        marker={"color": GOOD if clear else GOLD, "size": 14},
        error_x={"type": "constant", "value": reach, "thickness": 3, "width": 10}, row=1, col=2,
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": INK, "width": 1}, row=1, col=2)
    low, high = number(points - reach), number(points + reach)
    figure.update_layout(
        layout(
            say(
                "figures.campaign.title",
                came=found.came_contacted, contacted=found.contacted,
                because=number(found.uplift.points * found.contacted),
            )
        )
    )  # fmt: skip
    figure.update_layout(height=380, margin={"t": 92})
    figure.update_annotations(font={"size": 14, "color": INK})
    label(
        figure, points, -0.28, say("figures.campaign.interval", low=low, high=high), INK, "center"
    )
    figure.layout.annotations[-1].update(xref="x2", yref="y2")
    figure.update_yaxes(title=say("figures.campaign.came"), range=[0, 100], row=1, col=1)
    figure.update_yaxes(range=[-0.6, 0.5], showticklabels=False, row=1, col=2)
    figure.update_xaxes(title=say("figures.campaign.points"), range=[-20, 20], row=1, col=2)
    return rounded(figure)
