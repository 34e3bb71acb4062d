"""Templates in, HTML out; what is put into a template is escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

Context = dict[str, Any]


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("crmsim.widgets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(part: str, context: Context) -> str:
    """The HTML of one part of a screen."""
    return _templates().get_template(f"{part}.html").render(context)
