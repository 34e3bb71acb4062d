"""The kinds of case, called worlds: one line for each says where in the package it is at home."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple


class Home(NamedTuple):
    """Places of the parts of a world: ``module:name``, empty where it has no such part.

    Attributes
    ----------
    schema
        What a case of this world holds.
    model
        The class that plays it (see :class:`crmsim.model.chair.World`).
    figure
        The function that draws a run of it.
    session, play
        What a person does on the screen, and the widget; empty if it is only simulated.
    review, shorten
        What ``crmsim lint`` looks at, and what ``crmsim new`` keeps of a model.
    """

    schema: str
    model: str
    figure: str
    review: str
    session: str = ""
    play: str = ""
    shorten: str = ""


WORLDS = {
    "encounter": Home(
        schema="scenario.encounter:EncounterScenario",
        model="model.encounter:Encounter",
        figure="figures.runs:journey",
        review="authoring.report:review_visit",
        session="course.sessions.visit:VisitSession",
        play="widgets.visit.play:Play",
        shorten="authoring.skeleton:short_visit",
    ),
    "market": Home(
        schema="scenario.market:MarketScenario",
        model="model.market.market:Market",
        figure="figures.runs:curves",
        review="authoring.markets:review_market",
        session="course.sessions.market:MarketSession",
        play="widgets.market.play:MarketPlay",
        shorten="authoring.skeleton:short_market",
    ),
    "desk": Home(
        schema="scenario.desk:DeskScenario",
        model="model.desk.desk:Desk",
        figure="figures.runs:hours",
        review="authoring.report:review_desk",
        session="course.sessions.desk:DeskSession",
        play="widgets.desk.play:DeskPlay",
    ),
}


def part_of(world: str, part: str) -> Any:
    """Return a part of a world, loaded only now; None where it has no such part.

    Parameters
    ----------
    world
        A key of ``WORLDS``.
    part
        A field of ``Home``.

    Returns
    -------
    class or function
        As the module has it, or None.

    Examples
    --------
    >>> part_of("desk", "schema").__name__, part_of("desk", "shorten")
    ('DeskScenario', None)
    """
    module, _, name = getattr(WORLDS[world], part).partition(":")
    return getattr(import_module(f"crmsim.{module}"), name) if module else None
