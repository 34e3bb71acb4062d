"""Figures of one bad quarter: the links through which it costs money, and who recovers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.numbers import number
from crmsim.common.palette import BAD, BASE, GOOD, INK, RUN
from crmsim.common.words import currency, words
from crmsim.figures.style import label, layout, rounded
from crmsim.runs.run import Run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LINKS = ("visitors", "word_of_mouth", "attitude", "pay")
"""The links of the loop in the order in which they are closed; the first one can't be cut."""


def link_by_link(lost_percent: Mapping[str, float], lang: str = "en") -> Figure:
    """Draw what a bad quarter costs while the loop is closed one link after the other (A-15).

    Parameters
    ----------
    lost_percent
        Profit lost with the links closed up to and including each of :data:`LINKS`, in per cent.
    lang
        The language of its words.

    Examples
    --------
    >>> lost = {"visitors": 6.0, "word_of_mouth": 13.0, "attitude": 16.0, "pay": 18.0}
    >>> link_by_link(lost).layout.title.text
    'With word of mouth, mood and pay, one bad quarter costs 3.0 times as much as the
    customers it hit'
    """
    import plotly.graph_objects as go

    say = words(lang)
    totals = [lost_percent[link] for link in LINKS]
    steps = np.diff([0.0, *totals])
    figure = go.Figure(
        go.Bar(
            x=[say(f"figures.links.{link}") for link in LINKS],
            y=np.round(steps, 2),
            base=np.round(np.array(totals) - steps, 2),
            text=[number(total, 1) for total in totals],
            textposition="outside",
            textfont={"size": 15, "color": INK},
            marker={"color": [BASE, RUN, RUN, RUN]},
            cliponaxis=False,
        )
    )
    times = number(totals[-1] / totals[0], 1) if totals[0] > 0 else "–"
    figure.update_layout(layout(say("figures.links.title", times=times)))
    figure.update_yaxes(title=say("figures.links.lost"), rangemode="tozero")
    return rounded(figure)


def earned(waiter: Run, saver: Run, carer: Run, lang: str = "en") -> Figure:
    """Draw what two managers have earned more, or less, than one who only waited, by the quarter.

    Parameters
    ----------
    waiter, saver, carer
        Runs of one market with the same seed: nothing was decided, wages were cut, service was
        improved.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> town = load("buick-market").change(people=300, years=1)
    >>> run = simulate(town, seed=1)
    >>> [round(float(value)) for value in earned(run, run, run).data[0].y]
    [0, 0, 0, 0]
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    ahead = {}
    for run, name, colour in ((saver, "saver", BAD), (carer, "carer", GOOD)):
        ahead[name] = _quarters(run.series["profit"] - waiter.series["profit"]).cumsum() / 1000
        quarters = np.arange(1, len(ahead[name]) + 1)
        figure.add_scatter(
            x=quarters, y=ahead[name].round(1), mode="lines+markers",
            name=say(f"figures.earned.{name}"), line={"color": colour, "width": 3},
        )  # fmt: skip
    figure.add_hline(y=0, line={"color": BASE, "width": 3})
    label(figure, len(quarters), 0, say("figures.earned.waiter"), BASE, "right")
    figure.layout.annotations[-1].update(yshift=12)
    first = max((name for name in ahead), key=lambda name: ahead[name][-1])
    best = first if ahead[first][-1] > 0 else "waiter"
    if best == "carer" and ahead["saver"].max() > 0:
        best = "carer_late"
    figure.update_layout(layout(say(f"figures.earned.best.{best}")))
    figure.update_layout(legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"})
    figure.update_xaxes(title=say("figures.earned.quarter"), dtick=2)
    figure.update_yaxes(
        title=say("figures.earned.ahead", currency=currency(waiter.scenario.currency, lang))
    )
    return rounded(figure)


def _quarters(weekly: np.ndarray) -> np.ndarray:
    return weekly.reshape(-1, WEEKS_QUARTER).sum(axis=1)
