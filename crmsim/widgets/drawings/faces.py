"""Drawn people: head and shoulders with one of five moods."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from crmsim.widgets.numbers import mood_words
from crmsim.widgets.rendering import draw_svg


class Look(NamedTuple):
    """The shape of a face in one mood, in pixels from the top of the picture downward.

    ``outer`` and ``inner`` are the ends of the brows and ``arch`` their middle; ``eye`` is half the
    height of an eye, 0 where it laughs; ``corner`` are the corners of the mouth, ``half`` is half
    its width, ``bend`` how far its middle hangs below them, and ``opening`` how far it is open.
    """

    outer: float
    inner: float
    arch: float
    eye: float
    corner: float
    half: float
    bend: float
    opening: float
    blush: float


LOOKS = {
    "upset": Look(59, 73, 62, 3.4, 115, 13, -17, 11, 0.6),
    "uneasy": Look(69, 61, 62, 4.2, 112, 11, -8, 0, 0.0),
    "calm": Look(65, 65, 61, 4.6, 108, 10, 1, 0, 0.1),
    "pleased": Look(65, 63, 57, 4.6, 104, 15, 13, 0, 0.3),
    "delighted": Look(60, 58, 51, 0, 101, 17, 13, 19, 0.55),
}
"""The five moods, so unlike each other that they are told apart at the size of a thumbnail."""


def face(mood: float, look: str, name: str = "") -> Markup:
    """Draw head and shoulders.

    Parameters
    ----------
    mood
        From −1 (angry) to 1 (delighted); the face shows the one of the five moods that it is.
    look
        One of the looks in ``templates/svg/_looks.svg``.
    name
        What a screen reader says.
    """
    key = mood_words(mood)
    return draw_svg("face", name, 160, 176, look=look, mood=key, **LOOKS[key]._asdict())
