"""Figures of runs: the title says the finding, the axes carry units, nothing is shown by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.calendar import WEEKS_QUARTER, WEEKS_YEAR
from crmsim.common.numbers import number
from crmsim.common.palette import BASE, RUN
from crmsim.common.words import Translate, currency, words
from crmsim.figures.style import layout, rounded
from crmsim.runs.butterfly import smooth
from crmsim.runs.run import Run, check_run
from crmsim.scenario.worlds import part_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

CURVES = ("evaluation", "customers", "profit")


def plot(run: Run, base: Run | None = None, columns: Sequence[str] = CURVES) -> Figure:
    """Draw a run: a visit's emotion curve, a desk's day, or a market's curves by the week.

    Parameters
    ----------
    run
        What to draw.
    base
        A run to draw it against, in grey.
    columns
        Columns of a market's log; flows of money are shown as means of a quarter.

    Raises
    ------
    ValueError
        If one of them is not a run, or they are of different worlds.

    Examples
    --------
    >>> from crmsim import simulate
    >>> [trace.mode for trace in plot(simulate("buick", seed=1)).data]
    ['lines+markers']
    """
    _check(run, base)
    draw: Callable[..., Figure] = part_of(run.scenario.world, "figure")
    return draw(run, base, columns)


def _check(run: object, base: object) -> None:
    check_run(run)
    if base is not None:
        check_run(base, "base")
        world, other = (each.scenario.world for each in (run, base))  # type: ignore[attr-defined]
        if world != other:
            name = base.scenario.id  # type: ignore[attr-defined]
            raise ValueError(f"base = a run of {name!r}: must be one of the same world, {world}")


def _both(run: Run, base: Run | None) -> list[tuple[Run, str, str]]:
    """Return the run with its colour and name, after that which it is compared with, if any."""
    of_base = [] if base is None else [(base, BASE, "base")]
    return [*of_base, (run, RUN, "run")]


def journey(run: Run, base: Run | None, _: Sequence[str] = ()) -> Figure:
    """Draw the emotion of a visit, touchpoint by touchpoint."""
    import plotly.graph_objects as go

    say, figure = words(run.scenario.lang), go.Figure()
    for one, colour, name in _both(run, base):
        steps = one.view.journey
        figure.add_scatter(
            x=[step.title for step in steps],
            y=[round(step.emotion, 3) for step in steps],
            mode="lines+markers",
            name=say(f"model.figure.{name}"),
            line={"color": colour, "width": 3, "shape": "spline"},
            hovertext=[step.act for step in steps],
        )
    peak = max(run.view.journey, key=lambda step: abs(step.emotion))
    mood = "high" if peak.emotion > 0 else "low"
    figure.update_layout(layout(say(f"model.figure.journey_{mood}", touchpoint=peak.title)))
    figure.update_yaxes(title=say("model.figure.emotion"), range=[-1.05, 1.05], zeroline=True)
    return rounded(figure)


def hours(run: Run, base: Run | None, _: Sequence[str] = ()) -> Figure:
    """Draw how long people wait at a desk, hour by hour."""
    import plotly.graph_objects as go

    say, figure = words(run.scenario.lang), go.Figure()
    for one, colour, name in _both(run, base):
        figure.add_bar(
            x=one.series["hour"],
            y=np.round(one.series["wait_min"], 3),
            name=say(f"model.figure.{name}"),
            marker={"color": colour},
        )
    slowest = int(run.series["hour"][np.argmax(run.series["wait_min"])])
    figure.update_layout(layout(say("desk.figure.longest_wait", hour=slowest)))
    figure.update_xaxes(title=say("desk.figure.hour"))
    figure.update_yaxes(title=say("desk.figure.wait"))
    return rounded(figure)


def curves(run: Run, base: Run | None, columns: Sequence[str] = CURVES) -> Figure:
    """Draw columns of a market's log, week by week."""
    from plotly.subplots import make_subplots

    say = words(run.scenario.lang)
    titles = [_name(column, say) for column in columns]
    figure = make_subplots(
        rows=1, cols=len(columns), subplot_titles=titles, horizontal_spacing=0.12
    )
    for place, column in enumerate(columns, start=1):
        for one, colour, name in _both(run, base):
            figure.add_scatter(
                x=one.series["week"],
                y=curve(one, column),
                mode="lines",
                name=say(f"model.figure.{name}"),
                legendgroup=name,
                showlegend=place == 1 and base is not None,
                line={"color": colour, "width": 2.5},
                row=1,
                col=place,
            )
        figure.update_yaxes(title=_unit(column, run, say), row=1, col=place)
    figure.update_xaxes(title=say("model.unit.week"))
    figure.update_layout(layout(_finding(run, base, say)))
    figure.update_layout(margin={"t": 96}, legend={"y": 1.17, "yanchor": "bottom"})
    return rounded(figure)


def curve(run: Run, column: str) -> np.ndarray:
    """Return a column as it is drawn, rounded: a stock as it is, else its mean over a quarter.

    Parameters
    ----------
    run
        The run of a market.
    column
        A column of its log.

    Returns
    -------
    array of float
        A value a week, in the unit of the column.
    """
    from crmsim.model.market.log import kind_of

    values = run.series[column]
    return np.round(values if kind_of(column) == "stock" else smooth(values, WEEKS_QUARTER), 4)


def _finding(run: Run, base: Run | None, say: Translate) -> str:
    last = slice(-WEEKS_YEAR, None)
    profit = run.series["profit"][last].mean()
    unit = currency(run.scenario.currency, run.scenario.lang)
    if base is None:
        return say("model.figure.alone", profit=number(profit), currency=unit)
    usual = base.series["profit"][last].mean()
    gap = profit - usual
    if abs(gap) < 0.005 * abs(usual):
        return say("model.figure.same")
    more = "more" if gap > 0 else "less"
    return say(f"model.figure.{more}", gap=number(abs(gap)), currency=unit)


def _name(column: str, say: Translate) -> str:
    from crmsim.model.market.log import NODES

    return say(f"model.{'node' if column in NODES else 'column'}.{column}")


def _unit(column: str, run: Run, say: Translate) -> str:
    unit = currency(run.scenario.currency, run.scenario.lang)
    return say(f"model.unit.{column}", currency=unit)
