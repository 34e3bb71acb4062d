"""Templates of HTML and SVG: every value is escaped, and a name that is not there is a mistake."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_FRAME = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
    'height="{height}" role="img" aria-label="{name}" font-size="14">{inside}</svg>'
)


def templates_of(package: str) -> Environment:
    """Return the templates of a package.

    Parameters
    ----------
    package
        The name of a package that has a folder ``templates``.
    """
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def style_and_policy(templates: Environment, sheet: str) -> dict[str, str]:
    """Return a style sheet, and the policy that lets a browser use it and nothing else.

    Parameters
    ----------
    templates
        The templates, among which the style sheet is.
    sheet
        The name of the style sheet.

    Returns
    -------
    dict of str
        ``style`` and ``policy``, as a template names them.
    """
    style = templates.get_template(sheet).render().strip()
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'"
    return {"style": style, "policy": policy}


def framed(width: float, height: float, name: str, parts: Iterable[Markup]) -> Markup:
    """Return a drawing of its parts.

    Parameters
    ----------
    width, height
        In pixels.
    name
        What a screen reader says.
    parts
        SVG.
    """
    inside = Markup("").join(parts)
    return _FRAME.format(width=width, height=height, name=name, inside=inside)
