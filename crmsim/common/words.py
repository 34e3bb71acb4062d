"""The words of the course: both languages side by side in ``data/words/*.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from crmsim.common.errors import WordsError

LANGUAGES = ("en", "zh-Hans")

Translate = Callable[..., str]
"""Function from a key, and values for the places in its words, to the words in one language."""


def data_path(*parts: str) -> Path:
    """Return the path of a file of the course data, in an installed package or in a checkout.

    Parameters
    ----------
    parts
        Names of folders and last of the file, below ``data/``.
    """
    return _data_folder().joinpath(*parts)


@cache
def _data_folder() -> Path:
    here = Path(__file__).parents[1]
    return here / "data" if (here / "data").is_dir() else here.parent / "data"


def language(lang: str) -> str:
    """Return the course's own name of a language tag.

    Parameters
    ----------
    lang
        A tag such as ``"en"``, ``"zh"`` or ``"zh-Hans"``.

    Raises
    ------
    WordsError
        If it is not a language of the course.

    Examples
    --------
    >>> language("zh-CN"), language("en-GB")
    ('zh-Hans', 'en')
    """
    prefix = lang.replace("_", "-").split("-")[0].lower() if isinstance(lang, str) else ""
    for known in LANGUAGES:
        if known.split("-")[0] == prefix:
            return known
    raise WordsError(f"lang = {lang!r}: must be one of: {', '.join(LANGUAGES)}")


def words(lang: str = "en") -> Translate:
    """Return a function that gives the words of a key, its places filled in.

    Parameters
    ----------
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    function
        ``t(key, **places)`` returns the words of the key as text. It raises WordsError for a key
        that does not exist.

    Examples
    --------
    >>> words("zh")("model.dimension.reliability")
    '可靠性'
    """
    tag, book = language(lang), dictionary()

    def text(key: str, /, **places: object) -> str:
        if key not in book:
            raise WordsError(
                f"data/words: {key!r}: is not a key; add it with words in both languages"
            )
        return book[key][tag].format(**places) if places else book[key][tag]

    return text


def currency(code: str, lang: str) -> str:
    """Return the name of a currency as it follows a number; its code if it has no name.

    Parameters
    ----------
    code
        Three letters, such as ``"CNY"``.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Examples
    --------
    >>> currency("CNY", "zh"), currency("USD", "en"), currency("XYZ", "en")
    ('元', 'dollars', 'XYZ')
    """
    return dictionary().get(f"model.currency.{code}", {}).get(language(lang), code)


@cache
def dictionary() -> dict[str, dict[str, str]]:
    """Return every key (``file.table.key``) with its words in every language.

    Returns
    -------
    dict of dict
        Words by key, then by language.

    Raises
    ------
    WordsError
        Naming each key that lacks a language.
    """
    book: dict[str, dict[str, str]] = {}
    for path in sorted(data_path("words").glob("*.toml")):
        book |= _flat(tomllib.loads(path.read_text("utf-8")), path.stem)
    missing = [
        f"data/words: {key}: no words in {lang!r}"
        for key, entry in book.items()
        for lang in LANGUAGES
        if not entry.get(lang)
    ]
    if missing:
        raise WordsError("\n".join(missing))
    return book


def _flat(table: Mapping[str, Any], prefix: str) -> dict[str, dict[str, str]]:
    if any(lang in table for lang in LANGUAGES):
        return {prefix: dict(table)}
    flat: dict[str, dict[str, str]] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{prefix}.{key}")
    return flat
