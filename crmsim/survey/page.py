"""The report as one page of HTML: nothing in it runs, nothing is fetched, everything is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from crmsim.common.numbers import number
from crmsim.common.palette import BAD, INK, LINE, MUTED, RUN, WASH
from crmsim.common.templates import framed, style_and_policy, templates_of
from crmsim.common.words import language
from crmsim.runs.polled import Poll
from crmsim.survey.analysis import analyse
from crmsim.survey.own_text import PARTS
from crmsim.survey.report import Bars, Block, Heading, Quadrants, blocks_of
from crmsim.survey.simulated import simulated_answers

_RECT = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>')
_RULE = Markup(
    '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"/>'
)
_TEXT = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}">{}</text>')
_FRAME = Markup(
    '<iframe title="{}" srcdoc="{}" sandbox width="100%" height="520" tabindex="0" '
    'style="border:1px solid #D9E2EC;border-radius:8px;background:#fff"></iframe>'
)
_DOT = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="6" fill="{}"/>')


def survey_page(name: str, lang: str, title: str, **shown: Any) -> str:
    """Render a page of the survey.

    Parameters
    ----------
    name
        The template.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    title
        The title of the page.
    **shown
        What the template shows.
    """
    known = {"lang": language(lang), "title": title}
    known |= style_and_policy(_templates(), "survey.css")
    return _templates().get_template(f"{name}.html").render(known | shown)


def report_page(blocks: Sequence[Block], lang: str) -> str:
    """Return the report as a page.

    Parameters
    ----------
    blocks
        The report.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.
    """
    titles = (block.text for block in blocks if isinstance(block, Heading) and block.level == 1)
    return survey_page(
        "report", lang, next(titles, ""), blocks=blocks, bars=bars_svg, quadrants=quadrants_svg
    )


class ReportFrame:
    """The report of a simulated survey, to be scrolled in a notebook.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> from crmsim.runs.polled import poll
    >>> run = simulate(load("buick-market").change(people=1000, years=1), seed=1)
    >>> shown = ReportFrame(poll(run, week=52, invited=300))
    >>> shown._repr_html_().startswith("<iframe title=")
    True
    """

    def __init__(self, poll: Poll, lang: str = "en") -> None:
        responses = simulated_answers(poll, lang=lang)
        invited, text = int(poll.invited.sum()), dict.fromkeys(PARTS, "")
        blocks = blocks_of(analyse(responses), responses, text, invited, lang, simulated=True)
        self.title = next(block.text for block in blocks if isinstance(block, Heading))
        self.page = report_page(blocks, lang)

    def __repr__(self) -> str:
        return self.title

    def _repr_html_(self) -> str:
        return str(_FRAME.format(self.title, self.page))


def bars_svg(bars: Bars) -> Markup:
    """Draw bars with their intervals."""
    left, right, step = 150.0, 620.0, 38
    low, high = bars.ends
    width = (right - left) / ((high - low) or 1)

    def at(value: float) -> float:
        return left + (value - low) * width

    parts = []
    for place, (name, found) in enumerate(bars.rows):
        y = 14 + place * step
        begins, ends = sorted((at(0), at(found.value)))
        parts += [
            _TEXT.format(left - 10, y + 16, "end", INK, name),
            _RECT.format(begins, y, ends - begins, 22, RUN),
            _RULE.format(at(found.low), y + 11, at(found.high), y + 11, INK, 2),
            _TEXT.format(right + 12, y + 16, "start", INK, number(found.value, 2)),
        ]
    bottom = 14 + len(bars.rows) * step
    parts.append(_RULE.format(at(0), 6, at(0), bottom, MUTED, 1))
    parts.append(_TEXT.format((left + right) / 2, bottom + 18, "middle", MUTED, bars.unit))
    name = "; ".join(f"{name}: {number(found.value, 2)}" for name, found in bars.rows)
    return framed(700, bottom + 28, name, parts)


def quadrants_svg(drawn: Quadrants) -> Markup:
    """Draw the importance–performance map."""
    left, right, top, bottom = 60.0, 690.0, 20.0, 360.0
    xs = [point[1] for point in drawn.points]
    ys = [point[2] for point in drawn.points]

    def scale(values: list[float]) -> tuple[float, float]:
        spread = (max(values) - min(values)) or 1.0
        return min(values) - 0.3 * spread, max(values) + 0.3 * spread

    (x0, x1), (y0, y1) = scale(xs), scale(ys)

    def at(x: float, y: float) -> tuple[float, float]:
        return left + (x - x0) / (x1 - x0) * (right - left), bottom - (y - y0) / (y1 - y0) * (
            bottom - top
        )

    mx, my = at(*drawn.middle)
    corners = drawn.corners
    parts = [
        _RECT.format(left, top, right - left, bottom - top, WASH),
        _RULE.format(mx, top, mx, bottom, LINE, 2),
        _RULE.format(left, my, right, my, LINE, 2),
        _TEXT.format(left + 8, top + 18, "start", MUTED, corners["fix"]),
        _TEXT.format(right - 8, top + 18, "end", MUTED, corners["keep"]),
        _TEXT.format(left + 8, bottom - 8, "start", MUTED, corners["later"]),
        _TEXT.format(right - 8, bottom - 8, "end", MUTED, corners["enough"]),
        _TEXT.format((left + right) / 2, bottom + 26, "middle", MUTED, drawn.axes[0]),
        _TEXT.format(left, top - 6, "start", MUTED, drawn.axes[1]),
    ]
    for name, x, y in drawn.points:
        px, py = at(x, y)
        colour = BAD if drawn.corner(x, y) == "fix" else RUN
        parts += [_DOT.format(px, py, colour), _TEXT.format(px, py - 12, "middle", INK, name)]
    told = "; ".join(f"{corners[each]}: {', '.join(drawn.within(each))}" for each in corners)
    return framed(750, 396, told, parts)


@cache
def _templates() -> Environment:
    return templates_of("crmsim.survey")
