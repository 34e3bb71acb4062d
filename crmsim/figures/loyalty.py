"""Figures of loyal customers: their traits, worth and silence, and how to win them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.numbers import number
from crmsim.common.palette import BAD, BASE, GOLD, GOOD, INK, MUTED, RUN
from crmsim.common.words import currency, words
from crmsim.figures.people import mark_best_fifth
from crmsim.figures.style import label, layout, rounded
from crmsim.model.theory.complaints import repurchase_when_contacted
from crmsim.model.theory.lifetime_value import gain_of_points, margin_multiple
from crmsim.model.theory.repeat_buying import RepeatBuying, alive, purchases
from crmsim.model.theory.satisfaction import intention, repurchase
from crmsim.runs.butterfly import name_of
from crmsim.runs.buyers import reference
from crmsim.runs.run import Run
from crmsim.runs.traits import TRAITS, traits
from crmsim.scenario import load
from crmsim.scenario.parameters import declared_numbers

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

INTEREST = 0.1
"""Interest a year in the figure of lifetime value; a choice."""

POINTS = 0.05
"""Five points of retention, as in the claim of Reichheld & Sasser (1990)."""

_ABOVE = {"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}


def best_fifth(lang: str = "en") -> Figure:
    """Draw the share of sales that the best buyers of a real shop bring (C-06, E-04).

    All 23,570 people who first ordered at the music shop CDNOW early in 1997, over nine months.

    Examples
    --------
    >>> best_fifth().layout.title.text
    'The best fifth of 23,570 real buyers brought 63 % of the sales, not 80 %'
    """
    import plotly.graph_objects as go

    say, figure, shop = words(lang), go.Figure(), reference()
    best = np.arange(101)
    for name, colour, dash in (("spent", RUN, "solid"), ("orders", BASE, "dot")):
        figure.add_scatter(
            x=best, y=(100 * np.array(shop[f"{name}_of_best"])).round(2), mode="lines",
            name=say(f"figures.fifth.{name}"), line={"color": colour, "width": 3, "dash": dash},
        )  # fmt: skip
    share = 100 * shop["spent_of_best"][20]
    mark_best_fifth(figure, share, say)
    title = say("figures.fifth.title", share=number(share), buyers=number(shop["buyers"]))
    figure.update_layout(layout(title))
    figure.update_layout(height=430, legend=_ABOVE)
    figure.update_xaxes(title=say("figures.fifth.buyers"), range=[0, 100])
    figure.update_yaxes(title=say("figures.fifth.share"), range=[0, 102])
    return rounded(figure)


def five_traits(run: Run, people: Sequence[int]) -> Figure:
    """Draw the five traits of a loyal customer over the years, for some people of a market (C-04).

    Parameters
    ----------
    run
        A run of a market.
    people
        Numbers of at most three people.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> run = simulate(load("buick-market").change(people=300, years=1), seed=1)
    >>> len(five_traits(run, [3, 4]).data)
    10
    """
    from plotly.subplots import make_subplots

    lang = run.scenario.lang
    say = words(lang)
    titles = [say(f"figures.traits.{name}") for name in TRAITS]
    figure = make_subplots(rows=1, cols=len(TRAITS), subplot_titles=titles, horizontal_spacing=0.05)
    ends = []
    for person, colour, dash in zip(
        people, (GOOD, BAD, RUN), ("solid", "dot", "dash"), strict=False
    ):
        lived = traits(run, person)
        # Her curves end on the day on which she leaves.
        there = lived[lived["customer"].to_numpy()]
        ends.append((float(lived["customer"].iloc[-1]), name_of(person, lang)))
        for place, name in enumerate(TRAITS):
            figure.add_scatter(
                x=(there["week"] / 52).round(3), y=there[name].round(3), mode="lines",
                name=name_of(person, lang), legendgroup=str(person), showlegend=not place,
                line={"color": colour, "width": 2.5, "dash": dash}, row=1, col=place + 1,
            )  # fmt: skip
    ends.sort(reverse=True, key=lambda end: end[0])
    title = say("figures.traits.title", loyal=ends[0][1], cool=ends[-1][1])
    figure.update_layout(layout(title))
    figure.update_layout(height=360, legend={"orientation": "h", "y": -0.24, "x": 0})
    figure.update_layout(margin={"t": 92, "l": 40})
    figure.update_annotations(font={"size": 14, "color": INK})
    figure.update_xaxes(title=say("figures.traits.years"), dtick=1)
    figure.update_yaxes(rangemode="tozero")
    return rounded(figure)


def satisfied_not_loyal(lang: str = "en") -> Figure:
    """Draw who says that she will buy again, and who does, by satisfaction (F09, F10).

    Examples
    --------
    >>> satisfied_not_loyal().layout.title.text
    'Of the satisfied (4), 78 % say they will buy again, and 40 % do'
    """
    import plotly.graph_objects as go

    say, figure, numbers = words(lang), go.Figure(), load("buick-market").numbers
    level = np.linspace(1, 5, 81)
    for curve, name, colour, dash in (
        (intention, "say", BASE, "dash"),
        (repurchase, "do", RUN, "solid"),
    ):
        figure.add_scatter(
            x=level, y=(100 * curve(level, numbers)).round(2), mode="lines",
            name=say(f"figures.loyal.{name}"), line={"color": colour, "width": 3, "dash": dash},
        )  # fmt: skip
    for x, y, name, colour in (
        (4.93, 88, "apostle", GOOD), (4.55, 12, "mercenary", MUTED),
        (1.75, 88, "hostage", MUTED), (1.4, 12, "terrorist", BAD),
    ):  # fmt: skip
        label(figure, x, y, say(f"figures.loyal.{name}"), colour, "right" if x > 3 else "center")
    for x in (numbers.talk_bad_at, numbers.talk_good_at):
        figure.add_vline(x=x, line={"color": BASE, "width": 1, "dash": "dot"})
    told, done = (round(100 * float(curve(4.0, numbers))) for curve in (intention, repurchase))
    figure.update_layout(layout(say("figures.loyal.title", say=told, do=done)))
    figure.update_layout(height=420, legend=_ABOVE)
    figure.update_xaxes(title=say("figures.loyal.satisfaction"), dtick=1, range=[0.95, 5.05])
    figure.update_yaxes(title=say("figures.loyal.share"), range=[0, 100])
    return rounded(figure)


def silence(lang: str = "en") -> Figure:
    """Draw the chance that a silent buyer still is one, by how often she used to buy (C-18).

    The model is that of Fader, Hardie & Lee (2005), fitted to all buyers of CDNOW; each buyer was
    first seen 39 weeks ago.

    Examples
    --------
    >>> len(silence().data)
    3
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    buying = RepeatBuying(**reference()["repeat_buying"])
    silent = np.arange(0, 37)
    at_half = {}
    for repeats, colour, dash in ((1, BASE, "solid"), (4, GOLD, "dash"), (12, RUN, "solid")):
        last = 39.0 - silent
        known = purchases(np.full(len(silent), repeats), last, np.full(len(silent), 39.0))
        chance = 100 * alive(known, buying)
        at_half[repeats] = round(float(chance[13]))
        figure.add_scatter(
            x=silent, y=chance.round(2), mode="lines",
            name=say("figures.silence.repeats", times=number(repeats + 1)),
            line={"color": colour, "width": 3, "dash": dash},
        )  # fmt: skip
    title = say("figures.silence.title", weeks="13", rare=at_half[1], often=at_half[12])
    figure.update_layout(layout(title))
    figure.update_layout(height=400, legend=_ABOVE)
    figure.update_xaxes(title=say("figures.silence.weeks"), dtick=4)
    figure.update_yaxes(title=say("figures.silence.chance"), range=[0, 102])
    return rounded(figure)


def worth_of_staying(lang: str = "en") -> Figure:
    """Draw how many margins a customer is worth by her retention, and three times five points more.

    Examples
    --------
    >>> worth_of_staying().layout.title.text
    'Five points more retention add 20 % at 60, 28 % at 80 and 41 % at 90'
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    kept = np.linspace(0.5, 0.97, 95)
    figure.add_scatter(
        x=100 * kept, y=np.array([margin_multiple(each, INTEREST) for each in kept]).round(3),
        mode="lines", line={"color": RUN, "width": 3}, showlegend=False,
    )  # fmt: skip
    gains = {}
    for start in (0.6, 0.8, 0.9):
        low, high = (margin_multiple(each, INTEREST) for each in (start, start + POINTS))
        gains[start] = round(100 * gain_of_points(start, POINTS, INTEREST))
        figure.add_scatter(
            x=[100 * start, 100 * (start + POINTS)], y=[low, high], mode="lines+markers",
            line={"color": GOOD, "width": 6}, marker={"size": 9}, showlegend=False,
        )  # fmt: skip
        said = say("figures.staying.gain", gain=gains[start])
        label(figure, 100 * start - 1, high + 0.35, said, GOOD, "right")
    few, some, many = gains.values()
    figure.update_layout(layout(say("figures.staying.title", few=few, some=some, many=many)))
    figure.update_layout(height=400)
    figure.update_xaxes(title=say("figures.staying.retention"))
    unit = say("figures.staying.worth", interest=round(100 * INTEREST))
    figure.update_yaxes(title=unit, rangemode="tozero")
    return rounded(figure)


def winning_back(lang: str = "en") -> Figure:
    """Draw the chance to win back a fully dissatisfied customer, by the day she is contacted (F15).

    Examples
    --------
    >>> winning_back().layout.title.text
    'Of 100 lost customers 47 buy again if called after six weeks, 30 after four months and a half'
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    numbers = declared_numbers()
    day = np.arange(0, 366, 3)
    figure.add_scatter(
        x=day, y=(100 * repurchase_when_contacted(day, numbers)).round(2), mode="lines",
        name=say("figures.back.model"), line={"color": RUN, "width": 3},
    )  # fmt: skip
    figure.add_scatter(
        x=[45, 135], y=[47.4, 29.5], mode="markers", name=say("figures.back.found"),
        marker={"color": GOLD, "size": 13}, error_x={"type": "constant", "value": 45},
    )  # fmt: skip
    soon, late = (round(100 * repurchase_when_contacted(day, numbers)) for day in (45.0, 135.0))
    figure.update_layout(layout(say("figures.back.title", soon=soon, late=late)))
    figure.update_layout(height=400, legend=_ABOVE)
    figure.update_xaxes(title=say("figures.back.day"), dtick=30)
    figure.update_yaxes(title=say("figures.back.chance"), rangemode="tozero")
    return rounded(figure)


def beside_usual(runs: Mapping[str, Run], usual: Run | Mapping[str, Run]) -> Figure:
    """Draw customers, satisfaction and value of a market led in several ways, beside the usual way.

    Markets with the same currency can stand in one figure, each beside its own usual run.

    Parameters
    ----------
    runs
        Runs with the luck of the usual one, by names that ``data/words/table.toml`` knows.
    usual
        The run that they are compared with, or one for each name.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> town = load("buick-market").change(people=400, years=1)
    >>> idle = simulate(town, seed=1)
    >>> dear = simulate(town, lambda seen: {"facilities": 3}, seed=1)
    >>> len(beside_usual({"overspend": dear}, idle).data)
    3
    """
    from plotly.subplots import make_subplots

    bases = usual if isinstance(usual, Mapping) else dict.fromkeys(runs, usual)
    some = next(iter(bases.values())).scenario
    lang = some.lang
    say = words(lang)
    names = [say(f"table.{name.replace('-', '_')}") for name in runs]
    unit = currency(some.currency, lang)
    # Money is told in 万 in Chinese, in thousands in English.
    money_unit = 1e4 if lang == "zh-Hans" else 1e3
    pairs = [(run, bases[name]) for name, run in runs.items()]
    parts = {
        "customers": [_last(run, base, "customers") for run, base in pairs],
        "evaluation": [
            float(run.series["evaluation"].mean() - base.series["evaluation"].mean())
            for run, base in pairs
        ],
        "value": [(run.value.total - base.value.total) / money_unit for run, base in pairs],
    }
    titles = [say(f"figures.beside.{name}", currency=unit) for name in parts]
    figure = make_subplots(rows=1, cols=3, subplot_titles=titles, horizontal_spacing=0.06)
    for place, (part, gaps) in enumerate(parts.items(), start=1):
        digits = 2 if part == "evaluation" else 0
        figure.add_bar(
            x=np.round(gaps, digits), y=names, orientation="h", showlegend=False,
            marker={"color": [GOOD if gap > 0 else BAD for gap in gaps]},
            text=[f"{gap:+,.{digits}f}".replace("-", "−") for gap in gaps],
            textposition="outside", textfont={"size": 14}, cliponaxis=False, row=1, col=place,
        )  # fmt: skip
        # Room on both sides for the numbers beside the bars.
        most = 1.6 * max(map(abs, gaps)) or 1.0
        figure.update_xaxes(range=[-most, most], row=1, col=place)
    worth = dict(zip(names, parts["value"], strict=True))
    best, worst = (pick(worth, key=worth.__getitem__) for pick in (max, min))
    title = "own" if isinstance(usual, Mapping) else "title"
    figure.update_layout(layout(say(f"figures.beside.{title}", best=best, worst=worst)))
    figure.update_layout(height=320, margin={"l": 150, "t": 90})
    figure.update_annotations(font={"size": 14, "color": INK})
    figure.update_yaxes(autorange="reversed")
    for column in (2, 3):
        figure.update_yaxes(showticklabels=False, row=1, col=column)
    return rounded(figure)


def _last(run: Run, usual: Run, column: str) -> float:
    return float(run.series[column][-1] - usual.series[column][-1])
