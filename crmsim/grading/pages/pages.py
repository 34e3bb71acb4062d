"""Pages that stand alone: nothing in them runs, nothing is fetched, everything is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment

from crmsim.common.numbers import exact
from crmsim.common.templates import style_and_policy, templates_of
from crmsim.common.text import plain
from crmsim.common.words import words
from crmsim.course.lessons import lessons

LONG = 8000


@cache
def _templates() -> Environment:
    templates = templates_of("crmsim.grading.pages").overlay(finalize=_legible)
    templates.filters["exact"] = exact
    return templates


def _legible(value: Any) -> Any:
    """Whatever is put into a page, without what deceives the eye; escaping comes after it."""
    return plain(value, LONG, lines=True) if type(value) is str else value


def page(name: str, lang: str, shown: Mapping[str, Any]) -> str:
    """Render a page in a language."""
    t = words(lang)

    def g(key: str, **places: Any) -> str:
        return t(f"gradebook.{key}", **places)

    known = {"g": g, "lang": lang} | style_and_policy(_templates(), "pages.css")
    return _templates().get_template(f"{name}.html").render(known | dict(shown))


def lesson_title(lesson: str, lang: str) -> str:
    """Return the title of a lesson, as in its released notebook.

    Parameters
    ----------
    lesson
        The number of the lesson.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> lesson_title("10", "en")
    'Lesson 10: Buying a Buick'
    """
    t = words(lang)
    title = next((each.title for each in lessons(lang) if each.number == lesson), "")
    if not title:
        return t("gradebook.lesson_no", lesson=lesson)
    return t("gradebook.lesson_title", lesson=lesson, title=title)
