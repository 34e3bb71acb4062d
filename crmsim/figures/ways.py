"""Figures of a firm led in several ways, and of a rise that was on credit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.numbers import number
from crmsim.common.palette import BAD, BASE, GOLD, GOOD, INK, MUTED, RUN
from crmsim.common.words import currency, dictionary, words
from crmsim.figures.style import layout, rounded
from crmsim.runs.run import Run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LINES = ((BAD, "dot"), (GOOD, "solid"), (GOLD, "dash"), (BASE, "dashdot"), (RUN, "solid"))
"""Colour and dash of each line, in the order of the ways; told apart without colour as well."""

BESTS = ("customers", "evaluation", "profit")
"""The curves of a rise whose best quarter is marked and told."""


def mean_by_quarter(values: NDArray[np.float64], quarters: int) -> NDArray[np.float64]:
    """Return the mean of each of the first quarters of a weekly history.

    Examples
    --------
    >>> mean_by_quarter(np.repeat([1.0, 3.0, 9.0], 13), quarters=2).tolist()
    [1.0, 3.0]
    """
    whole = values[: quarters * WEEKS_QUARTER]
    return whole.reshape(-1, WEEKS_QUARTER).mean(axis=1)  # type: ignore[no-any-return]


def ways(runs: Mapping[str, Run]) -> Figure:
    """Draw the profit of a market led in several ways, added up quarter by quarter.

    Parameters
    ----------
    runs
        Runs of one market with the same luck, by names that `data/words/table.toml` knows.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> town = load("buick-market").change(people=400, years=1)
    >>> idle = simulate(town, seed=1)
    >>> dear = simulate(town, lambda seen: {"facilities": 3} if not seen.quarter else {}, seed=1)
    >>> ways({"balanced": idle, "overspend": dear}).layout.title.text[:39]
    'After 4 quarters balanced has earned mo'
    """
    import plotly.graph_objects as go

    some = next(iter(runs.values()))
    lang = some.scenario.lang
    say, figure, book = words(lang), go.Figure(), dictionary()
    names = {name: book[f"table.{name}"][lang] for name in runs}
    quarters = len(some.series["week"]) // WEEKS_QUARTER
    earned = {
        name: np.cumsum(WEEKS_QUARTER * mean_by_quarter(run.series["profit"], quarters))
        for name, run in runs.items()
    }
    for (name, sums), (colour, dash) in zip(earned.items(), LINES, strict=False):
        figure.add_scatter(
            x=list(range(quarters + 1)), y=[0.0, *np.round(sums).tolist()], mode="lines",
            name=names[name], line={"color": colour, "dash": dash, "width": 3},
        )  # fmt: skip
    best, worst = (pick(earned, key=lambda name: earned[name][-1]) for pick in (max, min))
    customers = {name: float(run.series["customers"][-1]) for name, run in runs.items()}
    unit = currency(some.scenario.currency, lang)
    title = say(
        "figures.ways.title",
        quarters=quarters,
        best=names[best],
        worst=names[worst],
        most=names[max(customers, key=customers.__getitem__)],
    )
    figure.update_layout(layout(title))
    figure.update_layout(
        height=400, legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}
    )
    figure.update_xaxes(title=say("figures.ways.quarters"), dtick=2)
    figure.update_yaxes(title=say("figures.ways.earned", currency=unit))
    return rounded(figure)


def rise(run: Run, quarters: int = 12) -> Figure:
    """Draw four curves of a market side by side by quarter, and mark where each was at its best.

    They are the customers, their satisfaction (1–5), the share of newcomers among the staff (%)
    and the profit of a week.

    Parameters
    ----------
    run
        The run of a market.
    quarters
        The number of quarters that are drawn, from the first.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> town = load("buick-market").change(people=400, years=1)
    >>> len(rise(simulate(town, seed=1), quarters=4).data)
    7
    """
    from plotly.subplots import make_subplots

    say, lang = words(run.scenario.lang), run.scenario.lang
    series = {name: mean_by_quarter(run.series[name], quarters) for name in BESTS}
    share = 100 * run.series["rookies"] / run.series["staff"]
    curves = {
        "customers": series["customers"],
        "evaluation": series["evaluation"],
        "newcomers": mean_by_quarter(share, quarters),
        "profit": series["profit"],
    }
    unit = currency(run.scenario.currency, lang)
    titles = [say(f"figures.rise.{name}", currency=unit) for name in curves]
    figure = make_subplots(rows=1, cols=4, subplot_titles=titles, horizontal_spacing=0.075)
    place = np.arange(1, quarters + 1)
    at = {name: int(np.argmax(curves[name])) for name in BESTS}
    for column, (name, values) in enumerate(curves.items(), start=1):
        figure.add_scatter(
            x=place, y=np.round(values, 3), mode="lines", showlegend=False, row=1, col=column,
            line={"color": RUN, "width": 3},
        )  # fmt: skip
        if name in BESTS:
            best = at[name]
            figure.add_scatter(
                x=[best + 1], y=[round(float(values[best]), 3)], mode="markers", showlegend=False,
                marker={"color": GOLD, "size": 11, "line": {"color": INK, "width": 1.5}},
                row=1, col=column,
            )  # fmt: skip
    told = {name: number(best + 1) for name, best in at.items()}
    figure.update_layout(layout(say("figures.rise.title", **told)))
    figure.update_layout(margin={"t": 96, "l": 50})
    figure.update_annotations(font={"size": 14, "color": MUTED})
    figure.update_xaxes(title=say("figures.ways.quarter"), dtick=4, tick0=0)
    return rounded(figure)
