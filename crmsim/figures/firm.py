"""Figures of the firm: its standards, its loop, and what the conclusions hang on."""

from __future__ import annotations

import tomllib
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.palette import BAD, BASE, GOOD, INK, RUN
from crmsim.common.words import data_path, language, words
from crmsim.figures.style import label, layout, lines, note_of_doubt, rounded
from crmsim.model.theory.standards import erosion, noisy_orders
from crmsim.runs.sensitivity import reference_sensitivity
from crmsim.scenario.parameters import declared_numbers, declared_parameters

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_WEEKS, _YEARS = 104, 40


def standards_erode(lang: str = "en") -> Figure:
    """Draw the standard of a firm whose orders vary by chance around the usual number (F22).

    Examples
    --------
    >>> standards_erode().layout.title.text
    'Two years of ups and downs, fair on average, cost 7 % of the standard'
    """
    import plotly.graph_objects as go

    say = words(lang)
    numbers = declared_numbers()
    fair = SimpleNamespace(**vars(numbers) | {"standard_up_week": numbers.standard_down_week})
    orders = [noisy_orders(_WEEKS, seed, numbers) for seed in range(_YEARS)]
    runs, even = (
        np.array([erosion(each, rule).standard for each in orders]) for rule in (numbers, fair)
    )
    weeks, figure = np.arange(1, _WEEKS + 1), go.Figure()
    for run in runs[:12]:
        figure.add_scatter(
            x=weeks, y=run.round(4), mode="lines", line={"color": "#B9D6E8", "width": 1},
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
    for mean, colour, name, dash in (
        (even.mean(axis=0), BASE, "forgets", "dash"),
        (runs.mean(axis=0), RUN, "remembers", "solid"),
    ):
        said = say(f"figures.erosion.{name}")
        line = {"color": colour, "width": 3, "dash": dash}
        figure.add_scatter(x=weeks, y=mean.round(4), mode="lines", name=said, line=line)
    lost = round(100 * (1 - float(runs[:, -1].mean())))
    figure.update_layout(layout(say("figures.erosion.title", lost=lost)))
    figure.update_layout(legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"})
    figure.update_xaxes(title=say("figures.weeks"))
    figure.update_yaxes(title=say("figures.erosion.standard"), range=[0.85, 1.03])
    names = ("demand_noise", "demand_memory_week", "corner_cutting", "standard_down_week")
    note_of_doubt(figure, names, lang)
    return rounded(figure)


def loop_gain(lang: str = "en") -> Figure:
    """Draw the gain of the butterfly loop, by the share of pay that follows profit (F25).

    Examples
    --------
    >>> [trace.name for trace in loop_gain().data]
    ['customers expect what they always did', 'customers come to expect what they get']
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    table = tomllib.loads(data_path("reference", "loop-gain.toml").read_text("utf-8"))
    share, fixed = np.array(table["bonus"]), np.array(table["fixed"])
    for name, colour in (("fixed", RUN), ("adapting", BASE)):
        figure.add_scatter(
            x=(100 * share).tolist(), y=table[name], mode="lines+markers",
            name=say(f"figures.gain.{name}"), line={"color": colour, "width": 3},
        )  # fmt: skip
    figure.add_hline(y=1, line={"color": BAD, "width": 2, "dash": "dash"})
    label(figure, 100, 1.12, say("figures.gain.runs_away"), BAD, "right")
    label(figure, 100, 0.86, say("figures.gain.damps"), GOOD, "right")
    crossing = round(100 * float(np.interp(1.0, fixed, share)))
    figure.update_layout(layout(say("figures.gain.title", share=crossing)))
    figure.update_layout(legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"})
    figure.update_xaxes(title=say("figures.gain.bonus"))
    figure.update_yaxes(title=say("figures.gain.gain"), rangemode="tozero")
    return rounded(figure)


def what_it_hangs_on(lang: str = "en", most: int = 10) -> Figure:
    """Draw the parameters that change the worth of a policy most, and how often it pays.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    most
        The number of parameters that are drawn.

    Examples
    --------
    >>> len(what_it_hangs_on(most=5).data[0].y)
    5
    """
    import plotly.graph_objects as go

    say, chinese = words(lang), language(lang) == "zh-Hans"
    table, how = reference_sensitivity()
    top = table.head(most)[::-1]
    known = [declared_parameters()[name] for name in top.parameter]
    names = [
        lines(
            (each.zh_hans if chinese else each.en)
            + (say("figures.sensitivity.mark") if each.status == "from memory" else "")
        )
        for each in known
    ]
    figure = go.Figure(
        go.Bar(
            x=top.effect.round(2), y=names, orientation="h", marker={"color": "#9CC8E3"},
            name=say("figures.sensitivity.size"),
        )
    )  # fmt: skip
    figure.add_scatter(
        x=top.mean_effect.round(2), y=names, mode="markers", name=say("figures.sensitivity.mean"),
        marker={"color": INK, "size": 11, "symbol": "diamond"},
    )  # fmt: skip
    shares = {name: round(100 * how[name]["share_positive"]) for name in ("balanced", "quality")}
    figure.update_layout(layout(say("figures.sensitivity.title", **shares)))
    figure.update_layout(
        height=180 + 40 * most,
        margin={"l": 20, "t": 90},
        title={"y": 1, "yanchor": "top", "pad": {"t": 16}},
        legend={"y": 1.01, "yanchor": "bottom", "x": 0, "xanchor": "left"},
    )
    effect = lines(say("figures.sensitivity.effect"))
    figure.update_xaxes(title=effect, zeroline=True, zerolinecolor=INK)
    figure.update_yaxes(automargin=True)
    return rounded(figure)
