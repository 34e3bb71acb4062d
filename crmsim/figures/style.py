"""Style shared by every figure: type, axes, labels, and a note below about uncertain numbers."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from crmsim.common.numbers import significant
from crmsim.common.palette import BAD, INK, LINE, MUTED, PAPER
from crmsim.common.words import language, words
from crmsim.scenario.parameters import declared_parameters

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


_AXIS = {
    "gridcolor": LINE,
    "zerolinecolor": LINE,
    "exponentformat": "none",
    "separatethousands": True,
}
"""Every axis of every figure: quiet lines, and numbers written out."""


def layout(title: str) -> dict[str, object]:
    """Return the layout of a figure with that title."""
    return {
        "title": {"text": title, "x": 0, "xanchor": "left", "font": {"size": 17, "color": INK}},
        "template": {"layout": {"xaxis": _AXIS, "yaxis": _AXIS}},
        "font": {"size": 14, "color": MUTED},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "margin": {"l": 70, "r": 20, "t": 70, "b": 55},
        "height": 360,
        "legend": {"orientation": "h", "y": 1.12, "x": 1, "xanchor": "right"},
    }


def rounded(figure: Figure) -> Figure:
    """Round the numbers of a figure to 7 digits, the same on every machine, and return it."""
    for trace in figure.data:
        for axis in ("x", "y"):
            values = np.asarray(trace[axis])
            if values.dtype == np.float64:
                trace[axis] = values.astype(np.float32)
    return figure


def label(figure: Figure, x: float, y: float, text: str, colour: str, anchor: str = "left") -> None:
    """Put words beside a curve, in its colour, instead of a legend."""
    figure.add_annotation(
        x=x, y=y, text=text, showarrow=False, xanchor=anchor, font={"size": 14, "color": colour}
    )


def lines(text: str, most: int = 40) -> str:
    """Break words into lines of at most so many letters.

    Examples
    --------
    >>> lines("what a purchase brings in", most=15)
    'what a purchase<br>brings in'
    """
    return "<br>".join(wrap(text, most))


def note_of_doubt(figure: Figure, names: Iterable[str], lang: str, below: int = 62) -> None:
    """Write below a figure which of its numbers nobody has verified."""
    say, chinese = words(lang), language(lang) == "zh-Hans"
    unsure = [
        each for each in map(declared_parameters().get, names) if each.status == "from memory"
    ]
    if not unsure:
        return
    told = say("figures.separator").join(
        say(
            "figures.number",
            name=each.zh_hans if chinese else each.en,
            value=significant(each.value),
        )
        for each in unsure
    )
    figure.update_layout(margin={"b": below + 40})
    figure.add_annotation(
        x=0, y=0, yshift=-below, xref="paper", yref="paper", xanchor="left", yanchor="top",
        text=say("figures.from_memory", numbers=told), showarrow=False, align="left",
        font={"size": 14, "color": BAD},
    )  # fmt: skip
