"""The three controls of a service desk: a control chart of each rate, a point a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from crmsim.common.arrays import Doubles
from crmsim.model.theory.control_chart import ControlChart, control_chart

CONTROLS = {
    "complaint_rate": ("complaints", "contacts"),
    "omission_rate": ("omissions", "complaints"),
    "dissatisfaction_rate": ("dissatisfied", "rechecked"),
}
"""Haier's three controls: each is a column of the log out of another (E-17)."""


def controls_by_day(
    logs: Sequence[Mapping[str, Doubles]], hours: int, usual: int
) -> dict[str, ControlChart]:
    """Return the control chart of each rate, a point a day.

    Parameters
    ----------
    logs
        The columns of the logs of one desk, one run after another.
    hours
        The hours of a day.
    usual
        The number of days, from the first, that set the limits.

    Returns
    -------
    dict of ControlChart
        By the name of the rate.
    """
    counts = {
        name: np.concatenate([log[name].reshape(-1, hours).sum(axis=1) for log in logs])
        for name in {each for pair in CONTROLS.values() for each in pair}
    }
    return {
        name: control_chart(np.minimum(counts[bad], counts[of]), counts[of], usual=usual)
        for name, (bad, of) in CONTROLS.items()
    }
