"""Templates in, HTML and SVG out; every value that is put into a template is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from crmsim.common import palette
from crmsim.common.templates import templates_of
from crmsim.common.words import Translate

Context = dict[str, Any]


@dataclass(frozen=True)
class Screen:
    """Everything that is seen at one moment, computed once.

    ``regions`` are the parts of the screen as HTML, by name; ``say`` is read aloud.
    """

    regions: dict[str, str]
    say: str = ""


@cache
def _templates() -> Environment:
    """Return the templates of HTML and SVG, which know the palette and the filters below."""
    templates = templates_of("crmsim.widgets")
    templates.filters |= {"px": pixels, "line": path_through}
    templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    templates.globals |= {"palette": palette}
    return templates


def render(part: str, context: Context) -> str:
    """Return the HTML of one part of a screen.

    Parameters
    ----------
    part
        The name of the template, without ``.html``.
    context
        What the template may use, by name.
    """
    return _templates().get_template(f"{part}.html").render(context)


def composed(parts: Mapping[str, str], context: Context, say: str) -> Screen:
    """Return the screen of some templates: its head, its parts, and its note if there is one.

    Parameters
    ----------
    parts
        The name of the template of each region.
    context
        What the templates may use, by name; ``note`` is the text of the note, or empty.
    say
        What a screen reader says.
    """
    parts = {"head": "head", **parts} | ({"note": "note"} if context["note"] else {})
    return Screen({region: render(part, context) for region, part in parts.items()}, say)


def base_context(session: Any, t: Translate, asking: object, note: str) -> Context:
    """Return what the templates of every play may use.

    Parameters
    ----------
    session
        The session that is shown.
    t
        The words of the screen.
    asking
        The question that is asked, if there is one.
    note
        A note on the screen.

    Returns
    -------
    dict
        Values by the names under which the templates know them.
    """
    scenario = session.scenario()
    return {
        "t": t,
        "lang": session.lang,
        "scenario": scenario,
        "title": scenario.title[session.lang],
        "begun": session.phase != "opening",
        "session": session,
        "asking": asking,
        "note": note,
    }


def draw_svg(drawing: str, name: str, width: float, height: float, **values: Any) -> Markup:
    """Return a drawing from its template.

    Parameters
    ----------
    drawing
        The template: ``templates/svg/<drawing>.svg``.
    name
        What a screen reader says of it.
    width, height
        Its size, in pixels.
    values
        Whatever else the template uses.
    """
    template = _templates().get_template(f"svg/{drawing}.svg")
    return Markup(template.render(name=name, width=width, height=height, **values).strip())


def prepare(*names: str) -> None:
    """Compile templates before they are needed, so that their first screen comes at once.

    Parameters
    ----------
    names
        Names of templates, without ``.html``.
    """
    for name in names:
        _templates().get_template(name)


def pixels(value: float) -> str:
    """Write a coordinate to a tenth of a pixel.

    Parameters
    ----------
    value
        The coordinate, in pixels.

    Examples
    --------
    >>> pixels(12), pixels(0.26)
    ('12', '0.3')
    """
    return f"{value:.1f}".removesuffix(".0")


def path_through(points: Iterable[tuple[float, float]]) -> str:
    """Write the path through some points.

    Examples
    --------
    >>> path_through([(0, 1), (2, 3.5)])
    'M0 1L2 3.5'
    """
    return "M" + "L".join(f"{pixels(x)} {pixels(y)}" for x, y in points)
