"""Terms of the trade, explained where they first stand on a screen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from markupsafe import escape

from crmsim.common.words import language
from crmsim.course.glossary import terms

EXPLAINED = "explain"
"""The class of an element whose whole text is a term that is always explained."""

_PIECE = re.compile(r"<[^>]*>|[^<]+")
_TAG = re.compile(r"</?([a-zA-Z0-9]+)")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
_CLOSED = frozenset(
    {"a", "button", "caption", "h2", "h3", "label", "option", "select"}
    | {"summary", "svg", "textarea"}
)
_CLOSED_MARK = re.compile(r'class="[^"]*\b(?:bubble|crmsim-live)\b|aria-hidden="true"')
_ORDER = ("head", "left", "middle", "wide", "right", "why", "foot")


def explained(regions: Mapping[str, str], lang: str) -> dict[str, str]:
    """Mark the terms of the glossary in the regions of a screen, each where it first stands.

    What can be clicked, headings, drawings and what people say are left as they are. An everyday
    word that is a term too is marked only in an element of the class ``explain``.

    Parameters
    ----------
    regions
        HTML by the name of the region.
    lang
        Language of the screen.

    Examples
    --------
    >>> html = explained({"middle": "<p>Empathy? Yes, empathy.</p>"}, "en")["middle"]
    >>> html.count("<button"), html.endswith("Empathy</button>? Yes, empathy.</p>")
    (1, True)
    """
    tag, seen = language(lang), set[str]()
    names = sorted(regions, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    marked = {name: "".join(_marked(regions[name], tag, seen)) for name in names}
    return {name: marked[name] for name in regions}


def for_text(lang: str) -> dict[str, Any]:
    """Return the terms that are marked in the text of a lesson.

    Parameters
    ----------
    lang
        Language of the lesson.

    Returns
    -------
    dict
        ``terms``, each as (term in small letters, meaning), the longest first; ``whole``: True
        where only whole words count.

    Examples
    --------
    >>> told = for_text("en")
    >>> dict(told["terms"])["sunset rule"]
    'Everybody hears from us before the sun goes down.'
    """
    tag = language(lang)
    named = [(term.zh if tag == "zh-Hans" else term.en).lower() for term in terms() if term.held]
    longest_first = sorted(named, key=len, reverse=True)
    meanings = _meanings(tag)
    return {"terms": [(name, meanings[name]) for name in longest_first], "whole": tag == "en"}


def _marked(html: str, tag: str, seen: set[str]) -> Iterator[str]:
    inside: list[tuple[bool, bool]] = []
    for piece in _PIECE.findall(html):
        closed, asked = inside[-1] if inside else (False, False)
        if not piece.startswith("<"):
            yield piece if closed else _text(piece, tag, seen, asked)
            continue
        yield piece
        found = _TAG.match(piece)
        if found is None or found[1] in _VOID or piece.endswith("/>"):
            continue
        if piece.startswith("</"):
            inside.pop()
        else:
            shut = found[1] in _CLOSED or _CLOSED_MARK.search(piece) is not None
            inside.append((closed or shut, f'class="{EXPLAINED}"' in piece))


def _text(text: str, tag: str, seen: set[str], asked: bool) -> str:
    if asked:
        meaning = _meanings(tag).get(text.strip().lower())
        seen.add(text.strip().lower())
        return _button(text, meaning) if meaning else text

    def mark(found: re.Match[str]) -> str:
        word = found[1].lower()
        if word in seen:
            return found[0]
        seen.add(word)
        return _button(found[0], _meanings(tag)[word])

    return _held(tag).sub(mark, text)


def _button(word: str, meaning: str) -> str:
    return (
        f'<button type="button" class="crmsim-term" data-means="{escape(meaning)}">{word}</button>'
    )


@cache
def _meanings(tag: str) -> dict[str, str]:
    """Return the definition of each term, by the term in small letters."""
    if tag == "zh-Hans":
        return {term.zh.lower(): term.definition_zh for term in terms()}
    return {term.en.lower(): term.definition_en for term in terms()}


@cache
def _held(tag: str) -> re.Pattern[str]:
    """Return the pattern of every term that is no everyday word, the longest first."""
    names = [term.zh if tag == "zh-Hans" else term.en for term in terms() if term.held]
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?i:({either}))" if tag == "zh-Hans" else rf"(?i:\b({either})s?\b)")
