"""What is said of a drawn curve beside the one that came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crmsim.common.numbers import number
from crmsim.exercises.curves import KEPT_SHARE, Comparison, Course
from crmsim.exercises.declared import Draw

Say = Callable[..., str]
SLIPS = {
    "direction": {"wrong-way", "no-effect", "none-came"},
    "timing": {"early", "late"},
    "size": {"strong", "weak"},
    "shape": {"too-soon", "too-long", "one-side"},
}


@dataclass(frozen=True)
class Aspect:
    """One row of the comparison: its name, what was drawn, what came, and how they compare."""

    name: str
    said: str
    came: str
    finding: str
    fits: bool


def verdict(found: Comparison, t: Say) -> str:
    """The finding as a sentence.

    Examples
    --------
    >>> from crmsim.exercises.curves import compare
    >>> from crmsim.common.words import words
    >>> verdict(compare([50, 50, 50, 40], [50, 40, 40, 40], 2), words("en"))
    'Right direction, 2 quarters too late.'
    """
    return t(
        "lesson.curve.stop",
        words=t("lesson.curve.join").join(_words(key, found.quarters, t) for key in found.verdict),
    )


def aspects(task: Draw, found: Comparison, tag: str, t: Say) -> list[Aspect]:
    """Direction first and, where that is right, timing, size and shape."""
    rows = {
        "direction": _direction,
        "timing": lambda course, t: t("lesson.curve.after", quarters=number(course.half_way, 1)),
        "size": lambda course, t: _change(course, task, tag, t),
        "shape": lambda course, t: f"{number(100 * course.kept)}%",
    }
    off = SLIPS["direction"].intersection(found.slips)
    shown = list(rows)[:1] if off or not found.came.change else list(rows)
    return [_aspect(name, rows[name], found, t) for name in shown]


def _aspect(name: str, say: Callable[[Course, Say], str], found: Comparison, t: Say) -> Aspect:
    slips = [slip for slip in found.slips if slip in SLIPS[name]]
    apart = name == "shape" and abs(found.said.kept - found.came.kept) > KEPT_SHARE
    finding = _words(slips[0] if slips else "close" if apart else "fits", found.quarters, t)
    title = t(f"lesson.curve.{name}")
    return Aspect(title, say(found.said, t), say(found.came, t), finding, not slips)


def _direction(course: Course, t: Say) -> str:
    way = "up" if course.change > 0 else "down" if course.change else "flat"
    return t(f"lesson.curve.{way}")


def _change(course: Course, task: Draw, tag: str, t: Say) -> str:
    digits = 0 if task.step >= 1 else 1
    sign = "+" if course.change > 0 else ""
    value = f"{sign}{number(course.change, digits)}"
    return t("lesson.draw.value", value=value, unit=task.unit[tag])


def _words(key: str, quarters: int, t: Say) -> str:
    if key in SLIPS["timing"] and abs(quarters) > 1:
        return t(f"lesson.curve.{key}-more", quarters=abs(quarters))
    return t(f"lesson.curve.{key}")
