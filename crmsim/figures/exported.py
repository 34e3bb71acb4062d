"""Figures in exported notebooks: nbconvert knows no figures of Plotly, so they become HTML."""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import Preprocessor
from plotly.io import to_html

FIGURE = "application/vnd.plotly.v1+json"


class FiguresAsHtml(Preprocessor):
    """A step of nbconvert that adds HTML to every figure; the page needs no network.

    Jupyter's settings, which are installed with the course, name it for each export to HTML.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook with figures as HTML; the first brings what draws them all."""
        drawn = False
        for cell in nb.cells:
            for output in cell.get("outputs", ()):
                data = output.get("data", {})
                if FIGURE in data and "text/html" not in data:
                    figure = {part: data[FIGURE].get(part) for part in ("data", "layout")}
                    data["text/html"] = to_html(
                        figure, full_html=False, include_plotlyjs=not drawn, validate=False
                    )
                    drawn = True
        return nb, resources
