"""Figure of a firm in trouble: how long its cash lasts under each way of managing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.calendar import WEEKS_QUARTER, quarters_of
from crmsim.common.checks import require
from crmsim.common.palette import BAD, BASE, GOLD, GOOD, HISTORY, INK, RUN
from crmsim.common.words import currency, words
from crmsim.figures.style import label, layout, rounded
from crmsim.runs.run import Run
from crmsim.runs.tables import named_ways

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


COLOURS = (BASE, HISTORY, GOLD, INK, RUN, GOOD)
"""The colours of the curves, in the order of the runs."""


def cash_left(runs: Mapping[str, Run]) -> Figure:
    """Draw the cash of a firm by the quarter, led in several ways; a curve ends where it closes.

    Parameters
    ----------
    runs
        Runs of one case that counts its cash, with the same luck, by the way of leading it, as
        :func:`crmsim.runs.tables.named_ways` takes them.

    Returns
    -------
    Figure
        Its title says how many the bank has closed.

    Raises
    ------
    ValueError
        If a run counts no cash.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> run = simulate(load("turnaround").change(people=400), seed=1)
    >>> cash_left({"left alone": run}).data[0].name
    'nothing changed'
    """
    import plotly.graph_objects as go

    first = next(iter(runs.values()))
    require(first.scenario.cash is not None, "runs", first.scenario.id, "runs that count the cash")
    case, cash = first.scenario, first.scenario.cash
    say, figure = words(case.lang), go.Figure()
    unit = 10_000 if case.lang == "zh-Hans" else 1000
    closed = 0
    for (name, run), colour in zip(named_ways(runs).items(), COLOURS * 2, strict=False):
        left = np.concatenate([[cash.start], run.series["cash"]]) / unit
        below = np.flatnonzero(run.series["cash"] < cash.limit)
        closed += bool(len(below))
        left = left[: below[0] + 2] if len(below) else left
        figure.add_scatter(
            x=(np.arange(len(left)) / WEEKS_QUARTER).round(3), y=left.round(2),
            mode="lines", name=name, line={"color": colour, "width": 3},
        )  # fmt: skip
        if len(below):
            figure.add_scatter(
                x=[round((len(left) - 1) / WEEKS_QUARTER, 3)], y=[round(float(left[-1]), 2)],
                mode="markers", showlegend=False, hoverinfo="skip",
                marker={"color": colour, "size": 11, "symbol": "x"},
            )  # fmt: skip
    figure.add_hline(y=0, line={"color": BASE, "width": 2})
    figure.add_hline(y=cash.limit / unit, line={"color": BAD, "width": 2, "dash": "dash"})
    last = quarters_of(len(first.series["week"]))
    label(figure, last, cash.limit / unit, say("figures.cash_left.limit"), BAD, "right")
    figure.layout.annotations[-1].update(yshift=-12)
    figure.update_layout(layout(say("figures.cash_left.title", closed=closed, count=len(runs))))
    figure.update_layout(legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"})
    figure.update_layout(height=420, margin={"t": 110})
    figure.update_xaxes(title=say("figures.cash_left.quarter"), dtick=1, range=[0, last])
    figure.update_yaxes(
        title=say("figures.cash_left.axis", currency=currency(case.currency, case.lang))
    )
    return rounded(figure)
