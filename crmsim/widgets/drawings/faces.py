"""Drawn people: head and shoulders whose mood shows."""

from __future__ import annotations

from markupsafe import Markup

from crmsim.widgets.rendering import draw


def face(mood: float, look: str, name: str = "") -> Markup:
    """Draw head and shoulders.

    Parameters
    ----------
    mood
        From −1 (angry) to 1 (delighted); it moves brows, eyes and mouth.
    look
        One of the looks in ``templates/svg/_looks.svg``.
    name
        What a screen reader says.
    """
    mood = max(-1.0, min(1.0, mood))
    glad, sad = max(0.0, mood), max(0.0, -mood)
    outer, inner = 66.5 - 2.5 * mood, 64.5 - 2.5 * glad + 9 * sad
    return draw(
        "face",
        name,
        160,
        176,
        look=look,
        blush=0.12 + 0.33 * glad,
        smile=3 * glad,
        eye=4.6 - 1.2 * sad - 1.4 * max(0.0, mood - 0.5),
        outer=outer,
        inner=inner,
        arch=min(outer, inner) - 4 - 1.5 * glad + 2.5 * sad,
        corner=108 - 2.5 * mood,
        bend=11 * mood + 3,
        half=12 + 3 * mood,
        opening=15 * max(0.0, mood - 0.3),
    )
