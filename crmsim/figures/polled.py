"""Figures of a survey with the truth beside it: who is missing, what to improve, what foretells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmsim.common.arrays import Doubles
from crmsim.common.numbers import number
from crmsim.common.palette import BAD, BASE, GOLD, GOOD, INK, LINE, MUTED, PAPER, RUN
from crmsim.common.words import words
from crmsim.figures.style import layout, rounded
from crmsim.model.theory.estimation import mean_estimate
from crmsim.model.theory.survey import (
    dimension_scores,
    importance,
    net_promoter_estimate,
    net_promoter_score,
)
from crmsim.runs.polled import Poll
from crmsim.scenario import DIMENSIONS

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_GROUPS = ("answered", "invited", "customer", "lost", "had")
_COLOURS = dict(zip(_GROUPS, (RUN, BASE, BASE, BAD, GOLD), strict=True))


def who_is_missing(poll: Poll, lang: str = "en") -> Figure:
    """Draw the net promoter score of those who answered, and of all who did not.

    Parameters
    ----------
    poll
        A survey of a market.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> from crmsim.runs.polled import poll
    >>> run = simulate(load("buick-market").change(people=2000, years=1), seed=1)
    >>> [len(bar.x) for bar in who_is_missing(poll(run, week=52, invited=300)).data]
    [5]
    """
    import plotly.graph_objects as go

    say, recommend = words(lang), poll.answers.recommend
    scores = {name: net_promoter_score(recommend[getattr(poll, name)]) for name in _GROUPS}
    names = [
        say(
            "figures.missing.people",
            name=say(f"figures.missing.{name}"),
            count=number(int(getattr(poll, name).sum())),
        )
        for name in _GROUPS
    ]
    found = net_promoter_estimate(recommend[poll.answered])
    half = [round(found.high - found.value, 2), *[None for _ in _GROUPS[1:]]]
    figure = go.Figure()
    figure.add_bar(
        x=[round(score, 2) for score in scores.values()],
        y=names,
        orientation="h",
        marker={"color": list(_COLOURS.values())},
        error_x={"type": "data", "array": half, "color": INK, "thickness": 2},
        text=[number(score) for score in scores.values()],
        textposition="inside",
        insidetextanchor="start",
        textfont={"color": [PAPER, INK, INK, PAPER, INK], "size": 14},
    )
    title = say(
        "figures.missing.title", told=number(scores["answered"]), truth=number(scores["had"])
    )
    figure.update_layout(layout(title))
    figure.update_layout(height=330, margin={"l": 210, "b": 60})
    figure.update_xaxes(title=say("figures.missing.score"), zeroline=True, zerolinecolor=MUTED)
    figure.update_yaxes(autorange="reversed")
    return rounded(figure)


def gaps_and_map(poll: Poll, lang: str = "en") -> Figure:
    """Draw the gaps of the five dimensions with their intervals, and importance by performance.

    Parameters
    ----------
    poll
        A survey of a market.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> from crmsim.runs.polled import poll
    >>> run = simulate(load("buick-market").change(people=2000, years=1), seed=1)
    >>> len(gaps_and_map(poll(run, week=52, invited=600)).data)
    2
    """
    from plotly.subplots import make_subplots

    say, told = words(lang), poll.answers.survey.of(poll.answered)
    names = [say(f"model.dimension.{name}") for name in DIMENSIONS]
    did = dimension_scores(told.did)
    apart = did - dimension_scores(told.should)
    gaps = [mean_estimate(column) for column in apart.T]
    means, weights = did.mean(axis=0), importance(told)
    figure = make_subplots(rows=1, cols=2, column_widths=[0.45, 0.55], horizontal_spacing=0.12)
    figure.add_bar(
        x=[round(gap.value, 3) for gap in gaps],
        y=names,
        orientation="h",
        marker={"color": RUN},
        error_x={"type": "data", "array": [round(g.high - g.value, 3) for g in gaps], "color": INK},
        showlegend=False,
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=means.round(3),
        y=weights.round(2),
        mode="markers+text",
        text=names,
        textposition=np.where(weights < np.median(weights), "bottom center", "top center").tolist(),
        textfont={"color": INK, "size": 14},
        marker={"color": RUN, "size": 12},
        showlegend=False,
        row=1,
        col=2,
    )
    _quarters(figure, means, weights, lang)
    worst = names[int(np.argmin([gap.value for gap in gaps]))]
    figure.update_layout(layout(say("figures.gaps.title", worst=worst)))
    figure.update_layout(height=400, margin={"l": 120, "b": 60})
    figure.update_yaxes(autorange="reversed", row=1, col=1)
    figure.update_xaxes(title=say("figures.gaps.gap"), row=1, col=1)
    figure.update_xaxes(title=say("figures.gaps.did"), row=1, col=2)
    figure.update_yaxes(title=say("figures.gaps.weight"), row=1, col=2)
    return rounded(figure)


def what_foretells(poll: Poll, lang: str = "en") -> Figure:
    """Draw how many customers come again, in the lowest and the highest third of each score.

    Everybody's answer is known here, given or not, so that nothing but the score is compared.

    Parameters
    ----------
    poll
        A survey of a market, at least a year before its end.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> from crmsim.runs.polled import poll
    >>> run = simulate(load("buick-market").change(people=2000, years=2), seed=1)
    >>> [len(row.y) for row in what_foretells(poll(run, week=52, invited=300)).data]
    [4, 4]
    """
    import plotly.graph_objects as go

    say, shares = words(lang), come_again(poll)
    names = [say(f"figures.foretells.{name}") for name in shares]
    figure = go.Figure()
    for place, (end, colour, symbol) in enumerate(
        (("low", BAD, "circle"), ("high", GOOD, "square"))
    ):
        figure.add_scatter(
            x=[round(each[place], 2) for each in shares.values()],
            y=names,
            mode="markers",
            name=say(f"figures.foretells.{end}"),
            marker={"color": colour, "size": 15, "symbol": symbol},
        )
    for name, (low, high) in zip(names, shares.values(), strict=True):
        figure.add_shape(
            type="line", x0=low, x1=high, y0=name, y1=name, line={"color": LINE, "width": 5},
            layer="below",
        )  # fmt: skip
    figure.update_layout(layout(say("figures.foretells.title")))
    figure.update_layout(height=330, margin={"l": 170, "b": 60})
    figure.update_xaxes(title=say("figures.foretells.again"), range=[40, 100])
    figure.update_yaxes(autorange="reversed")
    return rounded(figure)


def come_again(poll: Poll) -> dict[str, tuple[float, float]]:
    """Return how many customers (%) come again in the year after, by each of four scores.

    Parameters
    ----------
    poll
        A survey of a market, at least a year before its end.

    Returns
    -------
    dict of pairs
        For ``satisfaction``, ``recommend``, ``easy`` and ``visits``: of the lowest third and of the
        highest third of the customers; equal scores are parted by their number.
    """
    scores = {
        "satisfaction": poll.answers.survey.satisfaction[:, 0],
        "recommend": poll.answers.recommend,
        "easy": poll.answers.easy,
        "visits": poll.visits,
    }
    again = poll.spent_after[poll.customer] > 0
    return {name: _thirds(score[poll.customer], again) for name, score in scores.items()}


def _thirds(score: Doubles, again: NDArray[np.bool_]) -> tuple[float, float]:
    order = np.argsort(score, kind="stable")
    third = max(len(order) // 3, 1)
    return 100 * float(again[order[:third]].mean()), 100 * float(again[order[-third:]].mean())


def _quarters(figure: Figure, means: Doubles, weights: Doubles, lang: str) -> None:
    """Part the map at the means, and name its corners."""
    say = words(lang)
    middle = (float(means.mean()), float(weights.mean()))
    wide, tall = np.ptp(means) * 0.5, np.ptp(weights) * 0.4
    ends = (means.min() - wide, means.max() + wide, weights.min() - tall, weights.max() + tall)
    figure.update_xaxes(range=[round(e, 3) for e in ends[:2]], row=1, col=2)
    figure.update_yaxes(range=[round(e, 2) for e in ends[2:]], row=1, col=2)
    for x in (1, 0):
        for y in (1, 0):
            name = {(0, 1): "fix", (1, 1): "keep", (0, 0): "later", (1, 0): "enough"}[x, y]
            figure.add_annotation(
                x=round(ends[x], 3), y=round(ends[2 + y], 2), xref="x2", yref="y2",
                text=say(f"figures.gaps.{name}"), showarrow=False,
                xanchor="right" if x else "left", yanchor="top" if y else "bottom",
                font={"size": 14, "color": BAD if name == "fix" else MUTED},
            )  # fmt: skip
    line = {"color": BASE, "width": 1, "dash": "dot"}
    figure.add_vline(x=round(middle[0], 3), line=line, row=1, col=2)
    figure.add_hline(y=round(middle[1], 2), line=line, row=1, col=2)
