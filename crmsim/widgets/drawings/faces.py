"""Drawn people: head and shoulders whose mood shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from crmsim.widgets.drawings.drawings import svg


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
