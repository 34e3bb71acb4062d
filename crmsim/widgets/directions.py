"""Directions to choose from, wherever a student bets on where a measure goes."""

from __future__ import annotations

from crmsim.common.words import Translate
from crmsim.course.sessions.predictions import DIRECTIONS
from crmsim.widgets.rendering import Context


def direction_options(measure: str, guess: str | None, place: str, t: Translate) -> list[Context]:
    """Return the directions in which a measure may go, to choose from.

    Parameters
    ----------
    measure
        The name of the measure.
    guess
        The direction that is chosen, if one is.
    place
        Where the words of the directions stand, such as ``"day.way"``.
    t
        The words of the screen.

    Returns
    -------
    list of dict
        ``value``, ``text`` and ``on`` of each, as a template names them.
    """
    return [
        {"value": f"{measure}={way}", "text": t(f"{place}.{way}"), "on": guess == way}
        for way in DIRECTIONS
    ]
