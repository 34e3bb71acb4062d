"""Figure of ways of serving beside the usual one, quarter by quarter (E-18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmsim.common.calendar import WEEKS_YEAR
from crmsim.common.palette import GOLD, INK, RUN
from crmsim.common.words import words
from crmsim.figures.style import layout, rounded
from crmsim.figures.ways import mean_by_quarter
from crmsim.runs.run import Run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_QUARTERS_YEAR, _PERCENT = 4, 100
_LINES = ((RUN, "solid"), (GOLD, "dash"))


def ahead_of_usual(runs: Mapping[str, Run], usual: Run, stopped: int) -> Figure:
    """Draw how far the service of a market lies above the usual, by quarter, in points of 100.

    Parameters
    ----------
    runs
        Two runs with the luck of the usual one, by names that ``data/words/table.toml`` knows.
    usual
        The run that they are compared with.
    stopped
        The quarters after which the spending stops; a line is drawn there.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> idle = simulate(load("department"), seed=1)
    >>> dear = simulate(load("department"), lambda seen: {"facilities": 3}, seed=1)
    >>> ahead_of_usual({"hard": dear, "soft": idle}, idle, stopped=12).layout.title.text
    'After a year “spent on things” is ahead, and after three as well'
    """
    import plotly.graph_objects as go

    say, figure = words(usual.scenario.lang), go.Figure()
    quarters = len(usual.series["week"]) * _QUARTERS_YEAR // WEEKS_YEAR
    base = mean_by_quarter(usual.series["service"], quarters)
    ahead = {
        say(f"table.{name}"): _PERCENT * (mean_by_quarter(run.series["service"], quarters) - base)
        for name, run in runs.items()
    }
    for (name, points), (colour, dash) in zip(ahead.items(), _LINES, strict=True):
        figure.add_scatter(
            x=list(range(1, quarters + 1)), y=np.round(points, 2), mode="lines+markers",
            name=name, line={"color": colour, "dash": dash, "width": 3},
        )  # fmt: skip
    figure.add_vline(x=stopped + 0.5, line={"color": INK, "width": 1.5, "dash": "dot"})
    early, late = (_first(ahead, quarter) for quarter in (_QUARTERS_YEAR - 1, quarters - 1))
    title = "same" if early == late else "title"
    figure.update_layout(layout(say(f"figures.ahead.{title}", early=early, late=late)))
    figure.update_layout(
        height=380, legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}
    )
    figure.update_xaxes(title=say("figures.ahead.quarter", stopped=stopped), dtick=1)
    figure.update_yaxes(title=say("figures.ahead.service"))
    return rounded(figure)


def _first(ahead: Mapping[str, NDArray[np.float64]], quarter: int) -> str:
    """Return the name of the run that is furthest ahead in a quarter."""
    return max(ahead, key=lambda name: float(ahead[name][quarter]))
