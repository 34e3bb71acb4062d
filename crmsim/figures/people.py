"""Figures of customers: who complains, what delights and for how long, who brings the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmsim.common.calendar import WEEKS_YEAR
from crmsim.common.numbers import number
from crmsim.common.palette import BAD, BASE, GOLD, GOOD, INK, PAPER, RUN, WATER
from crmsim.common.words import Translate, words
from crmsim.figures.style import label, layout, note_of_doubt, rounded
from crmsim.model.market.market import Market
from crmsim.model.theory.complaints import stay_chances, staying
from crmsim.model.theory.concentration import lorenz, share_of_top
from crmsim.model.theory.kano import felt_after, shares_after
from crmsim.scenario import load
from crmsim.scenario.parameters import declared_numbers

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

YEARS = 5


def complaint_iceberg(lang: str = "en") -> Figure:
    """Draw a hundred customers with a small problem: those head office hears of, and the others.

    Height is number: what lies above the water is what management sees (C-14). Whoever does not
    reach head office counts as silent; all shares are TARP's, of small problems.

    Examples
    --------
    >>> complaint_iceberg().layout.title.text
    'Small problems: for each complaint at head office, 15 customers leave without a word'
    """
    import plotly.graph_objects as go

    say, numbers = words(lang), declared_numbers()
    stays = stay_chances(numbers, "small")["silent"]
    heard = 100 * numbers.head_office_share
    leave = (100 - heard) * (1 - stays)
    bottom = heard - 100
    figure = go.Figure()
    figure.add_hrect(y0=bottom - 6, y1=0, fillcolor=WATER, line_width=0, layer="below")
    for low, high, colour in (
        (0.0, heard, GOLD),
        (-leave, 0.0, BAD),
        (bottom, -leave, BASE),
    ):
        height = np.linspace(high, low, 25)
        right, left = _flank(height, heard, bottom, 0.9), _flank(height, heard, bottom, 2.3)
        figure.add_scatter(
            x=np.concatenate([right, -left[::-1]]), y=np.concatenate([height, height[::-1]]),
            fill="toself", fillcolor=colour, line={"color": PAPER, "width": 2}, mode="lines",
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
    for height, name, count, colour in (
        (heard + 4, "heard", heard, INK),
        (-leave / 2, "leave", leave, BAD),
        ((bottom - leave) / 2, "stay", 100 - heard - leave, INK),
    ):
        said = say(f"figures.iceberg.{name}", number=number(count))
        label(figure, 0.95, height, said, colour)
    figure.add_hline(y=0, line={"color": RUN, "width": 2})
    label(figure, -2.5, 4, say("figures.iceberg.water"), RUN)
    figure.update_layout(layout(say("figures.iceberg.title", silent=number(leave / heard))))
    figure.update_layout(height=460)
    figure.update_xaxes(visible=False, range=[-2.6, 3.4])
    figure.update_yaxes(visible=False, range=[bottom - 6, heard + 12])
    note_of_doubt(figure, ["stay_silent_small"], lang, below=10)
    return rounded(figure)


def who_stays(lang: str = "en") -> Figure:
    """Draw a hundred customers with a serious problem: a slider moves how many of them complain.

    Half of the complaints are solved, half of these fast. Shares are TARP's, of serious problems.

    Examples
    --------
    >>> who_stays().layout.title.text
    'If 4 of 100 with a serious problem complain, 10 stay customers; if all do, 43'
    """
    import plotly.graph_objects as go

    say, numbers = words(lang), declared_numbers()
    chances = stay_chances(numbers)
    solved, fast = 0.5, 0.5
    parts = {"unresolved": 1 - solved, "resolved": solved * (1 - fast), "fast": solved * fast}

    def of(share: float) -> tuple[list[float], list[float]]:
        people = {"silent": 100 * (1 - share)} | {
            fate: 100 * share * part for fate, part in parts.items()
        }
        stay = [round(count * chances[fate], 1) for fate, count in people.items()]
        go_away = [
            round(count - stays, 1) for count, stays in zip(people.values(), stay, strict=True)
        ]
        return stay, go_away

    def title(share: float) -> str:
        stay, whole = (round(100 * staying(c, solved, fast, numbers)) for c in (share, 1.0))
        told = {"complain": number(100 * share), "stay": number(stay), "all": number(whole)}
        return say("figures.stays.title" if share < 1 else "figures.stays.title_all", **told)

    places = [say(f"figures.stays.{fate}") for fate in ("silent", *parts)]
    shares = (0.04, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    figure = go.Figure()
    for name, values, colour, pattern in (
        ("stay", of(shares[0])[0], GOOD, ""),
        ("leave", of(shares[0])[1], BAD, "/"),
    ):
        figure.add_bar(
            x=places, y=values, name=say(f"figures.stays.{name}"),
            marker={"color": colour, "pattern": {"shape": pattern, "fgcolor": PAPER}},
        )  # fmt: skip
    steps = [
        {
            "label": number(100 * share),
            "method": "update",
            "args": [{"y": list(of(share))}, {"title.text": title(share)}],
        }
        for share in shares
    ]
    figure.update_layout(layout(title(shares[0])))
    figure.update_layout(
        barmode="stack",
        height=470,
        margin={"b": 150},
        sliders=[
            {
                "steps": steps,
                "active": 0,
                "pad": {"t": 46},
                "currentvalue": {"prefix": say("figures.stays.slider"), "font": {"size": 14}},
            }
        ],
    )
    figure.update_yaxes(title=say("figures.stays.people"), range=[0, 100])
    return rounded(figure)


def delight_fades(lang: str = "en") -> Figure:
    """Draw how the same surprise is felt year after year, and how its absence would be (Kano).

    Examples
    --------
    >>> len(delight_fades().data)
    2
    """
    import plotly.graph_objects as go

    say, numbers, figure = words(lang), declared_numbers(), go.Figure()
    weeks = np.arange(0, WEEKS_YEAR * YEARS + 1, 4)
    for surplus, name, colour in ((1.0, "given", GOOD), (-1.0, "lacking", BAD)):
        figure.add_scatter(
            x=weeks / WEEKS_YEAR, y=felt_after(surplus, weeks, numbers).round(3), mode="lines",
            name=say(f"figures.delight.{name}"), line={"color": colour, "width": 3},
        )  # fmt: skip
    left = round(100 * float(felt_after(1.0, 104.0, numbers) / felt_after(1.0, 0.0, numbers)))
    basic = round(100 * float(shares_after(52.0 * YEARS, numbers)["basic"]))
    figure.update_layout(layout(say("figures.delight.title", left=left, basic=basic)))
    figure.update_layout(legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"})
    figure.update_xaxes(title=say("figures.delight.years"), dtick=1)
    figure.update_yaxes(title=say("figures.delight.felt"), zeroline=True, zerolinecolor=INK)
    note_of_doubt(figure, ["delight_half_life_week", "unexpected_gain", "basic_loss"], lang)
    return rounded(figure)


def eighty_twenty(lang: str = "en", seed: int = 1) -> Figure:
    """Draw the share of service sales that the best customers of a town bring (C-06, F34).

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    seed
        The seed of the simulated town.

    Examples
    --------
    >>> eighty_twenty().layout.title.text
    'The best fifth of the customers brings ... % of service sales, not 80 %'
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    spent = _spent(seed)
    customers, value = lorenz(spent[spent > 0])
    best = np.linspace(0, 1, 101)
    share = 1 - np.interp(1 - best, customers, value)
    top = share_of_top(spent[spent > 0])
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", name=say("figures.lorenz.equal"),
        line={"color": BASE, "width": 2, "dash": "dash"},
    )  # fmt: skip
    figure.add_scatter(
        x=100 * best, y=(100 * share).round(2), mode="lines", name=say("figures.lorenz.simulated"),
        line={"color": RUN, "width": 3},
    )  # fmt: skip
    mark_best_fifth(figure, 100 * top, say)
    figure.update_layout(layout(say("figures.lorenz.title", share=number(100 * top))))
    figure.update_layout(
        height=430, legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}
    )
    figure.update_xaxes(title=say("figures.lorenz.customers"), range=[0, 100])
    figure.update_yaxes(title=say("figures.lorenz.sales"), range=[0, 102])
    return rounded(figure)


def mark_best_fifth(figure: Figure, share: float, say: Translate) -> None:
    """Mark the share (%) that the best fifth brings, and the 80 % of the textbook.

    Parameters
    ----------
    figure
        A figure of shares by the share of buyers, both in per cent.
    share
        What the best fifth brings.
    say
        The words of the figure.
    """
    for height, colour, name in ((share, RUN, "here"), (80, GOLD, "textbook")):
        figure.add_scatter(
            x=[20], y=[height], mode="markers", marker={"color": colour, "size": 11},
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
        said = say(f"figures.lorenz.{name}", share=number(height))
        x, y, anchor = (22.5, height - 3, "left") if name == "here" else (20, height + 7, "center")
        label(figure, x, y, said, INK, anchor)


def _flank(
    height: NDArray[np.float64], top: float, bottom: float, jag: float
) -> NDArray[np.float64]:
    """Return half the width of the iceberg at a height, rough as ice is."""
    depth = (top - height) / (top - bottom)
    smooth = 1.15 * np.sqrt(depth) * (1 - 0.55 * depth**3)
    return smooth + 0.05 * np.sin(jag * 17 * depth) * depth * (1 - depth) * 4


def _spent(seed: int) -> NDArray[np.float64]:
    """Return what each person of a town spent on service in three years, in currency."""
    market = Market(load("buick-market").change(people=2000), seed)
    spent = np.zeros(market.people.count)
    for _ in range(156):
        week = market.pass_week()
        served = ~np.isin(week.people, week.buyers)
        spent[week.people[served]] += week.sales[served]
    return spent
