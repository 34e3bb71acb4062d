"""Figures of a service desk: its queue, and its three controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.numbers import number, significant
from crmsim.common.palette import BAD, BASE, INK, MUTED, RUN
from crmsim.common.words import words
from crmsim.figures.style import label, layout, rounded
from crmsim.model.theory.control_chart import ControlChart
from crmsim.model.theory.queues import mean_wait_min
from crmsim.runs.controls import controls_by_day
from crmsim.runs.run import simulate
from crmsim.scenario import load

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_HANDLE_MIN = 3.0
_USUAL_DAYS, _OTHER_DAYS, _SEED = 20, 5, 6
_MISSES_TIMES = 3


def queue(lang: str = "en") -> Figure:
    """Draw the mean wait by how busy the staff are, for a small and a large desk (F18, F19).

    Examples
    --------
    >>> queue().layout.title.text
    'Busier by 5 points, from 90 to 95 %: the wait grows 2.5 times'
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    busy = np.concatenate([np.arange(50, 90, 2.5), np.arange(90, 98.6, 0.5)])
    for agents, colour in ((10, RUN), (100, BASE)):
        wait = [mean_wait_min(agents, agents * each / 100, _HANDLE_MIN) for each in busy]
        figure.add_scatter(
            x=busy, y=np.round(wait, 4), mode="lines",
            name=say("figures.queue.desk", agents=agents), line={"color": colour, "width": 3},
        )  # fmt: skip
    at_90, at_95 = (mean_wait_min(10, 10 * each, _HANDLE_MIN) for each in (0.90, 0.95))
    figure.update_layout(layout(say("figures.queue.title", times=number(at_95 / at_90, 1))))
    figure.update_layout(legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"})
    figure.update_layout(height=430)
    for share, wait in ((90, at_90), (95, at_95)):
        figure.add_scatter(
            x=[share], y=[wait], mode="markers", marker={"color": INK, "size": 9},
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
        label(
            figure,
            share - 0.8,
            wait + 0.5,
            say("figures.minutes", number=number(wait, 1)),
            INK,
            "right",
        )
    figure.update_xaxes(title=say("figures.queue.busy"), range=[50, 100])
    figure.update_yaxes(title=say("figures.queue.wait", handle=significant(_HANDLE_MIN)))
    return rounded(figure)


def three_controls(lang: str = "en") -> Figure:
    """Draw complaint, omission and dissatisfaction rate of a desk on control charts (E-17).

    After some usual days three times as much is missed at each link of record, handle, re-check
    and feed back; the limits are those of the usual days.

    Examples
    --------
    >>> len(three_controls().data)
    9
    """
    from plotly.subplots import make_subplots

    say, charts = words(lang), _controls()
    days = np.arange(1, _USUAL_DAYS + _OTHER_DAYS + 1)
    names = [say(f"desk.control.{name}") for name in charts]
    figure = make_subplots(rows=1, cols=len(charts), subplot_titles=names, horizontal_spacing=0.07)
    for place, chart in enumerate(charts.values(), start=1):
        where = {"row": 1, "col": place}
        for limit in (chart.low, chart.high):
            figure.add_scatter(
                x=days, y=100 * limit, mode="lines", hoverinfo="skip",
                name=say("figures.controls.limits"), showlegend=place == 1 and limit is chart.low,
                line={"color": BASE, "width": 1.5, "dash": "dash", "shape": "hvh"}, **where,
            )  # fmt: skip
        colours = np.where(chart.signals, BAD, RUN).tolist()
        figure.add_scatter(
            x=days, y=100 * chart.share, mode="lines+markers", showlegend=False,
            line={"color": RUN, "width": 2}, marker={"color": colours, "size": 9}, **where,
        )  # fmt: skip
        figure.add_hline(y=100 * chart.centre, line={"color": BASE, "width": 1.5}, **where)
        figure.add_vline(
            x=_USUAL_DAYS + 0.5, line={"color": MUTED, "width": 1, "dash": "dot"}, **where
        )
    out = {name: int(chart.signals[_USUAL_DAYS:].sum()) for name, chart in charts.items()}
    title = say(
        "figures.controls.title", out=out["omission_rate"], day=_USUAL_DAYS + 1, days=_OTHER_DAYS
    )
    figure.update_layout(layout(title))
    figure.update_layout(
        margin={"t": 96, "b": 95}, height=430, legend={"y": -0.34, "yanchor": "top"}
    )
    figure.update_xaxes(title=say("figures.controls.day"), range=[0, days[-1] + 1])
    figure.update_yaxes(rangemode="tozero", ticksuffix=" %")
    return rounded(figure)


def _controls() -> dict[str, ControlChart]:
    """Return the control chart of each rate, a point a day."""
    usual = load("sunset").change(days=_USUAL_DAYS)
    misses = _MISSES_TIMES * usual.numbers.miss_share
    other = usual.change(days=_OTHER_DAYS, parameters=usual.parameters | {"miss_share": misses})
    runs = [simulate(desk, seed=_SEED).series for desk in (usual, other)]
    return controls_by_day(runs, len(usual.hours), _USUAL_DAYS)
