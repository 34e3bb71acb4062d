"""Figures of an airline: a delay in the morning is still there in the evening."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from crmsim.common.numbers import number
from crmsim.common.palette import BASE, INK, RUN
from crmsim.common.words import data_path, words
from crmsim.figures.style import label, layout, rounded

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MORNING, EVENING = 7, 19
"""Scheduled hours that the title compares."""
FEWEST = 100
"""Hours with fewer departures than this are left out."""
_CARRIERS = (("all", BASE), ("southwest", RUN))


def delays_through_the_day(lang: str = "en") -> Figure:
    """Draw departure delays by scheduled hour, New York 2013, all carriers and Southwest (B-07).

    Examples
    --------
    >>> delays_through_the_day().layout.title.text
    'A flight at 7 in the evening left 23 minutes later than one at 7 in the morning'
    """
    import plotly.graph_objects as go

    say, figure = words(lang), go.Figure()
    table = tomllib.loads(data_path("reference", "new-york-2013-delays.toml").read_text("utf-8"))
    for carrier, colour in _CARRIERS:
        hours = _delays(table[carrier])
        figure.add_scatter(
            x=list(hours), y=list(hours.values()), mode="lines+markers",
            name=say(f"figures.delays.{carrier}"), line={"color": colour, "width": 3},
        )  # fmt: skip
    everybody = _delays(table["all"])
    for hour, off, anchor in ((MORNING, -2.5, "left"), (EVENING, 2.5, "right")):
        said = say("figures.minutes", number=number(everybody[hour]))
        label(figure, hour, everybody[hour] + off, said, INK, anchor)
    later = everybody[EVENING] - everybody[MORNING]
    figure.update_layout(layout(say("figures.delays.title", minutes=number(later))))
    figure.update_layout(
        height=400, legend={"y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}
    )
    figure.update_xaxes(title=say("figures.delays.hour"), dtick=2)
    figure.update_yaxes(title=say("figures.delays.delay"), rangemode="tozero")
    return rounded(figure)


def _delays(table: dict[str, list[float]]) -> dict[float, float]:
    """Return the mean delay by hour, for hours in which enough flights departed."""
    rows = zip(table["hour"], table["flights"], table["mean_delay_min"], strict=True)
    return {hour: delay for hour, flights, delay in rows if flights >= FEWEST}
