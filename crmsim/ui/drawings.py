"""Small drawings as SVG: pure functions from data and labels to text, no words of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import atan2, copysign, cos, degrees, pi, sin

from markupsafe import Markup, escape

INK, MUTED, LINE, WASH = "#1F2933", "#52606D", "#D9E2EC", "#F5F7FA"
RUN, BASE, BAD, GOOD, GOLD = "#0072B2", "#8A94A0", "#D55E00", "#009E73", "#E69F00"
BAD_TEXT, GOOD_TEXT = "#A84300", "#00694A"  # the same two colours, dark enough to be read


def svg(
    width: float,
    height: float,
    name: str,
    body: str,
    css: str = "",
    fit: str = "xMidYMid",
    role: str = "img",
) -> Markup:
    """A drawing of `width` × `height` pixels whose accessible name is `name`."""
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{css}" role="{role}" '
        f'aria-label="{escape(name)}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" preserveAspectRatio="{fit}">{body}</svg>'
    )


# --- the person opposite -----------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """How a drawn person looks: colours, and the hair behind and before the head."""

    skin: str
    hair: str
    clothes: str
    behind: str
    before: str
    extra: str = ""


FRINGE = "M44 76 C42 40 64 27 84 28 C110 28 120 48 117 76 C110 62 104 56 98 52 C84 60 60 58 44 76Z"
SHORT = (
    "M44 72 C40 38 60 26 82 27 C106 26 121 42 116 72 C113 60 108 54 104 50 C88 54 66 50 56 50 "
    "C50 56 47 62 44 72Z"
)
LOOKS: Mapping[str, Look] = {
    "bob": Look(
        "#F3CDAE",
        "#3A2A24",
        "#2F7F86",
        "M38 82 C34 38 58 20 81 20 C106 20 127 38 122 82 C122 104 120 112 114 116 L46 116 "
        "C40 112 38 104 38 82Z",
        FRINGE,
    ),
    "short": Look(
        "#F1C9A8",
        "#2B2622",
        "#3F5E8C",
        "M39 88 C34 46 54 22 82 22 C110 22 126 46 121 88 L112 98 L48 98Z",
        "M43 84 C38 44 58 24 84 25 C110 26 122 48 117 84 C114 70 110 60 104 54 C92 62 66 60 52 66 "
        "C48 70 45 76 43 84Z",
        '<g fill="#E69F00"><circle cx="43" cy="97" r="2.8"/><circle cx="117" cy="97" r="2.8"/></g>',
    ),
    "bun": Look(
        "#F0C6A4",
        "#5A3A28",
        "#A8577E",
        "M66 20 a15 14 0 1 1 29 0 a15 14 0 1 1 -29 0Z M42 78 C40 42 58 24 80 24 C104 24 "
        "120 42 118 78Z",
        "M43 76 C42 42 60 29 80 29 C101 29 119 42 117 76 C112 56 98 44 80 42 C62 44 48 56 43 76Z",
    ),
    "cap": Look(
        "#DDAE85",
        "#2B2622",
        "#6B7A3A",
        "M44 80 C42 60 44 56 48 50 L112 50 C117 58 118 62 116 80Z",
        "M43 60 C42 34 58 22 80 22 C102 22 119 34 117 60 C92 52 68 52 43 60Z",
        '<path d="M45 58 C66 48 100 47 132 60 C134 65 130 67 125 66 C100 58 70 57 45 62Z" '
        'fill="#B5482F"/><path d="M43 60 C42 34 58 22 80 22 C102 22 119 34 117 60 C92 51 '
        '68 51 43 60Z" '
        'fill="#C9553A"/>',
    ),
    "grey": Look(
        "#EBC4A3",
        "#9AA3AC",
        "#6A5A7D",
        "M42 84 C38 50 50 34 60 30 L100 30 C112 34 122 50 118 84Z",
        "M44 66 C46 40 62 28 80 28 C100 28 114 40 116 66 C110 54 104 48 96 45 C80 40 60 44 44 66Z",
    ),
    "glasses": Look(
        "#F1CAA8",
        "#241F1C",
        "#4C6B5D",
        "",
        SHORT,
        '<g fill="#FFFFFF" fill-opacity=".25" stroke="#1F2933" stroke-width="2.2">'
        '<rect x="52" y="70" width="24" height="19" rx="8"/><rect x="84" y="70" width="24" '
        'height="19" rx="8"/>'
        '<path d="M76 78 q4 -3 8 0" fill="none"/></g>',
    ),
    "sales": Look(
        "#EFC6A2",
        "#30261F",
        "#27384A",
        "",
        SHORT,
        '<path d="M76 140 L84 140 L86 148 L80 176 L74 148Z" fill="#0072B2"/>'
        '<rect x="108" y="152" width="24" height="9" rx="2" fill="#FFFFFF" fill-opacity=".9"/>',
    ),
}


def face(mood: float, look: str, name: str = "") -> Markup:
    """Head and shoulders; `mood` from −1 (angry) to 1 (delighted) moves brows, eyes and mouth."""
    mood, drawn = max(-1.0, min(1.0, mood)), LOOKS[look]
    body = (
        f'<path d="{drawn.behind or "M0 0"}" fill="{drawn.hair}"/>{_shoulders(drawn)}{_head(drawn)}'
        f"{_cheeks(mood)}{_eyes(mood)}{_brows(mood, drawn.hair)}{_mouth(mood)}"
        f'<path d="{drawn.before}" fill="{drawn.hair}"/>{drawn.extra}'
    )
    return svg(160, 176, name, body, "crmsim-face")


def _shoulders(look: Look) -> str:
    return (
        f'<path d="M10 176 C12 144 36 136 62 132 L98 132 C124 136 148 144 150 176Z" '
        f'fill="{look.clothes}"/><path d="M62 131 L80 154 L98 131Z" fill="#FFFFFF" '
        'fill-opacity=".9"/>'
        f'<path d="M68 108 L68 132 Q80 146 92 132 L92 108Z" fill="{look.skin}"/>'
        '<path d="M68 118 Q80 130 92 118 L92 124 Q80 136 68 124Z" fill="#000000" '
        'fill-opacity=".08"/>'
    )


def _head(look: Look) -> str:
    return (
        f'<g fill="{look.skin}"><ellipse cx="44" cy="82" rx="6" ry="9"/><ellipse cx="116" '
        'cy="82" rx="6" '
        'ry="9"/><path d="M44 72 C44 44 60 34 80 34 C100 34 116 44 116 72 C116 104 100 124 80 124 '
        'C60 124 44 104 44 72Z"/></g><path d="M80 82 q5 10 -1 12" fill="none" stroke="#000000" '
        'stroke-opacity=".25" stroke-width="2" stroke-linecap="round"/>'
    )


def _cheeks(mood: float) -> str:
    blush = 0.12 + 0.33 * max(0.0, mood)
    return (
        f'<g fill="#E4573D" fill-opacity="{blush:.2f}"><ellipse cx="57" cy="97" rx="8" ry="5"/>'
        '<ellipse cx="103" cy="97" rx="8" ry="5"/></g>'
    )


def _eyes(mood: float) -> str:
    height = 4.6 - 1.2 * max(0.0, -mood) - 1.4 * max(0.0, mood - 0.5)
    smile = max(0.0, mood) * 3
    lids = "".join(
        f'<path d="M{x - 6} {85:g} q6 {smile:.1f} 12 0" fill="none" stroke="#000000" '
        f'stroke-opacity="{0.3 * max(0.0, mood):.2f}" stroke-width="1.6" stroke-linecap="round"/>'
        for x in (64, 96)
    )
    return lids + "".join(
        f'<ellipse cx="{x}" cy="79" rx="3.8" ry="{height:.1f}" fill="#2B2622"/>'
        f'<circle cx="{x + 1.3}" cy="77.4" r="1.2" fill="#FFFFFF"/>'
        for x in (64, 96)
    )


def _brows(mood: float, hair: str) -> str:
    outer = 66.5 - 2.5 * mood
    inner = 64.5 - 2.5 * max(0.0, mood) + 9 * max(0.0, -mood)
    arch = min(outer, inner) - 4 - 1.5 * max(0.0, mood) + 2.5 * max(0.0, -mood)
    colour = "#7D868F" if hair == "#9AA3AC" else "#2B2622"
    return (
        f'<g fill="none" stroke="{colour}" stroke-width="3" stroke-linecap="round">'
        f'<path d="M55 {outer:.1f} Q64 {arch:.1f} 72 {inner:.1f}"/>'
        f'<path d="M105 {outer:.1f} Q96 {arch:.1f} 88 {inner:.1f}"/></g>'
    )


def _mouth(mood: float) -> str:
    corner, bend = 108 - 2.5 * mood, 11 * mood + 3
    opening = 15 * max(0.0, mood - 0.3)
    half = 12 + 3 * mood
    left, right = f"{80 - half:.1f} {corner:.1f}", f"{80 + half:.1f} {corner:.1f}"
    return (
        f'<path d="M{left} Q80 {corner + bend:.1f} {right} Q80 '
        f'{corner + bend + opening * 1.5:.1f} {left}Z" '
        f'fill="{"#FFFFFF" if opening else "none"}" stroke="#7A2E2A" stroke-width="2.8" '
        'stroke-linejoin="round"/>'
    )


# --- expected against perceived ----------------------------------------------------------------


def gap_bars(
    expected: Mapping[str, float],
    perceived: Mapping[str, float],
    labels: Mapping[str, str],
    change: Mapping[str, float],
    name: str = "",
    width: float = 300,
) -> Markup:
    """One row a dimension: expectation as an outline, perception as a bar, the deficit in red."""
    rows = "".join(
        _gap_row(38 * i, labels[d], expected[d], perceived[d], change.get(d, 0.0), width)
        for i, d in enumerate(labels)
    )
    return svg(width, 38 * len(labels), name, rows, "crmsim-gaps")


def _gap_row(y: float, label: str, e: float, p: float, change: float, width: float) -> str:
    track = width - 2
    x_e, x_p = (1 + track * max(0.0, min(1.0, v)) for v in (e, p))
    colour, sign = (GOOD_TEXT, "▲") if change > 0 else (BAD_TEXT, "▼")
    points = round(abs(change) * 100)
    moved = f"{sign} {points}" if points else ""
    missing = max(0.0, x_e - x_p)
    return (
        f'<text x="0" y="{y + 14}" font-size="14" fill="{INK}">{escape(label)}</text>'
        f'<text x="{width:g}" y="{y + 14}" font-size="14" font-weight="600" text-anchor="end" '
        f'fill="{colour}">{moved}</text>'
        f'<rect x="1" y="{y + 20}" width="{track:g}" height="9" rx="4.5" fill="#E9EEF3"/>'
        f'<rect class="bar" x="1" y="{y + 20}" width="{x_p - 1:.1f}" height="9" rx="4.5" '
        f'fill="{RUN}"/>'
        f'<rect class="bar" x="{x_p:.1f}" y="{y + 21}" width="{missing:.1f}" height="7" '
        f'fill="{BAD}"/>'
        f'<path class="bar" d="M{x_e:.1f} {y + 16.5} v16" stroke="{INK}" stroke-width="2.5" '
        'stroke-linecap="round"/>'
    )


# --- the journey -------------------------------------------------------------------------------

JOURNEY_HEIGHT = 58


def journey_points(
    emotions: Sequence[float], ahead: int, done: bool = False
) -> list[tuple[float, float]]:
    """Where each touchpoint lies, as (percent across, pixels down): those met, now, and to come."""
    open_ones = 0 if done else 1 + ahead
    count = len(emotions) + open_ones
    heights = [_height(e) for e in emotions] + [_height(0.0)] * open_ones
    return [(100 * (i + 0.5) / count, y) for i, y in enumerate(heights)]


def _height(emotion: float) -> float:
    """Small feelings are drawn larger than they are (square root), so that they can be seen."""
    drawn = copysign(min(1.0, abs(emotion)) ** 0.5, emotion)
    return JOURNEY_HEIGHT / 2 - drawn * (JOURNEY_HEIGHT / 2 - 11)


def journey(emotions: Sequence[float], ahead: int, name: str = "", done: bool = False) -> Markup:
    """The emotion curve over the touchpoints: drawn as far as it is known, dotted ahead."""
    points = [(10 * x, y) for x, y in journey_points(emotions, ahead, done)]
    known = points[: len(emotions)]
    rest = points[max(0, len(emotions) - 1) :] if not done else []
    middle = JOURNEY_HEIGHT / 2
    body = (
        f'<path d="M0 {middle} H1000" stroke="{LINE}" stroke-width="1" '
        'vector-effect="non-scaling-stroke"/>'
        f'<path d="{_smooth(rest)}" fill="none" stroke="{BASE}" stroke-width="2" '
        'stroke-dasharray="2 6" '
        'stroke-linecap="round" vector-effect="non-scaling-stroke"/>'
        f'<path d="{_area(known, middle)}" fill="{RUN}" fill-opacity=".08"/>'
        f'<path d="{_smooth(known)}" fill="none" stroke="{RUN}" stroke-width="3" '
        'stroke-linecap="round" vector-effect="non-scaling-stroke"/>'
    )
    return svg(1000, JOURNEY_HEIGHT, name, body, "crmsim-curve", "none")


def _smooth(points: Sequence[tuple[float, float]]) -> str:
    """A curve through the points that never overshoots them."""
    if not points:
        return "M0 0"
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        path += f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    return path


def _area(points: Sequence[tuple[float, float]], floor: float) -> str:
    if len(points) < 2:
        return "M0 0"
    return f"{_smooth(points)}L{points[-1][0]:.1f} {floor} L{points[0][0]:.1f} {floor}Z"


# --- the loop ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """One node of the loop: its name, how far it is from the base case, and its history."""

    label: str
    change: str
    direction: int
    run: Sequence[float]
    base: Sequence[float]
    arrival: int | None = None
    when: str = ""


CARD_W, CARD_H = 150, 76


def loop(
    nodes: Sequence[Node],
    name: str = "",
    fresh: str = "",
    centre: tuple[str, str, str] = ("", "", ""),
    size: tuple[int, int] = (580, 408),
) -> Markup:
    """The nodes as cards on an ellipse, joined by arrows; cards light up in order of arrival.

    `centre` is what the loop comes to: a label, the finding, what it is held against.
    """
    width, height = size
    middle, radius = (
        (width / 2, height / 2),
        (width / 2 - CARD_W / 2 - 2, height / 2 - CARD_H / 2 - 2),
    )
    angles = [-pi / 2 + 2 * pi * i / len(nodes) for i in range(len(nodes))]
    places = [(middle[0] + radius[0] * cos(a), middle[1] + radius[1] * sin(a)) for a in angles]
    arrows = "".join(
        _arrow(_arrow_shape(middle, radius, angle, angle + 2 * pi / len(nodes)), node)
        for angle, node in zip(angles, nodes, strict=True)
    )
    cards = "".join(_card(node, *place) for node, place in zip(nodes, places, strict=True))
    body = f'<g data-fresh="{escape(fresh)}">{arrows}{cards}</g>{_centre(centre, *middle)}'
    return svg(width, height, name, body, "crmsim-loop")


def _centre(words: tuple[str, str, str], x: float, y: float) -> str:
    looks = ((-24, 14, 400, MUTED), (8, 26, 700, INK), (32, 14, 400, MUTED))
    return "".join(
        f'<text x="{x:g}" y="{y + down:g}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="middle" fill="{colour}">{escape(word)}</text>'
        for word, (down, size, weight, colour) in zip(words, looks, strict=True)
    )


@cache
def _arrow_shape(
    middle: tuple[float, float], radius: tuple[float, float], start: float, stop: float
) -> tuple[str, str]:
    """The piece of the ellipse between the cards at two angles, and the place of its head."""

    def at(angle: float) -> tuple[float, float]:
        return middle[0] + radius[0] * cos(angle), middle[1] + radius[1] * sin(angle)

    line = [at(start + (stop - start) * i / 200) for i in range(201)]
    free = [p for p in line if _outside(p, at(start)) and _outside(p, at(stop))]
    (x1, y1), (x0, y0) = free[-1], free[-7]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in free[:-3:3])
    return path, f"translate({x1:.1f} {y1:.1f}) rotate({degrees(atan2(y1 - y0, x1 - x0)):.0f})"


def _arrow(shape: tuple[str, str], node: Node) -> str:
    state = "none" if node.arrival is None else "lit"
    return (
        f'<g class="arrow {state}" style="animation-delay:{_delay(node, 0.2)}">'
        f'<path d="{shape[0]}" fill="none" stroke="currentColor" stroke-width="3" '
        'stroke-linecap="round"/>'
        f'<path d="M-11 -7 L3 0 L-11 7Z" fill="currentColor" transform="{shape[1]}"/></g>'
    )


def _outside(point: tuple[float, float], place: tuple[float, float]) -> bool:
    gap = 6
    return (
        abs(point[0] - place[0]) > CARD_W / 2 + gap or abs(point[1] - place[1]) > CARD_H / 2 + gap
    )


def _delay(node: Node, more: float = 0.0) -> str:
    return f"{(node.arrival or 0) * 0.35 + more:.2f}s"


def _card(node: Node, x: float, y: float) -> str:
    left, top = x - CARD_W / 2, y - CARD_H / 2
    colour = {1: GOOD_TEXT, 0: MUTED, -1: BAD_TEXT}[node.direction]
    state = "none" if node.arrival is None else "lit"
    return (
        f'<g class="node {state}" style="animation-delay:{_delay(node)}">'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{CARD_W}" height="{CARD_H}" rx="12"/>'
        f'<text x="{left + 12:.1f}" y="{top + 20:.1f}" font-size="14" font-weight="600" '
        f'fill="{INK}">'
        f"{escape(node.label)}</text>"
        f'<g transform="translate({left + 12:.1f} {top + 28:.1f})">'
        f"{_sparkline(node.run, node.base, CARD_W - 24, 20)}</g>"
        f'<text x="{left + 12:.1f}" y="{top + 67:.1f}" font-size="14" font-weight="600" '
        f'fill="{colour}">'
        f"{escape(node.change)}</text>"
        f'<text x="{left + CARD_W - 12:.1f}" y="{top + 67:.1f}" font-size="14" text-anchor="end" '
        f'fill="{MUTED}">{escape(node.when)}</text></g>'
    )


def _sparkline(run: Sequence[float], base: Sequence[float], width: float, height: float) -> str:
    low, high = min(*run, *base), max(*run, *base)
    spread = (high - low) or 1.0

    def line(series: Sequence[float]) -> str:
        every = max(1, len(series) // 52)
        kept = list(series)[::every]
        return "M" + "L".join(
            f"{width * i / max(1, len(kept) - 1):.1f} {height * (1 - (v - low) / spread):.1f}"
            for i, v in enumerate(kept)
        )

    return (
        f'<path d="{line(base)}" fill="none" stroke="{BASE}" stroke-width="1.5"/>'
        f'<path d="{line(run)}" fill="none" stroke="{RUN}" stroke-width="2" '
        'stroke-linejoin="round"/>'
    )


def curve(
    run: Sequence[float], base: Sequence[float], name: str = "", size: tuple[int, int] = (300, 190)
) -> Markup:
    """A plain curve against the base case, for pictures that are saved."""
    return svg(
        *size,
        name,
        f'<g transform="translate(4 4)">{_sparkline(run, base, size[0] - 8, size[1] - 8)}</g>',
    )


# --- stocks ------------------------------------------------------------------------------------


def tank(level: float, base_level: float, label: str, value: str, base_label: str = "") -> Markup:
    """A stock as a tank, 0 empty and 1 full, with the level of the base case as a line."""
    top, bottom, left, right = 28.0, 116.0, 4.0, 100.0
    y, y_base = (bottom - (bottom - top) * max(0.0, min(1.0, v)) for v in (level, base_level))
    body = (
        f'<text x="{left}" y="14" font-size="14" font-weight="600" '
        f'fill="{INK}">{escape(label)}</text>'
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" '
        f'rx="10" fill="{WASH}"/>'
        f'<path class="bar" d="M{left} {y:.1f} q12 -5 24 0 t24 0 t24 0 t24 0 '
        f"V{bottom - 10} q0 10 -10 10 "
        f'H{left + 10} q-10 0 -10 -10Z" fill="{RUN}" fill-opacity=".82"/>'
        f'<path d="M{left} {top - 4} V{bottom - 10} q0 10 10 10 H{right - 10} q10 0 10 -10 '
        f'V{top - 4}" '
        f'fill="none" stroke="{INK}" stroke-width="2.2" stroke-linecap="round"/>'
        f'<path class="bar" d="M{left - 2} {y_base:.1f} H{right + 8}" stroke="{INK}" '
        'stroke-width="2" '
        f'stroke-dasharray="5 4"/>'
        f'<text x="{left}" y="{bottom + 20}" font-size="16" font-weight="650" '
        f'fill="{INK}">{escape(value)}</text>'
        f'<text x="{left}" y="{bottom + 38}" font-size="14" '
        f'fill="{MUTED}">{escape(base_label)}</text>'
    )
    return svg(138, 158, f"{label}: {value}, {base_label}", body, "crmsim-tank")


def emblem(name: str = "") -> Markup:
    """The loop as a sign: seven dots on a circle, each leading to the next."""
    places = [(80 + 58 * sin(2 * pi * i / 7), 88 - 58 * cos(2 * pi * i / 7)) for i in range(7)]
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{12 if i == 0 else 9}" '
        f'fill="{RUN if i == 0 else "#FFFFFF"}" stroke="{RUN}" stroke-width="3.5"/>'
        for i, (x, y) in enumerate(places)
    )
    circle = f'<circle cx="80" cy="88" r="58" fill="none" stroke="{RUN}" stroke-width="3.5"/>'
    return svg(160, 176, name, circle + dots)
