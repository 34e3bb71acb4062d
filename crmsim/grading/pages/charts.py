"""Still pictures of marks: plain SVG in the course's colours, with words for a screen reader."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from crmsim.common.numbers import significant
from crmsim.common.palette import GOLD, LINE, MUTED, RUN, WASH
from crmsim.common.templates import framed

_BAR = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2" fill="{}"/>')
_LINE = Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}"/>')
_DOT = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="5" fill="{}" stroke="{}" stroke-width="2"/>')
_PATH = Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5"{}/>')
_WORDS = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}">{}</text>')


def histogram(
    values: Sequence[float], low: float, high: float, bins: int, axis: str, counted: str, name: str
) -> Markup:
    """Draw how often values fall into each of some equal steps.

    Examples
    --------
    >>> "3 students" in histogram([5, 50, 55], 0, 100, 10, "%", "students", "3 students")
    True
    """
    width, height, left, bottom, top = 720, 240, 44, 196, 24
    counts = _counts(values, low, high, bins)
    most = max(*counts, 1)
    step = (width - left - 16) / bins
    parts = [_WORDS.format(left - 8, 14, "start", MUTED, counted)]
    for tick in sorted({0, most, most // 2}):
        y = bottom - (bottom - top) * tick / most
        parts.append(_LINE.format(left, y, width - 16, y, LINE))
        parts.append(_WORDS.format(left - 8, y + 5, "end", MUTED, tick))
    for place, count in enumerate(counts):
        tall = (bottom - top) * count / most
        parts.append(_BAR.format(left + place * step + 2, bottom - tall, step - 4, tall, RUN))
    for place in range(0, bins + 1, max(1, bins // 5)):
        said = significant(low + (high - low) * place / bins, digits=4)
        parts.append(_WORDS.format(left + place * step, bottom + 20, "middle", MUTED, said))
    parts.append(_WORDS.format((left + width) / 2, bottom + 40, "middle", MUTED, axis))
    return framed(width, height, name, parts)


def two_curves(said: Sequence[float], came: Sequence[float], name: str) -> Markup:
    """Draw a predicted curve, and the one that came."""
    width, height = 340, 120
    low, high = min(*said, *came), max(*said, *came)

    def points(values: Sequence[float]) -> str:
        step = (width - 20) / max(1, len(values) - 1)
        rise = (height - 24) / ((high - low) or 1)
        pairs = ((10 + i * step, height - 12 - (v - low) * rise) for i, v in enumerate(values))
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)

    dashed = Markup(' stroke-dasharray="6 4"')
    parts = [
        _BAR.format(0, 0, width, height, WASH),
        _PATH.format(points(said), RUN, ""),
        _PATH.format(points(came), GOLD, dashed),
    ]
    return framed(width, height, name, parts)


def meter(share: float, name: str) -> Markup:
    """Draw the share of the points that was earned, from 0 to 1, as a bar."""
    parts = [_BAR.format(0, 0, 220, 10, LINE), _BAR.format(0, 0, 220 * min(1, share), 10, RUN)]
    return framed(220, 10, name, parts)


def before_after(before: float, after: float) -> Markup:
    """Draw two shares, from 0 to 1, on one line: an open ring before, a full dot after."""
    width, middle, edge = 220, 9, 8
    one, other = (edge + (width - 2 * edge) * share for share in (before, after))
    parts = [
        _LINE.format(edge, middle, width - edge, middle, LINE),
        _LINE.format(one, middle, other, middle, RUN),
        _DOT.format(one, middle, "#fff", MUTED),
        _DOT.format(other, middle, RUN, RUN),
    ]
    return framed(width, 2 * middle, "", parts)


def _counts(values: Sequence[float], low: float, high: float, bins: int) -> list[int]:
    counts = [0] * bins
    for value in values:
        share = (value - low) / ((high - low) or 1)
        counts[min(bins - 1, max(0, int(share * bins)))] += 1
    return counts
